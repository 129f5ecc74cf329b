"""foundry-platform-sdk as a spec, from its sources: pydantic models, typed dictionaries, and the calls of a client.

The spec is a document of OpenAPI in the form of our own, with `TODO` instead of words. `x-shared` marks the scalars
that the SDK takes from its other parts; `x-scopes` names the scopes that an operation says it needs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from importlib.resources.abc import Traversable

from ...spec.document import Json
from ...spec.model import BASE
from .notation import Settings, Type, Types, arguments, details, keywords, last_name, limited, shape, text
from .source import Definition, Module, Package, SourceError

NAME = "foundry-platform-sdk"
ERRORS = "ErrorBody"
_PACKAGE = "foundry_sdk.v2.checkpoints"
_MODELS = f"{_PACKAGE}.models"
_STATUSES = {
    "BadRequestError": 400,
    "UnauthorizedError": 401,
    "PermissionDeniedError": 403,
    "NotFoundError": 404,
    "ConflictError": 409,
    "RequestEntityTooLargeError": 413,
    "UnprocessableEntityError": 422,
    "RateLimitError": 429,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
}

_INSTANCE = "00000000-0000-4000-8000-000000000000"
_CODES = {"BadRequest": "INVALID_ARGUMENT", "InternalServer": "INTERNAL"}
"""The error codes that don't follow from the name of the class."""


def read(root: Traversable, general_errors: Collection[str] = ()) -> Json:
    """Return the SDK in a folder or a wheel as a spec, with those of its general errors that are named here.

    Raises `SourceError`.
    """
    try:
        return _Reader(Package(root), general_errors).document()
    except RecursionError as error:
        raise SourceError("a name in the package leads back to itself") from error


class _Reader:
    def __init__(self, package: Package, general_errors: Collection[str]) -> None:
        self._package = package
        self._types = Types(package)
        self._general_errors = general_errors
        self._schemas: dict[str, Json] = {}
        self._responses: dict[str, Json] = {}

    def document(self) -> Json:
        version, models = self._package.module("foundry_sdk._version"), self._package.module(_MODELS)
        release, document = (
            text(version, self._value(version, name)) for name in ("__version__", "__openapi_document_version__")
        )
        for name in self._public(models):
            self._add(self._package.named(models, name))
        paths = self._paths()
        self._add_used()
        errors = dict(self._errors())
        self._add_used(scalars_only=True)
        for name, (status, parameters) in errors.items():
            self._add_error(name, status, parameters)
        bodies = {name: BASE + _body(name) for name in errors}
        self._schemas[ERRORS] = _union("errorName", bodies)
        info = {"title": f"{NAME} {release}", "version": document}
        components = {"schemas": self._schemas, "responses": self._responses}
        return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}

    def _value(self, module: Module, name: str) -> ast.expr:
        node = self._package.named(module, name).node
        if not isinstance(node, ast.expr):
            raise SourceError(f"{module.file}: {name} is not a value")
        return node

    def _public(self, module: Module) -> list[str]:
        names = self._value(module, "__all__")
        if not isinstance(names, ast.List):
            raise module.unreadable(names, "not a list of names")
        return [text(module, name) for name in names.elts]

    # Models

    def _add_used(self, *, scalars_only: bool = False) -> None:
        """Add what the types so far name, and what that names in turn."""
        while self._types.used:
            definition = self._types.used.pop(0)
            if not scalars_only or shape(definition) == "scalar":
                self._add(definition)

    def _add(self, definition: Definition) -> None:
        name, node, module = definition.name, definition.node, self._package.module(definition.module)
        if name in self._schemas:
            return
        match shape(definition), node:
            case "object", ast.ClassDef():
                self._schemas[name] = _object({wire: kind for _, wire, kind in self._fields(module, node)})
            case "enum", ast.Subscript():
                self._schemas[name] = _enum([text(module, value) for value in arguments(node)])
            case "union", ast.Subscript():
                self._schemas[name] = self._union(module, node)
            case _, ast.expr():
                shared = {} if definition.module == _MODELS else {"x-shared": True}
                self._schemas[name] = {**self._types.schema(module, node), **shared}

    def _fields(self, module: Module, node: ast.ClassDef) -> Iterator[tuple[str, str, Type]]:
        """Yield the fields of a class and of its bases: the name in Python, the name on the wire, the type."""
        for base in node.bases:
            parent = self._package.defined(module, base)
            if isinstance(parent.node, ast.ClassDef):
                yield from self._fields(self._package.module(parent.module), parent.node)
        for name, statement in _annotated(node):
            yield name, *self._field(module, name, statement)

    def _field(self, module: Module, name: str, statement: ast.AnnAssign) -> tuple[str, Type]:
        value = statement.value
        settings, has_default = keywords(None), value is not None
        if isinstance(value, ast.Call) and last_name(value.func) == "Field":
            settings = keywords(value)
            has_default = bool(value.args or settings.keys() & {"default", "default_factory"})
        kind = limited(module, self._types.read(module, statement.annotation), settings)
        wire = text(module, settings["alias"]) if "alias" in settings else name
        return wire, kind._replace(required=False) if has_default and "const" not in kind.schema else kind

    def _union(self, module: Module, node: ast.Subscript) -> Json:
        members, tag = arguments(node)[0], text(module, details(node)["discriminator"])
        is_union = isinstance(members, ast.Subscript) and last_name(members.value) == "Union"
        each = arguments(members) if is_union and isinstance(members, ast.Subscript) else [members]
        found = [self._variant(module, member, tag) for member in each]
        return _union(found[0][0], {value: BASE + name for _, value, name in found})

    def _variant(self, module: Module, member: ast.expr, tag: str) -> tuple[str, str, str]:
        """Return the discriminator of a variant on the wire, its value, and the name of the variant."""
        variant = self._types.definition(module, member)
        self._types.used.append(variant)
        if isinstance(variant.node, ast.ClassDef):
            for name, wire, kind in self._fields(self._package.module(variant.module), variant.node):
                if name == tag and "const" in kind.schema:
                    return wire, kind.schema["const"], variant.name
        raise module.unreadable(member, f"not a variant with a constant {tag}")

    # Errors

    def _errors(self) -> Iterator[tuple[str, tuple[int, dict[str, Type]]]]:
        own, general = (self._package.module(f"{name}.errors") for name in (_PACKAGE, "foundry_sdk.v2.core"))
        for module, names in (own, self._public(own)), (general, self._public(general)):
            for name in names:
                if module is own or name in self._general_errors:
                    yield name, self._error(module, name)

    def _error(self, module: Module, name: str) -> tuple[int, dict[str, Type]]:
        error = self._package.named(module, name)
        fields = dict(_annotated(error.node)) if isinstance(error.node, ast.ClassDef) else {}
        if "parameters" not in fields:
            raise SourceError(f"{module.file}: {name} is not an error with parameters")
        parameters = self._package.defined(module, fields["parameters"].annotation)
        if not isinstance(parameters.node, ast.ClassDef):
            raise SourceError(f"{module.file}: the parameters of {name} are not a class")
        owner = self._package.module(parameters.module)
        return _status(error)[1], {wire: kind for _, wire, kind in self._fields(owner, parameters.node)}

    def _add_error(self, name: str, status: int, parameters: dict[str, Type]) -> None:
        """Add the body of an error and its parameters. None of them is required, so that an error always decodes."""
        fields = {wire: Type(self._known(kind.schema), required=False) for wire, kind in parameters.items()}
        given: Json = {"type": "object", "additionalProperties": True}
        if fields:
            given = {"$ref": f"{BASE}{_body(name, 'Parameters')}"}
        own = _object({"errorName": Type({"type": "string", "const": name}), "parameters": Type(given, required=False)})
        base = {"$ref": f"{BASE}ErrorBase"}
        self._schemas[_body(name)] = {"description": f"TODO. Status {status}.", "allOf": [base, own]}
        del own["description"]
        if fields:
            self._schemas[_body(name, "Parameters")] = _object(fields)

    def _known(self, schema: Json) -> Json:
        """Return a schema, or any JSON for one that names a structure which nothing but an error has."""
        names = re.findall(rf"{BASE}(\w+)", str(schema))
        return schema if self._schemas.keys() >= set(names) else {}

    # Operations

    def _paths(self) -> Json:
        paths: dict[str, Json] = {}
        for name in self._package.submodules(_PACKAGE):
            module = self._package.module(name)
            for node in module.definitions.values():
                if isinstance(node, ast.ClassDef) and re.fullmatch(r"(?!_|Async)\w+Client", node.name):
                    for path, method, operation in self._calls(module, node):
                        paths.setdefault(path, {})[method] = operation
        return paths

    def _calls(self, module: Module, client: ast.ClassDef) -> Iterator[tuple[str, str, Json]]:
        tag = client.name.removesuffix("Client") + "s"
        for method in [each for each in client.body if isinstance(each, ast.FunctionDef)]:
            for node in ast.walk(method):
                if isinstance(node, ast.Call) and last_name(node.func) == "RequestInfo":
                    call = keywords(node)
                    verb, path = (text(module, call.get(name)) for name in ("method", "resource_path"))
                    yield path, verb.lower(), self._operation(module, method, call, tag)

    def _operation(self, module: Module, method: ast.FunctionDef, call: Settings, tag: str) -> Json:
        types = {each.arg: each.annotation for each in (*method.args.args, *method.args.kwonlyargs)}
        name = re.sub("_([a-z0-9])", lambda found: found[1].upper(), method.name)
        operation: dict[str, Json] = {"operationId": name, "tags": [tag], "summary": "TODO"}
        operation["parameters"] = list(self._parameters(module, call, types))
        match call.get("body"):
            case None | ast.Constant(value=None):
                pass
            case ast.Call(model):
                operation["requestBody"] = {"required": True, **_content(self._types.schema(module, model))}
            case body:
                schema, required = self._argument(module, body, types)
                operation["requestBody"] = {"required": required, **_content(schema)}
        answer = self._types.schema(module, call.get("response_type", ast.Constant(None)))
        operation["responses"] = {"200": {"description": "TODO", **_content(answer)}}
        for _, error in _entries(module, call.get("throwable_errors")):
            self._add_response(operation["responses"], self._package.defined(module, error))
        operation["responses"] = dict(sorted(operation["responses"].items()))
        operation["responses"]["default"] = {"$ref": "#/components/responses/Error"}
        scopes = re.search(r"Required scopes: \[([^]]*)\]", ast.get_docstring(method) or "")
        return {**operation, "x-scopes": sorted(re.findall(r"[^\s,]+", scopes[1]))} if scopes else operation

    def _parameters(self, module: Module, call: Settings, types: dict[str, ast.expr | None]) -> Iterator[Json]:
        for place in ("path", "query"):
            for name, value in _entries(module, call.get(f"{place}_params")):
                schema, required = self._argument(module, value, types)
                needed = {"required": True} if required else {}
                yield {"name": text(module, name), "in": place, **needed, "schema": schema}

    def _argument(self, module: Module, value: ast.expr, types: dict[str, ast.expr | None]) -> Type:
        """Return the type of what a call passes on: that of the argument of its method."""
        annotation = types.get(value.id) if isinstance(value, ast.Name) else None
        if annotation is None:
            raise module.unreadable(value, "not an argument of the method")
        return self._types.read(module, annotation)

    def _add_response(self, responses: dict[str, Json], error: Definition) -> None:
        base, status = _status(error)
        name = base.removesuffix("Error")
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
        code = _CODES.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
        content = _content({"$ref": BASE + ERRORS})
        value = {"errorCode": code, "errorName": error.name, "errorInstanceId": _INSTANCE}
        example = {error.name[:1].lower() + error.name[1:]: {"value": value}}
        content["content"]["application/json"]["examples"] = example
        self._responses.setdefault(name, {"description": "TODO", **content})


def _annotated(node: ast.ClassDef) -> Iterator[tuple[str, ast.AnnAssign]]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement


def _status(error: Definition) -> tuple[str, int]:
    """Return the base of an error, and the status that goes with it."""
    bases = error.node.bases if isinstance(error.node, ast.ClassDef) else []
    for name in map(last_name, bases):
        if name in _STATUSES:
            return name, _STATUSES[name]
    raise SourceError(f"{error.module}: the status of {error.name} is not known")


def _entries(module: Module, node: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the entries of a dictionary that is written out."""
    if not isinstance(node, ast.Dict):
        raise module.unreadable(node, "not a dictionary")
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            raise module.unreadable(node, "not a plain dictionary")
        yield key, value


# Schemas


def _object(fields: dict[str, Type]) -> Json:
    required = [name for name, kind in fields.items() if kind.required]
    properties = {name: kind.schema for name, kind in fields.items()}
    needed = {"required": required} if required else {}
    return {"description": "TODO", "type": "object", **needed, "properties": properties}


def _enum(members: list[str]) -> Json:
    schema = {"description": "TODO", "type": "string", "enum": members}
    if any(member != member.upper() for member in members):
        names = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\W+", "_", member).upper() for member in members]
        return {**schema, "x-enum-varnames": names}
    return schema


def _union(tag: str, variants: dict[str, str]) -> Json:
    discriminator = {"propertyName": tag, "mapping": variants}
    references = [{"$ref": target} for target in variants.values()]
    return {"description": "TODO", "oneOf": references, "discriminator": discriminator}


def _content(schema: Json) -> dict[str, Json]:
    return {"content": {"application/json": {"schema": schema}}}


def _body(name: str, part: str = "Body") -> str:
    return name.replace(":", "") + part
