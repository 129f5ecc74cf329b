"""The pages of the reference that are written by hand have everything that the code has."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Final

from foundry_checkpoints import CheckpointsClient, errors

ROOT: Final = Path(__file__).parents[2]
REFERENCE: Final = ROOT / "docs" / "reference"
LEVELS: Final = {"debug": "DEBUG", "info": "INFO", "warning": "WARNING", "exception": "ERROR"}
ROW: Final = re.compile(r"^\| `foundry_checkpoints[.\w]*` \| (\w+) \| `([^`]*)` \|", re.MULTILINE)


def logged(path: Path) -> list[tuple[str, str]]:
    """Return the level and the message of each call of a logger, with … for what it fills in."""
    return [
        (LEVELS[node.func.attr], re.sub(r"%[.\d]*[sdf]", "…", str(node.args[0].value)))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "logger"
        if isinstance(node.args[0], ast.Constant)
    ]


def test_the_reference_lists_every_message_of_the_library() -> None:
    """It has those of the code, with their levels, and no other."""
    page = (REFERENCE / "logs.md").read_text(encoding="utf-8")
    files = (ROOT / "src" / "foundry_checkpoints").rglob("*.py")
    assert sorted(ROW.findall(page)) == sorted(message for file in files for message in logged(file))


def test_the_reference_says_what_to_do_about_every_error() -> None:
    """Only bases of other errors may be missing in the table."""
    table = (REFERENCE / "errors.md").read_text(encoding="utf-8").partition("## What to do")[2].partition("\n## ")[0]
    classes = [getattr(errors, name) for name in errors.__all__]
    bases = {base.__name__ for error in classes for base in error.__bases__}
    assert set(errors.__all__) - set(re.findall(r"`(\w+)`", table)) <= bases


def test_the_reference_has_every_argument_of_a_client() -> None:
    """Each is in the table with an equals sign."""
    page = (REFERENCE / "configuration.md").read_text(encoding="utf-8")
    arguments = list(inspect.signature(CheckpointsClient).parameters)
    assert [name for name in arguments if f"`{name}=" not in page] == []
