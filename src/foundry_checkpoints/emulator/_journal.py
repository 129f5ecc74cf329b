"""What the emulator saw: its requests, and totals over them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import Headers, QueryParams

KEPT = 10_000
"""How many requests are remembered. Totals count all."""


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request as it arrived, secrets included: the emulator is a test bed."""

    operation: str
    """`search`, `getBatch`, `get`, `token`, `revoke`, or `unknown` for any other path."""
    method: str
    path: str
    query: QueryParams
    headers: Headers
    """Letter case of a name makes no difference."""
    body: bytes
    time: float
    """When it had been read, in seconds since 1970."""
    status: int | None = None
    """Of the answer. `None` while there is none, and where the connection was reset before."""

    @property
    def json(self) -> Any:
        """The body, decoded from JSON."""
        return json.loads(self.body)


class Ticket:
    """A request in the journal, until it is answered."""

    def __init__(self, journal: Journal, request: SeenRequest, number: int) -> None:
        self.request = request
        self._journal = journal
        self._number = number

    def answered(self, status: int) -> None:
        """Note the status, just before it is sent: who has the answer finds it in the journal."""
        self.request = replace(self.request, status=status)
        self._journal.note_status(self._number, self.request)


class Journal:
    """Written by the thread of the service, read by any."""

    def __init__(self) -> None:
        self.operations: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.peak_in_flight = 0
        self._in_flight = 0
        self._requests: dict[int, SeenRequest] = {}
        self._count = 0

    @property
    def in_flight(self) -> int:
        """How many requests are being answered now."""
        return self._in_flight

    @property
    def requests(self) -> list[SeenRequest]:
        """The last `KEPT` requests, in order of arrival."""
        return list(self._requests.values())

    @contextmanager
    def enter(self, request: SeenRequest) -> Iterator[Ticket]:
        """Note a request, in flight while the context lasts."""
        self._count += 1
        self._requests[self._count] = request
        self._requests.pop(self._count - KEPT, None)
        self.operations[request.operation] += 1
        self._in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self._in_flight)
        try:
            yield Ticket(self, request, self._count)
        finally:
            self._in_flight -= 1

    def note_status(self, number: int, request: SeenRequest) -> None:
        """Replace a request, if it is still remembered, by itself with its status."""
        self.statuses[request.status or 0] += 1
        if number in self._requests:
            self._requests[number] = request

    def clear(self) -> None:
        """Forget requests and totals. What is in flight stays counted."""
        self._requests.clear()
        self.operations.clear()
        self.statuses.clear()
        self.peak_in_flight = self._in_flight
