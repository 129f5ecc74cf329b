"""Feeds: pass after pass over what is new, with the sync and the async client."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import ExitStack, aclosing, closing, contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from anyio import Event, move_on_after, to_thread

from .._redact import printable
from ..errors import CheckpointsError, InvalidRequestError
from ..filters import Filter
from ._errors import StateError
from ._run import FeedProgress, Run, to_json
from ._sink import Sink
from ._state import FeedState, StateFile, digest
from ._watermark import Clock

if TYPE_CHECKING:
    from .._client import AsyncCheckpointsClient, CheckpointsClient
    from .._search.cursor import RecordPage
    from .._search.query import Where

OVERLAP: Final = timedelta(minutes=2)
INTERVAL: Final = timedelta(seconds=30)

C = TypeVar("C", bound="CheckpointsClient | AsyncCheckpointsClient")
T = TypeVar("T")


class AsyncEvent(Protocol):
    """An event of anyio, asyncio or trio."""

    def is_set(self) -> bool: ...
    async def wait(self) -> object: ...


class _Feed(Generic[C]):
    """The part that both feeds share: the arguments, and the start of a run."""

    def __init__(
        self,
        client: C,
        where: Where | None,
        state: StateFile | str | os.PathLike[str],
        *,
        overlap: timedelta = OVERLAP,
        concurrency: int = 1,
        query_key: str | None = None,
        on_progress: Callable[[FeedProgress], object] | None = None,
        on_pass: Callable[[FeedProgress], object] | None = None,
        clock: Clock = time,
    ) -> None:
        """Check the arguments; nothing is read or sent yet.

        Args:
            client: The client to search with.
            where: What to deliver; None delivers every record. A filter on the creation time sets where to begin.
            state: Where the feed remembers how far it has come: a path, or a `StateFile`. A state belongs to one query.
            overlap: How long after its creation a record may become visible. Every pass reads this far back, to find
                records that appear late; the feed misses a record that appears later than that.
            concurrency: Parts of the time range to search concurrently in the first complete pass of a run.
            query_key: Identifies the query in place of `where`, for a filter that differs in each run, such as "the
                last 7 days". With the same key, a run continues with the filter of the first one.
            on_progress: Called with the progress when a pass begins, after each of its pages, and when it ends.
            on_pass: Called with the progress after each pass, even if it failed or found nothing: a heartbeat.
            clock: The clocks of this machine; for tests.
        """
        if overlap < timedelta(0):
            raise InvalidRequestError(f"overlap must not be negative, and is {overlap}")
        client.records.search(where, concurrency=concurrency)  # raises now what it would raise later
        self._client = client
        self._state = state if isinstance(state, StateFile) else StateFile(state)
        self._query = digest({"where": to_json(where)} if query_key is None else {"key": query_key})
        self._where = where
        self._new_run = partial(Run, where=where, overlap=overlap, concurrency=concurrency, clock=clock)
        self._on_progress = on_progress
        self._on_pass = on_pass
        self._run: Run | None = None

    @property
    def progress(self) -> FeedProgress:
        """The progress of the current run, or the last one."""
        return FeedProgress() if self._run is None else self._run.progress

    @contextmanager
    def _opened(self, sink: Sink) -> Iterator[Run]:
        """Lock the state, and bring the sink to where it was at the last commit."""
        with self._state.locked(), closing(sink):
            state = self._state.load()
            where = to_json(self._where)
            if state is not None and state.query != self._query and state.records:
                begun = "every record" if state.where is None else printable(repr(Filter(state.where)))
                raise StateError(
                    f"{self._state.path} belongs to another query ({begun}): continue with that query, "
                    "or begin a new export with another state and output"
                )
            sink.open(None if state is None else state.position)
            if state is None:
                state = FeedState(self._query, where, position=sink.commit())
                self._state.save(state)
            elif state.query != self._query:
                state = FeedState(self._query, where, position=state.position)
            self._run = self._new_run(sink, self._state, state)
            yield self._run

    def _report(self, *callbacks: Callable[[FeedProgress], object] | None) -> None:
        for callback in callbacks:
            if callback is not None:
                callback(self.progress)


class RecordFeed(_Feed["CheckpointsClient"]):
    """The records that match a filter, oldest first, each delivered to a sink once."""

    def run(self, sink: Sink, *, stop: threading.Event | None = None) -> FeedProgress:
        """Deliver every record that the sink does not have yet, and return.

        If `stop` is set, the run ends after the current page. The run commits what it has delivered, even if the
        service fails; it raises the errors of `search`. A `FeedError` or an error of the sink ends the run without a
        commit: the next run delivers again what came after the last one.
        """
        stop = threading.Event() if stop is None else stop
        with self._opened(sink) as run:
            self._pass(run, stop)
            if run.error is not None:
                raise run.error
        return run.progress

    def follow(
        self, sink: Sink, *, interval: timedelta = INTERVAL, stop: threading.Event | None = None
    ) -> FeedProgress:
        """Deliver what the sink does not have yet, then look for more every `interval` until `stop` is set.

        While the service is unreachable, overloaded or failing, the feed waits and tries again: after `interval`, then
        twice as long each time, up to 30 seconds or `interval`, and at least as long as `Retry-After` says, up to five
        minutes. An error that waiting does not cure (400, 401, 403, 404, ...) ends it as it ends `run`.
        """
        _check_interval(interval)
        stop = threading.Event() if stop is None else stop
        with self._opened(sink) as run:
            while not stop.is_set():
                self._pass(run, stop)
                stop.wait(run.pause(interval))
        return run.progress

    def _pass(self, run: Run, stop: threading.Event) -> None:
        self._report(self._on_progress)
        with closing(self._pages(run)) as pages:
            for page in pages:
                run.take(page)
                self._report(self._on_progress)
                if stop.is_set():
                    break
        run.end_pass()
        self._report(self._on_progress, self._on_pass)

    def _pages(self, run: Run) -> Generator[RecordPage]:
        """Yield the pages of a pass. An error of the service ends them and is kept in `run.error`."""
        records = self._client.records
        run.begin_pass()
        try:
            if run.progress.newest is None:
                run.see_newest(records.search(run.where, sort_direction="DESC").first())
            pager = records.search(run.unread(), sort_direction="ASC", concurrency=run.concurrency)
            with closing(pager.pages()) as pages:
                yield from pages
            run.is_complete = True
        except CheckpointsError as error:
            run.error = error


class AsyncRecordFeed(_Feed["AsyncCheckpointsClient"]):
    """The records that match a filter, oldest first, each delivered to a sink once; with the async client.

    The sink and the state file do their work in worker threads, one call at a time; callbacks run in the event loop.
    Cancelling a run is safe: it ends like a crash, and the next run resumes at the last commit.
    """

    async def run(self, sink: Sink, *, stop: AsyncEvent | None = None) -> FeedProgress:
        """Deliver every record that the sink does not have yet, as `RecordFeed.run` does."""
        stop = Event() if stop is None else stop
        with ExitStack() as opened, _worker() as call:
            run: Run = await call(lambda: opened.enter_context(self._opened(sink)))
            await self._pass(run, stop, call)
            if run.error is not None:
                raise run.error
        return run.progress

    async def follow(
        self, sink: Sink, *, interval: timedelta = INTERVAL, stop: AsyncEvent | None = None
    ) -> FeedProgress:
        """Deliver what the sink does not have yet, then look for more, as `RecordFeed.follow` does."""
        _check_interval(interval)
        stop = Event() if stop is None else stop
        with ExitStack() as opened, _worker() as call:
            run: Run = await call(lambda: opened.enter_context(self._opened(sink)))
            while not stop.is_set():
                await self._pass(run, stop, call)
                with move_on_after(run.pause(interval)):
                    await stop.wait()
        return run.progress

    async def _pass(self, run: Run, stop: AsyncEvent, call: Callable[..., Awaitable[Any]]) -> None:
        self._report(self._on_progress)
        async with aclosing(self._pages(run)) as pages:
            async for page in pages:
                await call(run.take, page)
                self._report(self._on_progress)
                if stop.is_set():
                    break
        await call(run.end_pass)
        self._report(self._on_progress, self._on_pass)

    async def _pages(self, run: Run) -> AsyncGenerator[RecordPage]:
        """Yield the pages of a pass. An error of the service ends them and is kept in `run.error`."""
        records = self._client.records
        run.begin_pass()
        try:
            if run.progress.newest is None:
                run.see_newest(await records.search(run.where, sort_direction="DESC").first())
            pager = records.search(run.unread(), sort_direction="ASC", concurrency=run.concurrency)
            async with aclosing(pager.pages()) as pages:
                async for page in pages:
                    yield page
            run.is_complete = True
        except CheckpointsError as error:
            run.error = error


@contextmanager
def _worker() -> Iterator[Callable[..., Awaitable[Any]]]:
    """Give a function that makes blocking calls in worker threads: one at a time, and none after the block.

    A thread outlasts the cancellation of the task that waits for it. The end of the block waits for the thread.
    """
    lock, ended = threading.Lock(), threading.Event()

    async def call(function: Callable[..., T], *args: Any) -> T:
        def locked() -> T:
            with lock:
                if ended.is_set():
                    raise RuntimeError("the feed has ended")  # nobody waits for this any more
                return function(*args)

        return await to_thread.run_sync(locked)

    try:
        yield call
    finally:
        with lock:
            ended.set()


def _check_interval(interval: timedelta) -> None:
    if interval <= timedelta(0):
        raise InvalidRequestError(f"interval must be longer than 0 s, and is {interval}")
