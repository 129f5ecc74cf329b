"""The words of a spec, apart from what callers depend on."""

from __future__ import annotations

from .document import Json, pointer_to

_WORDS = {
    *("bearerFormat", "contact", "description", "example", "examples", "externalDocs", "license"),
    *("openapi", "summary", "termsOfService", "$comment"),
}
_MEANT = {"x-column", "x-enum-varnames", "x-released"}
# Mappings whose keys are names, so that a property may be called `description`.
_NAMED = {
    *("$defs", "callbacks", "content", "dependentSchemas", "flows", "headers", "links", "mapping", "parameters"),
    *("pathItems", "paths", "patternProperties", "properties", "requestBodies", "responses", "schemas"),
    *("scopes", "securitySchemes", "variables", "webhooks"),
}
_VALUES = {"const", "default", "enum"}
STRUCTURE = _NAMED | {"allOf", "application/json", "components", "items", "schema"}


def split(document: Json) -> tuple[Json, dict[str, Json]]:
    """Return a spec without its words, and the words by pointer."""
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


def without_words(node: Json, *, is_named: bool = False) -> Json:
    """Return a part of a spec without its words; `is_named` says that its keys are names."""
    return _without_words(node, "/", {}, named=is_named)
