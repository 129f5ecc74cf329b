"""Records as flat rows: the schema of CSV, Parquet, Arrow, and Spark, described in docs/reference/flat-schema.md.

    pyarrow.Table.from_batches(record_batches(client.records.search()), arrow_schema())

A row holds everything that its record holds. Two things are normalized: times are in UTC, and half of a surrogate pair,
which no UTF-8 file can hold, is written as the letters `\\ud800`.
"""

from __future__ import annotations

import re
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
    "FIRST_SCHEMA",
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


@dataclass(frozen=True)
class FlatSchema:
    """The columns of flat rows: those of this release, or those that an export was begun with."""

    version: int
    columns: Mapping[str, Kind]

    @cached_property
    def flatten(self) -> Callable[[Record], Row]:
        """A function that returns the row of a record. What no other column holds is in `additional_fields`."""
        return flattener(self.columns)

    @cached_property
    def arrow(self) -> pyarrow.Schema:
        """The columns as Arrow types, with the version in the metadata. Needs the extra `arrow`."""
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
        """Return the rows of records as one Arrow batch. Needs the extra `arrow`."""
        import pyarrow as pa

        rows = [self.flatten(record).values() for record in records]
        columns: Iterable[Any] = zip(*rows, strict=True) if rows else [()] * len(self.columns)
        try:
            arrays = [pa.array(column, each.type) for column, each in zip(columns, self.arrow, strict=True)]
        except UnicodeEncodeError:
            columns = zip(*(map(_encodable, row) for row in rows), strict=True)
            arrays = [pa.array(column, each.type) for column, each in zip(columns, self.arrow, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.arrow)


def _encodable(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_encodable(text) for text in cell]
    return encodable(cell) if isinstance(cell, str) else cell


COLUMNS: Final[Mapping[str, Kind]] = MappingProxyType({column.name: column.kind for column in tables.COLUMNS})
"""The columns in order. `texts` is a list of texts, which may hold nulls; `json` is a text that holds JSON."""

FIRST_SCHEMA: Final = FlatSchema(
    1,
    dict(
        re.findall(
            r"(\w+):(\w+)",
            """
            rid:text created_at:time type:text scope:text acting_user_id:text acting_user_name:text
            acting_user_redaction:text acting_user_organization_rid:text delegate_user_id:text config_rid:text
            project_rid:text organization_rid:text namespace_rid:text interaction_rid:text approvals_task_id:text
            approvals_subtask_ids:texts justification_type:text justification_title:text justification_prompt:text
            justification_description:text justification_response:text justification_selected_options:texts
            justification_additional_responses:texts justification_reauthentication_id:text item_count:count
            item_types:texts item_ids:texts item_names:texts item_paths:texts items:json additional_fields:json
            """,
        )
    ),
)
"""The schema of release 0.1.0, whose exports don't name their columns."""

SCHEMA_VERSION: Final = 1 + len(COLUMNS.items() ^ FIRST_SCHEMA.columns.items())
"""Version of the schema. Each column that is added or removed changes it."""

_CURRENT: Final = FlatSchema(SCHEMA_VERSION, COLUMNS)

_SPARK_TYPES: Final[Mapping[Kind, str]] = {
    "text": "STRING",
    "time": "TIMESTAMP",
    "count": "INT",
    "texts": "ARRAY<STRING>",
    "json": "STRING",
}

SPARK_SCHEMA: Final = ", ".join(f"`{name}` {_SPARK_TYPES[kind]}" for name, kind in COLUMNS.items())
"""The columns in Spark's DDL, for data sources and `mapInArrow`."""


def flatten(record: Record) -> Row:
    """Return the record as one row: a value for each of `COLUMNS`, in order, None where the record has no value."""
    return _CURRENT.flatten(record)


def arrow_schema() -> pyarrow.Schema:
    """Return `COLUMNS` as an Arrow schema, with the version in the metadata. Needs the extra `arrow`."""
    return _CURRENT.arrow


def record_batches(records: Iterable[Record], size: int = 1_000) -> Iterator[pyarrow.RecordBatch]:
    """Return records as Arrow batches of `size` rows; the last one can be smaller. Needs the extra `arrow`.

    Only the records of one batch are in memory at a time.
    """
    if size < 1:
        raise InvalidRequestError(f"size must be a positive integer, not {size}")
    iterator = iter(records)
    return map(_CURRENT.record_batch, iter(lambda: list(islice(iterator, size)), []))


_FORMULA: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
"""The characters that a spreadsheet program may take for the start of a formula, and the mark that prevents it.

https://owasp.org/www-community/attacks/CSV_Injection
"""


def csv_line(cells: Row | Iterable[Cell]) -> str:
    """Return one line of CSV, with its line feed: of a row as `flatten` returns it, of cells, or of column names.

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
