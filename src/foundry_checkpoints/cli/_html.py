"""A summary as one page of HTML for whoever asks for evidence: tables and inline SVG, no script, no network.

Each chart has a table. `report.html` and `report.css` beside this module are the page; the sections are made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from ._charts import bar, heat_map, time_chart, week
from ._counts import FORMATS, Counts, Row, Unit, share, top
from ._evidence import SHORT, Evidence
from ._report import Reading
from ._safe import visible

_MOST_BUCKETS: Final = 120


@dataclass(frozen=True)
class Report:
    """The parts of a page."""

    reading: Reading
    title: str
    issuer: str | None
    stack: str
    dimensions: Sequence[str]
    unit: Unit
    most: int


class _Markup(str):
    """HTML that is not to be escaped again."""

    __slots__ = ()


def page(report: Report) -> str:
    """Return the page."""
    folder, reading = files("foundry_checkpoints.cli"), report.reading
    return Template(folder.joinpath("report.html").read_text(encoding="utf-8")).substitute(
        style=folder.joinpath("report.css").read_text(encoding="utf-8"),
        title=_shown(report.title),
        headline=_shown(reading.counts.headline()),
        query=_facts(reading.query(report.stack, report.issuer)),
        statement=_facts(reading.statement()),
        sections="".join(_section(*each) for each in _sections(report)) if reading.counts.total else "",
    )


def _shown(cell: object) -> str:
    """Return a cell as HTML: a number with separators, markup unchanged, a text escaped."""
    if isinstance(cell, _Markup):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else escape(visible(str(cell)))


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{_shown(name)}</dt><dd>{_shown(value)}</dd>' for name, value in facts)}</dl>"


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{_shown(title)}</h2>\n{content}</section>\n"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]], name: str = "") -> str:
    """Return a table whose first column names the rows. A column whose name begins with `>` has numbers."""
    of = [' class="number"' if title.startswith(">") else "" for title in head]
    titles = "".join(
        f'<th scope="col"{kind}>{_shown(title.lstrip(">"))}</th>' for title, kind in zip(head, of, strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{_shown(first)}</th>'
        + "".join(f"<td{kind}>{_shown(cell)}</td>" for cell, kind in zip(rest, of[1:], strict=True))
        + "</tr>\n"
        for first, *rest in rows
    )
    kind = f' class="{name}"' if name else ""
    return (
        f"<table{kind}>\n<caption>{_shown(caption)}</caption>\n<thead><tr>{titles}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n"
    )


def _sections(report: Report) -> Iterator[tuple[str, str]]:
    reading, counts = report.reading, report.reading.counts
    yield _over_time(counts, report.unit)
    yield "By weekday and hour", heat_map(week(counts.hours), "Records by the hour in which they were created")
    for dimension in report.dimensions:
        yield f"By {dimension}", _values(report, dimension)
    if reading.before is not None:
        yield "Users without a record in the period before", _newcomers(counts, reading.before, report.most)
    yield "Reasons", _reasons(reading.evidence, counts.total, report.most)
    if reading.evidence.annex is not None:
        head = ("Created", "Type", "User", "On what", "Reason")
        rows = [entry._replace(type=_Markup(_breakable(entry.type))) for entry in reading.evidence.annex]
        yield "Annex: every record", _table("Oldest first", head, rows, "annex")


def _over_time(counts: Counts, unit: Unit) -> tuple[str, str]:
    larger, buckets = counts.time_line(unit, _MOST_BUCKETS)
    rows = [(bucket.start.strftime(FORMATS[larger]), bucket.number) for bucket in buckets]
    table = _table(f"Records by {larger}", (larger.capitalize(), ">Records"), rows)
    return f"By {larger}", f"{time_chart(buckets, larger)}<details><summary>As a table</summary>\n{table}</details>\n"


def _values(report: Report, dimension: str) -> str:
    counts, before = report.reading.counts, report.reading.before
    shown, others = top(counts.rows(dimension), report.most)
    head = ("Value", ">Records", ">Share") if before is None else ("Value", ">Records", ">Share", ">Before", ">Change")
    rows = []
    for row in [*shown, others] if others else shown:
        cells: list[object] = [_label(report, dimension, row), row.number, share(row.number, counts.total)]
        if before is not None and row is not others:
            earlier = before.by[dimension][row.value]
            cells += [earlier, _change(row.number - earlier)]
        rows.append(cells + [""] * (len(head) - len(cells)))
    return _table(
        f"The most frequent values of {dimension}; bars are shares of all records",
        head,
        rows,
        "compared" if before else "",
    )


def _label(report: Report, dimension: str, row: Row) -> _Markup:
    """Return the plain name of a value, the value itself if that is another text, and a bar."""
    label = row.label
    if row.value is not None and dimension in ("type", "scope"):
        label = label.replace("_", " ").capitalize()
    elif row.value is not None and dimension == "project":
        label = report.reading.evidence.projects.get(row.value, label)
    value = f"<br><small>{_breakable(row.value)}</small>" if row.value not in (None, label) else ""
    return _Markup(f"{_shown(label)}{value}{bar(row.number / report.reading.counts.total)}")


def _breakable(name: str) -> str:
    """Return a name as HTML that can break after `_`."""
    return _shown(name).replace("_", "_<wbr>")


def _change(difference: int) -> str:
    return f"{difference:+,}" if difference else "0"


def _newcomers(counts: Counts, before: Counts, most: int) -> str:
    rows = [row for row in counts.rows("user") if not before.by["user"][row.value]]
    shown, others = top(rows, most)
    listed = [(row.label, row.value or "", row.number) for row in shown]
    listed += [(others.label, "", others.number)] if others else []
    return _table(f"{len(rows):,} of {len(counts.by['user']):,} users", ("User", "ID", ">Records"), listed)


def _reasons(evidence: Evidence, total: int, most: int) -> str:
    kinds = (
        ("Written in the user's own words", evidence.given["written"]),
        ("… and empty", evidence.given["empty"]),
        (f"… and shorter than {SHORT} characters", evidence.given["short"]),
        ("… and the same as that of another record", evidence.repeated),
        ("Chosen from a list", evidence.given["chosen"]),
        ("Neither: acknowledged, logged in again, or nothing chosen", evidence.given["neither"]),
    )
    rows = [(_Markup(f"{_shown(name)}{bar(number / total)}"), number, share(number, total)) for name, number in kinds]
    repeated = evidence.most_repeated(most)
    return _table("How reasons were given", ("Reason", ">Records", ">Share"), rows) + (
        _table("Reasons given most often, in lower case", ("Reason", ">Records"), repeated) if repeated else ""
    )
