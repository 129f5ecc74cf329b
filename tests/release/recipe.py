"""The conda-forge recipe: compare it with a wheel, or set its version and digest after a build.

`python -m tests.release.recipe` sets both from the sdist in dist/.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import parse_sdist_filename
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "recipe" / "recipe.yaml"
OF_CONDA = {"python", "pip"}
"""What a recipe names and the metadata of a wheel don't."""


def requirements(lines: Iterable[str]) -> dict[str, str]:
    """Return the bounds of distributions, of a recipe or of a wheel."""
    found = [Requirement(line) for line in lines if line.split(" ")[0] not in OF_CONDA]
    return {requirement.name: str(requirement.specifier) for requirement in found}


def of_recipe() -> dict[str, Any]:
    """Return what the recipe says and a wheel says too."""
    recipe = YAML(typ="safe").load(RECIPE)
    about, needs = recipe["about"], recipe["requirements"]
    return {
        "name": recipe["context"]["name"],
        "version": recipe["context"]["version"],
        "lowest Python": f">={recipe['context']['python_min']}",
        "summary": about["summary"],
        "license": about["license"],
        "source": about["repository"],
        "documentation": about["documentation"],
        "needed": requirements(needs["run"]),
        "needed by extras": requirements(needs["run_constraints"]),
        "needed to build": requirements(needs["host"]),
        "commands": recipe["build"]["python"]["entry_points"],
    }


def of_wheel(metadata: EmailMessage) -> dict[str, Any]:
    """Return the same of the metadata of a wheel and of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    urls = dict(line.split(", ") for line in metadata.get_all("Project-URL", []))
    needs = metadata.get_all("Requires-Dist", [])
    return {
        "name": metadata["Name"],
        "version": metadata["Version"],
        "lowest Python": metadata["Requires-Python"],
        "summary": metadata["Summary"],
        "license": metadata["License-Expression"],
        "source": urls["Source"],
        "documentation": urls["Documentation"],
        "needed": requirements(line for line in needs if "extra ==" not in line),
        "needed by extras": requirements(line for line in needs if "extra ==" in line),
        "needed to build": requirements(project["build-system"]["requires"]),
        "commands": [f"{name} = {target}" for name, target in project["project"]["scripts"].items()],
    }


def differences(metadata: EmailMessage) -> list[str]:
    """Return a line for each fact that the recipe and a wheel don't share."""
    recipe, wheel = of_recipe(), of_wheel(metadata)
    return [f"  {name}: {recipe[name]!r}, not {wheel[name]!r}" for name in wheel if recipe[name] != wheel[name]]


def main() -> None:
    """Write the version and the digest of the sdist in dist/ into the recipe."""
    (sdist,) = (ROOT / "dist").glob("*.tar.gz")
    _, version = parse_sdist_filename(sdist.name)
    text = RECIPE.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^  version: ".*"$', f'  version: "{version}"', text)
    digest = hashlib.sha256(sdist.read_bytes()).hexdigest()
    RECIPE.write_text(re.sub(r"(?m)^  sha256: \w+$", f"  sha256: {digest}", text), encoding="utf-8")
    print(f"{version}: wrote {RECIPE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
