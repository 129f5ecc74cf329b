"""Read names: the words in them, and the names that belong to a topic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from foundry_checkpoints_api import models
from foundry_checkpoints_api.tables import ITEM_PATHS, OBJECTS, UNIONS
from foundry_checkpoints_api.types import OpenEnum

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_SHORTEST_STEM = 4


@cache
def words_of(name: str) -> list[str]:
    """Return the words of a name in camel case or upper case, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


@cache
def enum_values(type_name: str) -> list[str]:
    """Return the values of an enum, and none for any other type."""
    enum = getattr(models, type_name, None)
    return [member.value for member in enum] if isinstance(enum, type) and issubclass(enum, OpenEnum) else []


@cache
def related_values(type_name: str, topic: str) -> list[str]:
    """Return the values of an enum that belong to a topic, such as `GROUP_MEMBER` to `MULTIPASS_ADD_GROUP_MEMBER`."""
    return [value for value in enum_values(type_name) if _is_related(words_of(value), topic)]


@cache
def related_variants(union: str, topic: str) -> list[str]:
    """Return the variants of a union that belong to a topic by their names or by the values of their enums.

    If none does, these are the variants that have a path: most actions are about resources. A topic of one word, such
    as `LOGIN`, names no object at all.
    """
    variants = UNIONS[union].variants
    common = set.intersection(*(set(words_of(tag)) for tag in variants))
    found = [
        tag
        for tag, name in variants.items()
        if _is_related([word for word in words_of(tag) if word not in common], topic)
        or any(related_values(field.type, topic) for field in OBJECTS[name])
    ]
    if found or len(words_of(topic)) == 1:
        return found
    return [tag for tag in variants if tag in ITEM_PATHS]


def _is_related(words: Iterable[str], topic: str) -> bool:
    """Return True if at least half of the words occur in the topic, in any form: export, exported."""
    known = [any(_has_same_stem(word, other) for other in words_of(topic)) for word in words]
    return sum(known) * 2 >= len(known) > 0


def _has_same_stem(word: str, other: str) -> bool:
    length = min(len(word), len(other))
    return word == other or (length >= _SHORTEST_STEM and word[:length] == other[:length])
