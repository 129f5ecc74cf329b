"""Filters, against a plain reading of what each one means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints_api import models
from tests.emulator.api import ALL, RECORDS, Api, error, serving

Json = dict[str, Any]

SAMPLES = list(sample_records(300))

ITEM_IDS: dict[str, tuple[str, dict[str, str]]] = {
    "checkpointedActionTypeRid": ("checkpointedActionType", {"rid": "actionTypeRid"}),
    "checkpointedGroupId": ("checkpointedGroup", {"id": "groupId"}),
    "checkpointedInterventionRid": ("checkpointedIntervention", {"rid": "interventionRid"}),
    "checkpointedIssueRid": ("checkpointedIssue", {"rid": "issueRid"}),
    "checkpointedJobRid": ("checkpointedJob", {"rid": "jobRid"}),
    "checkpointedJobSpecRid": ("checkpointedJobSpecification", {"rid": "jobSpecRid"}),
    "checkpointedLanguageModelRid": ("checkpointedLanguageModel", {"rid": "modelRid"}),
    "checkpointedLanguageModelSessionRid": ("checkpointedLanguageModelSession", {"rid": "sessionRid"}),
    "checkpointedMarketplaceProductId": ("checkpointedMarketplaceProduct", {"id": "productId"}),
    "checkpointedMarkingId": ("checkpointedMarking", {"id": "markingId"}),
    "checkpointedPeeringJobId": ("checkpointedPeeringJob", {"id": "jobId", "relationshipRid": "relationshipRid"}),
    "checkpointedPrincipalId": ("checkpointedPrincipal", {"id": "id"}),
    "checkpointedResourceRid": ("checkpointedResource", {"rid": "rid"}),
    "checkpointedRoleId": ("checkpointedRole", {"id": "roleId"}),
    "checkpointedScheduleRid": ("checkpointedSchedule", {"rid": "scheduleRid"}),
    "checkpointedTokenId": ("checkpointedToken", {"id": "tokenId"}),
    "checkpointedUserIntakeFormInputId": ("checkpointedUserIntakeFormInput", {"id": "inputId"}),
    "checkpointedUserIntakeSubmissionRid": ("checkpointedUserIntakeSubmission", {"rid": "submissionRid"}),
}


def item_ids(item: Json) -> Iterator[Json]:
    """The item ids that name an item."""
    for id_type, (item_type, fields) in ITEM_IDS.items():
        if item["type"] == item_type:
            yield {**{name: item[field] for name, field in fields.items()}, "type": id_type}
    if "versioned" in item:
        yield {"rid": item["versioned"]["versionedObjectSetRid"], "type": "checkpointedObjectSetVersionedRid"}
    if "typesProxy" in item:
        rids = {rid for group in item["typesProxy"]["objectTypes"] for rid in group["objectTypeRids"]}
        yield {"rids": sorted(rids), "type": "checkpointedObjectSetTypesProxyRids"}


def values(record: Json, field: str) -> list[Any]:
    """What an equality filter or a text search finds in a field."""
    justification = record["justification"]
    match field:
        case "recordRid":
            return [record["rid"]]
        case "checkpointType":
            return [record["type"]]
        case "actingUserId":
            return [record["actingUser"]["userId"]]
        case "checkpointedItemType":
            return [item["type"] for item in record["checkpointedItems"]]
        case "justificationResponse":
            return [justification.get("response")]
        case "justificationSelectedOption":
            return [choice["selectedOption"] for choice in justification.get("selectedOptions", [])]
        case "justificationAdditionalResponse":
            return [choice.get("additionalResponse") for choice in justification.get("selectedOptions", [])]
        case _:
            return [record.get(field)]


def matches(record: Json, where: Json) -> bool:
    """Whether a record matches, by the words of the documentation."""
    match where["type"]:
        case "and":
            return all(matches(record, child) for child in where["filters"])
        case "or":
            return any(matches(record, child) for child in where["filters"])
        case "not":
            return not matches(record, where["filter"])
        case "eq":
            return where["value"] in values(record, where["field"])
        case "gte":
            return datetime.fromisoformat(record["createdAt"]) >= datetime.fromisoformat(where["value"])
        case "lt":
            return datetime.fromisoformat(record["createdAt"]) < datetime.fromisoformat(where["value"])
        case "checkpointedItemId":
            return any(where["checkpointedItemId"] in item_ids(item) for item in record["checkpointedItems"])
        case _:
            texts = [text for text in values(record, where["field"]) if text is not None]
            if where["matchType"] == "EXACT":
                return where["query"] in texts
            return any(where["query"] in text for text in texts)


def equals(field: str, value: str) -> Json:
    return {"type": "eq", "field": field, "value": value}


def text(field: str, query: str, match_type: str) -> Json:
    return {"type": "textSearch", "field": field, "query": query, "matchType": match_type}


def expected(where: Json) -> list[str]:
    return sorted(record["rid"] for record in SAMPLES if matches(record, where))


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with serving(SAMPLES) as (_, caller):
        yield caller


EQUALS_FIELDS = [field.value for field in models.SearchCheckpointRecordsEqualsFilterField]
TEXT_FIELDS = [field.value for field in models.SearchCheckpointRecordsTextSearchFilterField]
KNOWN_VALUES = {
    field: sorted({v for r in SAMPLES for v in values(r, field) if v}) for field in EQUALS_FIELDS + TEXT_FIELDS
}
KNOWN_ITEM_IDS = [item_id for record in SAMPLES for item in record["checkpointedItems"] for item_id in item_ids(item)]
TIMES = [record["createdAt"] for record in SAMPLES]

equality = st.sampled_from(EQUALS_FIELDS).flatmap(
    lambda field: st.builds(equals, st.just(field), st.sampled_from([*KNOWN_VALUES[field][:20], "none"]))
)
time_bounds = st.builds(
    lambda kind, value: {"type": kind, "field": "createdAt", "value": value},
    st.sampled_from(["gte", "lt"]),
    st.sampled_from(TIMES[:30]),
)
item_id = st.builds(
    lambda known: {"type": "checkpointedItemId", "checkpointedItemId": known}, st.sampled_from(KNOWN_ITEM_IDS[:30])
)
text_search = st.sampled_from(TEXT_FIELDS).flatmap(
    lambda field: st.builds(
        text,
        st.just(field),
        st.sampled_from([*KNOWN_VALUES[field][:20], "", "e", "of", "Other"]),
        st.sampled_from(["EXACT", "CONTAINS"]),
    )
)
filters = st.recursive(
    equality | time_bounds | item_id | text_search,
    lambda inner: (
        st.builds(lambda child: {"type": "not", "filter": child}, inner)
        | st.builds(
            lambda kind, children: {"type": kind, "filters": children},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=1, max_size=4),
        )
    ),
    max_leaves=8,
)


@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=filters, direction=st.sampled_from(["ASC", "DESC"]), size=st.sampled_from([25, 100]))
def test_any_filter_finds_exactly_what_it_says(api: Api, where: Json, direction: str, size: int) -> None:
    """Filters of all kinds, nested at will, give each match once and nothing else, in order."""
    found = api.found(where, sortDirection=direction, pageSize=size)
    assert sorted(found) == expected(where)
    times = {record["rid"]: (record["createdAt"], record["rid"]) for record in SAMPLES}
    assert found == sorted(found, key=times.__getitem__, reverse=direction == "DESC")


@pytest.mark.parametrize("field", EQUALS_FIELDS)
def test_each_equality_field_finds_its_records(api: Api, field: str) -> None:
    """Each field of the equality filter finds the records with a value that occurs, and none for another."""
    value = KNOWN_VALUES[field][0]
    assert sorted(api.found(equals(field, value))) == expected(equals(field, value)) != []
    assert api.found(equals(field, f"{value}x")) == []


@pytest.mark.parametrize("variant", get_args(models.CheckpointedItemId))
def test_each_item_id_finds_its_items(api: Api, variant: Any) -> None:
    """Each kind of item id that the spec knows finds the records about that item, and only these."""
    if variant is models.UnknownVariant:
        return
    known = next(item_id for item_id in KNOWN_ITEM_IDS if item_id["type"] == variant.type_)
    where = {"type": "checkpointedItemId", "checkpointedItemId": known}
    assert sorted(api.found(where)) == expected(where) != []
    for name, value in known.items():
        if name != "type":
            other = [f"{value[0]}x"] if isinstance(value, list) else f"{value}x"
            assert api.found({**where, "checkpointedItemId": {**known, name: other}}) == []


def test_object_types_name_an_object_set_in_any_order(api: Api) -> None:
    """The rids of object types are a set: order and repetition make no difference, a subset is another set."""
    known = next(i for i in KNOWN_ITEM_IDS if len(i.get("rids", ())) > 1)
    where = {"type": "checkpointedItemId", "checkpointedItemId": known}
    turned = {**where, "checkpointedItemId": {**known, "rids": [*known["rids"][::-1], known["rids"][0]]}}
    fewer = {**where, "checkpointedItemId": {**known, "rids": known["rids"][1:]}}
    assert api.found(turned) == api.found(where) != []
    assert not set(api.found(fewer)) & set(api.found(where))


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_text_search_compares_letter_by_letter(api: Api, field: str) -> None:
    """EXACT wants the whole text, CONTAINS a part of it, and upper case differs from lower case."""
    whole = KNOWN_VALUES[field][0]
    assert sorted(api.found(text(field, whole, "EXACT"))) == expected(text(field, whole, "EXACT")) != []
    assert api.found(text(field, whole[1:], "EXACT")) == []
    assert set(api.found(text(field, whole[1:-1], "CONTAINS"))) >= set(api.found(text(field, whole, "EXACT")))
    assert api.found(text(field, whole.swapcase(), "CONTAINS")) == []


def test_text_search_finds_any_letters() -> None:
    """Quotes, backslashes and letters beyond ASCII are found as they are written."""
    answer = 'Überprüfung "B\\C" \U0001f600'
    record = {**SAMPLES[0], "justification": {"type": "responseJustification", "response": answer}}
    with serving([record]) as (_, api):
        for part in (answer, "Überprüf", '"B\\', "\U0001f600"):
            assert api.found(text("justificationResponse", part, "CONTAINS")) == [record["rid"]]


def test_text_search_looks_into_its_own_field_only(api: Api) -> None:
    """A text that stands elsewhere in a record is no match."""
    user = KNOWN_VALUES["actingUserId"][0]
    assert api.found(equals("actingUserId", user))
    assert api.found(text("justificationResponse", user, "CONTAINS")) == []


@pytest.mark.parametrize(
    ("value", "rids"),
    [
        ("2025-06-01T12:00:00Z", ["b", "c"]),
        ("2025-06-01T14:00:00.000+02:00", ["b", "c"]),
        ("2025-06-01T12:00:00.0000001Z", ["c"]),
        ("2025-06-01T12:00:00.001Z", ["c"]),
        ("2025-06-01t11:59:60z", ["b", "c"]),
        ("2025-06-01T12:00:00.0010000000000Z", ["c"]),
        ("0000-01-01T00:00:00+23:59", ["a", "b", "c"]),
        ("9999-12-31T23:59:59.999999999-23:59", []),
    ],
)
def test_bounds_are_compared_at_full_precision(value: str, rids: list[str]) -> None:
    """RFC 3339 in all its forms: offsets, any number of digits, a leap second, the year 0."""
    times = {"a": "2025-06-01T11:59:59.999Z", "b": "2025-06-01T12:00:00.000Z", "c": "2025-06-01T12:00:00.001Z"}
    with serving({"rid": rid, "createdAt": time} for rid, time in times.items()) as (_, api):
        gte: Json = {"type": "gte", "field": "createdAt", "value": value}
        assert api.found(gte, sortDirection="ASC") == rids
        assert api.found({**gte, "type": "lt"}, sortDirection="ASC") == [rid for rid in times if rid not in rids]


@pytest.mark.parametrize("kind", ["and", "or"])
@pytest.mark.parametrize("filters", [[], None])
def test_an_empty_and_or_or_is_refused(api: Api, kind: str, filters: Any) -> None:
    """A filter of no filters is an InvalidAndFilter or an InvalidOrFilter."""
    name = {"and": "InvalidAndFilter", "or": "InvalidOrFilter"}[kind]
    where = {"type": "not", "filter": {"type": kind, "filters": filters}}
    assert error(api.search(where)) == (400, name, {})


@pytest.mark.parametrize(
    "value",
    [
        7,
        None,
        "",
        "today",
        "2025-06-01",
        "2025-06-01T12:00:00",
        "2025-06-01 12:00:00Z",
        "2025-06-31T12:00:00Z",
        "2025-06-01T12:00:00+24:00",
        "2025-06-01T12:00:00.Z",
        "2025-06-01T12:00:61Z",
        "2025-06-01T12:00:00Z\n",
    ],
)
def test_a_bound_that_is_no_time_is_refused(api: Api, value: Any) -> None:
    """The error names the field, the value and what was expected."""
    where = {"type": "lt", "field": "createdAt", "value": value}
    expected = {"field": "createdAt", "value": value, "expectedType": "DATETIME"}
    assert error(api.search(where)) == (400, "InvalidFilterValue", expected)


@pytest.mark.parametrize("value", [7, None, ["LOGIN"], {"a": 1}])
def test_an_equality_value_that_is_no_string_is_refused(api: Api, value: Any) -> None:
    """The error names the field, the value and what was expected."""
    where = {"type": "eq", "field": "checkpointType", "value": value}
    expected = {"field": "checkpointType", "value": value, "expectedType": "STRING"}
    assert error(api.search(where)) == (400, "InvalidFilterValue", expected)


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"type": "xor"},
        {"type": ["eq"]},
        {"type": "and", "filters": {}},
        {"type": "or", "filters": [ALL, None]},
        {"type": "not"},
        {"type": "eq", "field": "createdAt", "value": "x"},
        {"type": "eq", "field": ["recordRid"], "value": "x"},
        {"type": "gte", "field": "updatedAt", "value": "2025-06-01T12:00:00Z"},
        {"type": "lt", "value": "2025-06-01T12:00:00Z"},
        {"type": "textSearch", "field": "justification", "query": "x", "matchType": "EXACT"},
        {"type": "textSearch", "field": "justificationResponse", "query": "x", "matchType": "FUZZY"},
        {"type": "textSearch", "field": "justificationResponse", "query": 7, "matchType": "EXACT"},
        {"type": "checkpointedItemId"},
        {"type": "checkpointedItemId", "checkpointedItemId": {"type": "checkpointedIssue"}},
        {"type": "checkpointedItemId", "checkpointedItemId": {"type": "checkpointedIssueRid"}},
        {"type": "checkpointedItemId", "checkpointedItemId": {"type": "checkpointedRoleId", "id": 7}},
        {"type": "checkpointedItemId", "checkpointedItemId": {"type": "checkpointedObjectSetTypesProxyRids"}},
    ],
)
def test_a_filter_of_another_shape_is_refused(api: Api, where: Json) -> None:
    """A filter that is none of the documented kinds is a Conjure:UnprocessableEntity."""
    assert error(api.search(where))[:2] == (422, "Conjure:UnprocessableEntity")


@pytest.mark.parametrize(
    "item_id",
    [
        {"type": "checkpointedIssueRid", "rid": "issue"},
        {"type": "checkpointedPeeringJobId", "id": "job", "relationshipRid": ""},
        {"type": "checkpointedObjectSetTypesProxyRids", "rids": ["ri.a.b.c.d", "type"]},
    ],
)
def test_a_malformed_rid_in_an_item_id_is_refused(api: Api, item_id: Json) -> None:
    """What must be a rid is checked to be one."""
    where = {"type": "checkpointedItemId", "checkpointedItemId": item_id}
    assert error(api.search(where))[:2] == (400, "Conjure:InvalidArgument")


@pytest.mark.parametrize(("depth", "status"), [(100, 200), (400, 400), (800, 400), (100_000, 400)])
def test_deep_filters_work_and_bottomless_ones_are_refused(api: Api, depth: int, status: int) -> None:
    """100 levels are searched. What is nested beyond reason is an error of the caller, not of the service."""
    where = '{"type":"not","filter":' * depth + json.dumps(ALL) + "}" * depth
    headers = {"Content-Type": "application/json"}
    response = api.http.post(f"{RECORDS}search", content=f'{{"where":{{"filter":{where}}}}}', headers=headers)
    assert response.status_code == status
    assert status == 200 or error(response)[:2] == (400, "Conjure:InvalidArgument")


def test_a_term_is_found_among_records_that_are_added_later() -> None:
    """Equality finds new records in their place, one at a time or many at once."""
    login = [{**record, "type": "LOGIN"} for record in SAMPLES]
    with serving(login[:100]) as (emulator, api):
        emulator.add(login[100:101])
        emulator.add(login[101:])
        assert api.found(equals("checkpointType", "LOGIN")) == api.found()
        assert len(api.found()) == len(login)
