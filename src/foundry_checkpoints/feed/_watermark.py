"""Track how far a feed has read, and the records that it must not deliver again. No I/O.

Times are whole milliseconds since the epoch, the resolution of the service.

A record becomes visible at most `overlap` after its creation. A pass reads everything created at `resume_from` or
later, in order of creation. Records that were created more than `overlap` before the start of the pass are all visible;
a newer one may still appear behind the place that the pass has reached. So `resume_from` advances to that place, but
never beyond the start of the pass less `overlap`. The RIDs of delivered records from `resume_from` on are remembered,
because the next pass meets them again.

At every moment, each record created before `resume_from` has been delivered, and each delivered record created at
`resume_from` or later is remembered. Nothing is lost, and nothing is delivered twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from foundry_checkpoints_api.types import to_millis

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record


class Clock(Protocol):
    """The clocks of this machine; the module `time` is one."""

    def time(self) -> float: ...
    def monotonic(self) -> float: ...


class ServiceClock:
    """A lower bound for the time at the service, however wrong the clock of this machine is.

    The service's clock can't be behind the creation time of a record that it shows, and from then on it advances as the
    monotonic clock here does. The wall clock of this machine is an upper bound, so that a record from the future does
    no harm.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lead: int | None = None

    def see(self, created_at: int) -> None:
        """Learn from a record that the service shows now."""
        lead = created_at - int(self._clock.monotonic() * 1e3)
        self._lead = lead if self._lead is None else max(self._lead, lead)

    def now(self) -> int | None:
        """Return the bound, or None before the first record was seen."""
        if self._lead is None:
            return None
        return min(self._lead + int(self._clock.monotonic() * 1e3), int(self._clock.time() * 1e3))


class Watermark:
    """The point to resume from, and the records delivered from there on."""

    def __init__(self, resume_from: int | None, delivered: Mapping[int, Iterable[str]]) -> None:
        self.resume_from = resume_from
        self._delivered = [(time, rid) for time, rids in delivered.items() for rid in rids]
        heapq.heapify(self._delivered)
        self._rids = {rid for _, rid in self._delivered}
        self.complete_to: int | None = None
        """Every record created before this time is visible to the pass; None means unknown."""

    def __len__(self) -> int:
        """Return how many records are remembered."""
        return len(self._delivered)

    @property
    def delivered(self) -> dict[int, list[str]]:
        """The remembered RIDs by creation time, both sorted."""
        by_time: dict[int, list[str]] = {}
        for time, rid in sorted(self._delivered):
            by_time.setdefault(time, []).append(rid)
        return by_time

    def unseen(self, records: Iterable[Record]) -> list[Record]:
        """Return the records that were not delivered yet, each once."""
        return list({record.rid: record for record in records if record.rid not in self._rids}.values())

    def remember(self, records: Sequence[Record]) -> None:
        """Note that these records were delivered."""
        for record in records:
            heapq.heappush(self._delivered, (to_millis(record.created_at), record.rid))
            self._rids.add(record.rid)

    def advance(self, time: int) -> None:
        """Note that the pass has delivered everything created before `time`."""
        if self.complete_to is None:
            return
        time = min(time, self.complete_to)
        if self.resume_from is not None and time <= self.resume_from:
            return
        self.resume_from = time
        while self._delivered and self._delivered[0][0] < time:
            _, rid = heapq.heappop(self._delivered)
            self._rids.remove(rid)

    def end_pass(self) -> None:
        """Note that the pass has delivered everything that it found."""
        if self.complete_to is not None:
            self.advance(self.complete_to)
