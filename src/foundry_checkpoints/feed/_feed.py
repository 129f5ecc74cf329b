"""A feed: one pass after the other over what is new."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from .._redact import printable
from ..errors import InvalidRequestError
from ..filters import Filter
from ._cursor import MILLISECOND, Cursor, ServiceClock, millis
from ._errors import StateError
from ._failures import ServiceError, asked, is_transient, pause
from ._query import created_since, to_json, where_of
from ._sink import Sink
from ._state import FeedState, StateFile, digest

if TYPE_CHECKING:
    from .._client import CheckpointsClient
    from .._search.cursor import RecordPage
    from .._search.query import Where

logger = logging.getLogger("foundry_checkpoints.feed")

OVERLAP: Final = timedelta(minutes=2)
INTERVAL: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class FeedProgress:
    """How far a run has come."""

    records: int = 0
    """Given in this run, committed or not."""
    committed: int = 0
    """Committed over all runs."""
    reached: datetime | None = None
    """Creation time of the last record that was read."""
    newest: datetime | None = None
    """Creation time of the newest record when the run began."""


class RecordFeed:
    """The records that match `where`, oldest first, each given to a sink once.

    `state` is where the feed remembers how far it has come: a path, or a `StateFile`. It belongs to this query: another
    one is refused. `where` may name the time to begin with; without, the feed begins with the first record there is.

    `overlap` is how long after its creation a record may become visible: so far back every pass reads again what it
    has, for what came late. A record that is later is lost to the feed. `concurrency` is that of the search, for the
    first pass of a run. `query_key` names the query in place of `where`, where that is made anew for each run, as from
    "the last 7 days": with the same key, a run goes on with the filter that the first one had. `on_progress` is called
    after each page and commit.
    """

    def __init__(
        self,
        client: CheckpointsClient,
        where: Where | None,
        state: StateFile | str | os.PathLike[str],
        *,
        overlap: timedelta = OVERLAP,
        concurrency: int = 1,
        query_key: str | None = None,
        on_progress: Callable[[FeedProgress], object] | None = None,
    ) -> None:
        if overlap < timedelta(0):
            raise InvalidRequestError("overlap is a time of 0 or more")
        client.records.search(where, concurrency=concurrency)  # refuses here what it would refuse later
        self._client = client
        self._where = where
        self._state = state if isinstance(state, StateFile) else StateFile(state)
        self._overlap = overlap
        self._concurrency = concurrency
        self._query = digest({"where": to_json(where)} if query_key is None else {"key": query_key})
        self._on_progress = on_progress

    def run(self, sink: Sink, *, stop: threading.Event | None = None) -> FeedProgress:
        """Give the sink every record that it does not have, and return when there is none.

        `stop` ends the run after the page at hand. What was given is committed at the end, also when the service
        fails; its errors are those of `search`. A `FeedError` or an error of the sink ends the run as a crash would:
        what was given since the last commit is given again by the next run.
        """
        with self._opened(sink, stop) as run:
            try:
                run.catch_up()
            except ServiceError as failure:
                raise failure.error from failure.error.__cause__
            return run.progress

    def follow(
        self, sink: Sink, *, interval: timedelta = INTERVAL, stop: threading.Event | None = None
    ) -> FeedProgress:
        """Give the sink what it does not have, then look for more every `interval`, until `stop` is set.

        While the service cannot be reached, is overloaded or fails, it waits, twice as long each time up to five
        minutes, and goes on. An error that waiting does not cure (400, 401, 403, 404, ...) ends it, as it ends `run`.
        """
        if interval <= timedelta(0):
            raise InvalidRequestError("interval is a time above 0")
        stop = threading.Event() if stop is None else stop
        with self._opened(sink, stop) as run:
            failures = 0
            while not stop.is_set():
                wait = interval
                try:
                    run.catch_up()
                    failures = 0
                except ServiceError as failure:
                    if not is_transient(failure.error):
                        raise failure.error from failure.error.__cause__
                    failures += 1
                    wait = pause(interval, failures, failure.error)
                    logger.warning("the feed goes on in %.0f s: %s", wait.total_seconds(), failure.error)
                stop.wait(wait.total_seconds())
            return run.progress

    @contextmanager
    def _opened(self, sink: Sink, stop: threading.Event | None) -> Iterator[_Run]:
        with self._state.locked(), closing(sink):
            state = self._begun(sink)
            yield _Run(self, sink, state, threading.Event() if stop is None else stop)

    def _begun(self, sink: Sink) -> FeedState:
        """The state to go on from, the sink being there."""
        state = self._state.load()
        if state is None:
            sink.open(None)
            state = FeedState(self._query, to_json(self._where), position=sink.commit())
            self._state.save(state)
            return state
        if state.query != self._query:
            state = self._changed(state)
        sink.open(state.position)
        return state

    def _changed(self, state: FeedState) -> FeedState:
        """The state for another query, where the one before gave no record."""
        if state.records:
            where = "every record" if state.where is None else printable(repr(Filter(state.where)))
            raise StateError(
                f"{self._state.path} belongs to another query ({where}): go on with that one, "
                "or begin this one with another state and output"
            )
        return FeedState(self._query, to_json(self._where), position=state.position)


class _Run:
    """One run: passes over what is new, until nothing is."""

    def __init__(self, feed: RecordFeed, sink: Sink, state: FeedState, stop: threading.Event) -> None:
        self._feed = feed
        self._records = feed._client.records
        self._where = where_of(state, feed._where)
        self._sink = sink
        self._state = state
        self._stop = stop
        self._cursor = Cursor(state.resume_from, state.given)
        self._clock = ServiceClock(time.time, time.monotonic)
        self._concurrency = feed._concurrency
        self._uncommitted = 0
        self.progress = FeedProgress()
        self._report(committed=state.records)

    def catch_up(self) -> None:
        """One pass: everything from where the last one ended to now."""
        if self.progress.newest is None:
            self._look_ahead()
        now = self._clock.now()
        self._cursor.begin_pass(None if now is None else now - self._feed._overlap // MILLISECOND)
        try:
            if self._read():
                self._cursor.end_pass()
                self._concurrency = 1
        except ServiceError:
            self._commit()
            raise
        self._commit()

    def _look_ahead(self) -> None:
        newest = asked(self._records.search(self._where, sort_direction="DESC").first)
        if newest is not None:
            self._clock.see(millis(newest.created_at))
            self._report(newest=newest.created_at)

    def _read(self) -> bool:
        """Give the records of one pass; whether it came to its end."""
        start = self._cursor.resume_from
        where = self._where if start is None else created_since(self._where, start)
        pager = self._records.search(where, sort_direction="ASC", concurrency=self._concurrency)
        with closing(pager.pages()) as pages:
            while (page := asked(lambda: next(pages, None))) is not None:
                self._give(page)
                if self._stop.is_set():
                    return False
        return True

    def _give(self, page: RecordPage) -> None:
        records = self._cursor.new(page)
        while records:
            taken = self._sink.write(records)
            self._cursor.note(records[:taken])
            self._uncommitted += taken
            self._report(records=self.progress.records + taken)
            if records := records[taken:]:
                self._commit()
        if page.records:
            last = page.records[-1].created_at
            self._clock.see(millis(last))
            self._cursor.reach(millis(last))
            self._report(reached=last)
        if self._is_due():
            self._commit()

    def _is_due(self) -> bool:
        """Whether to commit. Where many rids are remembered rarely, as each commit writes them all."""
        every = self._sink.commit_every
        return every is not None and self._uncommitted >= max(every, len(self._cursor) // 2)

    def _commit(self) -> None:
        position = self._sink.commit()
        state = replace(
            self._state,
            resume_from=self._cursor.resume_from,
            given=self._cursor.given,
            records=self._state.records + self._uncommitted,
            position=position,
        )
        # To read a little again costs less than to write this down every time.
        if replace(state, resume_from=self._state.resume_from) != self._state:
            self._feed._state.save(state)
            self._state = state
        self._uncommitted = 0
        self._report(committed=self._state.records)

    def _report(self, **changes: Any) -> None:
        self.progress = replace(self.progress, **changes)
        if self._feed._on_progress is not None:
            self._feed._on_progress(self.progress)
