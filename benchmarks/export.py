"""All records into files: 100,000 of them, beside a loop with the official SDK and `json.dumps`."""

from __future__ import annotations

import csv
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import pyarrow.parquet as pq

from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.export import file_sink
from foundry_checkpoints.feed import RecordFeed

from . import official
from .base import RELEASE_0_1_0
from .report import Table, Target
from .service import Address, Plan, Service, isolated_in, serving

_COLUMNS = {
    "": "",
    "records": ",d",
    "s": ".1f",
    "records a second": ",.0f",
    "speed over the first": ".2f",
    "MB": ".1f",
    "peak memory, MB": ".0f",
}
_LOOP = "foundry-platform-sdk, loop and json.dumps"
_JSONL = "foundry-checkpoints, jsonl"
_JSONL_4 = f"{_JSONL}, concurrency=4"
_CSV = "foundry-checkpoints, csv"
_PARQUET = "foundry-checkpoints, parquet"
_OLD = {_CSV: "foundry-checkpoints 0.1.0, csv", _PARQUET: "foundry-checkpoints 0.1.0, parquet"}

Way = Callable[[Address, Path], float]
"""Writes a file, and returns the seconds that it took."""


@dataclass(frozen=True)
class Outcome:
    seconds: float
    megabytes: float
    """Of the file, or of all files."""
    memory: float
    """The most resident megabytes of the process."""


def ours(address: Address, path: Path, concurrency: int = 1) -> float:
    with CheckpointsClient(address.hostname, auth=address.token) as client:
        start = perf_counter()
        RecordFeed(client, None, f"{path}.state.json", concurrency=concurrency).run(file_sink(path))
        return perf_counter() - start


_NEAR: Mapping[str, tuple[str, Way]] = {
    _LOOP: ("sdk.jsonl", official.export_loop),
    _JSONL: ("ours.jsonl", ours),
    _JSONL_4: ("ours-4.jsonl", partial(ours, concurrency=4)),
    f"{_JSONL}, gzip": ("ours.jsonl.gz", ours),
    _OLD[_CSV]: ("old.csv", ours),
    _CSV: ("ours.csv", ours),
    _OLD[_PARQUET]: ("old.parquet", ours),
    _PARQUET: ("ours.parquet", ours),
}
_FAR: Mapping[str, tuple[str, Way]] = {
    _LOOP: ("sdk.jsonl", official.export_loop),
    _JSONL_4: ("ours.jsonl", partial(ours, concurrency=4)),
    f"{_PARQUET}, concurrency=4": ("ours.parquet", partial(ours, concurrency=4)),
}


def run(quick: bool) -> Iterator[Table]:
    count = 5_000 if quick else 100_000
    tenth = count // 10
    with serving(Plan(tenth)) as service:
        few = _outcomes(service, tenth, 0.0, {name: _NEAR[name] for name in (_JSONL, _PARQUET)})
        far = _outcomes(service, tenth, 0.05, _FAR)
    with serving(Plan(count)) as service:
        many = _outcomes(service, count, 0.0, _NEAR)
    table = _table(f"{count:,} records into files, without latency", count, many)
    table.targets = [
        Target("export to jsonl, speed over the SDK", 2.5, _speed(many, _JSONL)),
        Target("export to csv, speed over the SDK", 1.5, _speed(many, _CSV)),
        Target("export to parquet, speed over the SDK", 1.6, _speed(many, _PARQUET)),
        Target("export to csv, speed over 0.1.0", 1.3, _speed(many, _CSV, _OLD[_CSV])),
        Target("export to parquet, speed over 0.1.0", 1.2, _speed(many, _PARQUET, _OLD[_PARQUET])),
        Target("export to jsonl, peak memory with ten times the records", 1.2, _growth(few, many, _JSONL), True),
        Target("export to parquet, peak memory with ten times the records", 1.2, _growth(few, many, _PARQUET), True),
    ]
    yield table
    table = _table(f"{tenth:,} records into files at 50 ms a request", tenth, far)
    table.targets = [Target("export to jsonl at 50 ms, concurrency=4, speed over the SDK", 2.5, _speed(far, _JSONL_4))]
    yield table


def _outcomes(service: Service, count: int, latency: float, ways: Mapping[str, tuple[str, Way]]) -> dict[str, Outcome]:
    """What came of each way, in a process of its own; each has to find every record, oldest first."""
    service.begin(latency)
    expected = service.rids()[::-1]
    outcomes = {}
    for name, (file, way) in ways.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, file)
            package = RELEASE_0_1_0 if name in _OLD.values() else ()
            outcomes[name] = isolated_in(package, _measured, way, service.address(), path)
            if _rids(path) != expected:
                raise AssertionError(f"{name}: not every one of {count:,} records is there, once and in order")
    return outcomes


def _measured(way: Way, address: Address, path: Path) -> Outcome:
    seconds = way(address, path)
    return Outcome(seconds, path.stat().st_size / 1e6, _peak())


def _peak() -> float:
    """Megabytes, as Linux knows them. What `getrusage` says would include the process that started this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1e3


def _rids(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        rids: list[str] = pq.read_table(path, columns=["rid"]).column("rid").to_pylist()
        return rids
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            return [row["rid"] for row in csv.DictReader(file)]
        return [json.loads(line)["rid"] for line in file]


def _table(title: str, count: int, outcomes: Mapping[str, Outcome]) -> Table:
    table = Table(title, _COLUMNS)
    for name, outcome in outcomes.items():
        speed = outcomes[_LOOP].seconds / outcome.seconds
        rate = count / outcome.seconds
        table.rows.append((name, count, outcome.seconds, rate, speed, outcome.megabytes, outcome.memory))
    return table


def _speed(outcomes: Mapping[str, Outcome], name: str, other: str = _LOOP) -> float:
    return outcomes[other].seconds / outcomes[name].seconds


def _growth(few: Mapping[str, Outcome], many: Mapping[str, Outcome], name: str) -> float:
    return many[name].memory / few[name].memory
