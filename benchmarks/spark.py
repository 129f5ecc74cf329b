"""Reading with Spark, beside one process of the library and a loop with the official SDK.

    make test-spark    # makes the environment
    .venv-spark/bin/python -m benchmarks.spark --records 1000000

The service answers precomputed records, so that it doesn't take the cores from those it serves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice, pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, Final

import psutil

from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.flat import record_batches
from foundry_checkpoints_api.types import format_time, from_millis, to_millis

from . import official
from .report import Table
from .service import Address, isolated

_TOKEN: Final = "token"
_BEGIN: Final = to_millis(datetime(2025, 1, 1, tzinfo=UTC))
_YEAR: Final = timedelta(days=365) // timedelta(milliseconds=1)
_HOUR: Final = timedelta(hours=1) // timedelta(milliseconds=1)
_SAMPLES: Final = 5_000
_PAGE_SIZE: Final = 100
_PARTITIONS: Final = 2
_CONCURRENCY: Final = 8
_SPAWN: Final = get_context("spawn")


# The service


class _Records:
    """Records of a year as JSON, in order of their creation, half of them in one hour if they are skewed."""

    def __init__(self, count: int, *, is_skewed: bool) -> None:
        samples = [json.dumps({**record, "rid": "", "createdAt": ""}) for record in sample_records(_SAMPLES)]
        even, busy = (count - count // 2, count // 2) if is_skewed else (count, 0)
        times = [_BEGIN + number * _YEAR // even for number in range(even)]
        times += [_BEGIN + _YEAR // 2 + number * _HOUR // busy for number in range(busy)]
        self.times = sorted(times)
        self.bodies = [
            sample.replace('"rid": ""', f'"rid": "ri.checkpoints.main.checkpoint.{number}"')
            .replace('"createdAt": ""', f'"createdAt": "{format_time(from_millis(time))}"')
            .encode()
            for number, (time, sample) in enumerate(zip(self.times, islice(cycle(samples), count), strict=True))
        ]

    def page(self, request: dict[str, Any]) -> bytes:
        """Return the page that a search asks for. Of the filter, only the creation time counts."""
        bounds = list(_bounds(request["where"]["filter"]))
        low = max((bisect_left(self.times, value) for kind, value in bounds if kind == "gte"), default=0)
        high = min((bisect_left(self.times, value) for kind, value in bounds if kind == "lt"), default=len(self.times))
        done = int(request.get("pageToken") or 0)
        size = min(request.get("pageSize") or _PAGE_SIZE, _PAGE_SIZE)
        if request.get("sortDirection") == "ASC":
            found = self.bodies[low + done : min(low + done + size, high)]
        else:
            found = self.bodies[max(high - done - size, low) : max(high - done, low)][::-1]
        more = b',"nextPageToken":"%d"' % (done + size) if done + size < high - low else b""
        return b'{"data":[' + b",".join(found) + b"]" + more + b"}"


def _bounds(part: dict[str, Any]) -> Iterator[tuple[str, int]]:
    if part["type"] == "and":
        for each in part["filters"]:
            yield from _bounds(each)
    elif part["type"] in ("gte", "lt"):
        yield part["type"], to_millis(datetime.fromisoformat(part["value"]))


async def _answer(
    records: _Records, latency: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            page = records.page(json.loads(await reader.readexactly(length)))
            await asyncio.sleep(latency)
            header = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(page)
            writer.write(header + page)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _serve(count: int, is_skewed: bool, latency: float, ready: Connection) -> None:
    records = _Records(count, is_skewed=is_skewed)

    async def serve() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _answer(records, latency, reader, writer), "127.0.0.1", 0
        )
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def serving(count: int, *, is_skewed: bool, latency: float) -> Iterator[Address]:
    """A service in a process of its own, for as long as the context lasts."""
    receiver, sender = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_serve, args=(count, is_skewed, latency, sender), daemon=True)
    process.start()
    try:
        yield Address(f"http://127.0.0.1:{receiver.recv()}", _TOKEN)
    finally:
        process.kill()
        process.join()


# The contenders


def library(address: Address) -> tuple[float, int]:
    """One process: from the wire to Arrow."""
    with CheckpointsClient(address.hostname, auth=address.token, max_concurrency=_CONCURRENCY) as client:
        start = perf_counter()
        records = client.records.search(sort_direction="ASC", concurrency=_CONCURRENCY)
        count = sum(batch.num_rows for batch in record_batches(records))
        return perf_counter() - start, count


def spark_source(address: Address) -> tuple[float, int]:
    """The data source, all columns of all records."""
    spark = _session()
    start = perf_counter()
    options = {"hostname": address.hostname, "token": address.token, "numPartitions": str(_PARTITIONS)}
    options["maxConcurrency"] = str(_CONCURRENCY)
    count = spark.read.format("foundry_checkpoints").options(**options).load().count()
    return perf_counter() - start, count


def sdk_in_pandas(address: Address) -> tuple[float, int]:
    """`mapInPandas` over windows of equal length, in each a loop with the official SDK."""
    spark = _session()
    start = perf_counter()
    cuts = [_BEGIN + number * _YEAR // _PARTITIONS for number in range(_PARTITIONS)] + [_BEGIN + _YEAR]
    windows = spark.createDataFrame(list(pairwise(cuts)), "start LONG, end LONG")

    def read(frames: Iterator[Any]) -> Iterator[Any]:
        import pandas as pd

        for frame in frames:
            for begin, end in frame.itertuples(index=False):
                for records in official.pages_between(address, from_millis(int(begin)), from_millis(int(end))):
                    texts = [json.dumps(record.to_dict(), default=str) for record in records]
                    yield pd.DataFrame({"rid": [record.rid for record in records], "record": texts})

    count = windows.repartition(_PARTITIONS, "start").mapInPandas(read, "rid STRING, record STRING").count()
    return perf_counter() - start, count


def _session() -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = (
        builder.config("spark.driver.host", "127.0.0.1").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    )
    spark.range(1).count()
    return spark


# The measurement


@dataclass(frozen=True)
class Outcome:
    seconds: float
    count: int
    cpu: float
    """Seconds of all processes together, the JVM included."""
    worker: float
    """The most resident megabytes of one Python process that reads."""


def measured(contender: Callable[[Address], tuple[float, int]], address: Address) -> Outcome:
    """Run a contender in this process, with an eye on all processes below it."""
    own, used, peak, is_done = psutil.Process(), dict[int, float](), [0.0], threading.Event()

    def watch() -> None:
        while not is_done.wait(0.2):
            for process in (own, *own.children(recursive=True)):
                try:
                    times, name = process.cpu_times(), process.name()
                    if name.startswith("python") and (contender is library or process is not own):
                        peak[0] = max(peak[0], process.memory_info().rss / 1e6)
                except psutil.Error:
                    continue
                used[process.pid] = times.user + times.system

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        seconds, count = contender(address)
    finally:
        is_done.set()
        watcher.join()
    return Outcome(seconds, count, sum(used.values()), peak[0])


_CONTENDERS: Final = {
    "foundry-checkpoints, one process": library,
    "foundry-checkpoints, Spark data source": spark_source,
    "foundry-platform-sdk, loop in mapInPandas": sdk_in_pandas,
}
_COLUMNS: Final = {
    "": "",
    "records": ",d",
    "s": ".1f",
    "records a second": ",.0f",
    "CPU, s": ".1f",
    "worker, MB": ".0f",
}


def table(count: int, *, is_skewed: bool, latency: float) -> Table:
    """Measure all contenders with the same records."""
    spread = "half of them in one hour of a year" if is_skewed else "evenly spread over a year"
    found = Table(f"{count:,} records, {spread}, {latency * 1000:.0f} ms a request, local[2]", _COLUMNS)
    with serving(count, is_skewed=is_skewed, latency=latency) as address:
        for name, contender in _CONTENDERS.items():
            outcome = isolated(measured, contender, address)
            if outcome.count != count:
                raise AssertionError(f"{name}: {outcome.count:,} of {count:,} records")
            rate = count / outcome.seconds
            found.rows.append((name, count, outcome.seconds, rate, outcome.cpu, outcome.worker))
    found.notes.append("CPU is that of all processes but the service, and includes the start of Spark; seconds don't.")
    return found


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.spark", description="Measure the Spark data source.")
    parser.add_argument("--records", type=int, default=1_000_000, metavar="N", help="default 1000000")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="of each request; default 0")
    options = parser.parse_args()
    for is_skewed in (False, True):
        print(f"{table(options.records, is_skewed=is_skewed, latency=options.latency)}\n", flush=True)


if __name__ == "__main__":
    main()
