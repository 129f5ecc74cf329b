"""One record in full: a line for each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from ._table import Table, stdout
from ._text import to_json, when

if TYPE_CHECKING:
    from foundry_checkpoints.models import Record


def print_details(records: Iterable[Record], zone: tzinfo) -> None:
    """Print each record, with a blank line before the next."""
    console = stdout()
    for number, record in enumerate(records):
        if number:
            console.print()
        rows = list(details(record, zone))
        Table.fitting(("field", "value"), rows, console).print(rows)


def details(record: Record, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """Every field of a record, by its path in the API, and its value; the time in a zone too."""
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
