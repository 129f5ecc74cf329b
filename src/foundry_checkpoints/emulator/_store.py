"""The records, kept as encoded JSON, sorted by creation time and rid."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import islice
from threading import Lock
from typing import Any

from ._answers import encode
from ._filters import Condition, Entry
from ._terms import RECORD_RID, Term, record_terms
from ._times import record_millis

Position = tuple[int, str]
"""Where in the order something stands: milliseconds, then rid."""

_FEW = 32


class Store:
    """Thread-safe. A page costs the logarithm of what is stored, and what a filter passes over to fill it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: list[Entry] = []
        self._by_rid: dict[str, Entry] = {}
        self._by_term: dict[Term, list[Entry]] = {}
        self._hidden: set[str] = set()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Store records, in any order; none, but `ValueError`, if one is unusable or stored already."""
        entries: dict[str, Entry] = {}
        by_term: dict[Term, list[Entry]] = {}
        for record in records:
            entry = _entry(record)
            if entry.rid in entries:
                raise ValueError(f"record {entry.rid} occurs twice")
            entries[entry.rid] = entry
            for term in _terms(record):
                by_term.setdefault(term, []).append(entry)
        with self._lock:
            present = entries.keys() & self._by_rid.keys()
            if present:
                raise ValueError(f"record {min(present)} is stored already")
            self._by_rid.update(entries)
            _insert(self._entries, list(entries.values()))
            for term, added in by_term.items():
                _insert(self._by_term.setdefault(term, []), added)

    def hide(self, rids: Iterable[str]) -> None:
        """Make records invisible to the caller of the service."""
        with self._lock:
            self._hidden.update(rids)

    def is_hidden(self, rid: str) -> bool:
        """Whether the record with this rid, if there is one, is invisible."""
        return rid in self._hidden

    def get(self, rid: str) -> Entry | None:
        """The record with this rid, hidden or not."""
        return self._by_rid.get(rid)

    def page(
        self, condition: Condition, *, after: Position | None, descending: bool, size: int
    ) -> tuple[list[Entry], bool]:
        """Up to `size` visible matches that follow `after`, and whether there are more."""
        with self._lock:
            found = list(islice(self._matches(condition, after, descending), size + 1))
        return found[:size], len(found) > size

    def has_term(self, entry: Entry, term: Term) -> bool:
        """Whether a stored record has a term."""
        entries = self._with_term(term)
        place = bisect_left(entries, entry)
        return place < len(entries) and entries[place] is entry

    def _matches(self, condition: Condition, after: Position | None, descending: bool) -> Iterator[Entry]:
        low: Position = (condition.since, "")
        high: Position = (condition.until, "")
        if after is not None and descending:
            high = min(high, after)
        elif after is not None:
            low = max(low, (after[0], after[1] + "\0"))  # the least rid that follows
        streams = [_between(entries, low, high, descending) for entries in self._candidates(condition)]
        previous = None
        for entry in merge(*streams, reverse=descending):
            if entry is not previous and entry.rid not in self._hidden and condition.matches(entry, self):
                yield entry
            previous = entry

    def _candidates(self, condition: Condition) -> list[list[Entry]]:
        """Sorted lists that hold every match: those of the rarest clause, or all records."""
        choices = [[self._with_term(term) for term in clause] for clause in condition.clauses]
        return min(choices, key=lambda lists: sum(map(len, lists)), default=[self._entries])

    def _with_term(self, term: Term) -> list[Entry]:
        if term[0] != RECORD_RID:
            return self._by_term.get(term, [])
        entry = self._by_rid.get(str(term[1]))
        return [] if entry is None else [entry]


def _entry(record: Mapping[str, Any]) -> Entry:
    rid, created_at = record.get("rid"), record.get("createdAt")
    if not isinstance(rid, str) or not isinstance(created_at, str):
        raise ValueError("a record needs a rid and a createdAt")  # noqa: TRY004 (bad data, not a bad call)
    return Entry(record_millis(created_at), rid, encode(record))


def _terms(record: Mapping[str, Any]) -> set[Term]:
    try:
        return record_terms(record)
    except (AttributeError, TypeError):
        return set()  # Malformed on purpose, to try a client with: found by its rid and its time alone.


def _insert(entries: list[Entry], added: list[Entry]) -> None:
    if len(added) <= _FEW and entries:
        for entry in added:
            insort(entries, entry)
    else:
        entries += added
        entries.sort()


def _between(entries: list[Entry], low: Position, high: Position, descending: bool) -> Iterator[Entry]:
    start = bisect_left(entries, low, key=_position)
    end = bisect_left(entries, high, key=_position)
    places = range(end - 1, start - 1, -1) if descending else range(start, end)
    return (entries[place] for place in places)


def _position(entry: Entry) -> Position:
    return entry.millis, entry.rid
