"""An ASGI application on a loopback socket, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

_BACKLOG = 1024


class _Protocol(H11Protocol):
    """uvicorn's HTTP. In addition, an application finds the connection of a request in `scope["state"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.access_log = False
        self.app_state = {"transport": transport}


class Server:
    """Serves from `start` to `stop`. uvicorn's own server loop polls: that would delay each stop by 100 ms."""

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
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"emulator-{self.port}", daemon=True)

    def start(self) -> None:
        """Start to answer. The socket listens already, so no caller comes too early."""
        self._thread.start()

    def stop(self) -> None:
        """Close all connections, end what is in flight, and wait for the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        state = ServerState()
        server = await self._loop.create_server(
            lambda: _Protocol(self._config, state, {}), sock=self._socket, backlog=_BACKLOG
        )
        await self._stopping.wait()
        server.close()
        await asyncio.sleep(0)  # what was just accepted gets its protocol
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # the protocols learn that their connections are gone
        tasks = list(state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _listen(port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY on a connection only if the socket names its protocol; without it, Nagle's
    # algorithm delays each answer by up to 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
