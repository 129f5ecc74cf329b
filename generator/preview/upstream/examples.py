"""The examples of a spec, mended after its schemas have changed: what became invalid is filled in or replaced."""

from __future__ import annotations

import re
from typing import Final

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from ...spec import examples
from ...spec.document import Json, at, discriminator_of, pointer_to
from ...spec.model import Model, values
from .sheet import Sheet

_ABSENT: Final = object()
_TIME, _RID = "2023-11-14T09:30:00.000Z", "ri.checkpoints.main.example.1"
_SAMPLES = {"number": 0.5, "boolean": True, "array": [], "object": {}}


def mend_examples(sheet: Sheet) -> str:
    """Return the text of a spec whose examples fit its schemas. Words that only a person can choose are `TODO`."""
    model = Model(sheet.spec.document)
    seen: set[str] = set()
    for schema, pointer, value in examples(sheet.spec.document):
        if pointer not in seen:
            seen.add(pointer)
            _edit(sheet, pointer, value, _fitted(model, at(sheet.spec.document, schema), value))
    return sheet.text()


def _edit(sheet: Sheet, pointer: str, old: Json, new: Json) -> None:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and sheet.is_block(pointer):
        for key, value in new.items():
            if key in old:
                _edit(sheet, pointer + pointer_to([key]), old[key], value)
            else:
                sheet.insert(pointer, list(old)[-1], key, value)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and sheet.is_block(pointer):
        for index, value in enumerate(new):
            _edit(sheet, f"{pointer}/{index}", old[index], value)
    else:
        sheet.replace(pointer, new)


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
