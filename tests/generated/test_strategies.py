"""The strategies make what they promise: valid JSON of every shape, and what the spec does not know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import NO_FIELDS
from tests.strategies import Object, schemas, wire

PROMISES: dict[str, Callable[[models.Record], bool]] = {
    "an unknown type": lambda record: not record.type_.is_known,
    "an unknown item": lambda record: any(isinstance(i, models.UnknownVariant) for i in record.checkpointed_items),
    "an unknown justification": lambda record: isinstance(record.justification, models.UnknownVariant),
    "an unknown field": lambda record: record.additional_properties != NO_FIELDS,
    "an unknown field at depth": lambda record: record.acting_user.username.additional_properties != NO_FIELDS,
    "a known redaction": lambda record: record.acting_user.username.redaction_type in list(models.RedactionType),
    "no items": lambda record: not record.checkpointed_items,
    "several items": lambda record: len(record.checkpointed_items) > 1,
    "an optional field": lambda record: record.config_rid is not None and record.approvals_metadata is not None,
    "no optional field": lambda record: record.config_rid is None and record.approvals_metadata is None,
}


@pytest.fixture(scope="module")
def records() -> list[models.Record]:
    """Records with novel parts, the same at every run."""
    found = []

    @settings(max_examples=60, derandomize=True, database=None, phases=[Phase.generate])
    @given(wire("Record", novel=True))
    def collect(record: Object) -> None:
        found.append(models.Record.from_dict(record))

    collect()
    return found


@pytest.mark.parametrize("promise", PROMISES)
def test_novel_records_hold(records: list[models.Record], promise: str) -> None:
    """Some records have, and some lack, what a record may have or lack, known to the spec or not."""
    assert any(PROMISES[promise](record) for record in records)


@pytest.mark.parametrize("name", ["Record", "SearchRecordsRequest", "ErrorBody"])
@settings(max_examples=15)
@given(data=st.data())
def test_documented_values_are_valid(name: str, data: st.DataObject) -> None:
    """What is not novel is what the spec allows."""
    document: Object = {"components": {"schemas": schemas()}, "$ref": f"#/components/schemas/{name}"}
    Draft202012Validator(document).validate(data.draw(wire(name)))


def test_strategies_are_built_once() -> None:
    """Whoever asks for the same values gets the same strategy."""
    assert wire("Record") is wire("Record")
    assert wire("Record") is not wire("Record", novel=True)
