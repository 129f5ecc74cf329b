"""One request: send, retry, decode or raise.

What happens is decided once, in `Call.flow`, a generator that asks for I/O and is told its outcome. `Transport` and
`AsyncTransport` drive it; they differ in how they send, sleep and close, and in nothing else.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import aclosing, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import anyio
import anyio.lowlevel
import httpx

from foundry_checkpoints_api.client import Request
from foundry_checkpoints_api.errors import DecodeError
from foundry_checkpoints_api.types import UnknownVariant

from ._limiter import AsyncLimiter, Limiter
from ._retry import Failure, RetryPolicy, parse_retry_after
from .auth import ClientCredentialsAuth, safe_headers
from .errors import (
    ApiError,
    CheckpointsError,
    ConfigurationError,
    InvalidRequestError,
    NetworkError,
    RequestTimeoutError,
    ResponseDecodeError,
    UnauthorizedError,
    api_error_class,
    printable,
)

try:
    from orjson import loads as _fast_loads
except ImportError:
    _fast_loads = json.loads  # type: ignore[assignment]

T = TypeVar("T")

DEFAULT_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_ERROR_BODY = 1 << 20
"""Bytes of an error body that are read; the rest says nothing more."""

logger = logging.getLogger("foundry_checkpoints")


@dataclass(frozen=True)
class Settings:
    """What every request of a client shares. `auth` None leaves it to the caller's own HTTP client."""

    base_url: str
    auth: httpx.Auth | None
    timeout: httpx.Timeout
    retry: RetryPolicy
    max_concurrency: int
    max_body_size: int
    user_agent: str


@dataclass(frozen=True)
class Operation(Generic[T]):
    """A request of the generated client, and how to decode its answers; `until` is its deadline, monotonic."""

    request: Request
    decode: Callable[[Any], T]
    decode_error: Callable[[Any], Any]
    until: float | None = None
    trace_id: str | None = None


@dataclass(frozen=True)
class Send:
    """Ask for one attempt: the arguments of httpx's `build_request`, and the deadline on the monotonic clock."""

    arguments: dict[str, Any]
    until: float | None


@dataclass(frozen=True)
class Sleep:
    """Ask for a pause."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """What came back, read to its end."""

    status_code: int
    headers: dict[str, str]
    content: bytes


Flow = Generator[Send | Sleep, Any, T]


@dataclass
class Call(Generic[T]):
    """One call: its attempts, the pauses between them, and at last its value or its error."""

    operation: Operation[T]
    settings: Settings
    clock: Callable[[], float] = time.monotonic
    attempt: int = 0
    replays: int = 0

    def __post_init__(self) -> None:
        self.trace_id = secrets.token_hex(8) if self.operation.trace_id is None else self.operation.trace_id
        if not is_header_text(self.trace_id):
            raise InvalidRequestError("a trace id is printable ASCII, such as 16 hexadecimal digits")
        self.label = f"{self.operation.request.method} /api{self.operation.request.path}"
        self.arguments = _arguments(self.operation.request, self.settings, self.trace_id)

    def flow(self) -> Flow[T]:
        """Ask for I/O and be told its outcome, until there is a value to return or an error to raise."""
        while True:
            self.attempt += 1
            try:
                return (yield from self._attempt())
            except CheckpointsError as error:
                error.attempts, error.trace_id = self.attempt, self.trace_id
                delay = self._delay(error)
            if delay:
                logger.info("%s: next attempt in %.2f s, trace %s", self.label, delay, self.trace_id)
                yield Sleep(delay)

    def _attempt(self) -> Flow[T]:
        started = self.clock()
        outcome: object = "stopped"
        try:
            answer: Answer = yield Send(self.arguments | {"timeout": self._timeout()}, self.operation.until)
            outcome = answer.status_code
            return settle(self.operation, answer)
        except NetworkError as error:
            outcome = f"{type(error).__name__} ({error})"
            raise
        finally:
            spent = (self.clock() - started) * 1000
            details = (self.label, outcome, spent, self.attempt, self.trace_id)
            logger.debug("%s: %s in %.0f ms, attempt %d, trace %s", *details)

    def _delay(self, error: CheckpointsError) -> float:
        """Seconds to the next attempt; raises where there is to be none."""
        renewable = getattr(self.settings.auth, "renewable", False)
        if isinstance(error, UnauthorizedError) and renewable and not self.replays:
            self.replays = 1
            return 0.0
        failure = Failure.of(error)
        delay = self.settings.retry.delay(failure, self.attempt - self.replays)
        if delay is None:
            raise error
        if self.operation.until is None or self.clock() + delay < self.operation.until:
            return delay
        if failure.retry_after is not None:
            raise error
        late = RequestTimeoutError(f"the deadline left no time for another attempt; the last one: {error}")
        late.attempts, late.trace_id = error.attempts, error.trace_id
        raise late from error

    def _timeout(self) -> httpx.Timeout:
        if self.operation.until is None:
            return self.settings.timeout
        remaining = max(self.operation.until - self.clock(), 0.001)
        limits = self.settings.timeout.as_dict()
        return httpx.Timeout(**{kind: min(limit or remaining, remaining) for kind, limit in limits.items()})


def _arguments(request: Request, settings: Settings, trace_id: str) -> dict[str, Any]:
    headers = {
        "Accept": "application/json",
        "User-Agent": settings.user_agent,
        "X-B3-TraceId": trace_id,
    }
    arguments: dict[str, Any] = {
        "method": request.method,
        "url": f"{settings.base_url}/api{request.path}",
        "params": request.params,
    }
    if request.json is not None:
        headers["Content-Type"] = "application/json"
        arguments["content"] = _encoded(request.json)
    return arguments | {"headers": headers}


def _encoded(body: Any) -> bytes:
    try:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequestError(f"the request is not JSON: {error}") from None


def settle(operation: Operation[T], answer: Answer) -> T:
    """The value that an answer holds, or the error that it stands for."""
    if not 200 <= answer.status_code < 300:
        raise api_error(operation, answer)
    try:
        return operation.decode(_parsed(answer.content))
    except DecodeError as error:
        raise ResponseDecodeError(error.path, error.reason) from None
    except RecursionError:
        raise ResponseDecodeError("body", "nested too deeply") from None


def _parsed(content: bytes) -> Any:
    try:
        return _loads(content)
    except ValueError:
        text = content.strip()
    error = ResponseDecodeError("body", "not JSON" if text else "empty")
    error.transient = not text or (text.startswith(b"{") and not text.endswith(b"}"))
    raise error


def _loads(content: bytes) -> Any:
    with suppress(ValueError):
        return _fast_loads(content)
    return json.loads(content)  # takes what orjson does not, such as lone surrogates


def api_error(operation: Operation[Any], answer: Answer) -> ApiError:
    """The error of an answer that is no success, whatever its body."""
    body, model = None, None
    with suppress(ValueError, RecursionError):
        body = _loads(answer.content)
        model = operation.decode_error(body)
    name = body.get("errorName") if isinstance(body, dict) else None
    error_class = api_error_class(answer.status_code, name, empty=not answer.content.strip())
    return error_class(
        answer.status_code,
        headers=answer.headers,
        body=body,
        excerpt=printable(answer.content[:2000].decode("utf-8", "replace")),
        error=None if isinstance(model, UnknownVariant) else model,
        retry_after=parse_retry_after(answer.headers),
    )


class _Enough(Exception):
    """No more of the body is wanted."""


class _Body:
    """Collects a body within its limits in size and in time."""

    def __init__(self, response: httpx.Response, settings: Settings, until: float | None) -> None:
        self._response = response
        self._room = settings.max_body_size if response.is_success else _ERROR_BODY
        self._until = until
        self._chunks: list[bytes] = []

    def take(self, chunk: bytes) -> None:
        if self._until is not None and time.monotonic() >= self._until:
            raise RequestTimeoutError("the deadline passed while the body was read")
        self._chunks.append(chunk)
        self._room -= len(chunk)
        if self._room < 0:
            raise _Enough

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Of an error, what was read is enough: its status is known. A success must be whole."""
        try:
            yield
        except _Enough:
            if self._response.is_success:
                raise ResponseDecodeError("body", "larger than max_body_size") from None
        except httpx.RequestError:
            if self._response.is_success:
                raise

    def answer(self) -> Answer:
        response = self._response
        return Answer(response.status_code, safe_headers(response), b"".join(self._chunks))


@contextmanager
def _translated() -> Iterator[None]:
    """Nothing of the libraries below gets past here."""
    try:
        yield
    except CheckpointsError:
        raise
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, httpx.CookieConflict, OSError, ValueError) as error:
        raise translate(error) from error
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise InvalidRequestError("the HTTP client is closed") from error


def translate(error: Exception) -> CheckpointsError:
    """The error of this library for one of httpx, of the system, or of what was plugged into httpx."""
    what = f"{type(error).__name__}: {printable(str(error))}" if str(error) else type(error).__name__
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return RequestTimeoutError(what)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.CookieConflict):
        return ConfigurationError(what)
    network_error = NetworkError(what)
    is_lasting = isinstance(error, httpx.LocalProtocolError | httpx.InvalidURL | ValueError)
    network_error.transient = not is_lasting and not _is_certificate_error(error)
    return network_error


def _is_certificate_error(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


class _Guard:
    """Refuses use where a connection pool would break: after close, and in a forked process."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self.closed = False

    def check(self) -> None:
        if self.closed:
            raise InvalidRequestError("this client is closed")
        if os.getpid() != self._pid:
            raise InvalidRequestError("this client was made in another process: make one after the fork")


def is_header_text(text: object) -> bool:
    """Whether a text can be the value of a header."""
    return isinstance(text, str) and text.isascii() and text.isprintable() and bool(text.strip())


def checked_timeout(timeout: float | httpx.Timeout | None) -> httpx.Timeout:
    """What httpx is given: seconds for each step, within the default to connect."""
    if timeout is None:
        return DEFAULT_TIMEOUT
    if isinstance(timeout, httpx.Timeout):
        return timeout
    if not timeout > 0:
        raise ConfigurationError("a timeout is a number of seconds above 0, or an httpx.Timeout")
    return httpx.Timeout(timeout, connect=min(timeout, 5.0))


class Transport:
    """Sends the calls of the sync client, from any number of threads."""

    def __init__(self, settings: Settings, http_client: httpx.Client | None) -> None:
        self._settings = settings
        self._is_ours = http_client is None
        self._http = _new_client() if http_client is None else http_client
        self._guard = _Guard()
        self._limiter = Limiter(settings.max_concurrency)
        self._never = threading.Event()

    def call(self, operation: Operation[T], stop: threading.Event | None = None) -> T:
        """Run a call to its end; once `stop` is set there is no other attempt."""
        self._guard.check()
        flow = Call(operation, self._settings).flow()
        try:
            step = next(flow)
            while True:
                try:
                    outcome = self._perform(step, stop)
                except CheckpointsError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(outcome)
        except StopIteration as end:
            return cast(T, end.value)

    def _perform(self, step: Send | Sleep, stop: threading.Event | None) -> Answer | None:
        if isinstance(step, Sleep):
            if (stop or self._never).wait(step.seconds):
                raise InvalidRequestError("the caller stopped iterating")
            return None
        with self._limiter.slot(step.until) as slot:
            answer = self._send(step)
            slot.status_code = answer.status_code
        return answer

    def _send(self, step: Send) -> Answer:
        with _translated():
            request = self._http.build_request(**step.arguments)
            response = self._http.send(request, stream=True, auth=_auth(self._settings), follow_redirects=False)
            body = _Body(response, self._settings, step.until)
            with closing(response), body.reading():
                for chunk in response.iter_bytes():
                    body.take(chunk)
        return body.answer()

    def close(self) -> None:
        """Close what is ours; before that revoke the token, if that was asked."""
        if self._guard.closed:
            return
        self._guard.closed = True
        try:
            if isinstance(auth := self._settings.auth, ClientCredentialsAuth) and auth.revoke_on_close:
                auth.revoke(self._http)
        finally:
            if self._is_ours:
                self._http.close()


class AsyncTransport:
    """`Transport` for asyncio and trio, for any number of tasks."""

    def __init__(self, settings: Settings, http_client: httpx.AsyncClient | None) -> None:
        self._settings = settings
        self._is_ours = http_client is None
        self._http = _new_async_client() if http_client is None else http_client
        self._loop: object = None
        self._guard = _Guard()
        self._limiter = AsyncLimiter(settings.max_concurrency)

    async def call(self, operation: Operation[T]) -> T:
        """Run a call to its end."""
        self._guard.check()
        self._follow_loop()
        flow = Call(operation, self._settings).flow()
        try:
            step = next(flow)
            while True:
                try:
                    outcome = await self._perform(step)
                except CheckpointsError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(outcome)
        except StopIteration as end:
            return cast(T, end.value)

    async def _perform(self, step: Send | Sleep) -> Answer | None:
        if isinstance(step, Sleep):
            await anyio.sleep(step.seconds)
            return None
        remaining = None if step.until is None else max(step.until - time.monotonic(), 0)
        with _translated(), anyio.fail_after(remaining):
            async with self._limiter.slot() as slot:
                answer = await self._send(step)
                slot.status_code = answer.status_code
        return answer

    async def _send(self, step: Send) -> Answer:
        request = self._http.build_request(**step.arguments)
        response = await self._http.send(request, stream=True, auth=_auth(self._settings), follow_redirects=False)
        body = _Body(response, self._settings, step.until)
        async with aclosing(response):
            with body.reading():
                async for chunk in response.aiter_bytes():
                    body.take(chunk)
        return body.answer()

    def _follow_loop(self) -> None:
        """A pool lives in one event loop; a second `asyncio.run` gets a pool of its own."""
        loop = anyio.lowlevel.current_token()
        if self._loop is not None and self._loop != loop and self._is_ours:
            self._http = _new_async_client()
        if self._loop != loop:
            self._limiter = AsyncLimiter(self._settings.max_concurrency)
        self._loop = loop

    async def aclose(self) -> None:
        """Close what is ours; before that revoke the token, if that was asked."""
        if self._guard.closed:
            return
        self._guard.closed = True
        try:
            if isinstance(auth := self._settings.auth, ClientCredentialsAuth) and auth.revoke_on_close:
                await auth.arevoke(self._http)
        finally:
            if self._is_ours:
                await self._http.aclose()


_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=5.0)


def _new_client() -> httpx.Client:
    with _checked_environment():
        return httpx.Client(limits=_LIMITS, event_hooks={"response": [_set_location_aside]})


def _new_async_client() -> httpx.AsyncClient:
    async def set_aside(response: httpx.Response) -> None:
        _set_location_aside(response)

    with _checked_environment():
        return httpx.AsyncClient(limits=_LIMITS, event_hooks={"response": [set_aside]})


def _set_location_aside(response: httpx.Response) -> None:
    """httpx parses a Location also where it is not to be followed, and fails over an invalid one."""
    if "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")


@contextmanager
def _checked_environment() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, ImportError) as error:
        what = f"{type(error).__name__}: {printable(str(error))}"
        raise ConfigurationError(f"httpx cannot start with this environment (proxies, certificates): {what}") from None


def _auth(settings: Settings) -> Any:
    return httpx.USE_CLIENT_DEFAULT if settings.auth is None else settings.auth
