"""Records on stdout: a table on a terminal, JSON lines in a pipe, or what `--output` says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ._options import OUTPUT, Options, TimeZone, usage_error, zone_of

if TYPE_CHECKING:
    from foundry_checkpoints.flat import Cell
    from foundry_checkpoints.models import Record

Format = Literal["table", "json", "jsonl", "csv"]
FOR_PEOPLE = ("time", "type", "user", "what", "why")
"""The columns of a table. All but `type` sum up others of the flat schema."""

_CHUNK = 100
"""Records whose widest cells set the widths of a table."""


FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--output",
        "-o",
        help="The form of what is written to stdout; without it a table on a terminal, jsonl in a pipe.",
        rich_help_panel=OUTPUT,
    ),
]


def chosen(format_: Format | None) -> Format:
    """The form that is asked for, or what fits where stdout goes."""
    return format_ or ("table" if sys.stdout.isatty() else "jsonl")


@dataclass(frozen=True, kw_only=True)
class Output(Options):
    """In which form."""

    format_: FormatOption = None
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,…",
            help="Columns: time, user, what, why, and those of the flat schema, such as created_at or project_rid.",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    tz: TimeZone = None

    @property
    def format(self) -> Format:
        """What `--output` says, or what fits where stdout goes."""
        return chosen(self.format_)

    @cached_property
    def names(self) -> tuple[str, ...] | None:
        """The names of `--columns`; None without it."""
        return None if self.columns is None else column_names(self.columns)

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of `--tz`."""
        return zone_of(self.tz)

    def write(self, records: Iterable[Record]) -> None:
        """Write the records to stdout as they come."""
        if self.format == "table":
            print_table(records, self.names or FOR_PEOPLE, self.zone)
        else:
            print_lines(_LINES[self.format](records, self.names, self.zone))


class Counted:
    """An iterable that knows how many came."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = records
        self.number = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.number += 1
            yield record


def column_names(text: str) -> tuple[str, ...]:
    """The columns that `--columns` names."""
    from foundry_checkpoints.flat import COLUMNS

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := [name for name in names if name not in COLUMNS and name not in FOR_PEOPLE]:
        known = ", ".join(dict.fromkeys((*FOR_PEOPLE, *COLUMNS)))
        raise usage_error("--columns", f"there is no {', '.join(unknown)}; there are {known}")
    if not names:
        raise usage_error("--columns", "name one at least")
    return names


def cells(names: Sequence[str], zone: tzinfo) -> Callable[[Record], dict[str, Cell]]:
    """A function that gives the named columns of a record."""
    from foundry_checkpoints.flat import COLUMNS, flatten

    from . import _text

    people: dict[str, Callable[[Record], str]] = {
        "time": lambda record: _text.when(record.created_at, zone),
        "user": _text.user,
        "what": _text.items,
        "why": _text.justification,
    }

    def row(record: Record) -> dict[str, Cell]:
        flat = dict(zip(COLUMNS, flatten(record), strict=True)) if is_flat else {}
        return {name: people[name](record) if name in people else flat[name] for name in names}

    is_flat = any(name in COLUMNS for name in names)
    return row


def jsonl_lines(records: Iterable[Record], names: Sequence[str] | None, zone: tzinfo) -> Iterator[str]:
    """Each record on a line, as the API has it; with names, an object of these columns."""
    from ._text import to_json

    if names is None:
        return (f"{to_json(record.to_dict())}\n" for record in records)
    row = cells(names, zone)
    return (f"{to_json(_plain(row(record)))}\n" for record in records)


def json_lines(records: Iterable[Record], names: Sequence[str] | None, zone: tzinfo) -> Iterator[str]:
    """One JSON list, a record on each line."""
    separator = "[\n"
    for line in jsonl_lines(records, names, zone):
        yield f"{separator}{line[:-1]}"
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def csv_lines(records: Iterable[Record], names: Sequence[str] | None, zone: tzinfo) -> Iterator[str]:
    """The names of the columns, then a line for each record: all columns of the flat schema without names."""
    from foundry_checkpoints.flat import COLUMNS

    names = tuple(COLUMNS) if names is None else names
    row = cells(names, zone)
    return csv_text(chain([names], (row(record).values() for record in records)))


def csv_text(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """The rows as CSV; on a terminal safe to look at."""
    from foundry_checkpoints.flat import csv_line

    lines = map(csv_line, rows)
    return map(shown_line, lines) if sys.stdout.isatty() else lines


def shown_line(line: str) -> str:
    """A line, which may have line feeds within a cell, with escapes for what a terminal would act on."""
    from ._errors import visible

    return "\n".join(map(visible, line.split("\n")))


_LINES = {"json": json_lines, "jsonl": jsonl_lines, "csv": csv_lines}


def _plain(row: dict[str, Cell]) -> dict[str, Any]:
    from foundry_checkpoints.flat import COLUMNS

    def plain(name: str, value: Cell) -> Any:
        if isinstance(value, str) and COLUMNS.get(name) == "json":
            return json.loads(value)
        return _cell_text(value) if isinstance(value, datetime) else value

    return {name: plain(name, value) for name, value in row.items()}


def _cell_text(value: Cell) -> str:
    from foundry_checkpoints_api.types import format_time

    from ._text import to_json

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
    """A table that fits the terminal. The first records set the widths, so that the rest can follow as it comes."""
    from ._table import Table

    row = cells(names, zone)
    rows = ([_cell_text(cell) for cell in row(record).values()] for record in records)
    chunk = list(islice(rows, _CHUNK))
    table = Table.fitting(names, chunk)
    while chunk:
        table.print(chunk)
        chunk = list(islice(rows, _CHUNK))
