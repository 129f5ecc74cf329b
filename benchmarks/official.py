"""The official SDK, used as well as it lets one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from foundry_sdk import AsyncFoundryClient, Config, FoundryClient, UserTokenAuth
from foundry_sdk.v2.checkpoints.models import (
    GetRecordsBatchRequestElement,
    SearchCheckpointRecordsAndFilter,
    SearchCheckpointRecordsGteFilter,
    SearchCheckpointRecordsLtFilter,
    SearchCheckpointRecordsRequest,
)

from .service import Address, Found

BATCH_SIZE = 100


def batch_loop(address: Address, rids: Sequence[str]) -> Found:
    """One request after the other."""
    client = _client(FoundryClient, address)
    start = perf_counter()
    answers = [client.get_batch(chunk, preview=True) for chunk in _chunks(rids)]
    return perf_counter() - start, [rid for answer in answers for rid in answer.data]


def batch_threads(address: Address, rids: Sequence[str], concurrency: int) -> Found:
    """A pool of threads that share a client."""
    client = _client(FoundryClient, address)
    start = perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        answers = list(pool.map(lambda chunk: client.get_batch(chunk, preview=True), _chunks(rids)))
    return perf_counter() - start, [rid for answer in answers for rid in answer.data]


def batch_tasks(address: Address, rids: Sequence[str], concurrency: int) -> Found:
    """As many tasks that share a client."""
    return asyncio.run(_batch_tasks(address, rids, concurrency))


async def _batch_tasks(address: Address, rids: Sequence[str], concurrency: int) -> Found:
    client = _client(partial(AsyncFoundryClient, preview=True), address)
    room = asyncio.Semaphore(concurrency)

    async def fetch(chunk: list[Any]) -> Any:
        async with room:
            return await client.get_batch(chunk, preview=True)

    start = perf_counter()
    answers = await asyncio.gather(*map(fetch, _chunks(rids)))
    return perf_counter() - start, [rid for answer in answers for rid in answer.data]


def search_loop(address: Address) -> Found:
    """Every record, page after page."""
    client = _client(FoundryClient, address)
    start = perf_counter()
    rids = [record.rid for page in _pages(client) for record in page]
    return perf_counter() - start, rids


def export_loop(address: Address, path: Path) -> float:
    """Every record, oldest first, into a file of JSON lines; the seconds that it took."""
    client = _client(FoundryClient, address)
    start = perf_counter()
    with path.open("w", encoding="utf-8") as file:
        for page in _pages(client, sort_direction="ASC"):
            for record in page:
                file.write(f"{json.dumps(record.to_dict(), default=str)}\n")
    return perf_counter() - start


def pages_between(address: Address, start: datetime, end: datetime) -> Iterator[list[Any]]:
    """The pages of a time range."""
    bounds = [
        SearchCheckpointRecordsGteFilter(field="createdAt", value=start),
        SearchCheckpointRecordsLtFilter(field="createdAt", value=end),
    ]
    return _pages(_client(FoundryClient, address), SearchCheckpointRecordsAndFilter(filters=bounds))


_EVERY_RECORD = SearchCheckpointRecordsGteFilter(field="createdAt", value=datetime(1970, 1, 1, tzinfo=UTC))


def _pages(client: Any, what: Any = _EVERY_RECORD, **how: Any) -> Iterator[list[Any]]:
    where = SearchCheckpointRecordsRequest(filter=what)
    page = client.search(where=where, preview=True, **how)
    yield page.data
    while page.next_page_token:
        page = client.search(where=where, page_token=page.next_page_token, preview=True, **how)
        yield page.data


def _client(kind: Any, address: Address) -> Any:
    config = Config(scheme="http")
    return kind(auth=UserTokenAuth(address.token), hostname=address.hostname, config=config).checkpoints.Record


def _chunks(rids: Sequence[str]) -> list[list[Any]]:
    elements = [GetRecordsBatchRequestElement(record_rid=rid) for rid in rids]
    return [elements[start : start + BATCH_SIZE] for start in range(0, len(elements), BATCH_SIZE)]
