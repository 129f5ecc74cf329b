"""The page of the dependencies agrees with pyproject.toml, the lock, and what is installed."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

from tests.release import dependencies

PAGE = dependencies.PAGE.read_text(encoding="utf-8")


def test_each_bound_has_a_reason() -> None:
    """A bound that is added or changed needs a line that says why, and a line without its bound has to go."""
    project = tomllib.loads((dependencies.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    stated = project["project"]
    extras = chain.from_iterable(stated["optional-dependencies"].values())
    wanted = {*stated["dependencies"], *extras, *project["build-system"]["requires"], stated["requires-python"]}
    bounds = PAGE[: PAGE.index("## Licenses")]
    reasons = re.findall(r"^\| (?:Python )?`([^`]+)` \| .+ \| .+ \|$", bounds, re.MULTILINE)
    assert sorted(reasons) == sorted(wanted)


def test_the_licenses_are_those_of_what_is_installed() -> None:
    """`python -m tests.release.dependencies` has nothing to write, and every license is known."""
    assert dependencies.filled(PAGE) == PAGE
    assert "unknown" not in dependencies.TABLE.findall(PAGE)[0]
