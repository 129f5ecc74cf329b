"""Models are plain attrs classes: they compare, show themselves, and are copied whole."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import get_args

import attrs
import pytest
from hypothesis import given, settings

from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import NO_FIELDS, NoFields
from tests.generated.components import OBJECTS, RID, attribute, decode, fields, sample
from tests.strategies import Object, schemas, wire

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def nested(depth: int) -> Object:
    """A filter inside `depth` others, of the three kinds that hold filters."""
    data: Object = {"type": "eq", "field": "recordRid", "value": RID}
    for level in range(depth):
        kinds: list[Object] = [
            {"type": "not", "filter": data},
            {"type": "and", "filters": [data]},
            {"type": "or", "filters": [data]},
        ]
        data = kinds[level % 3]
    return data


@settings(max_examples=25)
@given(wire("Record", novel=True))
def test_a_record_is_copied_whole(record: Object) -> None:
    """A record comes back equal from deepcopy and from every pickle protocol, with all that it encodes."""
    decoded = models.Record.from_dict(record)
    copies = [copy.copy(decoded), copy.deepcopy(decoded)]
    copies += [pickle.loads(pickle.dumps(decoded, protocol)) for protocol in PROTOCOLS]
    for each in copies:
        assert each == decoded
        assert each.to_dict() == record


@pytest.mark.parametrize("name", OBJECTS)
def test_every_model_is_copied_whole(name: str) -> None:
    """Each model comes back from copy, deepcopy and pickle."""
    decoded = decode(name, sample(name))
    for each in (copy.copy(decoded), copy.deepcopy(decoded), pickle.loads(pickle.dumps(decoded))):
        assert each == decoded
        assert each.to_dict() == sample(name)


def test_a_deep_copy_shares_nothing() -> None:
    """A change to a deep copy leaves the original alone."""
    decoded = models.Record.from_dict(sample("Record") | {"unknown": [1]})
    twin = copy.deepcopy(decoded)
    twin.acting_user.username.value = None
    twin.checkpointed_items.clear()
    twin.additional_properties["unknown"].append(2)
    assert decoded.to_dict() == sample("Record") | {"unknown": [1]}


def test_no_fields_is_one_object_for_ever() -> None:
    """The shared empty mapping of additional properties survives pickle and copy as itself, and cannot change."""
    assert pickle.loads(pickle.dumps(NO_FIELDS)) is copy.copy(NO_FIELDS) is copy.deepcopy(NO_FIELDS) is NO_FIELDS
    assert dict(NO_FIELDS) == {} == NO_FIELDS
    assert "any" not in NO_FIELDS
    assert not hasattr(NoFields, "__setitem__")


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_are_those_of_the_spec(name: str) -> None:
    """A model has the fields of its schema, required ones first, each in the order of the spec."""
    schema = schemas()[name]
    named = [field for field in schema["properties"] if "const" not in schema["properties"][field]]
    required = [attribute(field) for field in named if field in schema.get("required", ())]
    optional = [attribute(field) for field in named if attribute(field) not in required]
    assert [field.name for field in fields(name) if not field.kw_only] == [*required, *optional]
    assert [field.name for field in fields(name) if field.kw_only] == ["additional_properties"]
    assert [field.name for field in fields(name) if field.default is attrs.NOTHING] == required


@pytest.mark.parametrize("name", OBJECTS)
def test_every_model_is_constructed_from_its_fields(name: str) -> None:
    """The constructor takes each field by its name, and what it makes equals what is decoded."""
    decoded = decode(name, sample(name) | {"unknown": 1})
    values = {field.name: getattr(decoded, field.name) for field in fields(name)}
    assert type(decoded)(**values) == decoded


@pytest.mark.parametrize("name", OBJECTS)
def test_only_required_fields_must_be_given(name: str) -> None:
    """Constructed from its required fields alone, a model equals the one decoded from them alone."""
    required = schemas()[name].get("required", ())
    decoded = decode(name, {field: value for field, value in sample(name).items() if field in required})
    values = [getattr(decoded, field.name) for field in fields(name) if field.default is attrs.NOTHING]
    assert type(decoded)(*values) == decoded


def test_errors_inherit_what_they_share() -> None:
    """Each error body is an `ErrorBase`, so that one `isinstance` is enough for its fields."""
    bodies = [variant for variant in get_args(models.ErrorBody) if variant is not models.UnknownVariant]
    assert bodies
    assert all(issubclass(body, models.ErrorBase) for body in bodies)


def test_additional_properties_can_be_assigned() -> None:
    """A decoded model takes new additional properties, and encodes them."""
    text = models.RedactableString.from_dict({"value": "a"})
    text.additional_properties = {"b": 1}
    assert text.to_dict() == {"value": "a", "b": 1}


def test_additional_properties_are_given_by_name() -> None:
    """They are no positional argument: a field that the spec adds must not shift them."""
    parameter = inspect.signature(models.RedactableString).parameters["additional_properties"]
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
    assert models.RedactableString("a", additional_properties={"b": 1}).to_dict() == {"value": "a", "b": 1}


def test_models_differ_by_any_field() -> None:
    """Models are equal when all is equal, unknown fields included, and of one class only."""
    text = models.RedactableString("a")
    assert text == models.RedactableString("a")
    assert text != models.RedactableString("b")
    assert text != models.RedactableString("a", models.RedactionType.USER_REDACTED)
    assert text != models.RedactableString("a", additional_properties={"b": 1})
    assert text != {"value": "a"}
    assert models.CheckpointedGroupId("a") != models.CheckpointedTokenId("a")


def test_models_are_mutable_and_not_hashable() -> None:
    """A model can change, so it is no key of a dict."""
    text = models.RedactableString("a")
    text.value = "b"
    assert text.to_dict() == {"value": "b"}
    with pytest.raises(TypeError, match="unhashable"):
        hash(text)


def test_a_model_has_no_other_attributes() -> None:
    """A misspelt attribute is an error."""
    with pytest.raises(AttributeError):
        models.RedactableString("a").vlaue = "b"  # type: ignore[attr-defined]


def test_evolve() -> None:
    """`attrs.evolve` changes what it is told and keeps the rest, the unknown fields included."""
    record = models.Record.from_dict(sample("Record") | {"unknown": 1})
    evolved = attrs.evolve(record, rid="other", config_rid=None)
    expected = sample("Record") | {"unknown": 1, "rid": "other"}
    del expected["configRid"]
    assert evolved.to_dict() == expected
    assert record.to_dict() == sample("Record") | {"unknown": 1}


def test_a_repr_shows_what_there_is() -> None:
    """The repr names the class and each field that has a value, and neither None nor the absence of extras."""
    username = models.RedactableString("ada", additional_properties={"x": 1})
    user = models.ActingUser("u1", username)
    assert repr(user) == (
        "ActingUser(user_id='u1', username=RedactableString(value='ada', additional_properties={'x': 1}))"
    )
    assert repr(models.RedactableString()) == "RedactableString()"
    assert repr(models.ApprovalsMetadata("t")) == "ApprovalsMetadata(approvals_task_id='t', approvals_subtask_ids=[])"


@pytest.mark.parametrize("depth", [50, 200])
def test_deep_filters(depth: int) -> None:
    """Filters of many levels are decoded, encoded, compared, shown and pickled."""
    decoded = models.search_checkpoint_records_filter_from_dict(nested(depth))
    assert decoded.to_dict() == nested(depth)
    assert pickle.loads(pickle.dumps(decoded)) == decoded
    assert repr(decoded).count("Filter(") == depth + 1


def test_deep_filters_are_copied() -> None:
    """Filters of 50 levels are copied deeply."""
    decoded = models.search_checkpoint_records_filter_from_dict(nested(50))
    assert copy.deepcopy(decoded) == decoded


def test_a_fault_in_a_deep_filter_has_its_path() -> None:
    """The path of a fault leads through 50 levels."""
    data = nested(50)
    innermost = data
    while "field" not in innermost:
        innermost = innermost["filter"] if "filter" in innermost else innermost["filters"][0]
    innermost["value"] = 7
    path = r"SearchCheckpointRecordsFilter(\.filters\[0\]|\.filter){50}\.value"
    with pytest.raises(ValueError, match=f"^{path}: unexpected number$"):
        models.search_checkpoint_records_filter_from_dict(data)
