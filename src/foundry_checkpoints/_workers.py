"""Runs a plan: its tasks side by side, its items in the order that it gives them.

A plan decides, without I/O, what to fetch next and what to give. `run` and `arun` differ in threads and tasks only. All
decisions are taken where the caller iterates, so that a plan needs no lock and a caller who stops iterating stops
everything.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

import anyio

from .errors import CheckpointsError

TaskT = TypeVar("TaskT")
AnswerT = TypeVar("AnswerT", contravariant=True)
ItemT = TypeVar("ItemT", covariant=True)


_GRACE = 0.5
"""Seconds to wait for threads whose answers are no longer wanted; then they end by themselves."""


class Plan(Protocol[TaskT, AnswerT, ItemT]):
    """What to do next. Every method is called from one thread or task."""

    @property
    def runs_ahead(self) -> bool:
        """Whether tasks run while the caller handles an item; if not, in the caller's own thread or task."""
        ...

    @property
    def is_finished(self) -> bool:
        """Whether what still runs is not wanted."""
        ...

    def next_task(self) -> TaskT | None:
        """A task to start now; None where there is none, or none that fits."""

    def accept(self, task: TaskT, answer: AnswerT, /) -> None:
        """Take the answer to a task."""

    def fail(self, task: TaskT, error: CheckpointsError, /) -> None:
        """Take the failure of a task: recover, or keep the error for its turn."""

    def take(self) -> ItemT | None:
        """The next item that is ready, in order; raises a failure when its turn has come."""


class _Job(Generic[TaskT]):
    """A task, and what came of it."""

    def __init__(self, task: TaskT) -> None:
        self.task = task
        self._answer: Any = None
        self._error: BaseException | None = None

    def run(self, fetch: Callable[..., Any], stop: threading.Event) -> None:
        try:
            self._answer = fetch(self.task, stop)
        except BaseException as error:  # it is raised where the caller iterates
            self._error = error

    def result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._answer


class _Crew(Generic[TaskT]):
    """Daemon threads, which the end of the process does not wait for; as many as there are tasks at a time."""

    def __init__(self, fetch: Callable[..., Any]) -> None:
        self._fetch = fetch
        self._stop = threading.Event()
        self._jobs: SimpleQueue[_Job[TaskT] | None] = SimpleQueue()
        self._done: SimpleQueue[_Job[TaskT]] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.running = 0

    def start(self, task: TaskT) -> None:
        """Have a task run by an idle thread, or by a new one."""
        self._jobs.put(_Job(task))
        self.running += 1
        if self.running <= len(self._threads):
            return
        thread = threading.Thread(target=self._work, name="foundry-checkpoints", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # there are no more threads to be had
            if not self._threads:
                self._work_once()
        else:
            self._threads.append(thread)

    def wait(self) -> _Job[TaskT]:
        """The next task that ends."""
        job = self._done.get()
        self.running -= 1
        return job

    def dismiss(self) -> None:
        """Ask all to end, and wait a moment for those whose answers are no longer wanted."""
        self._stop.set()
        for _ in self._threads:
            self._jobs.put(None)
        until = time.monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while self._work_once():
            pass

    def _work_once(self) -> bool:
        job = self._jobs.get()
        if job is None or self._stop.is_set():
            return False
        job.run(self._fetch, self._stop)
        self._done.put(job)
        return True


def run(
    plan: Plan[TaskT, AnswerT, ItemT], fetch: Callable[[TaskT, threading.Event | None], AnswerT]
) -> Generator[ItemT]:
    """The items of a plan. `fetch` gets an event that says when its answer is no longer wanted."""
    crew: _Crew[TaskT] = _Crew(fetch)
    try:
        while True:
            while (task := plan.next_task()) is not None:
                if plan.runs_ahead:
                    crew.start(task)
                else:
                    _settle(plan, task, partial(fetch, task, None))
            if (item := plan.take()) is not None:
                yield item
            elif crew.running and not plan.is_finished:
                job = crew.wait()
                _settle(plan, job.task, job.result)
            else:
                return
    finally:
        crew.dismiss()


def _settle(plan: Plan[TaskT, Any, Any], task: TaskT, result: Callable[[], Any]) -> None:
    try:
        answer = result()
    except CheckpointsError as error:
        plan.fail(task, error)
    else:
        plan.accept(task, answer)


class _Task(_Job[TaskT]):
    """A task in the background of an event loop."""

    def __init__(self, task: TaskT, fetch: Callable[[TaskT], Awaitable[Any]], finished: _Finished[TaskT]) -> None:
        super().__init__(task)
        self._fetch = fetch
        self._finished = finished
        self.cancel = _spawn(self._run)

    async def _run(self) -> None:
        try:
            self._answer = await self._fetch(self.task)
        except BaseException as error:  # it is raised where the caller iterates
            self._error = error
            if not isinstance(error, Exception):
                raise
        finally:
            self._finished.put(self)


class _Finished(Generic[TaskT]):
    """The tasks that ended, first come, first served. One waits."""

    def __init__(self) -> None:
        self._tasks: deque[_Task[TaskT]] = deque()
        self._news = anyio.Event()

    def put(self, task: _Task[TaskT]) -> None:
        self._tasks.append(task)
        self._news.set()

    async def get(self) -> _Task[TaskT]:
        while not self._tasks:
            self._news = anyio.Event()
            await self._news.wait()
        return self._tasks.popleft()


def _spawn(run: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], object]:
    """Start a task that no block waits for, as an iterator may be left in any place; gives its cancellation.

    A task group must be left where it was entered, which an async generator cannot promise.
    """
    if "trio" in sys.modules and _in_trio():
        return _spawn_in_trio(run)
    import asyncio

    task: asyncio.Task[None] = asyncio.get_running_loop().create_task(run())
    _background.add(task)
    task.add_done_callback(_background.discard)
    return task.cancel


_background: set[Any] = set()
"""asyncio keeps weak references only."""


def _in_trio() -> bool:
    import trio

    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


def _spawn_in_trio(run: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], object]:
    import trio

    scope = trio.CancelScope()

    async def scoped() -> None:
        with scope:
            await run()

    trio.lowlevel.spawn_system_task(scoped)
    return scope.cancel


async def arun(
    plan: Plan[TaskT, AnswerT, ItemT],
    fetch: Callable[[TaskT], Awaitable[AnswerT]],
    refill: Callable[[], Awaitable[None]] | None = None,
) -> AsyncGenerator[ItemT]:
    """`run` for asyncio and trio. What is no longer wanted is cancelled. `refill` waits for the plan's own source."""
    running: set[_Task[TaskT]] = set()
    finished: _Finished[TaskT] = _Finished()
    try:
        while True:
            while (task := await _next_task(plan, refill)) is not None:
                if plan.runs_ahead:
                    running.add(_Task(task, fetch, finished))
                else:
                    await _asettle(plan, task, fetch)
            if (item := plan.take()) is not None:
                yield item
            elif running and not plan.is_finished:
                ended = await finished.get()
                running.remove(ended)
                _settle(plan, ended.task, ended.result)
            else:
                return
    finally:
        for background in running:
            background.cancel()


async def _next_task(plan: Plan[TaskT, Any, Any], refill: Callable[[], Awaitable[None]] | None) -> TaskT | None:
    if refill is not None:
        await refill()
    return plan.next_task()


async def _asettle(plan: Plan[TaskT, Any, Any], task: TaskT, fetch: Callable[[TaskT], Awaitable[Any]]) -> None:
    try:
        answer = await fetch(task)
    except CheckpointsError as error:
        plan.fail(task, error)
    else:
        plan.accept(task, answer)
