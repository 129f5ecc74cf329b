"""Filters: written examples for the special cases, and for all kinds a plain reading of what they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints_api.tables import FILTER_FIELDS, ITEM_ID_NAMES, OBJECTS, UNIONS
from tests.emulator.api import ALL, RECORDS, Api, error, serving
from tests.samples import SAMPLES_END

Json = dict[str, Any]

SAMPLES = list(sample_records(300, end=SAMPLES_END))
FIELDS = {field.name: field for field in FILTER_FIELDS}


def equals(field: str, value: str) -> Json:
    return {"type": "eq", "field": field, "value": value}


def text(field: str, query: str, match_type: str = "CONTAINS") -> Json:
    return {"type": "textSearch", "field": field, "query": query, "matchType": match_type}


def item(item_id: Json) -> Json:
    return {"type": "checkpointedItemId", "checkpointedItemId": item_id}


def ontology(number: int, *object_types: str) -> Json:
    return {
        "ontology": {"ontologyRid": f"ri.ontology.main.ontology.{number}", "ontologyVersion": "1"},
        "objectTypeRids": [f"ri.ontology.main.object-type.{object_type}" for object_type in object_types],
    }


# Special cases

GOLDEN: Json = {
    "rid": "ri.checkpoints.main.checkpoint.golden",
    "type": "OBJECT_SET_EXPORT",
    "scope": "USER_SCOPED",
    "actingUser": {"userId": "user-1", "username": {"value": "ada"}},
    "createdAt": "2025-06-01T12:00:00.000Z",
    "checkpointedItems": [
        {"type": "checkpointedPeeringJob", "jobId": "job-1", "relationshipRid": "ri.peer-manager.main.relationship.1"},
        {
            "type": "checkpointedObjectSet",
            "versioned": {"versionedObjectSetRid": "ri.object-set.main.set.1", "objectSetVersion": "1"},
        },
        {
            "type": "checkpointedObjectSet",
            "typesProxy": {"objectTypes": [ontology(1, "b", "a"), ontology(2, "c", "a")]},
        },
    ],
    "justification": {
        "type": "dropdownJustification",
        "title": "Purpose",
        "prompt": "Choose",
        "selectedOptions": [
            {"selectedOption": "Audit"},
            {"selectedOption": "Other", "additionalResponse": 'Überprüfung "B\\C" \U0001f600'},
        ],
    },
}


def types_proxy(*object_types: str) -> Json:
    rids = [f"ri.ontology.main.object-type.{object_type}" for object_type in object_types]
    return item({"type": "checkpointedObjectSetTypesProxyRids", "rids": rids})


def peering_job(job: str, relationship: str) -> Json:
    rid = f"ri.peer-manager.main.relationship.{relationship}"
    return item({"type": "checkpointedPeeringJobId", "id": job, "relationshipRid": rid})


def test_special_cases() -> None:
    """Object sets of both forms, jobs of two fields, texts in lists, any letter: found by what names them alone."""
    object_set = {"type": "checkpointedObjectSetVersionedRid", "rid": "ri.object-set.main.set.1"}
    found = [
        equals("recordRid", GOLDEN["rid"]),
        equals("checkpointType", "OBJECT_SET_EXPORT"),
        equals("actingUserId", "user-1"),
        equals("checkpointedItemType", "checkpointedObjectSet"),
        peering_job("job-1", "1"),
        item(object_set),
        types_proxy("a", "b", "c"),
        types_proxy("c", "b", "a", "b"),
        text("justificationSelectedOption", "Other", "EXACT"),
        text("justificationAdditionalResponse", "Überprüf"),
        text("justificationAdditionalResponse", '"B\\'),
        text("justificationAdditionalResponse", "\U0001f600"),
    ]
    not_found = [
        equals("actingUserId", "ada"),
        peering_job("job-1", "2"),
        peering_job("1", "1"),
        item({**object_set, "rid": "ri.object-set.main.set.2"}),
        types_proxy("a", "b"),
        types_proxy("a", "b", "c", "d"),
        text("justificationSelectedOption", "other"),
        text("justificationSelectedOption", "Othe", "EXACT"),
        text("justificationResponse", "Other"),
        text("justificationAdditionalResponse", "Other"),
    ]
    with serving([GOLDEN]) as (_, api):
        assert [where for where in found if api.found(where) != [GOLDEN["rid"]]] == []
        assert [where for where in not_found if api.found(where) != []] == []


# All kinds


def item_ids(data: Json) -> Iterator[Json]:
    """Yield the item IDs that name an item, as the tables describe them."""
    for id_type, named in ITEM_ID_NAMES.items():
        if named.item == data["type"]:
            fields = {field.name: field for field in OBJECTS[UNIONS["CheckpointedItemId"].variants[id_type]]}
            values: Json = {name: list(path.values(data)) for name, path in named.fields.items()}
            if all(values.values()):
                yield {name: value if fields[name].containers else value[0] for name, value in values.items()} | {
                    "type": id_type
                }


def matches(record: Json, where: Json) -> bool:
    """Whether a record matches a filter, by the words of the documentation."""
    match where["type"]:
        case "and":
            return all(matches(record, child) for child in where["filters"])
        case "or":
            return any(matches(record, child) for child in where["filters"])
        case "not":
            return not matches(record, where["filter"])
        case "checkpointedItemId":
            return any(where["checkpointedItemId"] in item_ids(each) for each in record["checkpointedItems"])
    found = list(FIELDS[where["field"]].path.values(record))
    match where["type"]:
        case "eq":
            return where["value"] in found
        case "gte":
            return any(datetime.fromisoformat(time) >= datetime.fromisoformat(where["value"]) for time in found)
        case "lt":
            return any(datetime.fromisoformat(time) < datetime.fromisoformat(where["value"]) for time in found)
    return any(where["query"] == each if where["matchType"] == "EXACT" else where["query"] in each for each in found)


def expected(where: Json) -> list[str]:
    return sorted(record["rid"] for record in SAMPLES if matches(record, where))


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with serving(SAMPLES) as (_, caller):
        yield caller


VALUES = {
    name: sorted({value for record in SAMPLES for value in field.path.values(record)}) for name, field in FIELDS.items()
}
ITEM_IDS = [item_id for record in SAMPLES for data in record["checkpointedItems"] for item_id in item_ids(data)]


def filters_of(kind: str) -> Iterator[Json]:
    """Yield a filter of each field of a kind, and of each operator, that finds something."""
    for field in FILTER_FIELDS:
        if field.kind == kind:
            assert VALUES[field.name], f"no sample record has a value for the filter field {field.name}"
            value = VALUES[field.name][len(VALUES[field.name]) // 2]
            for operator in field.operators:
                if kind == "text":
                    yield text(field.name, value, "EXACT")
                    yield text(field.name, value[1:-1])
                else:
                    yield {"type": operator, "field": field.name, "value": value}


@pytest.mark.parametrize("kind", ["eq", "time", "text"])
def test_each_field_finds_its_records(api: Api, kind: str) -> None:
    """Each field finds the records with a value that occurs. An equality finds none with another value."""
    for where in filters_of(kind):
        assert sorted(api.found(where)) == expected(where) != [], f"another result than expected for {where}"
        if kind == "eq":
            assert api.found({**where, "value": f"{where['value']}x"}) == []


def test_each_item_id_finds_its_items(api: Api) -> None:
    """Each variant of item IDs finds the records about the item, and no others."""
    for id_type in ITEM_ID_NAMES:
        known = next((item_id for item_id in ITEM_IDS if item_id["type"] == id_type), None)
        assert known is not None, f"no sample record has an item that a {id_type} names"
        assert sorted(api.found(item(known))) == expected(item(known)) != [], (
            f"another result than expected for {known}"
        )
        for name, value in known.items():
            if name != "type":
                other = [f"{value[0]}x"] if isinstance(value, list) else f"{value}x"
                assert api.found(item({**known, name: other})) == [], f"{id_type} ignores {name}"


fields = st.sampled_from([field for field in FILTER_FIELDS if field.kind != "text"]).flatmap(
    lambda field: st.builds(
        lambda operator, value: {"type": operator, "field": field.name, "value": value},
        st.sampled_from(field.operators),
        st.sampled_from(VALUES[field.name][:20]),
    )
)
texts = st.sampled_from([field.name for field in FILTER_FIELDS if field.kind == "text"]).flatmap(
    lambda name: st.builds(
        text,
        st.just(name),
        st.sampled_from([*VALUES[name][:20], "", "e", "of", "Other"]),
        st.sampled_from(["EXACT", "CONTAINS"]),
    )
)
filters = st.recursive(
    fields | texts | st.builds(item, st.sampled_from(ITEM_IDS[:30])),
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


@settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=filters, direction=st.sampled_from(["ASC", "DESC"]), size=st.sampled_from([25, 100]))
def test_any_filter_finds_exactly_what_it_says(api: Api, where: Json, direction: str, size: int) -> None:
    """Filters of all kinds, nested in any way, find each match once and nothing else, in order."""
    found = api.found(where, sortDirection=direction, pageSize=size)
    assert sorted(found) == expected(where)
    times = {record["rid"]: (record["createdAt"], record["rid"]) for record in SAMPLES}
    assert found == sorted(found, key=times.__getitem__, reverse=direction == "DESC")


def test_a_term_is_found_among_records_that_are_added_later() -> None:
    """An equality finds new records in their place, added one at a time or many at once."""
    login = [{**record, "type": "LOGIN"} for record in SAMPLES]
    with serving(login[:100]) as (emulator, api):
        emulator.add(login[100:101])
        emulator.add(login[101:])
        assert api.found(equals("checkpointType", "LOGIN")) == api.found()
        assert len(api.found()) == len(login)


def test_bounds_are_compared_at_full_precision() -> None:
    """RFC 3339 in all its forms: offsets, any number of digits, a leap second, the year 0."""
    times = {"a": "2025-06-01T11:59:59.999Z", "b": "2025-06-01T12:00:00.000Z", "c": "2025-06-01T12:00:00.001Z"}
    bounds = {
        "2025-06-01T12:00:00Z": ["b", "c"],
        "2025-06-01T14:00:00.000+02:00": ["b", "c"],
        "2025-06-01T12:00:00.0000001Z": ["c"],
        "2025-06-01T12:00:00.001Z": ["c"],
        "2025-06-01t11:59:60z": ["b", "c"],
        "2025-06-01T12:00:00.0010000000000Z": ["c"],
        "0000-01-01T00:00:00+23:59": ["a", "b", "c"],
        "9999-12-31T23:59:59.999999999-23:59": [],
    }
    with serving({"rid": rid, "createdAt": time} for rid, time in times.items()) as (_, api):
        for value, rids in bounds.items():
            start: Json = {"type": "gte", "field": "createdAt", "value": value}
            assert api.found(start, sortDirection="ASC") == rids, value
            assert api.found({**start, "type": "lt"}, sortDirection="ASC") == [rid for rid in times if rid not in rids]


# Errors


def test_every_kind_of_filter_is_known(api: Api) -> None:
    """The emulator rejects no variant of filters as such. The meaning of a new one must be written by hand."""
    for kind in UNIONS["SearchCheckpointRecordsFilter"].variants:
        response = api.search({"type": kind})
        described = response.json().get("errorDescription", "")
        assert "where.filter.type" not in described, f"emulator/_filters.py can't search with the filter variant {kind}"


def test_an_empty_and_or_or_is_rejected(api: Api) -> None:
    """A filter of no filters is an InvalidAndFilter or an InvalidOrFilter."""
    for kind, name in {"and": "InvalidAndFilter", "or": "InvalidOrFilter"}.items():
        for where in ({"type": kind, "filters": []}, {"type": kind, "filters": None}):
            assert error(api.search({"type": "not", "filter": where})) == (400, name, {})


def test_a_value_of_another_kind_is_rejected(api: Api) -> None:
    """The error contains the field, the value and the expected kind."""
    no_times = ["today", "2025-06-01", "2025-06-01T12:00:00", "2025-06-01 12:00:00Z", "2025-06-31T12:00:00Z"]
    no_times += ["", "2025-06-01T12:00:00+24:00", "2025-06-01T12:00:00.Z", "2025-06-01T12:00:61Z"]
    cases: list[tuple[str, str, str, Any]]
    cases = [("lt", "createdAt", "DATETIME", value) for value in [7, None, *no_times, "2025-06-01T12:00:00Z\n"]]
    cases += [("eq", "checkpointType", "STRING", value) for value in [7, None, ["LOGIN"], {"a": 1}]]
    for operator, field, kind, value in cases:
        response = api.search({"type": operator, "field": field, "value": value})
        expected = {"field": field, "value": value, "expectedType": kind}
        assert error(response) == (400, "InvalidFilterValue", expected)


def test_a_filter_of_another_shape_is_rejected(api: Api) -> None:
    """A filter of no documented kind is a Conjure:UnprocessableEntity."""
    time = "2025-06-01T12:00:00Z"
    wrong: list[Any] = [
        {},
        {"type": "xor"},
        {"type": ["eq"]},
        {"type": "and", "filters": {}},
        {"type": "or", "filters": [ALL, None]},
        {"type": "not"},
        {"type": "eq", "field": "createdAt", "value": "x"},
        {"type": "eq", "field": ["recordRid"], "value": "x"},
        {"type": "gte", "field": "updatedAt", "value": time},
        {"type": "lt", "value": time},
        text("justification", "x"),
        {**text("justificationResponse", "x"), "matchType": "FUZZY"},
        {**text("justificationResponse", "x"), "query": 7},
        {"type": "checkpointedItemId"},
        item({"type": "checkpointedIssue"}),
        item({"type": "checkpointedIssueRid"}),
        item({"type": "checkpointedRoleId", "id": 7}),
        item({"type": "checkpointedObjectSetTypesProxyRids"}),
    ]
    for where in wrong:
        assert error(api.search(where))[:2] == (422, "Conjure:UnprocessableEntity"), where


def test_a_malformed_rid_in_an_item_id_is_rejected(api: Api) -> None:
    """A RID in an item ID must be well-formed, also in a list or beside an ID."""
    for where in [
        item({"type": "checkpointedIssueRid", "rid": "issue"}),
        item({"type": "checkpointedPeeringJobId", "id": "job", "relationshipRid": ""}),
        item({"type": "checkpointedObjectSetTypesProxyRids", "rids": ["ri.a.b.c.d", "type"]}),
    ]:
        assert error(api.search(where))[:2] == (400, "Conjure:InvalidArgument")


@pytest.mark.parametrize(("depth", "status"), [(100, 200), (400, 400), (800, 400), (100_000, 400)])
def test_deep_filters_work_and_bottomless_ones_are_rejected(api: Api, depth: int, status: int) -> None:
    """The emulator searches 100 levels. Nesting beyond reason is an error of the caller, not of the service."""
    where = '{"type":"not","filter":' * depth + json.dumps(ALL) + "}" * depth
    headers = {"Content-Type": "application/json"}
    response = api.http.post(f"{RECORDS}search", content=f'{{"where":{{"filter":{where}}}}}', headers=headers)
    assert response.status_code == status
    assert status == 200 or error(response)[:2] == (400, "Conjure:InvalidArgument")
