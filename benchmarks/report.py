"""Tables: printed as Markdown, kept as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from foundry_checkpoints import __version__

Cell = str | float | None

_PACKAGES = (
    "foundry-platform-sdk",
    "attrs",
    "httpx",
    "orjson",
    "pydantic",
    "starlette",
    "uvicorn",
)


@dataclass(frozen=True)
class Target:
    """A number to hold: the least that is wanted, or the most."""

    text: str
    wanted: float
    measured: float
    is_most: bool = False

    @property
    def is_held(self) -> bool:
        return self.measured <= self.wanted if self.is_most else self.measured >= self.wanted


@dataclass
class Table:
    """A title, columns by their format specification, rows, and what there is to say about them."""

    title: str
    columns: dict[str, str]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"### {self.title}", "", *_grid(self.columns, self.rows)]
        for note in self.notes:
            lines += ["", note]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "notes": self.notes,
            "targets": [{**asdict(target), "is_held": target.is_held} for target in self.targets],
        }


def summary(targets: Iterable[Target]) -> Table:
    """What was to hold, and whether it did in this run."""
    table = Table("Numbers to hold", {"number": "", "wanted": "", "measured": ".2f", "held": ""})
    for target in targets:
        bound = f"{'≤' if target.is_most else '≥'} {target.wanted:g}"
        table.rows.append((target.text, bound, target.measured, "yes" if target.is_held else "**no**"))
    return table


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    packages = [f"foundry-checkpoints {__version__}", *(f"{name} {version(name)}" for name in _PACKAGES)]
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "packages": ", ".join(packages),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _grid(columns: dict[str, str], rows: Iterable[Sequence[Cell]]) -> list[str]:
    formats = list(columns.values())
    cells = [[_text(cell, spec) for cell, spec in zip(row, formats, strict=True)] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    rule = ["-" * width if spec == "" else "-" * (width - 1) + ":" for width, spec in zip(widths, formats, strict=True)]
    return [_line(row, widths, formats) for row in (list(columns), rule, *cells)]


def _line(cells: Sequence[str], widths: Sequence[int], formats: Sequence[str]) -> str:
    padded = [
        f"{cell:{'<' if spec == '' else '>'}{width}}" for cell, width, spec in zip(cells, widths, formats, strict=True)
    ]
    return f"| {' | '.join(padded)} |"


def _text(cell: Cell, spec: str) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else f"{cell:{spec}}"
