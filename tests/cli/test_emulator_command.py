"""The command `emulator`."""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_checkpoints.cli._errors import ERROR
from foundry_checkpoints.emulator import Emulator
from tests.cli.commands import Run
from tests.samples import SAMPLES


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
