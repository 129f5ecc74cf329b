"""Sample records: whatever the schemas allow, about the people and things of a small organization."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

from foundry_checkpoints_api.table_types import Field
from foundry_checkpoints_api.tables import OBJECTS, SCALARS, UNIONS
from foundry_checkpoints_api.types import format_time, from_millis, to_millis

from ._chance import Chance
from ._scalars import Maker, Scalars, size_of
from ._words import enum_values, related_values, related_variants

Json = dict[str, Any]

_MINUTE = 60_000
_YEAR = 365 * 24 * 60 * _MINUTE
_RECORD = "Record"
_TYPE = "CheckpointType"


def sample_records(n: int, seed: int = 0, end: datetime | None = None) -> Iterator[Json]:
    """Yield `n` records in the form in which the service sends them. No two share anything mutable.

    The first 1,000 contain every checkpoint type, item variant, justification variant and enum value, and every
    optional field, both present and absent.

    Args:
        n: The number of records. A smaller number gives the first of the same records.
        seed: The same seed and `end` give the same records.
        end: The time before which the records were created, with a UTC offset; now by default. The first one was
            created in the minute before it, the others in the year before it, evenly spread, in no order, and a few
            in the same millisecond.
    """
    if end is not None and end.utcoffset() is None:
        raise ValueError(f"`end` must have a UTC offset, unlike {end.isoformat()}")
    return Samples(seed).past(n, datetime.now(UTC) if end is None else end)


class _Plan(NamedTuple):
    """A way to make a field of an object, and the share of objects that have it."""

    name: str
    key: str
    frequency: float
    make: Maker


class Samples:
    """Makes records. Each depends on the seed, on its time, and on how many were made before it."""

    def __init__(self, seed: int) -> None:
        self._chance = Chance(seed)
        self._scalars = Scalars(self._chance)
        self._turns: defaultdict[str, Iterator[int]] = defaultdict(count)
        self._numbers = count()
        self._plans = {name: [self._plan(name, field) for field in fields] for name, fields in OBJECTS.items()}
        # An object with optional fields alone has one of them at a time, usually the first: see `RedactableString`.
        self._with_forms = {
            name for name, plans in self._plans.items() if len(plans) > 1 and all(plan.frequency < 1 for plan in plans)
        }
        self._types = enum_values(_TYPE)
        self._frequent_first = sorted(self._types, key=lambda name: self._chance.share(name, 0))
        self._topic = ""
        self._created_at = ""

    def past(self, n: int, end: datetime) -> Iterator[Json]:
        """Yield records that were created before `end`."""
        for number in range(n):
            drawn = number - 1 if number % 50 == 49 else number
            age = int(self._chance.share("age", drawn) * (_YEAR if number else _MINUTE))
            yield self.record(to_millis(end) - 1 - age)

    def record(self, millis: int) -> Json:
        """Return the next record, created at this time."""
        number = next(self._numbers)
        if number < len(self._types):
            self._topic = self._types[number]
        else:
            self._topic = self._frequent_first[self._chance.pick(_TYPE, number, len(self._types))]
        self._created_at = format_time(from_millis(millis))
        return self._object(_RECORD, number, "")

    def _object(self, name: str, number: int, held_as: str) -> Json:
        """Return an object. Those with the same number are alike: a user has the same name in all of them.

        `held_as` is the field that holds the object.
        """
        turn = next(self._turns[name])
        plans = self._plans[name]
        if name in self._with_forms:
            plans, turn = [plans[0 if turn % 12 != 1 else 1 + turn // 12 % (len(plans) - 1)]], 0
        return {
            field: make(number, held_as)
            for field, key, frequency, make in plans
            if frequency == 1 or turn == 0 or (turn > 1 and self._chance.share(key, turn) < frequency)
        }

    def _plan(self, owner: str, field: Field) -> _Plan:
        key = f"{owner}.{field.name}"
        is_optional = not field.is_required and not field.containers
        frequency = 0.3 + 0.6 * self._chance.share(key, 0) if is_optional else 1
        return _Plan(field.name, key, frequency, self._maker(key, owner, field))

    def _maker(self, key: str, owner: str, field: Field) -> Maker:
        kind = field.type
        if field.containers:
            one = self._maker(key, owner, field._replace(containers=field.containers[1:]))
            if field.containers[0] == "map":
                return lambda number, held_as: {self._chance.id(key, number): one(number, held_as)}
            if kind in UNIONS:
                return lambda number, _: self._variants(kind, number)
            return lambda number, held_as: [
                one(number + i, held_as) for i in range((1, 2, 0, 0)[next(self._turns[key]) % 4])
            ]
        if kind in UNIONS:
            return lambda number, _: self._variant(kind, self._in_turn(kind, list(UNIONS[kind].variants)), number)
        if kind in OBJECTS and owner == _RECORD:
            return lambda number, _: self._object(kind, self._chance.pick(key, number, size_of(kind)), field.name)
        if kind in OBJECTS:
            return lambda number, _: self._object(kind, number, field.name)
        if kind == _TYPE:
            return lambda *_: self._topic
        if values := enum_values(kind):
            return lambda *_: self._enum_value(kind, values)
        if kind == "time" or (kind in SCALARS and SCALARS[kind].type == "time"):
            return lambda *_: self._created_at
        return self._scalars.maker(owner, field)

    def _in_turn(self, name: str, values: list[str]) -> str:
        return values[next(self._turns[name]) % len(values)]

    def _variants(self, union: str, number: int) -> list[Json]:
        """Return the variants that belong to the type of the record, and now and then another one."""
        found = related_variants(union, self._topic)
        if found and number % 4 == 3:
            found = [*found, self._in_turn(union, list(UNIONS[union].variants))]
        return [self._variant(union, tag, number) for tag in found]

    def _variant(self, union: str, tag: str, number: int) -> Json:
        name = UNIONS[union].variants[tag]
        return {**self._object(name, self._chance.pick(tag, number, size_of(name)), ""), UNIONS[union].tag: tag}

    def _enum_value(self, name: str, values: list[str]) -> str:
        """Return a value that belongs to the type of the record, and now and then another one."""
        related = related_values(name, self._topic)
        if related and next(self._turns[f"related {name}"]) % 4 != 3:
            return self._in_turn(self._topic, related)
        return self._in_turn(name, values)
