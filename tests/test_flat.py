"""The flat rows of CSV and Parquet."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import given

from foundry_checkpoints import models
from foundry_checkpoints.flat import COLUMNS, ITEM_IDS, SCHEMA_VERSION, arrow_schema, csv_line, flatten
from foundry_checkpoints.models import Record
from foundry_checkpoints_api.types import format_time
from tests.samples import SAMPLES
from tests.strategies import wire

DOCS = Path(__file__).parents[1] / "docs" / "export.md"
OPTIONAL = {
    "config_rid": "configRid",
    "delegate_user_id": "delegateUserId",
    "project_rid": "projectRid",
    "organization_rid": "organizationRid",
    "namespace_rid": "namespaceRid",
    "interaction_rid": "interactionRid",
}
WORDS = {
    "justification_title": "title",
    "justification_prompt": "prompt",
    "justification_description": "description",
    "justification_response": "response",
    "justification_reauthentication_id": "reauthenticationId",
}


def row_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a record by column."""
    return dict(zip(COLUMNS, flatten(Record.from_dict(record)), strict=True))


def filled(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: row[column] for column, name in names.items() if row[column] is not None}


def restored(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a row: if there is a way back, nothing of it was lost."""
    rest = json.loads(row["additional_fields"] or "{}")
    return {
        **rest,
        **filled(row, OPTIONAL),
        "rid": row["rid"],
        "createdAt": format_time(row["created_at"]),
        "type": row["type"],
        "scope": row["scope"],
        "actingUser": restored_user(row, rest.get("actingUser", {})),
        "justification": restored_justification(row, rest.get("justification", {})),
        "checkpointedItems": json.loads(row["items"]),
        **restored_approvals(row, rest.get("approvalsMetadata", {})),
    }


def restored_user(row: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    names = {"acting_user_name": "value", "acting_user_redaction": "redactionType"}
    return {
        **rest,
        "userId": row["acting_user_id"],
        "username": {**rest.get("username", {}), **filled(row, names)},
        **filled(row, {"acting_user_organization_rid": "organizationRid"}),
    }


def restored_justification(row: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    options, responses = row["justification_selected_options"], row["justification_additional_responses"]
    selections = {}
    if options is not None:
        more = rest.get("selectedOptions", [{}] * len(options))
        selections["selectedOptions"] = [
            {**extra, "selectedOption": option, **({} if response is None else {"additionalResponse": response})}
            for extra, option, response in zip(more, options, responses, strict=True)
        ]
    return {**rest, "type": row["justification_type"], **filled(row, WORDS), **selections}


def restored_approvals(row: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    if row["approvals_task_id"] is None:
        return {}
    names = {"approvals_task_id": "approvalsTaskId", "approvals_subtask_ids": "approvalsSubtaskIds"}
    return {"approvalsMetadata": {**rest, **filled(row, names)}}


@given(wire("Record", novel=True))
def test_a_record_can_be_made_from_its_row(record: dict[str, Any]) -> None:
    """Nothing of a record is lost in its row, also of what the spec does not know."""
    assert restored(row_of(record)) == record


TYPES = {"text": str, "time": datetime, "count": int, "texts": list, "json": str}


@given(wire("Record", novel=True))
def test_a_cell_is_what_its_column_says(record: dict[str, Any]) -> None:
    """A value is of the kind of its column, or None; what is unknown is plain text or JSON."""
    row = row_of(record)
    for name, kind in COLUMNS.items():
        assert row[name] is None or type(row[name]) is TYPES[kind]
    assert type(row["type"]) is type(row["scope"]) is str


def test_every_item_variant_has_its_id() -> None:
    """A variant that the spec gains needs a line in the table of ids."""
    variants = set(get_args(models.CheckpointedItem)) - {models.UnknownVariant}
    assert set(ITEM_IDS) == variants


def test_items_are_listed_side_by_side() -> None:
    """The lists about items have one element for each, None where an item has none."""
    record = {
        **SAMPLES[0],
        "checkpointedItems": [
            {"type": "checkpointedGroup", "groupId": "staff"},
            {
                "type": "checkpointedResource",
                "rid": "ri.a.b.c.d",
                "resourceType": "DATASET",
                "name": {"value": "Sales"},
                "compassPath": {"value": "/A/Sales"},
                "orgMarkings": [],
            },
            {
                "type": "checkpointedPrincipal",
                "id": "u1",
                "username": {"redactionType": "USER_REDACTED"},
                "role": "GROUP_MEMBER",
            },
            {"type": "checkpointedObjectSet"},
            {"type": "laterItem", "rid": "ri.l.a.t.er"},
        ],
    }
    row = row_of(record)
    assert row["item_count"] == 5
    assert row["item_types"] == [item["type"] for item in record["checkpointedItems"]]
    assert row["item_ids"] == ["staff", "ri.a.b.c.d", "u1", None, None]
    assert row["item_names"] == [None, "Sales", None, None, None]
    assert row["item_paths"] == [None, "/A/Sales", None, None, None]


def test_times_are_in_utc() -> None:
    """The same moment gives the same row, whatever the offset it was written with."""
    offset = row_of({**SAMPLES[0], "createdAt": "2026-01-01T01:30:00.250+02:00"})
    assert offset == row_of({**SAMPLES[0], "createdAt": "2025-12-31T23:30:00.250Z"})
    assert csv_line([offset["created_at"]]) == "2025-12-31T23:30:00.250Z\n"


@given(wire("Record", novel=True))
def test_a_reader_of_csv_gets_every_cell(record: dict[str, Any]) -> None:
    """Python's reader finds one line with as many cells as there are columns, and in them what was written."""
    row = flatten(Record.from_dict(record))
    (cells,) = csv.reader(io.StringIO(csv_line(row), newline=""))
    assert len(cells) == len(COLUMNS)
    for cell, value, kind in zip(cells, row, COLUMNS.values(), strict=True):
        if kind == "texts":
            assert (json.loads(cell) if cell else None) == value
        elif isinstance(value, str):
            assert cell.removeprefix("'") == value


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "'quoted"])
def test_no_cell_starts_a_formula(text: str) -> None:
    """A text that a spreadsheet program might run has one quote before it, which can be taken off again."""
    (cells,) = csv.reader(io.StringIO(csv_line([text]), newline=""))
    assert cells == [f"'{text}"]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (None, "\n"),
        ("", '""\n'),
        ("a,b", '"a,b"\n'),
        ('say "no"', '"say ""no"""\n'),
        ("two\nlines", '"two\nlines"\n'),
        ("Zoë", "Zoë\n"),
        (3, "3\n"),
        ([], "[]\n"),
        (["a", None], '"[""a"",null]"\n'),
    ],
)
def test_csv_cells(cell: Any, line: str) -> None:
    """No value is an empty cell and an empty text is `""`; what needs quotes has them."""
    assert csv_line([cell]) == line


def test_half_a_surrogate_pair_is_written_in_letters() -> None:
    """What UTF-8 cannot hold does no harm: in JSON it is escaped, elsewhere it is in letters."""
    record = {**SAMPLES[0], "later": "\ud800", "configRid": "\udfff"}
    row = row_of(record)
    assert json.loads(row["additional_fields"]) == {"later": "\ud800"}
    assert csv_line([row["config_rid"], [row["config_rid"]]]).encode() == b'\\udfff,"[""\\udfff""]"\n'


def test_the_arrow_schema_follows_the_columns() -> None:
    """Arrow has the columns in their order, and the version of the schema."""
    schema = arrow_schema()
    assert schema.names == list(COLUMNS)
    kinds = {"text": pa.string(), "time": pa.timestamp("us", "UTC"), "count": pa.int32()}
    kinds |= {"texts": pa.list_(pa.string()), "json": pa.string()}
    assert schema.types == [kinds[kind] for kind in COLUMNS.values()]
    assert schema.metadata == {b"foundry_checkpoints.schema_version": str(SCHEMA_VERSION).encode()}


def test_every_column_is_documented() -> None:
    """The table in docs/export.md has the columns in their order, with their kinds, and the version."""
    text = DOCS.read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` +\| (\w+) +\|", text, re.MULTILINE) == list(COLUMNS.items())
    assert f"version {SCHEMA_VERSION}" in text
