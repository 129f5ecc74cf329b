"""Authenticate requests: a bearer token, or OAuth 2.0 client credentials.

Tokens are held in a `Secret`, so that no repr, log line, or traceback shows one.
"""

from __future__ import annotations

import json
import math
import os
import re
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import aclosing, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import anyio
import anyio.lowlevel
import httpx

from ._redact import Secret, safe_headers
from .errors import CheckpointsError, ConfigurationError, RedirectError, TokenRequestError

__all__ = ["ClientCredentialsAuth", "TokenAuth"]

# https://www.palantir.com/docs/foundry/api/general/overview/authentication/
_TOKEN_PATH: Final = "/multipass/api/oauth2/token"
_REVOKE_PATH: Final = "/multipass/api/oauth2/revoke_token"
_FORM_HEADERS: Final = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}
_SHARED_HEADERS: Final = ("User-Agent", "X-B3-TraceId")
_LARGEST_ANSWER: Final = 1 << 20
"""Bytes of the answer of a token endpoint."""
_LONGEST_ANSWER: Final = 60.0
"""Seconds that it can take to arrive."""
_REVOKE_TIMEOUT: Final = httpx.Timeout(10.0).as_dict()
_ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}")
"""An OAuth error code. Anything else can repeat what was sent."""
_PLAIN: Final = re.compile(r"[!-~]+")
"""Printable ASCII without white space."""
_TOKEN_HEADERS: Final = frozenset({"content-type", "date", "qos-due-to", "qos-retry-hint", "retry-after"})
_EARLY: Final = 60.0
"""Seconds before its expiry that a token is replaced; a tenth of its lifetime if that is less."""


class TokenAuth(httpx.Auth):
    """A bearer token, or a callable that returns one.

    White space around a token is stripped. The client calls a callable for each request, and again after a 401.
    """

    def __init__(self, token: str | Callable[[], str]) -> None:
        secret = Secret(token)
        del token  # a traceback that shows locals would show it
        self._secret = secret if callable(secret.reveal) else _checked(secret)

    @property
    def renewable(self) -> bool:
        """True if another token can be requested after a 401."""
        return callable(self._secret.reveal)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the Authorization header."""
        secret = self._secret
        if self.renewable:
            try:
                secret = _checked(Secret(self._secret.reveal()))
            except CheckpointsError:
                raise
            except Exception as error:
                raise TokenRequestError(f"the callable that returns tokens raised {type(error).__name__}") from error
        request.headers["Authorization"] = f"Bearer {secret.reveal}"
        yield request

    def __repr__(self) -> str:
        return "TokenAuth(…)"


def _checked(token: Secret) -> Secret:
    if not isinstance(token.reveal, str):
        raise ConfigurationError(f"a token must be a string, not {type(token.reveal).__name__}")
    stripped = Secret(token.reveal.strip())
    if not stripped.reveal:
        raise ConfigurationError("the token is empty")
    if stripped.reveal.lower().startswith("bearer "):
        raise ConfigurationError("pass the token alone, without `Bearer ` before it")
    if not _is_plain(stripped):
        raise ConfigurationError("a token must be printable ASCII without white space")
    return stripped


def _is_plain(value: Secret) -> bool:
    return isinstance(value.reveal, str) and _PLAIN.fullmatch(value.reveal) is not None


class ClientCredentialsAuth(httpx.Auth):
    """OAuth 2.0 client credentials of a service user.

    All threads or tasks share one token. It is requested from the host of the first request and sent to no other. The
    client replaces it a minute before it expires, and after a 401.

    Args:
        client_id: The ID of the service user's application.
        client_secret: Its secret.
        scopes: The scopes to request.
        revoke_on_close: Revoke the token when the client is closed.
        clock: Returns seconds on a monotonic clock.
    """

    renewable = True

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        scopes: Iterable[str] = ("api:checkpoints-read",),
        *,
        revoke_on_close: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        secret = Secret(client_secret)
        del client_secret  # a traceback that shows locals would show it
        self._client_id = client_id
        if not (_is_plain(Secret(client_id)) and _is_plain(secret)):
            raise ConfigurationError("client_id and client_secret must be printable ASCII without white space")
        self._client_secret = secret
        self._scope = " ".join([scopes] if isinstance(scopes, str) else scopes)
        self._clock = clock
        self._token: Secret | None = None
        self._renew_at = 0.0
        self._base: httpx.URL | None = None
        self._lock = threading.Lock()
        self._async_lock: tuple[object, anyio.Lock] | None = None
        self.revoke_on_close = revoke_on_close

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Request a token if it has none yet, then set the Authorization header."""
        self._bind(request)
        with self._lock:
            token = self._usable_token()
            if token is None:
                response = yield self._token_request(request)
                _bound(response, self._clock)
                response.read()
                token = self._keep(response)
        yield from self._authorized(request, token)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Request a token if it has none yet, then set the Authorization header."""
        self._bind(request)
        loop = anyio.lowlevel.current_token()
        if self._async_lock is None or self._async_lock[0] != loop:  # a lock belongs to one event loop
            self._async_lock = loop, anyio.Lock()
        async with self._async_lock[1]:
            token = self._usable_token()
            if token is None:
                response = yield self._token_request(request)
                _bound(response, self._clock)
                await response.aread()
                token = self._keep(response)
        flow = self._authorized(request, token)
        response = yield next(flow)
        with suppress(StopIteration):
            flow.send(response)

    def _authorized(self, request: httpx.Request, token: Secret) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {token.reveal}"
        response = yield request
        if response.status_code == 401 and self._token is token:
            self._token = None

    def _bind(self, request: httpx.Request) -> None:
        """Keep to the host of the first request: no other gets its token, or the secret."""
        base = request.url.copy_with(path=request.url.path.partition("/api/v2/")[0] or "/", query=None)
        if self._base is None:
            self._base = base
        if self._base != base:
            raise ConfigurationError("these client credentials belong to another host: create others for this one")

    def _usable_token(self) -> Secret | None:
        return self._token if self._clock() < self._renew_at else None

    def _token_request(self, request: httpx.Request) -> httpx.Request:
        form = {"grant_type": Secret("client_credentials"), "scope": Secret(self._scope)}
        headers = {name: request.headers[name] for name in _SHARED_HEADERS if name in request.headers}
        return self._form_request(_TOKEN_PATH, form, request.extensions.get("timeout", {}), headers)

    def _form_request(
        self, path: str, form: dict[str, Secret], timeout: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Request:
        base = httpx.URL() if self._base is None else self._base
        form = form | {"client_id": Secret(self._client_id), "client_secret": self._client_secret}
        return httpx.Request(
            "POST",
            base.copy_with(path=base.path.rstrip("/") + path),
            headers=_FORM_HEADERS | headers,
            content=urlencode({name: value.reveal for name, value in form.items()}).encode(),
            extensions={"timeout": timeout},
        )

    def _keep(self, response: httpx.Response) -> Secret:
        if 300 <= response.status_code < 400:
            location = Secret(response.headers.get("location", ""))
            raise RedirectError(response.status_code, headers={"location": location.reveal})
        answer = _json_object(response)
        try:
            token = _checked(Secret(answer.reveal.get("access_token") if response.status_code == 200 else None))
        except ConfigurationError:
            raise _rejection(response, "the service issued no token") from None
        lifetime = _lifetime(answer)
        self._renew_at = self._clock() + lifetime - min(_EARLY, lifetime / 10)
        self._token = token
        return token

    def revoke(self, http_client: httpx.Client | None = None) -> None:
        """Revoke the token, if there is one. Raises `TokenRequestError` if the service doesn't do so."""
        if (request := self._revocation()) is None:
            return
        with (
            nullcontext(http_client) if http_client else httpx.Client() as client,
            _revoking(),
            closing(client.send(request, auth=None, follow_redirects=False, stream=True)) as response,
        ):
            if not response.is_success:
                _bound(response, self._clock)
                response.read()
                raise _rejection(response, "the token was not revoked")

    async def arevoke(self, http_client: httpx.AsyncClient | None = None) -> None:
        """Revoke the token, if there is one. Raises `TokenRequestError` if the service doesn't do so."""
        if (request := self._revocation()) is None:
            return
        async with nullcontext(http_client) if http_client else httpx.AsyncClient() as client:
            with _revoking():
                sending = await client.send(request, auth=None, follow_redirects=False, stream=True)
                async with aclosing(sending) as response:
                    if not response.is_success:
                        _bound(response, self._clock)
                        await response.aread()
                        raise _rejection(response, "the token was not revoked")

    def _revocation(self) -> httpx.Request | None:
        token, self._token = self._token, None
        if token is None:
            return None
        return self._form_request(_REVOKE_PATH, {"token": token}, _REVOKE_TIMEOUT, {})

    def __repr__(self) -> str:
        return f"ClientCredentialsAuth(client_id={getattr(self, '_client_id', None)!r})"


def auth_of(auth: Secret, http_client: httpx.Client | httpx.AsyncClient | None) -> Any:
    """Return the `auth` of a request for httpx: as given, else from the environment, else that of the HTTP client."""
    if isinstance(auth.reveal, httpx.Auth):
        return auth.reveal
    if callable(getattr(auth.reveal, "get_token", None)):  # foundry-platform-sdk
        return TokenAuth(lambda: auth.reveal.get_token().access_token)
    if not isinstance(auth.reveal, str) and hasattr(auth.reveal, "token"):  # foundry-dev-tools
        return TokenAuth(lambda: auth.reveal.token)
    if auth.reveal is not None:
        return TokenAuth(auth.reveal)
    if (token := Secret(os.environ.get("FOUNDRY_TOKEN"))).reveal:
        return TokenAuth(token.reveal)
    if path := os.environ.get("FOUNDRY_TOKEN_FILE"):
        return TokenAuth(lambda: Path(path).read_text(encoding="utf-8"))
    client_id, secret = os.environ.get("FOUNDRY_CLIENT_ID"), Secret(os.environ.get("FOUNDRY_CLIENT_SECRET"))
    if client_id and secret.reveal:
        return ClientCredentialsAuth(client_id, secret.reveal)
    if getattr(http_client, "auth", None) is not None or "Authorization" in getattr(http_client, "headers", ()):
        return httpx.USE_CLIENT_DEFAULT
    raise ConfigurationError(
        "pass auth=, or set FOUNDRY_TOKEN, FOUNDRY_TOKEN_FILE, or FOUNDRY_CLIENT_ID with FOUNDRY_CLIENT_SECRET"
    )


@contextmanager
def _revoking() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError) as error:
        raise TokenRequestError(f"the token was not revoked: {type(error).__name__}") from None


def _bound(response: httpx.Response, clock: Callable[[], float]) -> None:
    """Read no more than a token needs, and don't unpack what was requested unpacked."""
    response.headers.pop("content-encoding", None)
    response.stream = _Bounded(response.stream, clock)


class _Bounded(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The answer of a token endpoint, which is short."""

    def __init__(self, stream: Any, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._room = _LARGEST_ANSWER
        self._clock = clock
        self._until = clock() + _LONGEST_ANSWER

    def _counted(self, chunk: bytes) -> bytes:
        self._room -= len(chunk)
        if self._room < 0 or self._clock() > self._until:
            raise TokenRequestError("the service issued no token: the answer doesn't end")
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        yield from map(self._counted, self._stream)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield self._counted(chunk)

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()


def _json_object(response: httpx.Response) -> Secret:
    answer = Secret(None)
    with suppress(ValueError, RecursionError):
        answer = Secret(json.loads(response.content))
    return answer if isinstance(answer.reveal, dict) else Secret({})


def _lifetime(answer: Secret) -> float:
    """Return the seconds that a token lives; without a usable number, until the service rejects it."""
    lifetime = answer.reveal.get("expires_in")
    with suppress(ValueError, TypeError, OverflowError):
        if lifetime is not True and (seconds := float(lifetime)) > 0:
            return seconds
    return math.inf


def _rejection(response: httpx.Response, what: str) -> TokenRequestError:
    code = Secret(_json_object(response).reveal.get("error"))
    is_code = isinstance(code.reveal, str) and _ERROR_CODE.fullmatch(code.reveal) is not None
    error_code = code.reveal if is_code else None
    why = error_code or ("the answer holds no token" if response.is_success else "no OAuth error code")
    error = TokenRequestError(f"{what}: status {response.status_code}, {why}")
    headers = safe_headers(response.headers.multi_items())
    shown = {name: value for name, value in headers.items() if name in _TOKEN_HEADERS}
    error.answered(response.status_code, error_code, shown)
    return error
