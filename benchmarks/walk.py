"""Long iterations, checked record by record against what the service holds, with an eye on memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import psutil

from foundry_checkpoints import AsyncCheckpointsClient, CheckpointsClient

from .service import Address

Operation = Literal["search", "iter_batch"]

_MEGABYTE = 2**20


@dataclass
class Walk:
    """What came of it. `memory` has the resident megabytes after each hundredth of the records."""

    records: int
    seconds: float = 0.0
    memory: list[float] = field(default_factory=list)


def walk(address: Address, records: int, rids: Path, operation: Operation, **how: Any) -> Walk:
    """Iterate over all records. `rids` has theirs, one a line, in the order of a search.

    Raises `AssertionError` for a record that is lost, repeated or out of order.
    """
    with CheckpointsClient(address.hostname, auth=address.token) as client:
        check = _Check(records, rids)
        for rid in _found(client, rids, operation, how):
            check(rid)
        return check.end()


def walk_async(address: Address, records: int, rids: Path, operation: Operation, **how: Any) -> Walk:
    """The same with the async client."""
    return asyncio.run(_walk_async(address, records, rids, operation, how))


async def _walk_async(address: Address, records: int, rids: Path, operation: Operation, how: dict[str, Any]) -> Walk:
    async with AsyncCheckpointsClient(address.hostname, auth=address.token) as client:
        check = _Check(records, rids)
        async for rid in _found_async(client, rids, operation, how):
            check(rid)
        return check.end()


def _found(client: CheckpointsClient, rids: Path, operation: Operation, how: dict[str, Any]) -> Iterator[str | None]:
    if operation == "search":
        return (record.rid for record in client.records.search(**how))
    return (None if record is None else record.rid for _, record in client.records.iter_batch(_lines(rids), **how))


def _found_async(
    client: AsyncCheckpointsClient, rids: Path, operation: Operation, how: dict[str, Any]
) -> AsyncIterator[str | None]:
    if operation == "search":
        return (record.rid async for record in client.records.search(**how))
    return (
        None if record is None else record.rid async for _, record in client.records.iter_batch(_lines(rids), **how)
    )


class _Check:
    def __init__(self, records: int, rids: Path) -> None:
        self._expected = _lines(rids)
        self._walk = Walk(records)
        self._step = records // 100
        self._count = 0
        self._process = psutil.Process()
        self._start = perf_counter()

    def __call__(self, rid: str | None) -> None:
        self._count += 1
        if rid != next(self._expected, None):
            raise AssertionError(f"record {self._count:,} is lost, repeated or out of order")
        if self._count % self._step == 0:
            self._walk.memory.append(self._process.memory_info().rss / _MEGABYTE)

    def end(self) -> Walk:
        self._walk.seconds = perf_counter() - self._start
        if self._count != self._walk.records:
            raise AssertionError(f"{self._count:,} of {self._walk.records:,} records came")
        return self._walk


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from map(str.strip, lines)
