"""Exports that outlive a release: they resume with the columns that they were begun with."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.export import Rotation, file_sink
from foundry_checkpoints.feed import RecordFeed
from foundry_checkpoints.flat import COLUMNS, FlatSchema, Kind, csv_line
from foundry_checkpoints.models import Record
from tests.exported import OLDEST_FIRST, unpacked

OLD = Path(__file__).parent / "data" / "export-0.1.0"
"""Exports that release 0.1.0 has made of the first 8 of the records in `records.jsonl`."""

FEW = OLDEST_FIRST[:10]


def table(path: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the columns of a flat file, and its rows."""
    if path.suffix == ".parquet":
        found = pq.read_table(path)
        return found.column_names, found.to_pylist()
    header, *rows = csv.reader(io.StringIO(unpacked(path).decode(), newline=""))
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def expected(path: Path, columns: Mapping[str, Kind], records: list[Record]) -> list[dict[str, Any]]:
    """Return the rows that a file with these columns should have."""
    rows = [dict(FlatSchema(1, columns).flatten(record)) for record in records]
    if path.suffix == ".parquet":
        return rows
    text = "".join(csv_line(row) for row in rows)
    return [dict(zip(columns, row, strict=True)) for row in csv.reader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize(
    ("name", "rotation", "files"),
    [
        ("a.jsonl", None, ["a.jsonl"]),
        ("a.csv", None, ["a.csv"]),
        ("b.csv.gz", 3_000, ["b-000001.csv.gz", "b-000002.csv.gz"]),
        ("a.parquet", None, ["a.parquet"]),
    ],
)
def test_an_export_of_release_0_1_0_resumes(name: str, rotation: Rotation, files: list[str], tmp_path: Path) -> None:
    """An export that 0.1.0 has begun, and left in the midst of a write, resumes with every record exactly once."""
    for path in OLD.glob(f"{name[0]}*"):
        shutil.copy(path, tmp_path)
    if name in ("a.jsonl", "a.csv"):
        with (tmp_path / name).open("ab") as file:
            file.write(b'"half a li')
    records = [json.loads(line) for line in (OLD / "records.jsonl").read_text(encoding="utf-8").splitlines()]
    with Emulator(records) as emulator, CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        feed = RecordFeed(client, None, tmp_path / f"{name}.state.json")
        for _ in range(2):
            assert feed.run(file_sink(tmp_path / name, rotation=rotation)).committed == 12
    if name == "a.jsonl":
        assert [json.loads(line) for line in (tmp_path / name).read_bytes().splitlines()] == records
        return
    columns, _ = table(OLD / files[0])
    kinds: dict[str, Kind] = {column: COLUMNS.get(column, "text") for column in columns}
    tables = [table(tmp_path / file) for file in files]
    assert all(header == columns for header, _ in tables)
    decoded = [Record.from_dict(record) for record in records]
    assert [row for _, rows in tables for row in rows] == expected(tmp_path / name, kinds, decoded)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet"])
@pytest.mark.parametrize("rotation", [None, 1])
def test_columns_stay_as_they_were_begun(rotation: Rotation, name: str, tmp_path: Path) -> None:
    """An export that was begun before this release had a column, and when it still had another, keeps its columns.

    What the new column would hold is in `additional_fields`, the old one is empty, and the next file is alike.
    """
    sink = file_sink(tmp_path / name, rotation=rotation)
    sink.open(None)
    position = sink.commit()
    columns: dict[str, Kind] = {name: kind for name, kind in COLUMNS.items() if name != "delegate_user_id"}
    columns["retired"] = "text"
    position["schema"] = {"version": 7, "columns": columns}
    for some in (FEW[:5], FEW[5:]):
        sink = file_sink(tmp_path / name, rotation=rotation)
        sink.open(json.loads(json.dumps(position)))
        while some := some[sink.write(some) :]:
            sink.commit()
        position = sink.commit()
        sink.close()
    tables = [table(path) for path in sorted(tmp_path.iterdir())]
    assert all(header == list(columns) for header, _ in tables)
    rows = [row for _, rows in tables for row in rows]
    assert rows == expected(tmp_path / name, columns, FEW)
    delegates = [json.loads(row["additional_fields"] or "{}").get("delegateUserId") for row in rows]
    assert delegates == [record.delegate_user_id for record in FEW]
    assert any(delegates)
    assert not any(row["retired"] for row in rows)
