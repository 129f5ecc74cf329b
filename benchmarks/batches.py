"""Records by RID: 10,000 of them, near and far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import ceil

from . import floor, official, ours
from .base import RELEASE_0_1_0
from .race import Contender, Race
from .report import Table, Target
from .service import Address, Plan, serving

CONCURRENCY = 8

_LOOP = "foundry-platform-sdk, loop"
_THREADS = f"foundry-platform-sdk, {CONCURRENCY} threads"
_TASKS = f"foundry-platform-sdk, {CONCURRENCY} tasks"
_OLD = f"foundry-checkpoints 0.1.0, max_concurrency={CONCURRENCY}"
_FREE = f"foundry-checkpoints, max_concurrency={CONCURRENCY}, collector at 50,000"
_ASYNC = f"foundry-checkpoints, async, max_concurrency={CONCURRENCY}"
_SYNC = f"foundry-checkpoints, max_concurrency={CONCURRENCY}"
_FLOOR = f"httpx, the same requests in {CONCURRENCY} threads"


def run(quick: bool) -> Iterator[Table]:
    count = 1_000 if quick else 10_000
    with serving(Plan(count)) as service:
        rids = service.rids()
        contenders = _contenders(service.address(), rids)
        for latency in (0.0, 0.05):
            race = Race(service, rids, ceil(count / official.BATCH_SIZE), latency, repeats=1 if quick else 3)
            title = f"{count:,} RIDs at {latency * 1e3:.0f} ms a request"
            table, results = race.table(title, contenders)
            replay = partial(floor.threads, service.address(), service.received(), CONCURRENCY, rids)
            lowest, at_floor = race.table("", [Contender(_FLOOR, replay, CONCURRENCY)])
            table.rows += [(*lowest.rows[0][:3], None, *lowest.rows[0][4:])]
            if latency:
                table.targets = [
                    Target(f"{kind} at 50 ms, time over the floor", most, time / at_floor[_FLOOR].seconds, is_most=True)
                    for kind, most, time in (
                        ("batches", 1.25, results[_SYNC].seconds),
                        ("batches with the collector at 50,000", 1.15, results[_FREE].seconds),
                    )
                ]
            yield table
    yield _throttled(count)


def _throttled(count: int) -> Table:
    """Measure with a service that has room for half of what the clients send at a time."""
    room = CONCURRENCY // 2
    with serving(Plan(count, room=room)) as service:
        rids = service.rids()
        contenders = [
            replace(contender, at_once=room)
            for contender in _contenders(service.address(), rids)
            if contender.at_once == CONCURRENCY
        ]
        race = Race(service, rids, ceil(count / official.BATCH_SIZE), 0.05)
        title = f"{count:,} RIDs at 50 ms a request, more than {room} at a time answered with 429"
        return race.table(title, contenders)[0]


def _contenders(address: Address, rids: Sequence[str]) -> list[Contender]:
    ours_sync = partial(ours.batch, address, rids, CONCURRENCY)
    return [
        Contender(_LOOP, partial(official.batch_loop, address, rids)),
        Contender(_THREADS, partial(official.batch_threads, address, rids, CONCURRENCY), CONCURRENCY),
        Contender(_TASKS, partial(official.batch_tasks, address, rids, CONCURRENCY), CONCURRENCY),
        Contender(_OLD, ours_sync, CONCURRENCY, RELEASE_0_1_0),
        Contender(_ASYNC, partial(ours.batch_async, address, rids, CONCURRENCY), CONCURRENCY),
        Contender(_FREE, partial(ours_sync, threshold=50_000), CONCURRENCY),
        Contender(_SYNC, ours_sync, CONCURRENCY),
    ]
