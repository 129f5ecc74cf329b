"""What of a spec callers depend on, apart from its words, and which operations use it."""

from __future__ import annotations

from dataclasses import dataclass

from ...spec.document import Json, at, mappings, operations, pointer_to

_WORDS = {
    *("bearerFormat", "contact", "description", "example", "examples", "externalDocs", "license"),
    *("openapi", "summary", "termsOfService", "$comment"),
}
_MEANT = {"x-enum-varnames", "x-released"}
# Mappings whose keys are names, so that a property may be called `description`.
_NAMED = {
    *("$defs", "callbacks", "content", "dependentSchemas", "flows", "headers", "links", "mapping", "parameters"),
    *("pathItems", "paths", "patternProperties", "properties", "requestBodies", "responses", "schemas"),
    *("scopes", "securitySchemes", "variables", "webhooks"),
}
_VALUES = {"const", "default", "enum"}


@dataclass(frozen=True)
class Call:
    """An operation. `parameters` are by place and name, those of the path included, with the name of a shared one."""

    name: str
    method: str
    path: str
    pointer: str
    node: dict[str, Json]
    parameters: dict[tuple[str, str], tuple[Json, str | None]]


def split(document: Json) -> tuple[Json, dict[str, Json]]:
    """A spec without its words, and the words by pointer."""
    words: dict[str, Json] = {}
    return _without_words(document, "", words), words


def _without_words(node: Json, pointer: str, words: dict[str, Json], *, named: bool = False) -> Json:
    if isinstance(node, list):
        return [_without_words(item, f"{pointer}/{index}", words) for index, item in enumerate(node)]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, child in node.items():
        here = pointer + pointer_to([key])
        if named and pointer.endswith("/scopes") and isinstance(child, str):
            kept[key], words[f"{here}/description"] = "", child
        elif here == "/components/examples":
            words |= {here + pointer_to([name]): example for name, example in child.items()}
        elif not named and _is_words(pointer, key):
            words[here] = child
        elif not named and key in _VALUES:
            kept[key] = child
        else:
            kept[key] = _without_words(child, here, words, named=not named and key in _NAMED)
    return kept


def _is_words(pointer: str, key: str) -> bool:
    if pointer == "/info":
        return key != "version"
    return key in _WORDS or (key.startswith("x-") and key not in _MEANT) or (pointer == "" and key == "tags")


def calls(document: Json) -> dict[str, Call]:
    """The operations by operationId, or by method and path where there is none."""
    found = {}
    for (path, method), operation in operations(document):
        item = document["paths"][path]
        node = {**{key: item[key] for key in ("servers",) if key in item}, **operation}
        name = node.get("operationId", f"{method.upper()} {path}")
        both = (*item.get("parameters", ()), *node.get("parameters", ()))
        parameters = {}
        for item in both:
            parameter = resolved(document, item)
            parameters[parameter["in"], parameter["name"]] = (parameter, component(item))
        found[name] = Call(name, method.upper(), path, pointer_to(("paths", path, method)), node, parameters)
    return found


def uses(document: Json) -> dict[str, set[tuple[str, str]]]:
    """For each pointer that something refers to, in what it is used: `request` or `response`, and the operation."""
    found: dict[str, set[tuple[str, str]]] = {}
    for call in calls(document).values():
        sent = [[parameter for parameter, _ in call.parameters.values()], call.node.get("requestBody")]
        for direction, nodes in (("request", sent), ("response", [call.node.get("responses")])):
            for target in _reached(document, nodes, set()):
                found.setdefault(target, set()).add((direction, call.name))
    return found


def _reached(document: Json, node: Json, seen: set[str]) -> set[str]:
    for _, mapping in mappings(node):
        target = mapping.get("$ref")
        if isinstance(target, str) and target not in seen:
            seen.add(target)
            _reached(document, at(document, target), seen)
    return seen


def resolved(document: Json, node: Json) -> Json:
    """What a node stands for when it is a `$ref`, or an `allOf` of one `$ref`."""
    while target := reference(node):
        node = at(document, target)
    return node


def reference(node: Json) -> str | None:
    """The pointer that a node consists of, if it consists of one."""
    match node:
        case {"$ref": str(target)}:
            return target
        case {"allOf": [{"$ref": str(target)}], **rest} if not rest:
            return target
    return None


def component(node: Json) -> str | None:
    """The name of the component that a node refers to."""
    target = reference(node)
    return target.rpartition("/")[2] if target else None
