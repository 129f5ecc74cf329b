"""Tables for a terminal, in columns that fit it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Self

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.text import Text

from ._safe import one_line

_GAP = 2
_STYLES = {"time": "cyan", "created_at": "cyan", "type": "bold", "why": "italic", "field": "cyan"}
_WORDS = re.compile(r"\S+\s?|\s")
_PARTS = re.compile(r"/?[^_./-]*[_.-]*")


def stdout() -> Console:
    """Return a console, with colors on a terminal unless NO_COLOR is set. Markup has no effect."""
    return Console(markup=False, emoji=False, highlight=False)


def fit(natural: Sequence[int], room: int, least: int = 8) -> list[int]:
    """Return widths that share the room: narrow columns get what they need, wide ones the rest in equal parts."""
    widths = [0] * len(natural)
    for index, column in enumerate(sorted(range(len(natural)), key=natural.__getitem__)):
        share = max(least, room // (len(natural) - index))
        widths[column] = min(natural[column], share)
        room -= widths[column]
    return widths


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines between words, and a word that is too long after a mark, as in `CODE_` `WORKSPACE`."""
    lines = [""]
    for word in _WORDS.findall(text):
        is_short = cell_len(word.rstrip()) <= width
        parts = [] if is_short else [chop_cells(part, width) for part in _PARTS.findall(word) if part]
        for piece in [word] if is_short else chain(*parts):
            if cell_len(lines[-1]) + cell_len(piece.rstrip()) > width:
                lines.append("")
            lines[-1] += piece
    return [line.rstrip() for line in lines]


class Table:
    """Prints rows in columns of fixed widths, below a header."""

    def __init__(self, names: Sequence[str], widths: Sequence[int], console: Console) -> None:
        self._names = names
        self._widths = widths
        self._console = console
        self._has_header = False

    @classmethod
    def fitting(cls, names: Sequence[str], rows: Sequence[Sequence[str]], console: Console | None = None) -> Self:
        """Make columns wide enough for these rows, if the terminal has room for it."""
        console = console or stdout()
        columns = [list(map(one_line, column)) for column in zip(names, *rows, strict=True)]
        return cls(names, column_widths(columns, console.width - _GAP * (len(names) - 1)), console)

    def print(self, rows: Iterable[Sequence[str]]) -> None:
        """Print rows below the earlier ones."""
        if not self._has_header:
            self._print(self._names, ["bold"] * len(self._names))
            self._has_header = True
        styles = [_STYLES.get(name, "") for name in self._names]
        for row in rows:
            self._print(row, styles)

    def _print(self, row: Sequence[str], styles: Sequence[str]) -> None:
        for line in row_lines(row, self._widths, styles):
            self._console.print(line, no_wrap=True, crop=False)


def row_lines(row: Sequence[str], widths: Sequence[int], styles: Sequence[str]) -> Iterator[Text]:
    """Return the lines of a row. It has several if a cell is wider than its column."""
    wrapped = [wrap(one_line(cell), width) for cell, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*wrapped, fillvalue=""):
        line = Text()
        for part, width, style in zip(parts, widths, styles, strict=True):
            line.append(set_cell_size(part, width) + " " * _GAP, style)
        line.rstrip()
        yield line


def column_widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the width of each column. Width that a column doesn't use once its cells are wrapped goes to others."""
    natural = [max(map(cell_len, column)) for column in columns]
    widths = fit(natural, room)
    wants = [
        width if (width := max(cell_len(line) for cell in column for line in wrap(cell, given))) < given else wish
        for column, given, wish in zip(columns, widths, natural, strict=True)
    ]
    return fit(wants, room)
