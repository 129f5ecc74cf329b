"""A summary on a terminal: tables with bars, and a chart of the time range, that fit its width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from ._counts import FORMATS, Bucket, Counts, Row, Unit, share, top
from ._safe import one_line

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇█"
_ASCII = str.maketrans(dict.fromkeys("▌▋▊▉█▄▅▆▇", "#") | dict.fromkeys("▏▎▍▁▂▃", ".") | {"…": "~"})
_HEIGHT = 6
_BAR = "cyan"
_LEAST_BAR = 8
_BEFORE_LOCATOR = re.compile(r"^ri(\.[^.]*){3}\.")
"""The part of a RID that tells none from another."""


def print_summary(console: Console, counts: Counts, dimensions: Sequence[str], unit: Unit, most: int) -> None:
    """Print the total, the chart, and the most frequent values of each dimension."""
    console.print(Text(counts.headline(), style="bold"))
    if not counts.total:
        return
    larger, buckets = counts.time_line(unit, max(1, console.width - len(f"{counts.total:,}") - 1))
    console.print(Text(f"\nby {larger}", style="bold"))
    _print(console, time_line(buckets, larger, console.width))
    for dimension in dimensions:
        console.print(Text(f"\nby {dimension}", style="bold"))
        _print(console, bars(counts.rows(dimension), counts.total, console.width, most))


def _print(console: Console, lines: Iterable[Text]) -> None:
    for line in lines:
        shown = Text(line.plain.translate(_ASCII)) if console.options.ascii_only else line
        console.print(shown, no_wrap=True, crop=False)


def bars(rows: Sequence[Row], total: int, width: int, most: int) -> Iterator[Text]:
    """Return a line for each of the most frequent values: label, number, share, and bar."""
    shown, others = top(rows, most)
    lines = [*shown, others] if others else shown
    labels = [one_line(_BEFORE_LOCATOR.sub("", row.label)) for row in lines]
    numbers = [f"{row.number:,}" for row in lines]
    wide = max(map(len, numbers))
    label_width = min(max(map(cell_len, labels)), max(8, width - wide - 9 - _LEAST_BAR))
    room = max(0, width - label_width - wide - 9)
    largest = max((row.number for row in shown), default=1)
    for row, label, number in zip(lines, labels, numbers, strict=True):
        text = Text(f"{cut(label, label_width)}  {number:>{wide}} {share(row.number, total):>5} ")
        if row is not others:
            text.append(bar(row.number / largest, room), _BAR)
        yield text


def cut(text: str, width: int) -> str:
    """Return the text in exactly that width. An ellipsis replaces the middle of a longer one."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    head = set_cell_size(text, (width - 1) // 2)
    tail, room = "", width - 1 - cell_len(head)
    for character in reversed(text):
        if cell_len(character) > room:
            break
        tail, room = character + tail, room - cell_len(character)
    return set_cell_size(f"{head}…{tail}", width)


def bar(part: float, width: int) -> str:
    """Return a bar of that part of the width, at least an eighth of a cell."""
    eighths = max(1, round(part * width * 8))
    return _EIGHTHS[8] * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def time_line(buckets: Sequence[Bucket], unit: Unit, width: int) -> Iterator[Text]:
    """Return columns as high as the counts, with the largest count at the top and the times below."""
    largest = max(bucket.number for bucket in buckets)
    axis = len(f"{largest:,}") + 1
    each = max(1, min(8, (width - axis) // len(buckets)))
    gap = " " if each > 1 else ""
    heights = [max(bucket.number > 0, round(bucket.number / largest * _HEIGHT * 8)) for bucket in buckets]
    for level in reversed(range(_HEIGHT)):
        label = f"{largest:,}" if level == _HEIGHT - 1 else "0" if level == 0 else ""
        columns = (_LEVELS[min(8, max(0, height - level * 8))] * (each - len(gap)) for height in heights)
        yield Text(f"{label:>{axis - 1}} ") + Text(gap.join(columns), style=_BAR)
    yield Text(" " * axis + _times([bucket.start for bucket in buckets], unit, each, width - axis), style="dim")


def _times(starts: Sequence[datetime], unit: Unit, each: int, room: int) -> str:
    """Return as many times as there is room for, each below the column that it starts."""
    line = ""
    for index, start in enumerate(starts):
        text = start.strftime(FORMATS[unit])
        if index * each >= (len(line) + 2 if line else 0) and index * each + len(text) <= room:
            line = line.ljust(index * each) + text
    return line
