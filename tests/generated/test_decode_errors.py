"""A value that is not what the spec says is one kind of error, with its path and without its content."""

from __future__ import annotations

import copy
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from foundry_checkpoints_api import models
from foundry_checkpoints_api.errors import DecodeError
from tests.generated.components import OBJECTS, RID, UNIONS, VARIANTS, Place, decode, places, sample, tag_field
from tests.strategies import Json, Object, Schema, is_container, resolved

each_component = pytest.mark.parametrize("name", OBJECTS)
VALUES: list[tuple[Json, str]] = [
    (None, "null"),
    (True, "boolean"),
    (7, "number"),
    (1.5, "number"),
    ("", "string"),
    ("type", "string"),
    ([], "array"),
    (["type"], "array"),
    ({}, "object"),
]
TAGS = {(variant, f"{variant}.{tag_field(union)}") for union, variant in VARIANTS}


def json_type(schema: Schema) -> str:
    """What a value has to be; empty where anything will do."""
    schema = resolved(schema)
    return "object" if "oneOf" in schema else str(schema.get("type", ""))


def wrong_values(place: Place) -> Iterator[tuple[Json, str]]:
    """Values of each type that may not stand in a place, with their type."""
    right = json_type(place.schema)
    for value, found in VALUES:
        is_right = type(value) is int if right == "integer" else found == right
        if right and not is_right and not (value is None and place.may_be_null):
            yield value, found


def fault(name: str, data: Json) -> DecodeError:
    """The error of decoding a component."""
    with pytest.raises(DecodeError) as caught:
        decode(name, data)
    return caught.value


@each_component
def test_a_missing_field_is_named(name: str) -> None:
    """A value that lacks a required field, at any depth, is refused with the path of that field."""
    data = sample(name)
    for place in places(name, data):
        if not place.may_be_absent:
            value = place.holder.pop(place.key)
            assert str(fault(name, data)) == f"{place.path}: missing"
            place.holder[place.key] = value


@each_component
def test_a_wrong_type_is_named(name: str) -> None:
    """A value of a wrong JSON type, at any depth, is refused with its path and its type."""
    data = sample(name)
    for place in places(name, data):
        value = place.holder[place.key]
        for wrong, found in wrong_values(place):
            place.holder[place.key] = wrong
            assert str(fault(name, data)) == f"{place.path}: {reason(name, place, found)}"
        place.holder[place.key] = value


def reason(name: str, place: Place, found: str) -> str:
    """Why a value of a wrong type is refused."""
    if (name, place.path) in TAGS:
        return "another variant"
    return "not a time" if resolved(place.schema).get("format") and found == "string" else f"unexpected {found}"


@pytest.mark.parametrize("name", OBJECTS + UNIONS)
def test_what_is_no_object_is_refused(name: str) -> None:
    """No model and no union takes anything but an object."""
    for value, found in VALUES:
        if found != "object":
            assert str(fault(name, value)) == f"{name}: unexpected {found}"


def test_a_path_at_depth() -> None:
    """The path leads through lists and unions to the element that is wrong."""
    page = {"data": [sample("Record") for _ in range(5)]}
    del page["data"][3]["checkpointedItems"][0]["issueRid"]
    error = fault("SearchCheckpointRecordsResponse", page)
    assert error.path == "SearchCheckpointRecordsResponse.data[3].checkpointedItems[0].issueRid"
    assert error.reason == "missing"


def test_the_first_fault_is_reported() -> None:
    """Of several wrong elements of a list the first is named."""
    page = {"data": [sample("Record"), {}, 7]}
    assert fault("SearchCheckpointRecordsResponse", page).path == "SearchCheckpointRecordsResponse.data[1].rid"


def test_an_unknown_field_hides_no_path() -> None:
    """Unknown fields before and after a wrong one do not get into its path."""
    user = {"aaa": {"b": []}, "userId": "u", "username": {"ccc": 1}, "organizationRid": 7, "zzz": [{"b": 1}]}
    record = {"aaa": 1, **sample("Record"), "actingUser": user, "zzz": 2}
    assert str(fault("Record", record)) == "Record.actingUser.organizationRid: unexpected number"


SECRET = "hunter2"


def salted(name: str) -> Object:
    """A value of a component with the secret in every string, and an unknown field in every object."""
    data = sample(name, SECRET)
    objects = [place.holder[place.key] for place in places(name, data) if is_object(place.schema)]
    for value in [data, *objects]:
        value[SECRET] = {SECRET: SECRET}
    return data


def is_object(schema: Schema) -> bool:
    """Whether a value is a model."""
    return json_type(schema) == "object" and not is_container(resolved(schema))


def shown(error: DecodeError) -> str:
    """All that an error says of itself, its traceback included."""
    return "\n".join([str(error), repr(error), repr(error.args), *traceback.format_exception(error)])


@each_component
def test_no_error_holds_content(name: str) -> None:
    """Whatever is wrong, the error and its traceback show neither values nor unknown names."""
    data = salted(name)
    for place in places(name, data):
        value = place.holder[place.key]
        for wrong, found in [(SECRET, "string"), ([SECRET], "array")]:
            place.holder[place.key] = wrong
            if json_type(place.schema) not in ("", found):
                assert SECRET not in shown(fault(name, data))
        place.holder[place.key] = value


def test_a_key_is_shown_where_it_is_a_rid() -> None:
    """The keys of a map are content: a rid says which record is wrong, anything else is not shown."""
    for key, shown_key in [(RID, RID), (SECRET, "*"), (f"{RID}\n{SECRET}", "*"), ("", "*"), (RID * 9, "*")]:
        error = fault("GetRecordsBatchResponse", {"data": {key: {}}})
        assert str(error) == f"GetRecordsBatchResponse.data.{shown_key}.rid: missing"
        assert SECRET not in shown(error)


def test_a_time_that_is_none_is_not_shown() -> None:
    """What stands in the place of a time is not shown either, though the parsers of the library quote it."""
    error = fault("Record", sample("Record") | {"createdAt": SECRET})
    assert str(error) == "Record.createdAt: not a time"
    assert SECRET not in shown(error)


def test_an_error_is_copied_whole() -> None:
    """A decode error comes back from copy and pickle with its path and reason."""
    error = fault("Record", {})
    copies: list[Any] = [copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))]
    for each in copies:
        assert isinstance(each, DecodeError)
        assert (each.path, each.reason, str(each)) == ("Record.rid", "missing", "Record.rid: missing")


def test_an_error_is_a_value_error() -> None:
    """Who expects what the standard library raises for a wrong value gets it."""
    with pytest.raises(ValueError, match=r"^Record\.rid: missing$"):
        models.Record.from_dict({})
