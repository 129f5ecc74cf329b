"""The public names of the library with their signatures, recorded for each release.

`python -m tests.release.surface` prints what changed since the last record. With `--level` it prints what that means
for callers (`documentation`: nothing), and with `--write` it records the surface of the version in `_version.py`.
Models and filter fields follow from the spec: `python -m generator diff` compares those.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from difflib import unified_diff
from itertools import chain
from pathlib import Path
from typing import cast

import griffe

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "tests" / "release" / "surfaces"
LIBRARY = "foundry_checkpoints"
ELSEWHERE = {"models", "cli"}
"""The spec records the models. The command line is no library."""
UNSEEN = {"__post_init__", "__reduce__", "__repr__", "__str__"}
"""What a class always has, or what nobody calls."""


def surface(root: Path) -> list[str]:
    """Return a line for each public name of the library in a checkout, sorted by name."""
    library = cast(griffe.Module, griffe.load(LIBRARY, search_paths=[root / "src"], allow_inspection=False))
    public = [module for name, module in library.modules.items() if not name.startswith("_") and name not in ELSEWHERE]
    seen: set[str] = set()
    # A class is described where it is defined, if that is public, and only named elsewhere.
    found = {path: line for module in [*public, library] for path, line in _of_module(module, seen)}
    return [found[path].replace(f"{LIBRARY}.", "") for path in sorted(found)]


def _of_module(module: griffe.Module, seen: set[str]) -> Iterator[tuple[str, str]]:
    for name in map(str, module.exports or ()):
        item, path = module.members.get(name), f"{module.path}.{name}"
        if item is None or (isinstance(item, griffe.Alias) and not item.target_path.startswith(f"{LIBRARY}.")):
            yield path, path
            continue
        found = _target(item)
        if found.path in seen or found.is_module:
            yield path, path if path == found.path else f"{path} = {found.path}"
            continue
        seen.add(found.path)
        yield path, _line(path, found)
        if isinstance(found, griffe.Class):
            yield from _of_class(path, found)


def _of_class(path: str, found: griffe.Class) -> Iterator[tuple[str, str]]:
    """Yield the members, with those of private bases. A public base has lines of its own."""
    owners = [*(base for base in reversed(found.mro()) if base.name.startswith("_")), found]
    for name, item in dict(chain.from_iterable(owner.members.items() for owner in owners)).items():
        member = _target(item)
        is_special = name.startswith("__") and member.is_function and name not in UNSEEN
        if not is_special and name.startswith("_"):
            continue
        yield f"{path}.{name}", _line(f"{path}.{name}", member)
        for option in _options(member) if isinstance(member, griffe.Function) else ():
            yield f"{path}.{name}.{option.name}", f"{path}.{name}({option.name}: {option.annotation})"


def _options(function: griffe.Function) -> Iterator[griffe.Attribute]:
    """Yield the keyword arguments that `**options: Unpack[Options]` stands for."""
    for annotation in (parameter.annotation for parameter in function.parameters):
        if isinstance(annotation, griffe.ExprSubscript) and str(annotation.left) == "Unpack":
            yield from _target(function.module.members[str(annotation.slice)]).attributes.values()


def _target(item: griffe.Object | griffe.Alias) -> griffe.Object:
    return item.final_target if isinstance(item, griffe.Alias) else item


def _line(path: str, found: griffe.Object) -> str:
    if isinstance(found, griffe.Class):
        bases = [base for base in map(str, found.bases) if not base.startswith("_")]
        return f"class {path}({', '.join(bases)})"
    if isinstance(found, griffe.Function):
        _, _, signature = found.signature().partition("(")
        signature = re.sub(r"^(?:self|cls)(?:, )?", "", signature)
        return f"{'async ' if 'async' in found.labels else ''}def {path}({signature}"
    annotation = getattr(found, "annotation", None)
    value = f" = {getattr(found, 'value', None)}" if str(annotation) == "TypeAlias" else ""
    return f"{path}{f': {annotation}' if annotation else ''}{value}"


def last_record() -> Path:
    """Return the record of the newest release."""
    return max(RECORDS.glob("*.txt"), key=lambda path: tuple(map(int, path.stem.split("."))))


def main(arguments: list[str]) -> None:
    """Print the differences from the last record, or the level of them; or record the surface."""
    lines, record = surface(ROOT), last_record()
    if "--write" in arguments:
        version = griffe.load(f"{LIBRARY}._version", search_paths=[ROOT / "src"])["__version__"].value.strip("'\"")
        written = RECORDS / f"{version}.txt"
        written.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{version}: wrote {written.relative_to(ROOT)}.")
        return
    before = record.read_text(encoding="utf-8").splitlines()
    if "--level" in arguments:
        print("documentation" if before == lines else "additive" if set(before) <= set(lines) else "breaking")
        return
    changes = list(unified_diff(before, lines, record.stem, "now", lineterm="", n=0))
    changes = [line for line in changes if not line.startswith("@@")]
    print("\n".join(changes or [f"The public names are those of {record.stem}."]))


if __name__ == "__main__":
    main(sys.argv[1:])
