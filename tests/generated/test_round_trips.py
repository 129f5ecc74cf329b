"""What is decoded comes back when it is encoded, the unknown parts included."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from foundry_checkpoints_api import models
from tests.generated.components import OBJECTS, UNIONS, decode, sample
from tests.strategies import JSON, NAMES, Json, Object, wire

SPEC = Path(__file__).parents[2] / "openapi" / "checkpoints.yaml"
# Between them these hold every other component.
ROOTS = [
    "Record",
    "SearchRecordsRequest",
    "GetRecordsBatchRequestElement",
    "SearchCheckpointRecordsResponse",
    "GetRecordsBatchResponse",
]

each_kind = pytest.mark.parametrize("novel", [False, True], ids=["documented", "novel"])


@each_kind
@pytest.mark.parametrize("name", ROOTS + UNIONS)
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_decoded_comes_back(name: str, novel: bool, data: st.DataObject) -> None:
    """Any value, with unknown fields, enum values and variants or without, is encoded as it came."""
    value = data.draw(wire(name, novel=novel))
    assert decode(name, value).to_dict() == value


@pytest.mark.parametrize("name", OBJECTS)
def test_every_model_comes_back(name: str) -> None:
    """A value of each model, with every field, is encoded as it came."""
    assert decode(name, sample(name)).to_dict() == sample(name)


@pytest.mark.parametrize("name", OBJECTS)
def test_unknown_fields_come_back_in_every_model(name: str) -> None:
    """Fields that the spec does not name are kept by each model, beside those that it does."""
    unknown = {"toBeAnnounced": [{"deep": None}], "": 1.5}
    decoded = decode(name, sample(name) | unknown)
    assert decoded.additional_properties == unknown
    assert decoded.to_dict() == sample(name) | unknown


@pytest.mark.parametrize("name", OBJECTS)
def test_any_mapping_is_decoded(name: str) -> None:
    """A mapping that is no dict is decoded as a dict is."""
    assert decode(name, MappingProxyType(sample(name))) == decode(name, sample(name))


@settings(max_examples=25)
@given(wire("Record", novel=True))
def test_decoding_and_encoding_change_nothing(record: Object) -> None:
    """Neither the JSON that is decoded nor the model that is encoded is changed."""
    before = copy.deepcopy(record)
    decoded = models.Record.from_dict(record)
    assert decoded.to_dict() == decoded.to_dict() == before
    assert record == before


@settings(max_examples=25)
@given(wire("Record", novel=True))
def test_what_is_encoded_is_json(record: Object) -> None:
    """An encoded record is plain JSON, and survives being written and read."""
    text = json.dumps(models.Record.from_dict(record).to_dict(), allow_nan=False)
    assert json.loads(text) == record


@given(st.dictionaries(NAMES, JSON), st.sampled_from(["rid", "type", "justification"]), JSON)
def test_known_fields_win(unknown: Object, name: str, value: Json) -> None:
    """An additional property with the name of a field that has a value does not get in its way."""
    record = models.Record.from_dict(sample("Record"))
    record.additional_properties = {**unknown, name: value}
    encoded = record.to_dict()
    assert {field: encoded[field] for field in sample("Record")} == sample("Record")


def filled(value: Json) -> Json:
    """JSON without empty lists and maps, which mean the same as absent ones."""
    if isinstance(value, dict):
        return {key: filled(each) for key, each in value.items() if each not in ([], {})}
    return [filled(each) for each in value] if isinstance(value, list) else value


def test_the_documented_examples_come_back() -> None:
    """The examples of the reference pages are encoded as they are printed, letter by letter in their times."""
    examples = YAML(typ="safe").load(SPEC)["components"]["examples"]
    page, batch = examples["SearchResponse"]["value"], examples["GetBatchResponse"]["value"]
    request = examples["SearchRequest"]["value"]
    assert filled(models.SearchCheckpointRecordsResponse.from_dict(page).to_dict()) == filled(page)
    assert filled(models.GetRecordsBatchResponse.from_dict(batch).to_dict()) == filled(batch)
    assert models.SearchRecordsRequest.from_dict(request).to_dict() == request


def test_lists_and_maps_are_copies() -> None:
    """The lists and maps in a model are neither those that were decoded nor those that are encoded."""
    for name in ("ApprovalsMetadata", "DropdownJustification", "MissingPostBodyBody", "GetRecordsBatchResponse"):
        data = sample(name)
        decoded = decode(name, data)
        for encoded in (data, decoded.to_dict()):
            for value in encoded.values():
                if isinstance(value, list | dict):
                    value.clear()
        assert decoded.to_dict() == sample(name)
