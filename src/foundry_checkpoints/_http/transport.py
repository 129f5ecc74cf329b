"""Send one attempt and read its response; close what belongs to the client."""

from __future__ import annotations

import contextvars
import json
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, closing
from functools import lru_cache, partial
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeAlias, TypeVar
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel
import httpx

from foundry_checkpoints_api import __api_version__
from foundry_checkpoints_api.client import Request

from .._concurrency.limiter import AsyncLimiter, Limiter
from .._version import __version__
from ..auth import ClientCredentialsAuth
from ..errors import ClientClosedError, InvalidRequestError, NetworkError, RequestTimeoutError
from .messages import Deadline, Settings, is_header_text
from .response import Body, Decode
from .translate import translated

HttpT = TypeVar("HttpT", httpx.Client, httpx.AsyncClient)
NewRequest: TypeAlias = Callable[[], httpx.Request]

_PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
USER_AGENT: Final = f"foundry-checkpoints/{__version__} (API {__api_version__}) python/{_PYTHON}"


class _Base(Generic[HttpT]):
    """The shared part of both transports. A client works until it is closed, in the process that created it."""

    def __init__(self, settings: Settings, http_client: HttpT) -> None:
        self.settings = settings
        self.is_closed: bool = False
        self._http: HttpT = http_client
        self._process = os.getpid()
        self._place = urlsplit(settings.base_url).netloc

    @property
    def is_inherited(self) -> bool:
        """True in a forked process. The connections, and the state of the locks, belong to its parent."""
        return os.getpid() != self._process

    def check(self) -> None:
        """Raise if the client can't be used."""
        if self.is_closed:
            raise ClientClosedError("this client is closed: create another one")
        if self.is_inherited:
            raise InvalidRequestError("this client belongs to another process: create one after the fork")

    def prepared(self, request: Request, trace_id: str) -> NewRequest:
        """Return what makes the request of each attempt, credentials aside, for a request of the generated client.

        A caller's own HTTP client adds its headers, parameters, and cookies. Raises `InvalidRequestError` if the body
        isn't JSON or the trace ID can't be a header.
        """
        if not is_header_text(trace_id):
            raise InvalidRequestError(
                f"trace_id must be printable ASCII, such as 16 hexadecimal digits, not {trace_id!r}"
            )
        user_agent = self.settings.user_agent
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT if user_agent is None else f"{USER_AGENT} {user_agent}",
            "X-B3-TraceId": trace_id,
        }
        content = None
        if request.json is not None:
            headers["Content-Type"] = "application/json"
            try:
                content = json.dumps(request.json, separators=(",", ":"), allow_nan=False).encode()
            except (TypeError, ValueError, RecursionError) as error:
                raise InvalidRequestError(f"the request can't be encoded as JSON: {error}") from None
        url, params = f"{self.settings.base_url}/api{request.path}", request.params
        if self.settings.owns_http_client:
            parsed = _parsed(url, tuple(params.items()))
            return partial(httpx.Request, request.method, parsed, headers=headers, content=content)
        return partial(self._http.build_request, request.method, url, params=params, headers=headers, content=content)


@lru_cache(maxsize=32)
def _parsed(url: str, params: tuple[tuple[str, Any], ...]) -> httpx.URL:
    """Parse a URL once: a search sends to the same one again and again, and parsing costs 6 % of a page."""
    return httpx.URL(url, params=params)


class Transport(_Base[httpx.Client]):
    """Sends the attempts of the sync client, from any number of threads."""

    def __init__(self, settings: Settings, http_client: httpx.Client) -> None:
        super().__init__(settings, http_client)
        self._limiter = Limiter(settings.max_concurrency, settings.clock, settings.wait)

    def exchange(self, make: NewRequest, deadline: Deadline, decode_error: Decode) -> tuple[int, bytes]:
        """Send a request once and return the status and content of a success; raise any other outcome."""
        self.check()
        permit = self._limiter.acquire(deadline.remaining())
        if deadline.remaining() is None:
            return self._send(make, deadline, decode_error, permit)
        # No timeout of httpx bounds drips, locks, or name lookups, so a thread sends, and is left behind at the
        # deadline. It keeps its permit until it ends.
        outcomes: SimpleQueue[tuple[int, bytes] | BaseException] = SimpleQueue()

        def send() -> None:
            try:
                outcomes.put(self._send(make, deadline, decode_error, permit))
            except BaseException as error:  # raised in the caller's thread
                outcomes.put(error)

        run = contextvars.copy_context().run
        try:
            threading.Thread(target=run, args=(send,), name="foundry-checkpoints", daemon=True).start()
        except RuntimeError as error:
            with self._limiter.permitted(permit):
                raise NetworkError(f"the system can't start another thread: {error}") from error
        try:
            outcome = outcomes.get(timeout=deadline.remaining())
        except Empty:
            raise RequestTimeoutError("the total timeout passed") from None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _send(self, make: NewRequest, deadline: Deadline, decode_error: Decode, permit: int) -> tuple[int, bytes]:
        with self._limiter.permitted(permit), translated(self._place):
            request = make()
            request.extensions["timeout"] = deadline.bound(self.settings.timeout)
            response = self._http.send(request, stream=True, auth=self.settings.auth, follow_redirects=False)
            body = Body(response, self.settings, deadline)
            with closing(response), body.reading():
                # An event hook of a caller's HTTP client can have read it.
                if response.is_stream_consumed:
                    body.keep(response.content)
                else:
                    for chunk in response.iter_raw():
                        if not body.take(chunk):
                            break
            return body.success(decode_error)

    def close(self) -> None:
        """Revoke the token if that was requested, and close the connections when the last request has ended."""
        if self.is_closed or self.is_inherited:
            return
        self.is_closed = True
        try:
            if isinstance(auth := self.settings.auth, ClientCredentialsAuth) and auth.revoke_on_close:
                auth.revoke(self._http)
        finally:
            self._limiter.close(self._http.close if self.settings.owns_http_client else None)


class AsyncTransport(_Base[httpx.AsyncClient]):
    """Sends the attempts of the async client, for any number of tasks of one event loop."""

    def __init__(self, settings: Settings, http_client: httpx.AsyncClient) -> None:
        super().__init__(settings, http_client)
        self._limiter = AsyncLimiter(settings.max_concurrency, settings.clock, settings.sleep)
        self._loop: object = None

    async def exchange(self, make: NewRequest, deadline: Deadline, decode_error: Decode) -> tuple[int, bytes]:
        """Send a request once and return the status and content of a success; raise any other outcome."""
        self.check()
        loop = anyio.lowlevel.current_token()
        self._loop = loop if self._loop is None else self._loop
        if self._loop != loop:
            raise InvalidRequestError("this client belongs to another event loop: create one client for each loop")
        with translated(self._place), anyio.move_on_after(deadline.remaining()):
            async with self._limiter.permitted():
                request = make()
                request.stream = _Content(request.content)
                request.extensions["timeout"] = deadline.bound(self.settings.timeout)
                response = await self._http.send(request, stream=True, auth=self.settings.auth, follow_redirects=False)
                body = Body(response, self.settings, deadline)
                async with aclosing(response):
                    with body.reading():
                        if response.is_stream_consumed:
                            body.keep(response.content)
                        else:
                            async for chunk in response.aiter_raw():
                                if not body.take(chunk):
                                    break
                return body.success(decode_error)
        raise RequestTimeoutError("the total timeout passed")

    async def aclose(self) -> None:
        """Revoke the token if that was requested, and close the connections."""
        if self.is_closed or self.is_inherited:
            return
        self.is_closed = True
        try:
            if isinstance(auth := self.settings.auth, ClientCredentialsAuth) and auth.revoke_on_close:
                await auth.arevoke(self._http)
        finally:
            if self.settings.owns_http_client:
                await self._http.aclose()


class _Content(httpx.AsyncByteStream):
    """A body without an async generator: trio warns of httpx's own one when a request is cancelled.

    https://github.com/encode/httpx/issues/3686
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = [content]

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._left = [self._content]
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()
