"""Edits of a document of JSON, by pointer: a value to put there, or `GONE`. `/-` ends a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from generator.spec.document import at

GONE: Final = object()
Edits = Mapping[str, Any]


def edited(document: Any, edits: Edits) -> Any:
    """A copy of a document with edits, made in their order."""
    changed = json.loads(json.dumps(document))  # an anchor of YAML would make one edit two
    for pointer, value in edits.items():
        owner, _, last = pointer.rpartition("/")
        holder, key = at(changed, owner), last.replace("~1", "/").replace("~0", "~")
        if isinstance(holder, list):
            place = len(holder) if key == "-" else int(key)
            holder[place : place + 1] = [] if value is GONE else [value]
        elif value is GONE:
            del holder[key]
        else:
            holder[key] = value
    return changed
