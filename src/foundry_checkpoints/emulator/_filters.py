"""From the JSON of a search filter to a condition."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from foundry_checkpoints_api.table_types import FilterField
from foundry_checkpoints_api.tables import FILTER_FIELDS

from ._answers import ServiceError, encode, unprocessable
from ._store import Condition, Entry, HasTerm
from ._terms import item_id_term
from ._times import bound_millis, record_millis

Json = Mapping[str, Any]


def compile_filter(raw: Any, where: str = "where.filter") -> Condition:
    """Return the condition of a filter. Raises `ServiceError` for one that the service rejects."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    compile_kind = _KINDS.get(kind) if isinstance(kind, str) else None
    if compile_kind is None:
        raise unprocessable(f"{where}.type", f"expected one of {', '.join(sorted(_KINDS))}")
    return compile_kind(raw, where)


def _and(raw: Json, where: str) -> Condition:
    children = _children(raw, where, "InvalidAndFilter")
    return Condition(
        max(child.since for child in children),
        min(child.until for child in children),
        tuple(clause for child in children for clause in child.clauses),
        tuple(test for child in children for test in child.tests),
    )


def _or(raw: Json, where: str) -> Condition:
    children = _children(raw, where, "InvalidOrFilter")
    if all(len(child.clauses) == 1 and child == Condition(clauses=child.clauses) for child in children):
        # Terms alone, as in "one of these users": the store keeps their records in order.
        return Condition(clauses=(frozenset(term for child in children for term in child.clauses[0]),))
    return Condition(
        min(child.since for child in children),
        max(child.until for child in children),
        tests=(lambda entry, has_term: any(child.matches(entry, has_term) for child in children),),
    )


def _children(raw: Json, where: str, error: str) -> Sequence[Condition]:
    filters = raw.get("filters")
    if filters is None or filters == []:
        raise ServiceError(error)
    if not isinstance(filters, list):
        raise unprocessable(f"{where}.filters", "expected a list")
    return [compile_filter(child, f"{where}.filters[{i}]") for i, child in enumerate(filters)]


def _not(raw: Json, where: str) -> Condition:
    child = compile_filter(raw.get("filter"), f"{where}.filter")
    return Condition(tests=(lambda entry, has_term: not child.matches(entry, has_term),))


def _equals(raw: Json, where: str) -> Condition:
    field, value = _field(raw, where), raw.get("value")
    if not isinstance(value, str):
        raise _invalid_value(field, value, "STRING")
    return Condition(clauses=(frozenset({(field.name, value)}),))


def _time(raw: Json, where: str) -> Condition:
    field, value = _field(raw, where), raw.get("value")
    bound = bound_millis(value) if isinstance(value, str) else None
    if bound is None:
        raise _invalid_value(field, value, "DATETIME")
    is_start = raw["type"] == "gte"
    if field.name == "createdAt":
        return Condition(since=bound) if is_start else Condition(until=bound)

    def test(entry: Entry, _: HasTerm) -> bool:
        times = map(record_millis, field.path.values(json.loads(entry.body)))
        return any((time >= bound) == is_start for time in times)

    return Condition(tests=(test,))


def _item_id(raw: Json, where: str) -> Condition:
    term = item_id_term(raw.get("checkpointedItemId"), f"{where}.checkpointedItemId")
    return Condition(clauses=(frozenset({term}),))


def _text_search(raw: Json, where: str) -> Condition:
    """Return the condition of a text search, which is sensitive to case."""
    field, query = _field(raw, where), raw.get("query")
    is_exact = _one_of(raw, "matchType", ("EXACT", "CONTAINS"), where) == "EXACT"
    if not isinstance(query, str):
        raise unprocessable(f"{where}.query", "expected a string")
    encoded = encode(query)[1:-1]

    def test(entry: Entry, _: HasTerm) -> bool:
        if encoded not in entry.body:  # Most records need no decoding.
            return False
        texts = [text for text in field.path.values(json.loads(entry.body)) if isinstance(text, str)]
        return any(query == text if is_exact else query in text for text in texts)

    return Condition(tests=(test,))


def _field(raw: Json, where: str) -> FilterField:
    """Return the field of a filter, one of those that this kind of filter takes."""
    fields = {field.name: field for field in FILTER_FIELDS if raw["type"] in field.operators}
    return fields[_one_of(raw, "field", fields, where)]


def _one_of(raw: Json, name: str, known: Collection[str], where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or value not in known:
        raise unprocessable(f"{where}.{name}", f"expected one of {', '.join(sorted(known))}")
    return value


def _invalid_value(field: FilterField, value: Any, expected: str) -> ServiceError:
    return ServiceError("InvalidFilterValue", {"field": field.name, "value": value, "expectedType": expected})


_KINDS: dict[str, Callable[[Json, str], Condition]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "eq": _equals,
    "gte": _time,
    "lt": _time,
    "checkpointedItemId": _item_id,
    "textSearch": _text_search,
}
