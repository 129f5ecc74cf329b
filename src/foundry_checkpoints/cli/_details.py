"""One record in full: a line for each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from foundry_checkpoints.models import Record

from ._safe import to_json
from ._table import Table, stdout
from ._times import when


def print_details(records: Iterable[Record], zone: tzinfo) -> None:
    """Print each record, with a blank line before the next."""
    console = stdout()
    for number, record in enumerate(records):
        if number:
            console.print()
        rows = list(details(record, zone))
        Table.fitting(("field", "value"), rows, console).print(rows)


def details(record: Record, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """Return every field of a record: its path in the API and its value. The creation time is in the zone too."""
    data = record.to_dict()
    return _leaves("", data | {"createdAt": f"{data['createdAt']} ({when(record.created_at, zone)})"})


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _leaves(f"{path}[{number}]", inner)
    else:
        yield path, value if isinstance(value, str) else to_json(value)
