"""Derive the spec that an SDK calls for. `openapi/README.md` has the reasons for each deviation."""

from __future__ import annotations

import json
from typing import Final

from ...spec.document import Json, mappings
from ...spec.model import BASE, Error, Model, component, name_in
from ...spec.words import without_words
from .sdk import ERRORS

PLAIN_STRINGS: Final = {"UUID"}
"""Identifiers without a pattern: a client keeps the text unchanged."""

LIMITS: Final[dict[str, Json]] = {
    "PageSize": {"minimum": 1},
    "SearchCheckpointRecordsAndFilter.filters": {"minItems": 1},
    "SearchCheckpointRecordsOrFilter.filters": {"minItems": 1},
}
"""Limits that follow from errors of the API. The SDK doesn't state them."""

SIMPLER: Final[dict[str, Json]] = {"InvalidFilterValueParameters.expectedType": {"type": "string"}}
"""Parameters of errors for which the SDK has a structure of its own."""


def expected(sdk: Json, ours: Model) -> Json:
    """Return the document that our spec must agree with."""
    document: Json = json.loads(json.dumps(sdk))
    schemas = document["components"]["schemas"]
    shared = {name for name, schema in schemas.items() if "x-shared" in schema}
    schemas.update({name: {"type": "string"} for name in PLAIN_STRINGS & schemas.keys()})
    names = {name: _in_full(schemas, schema) for name, schema in schemas.items() if _is_scalar(schema)}
    for name, schema in names.items():
        mark = {"x-shared": _plain(schema)} if name in shared else {}
        schemas[name] = {"description": "TODO", **_plain(schema), **mark}
    inlined = {name: _plain(names[name]) for name in shared & names.keys() if name not in ours.schemas}
    document["paths"], schemas = _inlined((document["paths"], schemas), inlined)
    document["components"]["schemas"] = {name: schemas[name] for name in schemas if name not in inlined}
    _keep_general_errors(document["components"]["schemas"], ours)
    for part in ("parameters", "responses"):
        own = without_words(ours.document["components"].get(part, {}), is_named=True)
        document["components"][part] = {**document["components"].get(part, {}), **own}
    _add_limits(document)
    _loosen(document)
    for operation in [each for item in document["paths"].values() for each in item.values()]:
        operation["parameters"] = [_shared_parameter(each, ours) for each in operation["parameters"]]
    return document


def _is_scalar(schema: Json) -> bool:
    return not schema.keys() & {"allOf", "enum", "oneOf", "properties"}


def _in_full(schemas: dict[str, Json], schema: Json) -> Json:
    """Return a scalar with what its name stands for."""
    name = component(schema)
    return _in_full(schemas, schemas[name]) if name and _is_scalar(schemas[name]) else schema


def _plain(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key != "x-shared"}


def _inlined(node: Json, names: dict[str, Json]) -> Json:
    """Return a node in which the references to some scalars are written in full."""
    if isinstance(node, list | tuple):
        return [_inlined(child, names) for child in node]
    if not isinstance(node, dict):
        return node
    name = component(node)
    return names[name] if name in names else {key: _inlined(child, names) for key, child in node.items()}


def _add_limits(document: Json) -> None:
    """Add the limits that our spec alone has, and its simpler types."""
    for place, change in {**LIMITS, **SIMPLER}.items():
        name, _, field = place.partition(".")
        owner = document["components"]["schemas"].get(name, {})
        holder, key = (owner.get("properties", {}), field) if field else (document["components"]["schemas"], name)
        if place in SIMPLER and key in holder:
            holder[key] = change
        elif key in holder and not any(limit.startswith(("min", "max")) for limit in holder[key]):
            items = {each: holder[key].pop(each) for each in ("items",) if each in holder[key]}
            holder[key] = {**holder[key], **change, **items}


def _loosen(document: Json) -> None:
    """Require no list or map of a response: an absent one is an empty one."""
    model = Model(document)
    for name, schema in model.schemas.items():
        is_sent = any(way == "request" for way, _ in model.uses.get(BASE + name, ()))
        if not is_sent and schema.kind == "object" and "required" in schema.node:
            lists = [key for key, field in schema.fields.items() if field.schema.get("type") in ("array", "object")]
            schema.node["required"] = [key for key in schema.node["required"] if key not in lists]
            if not schema.node["required"]:
                del schema.node["required"]


def _keep_general_errors(schemas: dict[str, Json], ours: Model) -> None:
    """Add what our spec alone has: the errors of Conjure, which have a colon in their names, and the base of all."""
    kept = {name: error for name, error in ours.errors.items() if ":" in name}
    union = schemas[ERRORS]
    union["oneOf"] += [{"$ref": BASE + error.body} for error in kept.values()]
    union["discriminator"]["mapping"] |= {name: BASE + error.body for name, error in kept.items()}
    of_sdk = {name for key, error in ours.errors.items() if key not in kept for name in parts(ours, error)}
    for name in only_of_errors(ours) - of_sdk - schemas.keys():
        schemas[name] = json.loads(json.dumps(ours.schemas[name].node))


def parts(model: Model, error: Error) -> list[str]:
    """Return the schemas that belong to one error: its body, and its parameters if they have a name."""
    fields = model.fields({"$ref": BASE + error.body})
    parameters = component(fields["parameters"].schema) if "parameters" in fields else None
    return [error.body, *([parameters] if parameters else [])]


def only_of_errors(model: Model) -> set[str]:
    """Return the schemas that nothing but an error response uses."""
    failures = [each for operation in model.operations.values() for each in operation.failures.values()]
    others = [each for operation in model.operations.values() for each in operation.successes.values()]
    others += [[operation.body, *operation.parameters.values()] for operation in model.operations.values()]
    return {name_in(target) for target in model.reached(failures) - model.reached(others) if target.startswith(BASE)}


def _shared_parameter(parameter: Json, ours: Model) -> Json:
    """Return a reference to the same parameter of our spec, if it has one under a name."""
    for name, node in ours.document.get("components", {}).get("parameters", {}).items():
        keys = ("name", "in", "required", "schema")
        if all(node.get(key) == parameter.get(key) for key in keys):
            return {"$ref": f"#/components/parameters/{name}"}
    return parameter


def refers_to(node: Json, name: str) -> bool:
    """Return whether a node refers to a schema."""
    return any(mapping.get("$ref") == BASE + name for _, mapping in mappings(node))
