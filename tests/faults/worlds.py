"""One way to make calls from a thread, under asyncio, and under trio, and to look at what they end in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import anyio
import httpx

from foundry_checkpoints import AsyncRecords, Records, RetryPolicy
from foundry_checkpoints._config import http_client_of
from foundry_checkpoints._http.transport import AsyncTransport, Transport
from foundry_checkpoints.emulator import sample_records
from tests import worlds
from tests.worlds import FakeTime, Handler

Ask: TypeAlias = Callable[[Any], Any]
"""What to do with `client.records`. Under asyncio and trio, the result is awaited."""

HOST = "https://foundry.example"
TOKEN = "static-token"
QUICK = RetryPolicy(max_retries=2, backoff=0.001, backoff_max=0.001)
"""Three attempts, one right after the other."""
ATTEMPTS = QUICK.max_retries + 1

RECORD: dict[str, Any] = next(iter(sample_records(1)))
RID: str = RECORD["rid"]


@dataclass(frozen=True)
class World(worlds.World):
    """Calls a client of its own each time, on a fake time: it doesn't wait for its pauses. None is real time."""

    time: FakeTime | None = field(default_factory=FakeTime)

    def run(self, ask: Ask, hostname: str = HOST, **options: Any) -> Any:
        """Return the value of one call on a client of its own, or raise its error. Options as in `outcomes`."""
        (outcome,) = self.outcomes([ask], hostname, **options)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def errors(self, ask: Ask, hostname: str = HOST, **options: Any) -> Any:
        """Return the error that one call ends in."""
        (outcome,) = self.outcomes([ask], hostname, **options)
        assert isinstance(outcome, Exception), f"the call returned {outcome!r}"
        return outcome

    def outcomes(
        self, asks: Iterable[Ask], hostname: str = HOST, *, handler: Handler | None = None, **options: Any
    ) -> list[Any]:
        """Make calls in turn on one client, and return the value or the error of each.

        A `handler` answers instead of the network, below an HTTP client of the caller's own that follows redirects.
        The other options are those of the client.
        """
        options = {"auth": TOKEN, "retry": QUICK} | options
        if self.name == "sync":
            return _outcomes(list(asks), self._records(hostname, handler, **options))
        return anyio.run(
            partial(_aoutcomes, list(asks), self._arecords(hostname, handler, **options)), backend=self.name
        )

    @contextmanager
    def _records(self, hostname: str, handler: Handler | None, **options: Any) -> Iterator[Records]:
        own: httpx.Client | None = options.pop("http_client", None)
        if handler is not None:
            own = httpx.Client(transport=httpx.MockTransport(handler), follow_redirects=True)
        settings = worlds.settings(self.time, hostname, own, **options)
        transport = Transport(settings, http_client_of(httpx.Client, own, settings.base_url))
        try:
            yield Records(transport)
        finally:
            transport.close()
            if own is not None:
                own.close()

    @asynccontextmanager
    async def _arecords(self, hostname: str, handler: Handler | None, **options: Any) -> AsyncIterator[AsyncRecords]:
        own: httpx.AsyncClient | None = options.pop("http_client", None)
        if handler is not None:
            own = httpx.AsyncClient(transport=httpx.MockTransport(handler), follow_redirects=True)
        settings = worlds.settings(self.time, hostname, own, **options)
        transport = AsyncTransport(settings, http_client_of(httpx.AsyncClient, own, settings.base_url))
        try:
            yield AsyncRecords(transport)
        finally:
            await transport.aclose()
            if own is not None:
                await own.aclose()


def _outcomes(asks: list[Ask], opened: Any) -> list[Any]:
    results: list[Any] = []
    with opened as records:
        for ask in asks:
            try:
                results.append(ask(records))
            except Exception as error:
                results.append(error)
    return results


async def _aoutcomes(asks: list[Ask], opened: Any) -> list[Any]:
    results: list[Any] = []
    async with opened as records:
        for ask in asks:
            try:
                results.append(await ask(records))
            except Exception as error:
                results.append(error)
    return results


def drain(source: Any) -> Any:
    """Return all items of an iterator as a list; of an async one, something to await."""
    return _drain(source) if hasattr(source, "__aiter__") else list(source)


async def _drain(source: Any) -> list[Any]:
    return [item async for item in source]


def get(records: Any) -> Any:
    return records.get(RID)


def get_batch(records: Any) -> Any:
    return records.get_batch([RID])


def search(records: Any) -> Any:
    return drain(records.search())


EVERY_CALL: dict[str, Ask] = {
    "get": get,
    "get_batch": get_batch,
    "iter_batch": lambda records: drain(records.iter_batch([RID])),
    "search": search,
    "pages": lambda records: drain(records.search().pages()),
    "first": lambda records: records.search().first(),
    "parallel": lambda records: drain(records.search(concurrency=3)),
}
"""Each public call that sends something."""


def sound(request: httpx.Request) -> httpx.Response:
    """Answer as a service that holds `RECORD`."""
    if request.url.path.endswith("/search"):
        return httpx.Response(200, json={"data": [RECORD]})
    if request.url.path.endswith("/getBatch"):
        return httpx.Response(200, json={"data": {RID: RECORD}})
    return httpx.Response(200, json=RECORD)


class Script:
    """A handler that plays answers in turn, then sound ones, and keeps the requests. It raises an exception."""

    def __init__(self, *answers: httpx.Response | BaseException | Handler) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if self._answers else sound
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)
