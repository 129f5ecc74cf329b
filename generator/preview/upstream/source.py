"""A package of Python as text: its modules, and what a name in one of them stands for. Nothing of it is executed."""

from __future__ import annotations

import ast
import zipfile
import zlib
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable


class SourceError(Exception):
    """A package that can't be read; the message says where, and why."""


_DAMAGE = (OSError, EOFError, ValueError, RecursionError, MemoryError, zipfile.BadZipFile, zlib.error)

Node = ast.ClassDef | ast.expr
"""A class, or what is assigned to a name."""


@dataclass(frozen=True)
class Module:
    """A module: what it defines at its top, and where each imported name comes from."""

    name: str
    file: str
    definitions: dict[str, Node] = field(repr=False)
    imports: dict[str, str] = field(repr=False)

    def unreadable(self, node: ast.AST | None, why: str) -> SourceError:
        """Return the error for a notation that can't be read."""
        text = ast.unparse(node).partition("\n")[0] if node else "nothing"
        return SourceError(f"{self.file}:{getattr(node, 'lineno', 1)}: {why}: {text[:80]}")


@dataclass(frozen=True)
class Definition:
    """The definition that a name stands for. Outside the package nothing is known of it, and `node` is `None`."""

    module: str
    name: str
    node: Node | None = field(repr=False)


class Package:
    """The modules below a folder, or in a wheel; each is read when it is first needed."""

    def __init__(self, root: Traversable) -> None:
        self._root = root
        self._modules: dict[str, Module] = {}

    def module(self, name: str) -> Module:
        """Return the module of a dotted name. Raises `SourceError`."""
        if name not in self._modules:
            file = self._file(name)
            if file is None:
                raise SourceError(f"the package has no module {name}")
            self._modules[name] = _read(name, file)
        return self._modules[name]

    def submodules(self, name: str) -> list[str]:
        """Return the dotted names of the modules in a package, sorted."""
        folder = self._root.joinpath(*name.split("."))
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return [f"{name}.{file.removesuffix('.py')}" for file in sorted(names) if file.endswith(".py")]

    def defined(self, module: Module, reference: ast.expr) -> Definition:
        """Return what a name or a dotted name stands for. Raises `SourceError`."""
        match reference:
            case ast.Name(name):
                return self.named(module, name)
            case ast.Attribute(ast.Name(prefix), name) if prefix in module.imports:
                return self._member(module.imports[prefix], name)
        raise module.unreadable(reference, "not a name that can be followed")

    def named(self, module: Module, name: str) -> Definition:
        """Return what a name stands for in a module. Raises `SourceError`."""
        if name in module.definitions:
            return Definition(module.name, name, module.definitions[name])
        owner, _, original = module.imports.get(name, "").rpartition(".")
        if not owner:
            raise SourceError(f"{module.file}: {name} is not defined")
        return self._member(owner, original)

    def _member(self, owner: str, name: str) -> Definition:
        return self.named(self.module(owner), name) if self._file(owner) else Definition(owner, name, None)

    def _file(self, name: str) -> Traversable | None:
        *folders, last = name.split(".")
        folder = self._root.joinpath(*folders)
        candidates = (folder.joinpath(last, "__init__.py"), folder.joinpath(f"{last}.py"))
        return next((file for file in candidates if file.is_file()), None)


def _read(name: str, file: Traversable) -> Module:
    path = name.replace(".", "/") + ("/__init__.py" if file.name == "__init__.py" else ".py")
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise SourceError(f"{path}:{error.lineno or 1}: {error.msg}") from error
    except _DAMAGE as error:
        raise SourceError(f"{path}: not a module of Python") from error
    module = Module(name, path, {}, {})
    for statement in tree.body:
        match statement:
            case ast.ClassDef(name=defined):
                module.definitions[defined] = statement
            case ast.Assign([ast.Name(defined)], value) | ast.AnnAssign(ast.Name(defined), value=ast.expr() as value):
                module.definitions[defined] = value
            case ast.Import(names) | ast.ImportFrom(names=names):
                owner = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
                module.imports.update({each.asname or each.name: owner + each.name for each in names})
    return module
