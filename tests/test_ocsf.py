"""Records as OCSF events, judged by the schema itself."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema  # type: ignore[import-untyped]

from foundry_checkpoints import models
from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.ocsf import VERSION, event

RECORDS = [models.Record.from_dict(record) for record in sample_records(1_000)]


@cache
def validator(class_uid: int, profiles: tuple[str, ...]) -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))
    name = schema.lookup_class_name_from_uid(class_uid=class_uid)
    return Draft202012Validator(schema.get_class_schema(class_name=name, profiles=list(profiles)))


def check(found: dict[str, Any]) -> None:
    validator(found["class_uid"], tuple(found["metadata"]["profiles"])).validate(json.loads(json.dumps(found)))


@pytest.mark.parametrize("by_type", [False, True])
def test_every_kind_of_record_is_a_valid_event(by_type: bool) -> None:
    """The first 1,000 samples contain every type, item, justification, and optional field."""
    for record in RECORDS:
        check(event(record, by_type=by_type))


def test_nothing_of_a_record_is_lost() -> None:
    """Each value of a record is in its event, mapped or not."""
    for record in RECORDS:
        text = json.dumps(event(record))
        assert all(json.dumps(leaf) in text for leaf in leaves(record.to_dict()))


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        return [leaf for inner in (value.values() if isinstance(value, dict) else value) for leaf in leaves(inner)]
    return [value]


def test_one_class_unless_the_type_decides() -> None:
    """A source of Amazon Security Lake has one class; elsewhere a login and a change of rights have their own."""
    assert {event(record)["class_uid"] for record in RECORDS} == {6001}
    assert {event(record, by_type=True)["class_uid"] for record in RECORDS} == {6001, 3004, 3002}


def test_a_type_and_an_item_that_the_spec_does_not_know() -> None:
    """They are other activities on a resource with a name, and valid."""
    data = RECORDS[0].to_dict() | {"type": "TELEPORT_START", "checkpointedItems": [{"type": "checkpointedPortal"}]}
    found = event(models.Record.from_dict(data))
    check(found)
    assert (found["activity_id"], found["activity_name"]) == (99, "Teleport start")
    assert found["web_resources"][0]["name"] == "checkpointedPortal"
