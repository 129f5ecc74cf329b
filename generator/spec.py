"""Read the spec, and say what is wrong with it: where, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import schema_v31
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

Json = Any
Fault = tuple[str, str]
"""A JSON pointer into the document, and what is wrong there."""

_JSON_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ONE_SCHEMA = {"items", "not", "additionalProperties", "propertyNames", "contains", "if", "then", "else"}
_MANY_SCHEMAS = {"properties", "patternProperties", "allOf", "anyOf", "oneOf", "prefixItems"}
_UNUSABLE = {
    "title": "a title would rename the generated class",
    "default": "the generated client would invent a value where there is none",
    "patternProperties": "the generator ignores patternProperties",
    "nullable": "OpenAPI 3.1 has no nullable",
}


@dataclass(frozen=True)
class Problem:
    """A fault of a spec. `line` counts from 1. `pointer` is a JSON pointer, empty for the whole document."""

    path: Path
    line: int
    pointer: str
    message: str

    def __str__(self) -> str:
        where = f"{self.pointer}: " if self.pointer else ""
        return f"{self.path}:{self.line}: {where}{self.message}"


class SpecError(Exception):
    """A file that holds no document to look at. `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Spec:
    """A spec as read. `digest` is the start of the SHA-256 of the file, 12 hexadecimal digits."""

    path: Path
    document: dict[str, Json]
    digest: str
    lines: dict[str, int] = field(repr=False)

    @property
    def version(self) -> str:
        """The version of the API document that the spec describes."""
        return str(self.document["info"]["version"])

    def problem(self, pointer: str, message: str) -> Problem:
        """The fault at a pointer, on the line of what it names or, where that is missing, of its parent."""
        present = pointer
        while present not in self.lines:
            present = present.rpartition("/")[0]
        return Problem(self.path, self.lines[present], pointer, message)


def load(path: Path) -> Spec:
    """Read a spec. Raises `SpecError` for a file that is missing, is not YAML, or holds what JSON cannot."""
    try:
        content = path.read_bytes()
        root = YAML(typ="safe", pure=True).compose(content)
        if not isinstance(root, MappingNode):
            raise SpecError([Problem(path, 1, "", "the document is not a mapping")])
        if foreign := [Problem(path, line, *fault) for line, *fault in _foreign(root)]:
            raise SpecError(foreign)
        document = YAML(typ="safe", pure=True).constructor.construct_document(root)
    except OSError as error:
        raise SpecError([Problem(path, 1, "", error.strerror or str(error))]) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise SpecError([Problem(path, mark.line + 1 if mark else 1, "", message)]) from error
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Spec(path, document, digest, {pointer: line for pointer, line, _ in _nodes(root)})


def problems(spec: Spec) -> list[Problem]:
    """Everything that is wrong with a spec, by line.

    A document that is not OpenAPI, or that points nowhere, is looked at no further.
    """
    document = spec.document
    faults = set(_structure(document))
    if not faults:
        faults = {*_semantics(document), *_house_rules(document), *_examples(document)}
    found = (spec.problem(*fault) for fault in faults)
    return sorted(found, key=lambda problem: (problem.line, str(problem)))


# The document as text


def _nodes(node: Node, pointer: str = "", line: int = 1) -> Iterator[tuple[str, int, Node]]:
    yield pointer, line, node
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _nodes(value, pointer + _pointer([key.value]), key.start_mark.line + 1)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _nodes(item, pointer + _pointer([index]), item.start_mark.line + 1)


def _foreign(root: Node) -> Iterator[tuple[int, str, str]]:
    for pointer, line, node in _nodes(root):
        if node.tag not in _JSON_TAGS:
            yield line, pointer, f"{node.value} is not a value of JSON; quote it"
        for key, _ in node.value if isinstance(node, MappingNode) else ():
            if key.tag != "tag:yaml.org,2002:str":
                yield key.start_mark.line + 1, pointer, f"the key {key.value} is not a string; quote it"


# The document as JSON


def _pointer(path: Iterable[str | int]) -> str:
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)


def _at(document: Json, pointer: str) -> Json:
    """What a pointer names, also in the form of a `$ref`."""
    node = document
    for key in pointer.split("/")[1:]:
        node = node[int(key)] if isinstance(node, list) else node[key.replace("~1", "/").replace("~0", "~")]
    return node


def _exists(document: Json, pointer: str) -> bool:
    try:
        _at(document, pointer)
    except (LookupError, TypeError, ValueError):
        return False
    return True


def _children(node: Json) -> Iterator[tuple[str | int, Json]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _mappings(node: Json, pointer: str = "") -> Iterator[tuple[str, dict[str, Json]]]:
    if isinstance(node, dict):
        yield pointer, node
    for key, child in _children(node):
        yield from _mappings(child, pointer + _pointer([key]))


def _top_schemas(node: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """The schemas that are no part of another: the components, and those of parameters and media types."""
    for key, child in _children(node):
        here = pointer + _pointer([key])
        if here == "/components/schemas":
            yield from ((here + _pointer([name]), schema) for name, schema in _children(child))
        elif key == "schema":
            yield here, child
        elif key not in ("example", "examples"):
            yield from _top_schemas(child, here)


def _schemas(document: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    """Every schema, those within schemas included."""
    pending = list(_top_schemas(document))
    while pending:
        pointer, schema = pending.pop()
        if isinstance(schema, dict):
            yield pointer, schema
            pending += [(f"{pointer}/{key}", schema[key]) for key in _ONE_SCHEMA & schema.keys()]
            for key in _MANY_SCHEMAS & schema.keys():
                named = _children(schema[key])
                pending += [(f"{pointer}/{key}{_pointer([name])}", part) for name, part in named]


# OpenAPI


def _structure(document: Json) -> Iterator[Fault]:
    yield from _violations(_validator(dict(schema_v31)), document)
    for pointer, schema in _top_schemas(document):
        yield from _violations(_validator(Draft202012Validator.META_SCHEMA), schema, pointer)
    for pointer, node in _mappings(document):
        target = node.get("$ref")
        if isinstance(target, str) and not (target.startswith("#/") and _exists(document, target)):
            yield f"{pointer}/$ref", f"{target} does not exist in this document"


def _semantics(document: Json) -> Iterator[Fault]:
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        # These errors have no path, but their messages quote the path and the method of the operation.
        named = (at for at, _ in _operations(document) if all(repr(key) in error.message for key in at))
        yield _pointer(next((("paths", *at) for at in named), ())), error.message


def _operations(document: Json) -> Iterator[tuple[tuple[str, str], dict[str, Json]]]:
    for path, item in document.get("paths", {}).items():
        yield from (((path, method), item[method]) for method in _METHODS if method in item)


def _validator(schema: Json, **resources: Any) -> Any:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER, **resources)


def _violations(validator: Any, instance: Json, at: str = "") -> Iterator[Fault]:
    for error in validator.iter_errors(instance):
        yield from ((at + pointer, message) for pointer, message in _causes(error))


def _causes(error: Any) -> Iterator[Fault]:
    """What is behind a validation error; where a union fails, that of the variant that the value names."""
    union = _discriminator(error.schema) if error.validator == "oneOf" else None
    if union is None or not isinstance(error.instance, dict):
        cause = best_match([error])
        ways = dict.fromkeys(nested.message for nested in cause.context)
        yield _pointer(cause.absolute_path), ", or ".join(ways) or cause.message
        return
    name, mapping = union
    tag = error.instance.get(name)
    variant = {"$ref": mapping.get(str(tag))}
    if variant not in error.validator_value:
        yield _pointer(error.absolute_path), f"no variant has the {name} {tag!r}"
    for nested in error.context:
        if error.validator_value[nested.relative_schema_path[0]] == variant:
            yield from _causes(nested)


def _discriminator(schema: Json) -> tuple[str, dict[str, str]] | None:
    match schema.get("discriminator"):
        case {"propertyName": str(name), "mapping": dict(mapping)}:
            return name, mapping
    return None


# Rules that the generator depends on


def _house_rules(document: Json) -> Iterator[Fault]:
    for at, operation in _operations(document):
        if "operationId" not in operation:
            yield _pointer(("paths", *at)), "the operation has no operationId"
        if len(operation.get("tags", ())) != 1:
            yield _pointer(("paths", *at)), "the operation needs exactly one tag"
    for pointer, schema in _schemas(document):
        yield from ((f"{pointer}/{key}", why) for key, why in _UNUSABLE.items() if key in schema)
        yield from ((pointer, why) for why in _schema_rules(schema, is_component=pointer.count("/") == 3))
        if "oneOf" in schema:
            yield from _union_rules(document, pointer, schema)


def _schema_rules(schema: dict[str, Json], *, is_component: bool) -> Iterator[str]:
    if "$ref" in schema and len(schema) > 1:
        yield "the generator ignores what stands beside a $ref"
    if schema.keys() & {"enum", "oneOf"} and not is_component:
        yield "an enum or a union needs a name under /components/schemas"
    members, names = schema.get("enum", ()), schema.get("x-enum-varnames", ())
    if len(names) != len(members) and any(member != str(member).upper() for member in members):
        yield "an enum that is not in upper case needs a name for each member in x-enum-varnames"


def _union_rules(document: Json, pointer: str, schema: dict[str, Json]) -> Iterator[Fault]:
    variants = [variant.get("$ref") for variant in schema["oneOf"] if isinstance(variant, dict)]
    if len(variants) == 1:
        yield pointer, "a union of one variant collapses into it"
    union = _discriminator(schema)
    if union is None:
        yield pointer, "the union needs a discriminator with propertyName and mapping"
        return
    name, mapping = union
    if list(mapping.values()) != variants:
        yield f"{pointer}/discriminator", "the mapping must hold what oneOf holds, in the same order"
    for tag, target in mapping.items():
        if target in variants and not _requires(document, target, name, tag):
            yield (
                target.removeprefix("#"),
                f"a variant must require {name} with the const of its mapping, {tag}",
            )


def _requires(document: Json, target: str, name: str, tag: str) -> bool:
    parts = list(_parts(document, {"$ref": target}))
    match [part["properties"][name] for part in parts if name in part.get("properties", ())]:
        case [{"const": const}]:
            return const == tag and any(name in part.get("required", ()) for part in parts)
    return False


def _parts(document: Json, schema: Json) -> Iterator[dict[str, Json]]:
    """A schema and all that `$ref` and `allOf` add to it."""
    if isinstance(schema, dict):
        yield schema
        if "$ref" in schema:
            yield from _parts(document, _at(document, schema["$ref"]))
        for part in schema.get("allOf", ()):
            yield from _parts(document, part)


# Examples


def _examples(document: Json) -> Iterator[Fault]:
    registry = Registry().with_resource("urn:spec", DRAFT202012.create_resource(document))
    for schema, pointer, value in (*_outer_examples(document), *_inner_examples(document)):
        validator = _validator({"$ref": f"urn:spec#{quote(schema)}"}, registry=registry)
        yield from _violations(validator, value, pointer)


def _outer_examples(document: Json) -> Iterator[tuple[str, str, Json]]:
    """The examples of parameters and media types: the pointer of the schema, their own, their value."""
    for schema, _ in _top_schemas(document):
        if schema.endswith("/schema"):
            owner = schema.removesuffix("/schema")
            holder = _at(document, owner)
            if "example" in holder:
                yield schema, f"{owner}/example", holder["example"]
            for name, example in holder.get("examples", {}).items():
                inline = f"{owner}/examples{_pointer([name])}"
                pointer = example.get("$ref", inline).removeprefix("#") + "/value"
                if _exists(document, pointer):
                    yield schema, pointer, _at(document, pointer)


def _inner_examples(document: Json) -> Iterator[tuple[str, str, Json]]:
    """The examples in schemas: the pointer of the schema, their own, their value."""
    for pointer, schema in _schemas(document):
        for index, value in enumerate(schema.get("examples", ())):
            yield pointer, f"{pointer}/examples/{index}", value
