"""How many requests of a client are in flight, and how fast they follow each other.

One rule for all threads or tasks of a client: additive increase, multiplicative decrease (AIMD), as in TCP congestion
control. A throttled request (429 or 503) halves the number in flight, once for all that were under way, and lowers the
rate to what the service has accepted so far. A `Retry-After` holds every request back. Then both grow with each
accepted request: quickly to just below the level at which the service throttled, then slowly. The number never exceeds
`max_concurrency`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import anyio

from ..errors import ApiError, ClientClosedError, RateLimitError, RequestTimeoutError, ServiceUnavailableError

_PROBING: Final = 1 / 64
"""How much each accepted request raises the number in flight that is thought to be safe."""
_SHORTEST_SPAN: Final = 1.0
"""Seconds that a rate is measured over, at least: gateways count by the second or longer."""
_MARGIN: Final = 0.95
"""What part of the accepted rate to resume at, and of the throttled rate to return to quickly."""
_QUICK, _SLOW = 1 / 8, 1 / 1024
"""By what part each accepted request raises the rate, below and above the level that is thought to be safe."""
_LONGEST_PAUSE: Final = 60.0
"""Seconds of a `Retry-After` that hold every request back, at most."""


class Pace:
    """The decisions, without I/O or locks. Times are seconds on a monotonic clock."""

    def __init__(self, maximum: int) -> None:
        self._maximum = float(maximum)
        self._limit = self._safe_limit = self._maximum
        self._rate = self._safe_rate = math.inf
        self._next_start = self._since = -math.inf
        self._accepted = 0
        self._epoch = 0
        self.in_flight = 0

    @property
    def limit(self) -> int:
        """Requests that can be in flight, at least 1."""
        return int(self._limit)

    def delay(self, now: float) -> float | None:
        """Return the seconds until the next request can start, 0 for now; None if another one must end first."""
        if self.in_flight >= self.limit:
            return None
        return max(self._next_start - now, 0.0)

    def start(self, now: float) -> int:
        """Count a request that starts, and return its epoch: the number of times that the pace was reduced before."""
        if self._since == -math.inf:
            self._since = now
        self.in_flight += 1
        self._next_start = max(self._next_start, now) + 1 / self._rate
        return self._epoch

    def end(self, epoch: int, error: BaseException | None, now: float) -> None:
        """Learn from how a request of an epoch ended."""
        self.in_flight -= 1
        if isinstance(error, RateLimitError | ServiceUnavailableError):
            self._slow_down(epoch, min(error.retry_after or 0.0, _LONGEST_PAUSE), now)
        elif error is None or isinstance(error, ApiError):
            self._accepted += 1
            self._safe_limit = min(self._maximum, self._safe_limit + _PROBING)
            self._limit = max(self._limit, min(self._safe_limit, self._limit + 1 / self._limit))
            self._rate *= 1 + (_QUICK if self._rate < self._safe_rate * _MARGIN else _SLOW)

    def _slow_down(self, epoch: int, pause: float, now: float) -> None:
        if epoch == self._epoch:
            self._epoch += 1
            self._safe_limit = max(1.0, self._limit - 1)
            self._limit = max(1.0, self._limit / 2)
            self._safe_rate = min(self._safe_rate, self._rate) if self._accepted else self._rate
            measured = max(self._accepted, 1) / max(now + pause - self._since, _SHORTEST_SPAN)
            self._rate = min(self._rate, measured) * _MARGIN
            self._since, self._accepted = now + pause, 0
        self._next_start = max(self._next_start, now + pause)


class Limiter:
    """The pace of the threads of a client."""

    def __init__(
        self,
        maximum: int,
        clock: Callable[[], float],
        wait: Callable[[threading.Condition, float | None], bool],
    ) -> None:
        self._pace = Pace(maximum)
        self._clock = clock
        self._wait = wait
        self._changed = threading.Condition()
        self._is_closed = False
        self._when_idle: Callable[[], object] | None = None

    def acquire(self, timeout: float | None) -> int:
        """Wait until a request can start, at most `timeout` seconds, and return the permit for it."""
        until = None if timeout is None else self._clock() + timeout
        with self._changed:
            while (delay := self._pace.delay(now := self._clock())) != 0 and not self._is_closed:
                left = None if until is None else until - now
                if left is not None and left <= 0:
                    raise RequestTimeoutError("the total timeout passed while other requests were in flight")
                self._wait(self._changed, min((span for span in (delay, left) if span is not None), default=None))
            if self._is_closed:
                raise ClientClosedError("this client is closed: create another one")
            return self._pace.start(now)

    @contextmanager
    def permitted(self, permit: int) -> Iterator[None]:
        """Run one request in the block; what it raises is what the pace learns from."""
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            with self._changed:
                self._pace.end(permit, error, self._clock())
                self._changed.notify_all()
                when_idle = self._when_idle if self._pace.in_flight == 0 else None
            if when_idle is not None:
                when_idle()

    def close(self, when_idle: Callable[[], object] | None) -> None:
        """Let no request start, and call `when_idle` once none is in flight."""
        with self._changed:
            self._is_closed, self._when_idle = True, when_idle
            self._changed.notify_all()
            is_idle = self._pace.in_flight == 0
        if is_idle and when_idle is not None:
            when_idle()


class AsyncLimiter:
    """The pace of the tasks of a client, first come, first served."""

    def __init__(self, maximum: int, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._pace = Pace(maximum)
        self._clock = clock
        self._sleep = sleep
        self._turn: anyio.Lock | None = None
        self._ended: anyio.Event | None = None

    @asynccontextmanager
    async def permitted(self) -> AsyncIterator[None]:
        """Wait until a request can start, and run it in the block; what it raises is what the pace learns from."""
        if self._turn is None:
            self._turn = anyio.Lock(fast_acquire=True)
        async with self._turn:  # the first task waits for the pace, the others for their turn
            while (delay := self._pace.delay(self._clock())) != 0:
                if delay is None:
                    self._ended = anyio.Event()
                    await self._ended.wait()
                else:
                    await self._sleep(delay)
            permit = self._pace.start(self._clock())
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._pace.end(permit, error, self._clock())
            if self._ended is not None:
                self._ended.set()
