"""The arrows between the rooms, from the imports that run: no cycle, none upward, each library in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASES = {"foundry_checkpoints": ROOT / "src", "foundry_checkpoints_api": ROOT / "generated_client", "generator": ROOT}
FILES = {
    ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): path
    for house, base in BASES.items()
    for path in (base / house).rglob("*.py")
}
LEVELS = [
    *("_version", "_redact _rows", "text models", "errors", "filters flat"),
    *("_frames progress _retry _concurrency _drift auth", "_search _batching _http", "_records _config", "_client"),
    *("", "feed ocsf", "export spark", "emulator", "cli"),
]
"""The rooms of `foundry_checkpoints` from the lowest to the highest; "" is the package itself."""
LEVEL_OF = {room: level for level, rooms in enumerate(LEVELS) for room in rooms.split(" ")}
HTTPX = {"_http", "auth", "_config", "_client", "cli"}
"""The command line gives the client an HTTP client of its own, with a client certificate."""


def statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run, those in functions included."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from statements(child)


def imports(module: str) -> Iterator[str]:
    """Yield the modules that a module imports; of other projects the name of the package."""
    package = module.split(".") if FILES[module].name == "__init__.py" else module.split(".")[:-1]
    for node in statements(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        base = [] if isinstance(node, ast.Import) or not node.level else package[: len(package) - node.level + 1]
        base += [] if isinstance(node, ast.Import) or node.module is None else [node.module]
        for alias in node.names:
            name = ".".join([*base, alias.name])
            while name not in FILES and "." in name:
                name = name.rpartition(".")[0]
            yield name


ARROWS = {module: {*imports(module)} - {module} for module in FILES}


def is_allowed(module: str, target: str) -> bool:
    """Return whether one module can import another."""
    house, room, *_ = *module.split("."), ""
    target_house, target_room, *_ = *target.split("."), ""
    if (
        target_house not in BASES
        or target_house == "foundry_checkpoints_api"
        or (target_house, target_room) == (house, room)
    ):
        return True
    if house == target_house == "generator":
        return room == "__main__" or target_room in ("spec", "paths")
    return house == target_house and room != "emulator" and LEVEL_OF.get(target_room, -1) < LEVEL_OF.get(room, -1)


def test_no_files_import_each_other() -> None:
    """The files of all houses can be put in an order. A package runs before its own modules in any case."""
    TopologicalSorter(
        {module: {name for name in found if not module.startswith(f"{name}.")} for module, found in ARROWS.items()}
    ).prepare()


def test_no_arrow_points_upward() -> None:
    """A room imports lower ones; the generated client imports nothing of ours, and the emulator nothing else."""
    assert [f"{module} → {name}" for module in FILES for name in ARROWS[module] if not is_allowed(module, name)] == []


def test_a_library_is_imported_in_its_place() -> None:
    """Of the library, only the rooms that send know httpx, and only the room of Spark knows pyspark."""
    for library, rooms in (("httpx", HTTPX), ("pyspark", {"spark"})):
        users = [module for module in FILES if library in ARROWS[module] and module.startswith("foundry_checkpoints.")]
        assert {module.split(".")[1] for module in users} <= rooms
