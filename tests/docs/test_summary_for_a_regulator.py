"""The commands of docs/how-to/summary-for-a-regulator.md, run as written against the emulator."""

from __future__ import annotations

import hashlib
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from foundry_checkpoints.cli import main
from foundry_checkpoints.emulator import Emulator, sample_records

PAGE: Final = (Path(__file__).parents[2] / "docs" / "how-to" / "summary-for-a-regulator.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """Return the arguments of each command of the program."""
    lines = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", "").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("foundry-checkpoints ")]


def test_the_commands_of_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Both pages are written, and their digest is that of the search that the page names."""
    monkeypatch.chdir(tmp_path)
    with Emulator(list(sample_records(500, end=datetime(2026, 12, 1, tzinfo=UTC)))) as emulator:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
        monkeypatch.setenv("FOUNDRY_TOKEN", emulator.token)
        for command in commands():
            assert main(command[: command.index(">")] if ">" in command else command) == 0
    lines = capfd.readouterr().out
    assert lines.count("\n") > 10
    digest = hashlib.sha256(lines.encode()).hexdigest()
    for name in ("october.html", "october-annex.html"):
        assert digest in (tmp_path / name).read_text(encoding="utf-8")
