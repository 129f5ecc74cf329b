"""The table of the licenses in docs/reference/dependencies.md: `python -m tests.release.dependencies` fills it.

Its rows are the distributions of requirements/runtime.txt. What isn't installed here, such as a distribution for
another system, keeps its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "dependencies.md"
LIBRARY = "foundry-checkpoints"
TABLE = re.compile(r"(?<=<!-- licenses -->\n).*?(?=<!-- /licenses -->)", re.DOTALL)
SPDX = {"ISC License": "ISC", "MIT License": "MIT"}


def locked() -> list[str]:
    """Return the distributions that the lock pins for users."""
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    return re.findall(r"^(\S+)==", text, re.MULTILINE)


def license_of(name: str) -> str:
    """Return the license in the metadata, by its SPDX name where it has one."""
    found = metadata(name)
    classifiers = [line.rpartition(" :: ")[2] for line in found.get_all("Classifier", []) if line.startswith("License")]
    stated = found["License-Expression"] or found["License"] or " and ".join(classifiers)
    return SPDX.get(stated, stated)


def reached(name: str, extra: str | None = None) -> Iterator[str]:
    """Yield what a distribution needs, and what that needs. A marker for a system or a Python counts as true."""
    try:
        needs = map(Requirement, metadata(name).get_all("Requires-Dist", []))
    except PackageNotFoundError:
        return
    for need in needs:
        if "extra ==" in str(need.marker) and f'extra == "{extra}"' not in str(need.marker):
            continue
        yield canonicalize_name(need.name)
        if need.name != name:
            yield from reached(need.name)


def table(before: str) -> str:
    """Return the table. `before` is the one to take rows from for what isn't installed."""
    kept = {name: row for row, name in re.findall(r"^(\| `([^`]+)`.*)$", before, re.MULTILINE)}
    groups = {"always": set(reached(LIBRARY))}
    for extra in metadata(LIBRARY).get_all("Provides-Extra", []):
        groups[f"`{extra}`"] = set(reached(LIBRARY, extra)) - groups["always"]
    rows = ["| distribution | license | installed |", "| --- | --- | --- |"]
    for name in locked():
        installed = ", ".join(group for group, names in groups.items() if name in names)
        try:
            rows.append(f"| `{name}` | {license_of(name)} | {installed} |")
        except PackageNotFoundError:
            rows.append(kept.get(name, f"| `{name}` | unknown | {installed} |"))
    return "\n".join(rows) + "\n"


def filled(page: str) -> str:
    """Return the page with its table."""
    return TABLE.sub(lambda found: table(found[0]), page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
