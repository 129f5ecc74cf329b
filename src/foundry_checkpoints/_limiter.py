"""How many requests may be in flight at a time: one limit for all threads or tasks of a client.

A throttled request halves the limit, once for all that were under way; answers let it grow again, quickly to just below
where it was throttled, and slowly from there on. It never exceeds `max_concurrency`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import anyio

from .errors import RequestTimeoutError

_THROTTLED = frozenset({429, 503})
_PROBING = 1 / 64
"""How much each answer raises the level that is thought to be safe."""


class Pace:
    """The limit. No I/O, no locks."""

    def __init__(self, maximum: int) -> None:
        self._maximum = float(maximum)
        self._limit = self._safe = self._maximum
        self.epoch = 0
        """Counts the halvings; a request belongs to the epoch that it started in."""

    @property
    def limit(self) -> int:
        """Requests that may be in flight, 1 at least."""
        return int(self._limit)

    def settle(self, status_code: int, epoch: int) -> None:
        """Learn from an answer to a request that started in `epoch`."""
        if status_code not in _THROTTLED:
            self._safe = min(self._maximum, self._safe + _PROBING)
            self._limit = max(self._limit, min(self._safe, self._limit + 1 / self._limit))
        elif epoch == self.epoch:
            self._safe = max(1.0, self._limit - 1)
            self._limit = max(1.0, self._limit / 2)
            self.epoch += 1


@dataclass(slots=True)
class Slot:
    """One request in flight; `status_code` is what it came to, None for no answer."""

    epoch: int
    status_code: int | None = None


class Limiter:
    """The limit for threads."""

    def __init__(self, maximum: int) -> None:
        self._pace = Pace(maximum)
        self._in_flight = 0
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, until: float | None) -> Iterator[Slot]:
        """Wait for a free slot, at most until the deadline, and hold it."""
        with self._changed:
            while self._in_flight >= self._pace.limit:
                if not self._changed.wait(None if until is None else until - time.monotonic()):
                    raise RequestTimeoutError("the deadline passed while other requests were in flight")
            self._in_flight += 1
            slot = Slot(self._pace.epoch)
        try:
            yield slot
        finally:
            with self._changed:
                self._in_flight -= 1
                if slot.status_code is not None:
                    self._pace.settle(slot.status_code, slot.epoch)
                self._changed.notify_all()


class AsyncLimiter:
    """The limit for the tasks of one event loop, first come, first served."""

    def __init__(self, maximum: int) -> None:
        self._pace = Pace(maximum)
        self._in_flight = 0
        self._waiting: deque[anyio.Event] = deque()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Wait for a free slot and hold it."""
        while self._in_flight >= self._pace.limit:
            await self._turn()
        self._in_flight += 1
        slot = Slot(self._pace.epoch)
        try:
            yield slot
        finally:
            self._in_flight -= 1
            if slot.status_code is not None:
                self._pace.settle(slot.status_code, slot.epoch)
            self._wake()

    async def _turn(self) -> None:
        turn = anyio.Event()
        self._waiting.append(turn)
        try:
            await turn.wait()
        except BaseException:
            if turn.is_set():
                self._wake()
            else:
                self._waiting.remove(turn)
            raise

    def _wake(self) -> None:
        for _ in range(min(self._pace.limit - self._in_flight, len(self._waiting))):
            self._waiting.popleft().set()
