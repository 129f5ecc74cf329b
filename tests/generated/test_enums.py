"""Enums are open: an unknown value is a member like any other."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import OpenEnum
from tests.generated.components import ENUMS, enum
from tests.strategies import Json, schemas

members = st.sampled_from(ENUMS).map(enum).flatmap(lambda found: st.text().map(found))


@pytest.mark.parametrize("name", ENUMS)
def test_members_are_those_of_the_spec(name: str) -> None:
    """Values and names come from the spec, in its order, and every one is known."""
    schema = schemas()[name]
    assert [member.value for member in enum(name)] == schema["enum"]
    assert [member.name for member in enum(name)] == schema.get("x-enum-varnames", schema["enum"])
    assert all(member.is_known for member in enum(name))


@given(st.sampled_from(ENUMS), st.text())
def test_an_unknown_value_is_kept(name: str, text: str) -> None:
    """Any value, named by the spec or not, is a member with that value and equal to it, and knows which it is."""
    member = enum(name)(text)
    assert isinstance(member, enum(name))
    assert member.value == str(member) == f"{member}" == member == text
    assert member.is_known == (text in schemas()[name]["enum"])
    assert json.dumps(member) == json.dumps(text)


@given(st.sampled_from(ENUMS), st.text(), st.text())
def test_unknown_values_compare_by_value(name: str, text: str, other: str) -> None:
    """Equal values are equal members, with one hash, and stand for their text in a dict."""
    assert enum(name)(text) == enum(name)(text)
    assert (enum(name)(text) == enum(name)(other)) == (text == other)
    assert {text: 1, enum(name)(text): 2} == {text: 2}


@pytest.mark.parametrize("name", ENUMS)
def test_known_members_compare_by_value(name: str) -> None:
    """A known member is one object, equal to its text and of the same hash."""
    for value in schemas()[name]["enum"]:
        assert enum(name)(value) is enum(name)(value)
        assert {value: 1}[enum(name)(value)] == 1


@given(members)
def test_members_are_copied_whole(member: OpenEnum) -> None:
    """A member, known or not, comes back from copy and from every pickle protocol."""
    copies: list[Any] = [copy.copy(member), copy.deepcopy([member])[0]]
    copies += [pickle.loads(pickle.dumps(member, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for each in copies:
        assert each == member
        assert type(each) is type(member)
        assert each.is_known == member.is_known


def test_known_members_stay_the_same_object() -> None:
    """A pickled known member is that member again."""
    assert pickle.loads(pickle.dumps(models.Scope.USER_SCOPED)) is models.Scope.USER_SCOPED


def test_an_unknown_value_shows_itself() -> None:
    """The repr of an unknown member names the enum and the value."""
    assert repr(models.Scope("GALAXY_SCOPED")) == "<Scope.GALAXY_SCOPED: 'GALAXY_SCOPED'>"


def test_an_unknown_value_joins_no_enum() -> None:
    """Meeting an unknown value leaves the list of members as the spec has it."""
    models.Scope("GALAXY_SCOPED")
    assert list(models.Scope) == [models.Scope.USER_SCOPED, models.Scope.RESOURCE_SCOPED]
    assert "GALAXY_SCOPED" not in models.Scope.__members__


def test_the_name_of_a_member_is_no_value() -> None:
    """Text that reads like the Python name of a member is an unknown value."""
    field = models.SearchCheckpointRecordsEqualsFilterField
    assert field("RECORD_RID") != field.RECORD_RID
    assert not field("RECORD_RID").is_known


@pytest.mark.parametrize("value", [None, 7, True, b"LOGIN", ["LOGIN"]])
def test_what_is_no_text_is_no_value(value: Json) -> None:
    """Only text can be an unknown value."""
    with pytest.raises(ValueError, match="not a valid CheckpointType"):
        models.CheckpointType(value)
