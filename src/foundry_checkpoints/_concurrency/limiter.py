"""Bound the requests of a client: how many are in flight, and how fast they follow each other.

One rule for all threads or tasks of a client. Without throttling, `max_concurrency` is the only bound. A throttled
request (429 or 503) holds every request back, for its `Retry-After` or for a backoff, and lowers the rate at which
requests start to just below what the service has accepted. The rate then grows as in TCP CUBIC (RFC 9438), which is
additive increase and multiplicative decrease (AIMD) with a plateau: quickly to just below the level at which the
service throttled, then slowly, then faster, to find out whether the limit is gone.
"""

from __future__ import annotations

import math
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import Final

import anyio

from ..errors import ApiError, ClientClosedError, RateLimitError, RequestTimeoutError, ServiceUnavailableError

_SPAN: Final = 1.0
"""Seconds that a rate is measured over, at least. Gateways count by the second, so the first pause lasts as long."""
_IDLE: Final = 2.0
"""Seconds without requests after which a measurement starts again."""
_EVIDENCE: Final = 5
"""Accepted requests from which on a measured rate counts."""
_FIRST_GUESS: Final = 4.0
"""Requests per second to try after a throttled request without that evidence."""
_RAMP: Final = 1.125
"""The factor by which each accepted request raises a guess: it doubles with six of them."""
_DECREASE: Final = 0.95
"""The part of the safe rate to resume at."""
_SHORTEST_SCALE, _LONGEST_SCALE = 20.0, 240.0
"""Seconds. The rate is back at the safe one after a third of the scale, and twice as high after four thirds. The scale
doubles while the service throttles at the same level, because finding that out costs a pause."""
_PLATEAU: Final = (1 - _DECREASE) ** (1 / 3)
_BACKOFF: Final = 0.25
"""Seconds of the first pause without a `Retry-After`; it doubles while the service still throttles after it."""
_LONGEST_PAUSE: Final = 60.0
"""Seconds that every request is held back, at most."""


class RateControl:
    """The decisions, without I/O or locks. Times are seconds on a monotonic clock."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._safe_rate = math.inf
        self._scale = _SHORTEST_SCALE
        self._guess: float | None = None
        self._next_start = self._resumed = self._since = self._last_end = -math.inf
        self._accepted = 0
        self._rejections = 0
        """Pauses in a row after which the service throttled again."""
        self._holds = False
        self._epoch = 0
        self.in_flight = 0

    def rate(self, now: float) -> float:
        """Return the requests per second that can start."""
        if self._guess is not None:
            return self._guess
        if now < self._resumed:
            return self._safe_rate / 2
        return self._safe_rate * (1 + ((now - self._resumed) / self._scale - _PLATEAU) ** 3)

    def delay(self, now: float) -> float | None:
        """Return the seconds until the next request can start, 0 for now; None if another one must end first."""
        return None if self.in_flight >= self._maximum else max(self._next_start - now, 0.0)

    def start(self, now: float) -> int:
        """Count a request that starts, and return its epoch: the number of times that the rate was lowered before."""
        if not self.in_flight and now - max(self._last_end, self._since) > _IDLE:
            self._since, self._accepted = now, 0
        self.in_flight += 1
        rate = self.rate(now) if self._epoch else math.inf
        self._next_start = max(self._next_start, now) + 1 / rate
        return self._epoch

    def end(self, epoch: int, error: BaseException | None, now: float) -> None:
        """Learn from how a request of an epoch ended."""
        self.in_flight -= 1
        self._last_end = now
        if isinstance(error, RateLimitError | ServiceUnavailableError):
            self._throttle(epoch, error.retry_after, now)
        elif error is None or isinstance(error, ApiError):
            if self._rejections:
                self._since, self._accepted, self._rejections = now, 0, 0
            self._accepted += 1
            self._guess = None if self._guess is None else self._guess * _RAMP

    def _throttle(self, epoch: int, retry_after: float | None, now: float) -> None:
        """Hold every request back, and lower the rate, once for all requests that were under way."""
        is_new = epoch == self._epoch
        pause = _BACKOFF * 2 ** (self._rejections - (not is_new)) if retry_after is None else retry_after
        resume = max(now + min(pause, _LONGEST_PAUSE), self._since + _SPAN if self._epoch == 0 else -math.inf)
        if is_new:
            # At a level that has proved itself, half the rate is enough; else nobody sends before the pause is over.
            self._holds = self._epoch == 0 or self._guess is not None or self._rejections > 0
            self._lower(now, resume)
            self._epoch += 1
            self._rejections += 1
            self._resumed = resume
        if self._holds:
            self._next_start = max(self._next_start, resume)

    def _lower(self, now: float, resume: float) -> None:
        """Set the rate to resume at."""
        is_first, is_outage = self._epoch == 0, self._rejections > 0
        # Over a long outage, the pauses count: what the service accepts can be a quota of a minute.
        span = resume - self._since if is_outage else max(now - self._since, _SPAN if is_first else 0.0)
        measured = self._accepted / max(span, 0.001)
        has_evidence, before = self._accepted >= _EVIDENCE, self._safe_rate
        if is_outage and self._guess is not None:
            self._guess /= 2
        elif is_first and not has_evidence:
            self._guess = _FIRST_GUESS
        elif self._guess is not None:
            self._safe_rate, self._guess = self._guess / _RAMP, None
        elif is_first:
            self._safe_rate = measured
        elif is_outage:
            self._safe_rate = min(self._safe_rate, measured) if has_evidence else self._safe_rate / 2
        else:
            self._safe_rate = min(self.rate(now), 1.1 * measured) if has_evidence else 0.8 * self.rate(now)
        self._safe_rate = max(self._safe_rate, 1.0)
        is_confirmed = self._safe_rate > 0.8 * before and not is_first
        self._scale = min(2 * self._scale, _LONGEST_SCALE) if is_confirmed else _SHORTEST_SCALE


@contextmanager
def _ending(end: Callable[[BaseException | None], None]) -> Iterator[None]:
    """Call `end` after the block, with what it raises or None."""
    try:
        yield
    except BaseException as error:
        end(error)
        raise
    end(None)


class Limiter:
    """The rate and the requests in flight of the threads of a client."""

    def __init__(
        self,
        maximum: int,
        clock: Callable[[], float],
        wait: Callable[[threading.Condition, float | None], bool],
    ) -> None:
        self._control = RateControl(maximum)
        self._clock = clock
        self._wait = wait
        self._changed = threading.Condition()
        self._is_closed = False
        self._when_idle: Callable[[], object] | None = None

    def acquire(self, timeout: float | None) -> int:
        """Wait until a request can start, at most `timeout` seconds, and return the permit for it."""
        until = None if timeout is None else self._clock() + timeout
        with self._changed:
            while (delay := self._control.delay(now := self._clock())) != 0 and not self._is_closed:
                left = None if until is None else until - now
                if left is not None and left <= 0:
                    raise RequestTimeoutError("the total timeout passed while other requests were in flight")
                self._wait(self._changed, min((span for span in (delay, left) if span is not None), default=None))
            if self._is_closed:
                raise ClientClosedError("this client is closed: create another one")
            return self._control.start(now)

    def permitted(self, permit: int) -> AbstractContextManager[None]:
        """Run one request in the block; what it raises is what the rate control learns from."""
        return _ending(partial(self._end, permit))

    def _end(self, permit: int, error: BaseException | None) -> None:
        with self._changed:
            self._control.end(permit, error, self._clock())
            self._changed.notify_all()
            when_idle = self._when_idle if self._control.in_flight == 0 else None
        if when_idle is not None:
            when_idle()

    def close(self, when_idle: Callable[[], object] | None) -> None:
        """Let no request start, and call `when_idle` once none is in flight."""
        with self._changed:
            self._is_closed, self._when_idle = True, when_idle
            self._changed.notify_all()
            is_idle = self._control.in_flight == 0
        if is_idle and when_idle is not None:
            when_idle()


class AsyncLimiter:
    """The rate and the requests in flight of the tasks of a client, first come, first served."""

    def __init__(self, maximum: int, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._control = RateControl(maximum)
        self._clock = clock
        self._sleep = sleep
        self._turn: anyio.Lock | None = None
        self._ended: anyio.Event | None = None

    @asynccontextmanager
    async def permitted(self) -> AsyncIterator[None]:
        """Wait until a request can start, and run it in the block; the rate control learns from what it raises."""
        if self._turn is None:
            self._turn = anyio.Lock(fast_acquire=True)
        async with self._turn:  # the first task waits for the rate, the others for their turn
            while (delay := self._control.delay(self._clock())) != 0:
                if delay is None:
                    self._ended = anyio.Event()
                    await self._ended.wait()
                else:
                    await self._sleep(delay)
            permit = self._control.start(self._clock())
        with _ending(partial(self._end, permit)):
            yield

    def _end(self, permit: int, error: BaseException | None) -> None:
        self._control.end(permit, error, self._clock())
        if self._ended is not None:
            self._ended.set()
