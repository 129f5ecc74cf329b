"""An export to stdout, for a program that reads a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC

from foundry_checkpoints.export import FileFormat
from foundry_checkpoints.feed import Position, Sink
from foundry_checkpoints.models import Record
from foundry_checkpoints.ocsf import event

from ._output import csv_lines, jsonl_lines
from ._safe import to_json


class StdoutSink(Sink):
    """Writes records to stdout. It can't take any back, so after a crash those since the last commit come again."""

    commit_every = 1_000

    def __init__(self, format: FileFormat) -> None:
        self._format = format
        self._has_header = False

    def open(self, position: Position | None) -> None:
        """Continue, without a second header in CSV."""
        self._has_header = position is not None and bool(position.get("has_header"))

    def write(self, records: Sequence[Record]) -> int:
        """Write records, oldest first."""
        lines: Iterator[str]
        if self._format == "ocsf":
            lines = (f"{to_json(event(record))}\n" for record in records)
        else:
            lines = (jsonl_lines if self._format == "jsonl" else csv_lines)(records, None, UTC)
        if self._format == "csv" and self._has_header:
            next(lines)
        self._has_header = self._format == "csv"
        for line in lines:
            sys.stdout.write(line)
        return len(records)

    def commit(self) -> Position:
        """Hand everything to the downstream command."""
        sys.stdout.flush()
        return {"has_header": self._has_header}
