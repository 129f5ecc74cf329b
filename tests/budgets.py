"""Print the sizes that the design sets budgets for: `python -m tests.budgets`. It never fails."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).parents[1]
LIBRARY, GENERATOR = ROOT / "src" / "foundry_checkpoints", ROOT / "generator"
LANE = ("_client.py", "_config.py", "_records.py", "_batching.py", "_retry.py", "_search", "_http")
BESIDE_THE_LANE = ("_search/windows.py",)
LONGEST_MODULE = 350

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def lines(paths: Iterable[Path]) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def lane() -> Iterator[Path]:
    """Yield the files that a record travels through."""
    for name in LANE:
        path = LIBRARY / name
        yield from path.rglob("*.py") if path.is_dir() else [path]


def functions(trees: list[ast.Module]) -> list[Function]:
    return [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def length(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def called_once(trees: list[ast.Module]) -> int:
    """Return how many private functions are mentioned once, be it to call them or to pass them on."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names: list[Any] = [node for node in nodes if isinstance(node, ast.Name | ast.Attribute)]
    uses = Counter(getattr(node, "id", None) or node.attr for node in names)
    found = [function.name for function in functions(trees) if function.name.startswith("_")]
    return sum(uses[name] == 1 for name in found if not name.endswith("__"))


def report(house: Path) -> None:
    """Print the sizes of the functions and modules of a house."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in house.rglob("*.py")]
    found = functions(trees)
    lengths = sorted(map(length, found))
    imports = sum(isinstance(node, ast.Import | ast.ImportFrom) for function in found for node in ast.walk(function))
    middle, tenth, longest = lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10], lengths[-1]
    print(f"{house.name}: functions p50 {middle}, p90 {tenth} (14), max {longest} lines", end="; ")
    print(f"private helpers called once {called_once(trees) / len(found):.1%} (6 %); imports in functions {imports}")
    for path in sorted(house.rglob("*.py")):
        if lines([path]) > LONGEST_MODULE:
            print(f"  {path.relative_to(house)}: {lines([path])} lines ({LONGEST_MODULE})")


def main() -> None:
    """Print what there is, and the budget in parentheses."""
    beside = lines(LIBRARY / name for name in BESIDE_THE_LANE)
    apart = sum(lines((LIBRARY / room).rglob("*.py")) for room in ("emulator", "cli", "spark"))
    print(f"lane: {lines(lane()) - beside} lines (1,700)")
    print(f"src without emulator, cli, and spark: {lines(LIBRARY.rglob('*.py')) - apart} lines (5,000)")
    for room in sorted(path for path in LIBRARY.iterdir() if path.is_dir() and any(path.rglob("*.py"))):
        print(f"  {room.name}: {lines(room.rglob('*.py'))}")
    print(f"generator: {lines(GENERATOR.rglob('*.py'))} lines (3,000)")
    report(LIBRARY)
    report(GENERATOR)


if __name__ == "__main__":
    main()
