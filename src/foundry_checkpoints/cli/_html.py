"""A summary as one page of HTML: tables and inline SVG, without a script or anything from the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import count
from typing import Final

from ._counts import FORMATS, Bucket, Counts, Row, Unit, share, top
from ._safe import visible

_MOST_BUCKETS: Final = 120
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 960, 240, 56, 24
_LABEL_ROOM = 96

_STYLE: Final = """\
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --bar: #2f6f9f; --page: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa4ae; --line: #3a424a; --bar: #5aa2d6; --page: #16191d; }
}
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.total { margin: .2rem 0 1rem; font-size: 1.1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; font-size: .9rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; }
thead th { color: var(--soft); font-size: .85rem; }
tbody th { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; width: 5rem; }
.bar { width: 40%; padding-right: 0; }
.bar svg { display: block; width: 100%; height: .8rem; }
small { color: var(--soft); }
.others th, .others td { color: var(--soft); }
.time { width: 100%; height: auto; display: block; }
.time text { fill: var(--soft); font-size: 12px; }
.time line { stroke: var(--line); }
rect { fill: var(--bar); }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --bar: #2f6f9f; --page: #fff; }
  body { margin: 0; max-width: none; padding: 0; font-size: 11px; }
  h2 { break-after: avoid; }
  tr, .time { break-inside: avoid; }
  .number { width: 4rem; }
  rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@page { margin: 15mm; }
"""


def page(counts: Counts, dimensions: Sequence[str], unit: Unit, most: int, facts: Iterable[tuple[str, str]]) -> str:
    """Return the page. `facts` are lines below the title, such as the filter."""
    sections = "".join(_sections(counts, dimensions, unit, most)) if counts.total else ""
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Checkpoint records</title>
<style>
{_STYLE}</style>
</head>
<body>
<h1>Checkpoint records</h1>
<p class="total">{_shown(counts.headline())}</p>
<dl>{"".join(f"<dt>{_shown(name)}</dt><dd>{_shown(value)}</dd>" for name, value in facts)}</dl>
{sections}</body>
</html>
"""


def _shown(text: str) -> str:
    return escape(visible(text))


def _sections(counts: Counts, dimensions: Sequence[str], unit: Unit, most: int) -> Iterator[str]:
    larger, buckets = counts.time_line(unit, _MOST_BUCKETS)
    yield f"<section>\n<h2>By {larger}</h2>\n{time_chart(buckets, larger)}</section>\n"
    for dimension in dimensions:
        table = "".join(_table(counts.rows(dimension), counts.total, most))
        yield f"<section>\n<h2>By {_shown(dimension)}</h2>\n{table}</section>\n"


def _table(rows: Sequence[Row], total: int, most: int) -> Iterator[str]:
    shown, others = top(rows, most)
    largest = max((row.number for row in shown), default=1)
    yield '<table>\n<thead><tr><th>Value</th><th class="number">Records</th><th class="number">Share</th>'
    yield '<th class="bar"></th></tr></thead>\n<tbody>\n'
    for row in shown:
        value = f"<br><small>{_shown(row.value)}</small>" if row.value not in (None, row.label) else ""
        label = _shown(row.label).replace("_", "_<wbr>")
        yield f"<tr><th>{label}{value}</th>{_numbers(row, total)}"
        yield f'<td class="bar">{_bar(row, largest)}</td></tr>\n'
    if others:
        yield f'<tr class="others"><th>{_shown(others.label)}</th>{_numbers(others, total)}<td></td></tr>\n'
    yield "</tbody>\n</table>\n"


def _numbers(row: Row, total: int) -> str:
    return f'<td class="number">{row.number:,}</td><td class="number">{share(row.number, total)}</td>'


def _bar(row: Row, largest: int) -> str:
    width = f"{100 * row.number / largest:.2f}"
    rect = f'<rect width="{width}" height="8"/>'
    return f'<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{rect}</svg>'


def time_chart(buckets: Sequence[Bucket], unit: Unit) -> str:
    """Return columns over time as SVG. Each shows its time and count under the pointer."""
    marks = ticks(max(bucket.number for bucket in buckets))
    ceiling = marks[-1]
    step, height = (_WIDTH - _LEFT) / len(buckets), _HEIGHT - _BOTTOM
    parts = [f'<svg class="time" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Records by {unit}">\n']
    for tick in marks:
        y = 8 + (height - 8) * (1 - tick / ceiling)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:,}</text>\n')
    for index, bucket in enumerate(buckets):
        parts.append(_column(bucket, unit, _LEFT + index * step, step, (height - 8) * bucket.number / ceiling, height))
    parts.extend(_times(buckets, unit, step))
    return f"{''.join(parts)}</svg>\n"


def _column(bucket: Bucket, unit: Unit, x: float, step: float, tall: float, floor: float) -> str:
    width = max(0.5, min(48.0, step * 0.85))
    shape = f'x="{x + (step - width) / 2:.2f}" y="{floor - tall:.2f}" width="{width:.2f}" height="{tall:.2f}"'
    return f"<rect {shape}><title>{bucket.start.strftime(FORMATS[unit])}: {bucket.number:,}</title></rect>\n"


def _times(buckets: Sequence[Bucket], unit: Unit, step: float) -> Iterator[str]:
    each = max(1, -(-_LABEL_ROOM // max(1, int(step))))
    for index in range(0, len(buckets), each):
        x = min(_LEFT + (index + 0.5) * step, _WIDTH - _LABEL_ROOM / 2)
        text = buckets[index].start.strftime(FORMATS[unit])
        yield f'<text x="{x:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{text}</text>\n'


def ticks(largest: int) -> list[int]:
    """Return two to five round numbers from 0 to at least the largest, in steps of 1, 2, or 5 times a power of ten."""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(step for step in steps if step * 4 >= largest)
    return list(range(0, largest + step, step))
