"""A service that answers from records encoded beforehand, so that it takes little of the cores that the clients need.

The emulator spends about as long on a request as a client does. This one knows three things only: a page of a search
whose filter bounds `createdAt`, a batch, and a latency.
"""

from __future__ import annotations

import asyncio
import json
import threading
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

PAGE_SIZE = 100


class Received(NamedTuple):
    """A request as the service saw it."""

    path: str
    body: bytes


class _Store:
    """The records by time, and what each request gets of them."""

    def __init__(self, records: Iterable[dict[str, Any]]) -> None:
        keyed = sorted((_millis(record["createdAt"]), record["rid"], json.dumps(record).encode()) for record in records)
        self.times = [time for time, _, _ in keyed]
        self.rids = [rid for _, rid, _ in keyed]
        self._bodies = [body for _, _, body in keyed]
        self._by_rid = dict(zip(self.rids, self._bodies, strict=True))

    def answer(self, path: str, body: bytes) -> bytes:
        request = json.loads(body)
        if path.endswith("/getBatch"):
            rids = [element["recordRid"] for element in request]
            found = (b'"%b":%b' % (rid.encode(), self._by_rid[rid]) for rid in rids if rid in self._by_rid)
            return b'{"data":{%b}}' % b",".join(found)
        return self._page(request)

    def _page(self, request: dict[str, Any]) -> bytes:
        first, last = 0, len(self.times)
        for kind, time in _bounds(request["where"]["filter"]):
            place = bisect_left(self.times, time)
            first, last = (max(first, place), last) if kind == "gte" else (first, min(last, place))
        size, token = min(request.get("pageSize") or PAGE_SIZE, PAGE_SIZE), request.get("pageToken")
        if request.get("sortDirection") == "ASC":
            first = first if token is None else int(token)
            found, following = self._bodies[first : min(last, first + size)], first + size
            has_more = following < last
        else:
            last = last if token is None else int(token)
            found, following = self._bodies[max(first, last - size) : last][::-1], last - size
            has_more = following > first
        following_token = b',"nextPageToken":"%d"' % following if has_more else b""
        return b'{"data":[%b]%b}' % (b",".join(found), following_token)


def _bounds(where: dict[str, Any]) -> Iterator[tuple[str, int]]:
    if where["type"] == "and":
        for part in where["filters"]:
            yield from _bounds(part)
    else:
        yield where["type"], _millis(where["value"])


def _millis(time: str) -> int:
    return round(datetime.fromisoformat(time).timestamp() * 1000)


class _Connection(asyncio.Protocol):
    """One request after the other, as a client with keep-alive sends them."""

    def __init__(self, server: PrecomputedService) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        headers = head.lower()
        _, _, rest = headers.partition(b"content-length:")
        if found and len(body) >= int(rest.partition(b"\r\n")[0] or 0):
            self._received = b""
            path = head.split(b" ", 2)[1].decode().partition("?")[0]
            self._server.receive(self._transport, path, body, accepts_gzip=b"gzip" in headers)


class PrecomputedService:
    """The server, in a thread of its own. `latency` is in seconds; `gzip` compresses what a client accepts so."""

    def __init__(self, records: Iterable[dict[str, Any]], *, gzip: bool = False) -> None:
        self.latency = 0.0
        self._in_flight = 0
        self.clear()
        self._gzip = gzip
        self._store = _Store(records)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        serving = asyncio.run_coroutine_threadsafe(
            self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0), self._loop
        )
        port = serving.result().sockets[0].getsockname()[1]
        self.hostname = f"http://127.0.0.1:{port}"

    def clear(self) -> None:
        """Forget the requests so far."""
        self.requests: list[Received] = []
        self.status_counts: Counter[int] = Counter()
        self.peak_in_flight = 0

    def receive(self, transport: asyncio.Transport, path: str, body: bytes, *, accepts_gzip: bool) -> None:
        self.requests.append(Received(path, body))
        self.status_counts[200] += 1
        self._in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self._in_flight)
        answer, encoding = self._store.answer(path, body), b""
        if self._gzip and accepts_gzip:
            compressor = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
            answer, encoding = compressor.compress(answer) + compressor.flush(), b"Content-Encoding: gzip\r\n"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n"
        self._loop.call_later(self.latency, self._send, transport, head % (encoding, len(answer)) + answer)

    def _send(self, transport: asyncio.Transport, response: bytes) -> None:
        self._in_flight -= 1
        transport.write(response)
