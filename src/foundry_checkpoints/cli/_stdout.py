"""An export to stdout, for a program that reads a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Literal

from foundry_checkpoints.feed import Position, Sink
from foundry_checkpoints.models import Record

from ._output import csv_lines, jsonl_lines


class StdoutSink(Sink):
    """Writes records to stdout. It can't take any back, so after a crash those since the last commit come again."""

    commit_every = 1_000

    def __init__(self, format: Literal["jsonl", "csv"]) -> None:
        self._format = format
        self._has_header = False

    def open(self, position: Position | None) -> None:
        """Continue, without a second header in CSV."""
        self._has_header = position is not None and bool(position.get("has_header"))

    def write(self, records: Sequence[Record]) -> int:
        """Write records, oldest first."""
        for line in self._lines(records):
            sys.stdout.write(line)
        return len(records)

    def _lines(self, records: Iterable[Record]) -> Iterator[str]:
        if self._format == "jsonl":
            return jsonl_lines(records, None, UTC)
        lines = csv_lines(records, None, UTC)
        if self._has_header:
            next(lines)
        self._has_header = True
        return lines

    def commit(self) -> Position:
        """Hand everything to the reader of the pipe."""
        sys.stdout.flush()
        return {"has_header": self._has_header}
