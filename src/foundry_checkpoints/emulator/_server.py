"""An ASGI application on a loopback socket, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

_BACKLOG = 1024


class _Protocol(H11Protocol):
    """uvicorn's HTTP. The application finds the connection of a request in `scope["state"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.access_log = False
        self.app_state = {"transport": transport}
        self.lost = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()


class Server:
    """Serves from `start` to `stop`.

    It replaces uvicorn's own loop, which polls and would delay each stop by 100 ms. It also accepts connections
    itself: `asyncio.Server.close` forgets those that are accepted in the same iteration of the event loop, and leaves
    their sockets open (https://github.com/python/cpython/issues/109564).
    """

    def __init__(self, app: Callable[..., Any], port: int) -> None:
        self._config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            proxy_headers=False,
            timeout_keep_alive=60,
        )
        self._config.load()
        self._state = ServerState()
        self._listener = _listen(port)
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.SelectorEventLoop()  # On Windows, the default has no `add_reader`.
        self._stopping = asyncio.Event()
        self._opening: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._run, name=f"emulator-{self.port}", daemon=True)

    def start(self) -> None:
        """Start to answer. The socket listens already, so no caller comes too early."""
        self._thread.start()

    def stop(self) -> None:
        """Close all connections, cancel all requests, and wait for the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop.add_reader(self._listener, self._accept)
        await self._stopping.wait()
        self._loop.remove_reader(self._listener)
        self._listener.close()
        await asyncio.gather(*self._opening, return_exceptions=True)
        connections: list[Any] = list(self._state.connections)
        for connection in connections:
            connection.transport.abort()
        await asyncio.gather(*(connection.lost.wait() for connection in connections))
        requests = list(self._state.tasks)
        for request in requests:
            request.cancel()
        await asyncio.gather(*requests, return_exceptions=True)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # The caller has gone already.
            return
        opening = self._loop.create_task(
            self._loop.connect_accepted_socket(lambda: _Protocol(self._config, self._state, {}), connection)
        )
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)


def _listen(port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY on a connection only if the socket names its protocol. Without it, Nagle's algorithm
    # delays each answer by up to 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # where two programs could then listen on one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
