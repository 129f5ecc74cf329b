"""This client, used for the same. `threshold` is that of the garbage collector, 700 by default."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from foundry_checkpoints import AsyncCheckpointsClient, CheckpointsClient

from .service import Address, Found


def batch(address: Address, rids: Sequence[str], concurrency: int, threshold: int = 700) -> Found:
    _collect_at(threshold)
    with CheckpointsClient(address.hostname, auth=address.token, max_concurrency=concurrency) as client:
        start = perf_counter()
        found = client.records.get_batch(rids)
        return perf_counter() - start, list(found)


def batch_async(address: Address, rids: Sequence[str], concurrency: int) -> Found:
    return asyncio.run(_batch_async(address, rids, concurrency))


async def _batch_async(address: Address, rids: Sequence[str], concurrency: int) -> Found:
    async with AsyncCheckpointsClient(address.hostname, auth=address.token, max_concurrency=concurrency) as client:
        start = perf_counter()
        found = await client.records.get_batch(rids)
        return perf_counter() - start, list(found)


def search(address: Address, *, threshold: int = 700, **how: Any) -> Found:
    _collect_at(threshold)
    with CheckpointsClient(address.hostname, auth=address.token) as client:
        start = perf_counter()
        rids = [record.rid for record in client.records.search(**how)]
        return perf_counter() - start, rids


def search_async(address: Address, **how: Any) -> Found:
    return asyncio.run(_search_async(address, **how))


async def _search_async(address: Address, **how: Any) -> Found:
    async with AsyncCheckpointsClient(address.hostname, auth=address.token) as client:
        start = perf_counter()
        rids = [record.rid async for record in client.records.search(**how)]
        return perf_counter() - start, rids


def _collect_at(threshold: int) -> None:
    if threshold != gc.get_threshold()[0]:
        gc.freeze()
        gc.set_threshold(threshold)
