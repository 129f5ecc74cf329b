"""What the files of an export hold, and what they should hold."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from foundry_checkpoints.flat import COLUMNS, csv_line, flatten
from foundry_checkpoints.models import Record
from tests.samples import RECORDS


def oldest_first(records: Iterable[Record]) -> list[Record]:
    """Return the records in the order of an export."""
    return sorted(records, key=lambda record: (record.created_at, record.rid))


OLDEST_FIRST = oldest_first(RECORDS)


def without_zstd(data: bytes) -> bytes:
    """The content of all frames."""
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.decompress(data) if data else b""
    import zstandard

    return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()


def unpacked(path: Path) -> bytes:
    """Return the lines of a file, of all its members or frames."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zst":
        return without_zstd(path.read_bytes())
    return path.read_bytes()


def content(path: Path) -> list[Any]:
    """Return what a reader of the format finds."""
    if path.suffix == ".parquet":
        rows: list[Any] = pq.read_table(path).to_pylist()
        return rows
    text = unpacked(path).decode()
    if ".csv" in path.suffixes:
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        assert header == list(COLUMNS)
        return rows
    return [json.loads(line) for line in text.splitlines()]


def expected(name: str, records: Sequence[Record]) -> list[Any]:
    """Return what a reader should find."""
    if name.endswith(".parquet"):
        return [flatten(record) for record in records]
    if ".csv" in name:
        lines = "".join(csv_line(flatten(record)) for record in records)
        return list(csv.reader(io.StringIO(lines, newline="")))
    return [record.to_dict() for record in records]
