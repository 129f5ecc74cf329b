"""House rules: what the generator depends on, and the shapes that it would silently get wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .document import Fault, Json, discriminator_of, pointer_to, schemas
from .model import BASE, Model, Operation, component
from .tables import tables

_UNUSABLE = {
    "title": "a title would rename the generated class",
    "default": "the generated client would invent a value that nobody sent",
    "patternProperties": "the generator ignores patternProperties",
    "nullable": "OpenAPI 3.1 has no nullable",
    "anyOf": "the generator doesn't support anyOf; a union must be a oneOf with a discriminator",
    "prefixItems": "the generator doesn't support prefixItems",
}
_FORMATS = ("date", "uuid", "binary")
_QUERY_TYPES = ("string", "integer", "number", "boolean")

# Names that a generated module uses for itself, in lower case and without underscores.
_OWN_CLASSES = {
    *("model", "openenum", "values", "variants", "unknownvariant"),
    *("any", "mapping", "classvar", "literal", "typealias", "define", "field", "new"),
}
_OWN_ATTRIBUTES = {"fromdict", "todict", "additionalproperties"}
_OWN_ARGUMENTS = {"sender", "body", "params"}


def house_rules(document: Json) -> Iterator[Fault]:
    """Yield every breach of a rule, in no particular order."""
    model = Model(document)
    for operation in model.operations.values():
        for key in {"operationId", "summary"} - operation.node.keys():
            yield operation.pointer, f"the operation has no {key}"
        if len(operation.node.get("tags", ())) != 1:
            yield operation.pointer, "the operation must have exactly one tag"
        yield from _parameter_rules(model, operation)
        yield from _response_rules(model, operation)
    tags = _tags(model)
    for pointer, schema in schemas(document):
        yield from ((f"{pointer}/{key}", why) for key, why in _UNUSABLE.items() if key in schema)
        yield from ((pointer, why) for why in _schema_rules(schema, is_component=pointer.count("/") == 3))
        yield from ((pointer, why) for why in _const_rules(model, pointer, schema, tags))
        for name in schema.get("properties", ()):
            if _plain(name) in _OWN_ATTRIBUTES:
                yield f"{pointer}/properties{pointer_to([name])}", f"the generated class needs the name {name} itself"
        if "oneOf" in schema:
            yield from _union_rules(model, pointer, schema)
    yield from _name_rules(model)
    yield from tables(document).faults


# Operations


def _parameter_rules(model: Model, operation: Operation) -> Iterator[Fault]:
    for index, ((place, name), parameter) in enumerate(operation.parameters.items()):
        schema = model.resolved(parameter.node.get("schema", {}))
        plain = not schema.keys() & {"enum", "format"}
        pointer = f"{operation.pointer}/parameters/{index}"
        if place not in ("path", "query"):
            yield pointer, f"the generator doesn't support a parameter in a {place}"
        elif place == "path" and not (plain and schema.get("type") == "string"):
            yield pointer, "the generator supports only plain strings as path parameters"
        elif place == "query" and not (plain and schema.get("type") in _QUERY_TYPES):
            yield pointer, "the generator supports only plain strings, numbers, and booleans as query parameters"
        if _plain(name) in _OWN_ARGUMENTS:
            yield pointer, f"the generated function needs the name {name} itself"


def _response_rules(model: Model, operation: Operation) -> Iterator[Fault]:
    here, failures = operation.pointer, {name: model.content(each) for name, each in operation.failures.items()}
    if len(operation.successes) != 1:
        yield here, "the operation must have exactly one success response"
    if not failures:
        yield here, "the operation must have an error response"
    for name, response in operation.successes.items():
        if not model.fields(model.content(response)):
            yield f"{here}/responses/{name}", "a success response must be a JSON object with properties"
    for name, schema in failures.items():
        if "oneOf" not in model.resolved(schema):
            yield f"{here}/responses/{name}", "an error response must be a union"
        elif schema != next(iter(failures.values())):
            yield f"{here}/responses/{name}", "all error responses of an operation must have the same schema"


# Schemas


def _schema_rules(schema: Json, *, is_component: bool) -> Iterator[str]:
    if "$ref" in schema and any(key != "$ref" and not key.startswith("x-") for key in schema):
        yield "the generator ignores what stands beside a $ref"
    if isinstance(schema.get("type"), list):
        yield "the generator doesn't support a list of types"
    if schema.get("format") in _FORMATS:
        yield f"the generator doesn't support the format {schema['format']}"
    if schema.keys() & {"enum", "oneOf"} and not is_component:
        yield "an enum or a union needs a name under /components/schemas"
    if "enum" in schema:
        yield from _enum_rules(schema)


def _enum_rules(schema: Json) -> Iterator[str]:
    members, names = schema["enum"], schema.get("x-enum-varnames", ())
    if schema.get("type") != "string" or not all(isinstance(member, str) for member in members):
        yield "an enum must consist of strings"
        return
    if len(names) != len(members) and any(member != member.upper() for member in members):
        yield "an enum that isn't in upper case needs a name for each member in x-enum-varnames"
    seen = [re.sub(r"[\W_]+", "_", str(name).upper()) for name in (names or members)]
    if len(set(seen)) != len(seen):
        yield "two members of the enum have the same name in Python"


def _union_rules(model: Model, pointer: str, schema: Json) -> Iterator[Fault]:
    variants = [variant.get("$ref") for variant in schema["oneOf"] if isinstance(variant, dict)]
    if len(variants) == 1:
        yield pointer, "a union of one variant collapses into it"
    union = discriminator_of(schema)
    if union is None:
        yield pointer, "the union needs a discriminator with propertyName and mapping"
        return
    name, mapping = union
    if list(mapping.values()) != variants:
        yield f"{pointer}/discriminator", "the mapping must contain the same schemas as oneOf, in the same order"
    for tag, target in mapping.items():
        if target in variants:
            field = model.fields({"$ref": target}).get(name)
            if field is None or not field.required or field.schema.get("const") != tag:
                yield target.removeprefix("#"), f"a variant must require {name} with the const of its mapping, {tag}"


def _tags(model: Model) -> list[Json]:
    """Return the schemas of the discriminators in all variants of all unions."""
    found = []
    for _, union in model.unions():
        for variant in union.node["oneOf"]:
            fields = model.fields(variant) if component(variant) else {}
            # A union without a discriminator is reported once, not for each constant of its variants.
            found += [field.schema for name, field in fields.items() if not union.tag or name == union.tag]
    return found


def _const_rules(model: Model, pointer: str, schema: Json, tags: list[Json]) -> Iterator[str]:
    """The decoder of a model doesn't check its constants: the table of its union has done that."""
    if "const" in schema and not any(schema is tag for tag in tags):
        yield "the generator supports a const only as the discriminator of a union"
    within = pointer.split("/")
    is_free = "$ref" in schema and within[-1] != "schema" and within[-2] not in ("oneOf", "allOf")
    if is_free and any("const" in field.schema for field in model.fields(schema).values()):
        yield "a variant can't be used outside its union: its discriminator would go unchecked"


# Names


def _name_rules(model: Model) -> Iterator[Fault]:
    names = list(model.schemas)
    yield from _clashes((BASE[1:] + name, name, _plain(name)) for name in names)
    own = _OWN_CLASSES | {f"{_plain(name)}fields" for name in names}
    for name in names:
        if _plain(name) in own:
            yield BASE[1:] + name, f"the generated module needs the name {name} itself"
    yield from _clashes(
        (operation.pointer, operation.name, _plain(f"{operation.node['tags'][0]}/{operation.name}"))
        for operation in model.operations.values()
        if operation.node.get("tags")
    )


def _clashes(named: Iterable[tuple[str, str, str]]) -> Iterator[Fault]:
    """Yield the names that equal an earlier one in Python; each is given as its pointer, name, and plain form."""
    first: dict[str, str] = {}
    for pointer, name, plain in named:
        earlier = first.setdefault(plain, name)
        # The OpenAPI validator reports operation ids that are equal.
        if earlier != name:
            yield pointer, f"{name} and {earlier} have the same name in Python"


def _plain(name: str) -> str:
    """Reduce a name to what Python's naming styles keep of it: no case, no separators."""
    return re.sub(r"[\s_.-]", "", name).lower()
