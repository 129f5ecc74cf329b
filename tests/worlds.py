"""The two clients behind one face, so that a behaviour is written once and holds in both worlds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import httpx

from foundry_checkpoints import AsyncCheckpointsClient, CheckpointsClient, RecordBatch, RecordPage, RecordPager
from foundry_checkpoints._records import AsyncRecords, Records
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.models import Record

T = TypeVar("T")
Handler = Callable[[httpx.Request], httpx.Response]

_TLS = httpx.create_ssl_context()
"""Made once: it takes longer than most of the tests."""


@dataclass(frozen=True)
class World:
    """Where a test runs: `sync`, or `asyncio` or `trio` for the async client."""

    name: str

    @property
    def backend(self) -> str:
        """The event loop. The sync client is called from one, too, as the test is a coroutine."""
        return "asyncio" if self.name == "sync" else self.name

    def connected_to(self, emulator: Emulator, **options: Any) -> AbstractAsyncContextManager[AsyncRecords]:
        """The records of a client of an emulator, for as long as the block lasts."""
        return self._records(emulator.hostname, None, {"auth": emulator.token, **options})

    def answered_by(self, handler: Handler, **options: Any) -> AbstractAsyncContextManager[AsyncRecords]:
        """The records of a client whose requests a function answers."""
        return self._records("example.palantirfoundry.com", httpx.MockTransport(handler), {"auth": "token", **options})

    @asynccontextmanager
    async def _records(
        self, hostname: str, transport: httpx.MockTransport | None, options: dict[str, Any]
    ) -> AsyncIterator[AsyncRecords]:
        if self.name == "sync":
            with httpx.Client(transport=transport, verify=_TLS) as http:
                yield _as_async(CheckpointsClient(hostname, http_client=http, **options).records)
        else:
            async with httpx.AsyncClient(transport=transport, verify=_TLS) as http:
                yield AsyncCheckpointsClient(hostname, http_client=http, **options).records


def _as_async(records: Records) -> AsyncRecords:
    return cast(AsyncRecords, _RecordsFace(records))


class _RecordsFace:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def get(self, rid: str, **options: Any) -> Record:
        return self._records.get(rid, **options)

    async def get_batch(self, rids: Iterable[str], **options: Any) -> RecordBatch:
        return self._records.get_batch(rids, **options)

    def iter_batch(self, rids: Iterable[str], **options: Any) -> AsyncIterator[tuple[str, Record | None]]:
        return _each(self._records.iter_batch(rids, **options))

    def search(self, where: Any = None, **options: Any) -> _PagerFace:
        return _PagerFace(self._records.search(where, **options))


class _PagerFace:
    def __init__(self, pager: RecordPager) -> None:
        self._pager = pager

    def __aiter__(self) -> AsyncIterator[Record]:
        return _each(self._pager)

    def pages(self) -> AsyncIterator[RecordPage]:
        return _each(self._pager.pages())

    async def first(self) -> Record | None:
        return self._pager.first()


async def _each(items: Iterable[T]) -> AsyncIterator[T]:
    for item in items:
        yield item


class Stub:
    """A service that gives prepared answers in turn, the last one for ever, and keeps the requests."""

    def __init__(self, *answers: Any, status: int = 200) -> None:
        self._answers = answers
        self._status = status
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers[min(len(self.requests), len(self._answers) - 1)]
        self.requests.append(request)
        return httpx.Response(self._status, json=answer)

    @property
    def bodies(self) -> list[Any]:
        """The bodies of the requests, decoded."""
        return [json.loads(request.content) for request in self.requests]


async def rids(records: Any) -> list[str]:
    """The rids of all records."""
    return [record.rid async for record in records]


async def gather(found: list[Any], items: Any) -> None:
    """Append all items; what came before an error stays."""
    async for item in items:
        found.append(item)  # noqa: PERF401 - a comprehension would lose them


async def taken(items: Any, number: int) -> list[Any]:
    """The first items. No more is iterated, and the iterator is closed."""
    async with aclosing(cast(Any, aiter(items))) as iterator:
        return [await anext(iterator) for _ in range(number)]
