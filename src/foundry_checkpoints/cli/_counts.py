"""Counting records: how many of each type, by each user, on each day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal, NamedTuple

from foundry_checkpoints.models import Record

from ._times import local, when

Unit = Literal["hour", "day", "week", "month", "year"]
UNITS: Final[tuple[Unit, ...]] = ("hour", "day", "week", "month", "year")

FORMATS: Final[dict[Unit, str]] = {
    "hour": "%Y-%m-%d %H:00",
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}
"""The format of the start of a bucket."""

_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def justification_kind(record: Record) -> str:
    """Return `response`, `dropdown`, `reauthentication`, `acknowledgement`, or one that the spec doesn't know."""
    return _WORDS.sub(" ", record.justification.type_.removesuffix("Justification")).lower()


DIMENSIONS: Final[dict[str, Callable[[Record], str | None]]] = {
    "type": lambda record: record.type_.value,
    "user": lambda record: record.acting_user.user_id,
    "project": lambda record: record.project_rid,
    "justification": justification_kind,
    "organization": lambda record: record.organization_rid,
    "scope": lambda record: record.scope.value,
}
"""The counted properties. `None` stands for a record without one. Days and hours come from the time range."""


class Row(NamedTuple):
    """The number of records with a value. `label` is what people call it: for a user, the name."""

    value: str | None
    label: str
    number: int


class Bucket(NamedTuple):
    """The number of records created from `start` to the next bucket."""

    start: datetime
    number: int


@dataclass
class Counts:
    """The counts. Their size depends on the number of different values and hours, not on that of records."""

    zone: tzinfo
    total: int = 0
    first: datetime | None = None
    last: datetime | None = None
    hours: Counter[datetime] = field(default_factory=Counter)
    """Records by the start of the hour, in local time of the zone."""
    by: dict[str, Counter[str | None]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Names of users by id."""

    def add(self, record: Record) -> None:
        """Count one record, in each dimension of `by`."""
        created = record.created_at
        self.total += 1
        self.first = created if self.first is None else min(self.first, created)
        self.last = created if self.last is None else max(self.last, created)
        self.hours[floor(local(created, self.zone).replace(tzinfo=None), "hour")] += 1
        for name, counter in self.by.items():
            counter[DIMENSIONS[name](record)] += 1
        if record.acting_user.username.value is not None:
            self.names[record.acting_user.user_id] = record.acting_user.username.value

    def headline(self) -> str:
        """Return how many records there are, and when the first and the last were created."""
        if self.first is None or self.last is None:
            return "0 records"
        plural = "" if self.total == 1 else "s"
        return f"{self.total:,} record{plural}, {when(self.first, self.zone)} to {when(self.last, self.zone)}"

    def rows(self, dimension: str) -> list[Row]:
        """Return the values of a dimension, the most frequent first."""
        ranked = sorted(self.by[dimension].items(), key=lambda pair: (-pair[1], pair[0] or ""))
        return [Row(value, self._label(dimension, value), count) for value, count in ranked]

    def _label(self, dimension: str, value: str | None) -> str:
        if value is None:
            return f"(no {dimension})"
        return self.names.get(value, value) if dimension == "user" else value

    def buckets(self, unit: Unit) -> list[Bucket]:
        """Return the time range in buckets, with those in which no record was created."""
        counted: Counter[datetime] = Counter()
        for hour, count in self.hours.items():
            counted[floor(hour, unit)] += count
        if not counted:
            return []
        starts, last = [min(counted)], max(counted)
        while starts[-1] < last:
            starts.append(following(starts[-1], unit))
        return [Bucket(start, counted[start]) for start in starts]

    def time_line(self, unit: Unit, most: int) -> tuple[Unit, list[Bucket]]:
        """Return the time range in that unit, or in the next larger one that needs at most `most` buckets."""
        if not self.hours:
            return unit, []
        larger: Unit
        for larger in UNITS[UNITS.index(unit) : -1]:
            days = (max(self.hours) - floor(min(self.hours), larger)) / timedelta(days=1)
            if int(days / _DAYS[larger]) < most:
                return larger, self.buckets(larger)
        return "year", self.buckets("year")


_DAYS: Final[dict[Unit, float]] = {"hour": 1 / 24, "day": 1, "week": 7, "month": 28, "year": 365}
"""Days that a unit has at least."""


def count(records: Iterable[Record], dimensions: Sequence[str], zone: tzinfo) -> Counts:
    """Count all the records."""
    counts = Counts(zone, by={name: Counter() for name in dimensions})
    for record in records:
        counts.add(record)
    return counts


def floor(time: datetime, unit: Unit) -> datetime:
    """Return the start of the hour, day, week (Monday), month, or year."""
    if unit == "hour":
        return time.replace(minute=0, second=0, microsecond=0)
    day = time.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def following(start: datetime, unit: Unit) -> datetime:
    """Return the start of the next unit."""
    match unit:
        case "hour":
            return start + timedelta(hours=1)
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return floor(start.replace(day=28) + timedelta(days=4), "month")
    return start.replace(year=start.year + 1)


def top(rows: Sequence[Row], most: int) -> tuple[list[Row], Row | None]:
    """Return the first rows, and the others as one row if there are any."""
    shown, rest = list(rows[:most]), rows[most:]
    if not rest:
        return shown, None
    return shown, Row(None, f"({len(rest):,} others)", sum(row.number for row in rest))


def share(part: int, total: int) -> str:
    """Return a percentage of the total."""
    percent = 100 * part / total
    return f"{percent:.0f}%" if percent >= 9.95 else f"{percent:.1f}%"
