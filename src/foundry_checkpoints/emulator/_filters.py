"""From the JSON of a search filter to a condition that the store can search by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ._answers import ServiceError, encode, unprocessable
from ._terms import EQUALS_FIELDS, Term, item_id_term
from ._times import bound_millis

_FOREVER = 2**63


class Entry(NamedTuple):
    """A stored record: what it is sorted by, and its JSON."""

    millis: int
    rid: str
    body: bytes


class Terms(Protocol):
    """What a condition asks of the store."""

    def has_term(self, entry: Entry, term: Term) -> bool: ...


Test = Callable[[Entry, Terms], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """Matches records with `since <= createdAt < until`, a term of each clause, and passing every test.

    Bounds and clauses are what the store has an order for; tests look at one record after the other.
    """

    since: int = -_FOREVER
    until: int = _FOREVER
    clauses: tuple[frozenset[Term], ...] = ()
    tests: tuple[Test, ...] = ()

    def matches(self, entry: Entry, terms: Terms) -> bool:
        """Whether one record matches."""
        if not self.since <= entry.millis < self.until:
            return False
        for clause in self.clauses:
            if not any(terms.has_term(entry, term) for term in clause):
                return False
        return all(test(entry, terms) for test in self.tests)


def compile_filter(raw: Any, where: str = "where.filter") -> Condition:
    """The condition of a filter. Raises `ServiceError` for one that the service refuses."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    compile_kind = _KINDS.get(kind) if isinstance(kind, str) else None
    if compile_kind is None:
        raise unprocessable(f"{where}.type", "expected the type of a filter")
    return compile_kind(raw, where)


def _and(raw: Mapping[str, Any], where: str) -> Condition:
    children = _children(raw, where, "InvalidAndFilter")
    return Condition(
        max(child.since for child in children),
        min(child.until for child in children),
        tuple(clause for child in children for clause in child.clauses),
        tuple(test for child in children for test in child.tests),
    )


def _or(raw: Mapping[str, Any], where: str) -> Condition:
    children = _children(raw, where, "InvalidOrFilter")
    if all(len(child.clauses) == 1 and child == Condition(clauses=child.clauses) for child in children):
        # Nothing but terms, as in "one of these users": the store keeps their records in order.
        return Condition(clauses=(frozenset(term for child in children for term in child.clauses[0]),))
    return Condition(
        min(child.since for child in children),
        max(child.until for child in children),
        tests=(lambda entry, terms: any(child.matches(entry, terms) for child in children),),
    )


def _children(raw: Mapping[str, Any], where: str, error: str) -> Sequence[Condition]:
    filters = raw.get("filters")
    if filters is None or filters == []:
        raise ServiceError(error)
    if not isinstance(filters, list):
        raise unprocessable(f"{where}.filters", "expected a list")
    return [compile_filter(child, f"{where}.filters[{i}]") for i, child in enumerate(filters)]


def _not(raw: Mapping[str, Any], where: str) -> Condition:
    child = compile_filter(raw.get("filter"), f"{where}.filter")
    return Condition(tests=(lambda entry, terms: not child.matches(entry, terms),))


def _equals(raw: Mapping[str, Any], where: str) -> Condition:
    field = _one_of(raw, "field", EQUALS_FIELDS, where)
    return Condition(clauses=(frozenset({(field, _value(raw, field, "STRING"))}),))


def _gte(raw: Mapping[str, Any], where: str) -> Condition:
    return Condition(since=_bound(raw, where))


def _lt(raw: Mapping[str, Any], where: str) -> Condition:
    return Condition(until=_bound(raw, where))


def _bound(raw: Mapping[str, Any], where: str) -> int:
    field = _one_of(raw, "field", {"createdAt"}, where)
    value = _value(raw, field, "DATETIME")
    try:
        return bound_millis(value)
    except ValueError:
        raise _invalid_value(field, value, "DATETIME") from None


def _item_id(raw: Mapping[str, Any], where: str) -> Condition:
    term = item_id_term(raw.get("checkpointedItemId"), f"{where}.checkpointedItemId")
    return Condition(clauses=(frozenset({term}),))


def _text_search(raw: Mapping[str, Any], where: str) -> Condition:
    """Compares letter by letter: upper and lower case differ."""
    texts = _TEXTS[_one_of(raw, "field", _TEXTS, where)]
    exact = _one_of(raw, "matchType", {"EXACT", "CONTAINS"}, where) == "EXACT"
    query = raw.get("query")
    if not isinstance(query, str):
        raise unprocessable(f"{where}.query", "expected a string")
    needle = encode(query)[1:-1]

    def test(entry: Entry, _: Terms) -> bool:
        if needle not in entry.body:  # spares most records the decoding
            return False
        justification = json.loads(entry.body).get("justification")
        found = texts(justification) if isinstance(justification, dict) else ()
        return any(text == query if exact else query in text for text in found)

    return Condition(tests=(test,))


def _responses(justification: Mapping[str, Any]) -> Iterator[str]:
    return _strings([justification], "response")


def _selected_options(justification: Mapping[str, Any]) -> Iterator[str]:
    return _strings(justification.get("selectedOptions") or (), "selectedOption")


def _additional_responses(justification: Mapping[str, Any]) -> Iterator[str]:
    return _strings(justification.get("selectedOptions") or (), "additionalResponse")


def _strings(holders: Sequence[Mapping[str, Any]], name: str) -> Iterator[str]:
    return (holder[name] for holder in holders if isinstance(holder.get(name), str))


def _one_of(raw: Mapping[str, Any], name: str, known: Any, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or value not in known:
        raise unprocessable(f"{where}.{name}", f"expected one of {', '.join(sorted(known))}")
    return value


def _value(raw: Mapping[str, Any], field: str, expected: str) -> str:
    value = raw.get("value")
    if not isinstance(value, str):
        raise _invalid_value(field, value, expected)
    return value


def _invalid_value(field: str, value: Any, expected: str) -> ServiceError:
    return ServiceError("InvalidFilterValue", {"field": field, "value": value, "expectedType": expected})


_TEXTS: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "justificationResponse": _responses,
    "justificationSelectedOption": _selected_options,
    "justificationAdditionalResponse": _additional_responses,
}

_KINDS: dict[str, Callable[[Mapping[str, Any], str], Condition]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "eq": _equals,
    "gte": _gte,
    "lt": _lt,
    "checkpointedItemId": _item_id,
    "textSearch": _text_search,
}
