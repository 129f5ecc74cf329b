"""Sample values of scalars: those that the spec gives, or what the name and the type of a field suggest."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from foundry_checkpoints_api.table_types import Field
from foundry_checkpoints_api.tables import OBJECTS, SAMPLES, SCALARS

from ._chance import Chance
from ._words import words_of

Maker = Callable[[int, str], Any]
"""Makes a value from the number of its object, and from the name of the field that holds the object."""

_USER = "UserId"
_REFERENCE = re.compile("[a-z](Rid|Id)$")
"""A type such as `ProjectRid`: several objects refer to the same project."""

_FIRST_NAMES = ("ada", "ben", "chen", "dora", "emil", "fatma", "goran", "hana", "ivan", "josé", "kim", "lena")
_LAST_NAMES = ("abbott", "berg", "costa", "dubois", "eriksen", "fischer", "garcía", "haddad", "ito", "jones")
_PLACES = ("Harbour", "Northern", "Coastal", "Central", "Alpine", "Eastern", "Island", "Valley")
_SUBJECTS = ("Claims", "Deliveries", "Invoices", "Maintenance", "Patients", "Sensors", "Staffing")
_FORMS = ("Dataset", "Analysis", "Dashboard", "Report", "Extract")

_SIZES = {_USER: 120, "OrganizationRid": 4, "NamespaceRid": 3, "ProjectRid": 40, "ConfigRid": 60}


def is_user(name: str) -> bool:
    """Return True if objects of this name are users: they have a username."""
    return any(field.name == "username" for field in OBJECTS[name])


@cache
def size_of(name: str) -> int:
    """Return how many things of a type there are. The organization is small, so that they recur."""
    return _SIZES[_USER] if name in OBJECTS and is_user(name) else _SIZES.get(name, 1_000)


def _is_rid(name: str) -> bool:
    """Return whether a type is a text with a pattern that a RID matches."""
    pattern = SCALARS[name].pattern if name in SCALARS else ""
    return bool(pattern and re.search(pattern, "ri.service.main.type.locator"))


class Scalars:
    """Makes scalars that depend on a seed."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def maker(self, owner: str, field: Field) -> Maker:
        """Return what makes the values of a field. `owner` is the object that has the field."""
        key, kind = f"{owner}.{field.name}", field.type
        if not _REFERENCE.search(kind):
            return self._of(_USER if field.name == "id" and is_user(owner) else key, key, field)
        make = self._of(kind, key, field)
        if kind in (f"{owner}Rid", f"{owner}Id") or (kind == _USER and is_user(owner)):
            return make
        size = size_of(kind)
        return lambda number, held_as: make(self._chance.pick(key, number, size), held_as)

    def _of(self, population: str, key: str, field: Field) -> Maker:
        """Return what makes the values of a population: equal values for equal numbers, in all fields of it."""
        if samples := SAMPLES.get(key) or SAMPLES.get(field.type):
            makers = [self._filled(sample, population) for sample in samples]
            return (
                makers[0] if len(makers) == 1 else lambda number, held_as: makers[number % len(makers)](number, held_as)
            )
        match SCALARS[field.type].type if field.type in SCALARS else field.type:
            case "string":
                kind = words_of(field.type)[-1] if field.type in SCALARS else ""
                if _is_rid(field.type):  # also under another name
                    kind = "rid"
                return lambda number, held_as: self._text(
                    words_of(held_as if held_as and field.name == "value" else field.name), kind, population, number
                )
            case "boolean":
                return lambda number, _: number % 2 == 0
            case "number":
                return lambda number, _: number % 100 / 4
            case _:
                return lambda number, _: number % 100

    def _filled(self, sample: Any, population: str) -> Maker:
        if not isinstance(sample, str):
            return lambda *_: deepcopy(sample)
        if "{id}" not in sample:
            return lambda *_: sample
        return lambda number, _: sample.replace("{id}", self._chance.id(population, number))

    def _text(self, words: list[str], kind: str, population: str, number: int) -> str:
        """Return a text that suits the words in the name of a field, and the last word in the name of its type."""
        thing = f"{_SUBJECTS[number % 7]} {_FORMS[number % 5]} {number}"
        match kind or words[-1]:
            case "rid" | "rids":
                name = "-".join(word for word in words if not word.startswith("rid")) or "thing"
                return f"ri.foundry.main.{name}.{self._chance.id(population, number)}"
            case "id" | "ids" | "uuid" | "version":
                return self._chance.id(population, number)
            case "username":
                return f"{_FIRST_NAMES[number % 12]}.{_LAST_NAMES[number // 12 % 10]}"
            case "name":
                return thing
            case "path":
                return f"/{_PLACES[number % 8]} Operations/{_SUBJECTS[number % 7]}/{thing}"
        return f"{' '.join(words).capitalize()} {number}"
