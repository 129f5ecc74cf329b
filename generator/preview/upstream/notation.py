"""Types as Python writes them, in annotations and in the settings of pydantic, read into types of facts."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Literal

from .facts import is_required, limits, optional, required
from .source import Definition, Module, Package

Settings = dict[str, ast.expr]
"""The keyword arguments of a call."""

_BUILTINS = {"str": "string", "int": "integer", "float": "double", "bool": "boolean", "object": "any"}
_FOREIGN = {"typing.Any": "any", "datetime.datetime": "datetime", "pydantic.AwareDatetime": "datetime"}
# The settings that limit a size or a value, and the step from each to a limit that is itself allowed.
_LOWEST = {"min_length": 0, "ge": 0, "gt": 1}
_HIGHEST = {"max_length": 0, "le": 0, "lt": -1}


class Types:
    """Reads types. `used` collects what they name, in order."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.used: list[Definition] = []

    def read(self, module: Module, node: ast.expr) -> str:
        """The type that an expression stands for. Raises `SourceError`."""
        match node:
            case ast.Constant(value=None):
                return "null"
            case ast.Constant(value=str()):
                return self.read(module, _unquoted(module, node))
            case ast.Name(name) if name in _BUILTINS:
                return _BUILTINS[name]
            case ast.Name() | ast.Attribute():
                return self._named(module, node)
            case ast.BinOp(left, ast.BitOr(), right):
                return self._any_of(module, [left, right])
            case ast.Subscript():
                return self._generic(module, node)
        raise module.unreadable(node, "not a type")

    def definition(self, module: Module, node: ast.expr) -> Definition:
        """What a name, quoted or not, stands for. Raises `SourceError`."""
        return self._package.defined(module, _unquoted(module, node))

    def _named(self, module: Module, node: ast.expr) -> str:
        definition = self._package.defined(module, node)
        if definition.node is not None:
            self.used.append(definition)
            return definition.name
        name = f"{definition.module}.{definition.name}"
        if name not in _FOREIGN:
            raise module.unreadable(node, f"the type {name} is not known here")
        return _FOREIGN[name]

    def _generic(self, module: Module, node: ast.Subscript) -> str:
        match last_name(node.value), arguments(node):
            case "Optional" | "NotRequired", [inner]:
                return optional(self.read(module, inner))
            case "Required", [inner]:
                return self.read(module, inner)
            case "Union", inner:
                return self._any_of(module, inner)
            case "List" | "list", [inner]:
                return f"list<{self.read(module, inner)}>"
            case "Dict" | "dict", [_, inner]:
                return f"map<string, {self.read(module, inner)}>"
            case "Literal", [value]:
                return f"const {text(module, value)}"
            case "Literal", values:
                return f"enum<{', '.join(text(module, value) for value in values)}>"
            case "Annotated", [inner, *_]:
                return limited(module, self.read(module, inner), details(node))
        raise module.unreadable(node, "not a type")

    def _any_of(self, module: Module, nodes: Sequence[ast.expr]) -> str:
        kinds = list(dict.fromkeys(self.read(module, node) for node in nodes))
        values = [kind for kind in kinds if kind != "null"]
        kind = values[0] if len(values) == 1 else f"union<{', '.join(values)}>"
        return kind if values == kinds else optional(kind)


def limited(module: Module, kind: str, settings: Settings) -> str:
    """A type with the limits that settings put on it."""
    plain = required(kind)
    if plain == "integer" and "return_type" in settings:
        plain = "string"  # a number that may be too large for a reader of JSON is written as text
    if "pattern" in settings:
        plain += f" /{text(module, settings['pattern'])}/"
    else:
        plain += limits(_limit(module, settings, _LOWEST), _limit(module, settings, _HIGHEST))
    return plain if is_required(kind) else optional(plain)


def _limit(module: Module, settings: Settings, steps: dict[str, int]) -> int | None:
    for name, step in steps.items():
        match settings.get(name):
            case None | ast.Constant(value=None):
                continue
            case ast.Constant(value=int(limit)):
                return limit + step
            case node:
                raise module.unreadable(node, f"{name} is not a number")
    return None


def shape(definition: Definition) -> Literal["object", "enum", "union", "scalar"]:
    """What a definition is: a schema of one of three kinds, or another name of a type."""
    match definition.node:
        case ast.ClassDef():
            return "object"
        case ast.Subscript(value) if last_name(value) == "Literal":
            return "enum"
        case ast.Subscript(value) as node if last_name(value) == "Annotated" and "discriminator" in details(node):
            return "union"
    return "scalar"


def details(node: ast.Subscript) -> Settings:
    """The settings behind the type in an `Annotated`."""
    return {name: value for detail in arguments(node)[1:] for name, value in keywords(detail).items()}


def keywords(node: ast.expr | None) -> Settings:
    """The keyword arguments of a call; none for anything else."""
    named = node.keywords if isinstance(node, ast.Call) else []
    return {keyword.arg: keyword.value for keyword in named if keyword.arg}


def arguments(node: ast.Subscript) -> list[ast.expr]:
    """What stands between the brackets."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def last_name(node: ast.expr) -> str:
    """`Optional` of `typing.Optional`."""
    return ast.unparse(node).rpartition(".")[2]


def text(module: Module, node: ast.expr | None) -> str:
    """A string, as it is or in a `str()`. Raises `SourceError`."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.Call(ast.Name("str"), [ast.Constant(value=str(value))]):
            return value
    raise module.unreadable(node if node is not None else ast.Constant(None), "not a string")


def _unquoted(module: Module, node: ast.expr) -> ast.expr:
    match node:
        case ast.Constant(value=str(quoted)):
            try:
                return ast.parse(quoted, mode="eval").body
            except SyntaxError as error:
                raise module.unreadable(node, "not a type") from error
    return node
