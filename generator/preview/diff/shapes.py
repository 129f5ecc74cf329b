"""What a schema is: its type in the generated client, and the fields of a model."""

from __future__ import annotations

from typing import NamedTuple

from ...spec.document import Json, pointer_to
from .surface import reference, resolved

_PYTHON = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


class Field(NamedTuple):
    """A field of a model, its pointer included."""

    schema: Json
    required: bool
    pointer: str


def python_type(document: Json, schema: Json) -> str:
    """The type in the generated client, or what a schema defines."""
    if target := reference(schema):
        name, schema = target.rpartition("/")[2], resolved(document, schema)
        return name if is_class(schema) else python_type(document, schema)
    match schema:
        case {"enum": _}:
            return "an enum"
        case {"oneOf": _}:
            return "a union"
        case {"const": const}:
            return f'Literal["{const}"]'
        case {"type": "array", **rest}:
            return f"list[{python_type(document, rest.get('items', {}))}]"
        case {"type": "string", "format": "date-time"}:
            return "datetime"
        case _ if has_fields(schema):
            return "a model"
        case {"type": "object"}:
            return f"dict[str, {python_type(document, values(schema))}]"
    kinds = schema.get("type", ())
    return " | ".join(_PYTHON.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)) or "Any"


def is_class(schema: Json) -> bool:
    """Whether the generated client has a class or an alias under the name of the schema."""
    return "enum" in schema or "oneOf" in schema or has_fields(schema)


def has_fields(schema: Json) -> bool:
    """Whether a schema is a model; without properties it is a dict."""
    return bool(schema.get("properties")) or "allOf" in schema


def values(schema: Json) -> Json:
    """What fields that are not named may hold; the empty schema is any value."""
    allowed = schema.get("additionalProperties", True)
    return {} if allowed is True else {"not": {}} if allowed is False else allowed


def fields(document: Json, schema: Json, pointer: str) -> dict[str, Field]:
    """The fields of a model, with those that `$ref` and `allOf` add to it."""
    if target := schema.get("$ref"):
        return fields(document, resolved(document, schema), target[1:])
    found: dict[str, Field] = {}
    for index, part in enumerate(schema.get("allOf", ())):
        found |= fields(document, part, f"{pointer}/allOf/{index}")
    for name, named in schema.get("properties", {}).items():
        found[name] = Field(named, False, f"{pointer}/properties{pointer_to([name])}")
    required = {name for part in (schema, *schema.get("allOf", ())) for name in part.get("required", ())}
    return {name: field._replace(required=field.required or name in required) for name, field in found.items()}


def positional(named: dict[str, Field]) -> list[str]:
    """The order of the arguments; a constant is none."""
    names = [name for name, field in named.items() if "const" not in field.schema]
    return sorted(names, key=lambda name: not named[name].required)
