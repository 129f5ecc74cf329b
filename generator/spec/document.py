"""Walk an OpenAPI document: by pointer, by schema, by operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Json = Any
Fault = tuple[str, str]
"""A JSON pointer into the document, and what is wrong there."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ONE_SCHEMA = {"items", "not", "additionalProperties", "propertyNames", "contains", "if", "then", "else"}
_MANY_SCHEMAS = {"properties", "patternProperties", "allOf", "anyOf", "oneOf", "prefixItems"}


def pointer_to(path: Iterable[str | int]) -> str:
    """Return the JSON pointer of a path of keys."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)


def keys_of(pointer: str) -> list[str]:
    """Return the keys of a JSON pointer, indexes as texts; a `$ref` will do too."""
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def at(document: Json, pointer: str) -> Json:
    """Return what a pointer names; a `$ref` will do too."""
    node = document
    for key in keys_of(pointer):
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def exists(document: Json, pointer: str) -> bool:
    """Return whether a pointer names anything."""
    try:
        at(document, pointer)
    except (LookupError, TypeError, ValueError):
        return False
    return True


def children(node: Json) -> Iterator[tuple[str | int, Json]]:
    """Yield what a mapping or a list contains, by key or index; nothing for a scalar."""
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def walk(node: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Yield a node and all that it contains by their pointers, examples included."""
    yield pointer, node
    for key, child in children(node):
        yield from walk(child, pointer + pointer_to([key]))


def mappings(node: Json, pointer: str = "") -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield every mapping by its pointer, examples included."""
    return ((here, each) for here, each in walk(node, pointer) if isinstance(each, dict))


def top_schemas(node: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Yield the schemas that are not part of another: the components, and those of parameters and media types."""
    for key, child in children(node):
        here = pointer + pointer_to([key])
        if here == "/components/schemas":
            yield from ((here + pointer_to([name]), schema) for name, schema in children(child))
        elif key == "schema":
            yield here, child
        elif key not in ("example", "examples"):
            yield from top_schemas(child, here)


def schemas(document: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield every schema, those within schemas included."""
    pending = list(top_schemas(document))
    while pending:
        pointer, schema = pending.pop()
        if isinstance(schema, dict):
            yield pointer, schema
            pending += [(f"{pointer}/{key}", schema[key]) for key in _ONE_SCHEMA & schema.keys()]
            for key in _MANY_SCHEMAS & schema.keys():
                named = children(schema[key])
                pending += [(f"{pointer}/{key}{pointer_to([name])}", part) for name, part in named]


def operations(document: Json) -> Iterator[tuple[tuple[str, str], dict[str, Json]]]:
    """Yield every operation by its path and method."""
    for path, item in document.get("paths", {}).items():
        yield from (((path, method), item[method]) for method in _METHODS if method in item)


def discriminator_of(schema: Json) -> tuple[str, dict[str, str]] | None:
    """Return the property that tells the variants of a union apart, and its mapping."""
    match schema.get("discriminator"):
        case {"propertyName": str(name), "mapping": dict(mapping)}:
            return name, mapping
    return None
