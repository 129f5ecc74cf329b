"""What filters find over HTTP, compared with the same conditions in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import CheckpointsClient, F, Filter, Records, models
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints_api.table_types import EACH, FilterField, ItemName
from foundry_checkpoints_api.tables import FILTER_FIELDS, ITEM_ID_NAMES
from tests.samples import RECORDS, RIDS, SAMPLES, newest_first


class Case(NamedTuple):
    """A filter, and the RIDs of the records that it matches."""

    where: Filter
    found: frozenset[str]


def case(where: Filter, matches: Callable[[dict[str, Any]], bool]) -> Case:
    return Case(where, frozenset(sample["rid"] for sample in SAMPLES if matches(sample)))


def equalities(field: FilterField) -> Iterator[Case]:
    """Yield `==`, `!=`, and `is_in`, for values of the records and for another."""
    on: Any = getattr(F, field.attribute)
    some = sorted({value for sample in SAMPLES for value in field.path.values(sample)})[:3]
    yield case(on == some[0], lambda sample: some[0] in field.path.values(sample))
    yield case(on != some[0], lambda sample: some[0] not in field.path.values(sample))
    yield case(on.is_in(some), lambda sample: not {*some}.isdisjoint(field.path.values(sample)))
    yield Case(on == "ri.none", frozenset())


def texts(field: FilterField) -> Iterator[Case]:
    """Yield `equals` and `contains`, for a whole text and for a part of one."""
    on: Any = getattr(F, field.attribute)
    whole = max(text for sample in SAMPLES for text in field.path.values(sample))
    part = whole[1:5]
    yield case(on.equals(whole), lambda sample: whole in field.path.values(sample))
    yield case(on.contains(part), lambda sample: any(part in text for text in field.path.values(sample)))
    yield Case(on.equals(part), frozenset())


def times(_: FilterField) -> Iterator[Case]:
    """Yield the comparisons of the creation time."""
    start, end = sorted(record.created_at for record in RECORDS[:2])
    times_of = {record.rid: record.created_at for record in RECORDS}
    yield case(F.created_at >= start, lambda sample: times_of[sample["rid"]] >= start)
    yield case(F.created_at < end, lambda sample: times_of[sample["rid"]] < end)
    yield case(F.created_at.between(start, end), lambda sample: start <= times_of[sample["rid"]] < end)


def named_by(kind: str, name: ItemName, sample: dict[str, Any]) -> Iterator[Any]:
    """Yield the IDs of a kind that name the items of a record."""
    for item in sample["checkpointedItems"]:
        found = {field: sorted({*path.values(item)}) for field, path in name.fields.items()}
        if item["type"] == name.item and all(found.values()):
            parts = {field: v if name.fields[field].json[-1] == EACH else v[0] for field, v in found.items()}
            yield models.checkpointed_item_id_from_dict({"type": kind, **parts})


def items() -> Iterator[Case]:
    """Yield a filter for an item of each kind that can be named."""
    for kind, name in ITEM_ID_NAMES.items():
        held = {sample["rid"]: [*named_by(kind, name, sample)] for sample in SAMPLES}
        item_id = next(chain.from_iterable(held.values()))
        yield Case(F.item(item_id), frozenset(rid for rid in held if item_id in held[rid]))


KINDS = {"eq": equalities, "text": texts, "time": times}
SIMPLE = [*chain.from_iterable(KINDS[field.kind](field) for field in FILTER_FIELDS), *items()]
EVERY_RID = frozenset(RIDS)
cases = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inner: (
        st.builds(lambda left, right: Case(left.where & right.where, left.found & right.found), inner, inner)
        | st.builds(lambda left, right: Case(left.where | right.where, left.found | right.found), inner, inner)
        | inner.map(lambda one: Case(~one.where, EVERY_RID - one.found))
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def emulated(shared_emulator: Emulator) -> Iterator[Records]:
    """A sync client: how a filter is sent doesn't depend on the world."""
    with CheckpointsClient(shared_emulator.hostname, auth=shared_emulator.token) as client:
        yield client.records


def test_a_filter_of_each_kind_finds_its_records(emulated: Records) -> None:
    """Each field with each of its operators, and each kind of item ID, finds what it says and nothing else."""
    for where, found in SIMPLE:
        assert {record.rid for record in emulated.search(where)} == found, where


@settings(max_examples=40)
@given(cases, st.booleans(), st.sampled_from([None, 30, 500]))
def test_combined_filters_find_what_they_say(
    emulated: Records, one: Case, ascending: bool, page_size: int | None
) -> None:
    """`&`, `|`, and `~` mean and, or, and not; every match is returned once, in order of creation."""
    search = emulated.search(one.where, sort_direction="ASC" if ascending else "DESC", page_size=page_size)
    expected = newest_first([record for record in RECORDS if record.rid in one.found])
    assert [record.rid for record in search] == (expected[::-1] if ascending else expected)
