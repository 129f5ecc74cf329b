"""One run of a feed: every decision and every write, shared by the sync and the async feed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from foundry_checkpoints_api.types import MILLISECOND, format_time, from_millis, to_millis

from .._redact import printable
from ..errors import CheckpointsError
from ..filters import Filter
from ._progress import FeedProgress
from ._query import created_since, to_json
from ._sink import Sink
from ._state import FeedState, StateFile
from ._watermark import Clock, ServiceClock, Watermark

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

    from .._search.cursor import RecordPage
    from .._search.query import Where

logger = logging.getLogger("foundry_checkpoints.feed")

LONGEST_PAUSE: Final = 30.0
"""Seconds between two passes during an outage, unless the interval is longer: how late the feed notices its end."""
LONGEST_RETRY_AFTER: Final = 300.0
"""Seconds that the service can make the feed wait."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a feed that a run needs."""

    where: Where | None
    overlap: timedelta
    concurrency: int
    clock: Clock


class Run:
    """Passes over what is new. A pass is `begin_pass`, `take` for each page that `unread` matches, and `end_pass`."""

    def __init__(self, options: Options, sink: Sink, file: StateFile, state: FeedState) -> None:
        self.where = options.where if to_json(options.where) == state.where else state.where
        self.concurrency = options.concurrency
        self.progress = FeedProgress(committed=state.records)
        self.is_complete = False
        """True if the pass has read every page."""
        self.error: CheckpointsError | None = None
        """The error of the service that ended the pass."""
        self._overlap = options.overlap // MILLISECOND
        self._clock = options.clock
        self._sink = sink
        self._file = file
        self._state = state
        self._watermark = Watermark(state.resume_from, state.given)
        self._service_clock = ServiceClock(options.clock)
        self._uncommitted = 0
        self._pass_start = self._now()
        self._caught_up_at: datetime | None = None
        query = "every record" if state.where is None else printable(repr(Filter(state.where)))
        start = "the first record" if state.resume_from is None else format_time(from_millis(state.resume_from))
        logger.info("feed starts: %s, from %s on; %d records so far", query, start, state.records)

    def begin_pass(self) -> None:
        """Forget how the last pass ended."""
        self.is_complete, self.error = False, None
        self._pass_start = self._now()

    def see_newest(self, newest: Record | None) -> None:
        """Note the newest record. A run looks for it first, to learn the time at the service."""
        if newest is not None:
            self._service_clock.see(to_millis(newest.created_at))
            self._update(newest=newest.created_at)

    def unread(self) -> Where | None:
        """Begin to read at the watermark, and return the filter that does so."""
        now = self._service_clock.now()
        self._watermark.begin_pass(None if now is None else now - self._overlap)
        start = self._watermark.resume_from
        return self.where if start is None else created_since(self.where, start)

    def take(self, page: RecordPage) -> None:
        """Deliver what is new on a page, and commit if it is time to."""
        records = self._watermark.unseen(page.records)
        while records:
            taken = self._sink.write(records)
            self._watermark.remember(records[:taken])
            self._uncommitted += taken
            self._update(records=self.progress.records + taken)
            if records := records[taken:]:
                self._commit()
        if page.records:
            last = page.records[-1].created_at
            self._service_clock.see(to_millis(last))
            self._watermark.advance(to_millis(last))
            self._update(reached=last)
        # Each commit writes all remembered RIDs: with many of them, commits become rarer.
        every = self._sink.commit_every
        if every is not None and self._uncommitted >= max(every, len(self._watermark) // 2):
            self._commit()

    def end_pass(self) -> None:
        """Commit what the pass delivered, however it ended."""
        if self.is_complete:
            self._watermark.end_pass()
            # What has piled up is read: from now on, a pass is a page or two.
            self.concurrency = 1
        self._commit()
        now = self._now()
        self._update(last_pass=now)
        if self.error is not None:
            self._update(failures=self.progress.failures + 1, error=str(self.error))
        elif self.is_complete:
            if self.progress.failures:
                logger.info("the service is back after %d failed passes", self.progress.failures)
            if self.progress.failures or self._caught_up_at is None:
                logger.info("feed has caught up, %d records in this run", self.progress.records)
            self._caught_up_at = self._pass_start
            self._update(last_success=now, failures=0, error=None)

    def _commit(self) -> None:
        position = self._sink.commit()
        state = replace(
            self._state,
            resume_from=self._watermark.resume_from,
            given=self._watermark.delivered,
            records=self._state.records + self._uncommitted,
            position=position,
        )
        # A watermark that merely advanced is not worth a write: the next run reads a little more instead.
        if replace(state, resume_from=self._state.resume_from) != self._state:
            self._file.save(state)
            self._state = state
        if self._uncommitted:
            logger.info("committed %d records, %d in all", self._uncommitted, state.records)
        self._uncommitted = 0
        self._update(committed=state.records)

    def pause(self, interval: timedelta) -> float:
        """Return the seconds to wait after a pass. Raise the error that ended the pass if waiting does not help."""
        if self.error is None:
            return interval.total_seconds()
        if not self.error.transient:
            raise self.error
        failures = self.progress.failures
        seconds = backoff(interval, failures, self.error)
        logger.warning("failed passes in a row: %d; next attempt in %.0f s: %s", failures, seconds, self.error)
        return seconds

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.time(), UTC)

    def _update(self, **changes: Any) -> None:
        progress = replace(self.progress, **changes)
        behind = progress.reached if self._caught_up_at is None else self._caught_up_at
        lag = None if behind is None else (self._now() - behind).total_seconds()
        self.progress = replace(progress, lag_seconds=lag)


def backoff(interval: timedelta, failures: int, error: CheckpointsError) -> float:
    """Return the seconds to wait after so many failed passes: twice as many each time, up to 30 or the interval."""
    seconds = interval.total_seconds()
    doubled = min(seconds * 2.0 ** min(failures - 1, 10), max(seconds, LONGEST_PAUSE))
    retry_after: float | None = getattr(error, "retry_after", None)
    return doubled if retry_after is None else max(doubled, min(retry_after, LONGEST_RETRY_AFTER))
