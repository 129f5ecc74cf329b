"""Records on stdout: a table on a terminal, JSON lines in a pipe, or what `--output` says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import chain, islice
from typing import Annotated, Any, Final

from foundry_checkpoints import text
from foundry_checkpoints.flat import COLUMNS, Cell, csv_line, flatten
from foundry_checkpoints.models import Record
from foundry_checkpoints_api.types import format_time

from ._errors import usage_error
from ._options import OUTPUT, Options, TimeZone, Values, one_of, option, split, zone_of
from ._safe import did_you_mean, one_line, quoted, shown_line, to_json
from ._times import when

FOR_PEOPLE: Final = ("time", "type", "user", "what", "why")
"""The columns of a table. Each but `type` sums up others of the flat schema."""
_COLUMNS: Final = tuple(dict.fromkeys((*FOR_PEOPLE, *COLUMNS)))
_CHUNK: Final = 100
"""Records whose widest cells set the widths of a table."""


def format_option(*forms: str) -> Any:
    """Declare `--output`."""
    return option(
        "--output",
        "-o",
        metavar="|".join(forms),
        help="Form of the output. Default: table on a terminal, jsonl in a pipe.",
        panel=OUTPUT,
        parse=one_of(*forms),
    )


def is_table(form: str | None) -> bool:
    """Return whether the output is a table: on request, or by default on a terminal."""
    return form == "table" or (form is None and sys.stdout.isatty())


def column(name: str) -> str:
    """Return the name of a column. Raises `ValueError` with the rest of a sentence."""
    if name not in _COLUMNS:
        hint = f" {similar}" if (similar := did_you_mean(name, _COLUMNS)) else ""
        raise ValueError(f"must name columns, not {quoted(name)}.{hint} Columns: {', '.join(_COLUMNS)}")
    return name


@dataclass(frozen=True, kw_only=True)
class Output(Options):
    """In which form."""

    format: Annotated[str | None, format_option("table", "jsonl", "json", "csv", "rids")] = None
    columns: Annotated[
        Values,
        option(
            "--columns",
            metavar="NAME,…",
            help="Columns, in this order: time, type, user, what, why, and those of the flat schema, such as "
            "created_at and project_rid.",
            panel=OUTPUT,
            parse=split(column),
        ),
    ] = None
    tz: TimeZone = None

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of `--tz`."""
        return zone_of(self.tz)

    def write(self, records: Iterable[Record]) -> None:
        """Write the records to stdout as they arrive."""
        if self.format == "rids" and self.columns is not None:
            raise usage_error("--columns", "can't be combined with --output rids")
        if is_table(self.format):
            print_table(records, self.columns or FOR_PEOPLE, self.zone)
        else:
            print_lines(_LINES[self.format or "jsonl"](records, self.columns, self.zone))


class Counted:
    """An iterable that counts what it returned."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = records
        self.number = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.number += 1
            yield record


_WORDS: Final[dict[str, Callable[[Record], str]]] = {"user": text.user, "what": text.what, "why": text.why}


def cells(names: Sequence[str], zone: tzinfo) -> Callable[[Record], dict[str, Cell]]:
    """Make a function that returns the named columns of a record."""
    people: dict[str, Callable[[Record], str]] = {**_WORDS, "time": lambda record: when(record.created_at, zone)}
    is_flat = any(name in COLUMNS for name in names)

    def row(record: Record) -> dict[str, Cell]:
        flat = flatten(record) if is_flat else {}
        return {name: people[name](record) if name in people else flat[name] for name in names}

    return row


def rid_lines(records: Iterable[Record], names: Sequence[str] | None, zone: tzinfo) -> Iterator[str]:
    """Return the RID of each record on a line."""
    return (f"{one_line(record.rid)}\n" for record in records)


def jsonl_lines(records: Iterable[Record], names: Sequence[str] | None, zone: tzinfo) -> Iterator[str]:
    """Return each record on a line, unchanged, or with names an object of these columns."""
    if names is None:
        return (f"{to_json(record.to_dict())}\n" for record in records)
    row = cells(names, zone)
    return (f"{to_json({name: _plain(name, cell) for name, cell in row(record).items()})}\n" for record in records)


def json_lines(records: Iterable[Record], names: Sequence[str] | None, zone: tzinfo) -> Iterator[str]:
    """Return one JSON list with a record on each line."""
    separator = "[\n"
    for line in jsonl_lines(records, names, zone):
        yield f"{separator}{line[:-1]}"
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def csv_lines(records: Iterable[Record], names: Sequence[str] | None, zone: tzinfo) -> Iterator[str]:
    """Return the names of the columns, then a line for each record. Without names, every column of the flat schema."""
    names = tuple(COLUMNS) if names is None else names
    row = cells(names, zone)
    return csv_text(chain([names], (row(record).values() for record in records)))


def csv_text(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Return the rows as CSV, on a terminal safe to look at."""
    lines = map(csv_line, rows)
    return map(shown_line, lines) if sys.stdout.isatty() else lines


_LINES: Final = {"json": json_lines, "jsonl": jsonl_lines, "csv": csv_lines, "rids": rid_lines}


def _plain(name: str, value: Cell) -> Any:
    if isinstance(value, str) and COLUMNS.get(name) == "json":
        return json.loads(value)
    return format_time(value) if isinstance(value, datetime) else value


def _cell_text(value: Cell) -> str:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, list):
        return ", ".join("" if part is None else part for part in value)
    return "" if value is None else value if isinstance(value, str) else to_json(value)


def print_lines(lines: Iterable[str]) -> None:
    """Write lines to stdout."""
    for line in lines:
        sys.stdout.write(line)


def print_table(records: Iterable[Record], names: Sequence[str], zone: tzinfo) -> None:
    """Print a table that fits the terminal. The first records set the widths, and the rest follow as they arrive."""
    from ._table import Table  # rich, which only a table needs

    row = cells(names, zone)
    rows = ([_cell_text(cell) for cell in row(record).values()] for record in records)
    chunk = list(islice(rows, _CHUNK))
    if not chunk:
        return
    table = Table.fitting(names, chunk)
    while chunk:
        table.print(chunk)
        chunk = list(islice(rows, _CHUNK))
