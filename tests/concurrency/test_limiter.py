"""How a client slows down: the rate control in virtual time against gateways, and the two limiters that keep it."""

from __future__ import annotations

import heapq
import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import anyio
import pytest

from foundry_checkpoints import ClientClosedError, RateLimitError, RequestTimeoutError, RetryPolicy
from foundry_checkpoints._concurrency.limiter import AsyncLimiter, Limiter, RateControl
from foundry_checkpoints.errors import ApiError, NotFoundError, ServiceUnavailableError

Gateway = Callable[[float], bool]
"""Accepts or rejects a request that arrives at a time."""


def bucket(rate: float, size: float) -> Gateway:
    """Accept while a bucket that fills at a rate holds a token."""
    tokens, last = size, 0.0

    def accepts(now: float) -> bool:
        nonlocal tokens, last
        tokens, last = min(size, tokens + (now - last) * rate), now
        if tokens < 1:
            return False
        tokens -= 1
        return True

    return accepts


def quota(most: int, span: float = 1.0) -> Gateway:
    """Accept so many requests in each second of the clock."""
    counts: dict[int, int] = {}

    def accepts(now: float) -> bool:
        second = int(now / span)
        counts[second] = counts.get(second, 0) + 1
        return counts[second] <= most

    return accepts


def sliding(most: int) -> Gateway:
    """Accept so many requests in the second before each one."""
    accepted: deque[float] = deque()

    def accepts(now: float) -> bool:
        while accepted and accepted[0] <= now - 1:
            accepted.popleft()
        if len(accepted) >= most:
            return False
        accepted.append(now)
        return True

    return accepts


def outage(start: float, end: float) -> Gateway:
    """Accept everything except in a span of time."""
    return lambda now: not start <= now < end


@dataclass
class Run:
    """A client that works on so many requests through a gateway, in virtual time, with the default retries."""

    gateway: Gateway
    total: int
    retry_after: float | None
    latency: float = 0.05
    concurrency: int = 8
    sent: int = 0
    rejected: int = 0
    failed: int = 0
    accepted: list[float] = field(default_factory=list)

    def play(self) -> Run:
        """Send everything."""
        control, policy, dice = RateControl(self.concurrency), RetryPolicy(), random.Random(7)
        left = self.total - self.concurrency
        waiting = deque([1] * self.concurrency)
        numbers, events, now, wake = count(), list[tuple[float, int, str, tuple[int, int]]](), 0.0, -1.0
        while True:
            while waiting and (delay := control.delay(now)) is not None:
                if delay > 0:
                    if wake <= now or now + delay < wake:
                        wake = now + delay
                        heapq.heappush(events, (wake, next(numbers), "wake", (0, 0)))
                    break
                self.sent += 1
                arrival = now + self.latency / 2 * (1 + dice.random() / 20)
                heapq.heappush(events, (arrival, next(numbers), "arrival", (waiting.popleft(), control.start(now))))
            if not events:
                return self
            now, _, kind, (attempt, epoch) = heapq.heappop(events)
            if kind == "arrival":
                kind = "success" if self.gateway(now) else "rejection"
                heapq.heappush(events, (now + self.latency / 2, next(numbers), kind, (attempt, epoch)))
            elif kind == "retry":
                waiting.append(attempt)
            elif kind == "success":
                control.end(epoch, None, now)
                self.accepted.append(now)
            elif kind == "rejection":
                error = throttled(self.retry_after)
                control.end(epoch, error, now)
                self.rejected += 1
                pause = policy.delay(error, attempt, uniform=dice.random)
                if pause is not None:
                    heapq.heappush(events, (now + pause, next(numbers), "retry", (attempt + 1, 0)))
                    continue
                self.failed += 1
            if left and kind in ("success", "rejection"):
                left -= 1
                waiting.append(1)

    def rate(self, start: float = 0.0) -> float:
        """Accepted requests per second from a time on."""
        return sum(time >= start for time in self.accepted) / (self.accepted[-1] - start)


def throttled(retry_after: float | None) -> ApiError:
    """Return a 429 with the header, or a bare 503."""
    return ServiceUnavailableError(503) if retry_after is None else RateLimitError(429, retry_after=retry_after)


GATEWAYS: dict[str, Callable[[float], Gateway]] = {
    "bucket": lambda rate: bucket(rate, rate),
    "quota": lambda rate: quota(int(rate)),
    "sliding": lambda rate: sliding(int(rate)),
    "small bucket": lambda rate: bucket(rate, 1),
}


@pytest.mark.parametrize("retry_after", [1.0, None])
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_gateway_of_ten_a_second_is_passed(gateway: str, retry_after: float | None) -> None:
    """Nothing fails with the default retries, and at most 15 % of the requests are rejected."""
    run = Run(GATEWAYS[gateway](10), 100, retry_after).play()
    assert (run.failed, len(run.accepted)) == (0, 100)
    assert run.rejected / run.sent <= 0.15


@pytest.mark.parametrize("retry_after", [1.0, None])
@pytest.mark.parametrize("gateway", ["bucket", "quota", "sliding"])
def test_the_limit_of_the_service_is_used(gateway: str, retry_after: float | None) -> None:
    """At 83 requests a second, the client reaches 95 % of them once the first minute has taught it the level."""
    run = Run(GATEWAYS[gateway](83), 15_000, retry_after).play()
    assert run.failed == 0
    assert run.rejected / run.sent <= 0.01
    assert run.rate(start=60) >= 0.95 * 83


def test_a_quota_of_a_minute_is_learned_without_retry_after() -> None:
    """A client that finds only rejections for a while lowers its rate to what a whole minute allows."""
    run = Run(quota(500, span=60), 1_200, None).play()
    assert len(run.accepted) >= 1_195
    assert run.rejected / run.sent <= 0.1


def test_an_outage_is_forgotten() -> None:
    """After an outage of seconds, the rate grows until nothing but the latency limits it."""
    run = Run(outage(5, 8), 60_000, None).play()
    assert run.failed <= 8
    full = 8 / 0.05
    assert run.rate(start=run.accepted[-1] - 20) >= 0.9 * full


def test_nothing_slows_a_client_that_is_not_throttled() -> None:
    """Errors that say nothing of the load leave the rate alone."""
    control = RateControl(8)
    for _ in range(20):
        permit = control.start(1.0)
        control.end(permit, NotFoundError(404), 1.0)
        control.end(control.start(1.0), OSError(), 1.0)
    assert control.delay(1.0) == 0


def test_a_retry_after_holds_everything_back() -> None:
    """While the Retry-After of one request runs, no other starts; then they start one after the other."""
    control = RateControl(8)
    permits = [control.start(0.0) for _ in range(8)]
    for permit in permits:
        control.end(permit, throttled(30), 0.5)
    assert control.delay(0.5) == 30
    control.start(30.5)
    assert 0 < (control.delay(30.5) or 0) <= 1


def test_requests_in_flight_never_exceed_the_maximum() -> None:
    """Another request has to end first."""
    control = RateControl(2)
    permits = [control.start(0.0), control.start(0.0)]
    assert control.delay(0.0) is None
    control.end(permits[0], None, 0.0)
    assert control.delay(0.0) == 0


def test_threads_wait_for_each_other_at_most_until_the_timeout() -> None:
    """A thread that gets no permit in time raises, without sending; virtual time passes while it waits."""
    now = [0.0]

    def wait(changed: threading.Condition, seconds: float | None) -> bool:
        now[0] += seconds or 0.0
        return False

    limiter = Limiter(1, lambda: now[0], wait)
    permit = limiter.acquire(None)
    with pytest.raises(RequestTimeoutError):
        limiter.acquire(2.5)
    assert now[0] == 2.5
    with limiter.permitted(permit):
        pass
    assert limiter.acquire(2.5) == permit


def test_a_closed_limiter_closes_the_connections_with_the_last_request() -> None:
    """What is in flight ends, what waits is told, and only then the connections close."""
    closed: list[str] = []
    limiter = Limiter(2, lambda: 0.0, lambda changed, seconds: changed.wait(seconds))
    permit = limiter.acquire(None)
    limiter.close(lambda: closed.append("connections"))
    with pytest.raises(ClientClosedError):
        limiter.acquire(None)
    with limiter.permitted(permit):
        assert closed == []
    assert closed == ["connections"]


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_tasks_get_their_turn_first_come_first_served(anyio_backend: str) -> None:
    """Two of five tasks run at a time, in the order of arrival; one that is cancelled holds nobody up."""
    limiter = AsyncLimiter(2, anyio.current_time, anyio.sleep)
    order: list[int] = []
    running = most = 0

    async def work(number: int) -> None:
        nonlocal running, most
        async with limiter.permitted():
            running += 1
            most = max(most, running)
            order.append(number)
            await anyio.lowlevel.checkpoint()
            running -= 1

    async with anyio.create_task_group() as tasks, limiter.permitted(), limiter.permitted():
        with anyio.CancelScope() as scope:
            scope.cancel()
            await work(-1)
        for number in range(5):
            tasks.start_soon(work, number)
            await anyio.lowlevel.checkpoint()
    assert sorted(order) == list(range(5))
    assert most <= 2
    if anyio_backend == "asyncio":  # trio starts tasks in a random order
        assert (order, most) == (list(range(5)), 2)
