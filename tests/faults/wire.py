"""A loopback server that sends exactly the bytes that a test tells it to."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

Reply: TypeAlias = Callable[[socket.socket], None]
"""Answers one request, then the connection waits for the next one, if it is still open."""

BOMB = gzip.compress(b"{" + b" " * 30_000_000, 1)
"""30 MB, packed."""

CERTIFICATE = Path(__file__).with_name("loopback.pem")
"""Self-signed, for 127.0.0.1."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    head: bytes
    body: bytes


class Wire:
    """Plays replies in the order in which requests come in, over all connections; then the last one again."""

    def __init__(self, *replies: Reply, context: ssl.SSLContext | None = None) -> None:
        self._replies = list(replies)
        self._context = context
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self.requests: list[Seen] = []
        self.connections = 0

    @property
    def hostname(self) -> str:
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,))
                with self._lock:
                    self._open.add(connection)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        wrapped = connection
        with suppress(OSError):
            if self._context is not None:
                wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                with self._lock:
                    self._open = self._open - {connection} | {wrapped}
                _shake_hands(wrapped)
            while (seen := _read(wrapped)) is not None:
                with self._lock:
                    self.requests.append(seen)
                    reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
                reply(wrapped)
        with self._lock:
            self._open -= {connection, wrapped}
        wrapped.close()
        connection.close()


def _shake_hands(connection: ssl.SSLSocket) -> None:
    try:
        connection.do_handshake()
    except ssl.SSLError:
        # To close with data unread would reset the connection, and the alert could be lost.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
        raise


def _read(connection: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    while length and len(body) < int(length[1]):
        if not (more := connection.recv(65536)):
            return None
        body += more
    return Seen(head, body)


def tls() -> ssl.SSLContext:
    """The server side of TLS, with the certificate of `CERTIFICATE`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """The bytes of a whole answer; the connection stays open."""
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def say(data: bytes, *, close: bool = False) -> Reply:
    """Send bytes."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_WR)

    return reply


def cut(data: bytes) -> Reply:
    """Send bytes, then close the connection in good order."""
    return say(data, close=True)


def reset(data: bytes = b"") -> Reply:
    """Send bytes, then reset the connection."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        connection.close()

    return reply


def hang(data: bytes = b"") -> Reply:
    """Send bytes, then nothing until the client goes away."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(data)
        while connection.recv(65536):
            pass

    return reply


def drip(head: bytes, piece: bytes, tail: bytes, *, times: int, sent: list[bytes] | None = None) -> Reply:
    """Send a head, then one piece again and again, each after 20 ms, and at last a tail. `sent` gets what went out."""

    def reply(connection: socket.socket) -> None:
        for data in [head, *[piece] * times, tail]:
            threading.Event().wait(0.02)
            connection.sendall(data)
            if sent is not None:
                sent.append(data)

    return reply


def flood(head: bytes, piece: bytes, *, sent: list[int], most: int) -> Reply:
    """Send pieces until the client goes away, `most` bytes if it does not. `sent` gets the size of each."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(head)
        while sum(sent) < most:
            connection.sendall(piece)
            sent.append(len(piece))

    return reply
