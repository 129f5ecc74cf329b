"""The command `export`."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints.cli._export import part_done
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.feed import FeedProgress
from tests.cli.commands import Run
from tests.cli.terminals import COMMAND, STARTED_IN_TIME, Terminal, plain
from tests.exported import OLDEST_FIRST, content, expected
from tests.samples import RECORDS, SAMPLES

U1, U2 = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
"""Well-formed ids of nobody."""
NEWEST = OLDEST_FIRST[-1].created_at


def sent(*signums: int) -> Fault:
    """A request during which this process gets signals, which it handles when it can."""

    async def send(exchange: Any) -> None:
        for signum in signums:
            os.kill(os.getpid(), signum)
        await exchange.send(exchange.answer())

    return Fault("signal", "search", 1.0, 1, send)


def waited(number: int) -> Fault:
    """So many requests that nothing happens to."""
    return Fault.delay(0, operation="search", times=number)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz", "a.jsonl.zst", "a.parquet"])
@pytest.mark.usefixtures("configured")
def test_a_file_by_its_name(name: str, run: Run, tmp_path: Path) -> None:
    """The name says the format. The folder is made. The last line says what was done, also if nothing was new."""
    file = tmp_path / "siem" / name
    done = run("export", str(file))
    assert (done.status, done.out) == (0, "")
    last = f"{NEWEST:%Y-%m-%d %H:%M:%S}+00:00"
    assert done.err == f"foundry-checkpoints: 350 records written to {file}; the last was created at {last}\n"
    assert content(file) == expected(name, OLDEST_FIRST)
    again = run("export", str(file))
    assert (again.status, again.err) == (0, f"foundry-checkpoints: no new records; {file} has 350\n")
    assert content(file) == expected(name, OLDEST_FIRST)


@pytest.mark.usefixtures("configured")
def test_options_for_files(run: Run, tmp_path: Path) -> None:
    """Format, compression and rotation may be given; files are rotated by size or by day."""
    by_size = ("--format", "csv", "--compress", "gzip", "--rotate", "20kB")
    assert run("export", str(tmp_path / "a.dat"), *by_size).status == 0
    files = sorted(tmp_path.glob("a-*.dat"))
    assert [file.name for file in files[:2]] == ["a-000001.dat", "a-000002.dat"]
    assert all(file.stat().st_size >= 20_000 for file in files[:-1])
    day = f"{NEWEST:%Y-%m-%d}"
    assert run("export", str(tmp_path / "b.jsonl"), "--since", day, "--rotate", "day").status == 0
    assert len(content(tmp_path / f"b-{day}.jsonl")) == sum(f"{one.created_at:%Y-%m-%d}" == day for one in RECORDS)


def test_new_records_are_added(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """Run again, it adds what is new, late records included, and says how many there are now."""
    file = tmp_path / "a.jsonl"
    run("export", str(file), "--overlap", "1h", "--concurrency", "1")
    times = (NEWEST - timedelta(minutes=59), NEWEST + timedelta(days=1))
    own_emulator.add({**SAMPLES[0], "rid": f"late-{time}", "createdAt": time.isoformat()} for time in times)
    done = run("export", str(file), "--overlap", "1h")
    assert f"2 records written to {file}, which now has 352; the last" in done.err
    assert [row["rid"] for row in content(file)[350:]] == [f"late-{time}" for time in times]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("new/a.txt",), "a.txt"),
        (("a.csv.gz", "--compress", "zstd"), "a.csv.gz"),
        (("new/a.csv", "--token-file", "missing"), "missing"),
        (("a.csv", "--since", "soon"), "--since"),
        ((), "DEST"),
    ],
)
@pytest.mark.usefixtures("configured")
def test_wrong_usage(
    arguments: tuple[str, ...], message: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What doesn't go together is one line, with status 2, and no file or folder is made."""
    monkeypatch.chdir(tmp_path)
    done = run("export", *arguments)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert message in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("configured")
def test_an_extra_that_is_missing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says what to install."""
    monkeypatch.setitem(sys.modules, "zstandard", None)
    done = run("export", str(tmp_path / "a.csv.zst"))
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "pip install 'foundry-checkpoints[zstd]'" in done.err


@pytest.mark.usefixtures("configured")
def test_another_query_is_refused(run: Run, tmp_path: Path) -> None:
    """A state belongs to its query and service, however relative its times are; another one gets status 1."""
    file = str(tmp_path / "a.jsonl")
    assert run("export", file, "--since=-9y", "--user", U1, "--user", U2).status == 0
    assert run("export", file, "--since=-9y").status == 0
    assert run("export", file, "--since=-9y").status == 0
    done = run("export", file, "--since=-8y")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "belongs to another query (F.created_at >= " in done.err
    where = json.dumps({"type": "eq", "field": "checkpointType", "value": "LOGIN"})
    assert run("export", file, "--since=-9y", "--where", where).status == 1
    assert run("export", file, "--since=-9y", "--hostname", "elsewhere.palantirfoundry.com").status == 1


@pytest.mark.usefixtures("configured")
def test_a_file_of_somebody_else(run: Run, tmp_path: Path) -> None:
    """A file that is in the way is left alone; nothing is to be gone on with, so the status is 1."""
    (tmp_path / "a.csv").write_text("precious")
    done = run("export", str(tmp_path / "a.csv"))
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "move it away" in done.err
    assert (tmp_path / "a.csv").read_text() == "precious"


def test_a_refusal_in_the_middle(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """A part is done, so the status is 3 and the line says to run it again; then the file is whole."""
    file = tmp_path / "a.csv"
    own_emulator.inject(waited(3), Fault.error("Default:Unauthorized"))
    done = run("export", str(file), "--concurrency", "1")
    assert (done.status, done.err.count("\n")) == (3, 1)
    assert done.err.rstrip().endswith("Run the same command again: it resumes where it stopped.")
    assert content(file) == expected("a.csv", OLDEST_FIRST[:200])
    own_emulator.inject(Fault.error("Default:Unauthorized"))
    assert run("export", str(file)).status == 3
    assert run("export", str(file)).status == 0
    assert content(file) == expected("a.csv", OLDEST_FIRST)


def test_a_refusal_at_once(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """Nothing is done, so the status is 1, and the query may still be changed."""
    own_emulator.inject(Fault.error("Default:Unauthorized"))
    assert run("export", str(tmp_path / "a.csv"), "--type", "LOGIN").status == 1
    assert run("export", str(tmp_path / "a.csv")).status == 0
    assert content(tmp_path / "a.csv") == expected("a.csv", OLDEST_FIRST)


@pytest.mark.usefixtures("configured")
def test_a_full_disk(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To make room is what to do, and the status is 3, also when nothing was written yet."""

    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "a.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        done = run("export", str(file))
    assert (done.status, done.err.count("\n")) == (3, 1)
    assert "No space left on device; make room. Run the same command again" in done.err
    assert run("export", str(file)).status == 0
    assert content(file) == expected("a.jsonl", OLDEST_FIRST)


# Being stopped


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    """No command leaves a handler behind."""
    before = [signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)]
    yield
    assert [signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.parametrize(
    ("signum", "follow", "status"),
    [
        (signal.SIGINT, False, 130),
        (signal.SIGINT, True, 130),
        (signal.SIGTERM, False, 3),
        (signal.SIGTERM, True, 0),
    ],
)
def test_a_signal_stops_in_good_order(
    signum: int, follow: bool, status: int, own_emulator: Emulator, run: Run, tmp_path: Path
) -> None:
    """What was given is committed before it ends; SIGTERM is how to end one that follows."""
    file = tmp_path / "a.parquet"
    own_emulator.inject(waited(2), sent(signum))
    arguments = ("export", str(file), "--concurrency", "1", *(("--follow", "--interval", "1h") if follow else ()))
    done = run(*arguments)
    assert done.status == status
    stopping, last = done.err.splitlines()
    assert stopping == "foundry-checkpoints: stopping; send the signal again to stop at once"
    assert "records written to" in last
    rows = len(content(file))
    assert 100 <= rows < 350
    assert content(file) == expected("a.parquet", OLDEST_FIRST[:rows])
    assert run("export", str(file)).status == 0
    assert content(file) == expected("a.parquet", OLDEST_FIRST)


def test_a_second_signal_stops_at_once(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """What was not committed is taken back, and comes again with the next run."""
    file = tmp_path / "a.jsonl"
    own_emulator.inject(waited(3), sent(signal.SIGINT, signal.SIGTERM))
    done = run("export", str(file), "--concurrency", "1")
    assert (done.status, done.err.splitlines()[-1]) == (130, "foundry-checkpoints: interrupted")
    assert content(file) == []
    assert run("export", str(file)).status == 0
    assert content(file) == expected("a.jsonl", OLDEST_FIRST)


def test_follow_adds_what_comes(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """New records are in the file soon after they are there, and failures of the service pass."""
    late = {**SAMPLES[0], "rid": "late", "createdAt": NEWEST.isoformat()}

    async def add(exchange: Any) -> None:
        own_emulator.add([late])
        await exchange.send(exchange.answer())

    failure = Fault.status(503, headers={"Qos-Retry-Hint": "do-not-retry"}, times=2)
    own_emulator.inject(waited(8), failure, Fault("add", "search", 1.0, 1, add), sent(signal.SIGTERM))
    file = tmp_path / "a.jsonl"
    done = run("export", str(file), "--concurrency", "1", "--follow", "--interval", "0.001s")
    assert done.status == 0
    assert content(file)[:350] == expected("a.jsonl", OLDEST_FIRST)
    assert [row["rid"] for row in content(file)[350:]] == ["late"]


def test_the_bar_goes_by_time() -> None:
    """The share of the time that was read, where there is a time to go by."""
    start, end = datetime(2026, 1, 1), datetime(2026, 1, 3)
    assert part_done(None, FeedProgress()) is None
    assert part_done(start, FeedProgress(reached=start, newest=start)) is None
    assert part_done(start, FeedProgress(reached=start + (end - start) / 4, newest=end)) == 0.25
    assert part_done(start, FeedProgress(reached=end + (end - start), newest=end)) == 1.0


# As a process


@pytest.fixture
def environment(one_certificate: Path) -> dict[str, str]:
    return {**os.environ, "SSL_CERT_FILE": str(one_certificate), "TERM": "xterm-256color", "TZ": "UTC"}


@pytest.mark.slow
def test_killed_as_a_process(environment: dict[str, str], tmp_path: Path) -> None:
    """Killed in the middle, and run again, the command ends with the file of an undisturbed run."""
    running: list[subprocess.Popen[bytes]] = []

    async def kill(_: object) -> None:
        running[-1].kill()

    faults = [waited(3), Fault("kill", "search", 1.0, 2, kill)]
    file = tmp_path / "a.jsonl.gz"
    with Emulator(SAMPLES, faults=faults) as emulator:
        settings = {"FOUNDRY_HOSTNAME": emulator.hostname, "FOUNDRY_TOKEN": emulator.token}
        exits = []
        for _ in range(3):
            command = [*COMMAND, "export", str(file), "--concurrency", "1"]
            running.append(subprocess.Popen(command, env=environment | settings, stderr=subprocess.DEVNULL))
            exits.append(running[-1].wait(STARTED_IN_TIME))
    assert exits == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert content(file) == expected(file.name, OLDEST_FIRST)


@pytest.mark.slow
def test_a_person_who_waits(environment: dict[str, str], tmp_path: Path) -> None:
    """On a terminal there is a bar; Ctrl-C ends it, the cursor is back, and the last line says what was done."""
    with Emulator(SAMPLES, latency=0.1) as emulator:
        settings = {"FOUNDRY_HOSTNAME": emulator.hostname, "FOUNDRY_TOKEN": emulator.token}
        terminal = Terminal(environment | settings, "export", str(tmp_path / "a.csv"), "--follow", columns=200)
        try:
            terminal.read_until(lambda text: "350 records" in text)
            terminal.process.send_signal(signal.SIGINT)
            assert terminal.end() == 130
        finally:
            terminal.process.kill()
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")
    assert "350 records written to" in plain(terminal.text).splitlines()[-1]
