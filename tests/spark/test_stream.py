"""Streams, over HTTP: each record once, as the emulator has them."""

# pyright: reportMissingImports=false

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psutil
import pyarrow.dataset as ds
import pytest

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.spark.conftest import TOKEN
from tests.spark.program import OVERLAP, begun

pytest.importorskip("pyspark.sql.datasource", reason="Spark 4.0 has the first data sources in Python")

ROOT: Final = Path(__file__).parents[2]
KILLS: Final = 10
DAY: Final = timedelta(days=1)
NOW: Final = datetime.now(UTC).replace(microsecond=0)

Record = dict[str, Any]
Run = Callable[..., None]


def records(count: int, begin: datetime, step: timedelta) -> list[Record]:
    """Return records of known times, two in each millisecond."""
    made = list(sample_records(count))
    for number, record in enumerate(made):
        record["createdAt"] = (begin + number // 2 * step).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return made


def written(output: Path) -> list[str]:
    """Return the RIDs in the files of a stream, sorted."""
    files = list(output.glob("batch=*/*.parquet"))
    return sorted(ds.dataset(files).to_table(columns=["rid"]).column("rid").to_pylist()) if files else []


def before(time: datetime, stored: Sequence[Record]) -> list[str]:
    """Return the RIDs that a stream has to deliver up to a time, sorted."""
    return sorted(record["rid"] for record in stored if datetime.fromisoformat(record["createdAt"]) < time)


@pytest.fixture
def service() -> Iterator[Emulator]:
    """An emulator to which a test adds records."""
    with Emulator(token=TOKEN) as running:
        yield running


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def run(spark: Any, service: Emulator, tmp_path: Path, output: Path) -> Run:
    """A function that reads all there is, as a job that is started now and then does."""

    def available(**options: str) -> None:
        given = {"hostname": service.hostname, "token": service.token, "overlapSeconds": "3600", **options}
        begun(spark, tmp_path / "checkpoint", output, {"availableNow": True}, **given).awaitTermination()

    return available


def test_available_now_reads_what_there_is_and_ends(run: Run, service: Emulator, output: Path) -> None:
    """A second run delivers what is new, and a third, without anything new, nothing."""
    stored = records(200, NOW - 300 * DAY, DAY)
    service.add(stored[:100])
    run()
    assert written(output) == before(NOW - 251 * DAY, stored)
    service.add(stored[100:])
    run()
    run()
    assert written(output) == before(NOW - 201 * DAY, stored)


def test_late_records_within_the_overlap_are_delivered(run: Run, service: Emulator, output: Path) -> None:
    """A record that appears after newer ones were delivered, within the overlap, is delivered, and once."""
    stored = records(40, NOW - 2 * DAY, timedelta(minutes=10))
    late = stored[27:36:3]
    service.add(record for record in stored if record not in late)
    # The newest was created 190 minutes after the first, so the first 130 minutes can be read.
    run()
    assert written(output) == before(NOW - 2 * DAY + timedelta(minutes=130), stored)
    service.add(late)
    later = records(2, NOW - DAY, DAY)
    for record in later:
        record["rid"] += "-later"
    service.add(later)
    run()
    assert written(output) == sorted(record["rid"] for record in stored)


def test_a_span_bounds_a_micro_batch(spark: Any, run: Run, service: Emulator, output: Path) -> None:
    """A backfill is cut into many micro-batches, and a stretch without records costs none."""
    stored = [*records(20, NOW - 300 * DAY, DAY), *records(40, NOW - 20 * DAY, DAY / 4)[20:]]
    service.add(stored)
    run(maxSpanSeconds=str(3 * 86_400))
    if spark.version < "4.2":
        run(maxSpanSeconds=str(3 * 86_400))  # Spark's own limit: it reads up to one offset, and then the rest
    assert written(output) == before(NOW - 15 * DAY - DAY / 4 - timedelta(hours=1), stored)
    assert len(list(output.glob("batch=*"))) <= 12
    if spark.version >= "4.2":
        assert len(list(output.glob("batch=*"))) >= 5


def test_a_stream_follows_new_records(spark: Any, service: Emulator, tmp_path: Path, output: Path) -> None:
    """With the default trigger, records arrive as they are created, until the stream is stopped."""
    stored = records(60, NOW - 30 * DAY, DAY)
    service.add(stored[:20])
    options = {"hostname": service.hostname, "token": service.token}
    query = begun(spark, tmp_path / "checkpoint", output, {"processingTime": "1 second"}, **options)
    try:
        for count in (20, 40, 60):
            while not set(before(NOW, stored[: count - 2])) <= set(written_rows(query, output)):
                query.awaitTermination(1)  # raises if it failed
            service.add(stored[count : count + 20])
    finally:
        query.stop()
    assert len(written(output)) == len(set(written(output)))


def written_rows(query: Any, output: Path) -> list[str]:
    """Return the RIDs of the micro-batches that are complete."""
    done = [progress["batchId"] for progress in query.recentProgress]
    files = [file for number in done for file in output.glob(f"batch={number}/*.parquet")]
    return ds.dataset(files).to_table(columns=["rid"]).column("rid").to_pylist() if files else []


def test_no_kill_loses_or_repeats_a_record(service: Emulator, tmp_path: Path, output: Path) -> None:
    """SIGKILL ends all processes of a stream at random moments while records are added; in the end all are there once.

    A moment is a number of requests that the service has seen, so that a slow machine gets as far as a fast one.
    """
    stored = records(2_000, NOW - 300 * DAY, DAY / 4)
    service.add(stored[:200])
    chance, kills, added = random.Random(), 0, 200
    for attempt in range(4 * KILLS):
        log = tmp_path / f"{attempt}.log"
        if kills < KILLS:
            # The first micro-batch takes some requests more.
            requests = chance.randint(1, 5 if attempt > 1 else 12)
            kills += run_until(requests, service, log, tmp_path / "checkpoint", output) == -signal.SIGKILL
            service.add(stored[added : added + 40])
            added = min(added + 40, len(stored))
        else:
            service.add(stored[added:])
            added = len(stored)
            ended = run_until(None, service, log, tmp_path / "checkpoint", output)
            if ended == 0 and expected(stored) <= set(written(output)):
                break
        assert TOKEN not in log.read_text(encoding="utf-8", errors="replace")
    found = written(output)
    assert kills == KILLS
    assert len(found) == len(set(found))
    assert set(found) <= {record["rid"] for record in stored}
    assert expected(stored) <= set(found)


def expected(stored: Sequence[Record]) -> set[str]:
    """Return the RIDs that a stream has to deliver in the end."""
    newest = max(datetime.fromisoformat(record["createdAt"]) for record in stored)
    return set(before(newest - timedelta(seconds=OVERLAP), stored))


def run_until(requests: int | None, service: Emulator, log: Path, checkpoint: Path, output: Path) -> int:
    """Run a stream until the service has seen so many requests, then kill it. Return its exit status.

    A stream can also fail by itself: on a busy machine, Spark waits only ten seconds for a Python worker.
    """
    seen = service.request_counts.total()
    command = [sys.executable, "-m", "tests.spark.program", service.hostname, str(checkpoint), str(output)]
    environment = {**os.environ, "FOUNDRY_TOKEN": TOKEN}
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True)
        while requests is None or service.request_counts.total() < seen + requests:
            with suppress(subprocess.TimeoutExpired):
                status = process.wait(0.05)
                text = log.read_text(encoding="utf-8", errors="replace")
                assert status == 0 or "Python worker failed to connect back" in text, text[-3000:]
                return status
        # Spark's daemon of Python workers leaves the process group, but stays below the process.
        for each in [process, *psutil.Process(process.pid).children(recursive=True)]:
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
        return process.wait()
