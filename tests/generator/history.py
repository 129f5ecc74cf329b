"""The API as it was: a spec of older facts, and JSON that holds everything that given facts know."""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from generator.preview.upstream.deviations import expected
from generator.preview.upstream.facts import Facts, required
from generator.preview.upstream.openapi import facts_of
from generator.preview.upstream.snippets import Snippets
from generator.spec import Spec
from generator.spec.document import operations

Json = Any

FACTS = {path.stem: path for path in sorted(Path(__file__).with_name("facts").glob("*.json"))}

_SCALARS = {"string": "text", "integer": 3, "double": 0.5, "boolean": True, "any": {"any": ["JSON"]}}
_NAMED = {"RID": "ri.checkpoints.main.thing.1", "UUID": "5f1a3f1e-0000-4000-8000-000000000000"}
_TIME = "2026-03-01T09:30:00.000Z"


def committed(document: str) -> Facts:
    """The committed facts of an API document."""
    return Facts.from_json(FACTS[document].read_text(encoding="utf-8"))


def older_spec(spec: Spec, facts: Facts) -> str:
    """The text of a spec that says what the facts say: our spec, with the operations and schemas of the facts."""
    document = json.loads(json.dumps(spec.document))
    document["info"]["version"] = facts.version
    for (path, method), _ in list(operations(document)):
        if f"{method.upper()} {path}" not in facts.operations:
            del document["paths"][path][method]
    schemas = document["components"]["schemas"]
    for name in facts_of(spec).schemas().keys() - facts.shared.keys():
        del schemas[name]
    write = Snippets({name: kind for name, kind in facts.shared.items() if name not in schemas})
    for name in facts.schemas():
        for key, schema in YAML(typ="safe").load(write.schema(expected(facts), name)).items():
            schemas[key] = _extended(schema, spec.document["components"]["schemas"].get(key, {}))
    return json.dumps(document)


def _extended(schema: Json, ours: Json) -> Json:
    """A schema with the extensions that ours has, on the schema and on its fields."""
    named = ours.get("properties", {})
    fields = {name: _extended(each, named.get(name, {})) for name, each in schema.get("properties", {}).items()}
    extensions = {key: value for key, value in ours.items() if key.startswith("x-")}
    return {**extensions, **schema, **({"properties": fields} if fields else {})}


def everything(facts: Facts, kind: str) -> list[Json]:
    """Values of a type in which each field, enum value and variant that it can hold comes up at least once."""
    kind = required(kind)
    if kind.startswith("const "):
        return [kind.removeprefix("const ")]
    if kind.startswith("list<"):
        return [everything(facts, kind[len("list<") : kind.rindex(">")])]
    if kind in facts.enums:
        return list(facts.enums[kind])
    if kind in facts.unions:
        return [each for variant in facts.unions[kind]["variants"].values() for each in everything(facts, variant)]
    if kind in facts.objects:
        return _objects({name: everything(facts, field) for name, field in facts.objects[kind].items()})
    return [_scalar(facts, kind)]


def _objects(fields: dict[str, list[Json]]) -> list[Json]:
    """As many objects as the field with the most values has."""
    count = max(map(len, fields.values()), default=1)
    columns = [islice(cycle(values), count) for values in fields.values()]
    return [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]


def _scalar(facts: Facts, kind: str) -> Json:
    while kind not in _SCALARS and kind not in _NAMED and kind != "datetime":
        kind = {**facts.shared, **facts.scalars}[kind]
    return _TIME if kind == "datetime" else {**_SCALARS, **_NAMED}[kind]
