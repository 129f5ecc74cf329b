"""How far a feed has come, and which records it must not give again. No I/O.

Times are whole milliseconds since the epoch, the resolution of the service.

The rules. A record is visible at the latest `overlap` after its creation. A pass reads everything from `resume_from`
on, in order of creation. What the pass finds at its start, before a moment that lies `overlap` back, is all there will
ever be; after that moment a record may still appear behind the place where the pass reads. So `resume_from` moves to
the place that was reached, but never beyond the start of the pass less `overlap`; and of the records that were given,
those from `resume_from` on are remembered: the next pass meets them again.

Thus, at every moment, whatever was created before `resume_from` has been given, and whatever was given from then on
is remembered. Nothing is lost, and nothing is given twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def millis(time: datetime) -> int:
    """Milliseconds since the epoch, rounded down."""
    return (time - EPOCH) // MILLISECOND


class ServiceClock:
    """Which time it is at the service, at least, however wrong the clock of this machine is.

    The service cannot be earlier than the creation of a record that it shows, and from then on time passes there as it
    does here. The clock of this machine is a bound too: it keeps a record from the future from doing harm.
    """

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._lead: int | None = None

    def see(self, created_at: int) -> None:
        """Learn from a record that the service shows now."""
        lead = created_at - int(self._monotonic() * 1e3)
        self._lead = lead if self._lead is None else max(self._lead, lead)

    def now(self) -> int | None:
        """None while nothing is known."""
        if self._lead is None:
            return None
        return min(self._lead + int(self._monotonic() * 1e3), int(self._wall() * 1e3))


class Cursor:
    """Where to go on, and what was given from there on."""

    def __init__(self, resume_from: int | None, given: Mapping[int, Iterable[str]]) -> None:
        self.resume_from = resume_from
        self._given = [(time, rid) for time, rids in given.items() for rid in rids]
        heapq.heapify(self._given)
        self._rids = {rid for _, rid in self._given}
        self._complete_to: int | None = None

    def __len__(self) -> int:
        """How many records are remembered."""
        return len(self._given)

    @property
    def given(self) -> dict[int, list[str]]:
        """The rids that are remembered, by creation time; both sorted."""
        by_time: dict[int, list[str]] = {}
        for time, rid in sorted(self._given):
            by_time.setdefault(time, []).append(rid)
        return by_time

    def begin_pass(self, complete_to: int | None) -> None:
        """Read from `resume_from` on. What was created before `complete_to` is all visible; None: not known."""
        self._complete_to = complete_to

    def new(self, records: Iterable[Record]) -> list[Record]:
        """Those that were not given yet, each once."""
        return list({record.rid: record for record in records if record.rid not in self._rids}.values())

    def note(self, records: Sequence[Record]) -> None:
        """Remember that they were given."""
        for record in records:
            heapq.heappush(self._given, (millis(record.created_at), record.rid))
            self._rids.add(record.rid)

    def reach(self, time: int) -> None:
        """The pass has given everything that was created before this time."""
        if self._complete_to is not None:
            self._resume_from(min(time, self._complete_to))

    def end_pass(self) -> None:
        """The pass has given everything that it found."""
        if self._complete_to is not None:
            self._resume_from(self._complete_to)

    def _resume_from(self, time: int) -> None:
        if self.resume_from is not None and time <= self.resume_from:
            return
        self.resume_from = time
        while self._given and self._given[0][0] < time:
            _, rid = heapq.heappop(self._given)
            self._rids.remove(rid)
