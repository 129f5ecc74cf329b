"""The service as an ASGI application, with faults, latency and a journal."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ._exchange import Exchange
from ._faults import Faults
from ._journal import Journal, SeenRequest
from ._service import Service, operation_of

_COUNTERS = "/emulator/counters"


class Application:
    """Answers HTTP requests. Each waits `latency` seconds, concurrently with the others."""

    def __init__(self, service: Service, faults: Faults, journal: Journal, latency: float) -> None:
        self.latency = latency
        self._service = service
        self._faults = faults
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["path"] == _COUNTERS:
                await self._counters(scope["method"])(scope, receive, send)
            else:
                await self._exchange(scope, receive, send)
        except ClientDisconnect:
            pass  # The caller disconnected while it sent its request.
        except asyncio.CancelledError:
            pass  # The emulator stops. uvicorn would log this as a failure of the application.

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = Request(scope, receive)
        path: str = scope["path"]
        request = SeenRequest(
            operation=operation_of(path),
            method=received.method,
            path=path,
            query=received.query_params,
            headers=received.headers,
            body=await received.body(),
            time=time.time(),
        )
        fault = self._faults.take(request.operation)
        with self._journal.enter(request):
            exchange = Exchange(self._service, self._journal, request, scope, receive, send)
            if self.latency:
                await asyncio.sleep(self.latency)
            await (exchange.send(exchange.answer()) if fault is None else fault.play(exchange))

    def _counters(self, method: str) -> JSONResponse:
        """Return the totals, for other processes. DELETE also resets them."""
        response = JSONResponse(
            {
                "requests": self._journal.operations,
                "statuses": self._journal.statuses,
                "peakInFlight": self._journal.peak_in_flight,
            }
        )
        if method == "DELETE":
            self._journal.clear()
        return response
