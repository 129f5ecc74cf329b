"""Search filters: `(F.checkpoint_type == "CONTOUR_EXPORT") & (F.created_at >= "2026-01-01T00:00:00Z")`.

An expression is plain data: nothing is sent, and what it cannot say is refused with `InvalidRequestError`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from .errors import InvalidRequestError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import CheckpointedItemId

__all__ = ["F", "Filter"]


class Filter:
    """An immutable search filter. Combine with `&`, `|` and `~`; `to_dict` gives what is sent."""

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)

    def to_dict(self) -> dict[str, Any]:
        """The filter as the API takes it."""
        copy: dict[str, Any] = _copied(self._data)
        return copy

    def __and__(self, other: Filter) -> Filter:
        return _joined("and", self, other)

    def __or__(self, other: Filter) -> Filter:
        return _joined("or", self, other)

    def __rand__(self, other: object) -> NoReturn:
        _refuse(other)

    def __ror__(self, other: object) -> NoReturn:
        _refuse(other)

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
        _refuse(right)
    parts: list[dict[str, Any]] = []
    for side in (left._data, right._data):
        parts += side["filters"] if side["type"] == kind else [side]
    return Filter({"type": kind, "filters": parts})


def _refuse(operand: object) -> NoReturn:
    raise InvalidRequestError(f"{type(operand).__name__} is no filter; put each comparison in parentheses")


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(child) for key, child in value.items()}
    return [_copied(child) for child in value] if isinstance(value, list) else value


class Field:
    """A field alone is no filter."""

    __slots__ = ()

    def __and__(self, other: object) -> NoReturn:
        _refuse(self)

    def __or__(self, other: object) -> NoReturn:
        _refuse(self)

    def __rand__(self, other: object) -> NoReturn:
        _refuse(self)

    def __ror__(self, other: object) -> NoReturn:
        _refuse(self)


class EqualsField(Field):
    """A field that can equal a value: `==`, `!=`, `.is_in([...])`. Values are strings or enum members."""

    __slots__ = ("_name", "_wire")

    def __init__(self, wire: str) -> None:
        self._wire = wire

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __eq__(self, value: object) -> Filter:  # type: ignore[override]
        return Filter({"type": "eq", "field": self._wire, "value": self._text(value)})

    def __ne__(self, value: object) -> Filter:  # type: ignore[override]
        return ~(self == value)

    def is_in(self, values: Iterable[str]) -> Filter:
        """Equal to any of the values, of which there must be one at least."""
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise InvalidRequestError(f"F.{self._name}.is_in takes a list of strings; for one value use ==")
        filters = [(self == value).to_dict() for value in dict.fromkeys(map(self._text, values))]
        if not filters:
            raise InvalidRequestError(f"F.{self._name}.is_in needs at least one value")
        return Filter(filters[0] if len(filters) == 1 else {"type": "or", "filters": filters})

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidRequestError(f"F.{self._name} is compared with a string, not with {type(value).__name__}")
        return str(value)

    def __hash__(self) -> int:
        return hash(self._wire)

    def __repr__(self) -> str:
        return f"F.{self._name}"


class TimeField(Field):
    """The creation time: `>=`, `<`, `.between(start, end)`, with aware datetimes or ISO strings with an offset."""

    __slots__ = ()

    def __ge__(self, time: datetime | str) -> Filter:
        return Filter({"type": "gte", "field": "createdAt", "value": _wire_time(time)})

    def __lt__(self, time: datetime | str) -> Filter:
        return Filter({"type": "lt", "field": "createdAt", "value": _wire_time(time)})

    def between(self, start: datetime | str, end: datetime | str) -> Filter:
        """From `start`, which is included, to `end`, which is not."""
        if _time(start) >= _time(end):
            raise InvalidRequestError("F.created_at.between needs a start before its end; the end is not included")
        return (self >= start) & (self < end)

    def __gt__(self, time: datetime | str) -> NoReturn:
        raise InvalidRequestError(f'the API has no >; write F.created_at >= "{_next_millisecond(time)}"')

    def __le__(self, time: datetime | str) -> NoReturn:
        raise InvalidRequestError(f'the API has no <=; write F.created_at < "{_next_millisecond(time)}"')

    def __eq__(self, time: object) -> NoReturn:
        raise InvalidRequestError("the API has no == for times; write F.created_at.between(start, end)")

    def __ne__(self, time: object) -> NoReturn:
        raise InvalidRequestError("the API has no != for times; write ~F.created_at.between(start, end)")

    def __hash__(self) -> int:
        return hash("createdAt")

    def __repr__(self) -> str:
        return "F.created_at"


class TextField(Field):
    """A text of the justification: `.contains(text)`, `.equals(text)`. The API has no `==` for it."""

    __slots__ = ("_name", "_wire")

    def __init__(self, wire: str) -> None:
        self._wire = wire

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __eq__(self, text: object) -> NoReturn:
        raise InvalidRequestError(f"the API has no == for texts; write F.{self._name}.equals(text)")

    def __ne__(self, text: object) -> NoReturn:
        raise InvalidRequestError(f"the API has no != for texts; write ~F.{self._name}.equals(text)")

    def __hash__(self) -> int:
        return hash(self._wire)

    def contains(self, text: str) -> Filter:
        """The text occurs in it."""
        return self._search(text, "CONTAINS")

    def equals(self, text: str) -> Filter:
        """It is exactly the text."""
        return self._search(text, "EXACT")

    def _search(self, text: object, match_type: str) -> Filter:
        if not isinstance(text, str) or not text:
            raise InvalidRequestError(f"F.{self._name} is searched for a text that is not empty")
        return Filter({"type": "textSearch", "field": self._wire, "query": text, "matchType": match_type})

    def __repr__(self) -> str:
        return f"F.{self._name}"


class Fields:
    """What records can be searched by."""

    record_rid: EqualsField = EqualsField("recordRid")
    config_rid: EqualsField = EqualsField("configRid")
    checkpoint_type: EqualsField = EqualsField("checkpointType")
    acting_user_id: EqualsField = EqualsField("actingUserId")
    delegate_user_id: EqualsField = EqualsField("delegateUserId")
    organization_rid: EqualsField = EqualsField("organizationRid")
    namespace_rid: EqualsField = EqualsField("namespaceRid")
    interaction_rid: EqualsField = EqualsField("interactionRid")
    checkpointed_item_type: EqualsField = EqualsField("checkpointedItemType")
    created_at: TimeField = TimeField()
    justification_response: TextField = TextField("justificationResponse")
    justification_selected_option: TextField = TextField("justificationSelectedOption")
    justification_additional_response: TextField = TextField("justificationAdditionalResponse")

    def item(self, item_id: CheckpointedItemId) -> Filter:
        """Records about one item, named by its id: `F.item(models.CheckpointedResourceRid(rid=...))`."""
        from foundry_checkpoints_api import models

        if not isinstance(item_id, models.CheckpointedItemId):
            raise InvalidRequestError(
                f"F.item takes a checkpointed item id such as CheckpointedResourceRid, not {type(item_id).__name__}"
            )
        return Filter({"type": "checkpointedItemId", "checkpointedItemId": _copied(item_id.to_dict())})

    def __repr__(self) -> str:
        return "F"


F = Fields()
"""The fields to build filters from."""


def _time(value: datetime | str) -> datetime:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise InvalidRequestError(f"{value!r} is no ISO 8601 time such as 2026-01-01T00:00:00Z") from None
    if not isinstance(time, datetime):
        raise InvalidRequestError(f"a time is a datetime or an ISO 8601 string, not {type(value).__name__}")
    if time.utcoffset() is None:
        raise InvalidRequestError(f"{value!r} has no offset; write 2026-01-01T00:00:00Z, or a datetime with tzinfo")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise InvalidRequestError(f"{value!r} is no time that can be sent") from None


def _wire_time(value: datetime | str) -> str:
    time = _time(value).replace(tzinfo=None)
    return f"{time.isoformat(timespec='microseconds' if time.microsecond % 1000 else 'milliseconds')}Z"


def _next_millisecond(value: datetime | str) -> str:
    time = _time(value)
    try:
        return _wire_time(time.replace(microsecond=time.microsecond // 1000 * 1000) + timedelta(milliseconds=1))
    except OverflowError:
        raise InvalidRequestError(f"{value!r} is the last time there is") from None


_NAMES = {f._wire: name for name, f in vars(Fields).items() if isinstance(f, EqualsField | TextField)}
_METHODS = {"CONTAINS": "contains", "EXACT": "equals"}


def _readable(data: Mapping[str, Any]) -> str:
    match data:
        case {"type": "and" | "or" as kind, "filters": [*filters]}:
            return (" & " if kind == "and" else " | ").join(_operand(part) for part in filters)
        case {"type": "not", "filter": {"type": "eq", "field": field, "value": value}}:
            return f"F.{_NAMES.get(field, field)} != {value!r}"
        case {"type": "not", "filter": inner}:
            return f"~{_operand(inner)}"
        case {"type": "eq", "field": field, "value": value}:
            return f"F.{_NAMES.get(field, field)} == {value!r}"
        case {"type": "gte" | "lt" as kind, "value": value}:
            return f"F.created_at {'>=' if kind == 'gte' else '<'} {value!r}"
        case {"type": "textSearch", "field": field, "query": query, "matchType": match_type}:
            return f"F.{_NAMES.get(field, field)}.{_METHODS.get(match_type, match_type)}({query!r})"
        case {"type": "checkpointedItemId", "checkpointedItemId": item_id}:
            from foundry_checkpoints_api import models

            return f"F.item({models.checkpointed_item_id_from_dict(item_id)!r})"
    return f"Filter({data!r})"


def _operand(data: Mapping[str, Any]) -> str:
    text = _readable(data)
    is_tight = data["type"] in ("textSearch", "checkpointedItemId") or (data["type"] == "not" and text[0] == "~")
    return text if is_tight else f"({text})"
