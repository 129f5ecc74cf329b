"""The API as it was: the committed facts of two SDKs, and JSON that contains everything that given facts know."""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from generator.spec.model import Model

Json = Any

FACTS = {path.stem: path for path in sorted(Path(__file__).with_name("facts").glob("*.json"))}

_SCALARS = {"string": "ri.checkpoints.main.thing.1", "integer": 3, "number": 0.5, "boolean": True}
_TIME = "2026-03-01T09:30:00.000Z"


def committed(document: str) -> Json:
    """The committed facts of an API document."""
    return json.loads(FACTS[document].read_text(encoding="utf-8"))


def everything(facts: Json, name: str) -> list[Json]:
    """Values of a schema in which each field, enum value and variant that it can hold comes up at least once."""
    return _values(Model(facts), {"$ref": f"#/components/schemas/{name}"})


def _values(model: Model, node: Json) -> list[Json]:
    node = model.resolved(node)
    if "const" in node or "enum" in node:
        return [node["const"]] if "const" in node else list(node["enum"])
    if "oneOf" in node:
        return [each for variant in node["oneOf"] for each in _values(model, variant)]
    if fields := model.fields(node):
        return _objects({name: _values(model, field.schema) for name, field in fields.items()})
    if node.get("type") == "array":
        return [_values(model, node["items"])]
    return [_TIME if node.get("format") == "date-time" else _SCALARS[node["type"]]]


def _objects(fields: dict[str, list[Json]]) -> list[Json]:
    """As many objects as the field with the most values has."""
    count = max(map(len, fields.values()), default=1)
    columns = [islice(cycle(values), count) for values in fields.values()]
    return [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]
