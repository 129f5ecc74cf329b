"""The command `summary`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final

from ._connection import Connection, normal_hostname
from ._counts import DIMENSIONS, Counts, Unit, count
from ._errors import usage_error
from ._evidence import Evidence
from ._html import Report, page
from ._logs import say
from ._options import OUTPUT, Values, command, concurrency_option, flag, number, one_of, option, split
from ._output import csv_text, format_option, is_table, print_lines
from ._progress import watch
from ._report import read
from ._safe import to_json
from ._search import NamedFilters

_DEFAULT: Final = tuple(DIMENSIONS)[:4]
_TITLE: Final = "Checkpoint records"
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
    title: Annotated[
        str, option("--title", metavar="TEXT", help="Title of the page. Default: Checkpoint records.", panel=OUTPUT)
    ] = _TITLE,
    issuer: Annotated[
        str | None, option("--issuer", metavar="NAME", help="Organization that issues the page.", panel=OUTPUT)
    ] = None,
    annex: Annotated[
        bool, flag("--annex", help="List every record on the page, with its reason.", panel=OUTPUT)
    ] = False,
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
    if html is None and (annex or issuer is not None or title != _TITLE):
        raise usage_error("--title, --issuer, and --annex", "belong to a page: use --html FILE")
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
    is_shown, evidence = sys.stderr.isatty(), Evidence(filters.zone, [] if annex else None)
    with connection.client(max_concurrency=max(8, concurrency)) as client, watch("records", shown=is_shown) as show:
        search = partial(client.records.search, sort_direction="ASC", concurrency=concurrency, on_progress=show)
        reading = None if html is None else read(client, search, filters, dimensions, evidence)
        counts = reading.counts if reading else count(filters.named(search(filters.where)), dimensions, filters.zone)
    unit = _unit(by or (), counts)
    if html is not None and reading is not None:
        text = page(Report(reading, title, issuer, normal_hostname(connection.hostname), dimensions, unit, most))
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
