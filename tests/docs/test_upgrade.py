"""The code of docs/how-to/upgrade.md, run as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from foundry_checkpoints.emulator import Emulator, sample_records

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "upgrade.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```diff\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_program_for_this_release_runs(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block without the lines of the old release is a program that works."""
    program = "".join(line[1:] or "\n" for line in block.splitlines(keepends=True) if not line.startswith("-"))
    with Emulator(sample_records(250)) as emulator:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
        monkeypatch.setenv("FOUNDRY_TOKEN", emulator.token)
        exec(compile(program, "upgrade.md", "exec"), {})


def test_there_are_programs() -> None:
    """The page has blocks to run."""
    assert len(BLOCKS) >= 4
