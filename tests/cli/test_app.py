"""The program as a whole: its version, what it loads, its streams."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import pytest

import foundry_checkpoints
from foundry_checkpoints import SearchProgress
from foundry_checkpoints.cli import main
from foundry_checkpoints.cli._errors import ERROR, INTERRUPTED, USAGE
from foundry_checkpoints.cli._progress import waits, watch
from foundry_checkpoints.cli._safe import shown_line
from foundry_checkpoints.emulator import Emulator
from tests.cli.commands import Run
from tests.samples import SAMPLES


def test_the_version_names_that_of_the_api(run: Run) -> None:
    """`--version` prints both, and nothing is sent."""
    outcome = run("--version")
    versions = f"{foundry_checkpoints.__version__} (API {foundry_checkpoints.__api_version__})"
    assert (outcome.status, outcome.out) == (0, f"foundry-checkpoints {versions}\n")


def test_a_group_alone_shows_its_help(run: Run) -> None:
    """Without a command the help is on stderr, and the status is that of wrong usage."""
    for group in ((), ("auth",)):
        outcome = run(*group)
        assert (outcome.status, outcome.out) == (USAGE, "")
        assert outcome.err == run(*group, "--help").out


def test_an_interrupt_while_it_loads_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a traceback, with the status of an interrupt."""

    def interrupted(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("foundry_checkpoints.cli._app.run", interrupted)
    assert main([]) == INTERRUPTED


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_a_missing_extra_is_named(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the extra `cli`, the program says how to install it."""
    monkeypatch.setattr("foundry_checkpoints.cli.find_spec", lambda name: None if name == missing else Any)
    assert main(["search"]) == ERROR
    assert f"{missing} isn't installed. Run: pip install 'foundry-checkpoints[cli]'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_command_loads_what_it_needs() -> None:
    """The program's help loads no HTTP client, model, or table; the library doesn't load the program."""
    code = (
        "import sys, foundry_checkpoints\n"
        "assert 'typer' not in sys.modules\n"
        "from foundry_checkpoints.cli import main\n"
        "assert main(['--help']) == 0\n"
        "heavy = {'httpx', 'foundry_checkpoints_api.models', 'rich.console', 'dateutil.tz', 'pyarrow', 'pydantic'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_a_pipe_gets_utf_8(configured: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the encoding of the locale is, and with line feeds alone on every system."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", newline="\r\n"))
    assert main(["search"]) == 0
    text = raw.getvalue().decode("utf-8")
    assert text.count("\n") == len(SAMPLES)
    assert "josé" in text
    assert "\r" not in text


class AsciiTerminal(io.TextIOWrapper):
    """A terminal that shows ASCII only."""

    def __init__(self) -> None:
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding="ascii", newline="\n")

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("command", ["search", "summary"])
def test_a_terminal_without_utf_8_is_no_obstacle(
    configured: Emulator, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A character that it can't show is a question mark; bars are number signs."""
    terminal = AsciiTerminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    assert main([command]) == 0
    terminal.flush()
    shown = terminal.raw_bytes.getvalue().decode("ascii")
    assert ("####" in shown) == (command == "summary")


def test_csv_on_a_terminal_is_safe() -> None:
    """Its line feeds stay. Characters that a terminal would act on are shown as escapes."""
    assert shown_line('a,"b\n\x1b[2J"\n') == 'a,"b\n\\x1b[2J"\n'


def test_a_bar_is_shown_only_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """What isn't written to a terminal needs no bar, and one there leaves nothing behind."""
    with watch("things", shown=True) as show:
        assert show is not None
        show(SearchProgress(1_234, None))
        show(SearchProgress(2_345, 0.5))
    assert capsys.readouterr().err.strip() == ""
    with watch("things", shown=False) as show:
        assert show is None
    assert not waits()
