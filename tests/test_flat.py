"""The flat rows of CSV, Parquet, Arrow, and Spark."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundry_checkpoints.errors import InvalidRequestError
from foundry_checkpoints.flat import (
    COLUMNS,
    FIRST_SCHEMA,
    SCHEMA_VERSION,
    SPARK_SCHEMA,
    FlatSchema,
    Kind,
    arrow_schema,
    csv_line,
    flatten,
    record_batches,
)
from foundry_checkpoints.models import Record
from foundry_checkpoints_api import tables
from foundry_checkpoints_api.table_types import EACH, Path
from foundry_checkpoints_api.types import format_time
from tests.samples import RECORDS, SAMPLES
from tests.strategies import JSON, wire


def row_of(record: Mapping[str, Any]) -> dict[str, Any]:
    return dict(flatten(Record.from_dict(record)))


def restored(row: Mapping[str, Any]) -> dict[str, Any]:
    """Make the record of a row, by the paths of the columns."""
    data: dict[str, Any] = json.loads(row["additional_fields"] or "{}")
    # The columns that lead through a union need to know the variant.
    for column in sorted(tables.COLUMNS, key=lambda column: column.variants is not None):
        value = row.get(column.name)
        if value is not None and column.path.json and column.kind != "count":
            value = json.loads(value) if column.kind == "json" else value
            value = format_time(value) if column.kind == "time" else value
            put(data, column.path.json, value, column.variants)
    data.setdefault("actingUser", {}).setdefault("username", {})
    return Record.from_dict(data).to_dict()


def put(data: Any, steps: Sequence[str], value: Any, variants: Mapping[str, Path] | None) -> None:
    """Put a value where a path leads; an element of a list for each value of a list."""
    if not steps:
        assert variants is not None
        put(data, variants[data["type"]].json, value, None)
    elif steps[0] == EACH:
        data += [{} for _ in value[len(data) :]]
        for element, each in zip(data, value, strict=True):
            if each is not None:
                put(element, steps[1:], each, variants)
    elif len(steps) == 1 and variants is None:
        data[steps[0]] = value
    else:
        put(data.setdefault(steps[0], [] if steps[1:2] == (EACH,) else {}), steps[1:], value, variants)


def beyond(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what no column but `additional_fields` has of a record."""
    return dict(json.loads(row_of(record)["additional_fields"] or "{}"))


@given(wire("Record", novel=True), st.sets(st.sampled_from(list(COLUMNS))) | st.just(set(COLUMNS)))
def test_nothing_is_lost(record: dict[str, Any], columns: set[str]) -> None:
    """A record can be made from its row, also one with parts that the spec doesn't know, whatever columns there are.

    So a field that no column leads to, wherever it is, is in `additional_fields`.
    """
    kept: dict[str, Kind] = {
        name: kind for name, kind in COLUMNS.items() if name in {*columns, "items", "additional_fields"}
    }
    row = FlatSchema(1, kept).flatten(Record.from_dict(record))
    assert list(row) == list(kept)
    assert restored(row) == Record.from_dict(record).to_dict()


TYPES = {"text": str, "time": datetime, "count": int, "texts": list, "json": str}


@given(wire("Record", novel=True))
def test_cells_and_csv(record: dict[str, Any]) -> None:
    """A cell is of the kind of its column, or None. A reader of the CSV line finds each cell, and nothing else."""
    row = row_of(record)
    (cells,) = csv.reader(io.StringIO(csv_line(row), newline=""))
    assert len(cells) == len(COLUMNS)
    for cell, (name, kind) in zip(cells, COLUMNS.items(), strict=True):
        value = row[name]
        assert value is None or type(value) is TYPES[kind]
        if kind == "texts":
            assert (json.loads(cell) if cell else None) == value
        elif isinstance(value, str):
            assert cell.removeprefix("'") == value


def test_each_element_of_a_list_is_an_item() -> None:
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
            {"type": "checkpointedPeeringJob", "jobId": "job", "relationshipRid": "ri.p.e.e.r"},
            {"type": "laterItem", "rid": "ri.l.a.t.er"},
        ],
    }
    row = row_of(record)
    assert row["item_count"] == 6
    assert row["item_types"] == [item["type"] for item in record["checkpointedItems"]]
    assert row["item_ids"] == ["staff", "ri.a.b.c.d", "u1", None, "job", None]
    assert row["item_names"] == [None, "Sales", None, None, None, None]
    assert row["item_paths"] == [None, "/A/Sales", None, None, None, None]
    assert json.loads(row["items"]) == record["checkpointedItems"]


def test_what_a_record_says_beyond_the_columns() -> None:
    """`additional_fields` has what no other column has, in the form of the record, and is absent if that is nothing."""
    sample, rest = SAMPLES[0], beyond(SAMPLES[0])
    assert (row_of(sample)["additional_fields"] is None) == (rest == {})
    later = {
        "later": [1],
        "actingUser": {**sample["actingUser"], "later": {}},
        "justification": {"type": "laterJustification", "signature": "x"},
    }
    row = row_of({**sample, **later})
    assert row["justification_type"] == "laterJustification"
    user = {**rest.get("actingUser", {}), "later": {}}
    assert json.loads(row["additional_fields"]) == {**rest, **later, "actingUser": user}
    chosen = [{"selectedOption": "a"}, {"selectedOption": "b", "later": True}]
    words = {"title": "Why", "prompt": "Say"}
    dropdown = {"type": "dropdownJustification", "selectedOptions": chosen, **words}
    row = row_of({**sample, "justification": dropdown})
    assert row["justification_selected_options"] == ["a", "b"]
    left = {"selectedOptions": [{}, {"later": True}]}
    assert json.loads(row["additional_fields"]) == {**rest, "justification": left}


def test_an_empty_list_is_as_good_as_absent() -> None:
    """A list that no column holds is in `additional_fields` only if something is in it."""
    flat = FlatSchema(1, {name: kind for name, kind in COLUMNS.items() if not name.startswith("item")}).flatten
    for sample in SAMPLES[:50]:
        items = {"checkpointedItems": sample["checkpointedItems"]} if sample["checkpointedItems"] else {}
        for later in ({}, {"later": 1}):
            cell = flat(Record.from_dict({**sample, **later}))["additional_fields"]
            assert json.loads(str(cell or "{}")) == {**beyond(sample), **later, **items}


def test_times_are_in_utc() -> None:
    """The same moment gives the same row, whatever the offset it was written with."""
    offset = row_of({**SAMPLES[0], "createdAt": "2026-01-01T01:30:00.250+02:00"})
    assert offset == row_of({**SAMPLES[0], "createdAt": "2025-12-31T23:30:00.250Z"})
    assert csv_line([offset["created_at"]]) == "2025-12-31T23:30:00.250Z\n"


@given(JSON)
@example([1e-05, {"small": -1e-300}])
def test_json_does_not_depend_on_orjson(value: Any) -> None:
    """JSON in cells is what Python writes, byte for byte, whether orjson is there or not."""
    python = json.dumps({"later": value}, ensure_ascii=False, separators=(",", ":"))
    assert python[1:-1] in str(row_of({**SAMPLES[0], "later": value})["additional_fields"])
    item = {"type": "laterItem", "later": value}
    assert row_of({**SAMPLES[0], "checkpointedItems": [item]})["items"] == json.dumps(
        [item], ensure_ascii=False, separators=(",", ":")
    )


# CSV


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "'quoted"])
def test_no_cell_starts_a_formula(text: str) -> None:
    """A text that a spreadsheet program might run is preceded by one quote, which a reader can remove."""
    (cells,) = csv.reader(io.StringIO(csv_line([text]), newline=""))
    assert cells == [f"'{text}"]


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ([None], "\n"),
        ([""], '""\n'),
        (["a,b"], '"a,b"\n'),
        (['say "no"'], '"say ""no"""\n'),
        (["two\nlines"], '"two\nlines"\n'),
        (["a\rb"], '"a\rb"\n'),
        (["Zoë"], "Zoë\n"),
        ([3], "3\n"),
        ([[]], "[]\n"),
        ([["a", None]], '"[""a"",null]"\n'),
        ({"a": "1", "b": None}, "1,\n"),
        (("a", "b"), "a,b\n"),
    ],
)
def test_csv_lines(cells: Any, line: str) -> None:
    """No value is an empty cell and an empty text is `""`; a cell has quotes if it needs them; a row is its cells."""
    assert csv_line(cells) == line


def test_half_a_surrogate_pair_is_written_in_letters() -> None:
    """What UTF-8 can't hold does no harm: in JSON it is escaped, elsewhere it is in letters."""
    record = {**SAMPLES[0], "later": "\ud800", "configRid": "\udfff"}
    row = row_of(record)
    assert json.loads(row["additional_fields"]) == {**beyond(SAMPLES[0]), "later": "\ud800"}
    assert csv_line([row["config_rid"], [row["config_rid"]]]).encode() == b'\\udfff,"[""\\udfff""]"\n'
    (batch,) = record_batches([Record.from_dict(record)])
    assert batch.column("config_rid").to_pylist() == ["\\udfff"]


# Arrow and Spark


def test_the_arrow_schema_follows_the_columns() -> None:
    """Arrow has the columns in their order, and the version of the schema."""
    schema = arrow_schema()
    assert schema.names == list(COLUMNS)
    kinds = {"text": pa.string(), "time": pa.timestamp("us", "UTC"), "count": pa.int32()}
    kinds |= {"texts": pa.list_(pa.string()), "json": pa.string()}
    assert schema.types == [kinds[kind] for kind in COLUMNS.values()]
    assert schema.metadata == {b"foundry_checkpoints.schema_version": str(SCHEMA_VERSION).encode()}


def test_rows_make_a_table() -> None:
    """pyarrow's own constructor takes the rows, and they are those of the batches."""
    table = pa.Table.from_pylist(list(map(flatten, RECORDS)), schema=arrow_schema())
    assert table == pa.Table.from_batches(record_batches(RECORDS), arrow_schema())
    assert table.to_pylist() == list(map(flatten, RECORDS))
    assert table.column("rid").to_pylist() == [record.rid for record in RECORDS]


def test_batches_are_made_as_records_arrive() -> None:
    """A batch has as many rows as requested, and no record is read before its batch is."""
    read: list[str] = []

    def records() -> Iterable[Record]:
        for record in RECORDS[:5]:
            read.append(record.rid)
            yield record

    batches = record_batches(records(), 2)
    assert read == []
    assert (next(batches).num_rows, len(read)) == (2, 2)
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert list(record_batches([])) == []
    with pytest.raises(InvalidRequestError):
        record_batches([], 0)


def test_the_spark_schema_follows_the_columns() -> None:
    """Spark's DDL has a type for each column."""
    types = {"text": "STRING", "time": "TIMESTAMP", "count": "INT", "texts": "ARRAY<STRING>", "json": "STRING"}
    found = re.findall(r"`(\w+)` ([\w<>]+)(?:, |$)", SPARK_SCHEMA)
    assert found == [(name, types[kind]) for name, kind in COLUMNS.items()]


def test_the_version_tells_schemas_apart() -> None:
    """Version 1 is the schema of release 0.1.0; each other column is another version."""
    assert (FIRST_SCHEMA.columns == COLUMNS) == (SCHEMA_VERSION == 1)
