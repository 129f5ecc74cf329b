"""The floor: httpx sends the same requests, so many at a time, and reads the responses without decoding them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import httpx

from .precomputed import Received
from .service import Address, Found


def threads(address: Address, requests: Sequence[Received], at_once: int, rids: list[str]) -> Found:
    """Send the requests from a pool of threads. The RIDs are those that the client found with them."""
    with httpx.Client(base_url=address.hostname, timeout=30) as client, ThreadPoolExecutor(at_once) as pool:
        start = perf_counter()
        list(pool.map(lambda request: client.post(request.path, content=request.body).content, requests))
        return perf_counter() - start, rids


def tasks(address: Address, requests: Sequence[Received], at_once: int, rids: list[str]) -> Found:
    """Send the requests from as many tasks."""
    return asyncio.run(_tasks(address, requests, at_once, rids))


async def _tasks(address: Address, requests: Sequence[Received], at_once: int, rids: list[str]) -> Found:
    waiting = list(reversed(requests))

    async def work(client: httpx.AsyncClient) -> None:
        while waiting:
            request = waiting.pop()
            await client.post(request.path, content=request.body)

    async with httpx.AsyncClient(base_url=address.hostname, timeout=30) as client:
        start = perf_counter()
        await asyncio.gather(*(work(client) for _ in range(at_once)))
        return perf_counter() - start, rids
