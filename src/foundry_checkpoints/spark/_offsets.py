"""Decide where micro-batches end. One object for each stream lives in a process of the driver.

An offset is a time in milliseconds: everything created before it was read. A micro-batch ends `overlap` before the time
at the service, so all its records are visible, and they don't change. So a replay of a micro-batch reads the same rows,
and no RIDs have to be remembered.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from foundry_checkpoints_api.types import to_millis

from ..errors import CheckpointsError
from ..feed._watermark import Clock, ServiceClock
from ..filters import Filter
from ._options import SourceOptions

if TYPE_CHECKING:
    from .._search.query import SortDirection


class Offsets:
    """The offsets of a stream."""

    def __init__(self, options: SourceOptions, clock: Clock = time) -> None:
        self._options = options
        self._clock = clock
        self._service_clock = ServiceClock(clock)
        self._client = options.client()
        self._target: int | None = None
        self.position: int | None = None
        """The end of the last micro-batch; None if Spark didn't say, as before PySpark 4.2 after a restart."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def initial(self) -> int:
        """Return where a new stream begins: at the oldest record, or before it if an older one may still appear."""
        oldest, safe = self._first(self._options.where, "ASC"), self._safe_end(from_record=True)
        self.position = 0 if oldest is None or safe is None else min(oldest, safe)
        return self.position

    def fix_target(self) -> None:
        """Let all further micro-batches end where one would end now: for `Trigger.AvailableNow`."""
        self._target = self._safe_end(from_record=False)

    def latest(self, start: int | None) -> int:
        """Return where the micro-batch that begins at `start` ends; `start` itself if there is nothing to read.

        Before PySpark 4.2, `start` is None, and after a restart no one knows it. An offset must not be less than an
        earlier one, or rows would be read twice, so then it follows the newest record, which no restart sets back.
        """
        begin = self.position if start is None else start
        end = self._safe_end(from_record=start is None) if self._target is None else self._target
        if end is None:
            if begin is None:
                raise CheckpointsError("no record is visible, so the stream can't resume: check who the token is for")
            return begin
        if self._options.end is not None:
            end = min(end, self._options.end)
        if begin is None:
            return end
        if self._options.max_span is not None and end - begin > self._options.max_span:
            first = self._first(self._options.within(begin, end), "ASC")  # skips a stretch without records
            end = end if first is None else min(end, first + self._options.max_span)
        return max(begin, end)

    def _safe_end(self, *, from_record: bool) -> int | None:
        """Return the time before which every record is visible; None before the first record.

        Any record tells the time at the service, also one that the filter leaves out.
        """
        newest = self._first(None, "DESC")
        if newest is not None:
            self._service_clock.see(newest)
        now = self._service_clock.now()
        if from_record and now is not None:
            now = None if newest is None else min(newest, now)
        return None if now is None else now - self._options.overlap

    def _first(self, where: Filter | None, direction: SortDirection) -> int | None:
        record = self._client.records.search(where, sort_direction=direction).first()
        return None if record is None else to_millis(record.created_at)
