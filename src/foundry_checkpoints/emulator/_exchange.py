"""One HTTP exchange: a request, and the ways to respond to it, sound or faulty."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from http import HTTPStatus

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ._answers import Answer
from ._journal import Journal, SeenRequest
from ._service import Service

_TRACE_ID = "X-B3-TraceId"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds


class Exchange:
    """A request that the journal holds, and its connection."""

    def __init__(
        self, service: Service, journal: Journal, request: SeenRequest, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self.service = service
        self.journal = journal
        self.request = request
        self._scope = scope
        self._receive = receive
        self._send = send

    def answer(self) -> Answer:
        """Return what a sound service answers now."""
        return self.service.answer(self.request)

    async def send(self, answer: Answer) -> None:
        """Send a response."""
        headers = self._start(answer)
        await Response(answer.body, answer.status, headers)(self._scope, self._receive, self._send)

    async def drip(self, answer: Answer, *, chunks: int, interval: float) -> None:
        """Send the headers, then the body in `chunks`, after `interval` seconds each."""

        async def pieces() -> AsyncIterator[bytes]:
            size = -(-len(answer.body) // chunks) or 1
            for start in range(0, len(answer.body), size):
                await asyncio.sleep(interval)
                yield answer.body[start : start + size]

        headers = {**self._start(answer), "content-length": str(len(answer.body))}
        await StreamingResponse(pieces(), answer.status, headers)(self._scope, self._receive, self._send)

    async def break_off(self, answer: Answer, *, length: int, share: float, reset: bool = False) -> None:
        """Send a `share` of the body and claim `length`, then close or reset the connection."""
        headers = {**self._start(answer), "content-length": str(length), "connection": "close"}
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        # ASGI servers reject a body of the wrong length, so this writes to the connection itself.
        self.transport.write(head + answer.body[: int(len(answer.body) * share)])
        if reset:
            await self.reset()
        else:
            self.transport.close()
            await self._closed()

    async def reset(self) -> None:
        """Reset the connection."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()
        await self._closed()

    @property
    def transport(self) -> asyncio.Transport:
        """The connection."""
        transport: asyncio.Transport = self._scope["state"]["transport"]
        return transport

    async def _closed(self) -> None:
        """Wait until the server notices that the connection is closed. Before that, it would log a failure."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _start(self, answer: Answer) -> dict[str, str]:
        """Record the status, and return the headers."""
        self.journal.record_status(self.request, answer.status)
        trace_id = self.request.headers.get(_TRACE_ID)
        return {**({} if trace_id is None else {_TRACE_ID: trace_id}), **answer.headers}
