"""The people and things that sample records are about: a limited number, so that they recur."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from foundry_checkpoints_api.models import RedactionType

_T = TypeVar("_T")

_REDACTIONS = [redaction.value for redaction in RedactionType]

_FIRST_NAMES = ("ada", "ben", "chen", "dora", "emil", "fatma", "goran", "hana", "ivan", "josé", "kim", "lena")
_LAST_NAMES = ("abbott", "berg", "costa", "dubois", "eriksen", "fischer", "garcía", "haddad", "ito", "jones")
_PLACES = ("Harbour", "Northern", "Coastal", "Central", "Alpine", "Eastern", "Island", "Valley")
_SUBJECTS = ("Claims", "Deliveries", "Invoices", "Maintenance", "Patients", "Sensors", "Staffing")
_FORMS = ("Dataset", "Analysis", "Dashboard", "Report", "Extract")
_KINDS = ("foundry.main.dataset", "contour.main.analysis", "notepad.main.notepad", "stemma.main.repository")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource keeps its name and its place wherever it occurs."""

    rid: str
    name: str
    path: str
    project_rid: str
    namespace_rid: str


class World:
    """Draws all chance from `rng`, so that one seed gives one world."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._counts: Counter[str] = Counter()
        self._ids = [self.new_id() for _ in range(1000)]
        self.organizations = self._new_rids("multipass..organization", 4)
        self.namespaces = self._new_rids("compass.main.folder", 3)
        self.projects = self._new_rids("compass.main.folder", 40)
        self.configs = self._new_rids("checkpoints.main.config", 60)
        self.users = [(self.new_id(), f"{first}.{last}") for first in _FIRST_NAMES for last in _LAST_NAMES]
        self.resources = [self._resource(number) for number in range(1000)]

    def pick(self, values: Sequence[_T]) -> _T:
        """One of the values; the first ones more often."""
        share = self._rng.random()
        return values[int(share * share * len(values))]

    def nth(self, what: str) -> int:
        """How many of these there were before: what varies from one to the next goes by this number."""
        self._counts[what] += 1
        return self._counts[what] - 1

    def new_id(self) -> str:
        """A random UUID."""
        digits = f"{self._rng.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def new_rid(self, kind: str) -> str:
        """The rid of something that did not occur before."""
        return f"ri.{kind}.{self.new_id()}"

    def id(self) -> str:
        """The id of something that may occur again."""
        return self.pick(self._ids)

    def rid(self, kind: str) -> str:
        """The rid of something that may occur again."""
        return f"ri.{kind}.{self.id()}"

    def redactable(self, text: str) -> dict[str, Any]:
        """A text, or now and then why it is withheld."""
        if self.nth("text") % 17 != 5:
            return {"value": text}
        return {"redactionType": _REDACTIONS[self.nth("redaction") % len(_REDACTIONS)]}

    def _new_rids(self, kind: str, n: int) -> list[str]:
        return [self.new_rid(kind) for _ in range(n)]

    def _resource(self, number: int) -> Resource:
        place, subject = _PLACES[number % len(_PLACES)], _SUBJECTS[number % len(_SUBJECTS)]
        name = f"{subject} {_FORMS[number % len(_FORMS)]} {number}"
        return Resource(
            self.new_rid(_KINDS[number % len(_KINDS)]),
            name,
            f"/{place} Operations/{subject}/{name}",
            self.projects[number % len(self.projects)],
            self.namespaces[number % len(self.namespaces)],
        )
