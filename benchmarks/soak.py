"""Every record of many, with one request in twenty failing: nothing lost, nothing twice, memory flat."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from .report import Table, Target
from .service import Plan, isolated, serving
from .walk import Walk, walk, walk_async

_FAULT_RATE = 0.05
_WAYS: dict[str, Callable[..., Walk]] = {
    "search": partial(walk, operation="search"),
    "search, concurrency=8": partial(walk, operation="search", concurrency=8),
    "iter_batch": partial(walk, operation="iter_batch"),
    "async search": partial(walk_async, operation="search"),
    "async search, concurrency=8": partial(walk_async, operation="search", concurrency=8),
    "async iter_batch": partial(walk_async, operation="iter_batch"),
}


def run(quick: bool) -> Iterator[Table]:
    count = 5_000 if quick else 100_000
    table = Table(
        f"Soak: {count:,} records, {_FAULT_RATE:.0%} of the requests fail",
        {
            "": "",
            "records": ",d",
            "s": ".1f",
            "requests": ",d",
            "answered 503": ",d",
            "repeated": ",d",
            "MB after a tenth": ".1f",
            "MB at the end": ".1f",
            "MB at most": ".1f",
        },
    )
    with tempfile.TemporaryDirectory() as folder, serving(Plan(count, fault_rate=_FAULT_RATE)) as service:
        rids = Path(folder, "rids.txt")
        service.write_rids(rids)
        for name, way in _WAYS.items():
            service.begin()
            result = isolated(way, service.address(), count, rids)
            counts = service.counts()
            early, last, most = result.memory[9], result.memory[-1], max(result.memory)
            seen = (counts.requests, counts.throttled, counts.repeated)
            table.rows.append((name, result.records, result.seconds, *seen, early, last, most))
            table.targets.append(
                Target(f"soak, {name}, memory at most over after a tenth", 1.1, most / early, is_most=True)
            )
    table.notes.append(
        "Each record was compared with what the service holds: none was lost, none came twice, none out of order. "
        "Of the faults three fifths are a 503, the others a reset before or in the middle of the answer."
    )
    yield table
