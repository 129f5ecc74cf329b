"""The requests that the emulator received, and totals over them."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, QueryParams


@dataclass(slots=True)
class SeenRequest:
    """A request as received, secrets included: the emulator is a test bed."""

    operation: str
    """`search`, `getBatch`, `get`, `token`, `revoke`, or `unknown` for any other path."""
    method: str
    path: str
    query: QueryParams
    headers: Headers
    """The case of a name makes no difference."""
    body: bytes
    time: float
    """When the request had been read, in seconds since 1970."""
    status: int | None = None
    """The status of the response. `None` until the response is sent, and if the connection is reset before."""

    @property
    def media_type(self) -> str:
        """The media type of the body, in lower case and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def json(self) -> Any:
        """The body, decoded from JSON."""
        return json.loads(self.body)


class Journal:
    """Keeps the last `kept` requests, and counts all of them. The service's thread writes it, any thread reads it."""

    def __init__(self, kept: int = 10_000) -> None:
        self.operations: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.in_flight = 0
        self.peak_in_flight = 0
        self._requests: deque[SeenRequest] = deque(maxlen=kept)

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests that are kept, in order of arrival."""
        return list(self._requests)

    @contextmanager
    def enter(self, request: SeenRequest) -> Iterator[None]:
        """Record a request, which is in flight within the block."""
        self._requests.append(request)
        self.operations[request.operation] += 1
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1

    def record_status(self, request: SeenRequest, status: int) -> None:
        """Record a response just before it is sent, so that whoever receives it finds it here."""
        request.status = status
        self.statuses[status] += 1

    def clear(self) -> None:
        """Forget requests and totals. Requests in flight stay counted as such."""
        self._requests.clear()
        self.operations.clear()
        self.statuses.clear()
        self.peak_in_flight = self.in_flight
