"""How many requests may be in flight."""

from __future__ import annotations

import threading
import time

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import RequestTimeoutError
from foundry_checkpoints._concurrency.limiter import AsyncLimiter, Limiter, Pace


def test_a_throttle_halves_the_limit_once_for_all_under_way() -> None:
    """Eight requests that are throttled together are one throttle."""
    pace = Pace(8)
    for _ in range(8):
        pace.settle(429, 0)
    assert (pace.limit, pace.epoch) == (4, 1)


@given(st.integers(1, 30), st.lists(st.sampled_from([200, 404, 429, 500, 503]), max_size=300))
def test_the_limit_stays_between_one_and_the_maximum(maximum: int, statuses: list[int]) -> None:
    """Whatever comes back."""
    pace = Pace(maximum)
    for status in statuses:
        pace.settle(status, pace.epoch)
        assert 1 <= pace.limit <= maximum


def test_the_limit_recovers() -> None:
    """After enough answers all of it is there again."""
    pace = Pace(8)
    for _ in range(5):
        pace.settle(503, pace.epoch)
    assert pace.limit == 1
    for _ in range(600):
        pace.settle(200, pace.epoch)
    assert pace.limit == 8


def test_few_requests_are_throttled_by_a_service_with_less_room() -> None:
    """Against room for four of eight, about one request in thirty is refused, and most of the room is used."""
    pace, refused, used = Pace(8), 0, 0
    for _ in range(2_000):
        used += min(pace.limit, 4)
        throttled = pace.limit > 4
        refused += throttled
        pace.settle(429 if throttled else 200, pace.epoch)
    assert refused < 2_000 / 20
    assert used > 2_000 * 2.5


def test_threads_wait_for_a_slot() -> None:
    """Never more than the limit at a time."""
    limiter, lock = Limiter(3), threading.Lock()
    state = {"now": 0, "most": 0}
    full = threading.Barrier(3)

    def work() -> None:
        with limiter.slot(None) as slot:
            with lock:
                state["now"] += 1
                state["most"] = max(state["most"], state["now"])
            full.wait(10)
            with lock:
                state["now"] -= 1
            slot.status_code = 200

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state == {"now": 0, "most": 3}


def test_a_wait_for_a_slot_ends_at_the_deadline() -> None:
    """Other requests do not make a deadline longer."""
    limiter = Limiter(1)
    with limiter.slot(None), pytest.raises(RequestTimeoutError), limiter.slot(time.monotonic() + 0.001):
        pass


@pytest.mark.anyio
async def test_a_cancelled_wait_gives_its_turn_on() -> None:
    """The task that was next in line and is cancelled does not keep the slot from the others."""
    limiter, done = AsyncLimiter(1), anyio.Event()

    async def use() -> None:
        async with limiter.slot() as slot:
            slot.status_code = 200
        done.set()

    async with anyio.create_task_group() as group:
        with anyio.CancelScope() as scope:
            async with limiter.slot():
                with anyio.CancelScope() as waiting:
                    waiting.cancel()
                    await limiter._turn()
                group.start_soon(use)
                await anyio.lowlevel.checkpoint()
        assert not scope.cancelled_caught
        with anyio.fail_after(10):
            await done.wait()
