"""Types as Python writes them, in annotations and in the settings of pydantic, read into schemas of OpenAPI."""

from __future__ import annotations

import ast
from typing import NamedTuple

from ...spec.document import Json
from ...spec.model import BASE, Kind
from .source import Definition, Module, Package

Settings = dict[str, ast.expr]
"""The keyword arguments of a call."""

_BUILTINS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_TIME = {"type": "string", "format": "date-time"}
_FOREIGN: dict[str, Json] = {"typing.Any": {}, "datetime.datetime": _TIME, "pydantic.AwareDatetime": _TIME}
# The settings that limit a size or a value, and the step from each to a limit that is itself allowed.
_LIMITS = {"min": {"min_length": 0, "ge": 0, "gt": 1}, "max": {"max_length": 0, "le": 0, "lt": -1}}
_NOUNS = {"array": "Items", "string": "Length", "integer": "imum", "number": "imum"}


class Type(NamedTuple):
    """The schema of a value, and whether the value must be present."""

    schema: Json
    required: bool = True


class Types:
    """A reader of types. `used` collects what they name, in order."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.used: list[Definition] = []

    def read(self, module: Module, node: ast.expr) -> Type:
        """Return the type that an expression stands for. Raises `SourceError`."""
        match node:
            case ast.Constant(value=str()):
                return self.read(module, _unquoted(module, node))
            case ast.Name("object"):
                return Type({})
            case ast.Name(name) if name in _BUILTINS:
                return Type({"type": _BUILTINS[name]})
            case ast.Name() | ast.Attribute():
                return Type(self._named(module, node))
            case ast.BinOp(left, ast.BitOr(), right):
                return self._any_of(module, [left, right])
            case ast.Subscript():
                return self._generic(module, node)
        raise module.unreadable(node, "not a type")

    def schema(self, module: Module, node: ast.expr) -> Json:
        """Return the schema alone. Raises `SourceError`."""
        return self.read(module, node).schema

    def definition(self, module: Module, node: ast.expr) -> Definition:
        """Return what a name, quoted or not, stands for. Raises `SourceError`."""
        return self._package.defined(module, _unquoted(module, node))

    def _named(self, module: Module, node: ast.expr) -> Json:
        definition = self._package.defined(module, node)
        if definition.node is not None:
            self.used.append(definition)
            return {"$ref": BASE + definition.name}
        name = f"{definition.module}.{definition.name}"
        if name not in _FOREIGN:
            raise module.unreadable(node, f"the type {name} is not known here")
        return dict(_FOREIGN[name])

    def _generic(self, module: Module, node: ast.Subscript) -> Type:
        match last_name(node.value), arguments(node):
            case "Optional" | "NotRequired", [inner]:
                return Type(self.schema(module, inner), required=False)
            case "Required", [inner]:
                return Type(self.schema(module, inner))
            case "Union", inner:
                return self._any_of(module, inner)
            case "List" | "list", [inner]:
                return Type({"type": "array", "items": self.schema(module, inner)})
            case "Dict" | "dict", [_, inner]:
                return Type({"type": "object", "additionalProperties": self.schema(module, inner) or True})
            case "Literal", [value]:
                return Type({"type": "string", "const": text(module, value)})
            case "Literal", texts:
                choices = ", ".join(text(module, value) for value in texts)
                return Type({"description": f"TODO one of {choices}", "type": "string"})
            case "Annotated", [inner, *_]:
                return limited(module, self.read(module, inner), details(node))
        raise module.unreadable(node, "not a type")

    def _any_of(self, module: Module, nodes: list[ast.expr]) -> Type:
        given = [node for node in nodes if not (isinstance(node, ast.Constant) and node.value is None)]
        kinds = [self.read(module, node) for node in given]
        required = len(given) == len(nodes) and all(kind.required for kind in kinds)
        if len(kinds) == 1:
            return Type(kinds[0].schema, required)
        return Type({"description": f"TODO {' | '.join(map(ast.unparse, given))}"}, required)


def limited(module: Module, kind: Type, settings: Settings) -> Type:
    """Return a type with the limits that settings put on it."""
    schema = dict(kind.schema)
    if schema.get("type") == "integer" and "return_type" in settings:
        schema["type"] = "string"  # a number that may be too large for a reader of JSON is written as text
    if "pattern" in settings:
        schema["pattern"] = text(module, settings["pattern"])
    for end, steps in _LIMITS.items():
        for name in steps.keys() & settings.keys():
            match settings[name]:
                case ast.Constant(value=int() | float() as limit):
                    if schema.get("type") in _NOUNS:  # beside a `$ref` OpenAPI has no place for a limit
                        schema[end + _NOUNS[schema["type"]]] = limit + steps[name]
                case ast.Constant(value=None):
                    pass
                case node:
                    raise module.unreadable(node, f"{name} is not a number")
    items = schema.pop("items", None)  # after its limits, as in the spec
    return Type({**schema, "items": items} if items is not None else schema, kind.required)


def shape(definition: Definition) -> Kind:
    """Return what a definition is: a schema of one of three kinds, or another name of a type."""
    match definition.node:
        case ast.ClassDef():
            return "object"
        case ast.Subscript(value) if last_name(value) == "Literal":
            return "enum"
        case ast.Subscript(value) as node if last_name(value) == "Annotated" and "discriminator" in details(node):
            return "union"
    return "scalar"


def details(node: ast.Subscript) -> Settings:
    """Return the settings behind the type in an `Annotated`."""
    return {name: value for detail in arguments(node)[1:] for name, value in keywords(detail).items()}


def keywords(node: ast.expr | None) -> Settings:
    """Return the keyword arguments of a call; none for anything else."""
    named = node.keywords if isinstance(node, ast.Call) else []
    return {keyword.arg: keyword.value for keyword in named if keyword.arg}


def arguments(node: ast.Subscript) -> list[ast.expr]:
    """Return what stands between the brackets."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def last_name(node: ast.expr) -> str:
    """Return `Optional` for `typing.Optional`."""
    return ast.unparse(node).rpartition(".")[2]


def text(module: Module, node: ast.expr | None) -> str:
    """Return a string, as it is or in a `str()`. Raises `SourceError`."""
    match node:
        case ast.Constant(value=str(value)) | ast.Call(ast.Name("str"), [ast.Constant(value=str(value))]):
            return value
    raise module.unreadable(node, "not a string")


def _unquoted(module: Module, node: ast.expr) -> ast.expr:
    match node:
        case ast.Constant(value=str(quoted)):
            try:
                return ast.parse(quoted, mode="eval").body
            except SyntaxError as error:
                raise module.unreadable(node, "not a type") from error
    return node
