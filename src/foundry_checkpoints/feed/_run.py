"""One run of a feed: every decision and every write, shared by the sync and the async feed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import MILLISECOND, format_time, from_millis, to_millis

from .._redact import printable
from ..errors import CheckpointsError
from ..filters import F, Filter
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
class FeedProgress:
    """The progress of a feed, and its lag. A snapshot: the feed makes a new one after each page and pass.

    A quiet feed has a recent `last_success` and a small `lag_seconds`. One that hangs has neither.
    """

    records: int = 0
    """Records delivered in this run, committed or not."""
    committed: int = 0
    """Records committed over all runs."""
    reached: datetime | None = None
    """Creation time of the last record that was read in this run."""
    newest: datetime | None = None
    """Creation time of the newest record when the run began."""
    last_pass: datetime | None = None
    """When the last pass ended, whether it failed or not."""
    last_success: datetime | None = None
    """When the last pass ended that read everything."""
    lag_seconds: float | None = None
    """Seconds since the start of the last pass that read everything. Before there is one: since `reached`."""
    failures: int = 0
    """The number of passes in a row that have failed."""
    error: str | None = None
    """Why the last pass failed; None if it did not."""


class Run:
    """Passes over what is new. A pass is `begin_pass`, `take` for each page that `unread` matches, and `end_pass`."""

    def __init__(
        self,
        sink: Sink,
        file: StateFile,
        state: FeedState,
        *,
        where: Where | None,
        overlap: timedelta,
        concurrency: int,
        clock: Clock,
    ) -> None:
        self.where = where if to_json(where) == state.where else state.where
        self.concurrency = concurrency
        self.progress = FeedProgress(committed=state.records)
        self.is_complete = False
        """True if the pass has read every page."""
        self.error: CheckpointsError | None = None
        """The error of the service that ended the pass."""
        self._overlap = overlap // MILLISECOND
        self._clock = clock
        self._sink = sink
        self._file = file
        self._state = state
        self._watermark = Watermark(state.resume_from, state.given)
        self._service_clock = ServiceClock(clock)
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
        self._watermark.complete_to = None if now is None else now - self._overlap
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
        failures, seconds = self.progress.failures, interval.total_seconds()
        # Twice as long each time, and as long as the service asks.
        pause = min(seconds * 2.0 ** min(failures - 1, 10), max(seconds, LONGEST_PAUSE))
        if (retry_after := getattr(self.error, "retry_after", None)) is not None:
            pause = max(pause, min(retry_after, LONGEST_RETRY_AFTER))
        logger.warning("failed passes in a row: %d; next attempt in %.0f s: %s", failures, pause, self.error)
        return pause

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.time(), UTC)

    def _update(self, **changes: Any) -> None:
        progress = replace(self.progress, **changes)
        behind = progress.reached if self._caught_up_at is None else self._caught_up_at
        lag = None if behind is None else (self._now() - behind).total_seconds()
        self.progress = replace(progress, lag_seconds=lag)


def to_json(where: Where | None) -> dict[str, Any] | None:
    """Return a filter in the form that the API takes."""
    if where is None:
        return None
    return dict(where) if isinstance(where, Mapping) else where.to_dict()


def created_since(where: Where | None, start: int) -> Where:
    """Return a filter that also requires a creation time of `start`, in milliseconds since the epoch, or later."""
    since = F.created_at >= from_millis(start)
    if where is None:
        return since
    if isinstance(where, models.SearchCheckpointRecordsFilter):
        parts = [where, models.search_checkpoint_records_filter_from_dict(since.to_dict())]
        return models.SearchCheckpointRecordsAndFilter(filters=parts)
    return (where if isinstance(where, Filter) else Filter(where)) & since
