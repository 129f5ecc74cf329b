"""Extensions and examples, mended after the schemas of a spec have changed.

A path follows a field that was renamed, and what became invalid in an example is filled in or replaced.
"""

from __future__ import annotations

import re
from typing import Any, Final

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from ...spec import examples
from ...spec.document import Json, at, discriminator_of, keys_of
from ...spec.model import BASE, Model, values
from ...spec.paths import PathError, follow, steps_of
from ...spec.tables import tables

Renames = list[tuple[str, str]]
"""Names of fields, before and after."""

_OF_ITEMS = ("x-item-id", "x-item-name", "x-item-path")
_ABSENT: Final = object()
_TIME, _RID = "2023-11-14T09:30:00.000Z", "ri.checkpoints.main.example.1"
_SAMPLES = {"number": 0.5, "boolean": True, "array": [], "object": {}}


def mend_extensions(document: Json, renames: Renames) -> list[str]:
    """Mend the extensions that no longer lead anywhere, and return what a person should look at."""
    notes: list[str] = []
    for pointer in dict.fromkeys(pointer for pointer, _ in tables(document).faults):
        owner, _, key = pointer.rpartition("/")
        node = at(document, owner)
        if key in ("x-column", "x-filter") and isinstance(node.get(key, {}), dict):
            notes += _mend_paths(document, pointer, node.get(key, {}), renames)
            moved = {old: new for old, new in renames if _leads(document, new)}
            if key == "x-filter" and key not in node and moved:
                _insert(node, key, moved)
        elif key in _OF_ITEMS and key in node:
            del node[key]
        elif key == "x-item-id":
            _insert(node, key, None)
            notes.append(
                f"{pointer}: no single field is the ID of the item, so it is null; name one if it should have one"
            )
    return notes


def _insert(schema: Json, key: str, value: Json) -> None:
    """Add a key to a schema, behind its type."""
    found = {**schema}
    schema.clear()
    for each, child in found.items():
        schema[each] = child
        if each == "type":
            schema[key] = value


def _mend_paths(document: Json, pointer: str, paths: Json, renames: Renames) -> list[str]:
    """Let the paths of columns or filter fields follow renamed fields; a column without a field goes."""
    notes = []
    for name, value in list(paths.items()):
        path = value["path"] if isinstance(value, dict) else value
        if _leads(document, path):
            continue
        moved = next((path.replace(old, new) for old, new in renames if old in steps_of(path)), "")
        if moved and _leads(document, moved):
            paths[name] = {**value, "path": moved} if isinstance(value, dict) else moved
            notes.append(f"{pointer}/{name}: {path} was renamed, and the path is now {moved}")
        else:
            del paths[name]
            notes.append(f"{pointer}/{name}: {path} is gone, and so is this entry")
    return notes


def _leads(document: Json, path: str) -> bool:
    record = document.get("x-tables", {}).get("record", "")
    try:
        follow(Model(document), {"$ref": BASE + record}, steps_of(path), {key: {} for key in _OF_ITEMS})
    except PathError:
        return False
    return True


# Examples


def mend_examples(document: Json) -> None:
    """Let the examples of a spec fit its schemas. Words that only a person can choose are `TODO`."""
    model = Model(document)
    for schema, pointer, _ in list(examples(document)):
        owner, key = at(document, pointer.rpartition("/")[0]), keys_of(pointer)[-1]
        place: Any = int(key) if isinstance(owner, list) else key
        owner[place] = _fitted(model, at(document, schema), owner[place])


def _fitted(model: Model, schema: Json, value: Json = _ABSENT) -> Json:
    """Return a value that a schema allows, as close as possible to the one given."""
    schema = model.resolved(schema)
    if union := discriminator_of(schema):
        targets = union[1]
        tag = value.get(union[0]) if isinstance(value, dict) else None
        if tag not in targets:
            return _fitted(model, {"$ref": next(iter(targets.values()))})
        return _fitted(model, {"$ref": targets[tag]}, value)
    if fields := model.fields(schema):
        given = value if isinstance(value, dict) else {}
        needed = {name: field for name, field in fields.items() if name in given or field.required}
        fitted = {name: _fitted(model, each.schema, given.get(name, _ABSENT)) for name, each in needed.items()}
        return {**given, **fitted}
    if schema.get("type") == "array" and isinstance(value, list):
        return [_fitted(model, schema.get("items", {}), each) for each in value]
    if schema.get("type") == "object" and isinstance(value, dict):
        return {key: _fitted(model, values(schema), each) for key, each in value.items()}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return value if value is not _ABSENT and validator.is_valid(value) else _sample(schema)


def _sample(schema: Json) -> Json:
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if schema.get("format") == "date-time":
        return _TIME
    if "pattern" in schema and re.search(schema["pattern"], _RID):
        return _RID
    if schema.get("type") == "integer":
        return max(schema.get("minimum", 1), 1)
    return _SAMPLES.get(schema.get("type"), "TODO")
