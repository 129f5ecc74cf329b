"""The words of the program: the help of each command and its messages, the same with each version of typer.

`UPDATE_GOLDEN=1 pytest tests/cli/test_golden.py` writes them again.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.cli.commands import Run

GOLDEN: Final = Path(__file__).parent / "golden"
COMMANDS: Final = ["", "get", "batch", "search", "summary", "export", "emulator", "auth", "auth check"]

MESSAGES: Final = r"""
get
get not-a-rid
serch
auth chek
search extra
search --tpye LOGIN
search --token hunter2
search --type
search --exact=yes
search --type ,
search --user ada.abbott
search --delegate 7
search --organization acme
search --item peering-job:x
search --since soon
search --until 31.10.2025
search --since 10000y
search --since today --until yesterday
search --since today --tz Berlin
search --where {
search --where @missing.json
search --text ''
search --limit -1
search --sort nwest
search --concurrency 31
search --timeout soon
search --timeout 1mo
search --columns ,
search --output xml
search --output rids --columns rid
search --token-file missing.txt
search --token-file a --token-command b
search --token-command ''
search --token-command "'a"
search --token-command no-such-program-here
search --client-key key.pem
search --client-cert missing.pem
summary --by color
summary --top 0
summary --annex
batch missing.txt
export
export a.csv --rotate 0MB
export a.csv --interval 0s
export a.csv --overlap late
export a.csv --log-format xml
export a.csv --format pdf
"""


def expect(name: str, text: str) -> None:
    """Compare a text with the golden one."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_help(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Each command explains its options, variables, and examples, and the help fits a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    outcome = run(*command.split(), "--help")
    assert (outcome.status, outcome.err) == (0, "")
    expect(f"help-{command.replace(' ', '-') or 'program'}", outcome.out)
    options = outcome.out.partition("Examples:")[0]
    assert max(map(len, options.splitlines())) <= 80
    assert run(*command.split(), "-h").out == outcome.out


@pytest.mark.usefixtures("configured")
def test_messages(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Wrong usage is one line that says what must be, what was given, and what to do. Nothing is sent or written."""
    monkeypatch.chdir(tmp_path)
    said = ""
    for line in MESSAGES.strip().splitlines():
        outcome = run(*shlex.split(line))
        assert (outcome.out, outcome.err.count("\n")) == ("", 1), line
        said += f"$ {line}\n{outcome.err}[{outcome.status}]\n\n"
    expect("messages", said)
    assert list(tmp_path.iterdir()) == []
