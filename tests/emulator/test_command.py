"""What the command `emulator` adds to the emulator: new records, faults, and a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from foundry_checkpoints.cli import main
from foundry_checkpoints.cli._emulator import parse_faults, parse_rate
from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from foundry_checkpoints.emulator._samples import Samples
from foundry_checkpoints.emulator._traffic import create_records
from tests.emulator.api import ALL, RECORDS, ok, serving

START = datetime(2026, 1, 1, tzinfo=UTC)


def created(per_second: float, ticks: list[float]) -> list[int]:
    """Return how many records there are after each tick of a clock, given in seconds from the start."""
    emulator, samples, numbers = Emulator(), Samples(0), list[int]()
    times: Iterator[float] = iter([0.0, *ticks])

    def wait(seconds: float) -> bool:
        numbers.append(emulator.records)
        return len(numbers) > len(ticks)

    def clock() -> datetime:
        return START + timedelta(seconds=next(times))

    create_records(emulator, samples, per_second, wait=wait, clock=clock)
    return numbers[1:]


def test_records_are_created_at_a_rate() -> None:
    """As many records are created as are due, after early, late and backward clocks."""
    assert created(2, [0.5, 1.0, 1.4, 1.5, 4.0]) == [1, 2, 2, 3, 8]
    assert created(1000, [0.01, 0.1]) == [10, 100]
    assert created(1 / 60, [60, 119, 120]) == [1, 1, 2]
    assert created(1, [3, 2, 4]) == [3, 3, 4]


def test_new_records_are_created_now_and_differ_from_the_first_ones() -> None:
    """They continue the sample records: other RIDs, the same people."""
    samples = Samples(7)
    with serving(samples.past(20, START)) as (emulator, api):
        waits = iter([False, True])
        clock = iter([START, START + timedelta(seconds=5)])
        create_records(emulator, samples, 1, wait=lambda _: next(waits), clock=lambda: next(clock))
        assert emulator.records == 25
        newest = ok(api.search(pageSize=5))["data"]
        assert {record["createdAt"] for record in newest} == {"2026-01-01T00:00:05.000Z"}
    continued = {record["rid"] for record in sample_records(25, 7, START)} - {
        record["rid"] for record in sample_records(20, 7, START)
    }
    assert {record["rid"] for record in newest} == continued


def test_a_rate_is_a_number_per_unit() -> None:
    """Seconds, minutes, hours and days; anything else is an error that says so."""
    assert [parse_rate(text) for text in ("2/s", "0.5/s", "30/min", "36/h", "86400/d")] == [2, 0.5, 0.5, 0.01, 1]
    for text in ("", "2", "0/s", "-1/s", "2/", "2/month", "x/s"):
        with pytest.raises(ValueError, match="must be a rate such as 2/s"):
            parse_rate(text)


def test_a_fault_is_a_kind_and_a_share() -> None:
    """A status or a name, and a share from 0 to 1; anything else is an error that says so."""
    assert parse_faults("503:0.05") == (Fault.status(503, rate=0.05),)
    assert parse_faults("reset:1") == (Fault.reset(rate=1),)
    assert parse_faults("empty-page:.5") == (Fault.empty_page(rate=0.5),)
    for text in ("", "503", "503:", "503:1.5", "99:0.1", "600:0.1", "drip:0.1", "reset:x", ":0.1"):
        with pytest.raises(ValueError, match=r"must be KIND:SHARE such as 503:0\.05"):
            parse_faults(text)


def test_a_wrong_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The message contains the option and its value."""
    for option, value in {"--rate": "often", "--fault": "503", "--end": "soon"}.items():
        assert main(["emulator", "--port", "0", option, value]) == 2
        message = capsys.readouterr().err
        assert option in message
        assert f"'{value}'" in message


@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal(signum: signal.Signals) -> None:
    """It prints what to set, creates records, lets requests fail, and ends with status 0 and in silence."""
    options = ["--port", "0", "--records", "5", "--token", "secret", "--end", "2025-01-01", "--rate", "100/s"]
    process = subprocess.Popen(
        [sys.executable, "-m", "foundry_checkpoints.cli", "emulator", *options, "--fault", "503:0.5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("# 5 records; Ctrl-C stops it.")
            settings = dict(word.split("=") for word in process.stdout.readline().split()[1:])
            assert settings["FOUNDRY_TOKEN"] == "secret"
            found: dict[str, Any] = {"data": []}
            statuses: set[int] = set()
            with httpx.Client(headers={"Authorization": "Bearer secret"}, trust_env=False) as http:
                while not found["data"] or statuses != {200, 503}:
                    response = http.post(
                        f"{settings['FOUNDRY_HOSTNAME']}{RECORDS}search?preview=true",
                        json={"where": {"filter": {**ALL, "value": "2026-01-01T00:00:00Z"}}},
                    )
                    statuses.add(response.status_code)
                    found = response.json() if response.status_code == 200 else found
            process.send_signal(signum)
            assert process.communicate() == ("", "")
            assert process.returncode == 0
        finally:
            process.kill()
