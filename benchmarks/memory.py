"""Memory while ever more records are iterated: it should be the same.

glibc gives each thread an arena of its own, which grows for its own reasons: here there is one for all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from .report import Table, Target
from .service import Plan, isolated, serving
from .walk import Walk, walk

_WAYS: dict[str, Callable[..., Walk]] = {
    "search": partial(walk, operation="search"),
    "search, concurrency=8": partial(walk, operation="search", concurrency=8),
    "iter_batch": partial(walk, operation="iter_batch"),
}


def run(quick: bool) -> Iterator[Table]:
    table = Table(
        "Memory while iterating", {"": "", "records": ",d", "peak, MB": ".1f", "s": ".1f", "records a second": ",.0f"}
    )
    os.environ["MALLOC_ARENA_MAX"] = "1"  # for the processes that are started from here on
    peaks: dict[str, list[float]] = {name: [] for name in _WAYS}
    for count in (1_000, 10_000) if quick else (10_000, 100_000, 1_000_000):
        with tempfile.TemporaryDirectory() as folder, serving(Plan(count)) as service:
            rids = Path(folder, "rids.txt")
            service.write_rids(rids)
            for name, way in _WAYS.items():
                service.begin()
                result = isolated(way, service.address(), count, rids)
                peaks[name].append(max(result.memory))
                table.rows.append((name, count, peaks[name][-1], result.seconds, count / result.seconds))
    table.rows.sort(key=lambda row: list(_WAYS).index(str(row[0])))
    table.notes.append("Resident memory of the whole process, each run in one of its own, with one arena. No latency.")
    table.targets = [
        Target(f"{name}, peak memory with ten times the records", 1.1, peak[-1] / peak[-2], is_most=True)
        for name, peak in peaks.items()
    ]
    yield table
