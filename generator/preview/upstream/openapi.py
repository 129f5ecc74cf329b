"""The facts of our spec."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...spec import Spec
from ...spec.document import Json, at, discriminator_of, mappings, operations, parts_of
from .facts import Error, Facts, Fields, Operation, limits, optional


def facts_of(spec: Spec) -> Facts:
    """What a valid spec says. The schemas that only errors use are in `errors`, in the form of the SDK."""
    document = spec.document
    facts = Facts(str(spec.path), spec.version)
    answers = list(_responses(document))
    used = _reach(document, [document["paths"], document["components"].get("parameters")], skip=_failures(answers))
    of_errors = _reach(document, _failures(answers)) - used
    for name, schema in document["components"]["schemas"].items():
        if name not in of_errors:
            _add(document, facts, name, schema)
    for name, body in error_bodies(document).items():
        facts.errors[name] = _error(document, body)
    for (path, method), operation in operations(document):
        facts.operations[f"{method.upper()} {path}"] = _operation(document, operation)
    return facts


def _responses(document: Json) -> Iterator[tuple[str, Json]]:
    for _, operation in operations(document):
        for status, response in operation.get("responses", {}).items():
            yield status, _json_of(_target(document, response))


def _failures(answers: list[tuple[str, Json]]) -> list[Json]:
    """The schemas of errors, each once."""
    found: list[Json] = []
    for status, schema in answers:
        if not status.startswith("2") and schema and schema not in found:
            found.append(schema)
    return found


def _json_of(body: Json) -> Json:
    return body.get("content", {}).get("application/json", {}).get("schema", {})


def _target(document: Json, node: Json) -> Json:
    return at(document, node["$ref"]) if "$ref" in node else node


def _reach(document: Json, roots: list[Json], skip: list[Json] | None = None) -> set[str]:
    """The names of the schemas that can be reached without a step over `skip`."""
    found: set[str] = set()
    seen: set[str] = set()
    pending = list(roots)
    while pending:
        for _, node in mappings(pending.pop()):
            pointer = node.get("$ref")
            if isinstance(pointer, str) and pointer not in seen and node not in (skip or ()):
                seen.add(pointer)
                pending.append(at(document, pointer))
                if pointer.startswith("#/components/schemas/"):
                    found.add(_name(pointer))
    return found


def _name(pointer: str) -> str:
    return pointer.rpartition("/")[2]


def _add(document: Json, facts: Facts, name: str, schema: Json) -> None:
    union = discriminator_of(schema)
    if union is not None:
        variants = {tag: _name(target) for tag, target in union[1].items()}
        facts.unions[name] = {"discriminator": union[0], "variants": variants}
    elif "enum" in schema:
        facts.enums[name] = list(schema["enum"])
    elif any("properties" in part for part in parts_of(document, schema)):
        facts.objects[name] = _fields(document, schema)
    else:
        facts.scalars[name] = type_of(schema)


def _fields(document: Json, schema: Json) -> Fields:
    parts = list(parts_of(document, schema))
    needed = {name for part in parts for name in part.get("required", ())}
    fields = {name: type_of(value) for part in parts for name, value in part.get("properties", {}).items()}
    return {name: kind if name in needed else optional(kind) for name, kind in fields.items()}


def type_of(schema: Json) -> str:
    """The type of a schema of OpenAPI."""
    match schema:
        case {"$ref": pointer}:
            return _name(pointer)
        case {"const": value}:
            return f"const {value}"
        case {"type": "array"}:
            size = limits(schema.get("minItems"), schema.get("maxItems"))
            return f"list<{type_of(schema.get('items', {}))}>{size}"
        case {"type": "object"}:
            values = schema.get("additionalProperties")
            return f"map<string, {type_of(values) if isinstance(values, dict) else 'any'}>"
        case {"type": "string", "format": "date-time"}:
            return "datetime"
        case {"type": "string", "pattern": pattern}:
            return f"string /{pattern}/"
        case {"type": "string"}:
            return "string" + limits(schema.get("minLength"), schema.get("maxLength"))
        case {"type": "number"}:
            return "double" + limits(schema.get("minimum"), schema.get("maximum"))
        case {"type": str(kind)}:
            return kind + limits(schema.get("minimum"), schema.get("maximum"))
    return "any"


def error_bodies(document: Json) -> dict[str, str]:
    """The schemas of the bodies of errors, by the names of the errors."""
    unions = [discriminator_of(_target(document, schema)) for schema in _failures(list(_responses(document)))]
    return {name: _name(pointer) for union in unions if union for name, pointer in union[1].items()}


def parameters_of(document: Json, body: str) -> Json:
    """The schema of the parameters in the body of an error; empty where there is none."""
    parts = parts_of(document, document["components"]["schemas"][body])
    return next((part["properties"]["parameters"] for part in parts if "parameters" in part.get("properties", {})), {})


def _error(document: Json, body: str) -> Error:
    """The status is the one that the description ends with."""
    stated = re.search(r"\bStatus (\d{3})\.$", document["components"]["schemas"][body].get("description", ""))
    parameters = _fields(document, parameters_of(document, body))
    return {"status": int(stated[1]) if stated else 0, "parameters": parameters}


def _operation(document: Json, operation: Json) -> Operation:
    parameters = [_target(document, parameter) for parameter in operation.get("parameters", ())]
    kinds = {f"{each['in']}.{each['name']}": (type_of(each["schema"]), each.get("required")) for each in parameters}
    responses = operation["responses"]
    success = next(status for status in responses if status.startswith("2"))
    body = _target(document, operation.get("requestBody", {}))
    security = operation.get("security", document.get("security", ()))
    return {
        "operationId": operation["operationId"],
        "parameters": {name: kind if needed else optional(kind) for name, (kind, needed) in kinds.items()},
        "body": type_of(_json_of(body)) if body else None,
        "returns": type_of(_json_of(_target(document, responses[success]))),
        "statuses": sorted(int(status) for status in responses if status.isdigit() and not status.startswith("2")),
        "scopes": sorted({scope for each in security for scopes in each.values() for scope in scopes}),
    }
