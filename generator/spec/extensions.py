"""The extensions that the tables follow from: the form of each, and where it can stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from .document import Fault, Json, schemas
from .model import BASE

_TEXT = {"type": "string"}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_PATH = {"type": ["string", "null"]}
_NAMES = {"type": "object", "properties": {"item": _TEXT, "fields": _TEXTS}, "additionalProperties": False}
_COLUMN = {
    "type": "object",
    "properties": {"path": _TEXT, "kind": {"enum": ["count", "json"]}},
    "required": ["path"],
    "additionalProperties": False,
}
_FORMS: dict[str, Json] = {
    "x-item-id": _PATH,
    "x-item-name": _PATH,
    "x-item-path": _PATH,
    "x-names": {"anyOf": [_TEXT, _NAMES]},
    "x-column": {"anyOf": [_TEXT, {"type": "object", "additionalProperties": {"anyOf": [_TEXT, _COLUMN]}}]},
    "x-filter": {"anyOf": [_TEXT, _TEXTS]},
    "x-sample": {},
}
_ROLES = {
    "x-item-id": "item",
    "x-item-name": "item",
    "x-item-path": "item",
    "x-names": "itemId",
    "x-column": "record",
    "x-filter": "record",
}
"""The role, in `x-tables`, of the schemas that an extension belongs to. `x-sample` belongs to any."""
_ON_FIELDS = {"x-column", "x-filter", "x-sample"}


def form_faults(document: Json) -> Iterator[Fault]:
    """Yield the extensions that have a wrong form."""
    if not Draft202012Validator(_TEXTS).is_valid(document.get("x-tables", {})):
        yield "/x-tables", "x-tables must give the name of a component for each role"
    for pointer, schema in schemas(document):
        for key in _FORMS.keys() & schema.keys():
            if not Draft202012Validator(_FORMS[key]).is_valid(schema[key]):
                yield f"{pointer}/{key}", f"{key} must have one of the forms that generator/README.md describes"


def place_faults(document: Json, by_role: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Yield the extensions that stand where nothing reads them; `by_role` are the components of each role."""
    for pointer, schema in schemas(document):
        component, is_field, field = pointer.removeprefix(BASE[1:]).partition("/properties/")
        for key in _FORMS.keys() & schema.keys():
            is_owner = key == "x-sample" or component in by_role.get(_ROLES[key], ())
            if not is_owner or "/" in component + field or (is_field and key not in _ON_FIELDS):
                yield f"{pointer}/{key}", f"{key} has no effect here"
