"""The command `summary`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final

from ._connection import Connection
from ._counts import DIMENSIONS, Counts, Unit, count
from ._html import page
from ._logs import say
from ._options import OUTPUT, Values, command, concurrency_option, number, one_of, option, split
from ._output import csv_text, format_option, is_table, print_lines
from ._progress import by_time, watched
from ._safe import to_json
from ._search import NamedFilters
from ._times import when

_DEFAULT: Final = tuple(DIMENSIONS)[:4]
_NAMES: Final = ("by", "value", "label", "count")


@command
def summary(
    filters: NamedFilters,
    by: Annotated[
        Values,
        option(
            "--by",
            metavar="NAME,…",
            help=f"What to count by: {', '.join(DIMENSIONS)}, day, or hour. Default: the first four.",
            panel=OUTPUT,
            parse=split(one_of(*DIMENSIONS, "day", "hour")),
        ),
    ] = None,
    most: Annotated[
        int,
        option("--top", metavar="N", help="Values that a table shows. Default: 10.", panel=OUTPUT, parse=number(1)),
    ] = 10,
    html: Annotated[
        Path | None,
        option(
            "--html",
            metavar="FILE",
            help="Write a page with tables and charts instead. - is stdout.",
            panel=OUTPUT,
            parse=Path,
        ),
    ] = None,
    format: Annotated[str | None, format_option("table", "jsonl", "json", "csv")] = None,
    concurrency: Annotated[int, concurrency_option(8)] = 8,
    *,
    connection: Connection,
) -> None:
    """Count records by type, user, project, and kind of justification, and over time.

    A table shows the most frequent values, and the time range in the smallest unit that fits. The other forms have
    every value, and every day or hour.

    Examples:
        foundry-checkpoints summary --since 30d
        foundry-checkpoints summary --since 2026-10-01 --until 2026-11-01 --html october.html
        foundry-checkpoints summary --by user -o csv
    """
    dimensions = tuple(name for name in dict.fromkeys(by or _DEFAULT) if name in DIMENSIONS)
    where, period = filters.where, filters.period
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
    with connection.client(max_concurrency=max(8, concurrency)) as client:
        pager = client.records.search(where, sort_direction="ASC", concurrency=concurrency)
        share = by_time(*period, ascending=True)
        counts = count(
            filters.named(watched(pager, "records", share, shown=sys.stderr.isatty())), dimensions, filters.zone
        )
    unit = _unit(by or (), counts)
    if html is not None:
        now = datetime.now(filters.zone)
        facts = [
            *filters.described(),
            ("time zone", filters.tz or str(now.tzname())),
            ("made", when(now, filters.zone)),
        ]
        text = page(counts, dimensions, unit, most, facts)
        if str(html) == "-":
            sys.stdout.write(text)
        else:
            html.write_text(text, encoding="utf-8")
            say(f"{counts.total:,} records counted in {html}")
    if html is None or format is not None:
        _print(counts, dimensions, unit, most, format)
    if counts.total == 0:
        say("0 records match")


def _unit(by: Sequence[str], counts: Counts) -> Unit:
    if "hour" in by:
        return "hour"
    is_short = "day" not in by and (not counts.hours or (max(counts.hours) - min(counts.hours)).days < 2)
    return "hour" if is_short else "day"


def _print(counts: Counts, dimensions: Sequence[str], unit: Unit, most: int, form: str | None) -> None:
    if is_table(form):
        from ._bars import print_summary  # rich, which only a table needs
        from ._table import stdout

        print_summary(stdout(), counts, dimensions, unit, most)
    else:
        print_lines(_LINES[form or "jsonl"](counts, dimensions, unit))


def rows(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[dict[str, Any]]:
    """Return every value of every dimension, the most frequent first, then the time range."""
    for dimension in dimensions:
        for row in counts.rows(dimension):
            yield dict(zip(_NAMES, (dimension, *row), strict=True))
    for bucket in counts.buckets(unit):
        start = bucket.start.date().isoformat()
        if unit == "hour":
            start = bucket.start.replace(tzinfo=counts.zone).isoformat(timespec="minutes")
        yield dict(zip(_NAMES, (unit, start, start, bucket.number), strict=True))


def _jsonl(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[str]:
    return (f"{to_json(row)}\n" for row in rows(counts, dimensions, unit))


def _json(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[str]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*dimensions, unit)}
    for row in rows(counts, dimensions, unit):
        found[row.pop("by")].append(row)
    first, last = (time and time.isoformat() for time in (counts.first, counts.last))
    yield f"{to_json({'total': counts.total, 'first': first, 'last': last, 'by': found})}\n"


def _csv(counts: Counts, dimensions: Sequence[str], unit: Unit) -> Iterator[str]:
    return csv_text(chain([_NAMES], (row.values() for row in rows(counts, dimensions, unit))))


_LINES: Final = {"jsonl": _jsonl, "json": _json, "csv": _csv}
