"""Sample records: whatever the spec allows, and like real ones."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints_api import models
from foundry_checkpoints_api.table_types import Field
from foundry_checkpoints_api.tables import ITEM_IDS, ITEM_NAMES, OBJECTS, SCALARS, UNIONS
from foundry_checkpoints_api.types import OpenEnum

Json = dict[str, Any]

END = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = Field("record", "record", "Record", True)


def values(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value and all values in it, each with the name of its type."""
    if field.containers:
        yield f"{field.type}[]", value
        inner = field._replace(containers=field.containers[1:])
        for element in value.values() if field.containers[0] == "map" else value:
            yield from values(inner, element)
    elif field.type in UNIONS:
        union = UNIONS[field.type]
        tag = value[union.tag]
        yield field.type, tag
        yield from values(field._replace(type=union.variants[tag]), value)
    else:
        yield field.type, value
        for part in OBJECTS.get(field.type, ()):
            if part.name in value:
                yield f"{field.type}.{part.name}", value[part.name]
                yield from values(part, value[part.name])


def reachable(type_name: str, seen: set[str]) -> set[str]:
    """Return all types that a value of a type can hold, itself included."""
    if type_name not in seen:
        seen.add(type_name)
        parts = [field.type for field in OBJECTS.get(type_name, ())]
        variants = UNIONS[type_name].variants.values() if type_name in UNIONS else ()
        for part in [*parts, *variants]:
            reachable(part, seen)
    return seen


TYPES = reachable("Record", set())


@pytest.fixture(scope="module", params=range(3))
def seen(request: pytest.FixtureRequest) -> dict[str, list[Any]]:
    """All values in the first 1,000 records of a seed, by the name of their type or by `Object.field`."""
    found = defaultdict(list)
    for record in sample_records(1_000, request.param, END):
        for name, value in values(RECORD, record):
            found[name].append(value)
    return found


def test_every_variant_occurs(seen: dict[str, list[Any]]) -> None:
    """Every variant of every union in a record occurs, and no unknown one."""
    for name in TYPES & UNIONS.keys():
        missing, unknown = set(UNIONS[name].variants) - set(seen[name]), set(seen[name]) - set(UNIONS[name].variants)
        assert not missing, f"no sample record has these variants of {name}: {missing}"
        assert not unknown, f"sample records have variants of {name} that the spec doesn't have: {unknown}"


def test_every_enum_value_occurs(seen: dict[str, list[Any]]) -> None:
    """Every value of every enum in a record occurs, and no unknown one."""
    for name in TYPES:
        enum = getattr(models, name, None)
        if isinstance(enum, type) and issubclass(enum, OpenEnum):
            missing, unknown = set(enum) - set(seen[name]), set(seen[name]) - set(enum)
            assert not missing, f"no sample record has these values of {name}: {missing}"
            assert not unknown, f"sample records have values of {name} that the spec doesn't have: {unknown}"


def test_every_optional_field_is_present_and_absent(seen: dict[str, list[Any]]) -> None:
    """Every optional field of every object in a record occurs, and so does the object without the field."""
    for name in TYPES & OBJECTS.keys():
        for field in OBJECTS[name]:
            present = [field.name in value for value in seen[name]]
            assert any(present), f"no sample record has {name}.{field.name}"
            if field.is_required or field.containers:
                assert all(present), f"a sample record has no {name}.{field.name}"
            else:
                assert not all(present), f"every sample record has {name}.{field.name}, though it is optional"


def test_every_list_occurs_in_several_lengths(seen: dict[str, list[Any]]) -> None:
    """Every list is empty in some places, and has one and several elements in others."""
    for name in TYPES & OBJECTS.keys():
        for field in OBJECTS[name]:
            if field.containers[:1] == ("list",):
                lengths = {min(len(value), 2) for value in seen[f"{name}.{field.name}"]}
                assert lengths == {0, 1, 2}, f"the sample lists in {name}.{field.name} have the lengths {lengths} only"


def test_every_text_matches_the_pattern_of_its_type(seen: dict[str, list[Any]]) -> None:
    """A value that was guessed is a valid one. If the guess is wrong, the spec needs an `x-sample`."""
    for name in TYPES & SCALARS.keys():
        if pattern := SCALARS[name].pattern:
            wrong = [value for value in seen[name] if not re.fullmatch(pattern, value)]
            assert not wrong, f"add x-sample to {name} or its fields: {wrong[0]} doesn't match {pattern}"


def test_records_have_the_documented_form() -> None:
    """The generated models decode a record, and encode it to the same record. Times have milliseconds and Z."""
    for record in sample_records(300, end=END):
        assert models.Record.from_dict(record).to_dict() == record
        assert re.fullmatch(r"2025-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdAt"])


def test_a_seed_and_an_end_give_the_same_records() -> None:
    """A smaller number gives the first of the same records. Another seed gives others."""
    records = list(sample_records(500, 3, END))
    assert list(sample_records(50, 3, END)) == records[:50]
    assert not {record["rid"] for record in records} & {record["rid"] for record in sample_records(500, 4, END)}


def test_the_end_decides_on_the_times_alone() -> None:
    """With another end, the records are the same, but as much earlier or later."""
    for record, other in zip(sample_records(50, end=END), sample_records(50, end=END - timedelta(days=9)), strict=True):
        moved = datetime.fromisoformat(record["createdAt"]) - datetime.fromisoformat(other["createdAt"])
        assert (moved, record["rid"], record["type"]) == (timedelta(days=9), other["rid"], other["type"])


def test_the_newest_record_was_created_just_now() -> None:
    """Without an end, the first record is the newest, and none is from the future."""
    start = datetime.now(UTC)
    times = [datetime.fromisoformat(record["createdAt"]) for record in sample_records(300)]
    assert start - timedelta(minutes=1, milliseconds=2) <= times[0] == max(times) < datetime.now(UTC)
    assert min(times) > start - timedelta(days=366)


def test_an_end_must_have_an_offset() -> None:
    """A time without an offset means another moment on each machine."""
    with pytest.raises(ValueError, match="must have a UTC offset"):
        sample_records(1, end=datetime(2026, 1, 1))


def test_records_are_spread_evenly_over_the_year() -> None:
    """Every month has about a twelfth of the records, and one in fifty has the time of another."""
    records = list(sample_records(6_000, end=END))
    months = Counter(record["createdAt"][:7] for record in records)
    assert len(months) == 12
    assert 400 < min(months.values()) < max(months.values()) < 600
    assert len({record["rid"] for record in records}) == 6_000
    assert 110 <= 6_000 - len({record["createdAt"] for record in records}) < 140


def test_records_share_nothing_mutable() -> None:
    """A change to one record changes no other."""
    before, changed = ([*sample_records(200, end=END)] for _ in range(2))
    for part in list(containers(changed[0])):
        part.clear()
    assert changed[1:] == before[1:]


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in list(value.values() if isinstance(value, dict) else value):
            yield from containers(part)
        yield value


def test_people_and_things_recur() -> None:
    """Some users act much more often than others, and a thing has the same name wherever it occurs."""
    records = list(sample_records(2_000, end=END))
    users = Counter(record["actingUser"]["userId"] for record in records)
    assert 50 < len(users) < 200
    assert users.most_common(1)[0][1] > 5 * users.most_common()[-1][1]
    names = defaultdict(set)
    for record in records:
        names[record["actingUser"]["userId"]].add(record["actingUser"]["username"].get("value"))
        for item in record["checkpointedItems"]:
            if item["type"] in ITEM_NAMES:
                (item_id,) = ITEM_IDS[item["type"]].values(item)
                names[item_id].update(ITEM_NAMES[item["type"]].values(item))
    assert max(len(found - {None}) for found in names.values()) == 1
    assert sum(len(found - {None}) for found in names.values()) > 300


def test_any_number_of_records_can_be_taken() -> None:
    """Records are made one by one."""
    assert len(list(islice(sample_records(10**12), 3))) == 3
