"""The facts of foundry-platform-sdk, from its sources: pydantic models, typed dictionaries, the calls of a client."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from importlib.resources.abc import Traversable

from .facts import Error, Facts, Operation, Union, optional
from .notation import Settings, Types, arguments, details, keywords, last_name, limited, shape, text
from .source import Definition, Module, Package, SourceError

NAME = "foundry-platform-sdk"
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

Arguments = dict[str, ast.expr | None]
"""The annotations of the arguments of a method."""


def read(root: Traversable, general_errors: Collection[str] = ()) -> Facts:
    """The facts of the SDK in a folder or a wheel; of its general errors, the named ones. Raises `SourceError`."""
    try:
        return _Reader(Package(root), general_errors).facts()
    except RecursionError as error:
        raise SourceError("a name in the package leads back to itself") from error


class _Reader:
    def __init__(self, package: Package, general_errors: Collection[str]) -> None:
        self._package = package
        self._types = Types(package)
        self._general_errors = general_errors

    def facts(self) -> Facts:
        version, models = self._package.module("foundry_sdk._version"), self._package.module(_MODELS)
        release, document = (
            text(version, self._value(version, name)) for name in ("__version__", "__openapi_document_version__")
        )
        facts = Facts(f"{NAME} {release}", document)
        for name in self._public(models):
            self._add(facts, self._package.named(models, name))
        facts.operations.update(self._operations())
        self._add_used(facts)
        facts.errors.update(self._errors())
        self._add_used(facts, scalars_only=True)
        return facts

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

    def _add_used(self, facts: Facts, *, scalars_only: bool = False) -> None:
        """Add what the types so far name, and what that names in turn."""
        while self._types.used:
            definition = self._types.used.pop(0)
            if not scalars_only or shape(definition) == "scalar":
                self._add(facts, definition)

    def _add(self, facts: Facts, definition: Definition) -> None:
        name, node, module = definition.name, definition.node, self._package.module(definition.module)
        if name in facts.schemas() or name in facts.shared:
            return
        match shape(definition), node:
            case "object", ast.ClassDef():
                facts.objects[name] = {wire: kind for _, wire, kind in self._fields(module, node)}
            case "enum", ast.Subscript():
                facts.enums[name] = [text(module, value) for value in arguments(node)]
            case "union", ast.Subscript():
                facts.unions[name] = self._union(module, node)
            case _, ast.expr():
                scalars = facts.scalars if definition.module == _MODELS else facts.shared
                scalars[name] = self._types.read(module, node)

    def _fields(self, module: Module, node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
        """The fields of a class with those of its bases: the name in Python, the name on the wire, the type."""
        for base in node.bases:
            parent = self._package.defined(module, base)
            if isinstance(parent.node, ast.ClassDef):
                yield from self._fields(self._package.module(parent.module), parent.node)
        for name, statement in _annotated(node):
            yield name, *self._field(module, name, statement)

    def _field(self, module: Module, name: str, statement: ast.AnnAssign) -> tuple[str, str]:
        value = statement.value
        settings, has_default = keywords(None), value is not None
        if isinstance(value, ast.Call) and last_name(value.func) == "Field":
            settings = keywords(value)
            has_default = bool(value.args or settings.keys() & {"default", "default_factory"})
        kind = limited(module, self._types.read(module, statement.annotation), settings)
        wire = text(module, settings["alias"]) if "alias" in settings else name
        return wire, optional(kind) if has_default and not kind.startswith("const ") else kind

    def _union(self, module: Module, node: ast.Subscript) -> Union:
        members, tag = arguments(node)[0], text(module, details(node)["discriminator"])
        if isinstance(members, ast.Subscript) and last_name(members.value) == "Union":
            found = [self._variant(module, member, tag) for member in arguments(members)]
        else:
            found = [self._variant(module, members, tag)]
        return {"discriminator": found[0][0], "variants": {value: name for _, value, name in found}}

    def _variant(self, module: Module, member: ast.expr, tag: str) -> tuple[str, str, str]:
        """The discriminator of a variant on the wire, its value, and the name of the variant."""
        variant = self._types.definition(module, member)
        self._types.used.append(variant)
        if isinstance(variant.node, ast.ClassDef):
            for name, wire, kind in self._fields(self._package.module(variant.module), variant.node):
                if name == tag and kind.startswith("const "):
                    return wire, kind.removeprefix("const "), variant.name
        raise module.unreadable(member, f"not a variant with a constant {tag}")

    # Errors

    def _errors(self) -> Iterator[tuple[str, Error]]:
        own, general = (self._package.module(f"{name}.errors") for name in (_PACKAGE, "foundry_sdk.v2.core"))
        for module, names in (own, self._public(own)), (general, self._public(general)):
            for name in names:
                if module is own or name in self._general_errors:
                    yield name, self._error(module, name)

    def _error(self, module: Module, name: str) -> Error:
        error = self._package.named(module, name)
        fields = dict(_annotated(error.node)) if isinstance(error.node, ast.ClassDef) else {}
        if "parameters" not in fields:
            raise SourceError(f"{module.file}: {name} is not an error with parameters")
        parameters = self._package.defined(module, fields["parameters"].annotation)
        if not isinstance(parameters.node, ast.ClassDef):
            raise SourceError(f"{module.file}: the parameters of {name} are not a class")
        owner = self._package.module(parameters.module)
        kinds = {wire: kind for _, wire, kind in self._fields(owner, parameters.node)}
        return {"status": _status(error), "parameters": kinds}

    # Operations

    def _operations(self) -> Iterator[tuple[str, Operation]]:
        for name in self._package.submodules(_PACKAGE):
            module = self._package.module(name)
            for node in module.definitions.values():
                if isinstance(node, ast.ClassDef) and _is_client(node.name):
                    yield from self._calls(module, node)

    def _calls(self, module: Module, client: ast.ClassDef) -> Iterator[tuple[str, Operation]]:
        for method in client.body:
            if not isinstance(method, ast.FunctionDef):
                continue
            for node in ast.walk(method):
                if isinstance(node, ast.Call) and last_name(node.func) == "RequestInfo":
                    yield self._operation(module, method, keywords(node))

    def _operation(self, module: Module, method: ast.FunctionDef, call: Settings) -> tuple[str, Operation]:
        key = f"{text(module, call.get('method'))} {text(module, call.get('resource_path'))}"
        types = {each.arg: each.annotation for each in (*method.args.args, *method.args.kwonlyargs)}
        parameters = {
            f"{place}.{text(module, name)}": self._argument(module, value, types)
            for place in ("path", "query")
            for name, value in _entries(module, call.get(f"{place}_params"))
        }
        errors = [self._package.defined(module, name) for _, name in _entries(module, call.get("throwable_errors"))]
        scopes = re.search(r"Required scopes: \[([^]]*)\]", ast.get_docstring(method) or "")
        return key, {
            "operationId": _camel_case(method.name),
            "parameters": parameters,
            "body": self._body(module, call.get("body"), types),
            "returns": self._types.read(module, call.get("response_type", ast.Constant(None))),
            "statuses": sorted(set(map(_status, errors))),
            "scopes": sorted(re.findall(r"[^\s,]+", scopes[1])) if scopes else None,
        }

    def _argument(self, module: Module, value: ast.expr, types: Arguments) -> str:
        """The type of what a call passes on: that of the argument of its method."""
        annotation = types.get(value.id) if isinstance(value, ast.Name) else None
        if annotation is None:
            raise module.unreadable(value, "not an argument of the method")
        return self._types.read(module, annotation)

    def _body(self, module: Module, value: ast.expr | None, types: Arguments) -> str | None:
        match value:
            case None | ast.Constant(value=None):
                return None
            case ast.Call(model):
                return self._types.read(module, model)
        return self._argument(module, value, types)


def _is_client(name: str) -> bool:
    return name.endswith("Client") and not name.startswith(("_", "Async"))


def _annotated(node: ast.ClassDef) -> Iterator[tuple[str, ast.AnnAssign]]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement


def _status(error: Definition) -> int:
    """The status that goes with the base of an error."""
    bases = error.node.bases if isinstance(error.node, ast.ClassDef) else []
    for name in map(last_name, bases):
        if name in _STATUSES:
            return _STATUSES[name]
    raise SourceError(f"{error.module}: the status of {error.name} is not known")


def _entries(module: Module, node: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The entries of a dictionary, written out."""
    if not isinstance(node, ast.Dict):
        raise module.unreadable(node or ast.Constant(None), "not a dictionary")
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            raise module.unreadable(node, "not a plain dictionary")
        yield key, value


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
