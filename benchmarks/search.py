"""All records by search: 100,000 of them, at three latencies, even and skewed in time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import ceil, nan

from . import official, ours
from .race import Contender, Race
from .report import Table, Target
from .service import Address, Plan, Service, serving

_PAGE_SIZE = 100
_LOOP = "foundry-platform-sdk, loop"
_EIGHT = "foundry-checkpoints, concurrency=8"


def run(quick: bool) -> Iterator[Table]:
    count = 5_000 if quick else 100_000
    with serving(Plan(count)) as service:
        for latency in (0.0, 0.05) if quick else (0.0, 0.01, 0.05):
            yield _table(service, count, latency, "spread evenly over a year", 6.0)
    with serving(Plan(count, is_skewed=True)) as service:
        yield _table(service, count, 0.05, "half of them in one hour of a year", 5.0)


def _table(service: Service, count: int, latency: float, spread: str, wanted: float) -> Table:
    race = Race(service, service.rids(), ceil(count / _PAGE_SIZE), latency)
    title = f"{count:,} records searched at {latency * 1e3:.0f} ms a request, {spread}"
    table, seconds = race.table(title, _contenders(service.address()))
    if latency == 0.05:
        speed = seconds.get(_LOOP, nan) / seconds.get(_EIGHT, nan)
        table.targets = [Target(f"search at 50 ms, {spread}, concurrency=8, speed over the SDK", wanted, speed)]
    return table


def _contenders(address: Address) -> list[Contender]:
    return [
        Contender(_LOOP, partial(official.search_loop, address)),
        Contender("foundry-checkpoints, prefetch=False", partial(ours.search, address, prefetch=False)),
        Contender("foundry-checkpoints, prefetch=True", partial(ours.search, address, prefetch=True)),
        Contender("foundry-checkpoints, concurrency=4", partial(ours.search, address, concurrency=4), 4),
        Contender(_EIGHT, partial(ours.search, address, concurrency=8), 8),
        Contender("foundry-checkpoints, async, concurrency=8", partial(ours.search_async, address, concurrency=8), 8),
    ]
