"""Where our spec differs from the SDK on purpose. `openapi/README.md` has the reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from .facts import Error, Facts, optional, required

PLAIN_STRINGS = {"UUID"}
"""Identifiers without a pattern: a client keeps the text that came."""

LIMITS = {
    "PageSize": "[1..]",
    "SearchCheckpointRecordsAndFilter.filters": "[1..]",
    "SearchCheckpointRecordsOrFilter.filters": "[1..]",
}
"""Limits that follow from errors of the API. The SDK does not state them."""

SIMPLER = {"InvalidFilterValue.expectedType": "string"}
"""Parameters of errors for which the SDK has a structure of its own."""


def expected(theirs: Facts) -> Facts:
    """What the spec has to say for an SDK that says this."""
    sent = _sent(theirs)
    objects = {
        name: {field: _field(f"{name}.{field}", kind, name in sent) for field, kind in fields.items()}
        for name, fields in theirs.objects.items()
    }
    shared = {name: "string" if name in PLAIN_STRINGS else kind for name, kind in theirs.shared.items()}
    errors = {name: _error(theirs, name, error) for name, error in theirs.errors.items()}
    return replace(theirs, objects=objects, shared=shared, errors=errors)


def _field(place: str, kind: str, is_sent: bool) -> str:
    """A list or a map in a response may be absent; in a request it is as the SDK says."""
    if not is_sent and kind.startswith(("list<", "map<")):
        kind = optional(kind)
    return with_limits(place, kind)


def with_limits(place: str, kind: str) -> str:
    """The type of a schema or of a field, with the limits that the spec alone has."""
    plain = required(kind)
    if place not in LIMITS or plain.endswith("]"):
        return kind
    return plain + LIMITS[place] if plain == kind else optional(plain + LIMITS[place])


def _error(theirs: Facts, name: str, error: Error) -> Error:
    """No parameter is required, so that an error always decodes; a structure of its own is any JSON."""
    known = theirs.schemas().keys() | theirs.shared.keys()
    parameters = {}
    for parameter, kind in error["parameters"].items():
        spelled_out = required(kind) if known.issuperset(names_in(kind)) else "any"
        plain = SIMPLER.get(f"{name}.{parameter}", spelled_out)
        parameters[parameter] = optional(plain)
    return {"status": error["status"], "parameters": parameters}


def _sent(facts: Facts) -> set[str]:
    """The names of the schemas that are part of a request."""
    bodies = (operation["body"] or "" for operation in facts.operations.values())
    found: set[str] = set()
    pending = [name for body in bodies for name in names_in(body)]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += [used for kind in _parts(facts, name) for used in names_in(kind)]
    return found


def _parts(facts: Facts, name: str) -> Iterable[str]:
    union = facts.unions.get(name)
    return union["variants"].values() if union else facts.objects.get(name, {}).values()


def names_in(kind: str) -> list[str]:
    """The names of schemas in a type."""
    return [] if kind.startswith(("const ", "string /")) else re.findall(r"\b[A-Z]\w*", kind)
