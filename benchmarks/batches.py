"""Records by rid: 10,000 of them, at three latencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import ceil, nan

from . import official, ours
from .race import Contender, Race
from .report import Table, Target
from .service import Address, Plan, serving

CONCURRENCY = 8

_LOOP = "foundry-platform-sdk, loop"
_THREADS = f"foundry-platform-sdk, {CONCURRENCY} threads"
_TASKS = f"foundry-platform-sdk, {CONCURRENCY} tasks"
_ONE = "foundry-checkpoints, max_concurrency=1"
_SYNC = f"foundry-checkpoints, max_concurrency={CONCURRENCY}"
_ASYNC = f"foundry-checkpoints, async, max_concurrency={CONCURRENCY}"


def run(quick: bool) -> Iterator[Table]:
    count = 1_000 if quick else 10_000
    with serving(Plan(count)) as service:
        rids = service.rids()
        contenders = _contenders(service.address(), rids)
        for latency in (0.0, 0.05) if quick else (0.0, 0.01, 0.05):
            race = Race(service, rids, ceil(count / official.BATCH_SIZE), latency, repeats=1 if quick else 3)
            table, seconds = race.table(f"{count:,} rids at {latency * 1e3:.0f} ms a request", contenders)
            if latency == 0.05:
                limit = race.limit(CONCURRENCY)
                table.targets = [
                    Target(
                        f"{kind} batches at 50 ms, time over the limit",
                        1.3,
                        seconds.get(name, nan) / limit,
                        is_most=True,
                    )
                    for kind, name in (("sync", _SYNC), ("async", _ASYNC))
                ]
            yield table
    yield _throttled(count)


def _throttled(count: int) -> Table:
    """A service that has room for half of what the clients ask at once."""
    room = CONCURRENCY // 2
    with serving(Plan(count, room=room)) as service:
        rids = service.rids()
        contenders = [
            replace(contender, at_once=room)
            for contender in _contenders(service.address(), rids)
            if contender.at_once == CONCURRENCY
        ]
        race = Race(service, rids, ceil(count / official.BATCH_SIZE), 0.05)
        title = f"{count:,} rids at 50 ms a request, more than {room} at once answered 429"
        return race.table(title, contenders)[0]


def _contenders(address: Address, rids: Sequence[str]) -> list[Contender]:
    return [
        Contender(_LOOP, partial(official.batch_loop, address, rids)),
        Contender(_THREADS, partial(official.batch_threads, address, rids, CONCURRENCY), CONCURRENCY),
        Contender(_TASKS, partial(official.batch_tasks, address, rids, CONCURRENCY), CONCURRENCY),
        Contender(_ONE, partial(ours.batch, address, rids, 1)),
        Contender(_SYNC, partial(ours.batch, address, rids, CONCURRENCY), CONCURRENCY),
        Contender(_ASYNC, partial(ours.batch_async, address, rids, CONCURRENCY), CONCURRENCY),
    ]
