"""Run a plan with threads and with tasks: what runs at a time, how it ends, and what is left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from foundry_checkpoints._concurrency.workers import arun, run
from foundry_checkpoints.errors import CheckpointsError, NetworkError

pytestmark = pytest.mark.anyio


class Plan:
    """Runs its tasks in order, and yields each answer as it arrives. An error is an answer too."""

    is_finished = False

    def __init__(self, tasks: Iterable[int]) -> None:
        self._tasks = iter(tasks)
        self._ready: list[Any] = []

    def next_task(self) -> int | None:
        return next(self._tasks, None)

    def accept(self, task: int, answer: Any) -> None:
        self._ready.append((task, answer))

    def fail(self, task: int, error: CheckpointsError) -> None:
        self._ready.append((task, str(error)))

    def take(self) -> Any:
        return self._ready.pop(0) if self._ready else None


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_every_task_is_run_once(workers: int) -> None:
    """Each answer comes with its task, and an error of this library is left to the plan."""

    def fetch(task: int, _: threading.Event | None) -> int:
        if task == 5:
            raise NetworkError("reset")
        return task * task

    found = sorted(run(Plan(range(20)), fetch, workers), key=lambda pair: pair[0])
    assert found == [(task, "reset" if task == 5 else task * task) for task in range(20)]


@pytest.mark.parametrize("workers", [0, 1, 3])
async def test_every_task_is_run_once_as_a_task(workers: int) -> None:
    """The same for asyncio and trio."""

    async def fetch(task: int) -> int:
        await anyio.lowlevel.checkpoint()
        if task == 5:
            raise NetworkError("reset")
        return task * task

    found = sorted([pair async for pair in arun(Plan(range(20)), fetch, workers)], key=lambda pair: pair[0])
    assert found == [(task, "reset" if task == 5 else task * task) for task in range(20)]


def test_without_workers_the_callers_own_thread_runs_each_task() -> None:
    """No thread is started."""
    threads: list[threading.Thread] = []
    items = run(Plan(range(3)), lambda task, stop: threads.append(threading.current_thread()), 0)
    next(items)
    assert len(threads) == 3
    assert {*threads} == {threading.current_thread()}


def test_as_many_tasks_run_at_a_time_as_there_are_workers() -> None:
    """All workers meet at a barrier, and no more threads are started than tasks run at a time."""
    threads: set[threading.Thread] = set()
    meeting = threading.Barrier(3)

    def fetch(task: int, _: threading.Event | None) -> None:
        threads.add(threading.current_thread())
        meeting.wait(10)

    assert len(list(run(Plan(range(12)), fetch, 3))) == 12
    assert len(threads) == 3
    assert all(thread.daemon for thread in threads)


async def test_as_many_tasks_run_at_a_time_as_there_are_workers_async() -> None:
    """The same for asyncio and trio."""
    now = most = 0

    async def fetch(_: int) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        now -= 1

    assert len([item async for item in arun(Plan(range(12)), fetch, 3)]) == 12
    assert (now, most) == (0, 3)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("error", [LookupError, KeyboardInterrupt], ids=["error", "interrupt"])
def test_another_error_is_raised_where_the_caller_iterates(workers: int, error: type[BaseException]) -> None:
    """The plan decides about the errors of this library only."""

    def fetch(task: int, _: threading.Event | None) -> None:
        raise error(task)

    with pytest.raises(error):
        list(run(Plan(range(5)), fetch, workers))


@pytest.mark.parametrize("workers", [0, 2])
async def test_another_error_is_raised_where_the_caller_iterates_async(workers: int) -> None:
    """The same for asyncio and trio."""

    async def fetch(task: int) -> None:
        raise LookupError(task)

    with pytest.raises(LookupError):
        [item async for item in arun(Plan(range(5)), fetch, workers)]


def test_closing_tells_the_threads_to_stop_and_doesnt_wait_for_them() -> None:
    """What still runs gets its event set, and every thread ends after what it is doing."""
    threads: list[threading.Thread] = []

    def fetch(task: int, stop: threading.Event | None) -> None:
        threads.append(threading.current_thread())
        if task > 0:
            assert stop is not None
            assert stop.wait(10)

    items = run(Plan(range(100)), fetch, 3)
    next(items)
    items.close()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert len(threads) < 100


async def test_closing_cancels_the_tasks() -> None:
    """What still runs is cancelled, and nothing is started after it."""
    started: list[int] = []
    cancelled: list[int] = []

    async def fetch(task: int) -> None:
        started.append(task)
        try:
            if task:
                await anyio.sleep_forever()
        except BaseException:
            cancelled.append(task)
            raise

    async with aclosing(arun(Plan(range(100)), fetch, 3)) as items:
        await anext(items)
    for _ in range(10):
        await anyio.lowlevel.checkpoint()
    assert sorted(cancelled) == sorted(task for task in started if task)


def test_a_finished_plan_waits_for_nothing() -> None:
    """Once nothing more is wanted, the end doesn't wait for what still runs."""
    stops: list[threading.Event | None] = []

    def fetch(task: int, stop: threading.Event | None) -> None:
        stops.append(stop)
        if task and stop is not None:
            stop.wait(10)

    class First(Plan):
        @property
        def is_finished(self) -> bool:  # type: ignore[override]
            return bool(stops)

    list(run(First(range(3)), fetch, 3))
    assert all(stop is not None and stop.is_set() for stop in stops)


@pytest.mark.parametrize("workers", [0, 2])
async def test_a_source_is_refilled_before_each_task(workers: int) -> None:
    """The plan takes from its source what `refill` has read, and ends when nothing is read."""
    left, source = list(range(5)), list[int]()

    class Refilled(Plan):
        def next_task(self) -> int | None:
            return source.pop() if source else None

    async def refill() -> None:
        await anyio.lowlevel.checkpoint()
        source.extend([left.pop()] if left else [])

    async def fetch(task: int) -> None:
        pass

    found = [task async for task, _ in arun(Refilled([]), fetch, workers, refill)]
    assert sorted(found) == [0, 1, 2, 3, 4]
