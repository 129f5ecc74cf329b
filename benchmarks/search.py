"""All records by search: 100,000 of them, near and far, in three shapes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import ceil

from . import floor, official, ours
from .base import RELEASE_0_1_0
from .race import Contender, Race
from .report import Table, Target
from .service import EVEN, OFFICE_HOURS, SKEWED, Address, Plan, Shape, serving

_PAGE_SIZE = 100
_LOOP = "foundry-platform-sdk, loop"
_ONE_BY_ONE = "foundry-checkpoints, prefetch=False"
_OLD_ONE_BY_ONE = "foundry-checkpoints 0.1.0, prefetch=False"
_EIGHT = "foundry-checkpoints, concurrency=8"
_FREE = "foundry-checkpoints, concurrency=8, collector at 50,000"
_ASYNC = "foundry-checkpoints, async, concurrency=8"
_OLD_EIGHT = "foundry-checkpoints 0.1.0, concurrency=8"
_FLOOR = "httpx, the same requests in 8 threads"
_ASYNC_FLOOR = "httpx, the same requests in 8 tasks"


def run(quick: bool) -> Iterator[Table]:
    count = 5_000 if quick else 100_000
    with serving(Plan(count)) as service:
        address = service.address()
        race = Race(service, service.rids(), ceil(count / _PAGE_SIZE), 0.0)
        near, results = race.table(f"{count:,} records searched without latency, {EVEN}", _sequential(address))
        change = results[_ONE_BY_ONE].cpu / results[_OLD_ONE_BY_ONE].cpu
        near.targets = [Target("a page end to end, CPU over that of 0.1.0", 0.94, change, is_most=True)]
        yield near
    shapes: dict[Shape, float] = {EVEN: 1.04, SKEWED: 1.08, OFFICE_HOURS: 1.12}
    for shape, most in shapes.items():
        with serving(Plan(count, shape)) as service:
            yield _far(Race(service, service.rids(), ceil(count / _PAGE_SIZE), 0.05), shape, most)
    with serving(Plan(count, gzip=True)) as service:
        race = Race(service, service.rids(), ceil(count / _PAGE_SIZE), 0.05)
        title = f"{count:,} records searched at 50 ms a request, {EVEN}, compressed with gzip"
        yield race.table(title, [_eight(service.address())])[0]


def _far(race: Race, shape: Shape, most: float) -> Table:
    """Measure at 50 ms, where latency is the limit."""
    address = race.service.address()
    contenders = [
        *([Contender(_LOOP, partial(official.search_loop, address))] if shape == EVEN else []),
        Contender(_OLD_EIGHT, partial(ours.search, address, concurrency=8), 8, RELEASE_0_1_0),
        Contender(_FREE, partial(ours.search, address, threshold=50_000, concurrency=8), 8),
        Contender(_ASYNC, partial(ours.search_async, address, concurrency=8), 8),
        _eight(address),
    ]
    table, results = race.table(
        f"{race.requests * _PAGE_SIZE:,} records searched at 50 ms a request, {shape}", contenders
    )
    requests, rids = race.service.received(), list(race.rids)
    for name, replay in ((_FLOOR, floor.threads), (_ASYNC_FLOOR, floor.tasks)):
        rows, _ = race.table("", [Contender(name, partial(replay, address, requests, 8, rids), 8)])
        table.rows += [(*rows.rows[0][:3], None, *rows.rows[0][4:])]
    limit, eight = race.limit(8), results[_EIGHT]
    table.targets = [
        Target(f"requests above the least, {shape}", most, eight.counts.requests / race.requests, is_most=True)
    ]
    if shape == EVEN:
        table.targets += [
            Target("search at 50 ms, time over the limit", 1.25, eight.seconds / limit, is_most=True),
            Target("async search at 50 ms, time over the limit", 1.35, results[_ASYNC].seconds / limit, is_most=True),
            Target("search at 50 ms, concurrency=8, speed over the SDK", 6.0, results[_LOOP].seconds / eight.seconds),
        ]
    return table


def _eight(address: Address) -> Contender:
    return Contender(_EIGHT, partial(ours.search, address, concurrency=8), 8)


def _sequential(address: Address) -> list[Contender]:
    return [
        Contender(_LOOP, partial(official.search_loop, address)),
        Contender(_OLD_ONE_BY_ONE, partial(ours.search, address, prefetch=0), package=RELEASE_0_1_0),
        Contender(_ONE_BY_ONE, partial(ours.search, address, prefetch=False)),
        Contender("foundry-checkpoints, prefetch=True", partial(ours.search, address, prefetch=True)),
        _eight(address),
    ]
