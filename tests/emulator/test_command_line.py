"""The emulator on the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.emulator.api import ALL, RECORDS

COMMAND = [sys.executable, "-m", "foundry_checkpoints.emulator"]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the line that it prints once it serves."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def fails(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def newest(line: str, token: str) -> httpx.Response:
    """The first page, from the address in the line."""
    hostname = re.findall(r"http://127\.0\.0\.1:\d+", line)[0]
    return httpx.post(
        f"{hostname}{RECORDS}search?preview=true",
        json={"where": {"filter": ALL}, "sortDirection": "ASC"},
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_ends_on_a_signal(signum: signal.Signals) -> None:
    """One line with address, token and how to stop it; on SIGINT and SIGTERM it ends with status 0, in silence."""
    with running("--records", "1200", "--seed", "7", "--token", "secret") as (process, line):
        assert line.startswith("1,200 records on http://127.0.0.1:")
        assert "access token secret; Ctrl-C stops it" in line
        served = {record["rid"] for record in newest(line, "secret").json()["data"]}
        assert len(served) == 100
        assert served <= {record["rid"] for record in sample_records(1200, seed=7)}
        process.send_signal(signum)
        assert process.communicate() == ("", "")
        assert process.returncode == 0


def test_it_serves_records_from_a_file(tmp_path: Path) -> None:
    """One JSON object a line, in any order; blank lines are skipped."""
    records = list(sample_records(5))
    path = tmp_path / "records.jsonl"
    path.write_text("\n\n".join(json.dumps(record) for record in records) + "\n")
    with running("--data", str(path), "--latency", "0.001") as (_, line):
        assert line.startswith("5 records")
        served = newest(line, "emulator-token").json()["data"]
    assert sorted(served, key=lambda r: str(r["rid"])) == sorted(records, key=lambda r: str(r["rid"]))


@pytest.mark.parametrize(
    ("content", "message"),
    [('{"rid": "a"', ":1: "), ('\n["a"]', ":2: not an object"), ('{"rid": "a"}', "a rid and a createdAt")],
)
def test_a_file_with_a_fault_is_refused(tmp_path: Path, content: str, message: str) -> None:
    """The message says which line is wrong."""
    path = tmp_path / "records.jsonl"
    path.write_text(content)
    status, output = fails("--data", str(path))
    assert status == 1
    assert message in output
    assert "Traceback" not in output


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The message names the file."""
    status, output = fails("--data", str(tmp_path / "none.jsonl"))
    assert status == 1
    assert "none.jsonl" in output
    assert "Traceback" not in output


def test_a_port_that_is_taken_is_refused() -> None:
    """The message says so."""
    with Emulator() as emulator:
        status, output = fails("--records", "1", "--port", emulator.hostname.rpartition(":")[2])
    assert status == 1
    assert "in use" in output
    assert "Traceback" not in output
