"""Charts of a page: columns over time as inline SVG, bars, and a heat map of the week as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Final

from ._counts import FORMATS, Bucket, Unit

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 960, 260, 90, 34
_LABEL_ROOM = 112
_EACH_MAJOR: Final = 3
_MAJOR_ROOM: Final = 250
"""On a narrow screen, labels are larger. Only every third is shown, if there is room for it."""
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LEVELS: Final = 4


def bar(part: float) -> str:
    """Return a bar as long as that part of the whole."""
    parts = f'<rect class="track" width="100" height="4"/><rect width="{100 * part:.2f}" height="4"/>'
    return f'<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{parts}</svg>'


def week(hours: Mapping[datetime, int]) -> Counter[tuple[int, int]]:
    """Return the number of records by hour of the day and day of the week, of the number by hour."""
    found: Counter[tuple[int, int]] = Counter()
    for hour, number in hours.items():
        found[hour.hour, hour.weekday()] += number
    return found


def heat_map(cells: Mapping[tuple[int, int], int], caption: str) -> str:
    """Return a table with a row for each hour and a column for each day; the darker a cell, the more records."""
    largest = max(cells.values(), default=0)
    head = "".join(f'<th scope="col">{day}</th>' for day in _DAYS)
    rows = "".join(
        f'<tr><th scope="row">{hour:02}:00</th>'
        + "".join(_cell(cells.get((hour, day), 0), largest) for day in range(len(_DAYS)))
        + "</tr>\n"
        for hour in range(24)
    )
    return (
        f'<table class="heat">\n<caption>{caption}</caption>\n<thead><tr><th scope="col">Hour</th>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n"
    )


def _cell(number: int, largest: int) -> str:
    level = -(-number * _LEVELS // largest) if largest else 0
    return f'<td class="l{level}">{number:,}</td>' if number else "<td>0</td>"


def time_chart(buckets: Sequence[Bucket], unit: Unit) -> str:
    """Return columns over time as SVG. Each shows its time and count under the pointer."""
    marks = ticks(max(bucket.number for bucket in buckets))
    ceiling = marks[-1]
    room, height = _WIDTH - _LEFT, _HEIGHT - _BOTTOM
    step = room / len(buckets)
    parts = [f'<svg class="time" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Records by {unit}">\n']
    for tick in marks:
        y = 20 + (height - 20) * (1 - tick / ceiling)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y:.1f}" dy=".35em" text-anchor="end">{tick:,}</text>\n')
    for index, bucket in enumerate(buckets):
        parts.append(_column(bucket, unit, _LEFT + index * step, step, (height - 20) * bucket.number / ceiling, height))
    parts.extend(_times(buckets, unit, step))
    return f"{''.join(parts)}</svg>\n"


def _column(bucket: Bucket, unit: Unit, x: float, step: float, tall: float, floor: float) -> str:
    width = max(0.5, min(48.0, step * 0.85))
    shape = f'x="{x + (step - width) / 2:.2f}" y="{floor - tall:.2f}" width="{width:.2f}" height="{tall:.2f}"'
    return f"<rect {shape}><title>{bucket.start.strftime(FORMATS[unit])}: {bucket.number:,}</title></rect>\n"


def _times(buckets: Sequence[Bucket], unit: Unit, step: float) -> Iterator[str]:
    each = max(1, -(-_LABEL_ROOM // max(1, int(step))))
    for number, index in enumerate(range(0, len(buckets), each)):
        x = min(_LEFT + index * step, _WIDTH - _LABEL_ROOM)
        minor = ' class="minor"' if number % _EACH_MAJOR or x > _WIDTH - _MAJOR_ROOM else ""
        text = buckets[index].start.strftime(FORMATS[unit])
        yield f'<text{minor} x="{x:.1f}" y="{_HEIGHT - 8}">{text}</text>\n'


def ticks(largest: int) -> list[int]:
    """Return two to five round numbers from 0 to at least the largest, in steps of 1, 2, or 5 times a power of ten."""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(step for step in steps if step * 4 >= largest)
    return list(range(0, largest + step, step))
