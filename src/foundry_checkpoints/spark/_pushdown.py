"""Translate Spark's filters into search filters. Spark still applies each of its own, so a wider one is right too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from foundry_checkpoints_api.tables import COLUMNS, FILTER_FIELDS
from foundry_checkpoints_api.types import MILLISECOND

from ..errors import InvalidRequestError
from ..filters import F, Filter

_FIELDS: Final = {
    column.name: getattr(F, field.attribute)
    for column in COLUMNS
    for field in FILTER_FIELDS
    if column.path == field.path and field.kind != "text"
}
"""The columns that a search can compare, by what the spec says of their paths."""


def pushed(filters: Iterable[Any]) -> Iterator[Filter]:
    """Yield a search filter for each of Spark's filters that has one.

    Their classes are known by name: PySpark 4.0 doesn't have them.
    """
    for each in filters:
        field = _FIELDS.get(".".join(getattr(each, "attribute", ())))
        try:
            found = _translated(type(each).__name__, field, getattr(each, "value", None))
        except (InvalidRequestError, OverflowError):
            continue  # a value that the API can't compare
        if found is not None:
            yield found


def _translated(kind: str, field: Any, value: Any) -> Filter | None:
    if field is None:
        return None
    match kind, value:
        case "GreaterThan" | "GreaterThanOrEqual", datetime():
            return field >= value  # type: ignore[no-any-return]
        case "LessThan", datetime():
            return field < value  # type: ignore[no-any-return]
        case "LessThanOrEqual", datetime():
            return field < value + MILLISECOND  # type: ignore[no-any-return]
        case "EqualTo", datetime():
            return (field >= value) & (field < value + MILLISECOND)  # type: ignore[no-any-return]
        case "EqualTo", str():
            return field == value  # type: ignore[no-any-return]
        case "In", [*values] | tuple(values) if all(isinstance(each, str) for each in values):
            return field.is_in(values)  # type: ignore[no-any-return]
    return None
