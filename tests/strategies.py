"""Hypothesis strategies for JSON on the wire, computed from the spec, each built once.

`wire("Record")` draws records in the documented form: every list is present, and every time is UTC with a `Z`.
`wire("Record", novel=True)` mixes in what the spec doesn't know, at any depth: fields, enum values, and variants.
`Record.from_dict(d).to_dict() == d` holds for both, and for every other schema.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from string import ascii_letters
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML

Json = Any
Object = dict[str, Json]
Schema = dict[str, Any]

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON: st.SearchStrategy[Json] = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=5
)
"""Any JSON."""

NAMES = st.text(ascii_letters, min_size=1, max_size=8)
"""Names of fields."""


def documented_time(time: datetime.datetime) -> str:
    """Return a time in UTC with milliseconds and a `Z`; with microseconds only if there are any."""
    return time.isoformat(timespec="microseconds" if time.microsecond % 1000 else "milliseconds") + "Z"


TIMES = st.datetimes().map(documented_time)
"""Times in the documented form."""


@cache
def schemas() -> dict[str, Schema]:
    """Return the components of the spec, with what `allOf` adds merged in."""
    spec = YAML(typ="safe").load(Path(__file__).parents[1] / "openapi" / "checkpoints.yaml")
    components: dict[str, Schema] = spec["components"]["schemas"]
    return {name: _merged(schema, components) for name, schema in components.items()}


def _merged(schema: Schema, components: dict[str, Schema]) -> Schema:
    parts = [components[name_of(part)] if "$ref" in part else part for part in schema.get("allOf", ())]
    properties = {name: value for part in parts for name, value in part["properties"].items()}
    required = [name for part in parts for name in part["required"]]
    return {**schema, "properties": properties, "required": required} if parts else schema


def name_of(schema: Schema) -> str:
    """Return the name of the component that a `$ref` leads to."""
    return str(schema["$ref"]).rpartition("/")[2]


def resolved(schema: Schema) -> Schema:
    """Return the schema that a `$ref` leads to, or the schema itself."""
    return schemas()[name_of(schema)] if "$ref" in schema else schema


def is_container(schema: Schema) -> bool:
    """Return whether a value is a list or a map: absent, it counts as an empty one."""
    return schema.get("type") == "array" or "additionalProperties" in schema


def is_optional(schema: Schema, name: str) -> bool:
    """Return whether a field of an object can lack a value."""
    return name not in schema.get("required", ()) and not is_container(schema["properties"][name])


def variants(union: Schema) -> list[Schema]:
    """Return the variants of a union, the last first: the filters that hold no other ones."""
    return list(reversed(union["oneOf"]))


@cache
def wire(name: str, *, novel: bool = False) -> st.SearchStrategy[Json]:
    """Return values of a component of the spec; if `novel`, with parts that the spec doesn't know."""
    return st.deferred(lambda: _values(schemas()[name], novel))


def _values(schema: Schema, novel: bool) -> st.SearchStrategy[Json]:
    if "$ref" in schema:
        return wire(name_of(schema), novel=novel)
    for key, make in _KINDS.items():
        if key in schema:
            return make(schema, novel)
    if schema.get("format") == "date-time":
        return TIMES
    return _TYPES[schema["type"]](schema, novel) if "type" in schema else JSON.filter(lambda value: value is not None)


def _unions(schema: Schema, novel: bool) -> st.SearchStrategy[Json]:
    known = st.one_of([_values(variant, novel) for variant in variants(schema)])
    return _mixed(known, _unknown_variants(schema)) if novel else known


def _unknown_variants(schema: Schema) -> st.SearchStrategy[Object]:
    discriminator = schema["discriminator"]
    tags = _other_than(discriminator["mapping"])
    rest = st.dictionaries(_other_than([discriminator["propertyName"]]), JSON, max_size=2)
    return st.builds(lambda tag, rest: {discriminator["propertyName"]: tag, **rest}, tags, rest)


def _enums(schema: Schema, novel: bool) -> st.SearchStrategy[str]:
    known = st.sampled_from(schema["enum"])
    return _mixed(known, _other_than(schema["enum"])) if novel else known


def _mixed(known: st.SearchStrategy[Json], unknown: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Draw one unknown value in four, however many kinds of known ones there are."""
    return st.integers(1, 4).flatmap(lambda number: unknown if number == 4 else known)


def _other_than(known: Iterable[str]) -> st.SearchStrategy[str]:
    return (NAMES | st.text(max_size=8)).filter(lambda text: text not in known)


def _maps(schema: Schema, novel: bool) -> st.SearchStrategy[Object]:
    values = schema["additionalProperties"]
    return st.dictionaries(NAMES, JSON if values is True else _values(values, novel), max_size=3)


def _objects(schema: Schema, novel: bool) -> st.SearchStrategy[Object]:
    fields = {name: _values(field, novel) for name, field in schema["properties"].items()}
    optional = {name: fields.pop(name) for name in tuple(fields) if is_optional(schema, name)}
    known = st.fixed_dictionaries(fields, optional=optional)
    if not novel:
        return known
    unknown = st.dictionaries(_other_than(schema["properties"]), JSON, max_size=1)
    return st.builds(lambda known, unknown: {**known, **unknown}, known, unknown)


def _lists(schema: Schema, novel: bool) -> st.SearchStrategy[list[Json]]:
    return st.lists(_values(schema["items"], novel), min_size=schema.get("minItems", 0), max_size=3)


def _strings(schema: Schema, novel: bool) -> st.SearchStrategy[str]:
    return _RIDS if "pattern" in schema else st.text(max_size=12)


_RIDS = NAMES.map("ri.checkpoints..checkpoint.{}".format)

_Maker = Callable[[Schema, bool], st.SearchStrategy[Json]]
_KINDS: dict[str, _Maker] = {
    "oneOf": _unions,
    "enum": _enums,
    "const": lambda schema, _: st.just(schema["const"]),
    "additionalProperties": _maps,
    "properties": _objects,
}
_TYPES: dict[str, _Maker] = {
    "array": _lists,
    "boolean": lambda schema, _: st.booleans(),
    "string": _strings,
    "integer": lambda schema, _: st.integers(min_value=schema.get("minimum")),
    "number": lambda schema, _: st.floats(min_value=schema.get("minimum"), allow_nan=False, allow_infinity=False),
}
