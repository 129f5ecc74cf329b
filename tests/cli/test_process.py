"""The command as a process: on a terminal, in a pipe, interrupted, and completed by a shell."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from foundry_checkpoints.emulator import Emulator
from tests.cli.terminals import COMMAND, STARTED_IN_TIME, Terminal, plain
from tests.samples import RECORDS, SAMPLES, newest_first

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def heeded_interrupts() -> Iterator[None]:
    """A shell that runs the tests in the background has them, and what they start, ignore SIGINT."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


@pytest.fixture(scope="module")
def service() -> Iterator[Emulator]:
    with Emulator(SAMPLES) as emulator:
        yield emulator


@pytest.fixture
def environment(service: Emulator) -> dict[str, str]:
    """That of this process, with the emulator and a terminal that has colours."""
    service.clear()
    own = {"FOUNDRY_HOSTNAME": service.hostname, "FOUNDRY_TOKEN": service.token, "TERM": "xterm-256color", "TZ": "UTC"}
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")} | own


def piped(environment: Mapping[str, str], *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=STARTED_IN_TIME,
        check=False,
    )


def test_records_in_a_pipe_and_on_a_terminal(environment: dict[str, str]) -> None:
    """The same command gives JSON lines in a pipe, and on a terminal a table in colours that fits it."""
    arguments = ("search", "--limit", "3")
    done = piped(environment, *arguments)
    assert [json.loads(line)["rid"] for line in done.stdout.splitlines()] == newest_first(RECORDS)[:3]
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        json.loads(piped(environment, "batch", stdin=done.stdout).stdout.splitlines()[0])["rid"]
        == newest_first(RECORDS)[0]
    )
    terminal = Terminal(environment, *arguments, columns=60)
    assert terminal.end() == 0
    assert "\x1b[" in terminal.text
    lines = plain(terminal.text).splitlines()
    assert lines[0].split() == ["time", "type", "user", "what", "why"]
    assert max(map(len, lines)) <= 60


def test_colours_can_be_switched_off(environment: dict[str, str]) -> None:
    """NO_COLOR leaves a table without colours."""
    terminal = Terminal(environment | {"NO_COLOR": "1"}, "summary", "--by", "type", "--top", "2")
    assert terminal.end() == 0
    assert "by type" in terminal.text
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", terminal.text)


def test_a_person_who_waits_sees_a_bar(environment: dict[str, str], tmp_path: Path) -> None:
    """It is on stderr, goes away at the end, and leaves nothing in the file that the records go to."""
    file = tmp_path / "records.jsonl"
    with Emulator(SAMPLES, latency=0.2) as slow, file.open("w") as out:
        terminal = Terminal(
            environment | {"FOUNDRY_HOSTNAME": slow.hostname}, "search", "--since", "2025-01-01", stdout=out.fileno()
        )
        assert terminal.end() == 0
    assert re.search(r"\d+ records.*%", plain(terminal.text))
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")
    assert [json.loads(line)["rid"] for line in file.read_text().splitlines()] == newest_first(RECORDS)


def test_ctrl_c_restores_the_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    """The cursor is back, one line says why it ended, and the status is 130."""
    with Emulator(SAMPLES, latency=0.3) as slow, (tmp_path / "out").open("w") as out:
        terminal = Terminal(environment | {"FOUNDRY_HOSTNAME": slow.hostname}, "search", stdout=out.fileno())
        terminal.read_until(lambda text: "records" in text)
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")
    assert plain(terminal.text).rstrip().endswith("foundry-checkpoints: interrupted")
    assert "Traceback" not in terminal.text


def test_a_pipe_that_closes_ends_the_command(environment: dict[str, str]) -> None:
    """As under `| head`: quietly, with status 0."""
    process = subprocess.Popen(
        [*COMMAND, "search"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["rid"] == newest_first(RECORDS)[0]
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(STARTED_IN_TIME) == 0


def test_closed_streams_and_full_disks_are_no_defects(environment: dict[str, str]) -> None:
    """Without stdout or stderr there is nothing to write to; a full disk is named."""
    script = f'{shlex.join(COMMAND)} search --limit 1 "$@"'
    for redirection, status, said in ((">&-", 0, ""), ("--sort up 2>&-", 2, ""), (">/dev/full", 1, "Make room")):
        done = subprocess.run(
            ["sh", "-c", script.replace('"$@"', redirection)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (status, "")
        assert said in done.stderr
        assert "defect" not in done.stderr


def test_the_emulator_runs_until_it_is_interrupted(environment: dict[str, str]) -> None:
    """It prints what to set, and other commands work with that; `auth check` says so."""
    command = [*COMMAND, "emulator", "--port", "0", "--records", "5"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("# 5 records; Ctrl-C stops it.")
        settings = dict(word.split("=", 1) for word in process.stdout.readline().removeprefix("export ").split())
        done = piped(environment | settings, "auth", "check")
        assert (done.returncode, done.stdout.count("ok ")) == (0, 7)
    finally:
        process.send_signal(signal.SIGINT)
        process.stdout.close()
        assert process.wait(STARTED_IN_TIME) == 0


def completed(environment: Mapping[str, str], *words: str) -> list[str]:
    """What bash offers for the last word."""
    asked = {
        "_FOUNDRY_CHECKPOINTS_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("foundry-checkpoints", *words)),
        "COMP_CWORD": str(len(words)),
    }
    return piped({**environment, **asked}).stdout.split()


def test_a_shell_completes_commands_options_and_values(environment: dict[str, str]) -> None:
    """Commands, their options, and the checkpoint types that the API documents."""
    assert {"get", "batch", "search", "summary", "emulator", "auth"} <= set(completed(environment, ""))
    assert completed(environment, "search", "--ty") == ["--type"]
    assert "CONTOUR_EXPORT" in completed(environment, "search", "--type", "CONTOUR_")
