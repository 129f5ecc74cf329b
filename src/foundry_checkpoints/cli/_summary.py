"""The command `summary`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._errors import say
from ._options import OUTPUT, Concurrency, Connection, Filters, command, usage_error
from ._output import Format, FormatOption, chosen, csv_text, print_lines
from ._progress import by_time, watched

if TYPE_CHECKING:
    from ._counts import Counts, Unit


class By(StrEnum):
    """What records can be counted by."""

    TYPE = "type"
    USER = "user"
    PROJECT = "project"
    JUSTIFICATION = "justification"
    ORGANIZATION = "organization"
    SCOPE = "scope"
    DAY = "day"
    HOUR = "hour"


_DEFAULT = tuple(By)[:4]
_NAMES = ("by", "value", "label", "count")


@command
def summary(
    filters: Filters,
    by: Annotated[
        list[By] | None,
        typer.Option(
            "--by",
            metavar="WHAT",
            help=f"{', '.join(list(By)[:-1])} or {By.HOUR}; may be repeated. Without it the first four.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--top", metavar="N", min=1, help="Values that a table shows.", rich_help_panel=OUTPUT)
    ] = 10,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page with tables and charts instead.", rich_help_panel=OUTPUT),
    ] = None,
    format_: FormatOption = None,
    concurrency: Concurrency = 8,
    *,
    connection: Connection,
) -> None:
    """Count records: by type, user, project and kind of justification, and over time.

    A table shows the values that occur most, and the time line in the smallest unit that fits; the forms json, jsonl
    and csv have every value, and every day or hour.
    """
    if html is not None and not html.parent.is_dir():
        raise usage_error("--html", f"there is no folder {html.parent}")
    dimensions = tuple(name.value for name in dict.fromkeys(by or _DEFAULT) if name not in (By.DAY, By.HOUR))
    counts = _count(connection, filters, dimensions, concurrency)
    unit = _unit(by or (), counts)
    if html is not None:
        _write_page(html, counts, dimensions, unit, most, filters)
    if html is None or format_ is not None:
        _print(counts, dimensions, unit, most, chosen(format_))


def _count(connection: Connection, filters: Filters, dimensions: Sequence[str], concurrency: int) -> Counts:
    from ._counts import count

    with connection.client(max_concurrency=max(8, concurrency)) as client:
        pager = client.records.search(filters.where, sort_direction="ASC", concurrency=concurrency)
        share = by_time(*filters.period, ascending=True)
        return count(watched(pager, "records", share, shown=sys.stderr.isatty()), dimensions, filters.zone)


def _unit(by: Sequence[str], counts: Counts) -> Unit:
    if "hour" in by:
        return "hour"
    is_short = "day" not in by and (not counts.hours or (max(counts.hours) - min(counts.hours)).days < 2)
    return "hour" if is_short else "day"


def _print(counts: Counts, dimensions: Sequence[str], unit: Unit, most: int, form: Format) -> None:
    if form == "table":
        from ._bars import print_summary
        from ._table import stdout

        print_summary(stdout(), counts, dimensions, unit, most)
    else:
        print_lines(_LINES[form](counts, dimensions, unit))


def rows(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[dict[str, Any]]:
    """Every value of every dimension, most frequent first, then the time line."""
    for dimension in dimensions:
        for row in counts.rows(dimension):
            yield dict(zip(_NAMES, (dimension, *row), strict=True))
    for bucket in counts.buckets(unit):
        start = _start(bucket.start, unit)
        yield dict(zip(_NAMES, (unit, start, start, bucket.number), strict=True))


def _start(time: datetime, unit: Unit) -> str:
    return time.isoformat(timespec="minutes") if unit == "hour" else time.date().isoformat()


def _jsonl(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[str]:
    from ._text import to_json

    return (f"{to_json(row)}\n" for row in rows(counts, dimensions, unit))


def _json(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[str]:
    from ._text import to_json

    found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*dimensions, unit)}
    for row in rows(counts, dimensions, unit):
        found[row.pop("by")].append(row)
    first, last = (time and time.isoformat() for time in (counts.first, counts.last))
    yield f"{to_json({'total': counts.total, 'first': first, 'last': last, 'by': found})}\n"


def _csv(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[str]:
    return csv_text(chain([_NAMES], (row.values() for row in rows(counts, dimensions, unit))))


_LINES = {"jsonl": _jsonl, "json": _json, "csv": _csv}


def _write_page(file: Path, counts: Counts, dimensions: Sequence[str], unit: Unit, most: int, filters: Filters) -> None:
    from ._html import page

    now = datetime.now(filters.zone)
    facts = [*filters.described(), ("time zone", filters.tz or str(now.tzname())), ("made", f"{now:%Y-%m-%d %H:%M}")]
    text = page(counts, dimensions, unit, most, facts)
    if str(file) == "-":
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")
        say(f"{file}: {counts.total:,} records counted")
