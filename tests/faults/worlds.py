"""One way to call the client in each of its worlds: from a thread, under asyncio, under trio."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeAlias

import anyio
import httpx

from foundry_checkpoints import AsyncCheckpointsClient, CheckpointsClient, RetryPolicy
from foundry_checkpoints.emulator import sample_records

Ask: TypeAlias = Callable[[Any], Any]
"""What to do with `client.records`; under asyncio and trio what it returns is awaited."""
Handler: TypeAlias = Callable[[httpx.Request], httpx.Response]

HOST = "https://foundry.example"
TOKEN = "static-token"
QUICK = RetryPolicy(max_retries=2, backoff=0.001, backoff_max=0.001)
"""Three attempts, next to each other."""

RECORD: dict[str, Any] = next(iter(sample_records(1)))
RID: str = RECORD["rid"]


class World:
    """`name` is sync, asyncio or trio."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, ask: Ask, hostname: str = HOST, **options: Any) -> Any:
        """One call on a client of its own: its value, or its error is raised. Options as in `outcomes`."""
        (outcome,) = self.outcomes([ask], hostname, **options)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def outcomes(
        self, asks: Iterable[Ask], hostname: str = HOST, *, handler: Handler | None = None, **options: Any
    ) -> list[Any]:
        """Calls in turn on one client; of each its value or its error.

        With a `handler`, that answers instead of the network, through an HTTP client of the caller's own, which follows
        redirects. With `closed` the client is closed before the first call. Other options are those of the client.
        """
        settings: dict[str, Any] = {"auth": TOKEN, "retry": QUICK} | options
        if self.name == "sync":
            return _sync(list(asks), hostname, handler, **settings)
        return anyio.run(partial(_async, list(asks), hostname, handler, **settings), backend=self.name)

    def errors(self, ask: Ask, hostname: str = HOST, **options: Any) -> Any:
        """The error that one call ends in."""
        (outcome,) = self.outcomes([ask], hostname, **options)
        assert isinstance(outcome, Exception), f"a value came: {outcome!r}"
        return outcome


def _sync(asks: list[Ask], hostname: str, handler: Handler | None, closed: bool = False, **options: Any) -> list[Any]:
    if handler is not None:
        with httpx.Client(transport=httpx.MockTransport(handler), follow_redirects=True) as http_client:
            return _sync(asks, hostname, None, closed, **options, http_client=http_client)
    results: list[Any] = []
    with CheckpointsClient(hostname, **options) as client:
        if closed:
            client.close()
        for ask in asks:
            try:
                results.append(ask(client.records))
            except Exception as error:
                results.append(error)
    return results


async def _async(
    asks: list[Ask], hostname: str, handler: Handler | None, closed: bool = False, **options: Any
) -> list[Any]:
    if handler is not None:
        transport = httpx.MockTransport(handler)
        async with httpx.AsyncClient(transport=transport, follow_redirects=True) as http_client:
            return await _async(asks, hostname, None, closed, **options, http_client=http_client)
    results: list[Any] = []
    async with AsyncCheckpointsClient(hostname, **options) as client:
        if closed:
            await client.aclose()
        for ask in asks:
            try:
                results.append(await ask(client.records))
            except Exception as error:
                results.append(error)
    return results


def drain(source: Any) -> Any:
    """All that an iterator gives, as a list; of an async one, something to await."""
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
}
"""Each public call that sends something."""


def sound(request: httpx.Request) -> httpx.Response:
    """What a sound service that holds `RECORD` answers."""
    if request.url.path.endswith("/search"):
        return httpx.Response(200, json={"data": [RECORD]})
    if request.url.path.endswith("/getBatch"):
        return httpx.Response(200, json={"data": {RID: RECORD}})
    return httpx.Response(200, json=RECORD)


class Script:
    """A handler that plays answers in turn, then sound ones, and keeps the requests. An exception is raised."""

    def __init__(self, *answers: httpx.Response | BaseException | Handler) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if self._answers else sound
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)
