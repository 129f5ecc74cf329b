"""The changes of what a spec says in words."""

from __future__ import annotations

from collections.abc import Iterator

from ...spec.document import Json, exists
from ...spec.words import STRUCTURE
from .changes import Change, Level


def word_changes(old: Json, new: Json, before: dict[str, Json], after: dict[str, Json]) -> Iterator[Change]:
    """Yield the changes of descriptions, summaries, and examples of what both specs have."""
    for pointer in {**before, **after}:
        owner, _, key = pointer.rpartition("/")
        if before.get(pointer) != after.get(pointer) and exists(old, owner) and exists(new, owner):
            yield Change(Level.DOCUMENTATION, "changed", tuple(_names(new, owner)), f"`{key}` changes", pointer)


def _names(document: Json, pointer: str) -> Iterator[str]:
    """Yield the names on the way to a node; an operation goes by its id."""
    node, path = document, pointer.split("/")[1:]
    for depth, step in enumerate(path):
        key = step.replace("~1", "/").replace("~0", "~")
        is_name = isinstance(node, dict) and key not in STRUCTURE
        node = node[key] if isinstance(node, dict) else node[int(key)]
        if path[0] == "paths" and depth == 2:
            yield node.get("operationId", key)
        elif is_name and not (path[0] == "paths" and depth == 1 and len(path) > 2):
            yield key
