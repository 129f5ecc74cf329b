"""What filters find over HTTP, against the same conditions said in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import CheckpointsClient, F, models
from foundry_checkpoints._records import Records
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.filters import Filter
from foundry_checkpoints.models import Record
from tests.samples import RECORDS, newest_first

VALUES: dict[str, Callable[[Record], list[Any]]] = {
    "record_rid": lambda record: [record.rid],
    "config_rid": lambda record: [record.config_rid],
    "checkpoint_type": lambda record: [record.type_],
    "acting_user_id": lambda record: [record.acting_user.user_id],
    "delegate_user_id": lambda record: [record.delegate_user_id],
    "organization_rid": lambda record: [record.organization_rid],
    "namespace_rid": lambda record: [record.namespace_rid],
    "interaction_rid": lambda record: [record.interaction_rid],
    "checkpointed_item_type": lambda record: [item.type_ for item in record.checkpointed_items],
}
TEXTS: dict[str, Callable[[Record], list[str]]] = {
    "justification_response": lambda record: texts([record.justification], "response"),
    "justification_selected_option": lambda record: texts(choices(record), "selected_option"),
    "justification_additional_response": lambda record: texts(choices(record), "additional_response"),
}
ITEM_IDS: dict[Any, tuple[Any, dict[str, str]]] = {
    models.CheckpointedActionTypeRid: (models.CheckpointedActionType, {"rid": "action_type_rid"}),
    models.CheckpointedGroupId: (models.CheckpointedGroup, {"id": "group_id"}),
    models.CheckpointedInterventionRid: (models.CheckpointedIntervention, {"rid": "intervention_rid"}),
    models.CheckpointedIssueRid: (models.CheckpointedIssue, {"rid": "issue_rid"}),
    models.CheckpointedJobRid: (models.CheckpointedJob, {"rid": "job_rid"}),
    models.CheckpointedJobSpecRid: (models.CheckpointedJobSpecification, {"rid": "job_spec_rid"}),
    models.CheckpointedLanguageModelRid: (models.CheckpointedLanguageModel, {"rid": "model_rid"}),
    models.CheckpointedLanguageModelSessionRid: (models.CheckpointedLanguageModelSession, {"rid": "session_rid"}),
    models.CheckpointedMarketplaceProductId: (models.CheckpointedMarketplaceProduct, {"id": "product_id"}),
    models.CheckpointedMarkingId: (models.CheckpointedMarking, {"id": "marking_id"}),
    models.CheckpointedPeeringJobId: (
        models.CheckpointedPeeringJob,
        {"id": "job_id", "relationshipRid": "relationship_rid"},
    ),
    models.CheckpointedPrincipalId: (models.CheckpointedPrincipal, {"id": "id"}),
    models.CheckpointedResourceRid: (models.CheckpointedResource, {"rid": "rid"}),
    models.CheckpointedRoleId: (models.CheckpointedRole, {"id": "role_id"}),
    models.CheckpointedScheduleRid: (models.CheckpointedSchedule, {"rid": "schedule_rid"}),
    models.CheckpointedTokenId: (models.CheckpointedToken, {"id": "token_id"}),
    models.CheckpointedUserIntakeFormInputId: (models.CheckpointedUserIntakeFormInput, {"id": "input_id"}),
    models.CheckpointedUserIntakeSubmissionRid: (models.CheckpointedUserIntakeSubmission, {"rid": "submission_rid"}),
}


def item_ids(item: Any) -> Iterator[Any]:
    """The ids that name an item."""
    for id_model, (item_model, fields) in ITEM_IDS.items():
        if isinstance(item, item_model):
            yield id_model.from_dict(
                {name: getattr(item, attribute) for name, attribute in fields.items()} | {"type": id_model.type_}
            )
    if isinstance(item, models.CheckpointedObjectSet):
        if item.versioned is not None:
            yield models.CheckpointedObjectSetVersionedRid(rid=item.versioned.versioned_object_set_rid)
        if item.types_proxy is not None:
            groups = [group.object_type_rids for group in item.types_proxy.object_types]
            yield models.CheckpointedObjectSetTypesProxyRids(rids=sorted({*chain.from_iterable(groups)}))


def choices(record: Record) -> list[models.DropdownSelection]:
    chosen = record.justification
    return chosen.selected_options if isinstance(chosen, models.DropdownJustification) else []


def texts(holders: list[Any], attribute: str) -> list[str]:
    """The texts that are there."""
    return [text for holder in holders if (text := getattr(holder, attribute, None)) is not None]


class Case(NamedTuple):
    """A filter, and the rids of the records that it means."""

    where: Filter
    found: frozenset[str]


EVERY_RID = frozenset(record.rid for record in RECORDS)


def case(where: Filter, matches: Callable[[Record], bool]) -> Case:
    return Case(where, frozenset(record.rid for record in RECORDS if matches(record)))


def equalities(name: str, values: Callable[[Record], list[Any]]) -> Iterator[Case]:
    field = getattr(F, name)
    some = sorted({value for record in RECORDS for value in values(record)} - {None})[:3]
    yield case(field == some[0], lambda record: some[0] in values(record))
    yield case(field != some[0], lambda record: some[0] not in values(record))
    yield case(field.is_in(some), lambda record: not {*some}.isdisjoint(values(record)))
    yield Case(field == "ri.none", frozenset())


def text_searches(name: str, values: Callable[[Record], list[str]]) -> Iterator[Case]:
    field = getattr(F, name)
    whole = max(text for record in RECORDS for text in values(record))
    part = whole[1:5]
    yield case(field.equals(whole), lambda record: whole in values(record))
    yield case(field.contains(part), lambda record: any(part in text for text in values(record)))
    yield Case(field.equals(part), frozenset())


def times() -> Iterator[Case]:
    start, end = sorted(record.created_at for record in RECORDS[:2])
    yield case(F.created_at >= start, lambda record: record.created_at >= start)
    yield case(F.created_at < end, lambda record: record.created_at < end)
    yield case(F.created_at.between(start, end), lambda record: start <= record.created_at < end)


def items() -> Iterator[Case]:
    held = {record.rid: [i for item in record.checkpointed_items for i in item_ids(item)] for record in RECORDS}
    one_of_each = {type(item_id): item_id for item_id in chain.from_iterable(held.values())}
    assert len(one_of_each) == len(ITEM_IDS) + 2
    for item_id in one_of_each.values():
        yield Case(F.item(item_id), frozenset(rid for rid in held if item_id in held[rid]))


SIMPLE = [
    *chain.from_iterable(equalities(name, values) for name, values in VALUES.items()),
    *chain.from_iterable(text_searches(name, values) for name, values in TEXTS.items()),
    *times(),
    *items(),
]
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
    """A sync client: how a filter is sent does not depend on the world."""
    with CheckpointsClient(shared_emulator.hostname, auth=shared_emulator.token) as client:
        yield client.records


def test_a_filter_of_each_kind_finds_its_records(emulated: Records) -> None:
    """Each field with each of its operators, and each kind of item id, finds what it says and nothing else."""
    for where, found in SIMPLE:
        assert {record.rid for record in emulated.search(where)} == found, where


@settings(max_examples=40)
@given(cases, st.booleans(), st.sampled_from([None, 30, 500]))
def test_combined_filters_find_what_they_say(
    emulated: Records, one: Case, ascending: bool, page_size: int | None
) -> None:
    """`&`, `|` and `~` mean and, or and not; every match comes once, in order of creation."""
    search = emulated.search(one.where, sort_direction="ASC" if ascending else "DESC", page_size=page_size)
    expected = newest_first([record for record in RECORDS if record.rid in one.found])
    assert [record.rid for record in search] == (expected[::-1] if ascending else expected)
