"""Send one attempt and read its response; close what belongs to the client."""

from __future__ import annotations

import contextvars
import os
import threading
from contextlib import aclosing, closing
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel
import httpx

from .._concurrency.limiter import AsyncLimiter, Limiter
from ..auth import ClientCredentialsAuth
from ..errors import ClientClosedError, InvalidRequestError, NetworkError, RequestTimeoutError
from .messages import Deadline, Message, Settings
from .response import Body
from .translate import translated


class _Base:
    """The shared part of both transports. A client works until it is closed, in the process that created it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.is_closed: bool = False
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

    def request(self, http: httpx.Client | httpx.AsyncClient, message: Message, deadline: Deadline) -> httpx.Request:
        """Build the request of one attempt; a caller's own HTTP client adds its headers, parameters, and cookies."""
        extensions = {"timeout": deadline.bound(self.settings.timeout)}
        if self.settings.owns_http_client:
            url = _parsed(message.url, tuple(message.params.items()))
            return httpx.Request(
                message.method, url, headers=message.headers, content=message.content, extensions=extensions
            )
        return http.build_request(
            message.method,
            message.url,
            params=message.params,
            headers=message.headers,
            content=message.content,
            extensions=extensions,
        )


@lru_cache(maxsize=32)
def _parsed(url: str, params: tuple[tuple[str, Any], ...]) -> httpx.URL:
    """Parse a URL once: a search sends to the same one again and again, and parsing costs 6 % of a page."""
    return httpx.URL(url, params=params)


class Transport(_Base):
    """Sends the attempts of the sync client, from any number of threads."""

    def __init__(self, settings: Settings, http_client: httpx.Client) -> None:
        super().__init__(settings)
        self._http = http_client
        self._limiter = Limiter(settings.max_concurrency, settings.clock, settings.wait)

    def exchange(self, message: Message, deadline: Deadline) -> tuple[int, bytes]:
        """Send a message once and return the status and content of a success; raise any other outcome."""
        self.check()
        permit = self._limiter.acquire(deadline.remaining())
        if deadline.remaining() is None:
            return self._send(message, deadline, permit)
        # No timeout of httpx bounds drips, locks, or name lookups, so a thread sends, and is left behind at the
        # deadline. It keeps its permit until it ends.
        outcomes: SimpleQueue[tuple[int, bytes] | BaseException] = SimpleQueue()

        def send() -> None:
            try:
                outcomes.put(self._send(message, deadline, permit))
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

    def _send(self, message: Message, deadline: Deadline, permit: int) -> tuple[int, bytes]:
        with self._limiter.permitted(permit), translated(self._place):
            request = self.request(self._http, message, deadline)
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
            return body.success(message, self.settings.drift)

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


class AsyncTransport(_Base):
    """Sends the attempts of the async client, for any number of tasks of one event loop."""

    def __init__(self, settings: Settings, http_client: httpx.AsyncClient) -> None:
        super().__init__(settings)
        self._http = http_client
        self._limiter = AsyncLimiter(settings.max_concurrency, settings.clock, settings.sleep)
        self._loop: object = None

    async def exchange(self, message: Message, deadline: Deadline) -> tuple[int, bytes]:
        """Send a message once and return the status and content of a success; raise any other outcome."""
        self.check()
        self._check_loop()
        with translated(self._place), anyio.move_on_after(deadline.remaining()):
            async with self._limiter.permitted():
                request = self.request(self._http, message, deadline)
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
                return body.success(message, self.settings.drift)
        raise RequestTimeoutError("the total timeout passed")

    def _check_loop(self) -> None:
        loop = anyio.lowlevel.current_token()
        if self._loop is None:
            self._loop = loop
        if self._loop != loop:
            raise InvalidRequestError("this client belongs to another event loop: create one client for each loop")

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
