"""Read what a page says: the records, those of the period before, and how the reading went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from foundry_checkpoints import CheckpointsClient, Filter, RecordPager, __api_version__, __version__

from ._counts import DIMENSIONS, Counts, count
from ._evidence import Evidence
from ._search import NamedFilters
from ._times import local, when

_LATE: Final = timedelta(minutes=2)
"""How long after its creation a record may become visible, as for `export --overlap`."""


@dataclass(frozen=True)
class Reading:
    """The query, and when it was read."""

    filters: NamedFilters
    began: datetime
    ended: datetime
    counts: Counts
    before: Counts | None
    evidence: Evidence
    drift: Sequence[str]

    def query(self, stack: str, issuer: str | None) -> Iterator[tuple[str, str]]:
        """Return the query in words."""
        if issuer is not None:
            yield "issued by", issuer
        yield "stack", stack
        yield from self.filters.described()
        zone = self.filters.tz or f"local time of the machine ({local(self.began, self.filters.zone).tzname()})"
        yield "time zone", zone

    def statement(self) -> Iterator[tuple[str, str]]:
        """Return what shows how complete the counts are, and how to repeat them."""
        zone, (since, until) = self.filters.zone, self.filters.period
        yield "read", f"every page until the service reported the end, {_between(self.began, self.ended, self.filters)}"
        is_over = until is not None and until <= self.began - _LATE
        yield (
            "period",
            "over before the reading began" if is_over else "still open when it was read: records can follow",
        )
        if since is not None and self.before is not None:
            start = _start_before(since, until or self.began)
            earlier = (
                f"{self.before.total:,} records from {when(start, zone)} (included) to {when(since, zone)} (excluded)"
            )
            yield "period before", earlier
        withheld, users = self.evidence.withheld, self.evidence.withheld_users
        yield "withheld", f"a text in {withheld:,} records; in {users:,} of them the name of the user"
        yield "unknown to the spec", "; ".join(self.drift) or "nothing"
        yield "program", f"foundry-checkpoints {__version__}, for API document {__api_version__} (preview)"
        yield "SHA-256", self.evidence.digest
        yield "of", "the records as JSON lines, as foundry-checkpoints search --sort oldest -o jsonl writes them"


def _between(start: datetime, end: datetime, filters: NamedFilters) -> str:
    return f"from {when(start, filters.zone)} to {when(end, filters.zone)}"


def _start_before(since: datetime, until: datetime) -> datetime:
    """Return the start of the period of the same length that ends at `since`: as many days of 24 hours of the clock."""
    return since - (until.astimezone(since.tzinfo) - since)


def read(
    client: CheckpointsClient,
    search: Callable[[Filter | None], RecordPager],
    filters: NamedFilters,
    dimensions: Sequence[str],
    evidence: Evidence,
) -> Reading:
    """Read the records that match, and if the query has a start, those of the period before."""
    began = datetime.now(UTC)
    names = [name for name in DIMENSIONS if name in (*dimensions, "user")]
    counts = count(evidence.noted(filters.named(search(filters.where))), names, filters.zone)
    since, until = filters.period
    before = None
    if since is not None:
        earlier = filters.within(_start_before(since, until or began), since)
        before = count(filters.named(search(earlier)), names, filters.zone)
    return Reading(filters, began, datetime.now(UTC), counts, before, evidence, [str(entry) for entry in client.drift])
