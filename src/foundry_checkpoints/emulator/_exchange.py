"""One HTTP exchange: the request that came in, and the ways, sound or not, to answer it."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ._answers import Answer
from ._journal import SeenRequest, Ticket

if TYPE_CHECKING:
    from ._service import Service

_TRACE_ID = "X-B3-TraceId"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds


async def read_request(scope: Scope, receive: Receive, operation: str) -> SeenRequest:
    """The whole request. Raises `ClientDisconnect` if the caller goes away."""
    request = Request(scope, receive)
    body = await request.body()
    return SeenRequest(
        operation, request.method, scope["path"], request.query_params, request.headers, body, time.time()
    )


class Exchange:
    """A request that the service took down, with the connection that it came by."""

    def __init__(self, service: Service, ticket: Ticket, scope: Scope, receive: Receive, send: Send) -> None:
        self.service = service
        self._ticket = ticket
        self._scope = scope
        self._receive = receive
        self._send = send

    @property
    def request(self) -> SeenRequest:
        """The request."""
        return self._ticket.request

    def answer(self) -> Answer:
        """What a sound service answers now."""
        return self.service.answer(self.request)

    async def send(self, answer: Answer) -> None:
        """Send an answer."""
        self._ticket.answered(answer.status)
        response = Response(answer.body, answer.status, self._headers(answer))
        await response(self._scope, self._receive, self._send)

    async def drip(self, answer: Answer, *, chunks: int, interval: float) -> None:
        """Send the headers, then the body in `chunks`, `interval` seconds before each."""

        async def pieces() -> AsyncIterator[bytes]:
            size = -(-len(answer.body) // chunks) or 1
            for start in range(0, len(answer.body), size):
                await asyncio.sleep(interval)
                yield answer.body[start : start + size]

        self._ticket.answered(answer.status)
        headers = {**self._headers(answer), "content-length": str(len(answer.body))}
        response = StreamingResponse(pieces(), answer.status, headers)
        await response(self._scope, self._receive, self._send)

    async def break_off(self, answer: Answer, *, length: int, share: float, reset: bool = False) -> None:
        """Send a `share` of the body, under any `length`, then close or reset the connection."""
        self._ticket.answered(answer.status)
        headers = {**self._headers(answer), "content-length": str(length), "connection": "close"}
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        # ASGI would not let a wrong body pass, so this goes to the connection itself.
        self._transport.write(head + answer.body[: int(len(answer.body) * share)])
        if reset:
            await self.reset()
        else:
            self._transport.close()
            await self._closed()

    async def reset(self) -> None:
        """Reset the connection."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
        await self._closed()

    @property
    def _transport(self) -> asyncio.Transport:
        transport: asyncio.Transport = self._scope["state"]["transport"]
        return transport

    async def _closed(self) -> None:
        """Wait until the server, too, knows that the connection is gone. Before, it would log a failure."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _headers(self, answer: Answer) -> dict[str, str]:
        trace_id = self.request.headers.get(_TRACE_ID)
        return {**({} if trace_id is None else {_TRACE_ID: trace_id}), **answer.headers}
