"""The components of the spec and what the generated client makes of them."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import attrs

from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import Model, OpenEnum
from tests.strategies import Json, Object, Schema, is_container, is_optional, name_of, resolved, schemas, variants

OBJECTS = [name for name, schema in schemas().items() if "properties" in schema]
UNIONS = [name for name, schema in schemas().items() if "oneOf" in schema]
ENUMS = [name for name, schema in schemas().items() if "enum" in schema]
RID = "ri.checkpoints.main.checkpoint.1"
VARIANTS = [(union, name_of(variant)) for union in UNIONS for variant in schemas()[union]["oneOf"]]


def model(name: str) -> type[Model]:
    """The class of an object component."""
    found: type[Model] = getattr(models, name)
    return found


def enum(name: str) -> type[OpenEnum]:
    """The class of an enum component."""
    found: type[OpenEnum] = getattr(models, name)
    return found


def fields(name: str) -> tuple[attrs.Attribute[Any], ...]:
    """The fields of a model, as attrs sees them."""
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(getattr(models, name))
    return found


def decode(name: str, data: Json) -> Any:
    """Decode a component: a model by its class, a union by its function."""
    return getattr(models, f"{snake(name)}_from_dict")(data) if name in UNIONS else model(name).from_dict(data)


def snake(name: str) -> str:
    """A name of the spec, as Python writes it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def attribute(field: str) -> str:
    """The attribute that holds a field; the names of built-in functions get an underscore."""
    name = snake(field)
    return f"{name}_" if hasattr(builtins, name) and name != "id" else name


def tag_field(union: str) -> str:
    """The field that tells the variants of a union apart."""
    return str(schemas()[union]["discriminator"]["propertyName"])


def tag(union: str, variant: str) -> str:
    """What the discriminator of a variant holds."""
    return str(schemas()[variant]["properties"][tag_field(union)]["const"])


def sample(name: str, text: str = "content") -> Object:
    """A value of a component with every field, every variant in a list of a union, and the text in every string."""
    value = _sample(schemas()[name], text, (name,))
    assert isinstance(value, dict)
    return value


def _sample(schema: Schema, text: str, within: tuple[str, ...]) -> Json:
    if "$ref" in schema:
        return _sample(resolved(schema), text, (*within, name_of(schema)))
    if "oneOf" in schema:
        return _sample(variants(schema)[0], text, within)
    if "properties" in schema:
        return {name: _sample(field, text, within) for name, field in schema["properties"].items()}
    if "additionalProperties" in schema:
        values = schema["additionalProperties"]
        return {RID: text if values is True else _sample(values, text, within)}
    if schema.get("type") == "array":
        parts = resolved(schema["items"]).get("oneOf", [schema["items"]])
        # Filters hold filters: each kind occurs within itself only once.
        return [_sample(part, text, within) for part in parts if "$ref" not in part or name_of(part) not in within]
    return _scalar(schema, text)


def _scalar(schema: Schema, text: str) -> Json:
    if schema.get("format") == "date-time":
        return "2023-11-14T09:30:00.000Z"
    by_type = {"boolean": True, "integer": 7, "number": 0.5}
    return by_type.get(schema.get("type", ""), schema.get("const", text))


@dataclass(frozen=True)
class Place:
    """A place inside a JSON value: `holder[key]` is what is there, and `schema` is what should be."""

    path: str
    holder: Any
    key: str | int
    schema: Schema
    may_be_absent: bool
    may_be_null: bool


def places(name: str, data: Json) -> list[Place]:
    """Every field and every element in a value of a component."""
    return list(_places(schemas()[name], data, name))


def _places(schema: Schema, data: Json, path: str) -> Iterator[Place]:
    if "oneOf" in schema:
        tagged = schema["discriminator"]
        variant = {"$ref": tagged["mapping"][data[tagged["propertyName"]]]}
        yield from _places(resolved(variant), data, path)
    for place in _children(schema, data, path):
        yield place
        yield from _places(resolved(place.schema), place.holder[place.key], place.path)


def _children(schema: Schema, data: Json, path: str) -> Iterator[Place]:
    for name, field in schema.get("properties", {}).items():
        may_lack = is_optional(schema, name) or is_container(field)
        yield Place(f"{path}.{name}", data, name, field, may_lack, may_lack)
    if schema.get("type") == "array":
        yield from (Place(f"{path}[{index}]", data, index, schema["items"], True, False) for index in range(len(data)))
    if isinstance(values := schema.get("additionalProperties"), dict):
        yield from (Place(f"{path}.{key}", data, key, values, True, False) for key in data)
