"""Sample records: all that can occur, and like real ones."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, get_args

import pytest

from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints_api import models

Json = dict[str, Any]

ENUMS = [
    models.CheckpointType,
    models.CheckpointedResourceType,
    models.CheckpointedPrincipalRole,
    models.CheckpointedTokenType,
    models.RedactionType,
    models.Scope,
]
VARIANTS = [
    variant
    for union in (models.CheckpointedItem, models.Justification)
    for variant in get_args(union)
    if variant is not models.UnknownVariant
]


def parts(value: Any) -> Iterator[Any]:
    """A decoded model with all models and lists inside."""
    yield value
    if isinstance(value, list):
        for element in value:
            yield from parts(element)
    elif hasattr(value, "to_dict"):
        for name in type(value).__attrs_attrs__:
            yield from parts(getattr(value, name.name))


@pytest.fixture(scope="module", params=range(5))
def decoded(request: pytest.FixtureRequest) -> list[Any]:
    """All parts of the first 300 records of a seed."""
    records = [models.Record.from_dict(record) for record in sample_records(300, request.param)]
    return list(parts(records))


def test_every_enum_value_occurs(decoded: list[Any]) -> None:
    """Every value of every enum in a record occurs, and no value that the spec does not know."""
    for enum in ENUMS:
        assert {part for part in decoded if isinstance(part, enum)} == set(enum)


def test_every_variant_occurs(decoded: list[Any]) -> None:
    """Every variant of the items and justifications occurs, and no unknown one."""
    classes = {type(part) for part in decoded}
    assert classes >= set(VARIANTS)
    assert models.UnknownVariant not in classes


def test_every_optional_field_is_there_and_missing(decoded: list[Any]) -> None:
    """Every optional field of every model in a record has a value somewhere and none elsewhere."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    for part in decoded:
        for field in getattr(type(part), "__attrs_attrs__", ()):
            if field.default is None:
                seen[type(part).__name__, field.name, getattr(part, field.name) is None] += 1
    optional = {(model, name) for model, name, _ in seen}
    assert len(optional) > 15
    for model, name in optional:
        assert seen[model, name, True], f"{model}.{name} is never missing"
        assert seen[model, name, False], f"{model}.{name} is always missing"


def test_lists_are_empty_and_filled(decoded: list[Any]) -> None:
    """The lists that may be empty in real life are, and hold one or several elements elsewhere."""
    for model, name in [
        (models.Record, "checkpointed_items"),
        (models.CheckpointedResource, "org_markings"),
        (models.DropdownJustification, "selected_options"),
        (models.ApprovalsMetadata, "approvals_subtask_ids"),
    ]:
        lengths = {min(len(getattr(part, name)), 2) for part in decoded if type(part) is model}
        assert lengths == {0, 1, 2}, name


def test_records_have_the_documented_form() -> None:
    """Decoded and encoded again by the generated models, a record is the same; times have milliseconds and Z."""
    for record in sample_records(300):
        assert models.Record.from_dict(record).to_dict() == record
        assert re.fullmatch(r"2025-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdAt"])


def test_a_seed_gives_the_same_records() -> None:
    """Equal seeds give equal records, fewer of them the first ones; another seed gives others."""
    assert list(sample_records(50, seed=3)) == list(islice(sample_records(500, seed=3), 50))
    assert not {r["rid"] for r in sample_records(50, seed=3)} & {r["rid"] for r in sample_records(50, seed=4)}


def test_records_share_nothing_mutable() -> None:
    """A change to one record changes no other."""
    before = list(sample_records(200))
    changed = list(sample_records(200))
    for part in list(containers(changed[0])):
        part.clear()
    assert changed[1:] == before[1:]


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in list(value.values() if isinstance(value, dict) else value):
            yield from containers(part)
        yield value


def test_rids_are_unique_and_some_times_are_shared() -> None:
    """No rid occurs twice; one record in fifty has the time of another."""
    records = list(sample_records(5000))
    assert len({record["rid"] for record in records}) == 5000
    shared = 5000 - len({record["createdAt"] for record in records})
    assert 100 <= shared < 110


def test_records_are_spread_evenly_over_the_year() -> None:
    """Every month has about a twelfth of the records."""
    months = Counter(record["createdAt"][:7] for record in sample_records(12_000))
    assert len(months) == 12
    assert min(months.values()) > 800
    assert max(months.values()) < 1200


def test_people_and_things_recur() -> None:
    """Among many records, each user and most resources occur often, as when people work."""
    records = list(sample_records(3000))
    users = Counter(record["actingUser"]["userId"] for record in records)
    assert len(users) == 120
    assert users.most_common(1)[0][1] > 5 * users.most_common()[-1][1]


def test_a_record_has_a_realistic_size() -> None:
    """About 1 to 2 kB of JSON."""
    size = len(json.dumps(list(sample_records(500))))
    assert 500_000 < size < 1_000_000
