"""One request: send, retry, decode or raise.

What happens is decided once, in `Call.flow`, a generator that asks for I/O and is told its outcome. `Transport` and
`AsyncTransport` drive it; they differ in how they send, sleep and close, and in nothing else.
"""

from __future__ import annotations

import contextvars
import json
import logging
import os
import secrets
import ssl
import threading
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing, contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar, cast

import anyio
import anyio.lowlevel
import httpx

from foundry_checkpoints_api.client import Request
from foundry_checkpoints_api.errors import DecodeError
from foundry_checkpoints_api.types import Unknown, UnknownVariant, located, observed

from ._drift import DriftLog
from ._limiter import AsyncLimiter, Limiter
from ._loops import PerLoop
from ._retry import Failure, RetryPolicy, parse_retry_after
from .auth import ClientCredentialsAuth, Secret, safe_headers
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
_HTTPX_TIMEOUT = httpx.Timeout(5.0)
"""What an httpx client has whose owner did not say."""
_SHORTEST_CREDENTIAL = 6
_LONGEST_TOKEN = len("\\u0000")
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
    drift: DriftLog


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
    headers: dict[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    is_empty: bool
    """Whether nothing came over the wire, which is not so where a body could not be unpacked."""


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
        self.trace_id = new_trace_id() if self.operation.trace_id is None else self.operation.trace_id
        if not is_header_text(self.trace_id):
            raise InvalidRequestError("trace_id is printable ASCII, such as 16 hexadecimal digits")
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
                delay, reason = self._delay(error), _outcome(error)
            logger.info("%s: %s, next attempt in %.2f s, trace %s", self.label, reason, delay, self.trace_id)
            if delay:
                yield Sleep(delay)

    def _attempt(self) -> Flow[T]:
        started = self.clock()
        outcome: object = None
        try:
            answer: Answer = yield Send(self.arguments | {"timeout": self._timeout()}, self.operation.until)
            outcome = answer.status_code
            return settle(self.operation, answer, self.settings.drift)
        except CheckpointsError as error:
            outcome = _outcome(error) if outcome is None else outcome
            raise
        finally:
            spent = (self.clock() - started) * 1000
            details = (self.label, "stopped" if outcome is None else outcome, spent, self.attempt, self.trace_id)
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


def new_trace_id() -> str:
    """A random `X-B3-TraceId`: 64 bits in hexadecimal."""
    return secrets.token_hex(8)


def _outcome(error: CheckpointsError) -> str:
    return str(error.status_code) if isinstance(error, ApiError) else f"{type(error).__name__} ({error})"


def _arguments(request: Request, settings: Settings, trace_id: str) -> dict[str, Any]:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
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


def settle(operation: Operation[T], answer: Answer, drift: DriftLog) -> T:
    """The value that an answer holds, or the error that it stands for."""
    if not 200 <= answer.status_code < 300:
        raise api_error(operation, answer, drift)
    try:
        return _decoded(operation.decode, _parsed(answer.content), drift)
    except DecodeError as error:
        raise ResponseDecodeError(error.path, error.reason) from None
    except RecursionError:
        raise ResponseDecodeError("body", "nested too deeply") from None


def _decoded(decode: Callable[[Any], T], body: Any, drift: DriftLog) -> T:
    met: list[Unknown] = []
    try:
        with observed(met.append):
            return decode(body)
    finally:
        if met:
            drift.note(met, lambda: located(decode, body))


def _parsed(content: bytes) -> Any:
    try:
        return _loads(content)
    except ValueError as fault:
        error = ResponseDecodeError("body", "not JSON" if content.strip() else "empty")
        error.transient = not content.strip() or _is_cut_off(content, fault)
    raise error


def _is_cut_off(content: bytes, fault: ValueError) -> bool:
    """Whether an object just ended too early: where the parser stopped nothing is left, or the start of a value."""
    if not content.lstrip().startswith(b"{"):
        return False
    if isinstance(fault, UnicodeDecodeError):
        return fault.reason == "unexpected end of data"
    if not isinstance(fault, json.JSONDecodeError):
        return False
    return fault.msg.startswith("Unterminated") or len(fault.doc.rstrip()) - fault.pos < _LONGEST_TOKEN


def _loads(content: bytes) -> Any:
    with suppress(ValueError):
        return _fast_loads(content)
    return json.loads(content)  # takes what orjson does not, such as lone surrogates


def api_error(operation: Operation[Any], answer: Answer, drift: DriftLog) -> ApiError:
    """The error of an answer that is no success, whatever its body."""
    body, model = None, None
    with suppress(ValueError, RecursionError):
        body = _loads(answer.content)
        model = _decoded(operation.decode_error, body, drift)
    name = body.get("errorName") if isinstance(body, dict) else None
    error_class = api_error_class(answer.status_code, name, empty=answer.is_empty)
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
    """Collects a body within its limits in size and in time; unpacks it itself, as httpx does so without bounds."""

    def __init__(self, response: httpx.Response, settings: Settings, until: float | None) -> None:
        self._response = response
        self._room = settings.max_body_size if response.is_success else _ERROR_BODY
        self._until = until
        self._content = bytearray()
        self._is_empty = True
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if coding in ("gzip", "x-gzip") else None
        self._is_readable = self._gzip is not None or coding == "identity"

    def take(self, chunk: bytes) -> None:
        """Keep a chunk as it came over the wire."""
        self._is_empty = self._is_empty and not chunk.strip()
        if self._until is not None and time.monotonic() >= self._until:
            raise RequestTimeoutError("the deadline passed while the body was read")
        if not self._is_readable:
            raise NetworkError("the body is packed in a way that was not asked for")
        self.keep(chunk if self._gzip is None else self._gzip.decompress(chunk, self._room + 1))

    def keep(self, content: bytes) -> None:
        """Keep what a chunk holds."""
        self._content += content
        self._room -= len(content)
        if self._room < 0:
            raise _Enough

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Of an error, what was read is enough: its status is known. A success must be whole."""
        try:
            yield
            if self._gzip is not None and self._content and not self._gzip.eof:
                raise NetworkError("the body ended early")
        except _Enough:
            if self._response.is_success:
                raise ResponseDecodeError("body", "larger than max_body_size") from None
        except (httpx.RequestError, zlib.error, NetworkError) as error:
            if self._response.is_success or isinstance(error, RequestTimeoutError):
                raise error if isinstance(error, CheckpointsError) else translate(error) from error

    def answer(self) -> Answer:
        """What was read."""
        response = self._response
        headers, content = safe_headers(response), bytes(self._content)
        if not response.is_success:
            headers, content = _without_credential(response.request, headers, content)
        return Answer(response.status_code, headers, content, self._is_empty and not content.strip())


def _without_credential(
    request: httpx.Request, headers: dict[str, str], content: bytes
) -> tuple[dict[str, str], bytes]:
    """Some gateways show in an error what was sent to them."""
    credential = Secret(request.headers.get("authorization", "").rpartition(" ")[2])
    if len(credential.reveal) < _SHORTEST_CREDENTIAL:
        return headers, content
    headers = {name: value.replace(credential.reveal, "...") for name, value in headers.items()}
    return headers, content.replace(credential.reveal.encode(), b"...")


@contextmanager
def _translated() -> Iterator[None]:
    """Nothing of the libraries below gets past here."""
    try:
        yield
    except CheckpointsError:
        raise
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, httpx.CookieConflict, OSError, ValueError) as error:
        # What h11 says of a header that it refuses holds its value.
        raise translate(error) from (None if isinstance(error, httpx.LocalProtocolError) else error)
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise InvalidRequestError("the HTTP client is closed") from error


def translate(error: Exception) -> CheckpointsError:
    """The error of this library for one of httpx, of the system, or of what was plugged into httpx."""
    text = "" if isinstance(error, httpx.LocalProtocolError) else _first_text(error)
    what = f"{type(error).__name__}: {printable(text)}" if text else type(error).__name__
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return RequestTimeoutError(what)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.CookieConflict):
        return ConfigurationError(what)
    network_error = NetworkError(what)
    is_lasting = isinstance(error, httpx.LocalProtocolError | httpx.InvalidURL | ValueError) or "location" in text
    network_error.transient = not is_lasting and not _is_certificate_error(error)
    return network_error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _first_text(error: BaseException) -> str:
    return next((str(link) for link in _chain(error) if str(link)), "")


def _is_certificate_error(error: BaseException) -> bool:
    return any(isinstance(link, ssl.SSLCertVerificationError) for link in _chain(error))


class _Guard:
    """Refuses use where a connection pool would break: after close, and in a forked process."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self.closed = False

    @property
    def is_inherited(self) -> bool:
        """Whether this is a forked process, whose connections are its parent's."""
        return os.getpid() != self._pid

    def check(self) -> None:
        """Raise where the client cannot be used."""
        if self.closed:
            raise InvalidRequestError("this client is closed")
        if self.is_inherited:
            raise InvalidRequestError("this client was made in another process: make one after the fork")


class Transport:
    """Sends the calls of the sync client, from any number of threads."""

    def __init__(self, settings: Settings, http_client: httpx.Client | None) -> None:
        self._settings = settings
        self._is_ours = http_client is None
        self._http = _new_client() if http_client is None else http_client
        self._guard = _Guard()
        self._limiter = Limiter(settings.max_concurrency)
        self._never = threading.Event()
        self._lock = threading.Lock()
        self._sending = 0

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
            answer = self._send(step) if step.until is None else self._send_until(step, step.until)
            slot.status_code = answer.status_code
        return answer

    def _send_until(self, step: Send, until: float) -> Answer:
        """Send in a thread that is left behind at the deadline: no timeout of httpx bounds drips, locks or DNS."""
        outcomes: SimpleQueue[Answer | BaseException] = SimpleQueue()

        def send() -> None:
            try:
                outcomes.put(self._send(step))
            except BaseException as error:  # it is raised in the caller's thread
                outcomes.put(error)

        run = contextvars.copy_context().run
        try:
            threading.Thread(target=run, args=(send,), name="foundry-checkpoints", daemon=True).start()
        except RuntimeError:  # there are no more threads to be had
            send()
        try:
            outcome = outcomes.get(timeout=max(until - time.monotonic(), 0))
        except Empty:
            raise RequestTimeoutError("the deadline passed") from None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _send(self, step: Send) -> Answer:
        with self._counted(), _translated():
            request = self._http.build_request(**step.arguments)
            response = self._http.send(request, stream=True, auth=_auth(self._settings), follow_redirects=False)
            body = _Body(response, self._settings, step.until)
            with closing(response), body.reading():
                if response.is_stream_consumed:
                    body.keep(response.content)
                else:
                    for chunk in response.iter_raw():
                        body.take(chunk)
        return body.answer()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Of a client that is closed meanwhile, the last request to end closes the pool."""
        with self._lock:
            self._guard.check()
            self._sending += 1
        try:
            yield
        finally:
            with self._lock:
                self._sending -= 1
                is_last = self._guard.closed and not self._sending
            if is_last and self._is_ours:
                self._http.close()

    def close(self) -> None:
        """Close what is ours; before that revoke the token, if that was asked."""
        if self._guard.is_inherited:
            return
        with self._lock:
            was_closed, self._guard.closed = self._guard.closed, True
            is_idle = not self._sending
        if was_closed:
            return
        try:
            if isinstance(auth := self._settings.auth, ClientCredentialsAuth) and auth.revoke_on_close:
                auth.revoke(self._http)
        finally:
            if self._is_ours and is_idle:
                self._http.close()


def is_header_text(text: object) -> bool:
    """Whether a text can be the value of a header."""
    return isinstance(text, str) and text.isascii() and text.isprintable() and text == text.strip() != ""


def checked_timeout(
    timeout: float | httpx.Timeout | None, http_client: httpx.Client | httpx.AsyncClient | None
) -> httpx.Timeout:
    """What httpx is given: seconds for each step, within the default to connect."""
    if timeout is None:
        if http_client is None or http_client.timeout == _HTTPX_TIMEOUT:
            return DEFAULT_TIMEOUT
        return http_client.timeout
    steps = timeout.as_dict().values() if isinstance(timeout, httpx.Timeout) else [timeout]
    if not all(seconds is None or 0 < seconds < threading.TIMEOUT_MAX for seconds in steps):
        raise ConfigurationError("a timeout is a finite number of seconds above 0, or an httpx.Timeout of such")
    return timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout, connect=min(timeout, 5.0))


class _Content(httpx.AsyncByteStream):
    """A body that is given by a plain iterator: trio warns of httpx's async generator when a request is cancelled."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Once(self._content)


class _Once(AsyncIterator[bytes]):
    def __init__(self, content: bytes) -> None:
        self._left = [content]

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


@dataclass
class _Pool:
    """What one event loop has of a client; `keeper` closes the connections with the loop, if nothing did before."""

    http: httpx.AsyncClient
    limiter: AsyncLimiter
    keeper: AsyncGenerator[None] | None = None


async def _closed_with_the_loop(http: httpx.AsyncClient) -> AsyncGenerator[None]:
    """An event loop that ends closes the async generators that it knows."""
    try:
        yield
    finally:
        await http.aclose()


class AsyncTransport:
    """`Transport` for asyncio and trio, for any number of tasks."""

    def __init__(self, settings: Settings, http_client: httpx.AsyncClient | None) -> None:
        self._settings = settings
        self._is_ours = http_client is None
        # Made at once, so that an environment that httpx cannot start with is refused here.
        self._first = _new_async_client() if http_client is None else http_client
        self._pools = PerLoop(self._new_pool)
        self._is_first_used = False
        self._guard = _Guard()

    def _new_pool(self) -> _Pool:
        http = _new_async_client() if self._is_ours and self._is_first_used else self._first
        self._is_first_used = True
        return _Pool(http, AsyncLimiter(self._settings.max_concurrency))

    async def _pool(self) -> _Pool:
        pool = self._pools.get()
        if self._is_ours and pool.keeper is None:
            pool.keeper = _closed_with_the_loop(pool.http)
            await anext(pool.keeper)
        return pool

    async def call(self, operation: Operation[T]) -> T:
        """Run a call to its end."""
        self._guard.check()
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
        pool = await self._pool()
        with _translated(), anyio.move_on_after(remaining):
            async with pool.limiter.slot() as slot:
                answer = await self._send(pool.http, step)
                slot.status_code = answer.status_code
            return answer
        raise RequestTimeoutError("the deadline passed")

    async def _send(self, http: httpx.AsyncClient, step: Send) -> Answer:
        request = http.build_request(**step.arguments)
        request.stream = _Content(request.content)
        response = await http.send(request, stream=True, auth=_auth(self._settings), follow_redirects=False)
        body = _Body(response, self._settings, step.until)
        async with aclosing(response):
            with body.reading():
                if response.is_stream_consumed:
                    body.keep(response.content)
                else:
                    async for chunk in response.aiter_raw():
                        body.take(chunk)
        return body.answer()

    async def aclose(self) -> None:
        """Close what is ours; before that revoke the token, if that was asked."""
        was_closed, self._guard.closed = self._guard.closed, True
        if was_closed or self._guard.is_inherited:
            return
        try:
            if isinstance(auth := self._settings.auth, ClientCredentialsAuth) and auth.revoke_on_close:
                await auth.arevoke((await self._pool()).http)
        finally:
            if self._is_ours and (keeper := (await self._pool()).keeper) is not None:
                await keeper.aclose()


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
