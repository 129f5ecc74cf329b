"""Records as flat rows: the schema of CSV, Parquet, Arrow and Spark, described in docs/export.md.

    pyarrow.Table.from_batches(record_batches(client.records.search()), arrow_schema())

A row holds everything that its record holds. Two things are normalized: times are in UTC, and outside JSON half of a
surrogate pair, which no UTF-8 file can hold, is written as the letters `\\ud800`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from foundry_checkpoints_api import tables
from foundry_checkpoints_api.table_types import Kind
from foundry_checkpoints_api.types import format_time

from ._rows import Cell, Row, encodable, flattener, to_json
from .errors import InvalidRequestError

if TYPE_CHECKING:
    import pyarrow

    from foundry_checkpoints_api.models import Record

__all__ = [
    "COLUMNS",
    "SCHEMA_VERSION",
    "SPARK_SCHEMA",
    "Cell",
    "FlatSchema",
    "Kind",
    "Row",
    "arrow_schema",
    "csv_line",
    "flatten",
    "record_batches",
]

SCHEMA_VERSION: Final = 1
"""Grows with every change of `COLUMNS`."""

COLUMNS: Final[Mapping[str, Kind]] = MappingProxyType({column.name: column.kind for column in tables.COLUMNS})
"""The columns in order. `texts` is a list of texts, which may hold nulls; `json` is a text that holds JSON."""

_SPARK_TYPES: Final[Mapping[Kind, str]] = {
    "text": "STRING",
    "time": "TIMESTAMP",
    "count": "INT",
    "texts": "ARRAY<STRING>",
    "json": "STRING",
}

SPARK_SCHEMA: Final = ", ".join(f"`{name}` {_SPARK_TYPES[kind]}" for name, kind in COLUMNS.items())
"""The columns in Spark's DDL, for `mapInArrow` and data sources."""


@dataclass(frozen=True)
class FlatSchema:
    """The columns of flat rows: those of this release, or those that an export was begun with."""

    version: int
    columns: Mapping[str, Kind]

    @cached_property
    def flatten(self) -> Callable[[Record], Row]:
        """A function that returns the row of a record. What no column holds is in `additional_fields`."""
        return flattener(self.columns)

    @cached_property
    def arrow(self) -> pyarrow.Schema:
        """The columns as Arrow types, the version in the metadata. Needs the extra `arrow`."""
        import pyarrow as pa

        types = {
            "text": pa.string(),
            "time": pa.timestamp("us", tz="UTC"),
            "count": pa.int32(),
            "texts": pa.list_(pa.string()),
            "json": pa.string(),
        }
        fields = [pa.field(name, types[kind]) for name, kind in self.columns.items()]
        return pa.schema(fields, metadata={"foundry_checkpoints.schema_version": str(self.version)})

    def record_batch(self, records: Iterable[Record]) -> pyarrow.RecordBatch:
        """Return the rows of records as one Arrow batch."""
        import pyarrow as pa

        rows = [self.flatten(record).values() for record in records]
        columns: Iterable[Any] = zip(*rows, strict=True) if rows else [()] * len(self.columns)
        try:
            arrays = [pa.array(column, each.type) for column, each in zip(columns, self.arrow, strict=True)]
        except UnicodeEncodeError:
            columns = zip(*(map(_encodable, row) for row in rows), strict=True)
            arrays = [pa.array(column, each.type) for column, each in zip(columns, self.arrow, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.arrow)


_CURRENT: Final = FlatSchema(SCHEMA_VERSION, COLUMNS)


def flatten(record: Record) -> Row:
    """Return the record as one row: a value for each of `COLUMNS`, in order, None where the record has no value."""
    return _CURRENT.flatten(record)


def arrow_schema() -> pyarrow.Schema:
    """Return `COLUMNS` as an Arrow schema; the metadata contain the version. Needs the extra `arrow`."""
    return _CURRENT.arrow


def record_batches(records: Iterable[Record], size: int = 1_000) -> Iterator[pyarrow.RecordBatch]:
    """Yield records as Arrow batches of at most `size` rows. Reads only as many records ahead as a batch holds.

    Needs the extra `arrow`.
    """
    if size < 1:
        raise InvalidRequestError(f"size must be 1 or more, not {size}")
    iterator = iter(records)
    while batch := list(islice(iterator, size)):
        yield _CURRENT.record_batch(batch)


def _encodable(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_encodable(text) for text in cell]
    return encodable(cell) if isinstance(cell, str) else cell


# CSV

_FORMULA: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
"""What a spreadsheet program may take for the start of a formula, and the mark that prevents it.

https://owasp.org/www-community/attacks/CSV_Injection
"""


def csv_line(cells: Iterable[Cell]) -> str:
    """Return one line of CSV, with its line feed, for a row, its values, or the names of columns.

    None is an empty cell and an empty text is `""`. Times are in the documented form, lists in JSON. A text that a
    spreadsheet program might run as a formula is preceded by `'`, and so is one that starts with `'`: remove one to get
    the text.
    """
    return f"{','.join([_csv_cell(cell) for cell in (cells.values() if isinstance(cells, dict) else cells)])}\n"


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        if not cell:
            return '""'
        text = f"'{cell}" if cell[0] in _FORMULA else cell
        if not text.isascii():
            text = encodable(text)
    elif isinstance(cell, list):
        text = to_json(cell)
    else:
        return format_time(cell) if isinstance(cell, datetime) else str(cell)
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text
