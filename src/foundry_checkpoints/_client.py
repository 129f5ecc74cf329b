"""The two clients: where the service is, how to authenticate, and the limits to keep."""

from __future__ import annotations

import inspect
import ipaddress
import logging
import os
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import SplitResult, urlsplit

from foundry_checkpoints_api import __api_version__

from ._drift import Drift, DriftEntry, DriftLog
from ._retry import RetryPolicy
from ._version import __version__
from .auth import ClientCredentialsAuth, Secret, TokenAuth
from .errors import CheckpointsError, ConfigurationError

if TYPE_CHECKING:
    import httpx

    from ._records import AsyncRecords, Records
    from ._transport import Settings

logger = logging.getLogger("foundry_checkpoints")

_MAX_BODY_SIZE = 64 * 2**20
_RETRY = RetryPolicy()
_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*|\[[0-9A-Fa-f:.]+\]")


def _settings(
    hostname: str | None,
    auth: Secret,
    http_client: Any,
    *,
    timeout: float | httpx.Timeout | None,
    deadline: float | None,
    retry: RetryPolicy | int,
    max_concurrency: int,
    max_body_size: int,
    user_agent: str | None,
    on_drift: Callable[[DriftEntry], object] | None,
) -> Settings:
    from ._transport import Settings, checked_timeout, is_header_text

    if type(max_concurrency) is not int or max_concurrency < 1:
        raise ConfigurationError("max_concurrency is a whole number, 1 or more")
    if type(retry) is int:
        retry = RetryPolicy(max_retries=retry)
    if not isinstance(retry, RetryPolicy):
        raise ConfigurationError(f"retry is a RetryPolicy or a number, not {type(retry).__name__}")
    if type(max_body_size) is not int or max_body_size < 1:
        raise ConfigurationError("max_body_size is a whole number of bytes, 1 or more")
    if deadline is not None and not deadline > 0:
        raise ConfigurationError("a deadline is a number of seconds above 0")
    if user_agent is not None and not is_header_text(user_agent):
        raise ConfigurationError("user_agent is printable ASCII")
    if on_drift is not None and (not callable(on_drift) or inspect.iscoroutinefunction(on_drift)):
        raise ConfigurationError("on_drift is a plain function of one argument")
    return Settings(
        base_url=_base_url(hostname),
        auth=_auth(auth, http_client),
        timeout=checked_timeout(timeout, http_client),
        retry=retry,
        max_concurrency=max_concurrency,
        max_body_size=max_body_size,
        user_agent=_user_agent(user_agent),
        drift=DriftLog(on_drift),
    )


def _user_agent(added: str | None) -> str:
    python = platform.python_version().rpartition(".")[0]
    own = f"foundry-checkpoints/{__version__} (API {__api_version__}) python/{python}"
    return f"{own} {added}" if added else own


def _base_url(hostname: str | None) -> str:
    """`https://host[:port][/prefix]`. Plain http is for loopback addresses only."""
    text = (os.environ.get("FOUNDRY_HOSTNAME") or "" if hostname is None else hostname).strip()
    if not text:
        raise ConfigurationError("no hostname: pass hostname=, or set FOUNDRY_HOSTNAME, as example.palantirfoundry.com")
    url = _split(text if "://" in text else f"https://{text}")
    host = url.hostname or ""
    address = f"[{host}]" if ":" in host else host
    if "@" in url.netloc or not _HOST.fullmatch(address):
        raise ConfigurationError("the hostname is not like example.palantirfoundry.com or https://host/prefix")
    if url.query or url.fragment:
        raise ConfigurationError("the hostname is followed by a path at most, not by ? or #")
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(host)):
        raise ConfigurationError(f"{url.scheme}:// is not used beyond loopback: write https://{host}")
    port = "" if url.port is None else f":{url.port}"
    return f"{url.scheme}://{address}{port}{url.path.rstrip('/')}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else SplitResult("", "", "", "", "")
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _auth(auth: Secret, http_client: Any) -> httpx.Auth | None:
    import httpx

    if isinstance(auth.reveal, httpx.Auth):
        return auth.reveal
    if auth.reveal is not None:
        return TokenAuth(auth.reveal)
    if (token := Secret(os.environ.get("FOUNDRY_TOKEN"))).reveal:
        return TokenAuth(token.reveal)
    client_id, secret = os.environ.get("FOUNDRY_CLIENT_ID"), Secret(os.environ.get("FOUNDRY_CLIENT_SECRET"))
    if client_id and secret.reveal:
        return ClientCredentialsAuth(client_id, secret.reveal)
    if http_client is not None and (http_client.auth is not None or "Authorization" in http_client.headers):
        return None
    raise ConfigurationError(
        "no credentials: pass auth=, or set FOUNDRY_TOKEN, or FOUNDRY_CLIENT_ID with FOUNDRY_CLIENT_SECRET"
    )


@contextmanager
def _leaving(exc_info: tuple[object, ...]) -> Iterator[None]:
    """What closing raises does not hide the error that ended the block."""
    try:
        yield
    except CheckpointsError as error:
        if exc_info[0] is None:
            raise
        logger.warning("while closing after another error: %s", error)


class CheckpointsClient:
    """A client of the Checkpoints preview API. Use it as a context manager, or close it.

    `hostname`: `example.palantirfoundry.com`, or a URL with an optional prefix; default `FOUNDRY_HOSTNAME`.
    `auth`: a token, a callable that returns one, a `TokenAuth`, a `ClientCredentialsAuth` or any `httpx.Auth`;
    default `FOUNDRY_TOKEN`, or `FOUNDRY_CLIENT_ID` with `FOUNDRY_CLIENT_SECRET`.
    `preview`: whether to send `preview=true`, which the API asks for while it is in preview.
    `timeout`: seconds, or an `httpx.Timeout`, for each step of a request; default 5 to connect, 30 to read, or what a
    given `http_client` has.
    `deadline`: seconds for a whole call with its retries; None is no limit.
    `retry`: a `RetryPolicy`, or the number of retries; 0 means one attempt.
    `max_concurrency`: requests in flight at most, over all threads or tasks. The service allows a user 30.
    `http_client`: an httpx client of your own, used as it is and never closed here.
    `user_agent`: added to the User-Agent. `max_body_size`: bytes of an answer that are read at most.
    `on_drift`: called with each new entry of `drift`, in the thread that decodes; what it raises is logged.

    Raises `ConfigurationError` where the hostname or the credentials are missing or cannot work. Safe to share
    between threads (tasks, for the async client); not between processes.
    """

    records: Records

    def __init__(
        self,
        hostname: str | None = None,
        *,
        auth: str | Callable[[], str] | httpx.Auth | None = None,
        preview: bool = True,
        timeout: float | httpx.Timeout | None = None,
        deadline: float | None = None,
        retry: RetryPolicy | int = _RETRY,
        max_concurrency: int = 8,
        http_client: httpx.Client | None = None,
        user_agent: str | None = None,
        max_body_size: int = _MAX_BODY_SIZE,
        on_drift: Callable[[DriftEntry], object] | None = None,
    ) -> None:
        secret = Secret(auth)
        del auth  # a traceback that shows locals would show it
        # The generated models load with the first client, not with the import of the package.
        from ._records import Records
        from ._transport import Transport

        settings = _settings(
            hostname,
            secret,
            http_client,
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            max_concurrency=max_concurrency,
            max_body_size=max_body_size,
            user_agent=user_agent,
            on_drift=on_drift,
        )
        self._base_url = settings.base_url
        self._drift = settings.drift
        self._transport = Transport(settings, http_client)
        self.records = Records(self._transport, preview=preview, deadline=deadline, width=max_concurrency)

    @property
    def drift(self) -> Drift:
        """What the service answered up to now and the spec does not know: report it, `print(client.drift)`."""
        return self._drift.snapshot()

    def close(self) -> None:
        """Close the connections. Any later call raises `InvalidRequestError`."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with _leaving(exc_info):
            self.close()

    def __repr__(self) -> str:
        return f"CheckpointsClient({getattr(self, '_base_url', None)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client is not pickled: make one in each process")


class AsyncCheckpointsClient:
    """A client of the Checkpoints preview API. Use it as a context manager, or close it.

    `hostname`: `example.palantirfoundry.com`, or a URL with an optional prefix; default `FOUNDRY_HOSTNAME`.
    `auth`: a token, a callable that returns one, a `TokenAuth`, a `ClientCredentialsAuth` or any `httpx.Auth`;
    default `FOUNDRY_TOKEN`, or `FOUNDRY_CLIENT_ID` with `FOUNDRY_CLIENT_SECRET`.
    `preview`: whether to send `preview=true`, which the API asks for while it is in preview.
    `timeout`: seconds, or an `httpx.Timeout`, for each step of a request; default 5 to connect, 30 to read, or what a
    given `http_client` has.
    `deadline`: seconds for a whole call with its retries; None is no limit.
    `retry`: a `RetryPolicy`, or the number of retries; 0 means one attempt.
    `max_concurrency`: requests in flight at most, over all threads or tasks. The service allows a user 30.
    `http_client`: an httpx client of your own, used as it is and never closed here.
    `user_agent`: added to the User-Agent. `max_body_size`: bytes of an answer that are read at most.
    `on_drift`: called with each new entry of `drift`, in the thread that decodes; what it raises is logged.

    Raises `ConfigurationError` where the hostname or the credentials are missing or cannot work. Safe to share
    between threads (tasks, for the async client); not between processes.
    """

    records: AsyncRecords

    def __init__(
        self,
        hostname: str | None = None,
        *,
        auth: str | Callable[[], str] | httpx.Auth | None = None,
        preview: bool = True,
        timeout: float | httpx.Timeout | None = None,
        deadline: float | None = None,
        retry: RetryPolicy | int = _RETRY,
        max_concurrency: int = 8,
        http_client: httpx.AsyncClient | None = None,
        user_agent: str | None = None,
        max_body_size: int = _MAX_BODY_SIZE,
        on_drift: Callable[[DriftEntry], object] | None = None,
    ) -> None:
        secret = Secret(auth)
        del auth  # a traceback that shows locals would show it
        # The generated models load with the first client, not with the import of the package.
        from ._records import AsyncRecords
        from ._transport import AsyncTransport

        settings = _settings(
            hostname,
            secret,
            http_client,
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            max_concurrency=max_concurrency,
            max_body_size=max_body_size,
            user_agent=user_agent,
            on_drift=on_drift,
        )
        self._base_url = settings.base_url
        self._drift = settings.drift
        self._transport = AsyncTransport(settings, http_client)
        self.records = AsyncRecords(self._transport, preview=preview, deadline=deadline, width=max_concurrency)

    @property
    def drift(self) -> Drift:
        """What the service answered up to now and the spec does not know: report it, `print(client.drift)`."""
        return self._drift.snapshot()

    async def aclose(self) -> None:
        """Close the connections. Any later call raises `InvalidRequestError`."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        from anyio.lowlevel import checkpoint

        await checkpoint()  # loads what anyio needs for this event loop, so that the first call does not wait for it
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        with _leaving(exc_info):
            await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncCheckpointsClient({getattr(self, '_base_url', None)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client is not pickled: make one in each process")
