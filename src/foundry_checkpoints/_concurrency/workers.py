"""Run a plan: its tasks concurrently, its items in the order in which it returns them.

A plan decides, without I/O, what to fetch next and what to return. `run` and `arun` differ in threads and tasks only.
All decisions are made where the caller iterates, so a plan needs no lock, and a caller who stops iterating stops
everything.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

import anyio

from ..errors import CheckpointsError, NetworkError

TaskT = TypeVar("TaskT")
AnswerT = TypeVar("AnswerT", contravariant=True)
ItemT = TypeVar("ItemT", covariant=True)


class Plan(Protocol[TaskT, AnswerT, ItemT]):
    """A source of tasks and a sink of answers. Every method is called from one thread or task."""

    @property
    def is_finished(self) -> bool:
        """True if the answers to running tasks aren't wanted."""
        ...

    def next_task(self) -> TaskT | None:
        """Return a task to start now; None if none is left, or none fits into what may be buffered."""

    def accept(self, task: TaskT, answer: AnswerT, /) -> None:
        """Take the answer to a task."""

    def fail(self, task: TaskT, error: CheckpointsError, /) -> None:
        """Take the failure of a task: recover, or keep the error for its turn."""

    def take(self) -> ItemT | None:
        """Return the next item that is ready, in order; raise a failure when its turn has come."""


@dataclass(slots=True)
class _Outcome(Generic[TaskT]):
    """The answer to a task, or its error."""

    task: TaskT
    answer: Any = None
    error: BaseException | None = None

    def run(self, fetch: Callable[..., Any], stop: threading.Event | None) -> None:
        """Run the task in this thread."""
        try:
            self.answer = fetch(self.task, stop)
        except BaseException as error:
            self.error = error

    async def arun(self, fetch: Callable[[TaskT], Awaitable[Any]]) -> None:
        """Run the task here. A cancellation leaves at once."""
        try:
            self.answer = await fetch(self.task)
        except Exception as error:
            self.error = error

    def hand_to(self, plan: Plan[TaskT, Any, Any]) -> None:
        """Let the plan decide; raise what isn't an error of this library where the caller iterates."""
        if isinstance(self.error, CheckpointsError):
            plan.fail(self.task, self.error)
        elif self.error is not None:
            raise self.error
        else:
            plan.accept(self.task, self.answer)


class _WorkerPool(Generic[TaskT]):
    """Daemon threads, as many as tasks run at a time. The end of the process doesn't wait for them."""

    def __init__(self, fetch: Callable[..., Any]) -> None:
        self._fetch = fetch
        self._stop = threading.Event()
        self._tasks: SimpleQueue[TaskT | None] = SimpleQueue()
        self._outcomes: SimpleQueue[_Outcome[TaskT]] = SimpleQueue()
        self._threads = 0
        self.running = 0

    def submit(self, task: TaskT) -> None:
        """Let an idle thread, or a new one, run a task."""
        self._tasks.put(task)
        self.running += 1
        if self.running > self._threads:
            try:
                threading.Thread(target=self._work, name="foundry-checkpoints", daemon=True).start()
            except RuntimeError as error:
                if not self._threads:  # else those that run take the task
                    raise NetworkError(f"the system can't start another thread: {error}") from error
            else:
                self._threads += 1

    def wait(self) -> _Outcome[TaskT]:
        """Wait for the next task that ends."""
        outcome = self._outcomes.get()
        self.running -= 1
        return outcome

    def shutdown(self) -> None:
        """Tell the threads to end after what they are doing, and don't wait: the results aren't wanted.

        Joining would raise at interpreter exit (https://github.com/python/cpython/issues/87135), and one message for
        all threads also reaches a thread whose start was interrupted by Ctrl-C.
        """
        self._stop.set()
        self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None and not self._stop.is_set():
            outcome = _Outcome(task)
            outcome.run(self._fetch, self._stop)
            self._outcomes.put(outcome)
        self._tasks.put(None)


def run(
    plan: Plan[TaskT, AnswerT, ItemT], fetch: Callable[[TaskT, threading.Event | None], AnswerT], workers: int
) -> Generator[ItemT]:
    """Yield the items of a plan, with so many tasks at a time; 0 runs each in the caller's own thread.

    `fetch` runs a task. It gets an event that is set once the answer isn't wanted.
    """
    pool: _WorkerPool[TaskT] = _WorkerPool(fetch)
    try:
        while True:
            while pool.running < max(workers, 1) and (task := plan.next_task()) is not None:
                if workers:
                    pool.submit(task)
                else:
                    outcome = _Outcome(task)
                    outcome.run(fetch, None)
                    outcome.hand_to(plan)
            if (item := plan.take()) is not None:
                yield item
            elif pool.running and not plan.is_finished:
                pool.wait().hand_to(plan)
            else:
                return
    finally:
        pool.shutdown()


class _TaskPool(Generic[TaskT]):
    """Background tasks of the running event loop."""

    def __init__(self, fetch: Callable[[TaskT], Awaitable[Any]]) -> None:
        self._fetch = fetch
        self._cancels: dict[int, Callable[[], object]] = {}
        self._outcomes: deque[_Outcome[TaskT]] = deque()
        self._ended = anyio.Event()
        self._numbers = count()

    @property
    def running(self) -> int:
        """The number of tasks that haven't been waited for."""
        return len(self._cancels) + len(self._outcomes)

    def submit(self, task: TaskT) -> None:
        """Start a task."""
        number = next(self._numbers)

        async def work() -> None:
            outcome = _Outcome(task)
            try:
                await outcome.arun(self._fetch)
            finally:
                self._cancels.pop(number, None)
                self._outcomes.append(outcome)
                self._ended.set()

        self._cancels[number] = _spawn(work)

    async def wait(self) -> _Outcome[TaskT]:
        """Wait for the next task that ends."""
        while not self._outcomes:
            self._ended = anyio.Event()
            await self._ended.wait()
        return self._outcomes.popleft()

    def shutdown(self) -> None:
        """Cancel what still runs."""
        for cancel in list(self._cancels.values()):
            cancel()


async def arun(
    plan: Plan[TaskT, AnswerT, ItemT],
    fetch: Callable[[TaskT], Awaitable[AnswerT]],
    workers: int,
    refill: Callable[[], Awaitable[None]] | None = None,
) -> AsyncGenerator[ItemT]:
    """Yield the items of a plan: `run` for asyncio and trio.

    `fetch` is cancelled once the answer isn't wanted. `refill` waits for the plan's own source.
    """
    pool: _TaskPool[TaskT] = _TaskPool(fetch)
    try:
        while True:
            while pool.running < max(workers, 1):
                if refill is not None:
                    await refill()
                if (task := plan.next_task()) is None:
                    break
                if workers:
                    pool.submit(task)
                else:
                    outcome = _Outcome(task)
                    await outcome.arun(fetch)
                    outcome.hand_to(plan)
            if (item := plan.take()) is not None:
                yield item
            elif pool.running and not plan.is_finished:
                (await pool.wait()).hand_to(plan)
            else:
                return
    finally:
        pool.shutdown()


_background: set[Any] = set()
"""Tasks of asyncio, which keeps weak references only: https://docs.python.org/3/library/asyncio-task.html."""


def _spawn(work: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], object]:
    """Start a task that no block waits for, and return what cancels it.

    A task group must be left where it was entered, which an async generator can't promise.
    """
    if "trio" in sys.modules:
        import trio

        scope = trio.CancelScope()

        async def scoped() -> None:
            with scope:
                await work()

        with suppress(RuntimeError):  # the running loop is that of asyncio
            trio.lowlevel.spawn_system_task(scoped)
            return scope.cancel
    import asyncio  # a sync program never loads it

    task = asyncio.get_running_loop().create_task(work())
    _background.add(task)
    task.add_done_callback(_background.discard)
    return task.cancel
