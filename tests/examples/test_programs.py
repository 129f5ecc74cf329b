"""The programs of examples/ that people copy, each run as a process against the emulator."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from foundry_checkpoints.emulator import Emulator, Fault, sample_records

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
SAMPLES: Final = list(sample_records(300, seed=7))
HANGS: Final = 60.0
"""Seconds after which a process hangs for sure."""

pytestmark = pytest.mark.slow


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    """An emulator of records of the last year, which the environment names; the work is done in a new folder."""
    monkeypatch.chdir(tmp_path)
    with Emulator(SAMPLES) as emulator:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
        monkeypatch.setenv("FOUNDRY_TOKEN", emulator.token)
        yield emulator


def run(program: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / program), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=HANGS, check=False)


@contextmanager
def started(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the end of the block, where it is killed if it hasn't ended."""
    command = [sys.executable, str(EXAMPLES / program), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=HANGS)
    return process.returncode, err


@pytest.mark.usefixtures("service")
def test_a_data_frame() -> None:
    """The counts by type add up to all records of the year."""
    done = run("search_to_dataframe.py", "400")
    assert done.returncode == 0, done.stderr
    assert sum(int(line.split()[0]) for line in done.stdout.splitlines()) == len(SAMPLES)


def stored(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [rid for (rid,) in connection.execute("SELECT rid FROM checkpoints")]


def test_a_database_that_follows(service: Emulator, tmp_path: Path) -> None:
    """After a kill and a second run, the database holds each record once, and the one that was created in between."""
    path = tmp_path / "checkpoints.sqlite"
    with started("follow_into_database.py", str(path)) as first:
        assert first.stdout is not None
        assert first.stdout.readline()  # the first pass has ended
        first.kill()
    (new,) = sample_records(1, seed=8)
    service.add([new])
    with started("follow_into_database.py", str(path)) as second:
        assert second.stdout is not None
        assert second.stdout.readline()
        assert end(second)[0] == 0
    assert sorted(stored(path)) == sorted(record["rid"] for record in [*SAMPLES, new])


def test_an_alert(service: Emulator) -> None:
    """A new record of a requested type is a line."""
    (record,) = sample_records(1, seed=9)
    service.add([{**record, "type": "LOGIN"}])
    with started("alert_on_type.py", "LOGIN") as process:
        assert process.stdout is not None
        assert " LOGIN: " in process.stdout.readline()
        assert end(process) == (0, "")


@pytest.mark.usefixtures("service")
def test_an_async_batch() -> None:
    """Records come in the order of their RIDs; one that is missing is named, and makes the status 1."""
    rids = [record["rid"] for record in SAMPLES[:250]]
    unknown = "ri.checkpoints.main.checkpoint.unknown"
    done = run("async_batch.py", stdin="\n".join([*rids, unknown]))
    assert (done.returncode, done.stderr) == (1, f"missing: {unknown}\n")
    assert [json.loads(line)["rid"] for line in done.stdout.splitlines()] == rids


def test_a_service_user(service: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """It requests one token, reads, and revokes it. A wrong secret is one line."""
    monkeypatch.setenv("FOUNDRY_CLIENT_ID", service.client_id)
    monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", service.client_secret)
    done = run("oauth_service_user.py")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 10), done.stderr
    assert service.request_counts["revoke"] == service.token_requests == 1
    monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", "wrong")
    done = run("oauth_service_user.py")
    assert (done.returncode, done.stderr) == (1, "the client ID or the secret is wrong: invalid_client\n")


def test_a_drift_report(service: Emulator) -> None:
    """Nothing unknown is status 0. Something is status 1, and a line for each."""
    assert run("drift_report.py", "400").returncode == 0
    service.inject(Fault.unknown_values(rate=1))
    done = run("drift_report.py", "400")
    first, *lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert f"{len(lines)} things unknown" in first
    assert all("is not in the spec" in line for line in lines)
