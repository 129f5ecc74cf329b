"""The records as encoded JSON, sorted by creation time and RID, and what a search looks for in them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple

from ._answers import encode
from ._terms import RECORD_RID, Term, record_terms
from ._times import record_millis

Position = tuple[int, str]
"""A position in the order of records: milliseconds, then RID."""

_FEW = 32
"""Up to here, inserting new records one by one is faster than sorting all of them again."""


class Entry(NamedTuple):
    """A stored record: its sort keys and its JSON."""

    millis: int
    rid: str
    body: bytes


HasTerm = Callable[[Entry, Term], bool]
Test = Callable[[Entry, HasTerm], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """Matches records with `since <= createdAt < until` that have a term of each clause and pass every test.

    The store keeps records in the order of bounds and terms. Tests look at one record after the other.
    """

    since: int = -(2**63)
    until: int = 2**63
    clauses: tuple[frozenset[Term], ...] = ()
    tests: tuple[Test, ...] = ()

    def matches(self, entry: Entry, has_term: HasTerm) -> bool:
        """Return True if a record matches."""
        return (
            self.since <= entry.millis < self.until
            and all(any(has_term(entry, term) for term in clause) for clause in self.clauses)
            and all(test(entry, has_term) for test in self.tests)
        )


class Store:
    """Stores records. Thread-safe. The cost of a page grows with the records that its filter looks at and skips."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: list[Entry] = []
        self._by_rid: dict[str, Entry] = {}
        self._by_term: dict[Term, list[Entry]] = {}
        self._hidden: set[str] = set()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Store records, in any order. Stores none and raises `ValueError` if one is unusable or already stored."""
        entries: dict[str, Entry] = {}
        by_term: dict[Term, list[Entry]] = {}
        for record in records:
            entry = _entry(record)
            if entry.rid in entries:
                raise ValueError(f"two records have the RID {entry.rid}")
            entries[entry.rid] = entry
            for term in record_terms(record):
                by_term.setdefault(term, []).append(entry)
        with self._lock:
            present = entries.keys() & self._by_rid.keys()
            if present:
                raise ValueError(f"the record {min(present)} is already stored")
            self._by_rid.update(entries)
            _insert(self._entries, list(entries.values()))
            for term, added in by_term.items():
                _insert(self._by_term.setdefault(term, []), added)

    def hide(self, rids: Iterable[str]) -> None:
        """Make records invisible to callers of the service."""
        with self._lock:
            self._hidden.update(rids)

    def is_hidden(self, rid: str) -> bool:
        """Return True if the record with this RID is invisible."""
        return rid in self._hidden

    def get(self, rid: str) -> Entry | None:
        """Return the record with this RID, hidden or not."""
        return self._by_rid.get(rid)

    def page(
        self, condition: Condition, *, after: Position | None, descending: bool, size: int
    ) -> tuple[list[Entry], bool]:
        """Return up to `size` visible matches that follow `after`, and whether more follow."""
        with self._lock:
            found = list(islice(self._matches(condition, after, descending), size + 1))
        return found[:size], len(found) > size

    def _has_term(self, entry: Entry, term: Term) -> bool:
        entries = self._with_term(term)
        place = bisect_left(entries, entry)
        return place < len(entries) and entries[place] is entry

    def _matches(self, condition: Condition, after: Position | None, descending: bool) -> Iterator[Entry]:
        low: Position = (condition.since, "")
        high: Position = (condition.until, "")
        if after is not None and descending:
            high = min(high, after)
        elif after is not None:
            low = max(low, (after[0], after[1] + "\0"))  # The smallest RID that follows.
        streams = [_between(entries, low, high, descending) for entries in self._candidates(condition)]
        previous = None
        for entry in merge(*streams, reverse=descending):
            if entry is not previous and entry.rid not in self._hidden and condition.matches(entry, self._has_term):
                yield entry
            previous = entry

    def _candidates(self, condition: Condition) -> list[list[Entry]]:
        """Return sorted lists that contain every match: those of the rarest clause, or all records."""
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
        raise ValueError("a record must have a rid and a createdAt")  # noqa: TRY004 (bad data, not a bad call)
    return Entry(record_millis(created_at), rid, encode(record))


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
