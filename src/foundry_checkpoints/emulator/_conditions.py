"""What a search looks for, in the form in which the store finds it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple

Term = tuple[str, Hashable]
"""A fact about a record that equality and item filters look for, such as `("actingUserId", "f05f…")`."""


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
        """Whether a record matches."""
        return (
            self.since <= entry.millis < self.until
            and all(any(has_term(entry, term) for term in clause) for clause in self.clauses)
            and all(test(entry, has_term) for test in self.tests)
        )
