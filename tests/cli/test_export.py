"""The command `export`."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints import CheckpointsClient, F
from foundry_checkpoints.cli._export import part_done
from foundry_checkpoints.cli._health import StatusFile
from foundry_checkpoints.cli._stopping import Stop
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.export import file_sink
from foundry_checkpoints.feed import FeedProgress, RecordFeed
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


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="zstd is in the standard library")
@pytest.mark.usefixtures("configured")
def test_an_extra_that_is_missing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says what to install."""
    monkeypatch.setitem(sys.modules, "zstandard", None)
    done = run("export", str(tmp_path / "a.csv.zst"))
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "pip install 'foundry-checkpoints[zstd]'" in done.err


@pytest.mark.usefixtures("configured")
def test_another_query_is_rejected(run: Run, tmp_path: Path, configured: Emulator) -> None:
    """A state belongs to its query and service, however relative its times are. The line says which option differs."""
    file = str(tmp_path / "a.jsonl")
    assert run("export", file, "--since=-9y", "--user", U1, "--user", U2).status == 0  # no records: not begun
    assert run("export", file, "--since=-9y").status == 0
    assert run("export", file, "--since=-9y").status == 0
    where = json.dumps({"type": "eq", "field": "checkpointType", "value": "LOGIN"})
    for arguments, difference in (
        (("--since=-8y",), "--since was '-9y' and is now '-8y'"),
        (("--since=-9y", "--type", "LOGIN,RUN_BUILD"), "--type was not set and is now 'LOGIN,RUN_BUILD'"),
        (("--since=-9y", "--where", where), "--where was not set and is now '{"),
        (("--since=-9y", "--exact"), "--exact was not set and is now 'true'"),
        (("--since=-9y", "--hostname", "elsewhere.palantirfoundry.com"), "--hostname was '"),
        ((), "--since was '-9y' and is now not set"),
    ):
        done = run("export", file, *arguments)
        assert (done.status, done.err.count("\n")) == (1, 1)
        assert difference in done.err
        assert done.err.count(" is now ") == 1


@pytest.mark.usefixtures("configured")
def test_the_same_query_may_be_written_in_another_way(run: Run, tmp_path: Path, configured: Emulator) -> None:
    """A slash at the end of the hostname, commas, and the order of values don't make another query."""
    file = str(tmp_path / "a.jsonl")
    assert run("export", file, "--type", "LOGIN", "--type", "CONTOUR_EXPORT").status == 0
    done = run("export", file, "--type", "CONTOUR_EXPORT,LOGIN", "--hostname", f"{configured.hostname}/")
    assert (done.status, "no new records" in done.err) == (0, True)


@pytest.mark.usefixtures("configured")
def test_an_export_of_release_0_1_0_resumes(run: Run, tmp_path: Path, configured: Emulator) -> None:
    """Its state has a digest of the options, with the hostname as given, and no names of options."""
    file, state = tmp_path / "a.jsonl", tmp_path / "a.jsonl.state.json"
    client = CheckpointsClient(configured.hostname, auth=configured.token)
    key = json.dumps({"hostname": f"{configured.hostname}/", "type_": ["LOGIN"]}, sort_keys=True)
    with client:
        RecordFeed(client, F.checkpoint_type == "LOGIN", state, query_key=key).run(file_sink(file))
    assert run("export", str(file), "--type", "LOGIN").status == 1
    assert run("export", str(file), "--type", "LOGIN", "--hostname", f"{configured.hostname}/").status == 0
    assert run("export", str(file), "--type", "LOGIN").status == 0  # from now on, it knows the options


@pytest.mark.usefixtures("configured")
def test_a_file_of_somebody_else(run: Run, tmp_path: Path) -> None:
    """A file that is in the way is left alone; nothing is to be gone on with, so the status is 1."""
    (tmp_path / "a.csv").write_text("precious")
    done = run("export", str(tmp_path / "a.csv"))
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "move it away" in done.err
    assert (tmp_path / "a.csv").read_text() == "precious"


def test_a_rejection_in_the_middle(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
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


def test_a_rejection_at_once(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
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
    assert "foundry-checkpoints: stopping; send the signal again to stop at once\n" in done.err
    assert "records written to" in done.err.splitlines()[-1]
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
    """New records are in the file soon after they are there."""
    late = {**SAMPLES[0], "rid": "late", "createdAt": NEWEST.isoformat()}

    async def add(exchange: Any) -> None:
        own_emulator.add([late])
        await exchange.send(exchange.answer())

    own_emulator.inject(waited(8), Fault("add", "search", 1.0, 1, add), sent(signal.SIGTERM))
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


# Unattended


LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING) foundry-checkpoints: (.*)")


@pytest.mark.slow
def test_a_log_line_has_time_level_and_name(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """With `--follow` by default: the start, each commit, an outage and its end, and what was done."""
    attempts = 5  # of one request
    own_emulator.inject(waited(6), Fault.status(500, times=attempts), waited(2), sent(signal.SIGTERM))
    options = ("--concurrency", "1", "--follow", "--interval", "0.001")
    done = run("export", str(tmp_path / "a.jsonl"), *options)
    lines = [line for line in done.err.splitlines() if not line.startswith("foundry-checkpoints: stopping")]
    matches = [match for line in lines if (match := LINE.fullmatch(line))]
    assert len(matches) == len(lines)
    assert {match[1] for match in matches} == {"INFO", "WARNING"}
    assert "350 records" in matches[-1][2]


def test_log_lines_may_be_json(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """Each line is an object, also the one of an error."""
    own_emulator.inject(waited(3), Fault.error("Default:Unauthorized"))
    done = run("export", str(tmp_path / "a.jsonl"), "--concurrency", "1", "--log-format", "json")
    lines = [json.loads(line) for line in done.err.splitlines()]
    assert done.status == 3
    assert {line["program"] for line in lines} == {"foundry-checkpoints"}
    assert {"INFO", "ERROR"} <= {line["level"] for line in lines}
    assert lines[-1]["message"].startswith("401 ")


@pytest.mark.usefixtures("configured")
def test_a_status_file_says_how_it_is_doing(run: Run, tmp_path: Path) -> None:
    """After each pass, in a folder that is made. Nothing else is left there."""
    file = tmp_path / "health" / "status.json"
    assert run("export", str(tmp_path / "a.jsonl"), "--status-file", str(file)).status == 0
    said = json.loads(file.read_text())
    assert (said["records"], said["failures"], said["error"]) == (350, 0, None)
    assert said["last_record"].startswith(f"{NEWEST:%Y-%m-%dT%H:%M}")
    assert datetime.fromisoformat(said["last_success"]) == datetime.fromisoformat(said["last_pass"])
    assert said["lag_seconds"] >= 0
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.usefixtures("configured")
def test_a_status_file_may_have_metrics(run: Run, tmp_path: Path) -> None:
    """The numbers and the times, for Prometheus; what isn't known yet is left out."""
    file = tmp_path / "status.prom"
    assert run("export", str(tmp_path / "a.jsonl"), "--status-file", str(file)).status == 0
    lines = file.read_text().splitlines()
    gauges = dict(line.split() for line in lines if not line.startswith("#"))
    assert (gauges["foundry_checkpoints_records"], gauges["foundry_checkpoints_drift"]) == ("350", "0")
    assert float(gauges["foundry_checkpoints_last_record_timestamp_seconds"]) == NEWEST.timestamp()
    assert [line for line in lines if line.startswith("#")] == [f"# TYPE {name} gauge" for name in gauges]
    empty = tmp_path / "empty.prom"
    StatusFile(empty).write(FeedProgress(), 0)
    assert "timestamp" not in empty.read_text()


def test_a_status_file_is_written_during_a_long_pass(tmp_path: Path) -> None:
    """Every few seconds, so that a backlog that takes hours doesn't look like a process that hangs."""
    times = iter([0.0, 0.0, 4.9, 5.0, 5.0])
    file = StatusFile(tmp_path / "status.json", clock=lambda: next(times))
    written = []
    for records in (1, 2, 3):
        file.alive(FeedProgress(committed=records), drift=0)
        written.append(json.loads((tmp_path / "status.json").read_text())["records"])
    assert written == [1, 1, 3]


def test_a_status_file_counts_drift(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """How many things the service returned that the spec doesn't know."""
    own_emulator.add([{**SAMPLES[0], "rid": "ri.checkpoints.main.checkpoint.new", "checkpointNote": "new"}])
    file = tmp_path / "status.json"
    assert run("export", str(tmp_path / "a.jsonl"), "--status-file", str(file)).status == 0
    assert json.loads(file.read_text())["drift"] == 1


def test_a_token_that_expires_while_following(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """It ends with status 3 and one line that says so, even if there was no record yet."""
    own_emulator.inject(waited(3), Fault.error("Default:Unauthorized", times=None))
    options = ("--user", U1, "--concurrency", "1", "--follow", "--interval", "0.001", "--log-format", "text")
    done = run("export", str(tmp_path / "a.jsonl"), *options)
    assert done.status == 3
    (line,) = [line for line in done.err.splitlines() if "INFO" not in line]
    assert "ERROR foundry-checkpoints: 401 " in line
    assert line.endswith(
        "The token is wrong or expired. Get a new one. Run the same command again: it resumes where it stopped."
    )


def test_a_status_file_counts_failures(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """A pass that fails is one, and says why."""
    own_emulator.inject(Fault.error("Default:Unauthorized"))
    file = tmp_path / "status.json"
    assert run("export", str(tmp_path / "a.jsonl"), "--status-file", str(file)).status == 1
    said = json.loads(file.read_text())
    assert (said["failures"], said["last_success"]) == (1, None)
    assert "Unauthorized" in said["error"]


@pytest.mark.usefixtures("configured")
def test_a_status_file_that_cannot_be_written_stops_nothing(run: Run, tmp_path: Path) -> None:
    """There is a warning."""
    (tmp_path / "status.json").mkdir()
    done = run("export", str(tmp_path / "a.jsonl"), "--status-file", str(tmp_path / "status.json"))
    assert done.status == 0
    assert "warning: can't write the status file" in done.err


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="systemd needs sockets of Unix")
@pytest.mark.usefixtures("configured")
def test_systemd_is_notified(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the export is ready, that it isn't hung, how it is doing, and that it ends."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        assert run("export", str(tmp_path / "a.jsonl")).status == 0
        manager.setblocking(False)
        said = [manager.recv(1000).decode() for _ in range(4)]
        with pytest.raises(BlockingIOError):
            manager.recv(1000)
    assert [line.partition("=")[0] for line in said] == ["READY", "WATCHDOG", "STATUS", "STOPPING"]
    assert said[2].startswith("STATUS=350 records")


def test_the_watchdog_is_fed_while_the_export_waits() -> None:
    """Not more often than every few seconds, by a clock."""
    alive: list[float] = []
    stop = Stop(lambda: alive.append(time.monotonic()))
    assert not stop.wait(0.001)
    assert len(alive) == 1


# To stdout


@pytest.mark.usefixtures("configured")
def test_stdout_has_every_record(run: Run, tmp_path: Path) -> None:
    """As JSON lines or CSV. Without a state it begins anew each time, and leaves nothing behind."""
    for _ in range(2):
        done = run("export", "-")
        assert done.status == 0
        assert [json.loads(line) for line in done.out.splitlines()] == expected("a.jsonl", OLDEST_FIRST)
        assert "350 records written to stdout" in done.err
    rows = list(csv.reader(io.StringIO(run("export", "-", "--format", "csv").out)))
    assert len(rows) == 351
    assert list(tmp_path.iterdir()) == []


def test_stdout_continues_from_a_state(own_emulator: Emulator, run: Run, tmp_path: Path) -> None:
    """With `--state` the next run writes what is new, without a second header."""
    options = ("export", "-", "--format", "csv", "--state", str(tmp_path / "state.json"))
    assert run(*options).out.count("\n") >= 351
    own_emulator.add([{**SAMPLES[0], "rid": "ri.checkpoints.main.checkpoint.late", "createdAt": NEWEST.isoformat()}])
    assert run(*options).out.count("ri.checkpoints.main.checkpoint.") == 1


@pytest.mark.parametrize("options", [("--rotate", "day"), ("--compress", "gzip"), ("--format", "parquet")])
@pytest.mark.usefixtures("configured")
def test_stdout_is_no_file(run: Run, options: tuple[str, ...]) -> None:
    """What needs a file is rejected."""
    assert run("export", "-", *options).status == 2


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
