"""Search filters: `(F.checkpoint_type == "CONTOUR_EXPORT") & (F.created_at >= "2026-01-01T00:00:00Z")`.

An expression is plain data: nothing is sent. What the API can't express raises `InvalidRequestError`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

from foundry_checkpoints_api.tables import FILTER_FIELDS, FilterFields

from .errors import InvalidRequestError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import CheckpointedItemId

__all__ = ["F", "Filter"]


class Filter:
    """An immutable search filter. Combine filters with `&`, `|`, and `~`; `to_dict` returns what is sent."""

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)

    def to_dict(self) -> dict[str, Any]:
        """Return the filter as the API accepts it."""
        try:
            return deepcopy(self._data)
        except RecursionError:
            raise InvalidRequestError("the filter is nested too deeply") from None

    def __and__(self, other: Filter) -> Filter:
        return _joined("and", self, other)

    def __or__(self, other: Filter) -> Filter:
        return _joined("or", self, other)

    def __rand__(self, other: object) -> NoReturn:
        _reject(other)

    __ror__ = __rand__

    def __invert__(self) -> Filter:
        if self._data["type"] == "not":
            return Filter(self._data["filter"])
        return Filter({"type": "not", "filter": self._data})

    def __bool__(self) -> NoReturn:
        raise InvalidRequestError("a filter has no truth value: write & for `and`, | for `or`, ~ for `not`")

    def __eq__(self, other: object) -> bool:
        return self._data == other._data if isinstance(other, Filter) else NotImplemented

    def __hash__(self) -> int:
        return hash(json.dumps(self._data, sort_keys=True))

    def __repr__(self) -> str:
        return _readable(self._data)


def _joined(kind: str, left: Filter, right: object) -> Filter:
    if not isinstance(right, Filter):
        _reject(right)
    parts: list[dict[str, Any]] = []
    for side in (left._data, right._data):
        parts += side["filters"] if side["type"] == kind else [side]
    return Filter({"type": kind, "filters": parts})


def _reject(operand: object) -> NoReturn:
    raise InvalidRequestError(f"{type(operand).__name__} isn't a filter; put each comparison in parentheses")


class Field:
    """A field of a record. It isn't a filter until you compare it."""

    __slots__ = ("_name", "_wire")

    def __init__(self, name: str, wire: str) -> None:
        self._name = name
        self._wire = wire

    def __and__(self, other: object) -> NoReturn:
        _reject(self)

    def __or__(self, other: object) -> NoReturn:
        _reject(self)

    def __rand__(self, other: object) -> NoReturn:
        _reject(self)

    def __ror__(self, other: object) -> NoReturn:
        _reject(self)

    def __hash__(self) -> int:
        return hash(self._wire)

    def __repr__(self) -> str:
        return f"F.{self._name}"


class EqualsField(Field):
    """A field that can equal a value: `==`, `!=`, `.is_in([...])`. Values are strings or enum members."""

    __slots__ = ()

    def __hash__(self) -> int:
        return super().__hash__()

    def __eq__(self, value: object) -> Filter:  # type: ignore[override]
        return Filter({"type": "eq", "field": self._wire, "value": self._text(value)})

    def __ne__(self, value: object) -> Filter:  # type: ignore[override]
        return ~(self == value)

    def is_in(self, values: Iterable[str]) -> Filter:
        """Match any of the values, of which there must be at least one."""
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise InvalidRequestError(f"{self}.is_in must get a list of strings; for one value use ==")
        filters = [(self == value)._data for value in dict.fromkeys(map(self._text, values))]
        if not filters:
            raise InvalidRequestError(f"{self}.is_in must get at least one value")
        return Filter(filters[0] if len(filters) == 1 else {"type": "or", "filters": filters})

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidRequestError(f"{self} must be compared with a string, not with {type(value).__name__}")
        return str(value)


class TimeField(Field):
    """A time: `>=`, `<`, `.between(start, end)`, with aware datetimes or ISO 8601 strings with an offset."""

    __slots__ = ()

    def __hash__(self) -> int:
        return super().__hash__()

    def __ge__(self, time: datetime | str) -> Filter:
        return Filter({"type": "gte", "field": self._wire, "value": _wire_time(time)})

    def __lt__(self, time: datetime | str) -> Filter:
        return Filter({"type": "lt", "field": self._wire, "value": _wire_time(time)})

    def between(self, start: datetime | str, end: datetime | str) -> Filter:
        """Match from `start`, which is included, to `end`, which isn't."""
        if _time(start) >= _time(end):
            raise InvalidRequestError(f"{self}.between must get a start before its end; the end isn't included")
        return (self >= start) & (self < end)

    def __gt__(self, time: datetime | str) -> NoReturn:
        raise InvalidRequestError(f'the API has no >; write {self} >= "{_next_millisecond(time)}"')

    def __le__(self, time: datetime | str) -> NoReturn:
        raise InvalidRequestError(f'the API has no <=; write {self} < "{_next_millisecond(time)}"')

    def __eq__(self, time: object) -> NoReturn:
        raise InvalidRequestError(f"the API has no == for times; write {self}.between(start, end)")

    def __ne__(self, time: object) -> NoReturn:
        raise InvalidRequestError(f"the API has no != for times; write ~{self}.between(start, end)")


class TextField(Field):
    """A text of the justification: `.contains(text)`, `.equals(text)`. The API has no `==` for it."""

    __slots__ = ()

    def __hash__(self) -> int:
        return super().__hash__()

    def __eq__(self, text: object) -> NoReturn:
        raise InvalidRequestError(f"the API has no == for texts; write {self}.equals(text)")

    def __ne__(self, text: object) -> NoReturn:
        raise InvalidRequestError(f"the API has no != for texts; write ~{self}.equals(text)")

    def contains(self, text: str) -> Filter:
        """Match if the text occurs in it."""
        return self._search(text, "CONTAINS")

    def equals(self, text: str) -> Filter:
        """Match if it is exactly the text."""
        return self._search(text, "EXACT")

    def _search(self, text: object, match_type: str) -> Filter:
        if not isinstance(text, str) or not text:
            raise InvalidRequestError(f"{self} must be searched for a text that isn't empty")
        return Filter({"type": "textSearch", "field": self._wire, "query": text, "matchType": match_type})


_KINDS: Final = {"eq": EqualsField, "time": TimeField, "text": TextField}


class Fields(FilterFields[EqualsField, TimeField, TextField]):
    """The fields that records can be searched by, as the spec lists them."""

    def __init__(self) -> None:
        for field in FILTER_FIELDS:
            setattr(self, field.attribute, _KINDS[field.kind](field.attribute, field.name))

    def item(self, item_id: CheckpointedItemId) -> Filter:
        """Match records about one item, by its ID: `F.item(models.CheckpointedResourceRid(rid=...))`."""
        from foundry_checkpoints_api import models  # filters without items don't need the models

        if not isinstance(item_id, models.CheckpointedItemId):
            raise InvalidRequestError(
                f"F.item must get an item ID such as CheckpointedResourceRid, not {type(item_id).__name__}"
            )
        return Filter({"type": "checkpointedItemId", "checkpointedItemId": deepcopy(item_id.to_dict())})

    def __repr__(self) -> str:
        return "F"


F = Fields()
"""The fields to build filters from."""


def _time(value: datetime | str, plus: timedelta = timedelta(0)) -> datetime:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise InvalidRequestError(f"{str(value)[:80]!r} isn't an ISO 8601 time such as 2026-01-01T00:00:00Z") from None
    if not isinstance(time, datetime):
        raise InvalidRequestError(f"a time must be a datetime or an ISO 8601 string, not {type(value).__name__}")
    if time.utcoffset() is None:
        raise InvalidRequestError(f"{value!r} has no offset; write 2026-01-01T00:00:00Z, or a datetime with tzinfo")
    try:
        return time.astimezone(UTC) + plus
    except OverflowError:
        raise InvalidRequestError(f"{value!r} is outside the range of times that can be sent") from None


def _wire_time(value: datetime | str) -> str:
    time = _time(value).replace(tzinfo=None)
    return f"{time.isoformat(timespec='microseconds' if time.microsecond % 1000 else 'milliseconds')}Z"


def _next_millisecond(value: datetime | str) -> str:
    time = _time(value, timedelta(milliseconds=1))
    return _wire_time(time.replace(microsecond=time.microsecond // 1000 * 1000))


_NAMES: Final = {field.name: f"F.{field.attribute}" for field in FILTER_FIELDS}
_METHODS: Final = {"CONTAINS": "contains", "EXACT": "equals"}
_SIGNS: Final = {"eq": "==", "gte": ">=", "lt": "<"}


def _readable(data: Mapping[str, Any]) -> str:
    field = _NAMES.get(data.get("field", ""), f"F.{data.get('field')}")
    match data:
        case {"type": "and" | "or" as kind, "filters": [*filters]}:
            return (" & " if kind == "and" else " | ").join(map(_operand, filters))
        case {"type": "not", "filter": {"type": "eq"} as inner}:
            return _readable(inner).replace(" == ", " != ", 1)
        case {"type": "not", "filter": inner}:
            return f"~{_operand(inner)}"
        case {"type": "eq" | "gte" | "lt" as kind, "field": _, "value": value}:
            return f"{field} {_SIGNS[kind]} {value!r}"
        case {"type": "textSearch", "field": _, "query": query, "matchType": match_type}:
            return f"{field}.{_METHODS.get(match_type, match_type)}({query!r})"
        case {"type": "checkpointedItemId", "checkpointedItemId": item_id}:
            from foundry_checkpoints_api import models

            return f"F.item({models.checkpointed_item_id_from_dict(item_id)!r})"
    return f"Filter({data!r})"


def _operand(data: Mapping[str, Any]) -> str:
    text = _readable(data)
    is_tight = data["type"] in ("textSearch", "checkpointedItemId") or (data["type"] == "not" and text[0] == "~")
    return text if is_tight else f"({text})"
