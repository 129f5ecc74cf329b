"""One attempt over an HTTP client: what is in flight, which loop and process it belongs to, and how it is closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import anyio
import httpx
import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    ClientClosedError,
    InvalidRequestError,
    RequestTimeoutError,
)
from tests.samples import RECORDS, RIDS, SAMPLES
from tests.worlds import HOST, Stub, World, answered


class Gate:
    """A service that holds every response back until it may go out."""

    def __init__(self) -> None:
        self.arrived: SimpleQueue[httpx.Request] = SimpleQueue()
        self.opened = threading.Event()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.arrived.put(request)
        assert self.opened.wait(10)
        return httpx.Response(200, json=SAMPLES[0])


@pytest.fixture
def gate() -> Iterator[Gate]:
    found = Gate()
    yield found
    found.opened.set()


def test_a_request_that_was_given_up_is_still_in_flight(gate: Gate) -> None:
    """`max_concurrency` holds for requests whose caller no longer waits: the next one waits for its end."""
    with answered(gate, max_concurrency=1) as records:
        for _ in range(2):
            with pytest.raises(RequestTimeoutError):
                records.get(RIDS[0], total_timeout=0.01)
        assert gate.arrived.qsize() == 1
        gate.opened.set()
        assert records.get(RIDS[0], total_timeout=10) == RECORDS[0]
        assert gate.arrived.qsize() == 2


def test_no_more_requests_are_in_flight_than_allowed(gate: Gate) -> None:
    """Twelve threads share a client that allows three: three requests arrive, the others wait."""
    with answered(gate, max_concurrency=3) as records:
        threads = [threading.Thread(target=records.get, args=(RIDS[0],)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            gate.arrived.get(timeout=10)
        assert gate.arrived.empty()
        gate.opened.set()
        for thread in threads:
            thread.join(10)
        assert gate.arrived.qsize() == 9


def test_closing_lets_what_is_in_flight_end(gate: Gate) -> None:
    """The call that is under way gets its record, and a later one is told that the client is closed."""
    found: list[Any] = []
    with httpx.Client(transport=httpx.MockTransport(gate)) as http:
        client = CheckpointsClient(HOST, auth="token", http_client=http)
        thread = threading.Thread(target=lambda: found.append(client.records.get(RIDS[0])))
        thread.start()
        gate.arrived.get(timeout=10)
        client.close()
        with pytest.raises(ClientClosedError):
            client.records.get(RIDS[0])
        gate.opened.set()
        thread.join(10)
    assert found == RECORDS[:1]


def test_a_client_belongs_to_one_event_loop() -> None:
    """Another loop gets a clear error, whatever its kind, and the client still works in its own."""

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(stub)) as http:
            client = AsyncCheckpointsClient(HOST, auth="token", http_client=http)
            assert await client.records.get(RIDS[0]) == RECORDS[0]

            async def elsewhere() -> None:
                with pytest.raises(InvalidRequestError, match="event loop"):
                    await client.records.get(RIDS[0])

            for backend in ("asyncio", "trio"):
                await anyio.to_thread.run_sync(lambda kind=backend: anyio.run(elsewhere, backend=kind))  # type: ignore[misc]
            assert await client.records.get(RIDS[0]) == RECORDS[0]

    stub = Stub(SAMPLES[0])
    anyio.run(main)
    assert len(stub.requests) == 2


@pytest.mark.anyio
async def test_an_event_hook_can_read_the_body(world: World) -> None:
    """A caller's own HTTP client can have read the response before the client does."""
    if world.name == "sync":
        with httpx.Client(
            transport=httpx.MockTransport(Stub(SAMPLES[0])), event_hooks={"response": [httpx.Response.read]}
        ) as http:
            client = CheckpointsClient(HOST, auth="token", http_client=http)
            assert client.records.get(RIDS[0]) == RECORDS[0]
    else:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(Stub(SAMPLES[0])), event_hooks={"response": [httpx.Response.aread]}
        ) as ahttp:
            aclient = AsyncCheckpointsClient(HOST, auth="token", http_client=ahttp)
            assert await aclient.records.get(RIDS[0]) == RECORDS[0]
