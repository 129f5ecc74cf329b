"""The two clients: how they are shared, closed, shown, and what they take."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import httpx
import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    ClientClosedError,
    ClientCredentialsAuth,
    InvalidRequestError,
    Records,
    RetryPolicy,
)
from foundry_checkpoints._records import SearchOptions
from foundry_checkpoints.emulator import Emulator
from tests.samples import RECORDS, RIDS, SAMPLES, page
from tests.worlds import BOTH, HOST, HTTP_CLIENTS, Stub

both = pytest.mark.parametrize("make", BOTH, ids=["sync", "async"])


@pytest.fixture
def stub() -> Stub:
    return Stub(SAMPLES[0])


@pytest.fixture
def http(stub: Stub) -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.MockTransport(stub)) as found:
        yield found


@pytest.fixture
async def ahttp(stub: Stub) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(stub)) as found:
        yield found


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_client_can_be_shared_by_calls_of_any_kind() -> None:
    """One client with its own connections serves `get`, batches, and searches in turn."""
    with Emulator(SAMPLES) as emulator, CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        assert client.records.get(RIDS[1]) == RECORDS[1]
        assert len(client.records.get_batch(RIDS[:150])) == 150
        assert sum(1 for _ in client.records.search(limit=150)) == 150


@pytest.mark.anyio
async def test_an_async_client_can_be_shared_by_calls_of_any_kind() -> None:
    """One async client with its own connections serves `get`, batches, and searches in turn."""
    with Emulator(SAMPLES) as emulator:
        async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            assert await client.records.get(RIDS[1]) == RECORDS[1]
            assert len(await client.records.get_batch(RIDS[:150])) == 150
            assert len([record async for record in client.records.search(limit=150)]) == 150


def test_a_closed_client_rejects_every_call(stub: Stub, http: httpx.Client) -> None:
    """After the block, or `close`, each method says that the client is closed, and nothing is sent."""
    client = CheckpointsClient(HOST, auth="a", http_client=http)
    with client as entered:
        assert entered is client
        search = client.records.search()
    client.close()
    for call in (
        lambda: client.records.get(RIDS[0]),
        lambda: client.records.get_batch(RIDS),
        lambda: list(client.records.iter_batch(RIDS)),
        lambda: list(search),
        search.first,
    ):
        with pytest.raises(ClientClosedError, match="closed"):
            call()
    assert stub.requests == []
    assert issubclass(ClientClosedError, InvalidRequestError)


@pytest.mark.anyio
async def test_a_closed_async_client_rejects_every_call(stub: Stub, ahttp: httpx.AsyncClient) -> None:
    """After the block, or `aclose`, each method says that the client is closed, and nothing is sent."""
    client = AsyncCheckpointsClient(HOST, auth="a", http_client=ahttp)
    async with client as entered:
        assert entered is client
        search = client.records.search()
    await client.aclose()
    calls: list[Callable[[], Any]] = [
        lambda: client.records.get(RIDS[0]),
        lambda: client.records.get_batch(RIDS),
        lambda: anext(client.records.iter_batch(RIDS)),
        lambda: anext(search.pages()),
        search.first,
    ]
    for call in calls:
        with pytest.raises(ClientClosedError, match="closed"):
            await call()
    assert stub.requests == []


@pytest.mark.anyio
async def test_an_http_client_of_the_caller_is_left_open(http: httpx.Client, ahttp: httpx.AsyncClient) -> None:
    """A client closes only its own."""
    with CheckpointsClient(HOST, auth="a", http_client=http) as client:
        client.records.get(RIDS[0])
    async with AsyncCheckpointsClient(HOST, auth="a", http_client=ahttp) as aclient:
        await aclient.records.get(RIDS[0])
    assert not http.is_closed
    assert not ahttp.is_closed


def test_a_search_that_is_left_alive_ends_with_the_client() -> None:
    """Its next page is an error that says so."""
    with httpx.Client(transport=httpx.MockTransport(Stub(page([0], token="a"), page([1], token="b")))) as http:
        with CheckpointsClient(HOST, auth="a", http_client=http) as client:
            pages = client.records.search(prefetch=False).pages()
            next(pages)
        with pytest.raises(ClientClosedError):
            next(pages)


@both
def test_a_repr_shows_where_and_no_secret(make: Any) -> None:
    """The repr is the class and the address; nothing that hangs on a client shows more."""
    client = make(HOST, auth="s3cr3t", http_client=HTTP_CLIENTS[make](headers={"X-Api-Key": "s3cr3t"}))
    assert repr(client) == f"{make.__name__}('https://{HOST}')"
    shown = repr([client.records, client.drift, client.records.search(), vars(client), vars(client.records)])
    assert "s3cr3t" not in shown


@both
@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_neither_pickled_nor_copied(make: Any, duplicate: Callable[[object], object]) -> None:
    """Connections and credentials don't leave the process; the message says what to do instead."""
    auth = ClientCredentialsAuth("id", "s3cr3t")
    client = make(HOST, auth=auth, http_client=HTTP_CLIENTS[make](transport=httpx.MockTransport(Stub(page()))))
    with pytest.raises(TypeError, match="in each process"):
        duplicate(client)


@both
def test_the_defaults_are_the_documented_ones(make: Any) -> None:
    """A client that is told nothing behaves as the documentation says."""
    assert {name: parameter.default for name, parameter in inspect.signature(make).parameters.items()} == {
        "hostname": None,
        "auth": None,
        "preview": True,
        "timeout": None,
        "total_timeout": None,
        "retry": RetryPolicy(),
        "max_concurrency": 8,
        "http_client": None,
        "user_agent": None,
        "max_body_size": 64 * 1024 * 1024,
        "on_drift": None,
    }
    search = make(HOST, auth="a", http_client=HTTP_CLIENTS[make]()).records.search
    assert [*inspect.signature(search).parameters] == ["where", "options"]


def test_the_options_of_a_search_are_the_documented_ones() -> None:
    """Each option that the type knows is described where it is used, and no other."""
    documented = cast(str, inspect.getdoc(Records.search))
    described = [line.strip().partition(":")[0] for line in documented.splitlines() if line.startswith("    ")]
    assert [name for name in described if name in SearchOptions.__annotations__] == [*SearchOptions.__annotations__]
