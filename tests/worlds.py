"""The two clients behind one face: a test written once runs in the sync client, under asyncio, and under trio."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar, cast

import anyio.lowlevel
import httpx

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    AsyncRecords,
    CheckpointsClient,
    RecordBatch,
    RecordPage,
    RecordPager,
    Records,
    RetryPolicy,
)
from foundry_checkpoints._config import MAX_BODY_SIZE, base_url_of, retry_of, timeout_of
from foundry_checkpoints._drift import DriftLog
from foundry_checkpoints._http.messages import Settings
from foundry_checkpoints._http.transport import AsyncTransport, Transport
from foundry_checkpoints._redact import Secret
from foundry_checkpoints.auth import auth_of
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.models import Record

T = TypeVar("T")
Client: TypeAlias = CheckpointsClient | AsyncCheckpointsClient
Handler: TypeAlias = Callable[[httpx.Request], httpx.Response]

HOST = "example.palantirfoundry.com"
BOTH: list[Any] = [CheckpointsClient, AsyncCheckpointsClient]
HTTP_CLIENTS: dict[Any, Any] = {CheckpointsClient: httpx.Client, AsyncCheckpointsClient: httpx.AsyncClient}


@dataclass
class FakeTime:
    """A clock that only waiting moves. A wait takes no time and is noted."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def wait(self, on: threading.Event | threading.Condition, timeout: float | None) -> bool:
        """Stand in for `Event.wait` and `Condition.wait`. A wait without a timeout is a real one."""
        if timeout is None:
            return on.wait(10)
        self.advance(timeout)
        return isinstance(on, threading.Event) and on.is_set()

    async def sleep(self, seconds: float) -> None:
        """Stand in for `anyio.sleep`."""
        self.advance(seconds)
        await anyio.lowlevel.checkpoint()

    def advance(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def settings(time: FakeTime | None = None, hostname: str = HOST, http_client: Any = None, **options: Any) -> Settings:
    """Return the settings of a client with these options, on a fake time if one is given."""
    defaults = {"total_timeout": None, "max_concurrency": 8, "max_body_size": MAX_BODY_SIZE, "user_agent": None}
    found = Settings(
        base_url=base_url_of(hostname),
        auth=auth_of(Secret(options.pop("auth", "token")), http_client),
        timeout=timeout_of(options.pop("timeout", None), http_client),
        retry=retry_of(options.pop("retry", RetryPolicy())),
        drift=DriftLog(options.pop("on_drift", None)),
        preview=True,
        owns_http_client=http_client is None,
        **defaults | options,
    )
    if time is None:
        return found
    return replace(found, clock=time.clock, wait=time.wait, sleep=time.sleep, uniform=lambda: 0.0)


@contextmanager
def answered(handler: Handler, time: FakeTime | None = None, **options: Any) -> Iterator[Records]:
    """Yield the records of a sync client whose requests a function answers."""
    with httpx.Client(transport=httpx.MockTransport(handler)) as http:
        yield Records(Transport(settings(time, **options), http))


@dataclass(frozen=True)
class World:
    """Where a test runs: `sync`, or `asyncio` or `trio` for the async client."""

    name: str

    @property
    def backend(self) -> str:
        """The event loop. A test is a coroutine, so the sync client is called from one too."""
        return "asyncio" if self.name == "sync" else self.name

    @asynccontextmanager
    async def client_of(self, emulator: Emulator, **options: Any) -> AsyncIterator[tuple[Client, AsyncRecords]]:
        """Yield a client of an emulator, and its records."""
        options = {"auth": emulator.token, **options}
        if self.name == "sync":
            with CheckpointsClient(emulator.hostname, **options) as client:
                yield client, _as_async(client.records)
        else:
            async with AsyncCheckpointsClient(emulator.hostname, **options) as aclient:
                yield aclient, aclient.records

    @asynccontextmanager
    async def connected_to(self, emulator: Emulator, **options: Any) -> AsyncIterator[AsyncRecords]:
        """Yield the records of a client of an emulator."""
        async with self.client_of(emulator, **options) as (_, records):
            yield records

    def answered_by(
        self, handler: Handler, time: FakeTime | None = None, **options: Any
    ) -> AbstractAsyncContextManager[AsyncRecords]:
        """Yield the records of a client whose requests a function answers."""
        return self._answered(handler, settings(time, **options))

    @asynccontextmanager
    async def _answered(self, handler: Handler, made: Settings) -> AsyncIterator[AsyncRecords]:
        transport = httpx.MockTransport(handler)
        if self.name == "sync":
            with httpx.Client(transport=transport) as http:
                yield _as_async(Records(Transport(made, http)))
        else:
            async with httpx.AsyncClient(transport=transport) as ahttp:
                yield AsyncRecords(AsyncTransport(made, ahttp))


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
    """A service that returns prepared responses in turn, the last one forever, and keeps the requests."""

    def __init__(self, *answers: Any, status: int = 200) -> None:
        self._answers = answers
        self._status = status
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers[min(len(self.requests), len(self._answers) - 1)]
        self.requests.append(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(self._status, json=answer)

    @property
    def bodies(self) -> list[Any]:
        """The bodies of the requests, decoded."""
        return [json.loads(request.content) for request in self.requests]


async def rids(records: Any) -> list[str]:
    """Return the RIDs of all records."""
    return [record.rid async for record in records]


async def gather(found: list[Any], items: Any) -> None:
    """Append all items; those before an error stay."""
    async for item in items:
        found.append(item)  # noqa: PERF401 - a comprehension would lose them


async def taken(items: Any, number: int) -> list[Any]:
    """Return the first items, and close the iterator."""
    async with aclosing(cast(Any, aiter(items))) as iterator:
        return [await anext(iterator) for _ in range(number)]
