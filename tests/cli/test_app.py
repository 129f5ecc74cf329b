"""The program as a whole: its commands, its help, its streams."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

import foundry_checkpoints
from foundry_checkpoints.cli import main
from foundry_checkpoints.cli._app import app
from foundry_checkpoints.cli._errors import ERROR, INTERRUPTED
from foundry_checkpoints.cli._output import shown_line
from foundry_checkpoints.cli._progress import waits, watched
from foundry_checkpoints.emulator import Emulator
from tests.cli.commands import Run
from tests.samples import SAMPLES

COMMANDS = [["get"], ["batch"], ["search"], ["summary"], ["export"], ["emulator"], ["auth"], ["auth", "check"]]


def test_every_command_is_tested_here() -> None:
    """The list above is that of the program."""
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert names | {"auth"} == {command[0] for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("width", ["60", "120"])
def test_every_command_has_help(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str], flag: str, width: str
) -> None:
    """It fits the terminal, and each option is explained."""
    monkeypatch.setenv("COLUMNS", width)
    outcome = run(*command, flag)
    assert (outcome.status, outcome.err) == (0, "")
    assert f"Usage: foundry-checkpoints {' '.join(command)}" in outcome.out
    assert max(map(cell_len, outcome.out.splitlines())) <= int(width)


def test_the_version_names_that_of_the_api(run: Run) -> None:
    """`--version` prints both, and nothing is asked of a service."""
    outcome = run("--version")
    versions = f"{foundry_checkpoints.__version__} (API {foundry_checkpoints.__api_version__})"
    assert (outcome.status, outcome.out) == (0, f"foundry-checkpoints {versions}\n")


def test_an_interrupt_while_it_loads_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a traceback, with the status of an interrupt."""

    def interrupted(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("foundry_checkpoints.cli._app.run", interrupted)
    assert main([]) == INTERRUPTED


def test_loading_the_program_loads_no_client() -> None:
    """Its help and completion need neither the models nor rich's tables; the library does not load the program."""
    code = (
        "import sys, foundry_checkpoints\n"
        "assert 'typer' not in sys.modules\n"
        "import foundry_checkpoints.cli._app\n"
        "loaded = {'foundry_checkpoints_api.models', 'rich.table', 'dateutil.tz'} & sys.modules.keys()\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_pipe_gets_utf_8(configured: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the encoding of the locale is, and with line feeds alone on every system."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", newline="\r\n"))
    assert main(["search"]) == 0
    lines = raw.getvalue().decode("utf-8").split("\n")
    assert len(lines) == len(SAMPLES) + 1
    assert any("josé" in line for line in lines)
    assert "\r" not in raw.getvalue().decode("utf-8")


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
    """What it cannot show is a question mark; bars are number signs."""
    terminal = AsciiTerminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    assert main([command]) == 0
    terminal.flush()
    shown = terminal.raw_bytes.getvalue().decode("ascii")
    assert ("####" in shown) == (command == "summary")


def test_csv_on_a_terminal_is_safe() -> None:
    """Its line feeds stay; what a terminal would act on is shown as an escape."""
    assert shown_line('a,"b\n\x1b[2J"\n') == 'a,"b\n\\x1b[2J"\n'


def test_watched_things_come_through() -> None:
    """With a bar or without one, each thing comes once and in order."""
    shares: list[int] = []

    def share(number: int, thing: int) -> float | None:
        shares.append(number)
        return None if number == 1 else number / 5

    assert list(watched(range(5), "things", share, shown=True)) == list(range(5))
    assert shares[0] == 1
    shares.clear()
    assert list(watched(range(5), "things", share, shown=False)) == list(range(5))
    assert shares == []
    assert not waits()


@pytest.fixture
def stopped_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ctrl-C comes as soon as the emulator waits."""

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    monkeypatch.setattr("foundry_checkpoints.cli._emulator.Event", Interrupted)
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}
    yield
    for signum, handler in handlers.items():
        signal.signal(signum, handler)


@pytest.mark.usefixtures("stopped_at_once")
def test_the_emulator_serves_records_of_a_file(run: Run, tmp_path: Path) -> None:
    """One JSON object a line; it says how many, and what to set."""
    file = tmp_path / "records.jsonl"
    file.write_text("".join(f"{json.dumps(sample)}\n\n" for sample in SAMPLES[:3]))
    outcome = run("emulator", "--port", "0", "--data", str(file))
    assert (outcome.status, outcome.err) == (0, "")
    said, settings = outcome.out.splitlines()
    assert said.startswith("# 3 records; Ctrl-C stops it.")
    assert settings.startswith("export FOUNDRY_HOSTNAME=http://127.0.0.1:")
    assert settings.endswith(" FOUNDRY_TOKEN=emulator-token")


@pytest.mark.parametrize(
    ("line", "problem"), [("{", "line 2: Expecting"), ("[]", "line 2: not an object"), ("{}", "records.jsonl: ")]
)
@pytest.mark.usefixtures("stopped_at_once")
def test_the_emulator_refuses_what_is_no_record(run: Run, tmp_path: Path, line: str, problem: str) -> None:
    """The error names the file and, where it can, the line."""
    file = tmp_path / "records.jsonl"
    file.write_text(f"{json.dumps(SAMPLES[0])}\n{line}\n")
    outcome = run("emulator", "--port", "0", "--data", str(file))
    assert outcome.status == ERROR
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.usefixtures("stopped_at_once")
def test_the_emulator_says_when_a_port_is_taken(run: Run, emulator: Emulator) -> None:
    """It is one line, no traceback."""
    outcome = run("emulator", "--port", emulator.hostname.rpartition(":")[2], "--records", "0")
    assert outcome.status == ERROR
    assert outcome.err.startswith("foundry-checkpoints: ")
    assert os.strerror(errno.EADDRINUSE) in outcome.err
