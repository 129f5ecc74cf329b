"""Rules of the house: what the generator depends on, and the shapes that it would get wrong without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .document import (
    Fault,
    Json,
    at,
    discriminator_of,
    operations,
    parts_of,
    pointer_to,
    schemas,
)
from .tables import tables

_UNUSABLE = {
    "title": "a title would rename the generated class",
    "default": "the generated client would invent a value where there is none",
    "patternProperties": "the generator ignores patternProperties",
    "nullable": "OpenAPI 3.1 has no nullable",
    "anyOf": "the generator does not know anyOf; a union is a oneOf with a discriminator",
    "prefixItems": "the generator does not know prefixItems",
}
_FORMATS = ("date", "uuid", "binary")
_QUERY_TYPES = ("string", "integer", "number", "boolean")

# What a generated module uses itself, in lower case and without underscores.
_OWN_CLASSES = {
    *("model", "openenum", "values", "variants", "unknownvariant"),
    *("any", "mapping", "classvar", "literal", "typealias", "define", "field", "new"),
}
_OWN_ATTRIBUTES = {"fromdict", "todict", "additionalproperties"}
_OWN_ARGUMENTS = {"sender", "body", "params"}


def house_rules(document: Json) -> Iterator[Fault]:
    """Every breach of a rule, in no order."""
    for key, operation in operations(document):
        here = pointer_to(("paths", *key))
        yield from ((here, why) for why in _operation_rules(operation))
        yield from _parameter_rules(document, here, operation)
        yield from _response_rules(document, here, operation)
    tags = _tags(document)
    for pointer, schema in schemas(document):
        yield from ((f"{pointer}/{key}", why) for key, why in _UNUSABLE.items() if key in schema)
        yield from ((pointer, why) for why in _schema_rules(schema, is_component=pointer.count("/") == 3))
        yield from ((pointer, why) for why in _tag_rules(document, pointer, schema, tags))
        yield from _property_rules(pointer, schema)
        if "oneOf" in schema:
            yield from _union_rules(document, pointer, schema)
    yield from _name_rules(document)
    yield from tables(document).faults


# Operations


def _operation_rules(operation: Json) -> Iterator[str]:
    if "operationId" not in operation:
        yield "the operation has no operationId"
    if "summary" not in operation:
        yield "the operation has no summary"
    if len(operation.get("tags", ())) != 1:
        yield "the operation needs exactly one tag"


def _parameter_rules(document: Json, here: str, operation: Json) -> Iterator[Fault]:
    for index, item in enumerate(operation.get("parameters", ())):
        parameter = _resolved(document, item)
        place, schema = parameter["in"], _resolved(document, parameter.get("schema", {}))
        plain = not schema.keys() & {"enum", "format"}
        pointer = f"{here}/parameters/{index}"
        if place not in ("path", "query"):
            yield pointer, f"the generator does not know a parameter in a {place}"
        elif place == "path" and not (plain and schema.get("type") == "string"):
            yield pointer, "the generator does not know a path parameter that is no plain string"
        elif place == "query" and not (plain and schema.get("type") in _QUERY_TYPES):
            yield pointer, "the generator does not know a query parameter that is no plain string, number or boolean"
        if _plain(parameter["name"]) in _OWN_ARGUMENTS:
            yield pointer, f"the generated function needs the name {parameter['name']} itself"


def _response_rules(document: Json, here: str, operation: Json) -> Iterator[Fault]:
    responses = operation.get("responses", {})
    successes = [name for name in responses if name.startswith("2")]
    if len(successes) != 1:
        yield here, "the generator does not know an operation without one success"
    failures = {name: _json_schema(document, responses[name]) for name in responses if name not in successes}
    if not failures:
        yield here, "the generator does not know an operation without an error response"
    for name in successes:
        if not any("properties" in part for part in parts_of(document, _json_schema(document, responses[name]))):
            yield (
                f"{here}/responses/{name}",
                "the generator does not know a success that is no JSON object with properties",
            )
    for name, schema in failures.items():
        if "oneOf" not in _resolved(document, schema):
            yield f"{here}/responses/{name}", "the generator does not know an error that is no union"
        elif schema != next(iter(failures.values())):
            yield f"{here}/responses/{name}", "the generator does not know errors of two kinds in one operation"


def _json_schema(document: Json, response: Json) -> Json:
    return _resolved(document, response).get("content", {}).get("application/json", {}).get("schema", {})


def _resolved(document: Json, node: Json) -> Json:
    while "$ref" in node:
        node = at(document, node["$ref"])
    return node


# Schemas


def _schema_rules(schema: Json, *, is_component: bool) -> Iterator[str]:
    if "$ref" in schema and any(key != "$ref" and not key.startswith("x-") for key in schema):
        yield "the generator ignores what stands beside a $ref"
    if isinstance(schema.get("type"), list):
        yield "the generator does not know a list of types"
    if schema.get("format") in _FORMATS:
        yield f"the generator does not know the format {schema['format']}"
    if schema.keys() & {"enum", "oneOf"} and not is_component:
        yield "an enum or a union needs a name under /components/schemas"
    if "enum" in schema:
        yield from _enum_rules(schema)


def _enum_rules(schema: Json) -> Iterator[str]:
    members, names = schema["enum"], schema.get("x-enum-varnames", ())
    if schema.get("type") != "string" or not all(isinstance(member, str) for member in members):
        yield "the generator does not know an enum that is not of strings"
        return
    if len(names) != len(members) and any(member != member.upper() for member in members):
        yield "an enum that is not in upper case needs a name for each member in x-enum-varnames"
    seen = [re.sub(r"[\W_]+", "_", str(name).upper()) for name in (names or members)]
    if len(set(seen)) != len(seen):
        yield "two members of the enum have one name in Python"


def _property_rules(pointer: str, schema: Json) -> Iterator[Fault]:
    for name in schema.get("properties", ()):
        if _plain(name) in _OWN_ATTRIBUTES:
            yield f"{pointer}/properties{pointer_to([name])}", f"the generated class needs the name {name} itself"


# Unions


def _union_rules(document: Json, pointer: str, schema: Json) -> Iterator[Fault]:
    variants = [variant.get("$ref") for variant in schema["oneOf"] if isinstance(variant, dict)]
    if len(variants) == 1:
        yield pointer, "a union of one variant collapses into it"
    union = discriminator_of(schema)
    if union is None:
        yield pointer, "the union needs a discriminator with propertyName and mapping"
        return
    name, mapping = union
    if list(mapping.values()) != variants:
        yield f"{pointer}/discriminator", "the mapping must hold what oneOf holds, in the same order"
    for tag, target in mapping.items():
        if target in variants and not _requires(document, target, name, tag):
            yield target.removeprefix("#"), f"a variant must require {name} with the const of its mapping, {tag}"


def _requires(document: Json, target: str, name: str, tag: str) -> bool:
    parts = list(parts_of(document, {"$ref": target}))
    match [part["properties"][name] for part in parts if name in part.get("properties", ())]:
        case [{"const": const}]:
            return const == tag and any(name in part.get("required", ()) for part in parts)
    return False


def _tags(document: Json) -> list[Json]:
    """The schemas of the discriminators in all variants of all unions."""
    found = []
    for _, union in schemas(document):
        tag = discriminator_of(union)
        for variant in union.get("oneOf", ()):
            for part in parts_of(document, variant):
                named = part.get("properties", {})
                # A union without a discriminator is reported as such, and not for each of its variants.
                found += [named[name] for name in named if tag is None or name == tag[0]]
    return found


def _tag_rules(document: Json, pointer: str, schema: Json, tags: list[Json]) -> Iterator[str]:
    """A decoder of a model does not look at its constants: the table of a union has done that."""
    if "const" in schema and not any(schema is tag for tag in tags):
        yield "the generator does not know a const other than the discriminator of a union"
    within = pointer.split("/")
    if "$ref" in schema and within[-1] != "schema" and within[-2] not in ("oneOf", "allOf"):
        parts = parts_of(document, schema)
        if any("const" in named for part in parts for named in part.get("properties", {}).values()):
            yield "the generator does not know a variant outside its union: its discriminator would go unchecked"


# Names


def _name_rules(document: Json) -> Iterator[Fault]:
    base = "/components/schemas"
    names = list(document.get("components", {}).get("schemas", ()))
    yield from _clashes((base + pointer_to([name]), name, _plain(name)) for name in names)
    own = _OWN_CLASSES | {f"{_plain(name)}fields" for name in names}
    for name in names:
        if _plain(name) in own:
            yield base + pointer_to([name]), f"the generated module needs the name {name} itself"
    yield from _clashes(
        (
            pointer_to(("paths", *key)),
            operation["operationId"],
            _plain(f"{operation['tags'][0]}/{operation['operationId']}"),
        )
        for key, operation in operations(document)
        if "operationId" in operation and operation.get("tags")
    )


def _clashes(named: Iterable[tuple[str, str, str]]) -> Iterator[Fault]:
    """The names that are one in Python with an earlier one: their pointer, name and plain form."""
    first: dict[str, str] = {}
    for pointer, name, plain in named:
        earlier = first.setdefault(plain, name)
        # The validator of OpenAPI reports the operation ids that are equal.
        if earlier != name:
            yield pointer, f"{name} and {earlier} have one name in Python"


def _plain(name: str) -> str:
    """What is left of a name when the styles of Python have taken its case and its separators."""
    return re.sub(r"[\s_.-]", "", name).lower()
