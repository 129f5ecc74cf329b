"""One model of a spec, shared by the rules, the differ, `upstream`, and the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from .document import Json, at, discriminator_of, mappings, operations, pointer_to, schemas

BASE = "#/components/schemas/"
Kind = Literal["object", "enum", "union", "scalar"]
Use = tuple[str, str]
"""`request` or `response`, and the operation."""

_PYTHON = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


class Field(NamedTuple):
    """A field of an object."""

    schema: Json
    required: bool
    pointer: str


class Parameter(NamedTuple):
    """A parameter of an operation, with the name of the component that defines it, if one does."""

    node: Json
    shared: str | None


@dataclass(frozen=True)
class Schema:
    """A component. `members` maps the values of an enum to their names, `variants` the tags of a union to schemas."""

    kind: Kind
    node: Json
    fields: dict[str, Field]
    members: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    variants: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Error:
    """An error: the schema of its body, its status (0 if the description has none), and its parameters."""

    body: str
    status: int
    parameters: dict[str, Field]


@dataclass(frozen=True)
class Operation:
    """An operation. `parameters` are by place and name, those of the path included; `body` is `{}` without one."""

    name: str
    method: str
    path: str
    pointer: str
    node: dict[str, Json]
    parameters: dict[tuple[str, str], Parameter]
    body: Json
    responses: dict[str, Json]

    @property
    def successes(self) -> dict[str, Json]:
        """Return the responses that succeed, by status."""
        return {status: response for status, response in self.responses.items() if status.startswith("2")}

    @property
    def failures(self) -> dict[str, Json]:
        """Return the other responses, by status or `default`."""
        return {status: response for status, response in self.responses.items() if not status.startswith("2")}


class Model:
    """The definitions of an OpenAPI document. Every `$ref` in it must lead somewhere."""

    def __init__(self, document: Json) -> None:
        self.document = document

    @cached_property
    def schemas(self) -> dict[str, Schema]:
        """Return the components under `/components/schemas`."""
        components = self.document.get("components", {}).get("schemas", {})
        return {name: self.schema(node, f"{BASE[1:]}{name}") for name, node in components.items()}

    def schema(self, node: Json, pointer: str = "") -> Schema:
        """Return what a node defines."""
        if "enum" in node:
            names = node.get("x-enum-varnames", [str(value).upper() for value in node["enum"]])
            return Schema("enum", node, {}, members=dict(zip(node["enum"], names, strict=False)))
        if "oneOf" in node:
            tag, mapping = discriminator_of(node) or ("", {})
            variants = {key: name_in(to) for key, to in mapping.items() if {"$ref": to} in node["oneOf"]}
            return Schema("union", node, {}, tag=tag, variants=variants)
        return Schema("object" if is_object(node) else "scalar", node, self.fields(node, pointer))

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Return the operations by operationId, or by method and path for one without."""
        found = (self._operation(path, method, node) for (path, method), node in operations(self.document))
        return {operation.name: operation for operation in found}

    def _operation(self, path: str, method: str, own: Json) -> Operation:
        item = self.document["paths"][path]
        node = {**{key: item[key] for key in ("servers",) if key in item}, **own}
        parameters = {}
        for each in (*item.get("parameters", ()), *node.get("parameters", ())):
            parameter = self.resolved(each)
            parameters[parameter["in"], parameter["name"]] = Parameter(parameter, component(each))
        body, responses = self.resolved(node.get("requestBody", {})), node.get("responses", {})
        name = node.get("operationId", f"{method.upper()} {path}")
        return Operation(
            name, method.upper(), path, pointer_to(("paths", path, method)), node, parameters, body, responses
        )

    @cached_property
    def errors(self) -> dict[str, Error]:
        """Return the errors of all operations, by name."""
        failures = [each for operation in self.operations.values() for each in operation.failures.values()]
        unions = [discriminator_of(self.resolved(self.content(each))) for each in failures]
        bodies = {name: target for union in unions if union for name, target in union[1].items()}
        return {name: self._error(name_in(target)) for name, target in bodies.items()}

    def _error(self, body: str) -> Error:
        fields = self.fields({"$ref": BASE + body})
        stated = re.search(r"\bStatus (\d{3})\.$", self.schemas[body].node.get("description", ""))
        parameters = self.fields(fields["parameters"].schema) if "parameters" in fields else {}
        return Error(body, int(stated[1]) if stated else 0, parameters)

    @cached_property
    def columns(self) -> dict[str, tuple[str, Json]]:
        """Return the columns of the flat schema: where each is declared, and its path or its definition."""
        found = {}
        for pointer, schema in schemas(self.document):
            given = schema.get("x-column", {})
            for name, path in ({given: ""} if isinstance(given, str) else given).items():
                found[name] = (f"{pointer}/x-column", path)
        return found

    @cached_property
    def uses(self) -> dict[str, set[Use]]:
        """Return, for each target of a `$ref`, the messages that it is part of."""
        found: dict[str, set[Use]] = {}
        for operation in self.operations.values():
            sent = [[each.node for each in operation.parameters.values()], operation.node.get("requestBody")]
            for direction, nodes in ("request", sent), ("response", [operation.responses]):
                for target in self.reached(nodes):
                    found.setdefault(target, set()).add((direction, operation.name))
        return found

    def reached(self, node: Json, seen: set[str] | None = None) -> set[str]:
        """Return the targets that a node refers to, directly or through others."""
        found = set() if seen is None else seen
        for _, mapping in mappings(node):
            target = mapping.get("$ref")
            if isinstance(target, str) and target not in found:
                found.add(target)
                self.reached(at(self.document, target), found)
        return found

    def resolved(self, node: Json) -> Json:
        """Return what a node stands for if it is a `$ref`, or an `allOf` of one `$ref`."""
        while target := reference(node):
            node = at(self.document, target)
        return node

    def content(self, body: Json) -> Json:
        """Return the JSON schema of a request body or a response; `{}` if it has none."""
        return self.resolved(body).get("content", {}).get("application/json", {}).get("schema", {})

    def fields(self, schema: Json, pointer: str = "") -> dict[str, Field]:
        """Return the fields of an object, with those that `$ref` and `allOf` add to it."""
        if target := schema.get("$ref"):
            return self.fields(at(self.document, target), target[1:])
        found: dict[str, Field] = {}
        for index, part in enumerate(schema.get("allOf", ())):
            found |= self.fields(part, f"{pointer}/allOf/{index}")
        for name, named in schema.get("properties", {}).items():
            found[name] = Field(named, False, f"{pointer}/properties{pointer_to([name])}")
        required = {name for part in (schema, *schema.get("allOf", ())) for name in part.get("required", ())}
        return {name: each._replace(required=each.required or name in required) for name, each in found.items()}

    def type_of(self, schema: Json) -> str:
        """Return the type in the generated client; for the definition of a class, what kind of class it is."""
        if target := reference(schema):
            resolved = self.resolved(schema)
            return name_in(target) if is_class(resolved) else self.type_of(resolved)
        match schema:
            case {"enum": _}:
                return "an enum"
            case {"oneOf": _}:
                return "a union"
            case {"const": const}:
                return f'Literal["{const}"]'
            case {"type": "array", **rest}:
                return f"list[{self.type_of(rest.get('items', {}))}]"
            case {"type": "string", "format": "date-time"}:
                return "datetime"
            case _ if is_object(schema):
                return "a model"
            case {"type": "object"}:
                return f"dict[str, {self.type_of(values(schema))}]"
        kinds = schema.get("type", ())
        return " | ".join(_PYTHON.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)) or "Any"

    def unions(self) -> Iterator[tuple[str, Schema]]:
        """Return the unions, by name."""
        return ((name, schema) for name, schema in self.schemas.items() if schema.kind == "union")


def reference(node: Json) -> str | None:
    """Return the pointer that a node consists of, if it consists of one."""
    match node:
        case {"$ref": str(target)}:
            return target
        case {"allOf": [{"$ref": str(target)}], **rest} if not rest:
            return target
    return None


def name_in(target: str) -> str:
    """Return the name at the end of a pointer."""
    return target.rpartition("/")[2]


def component(node: Json) -> str | None:
    """Return the name of the component that a node refers to."""
    target = reference(node)
    return name_in(target) if target else None


def is_object(schema: Json) -> bool:
    """Return whether a schema is a model in the client; without properties it is a dict."""
    return bool(schema.get("properties")) or "allOf" in schema


def is_class(schema: Json) -> bool:
    """Return whether the generated client has a class or an alias under the name of the schema."""
    return "enum" in schema or "oneOf" in schema or is_object(schema)


def values(schema: Json) -> Json:
    """Return the schema of fields that aren't named; the empty schema allows any value."""
    allowed = schema.get("additionalProperties", True)
    return {} if allowed is True else {"not": {}} if allowed is False else allowed
