"""One client for many threads or tasks: event loops, interruptions, iterators that end early, close, and pickle."""

from __future__ import annotations

import asyncio
import gc
import json
import pickle
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing, contextmanager
from typing import Any

import anyio
import httpx
import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    CheckpointsError,
    ClientClosedError,
    ClientCredentialsAuth,
    ConfigurationError,
    InvalidRequestError,
    NetworkError,
    RetryPolicy,
)
from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from tests.faults.wire import Wire, hang, http, reset, say
from tests.faults.worlds import EVERY_CALL, QUICK, RECORD, RID, TOKEN, World, drain, get, search, sound

ANSWER = say(http(json.dumps(RECORD).encode()))
PATIENT = RetryPolicy(max_retries=50, backoff=0.001, backoff_max=0.002)
COUNT = 10
CHUNKS = 7
RIDS_OF_CHUNKS = [f"{RID}-{number}" for number in range(100 * CHUNKS)]


@pytest.fixture
def shaky() -> Iterator[Emulator]:
    """A service of 10 records where one request in five fails in some way."""
    faults = [Fault.status(502, rate=0.1), Fault.reset(rate=0.05), Fault.truncate(rate=0.05)]
    with Emulator(sample_records(COUNT), faults=faults) as emulator:
        yield emulator


@contextmanager
def no_warnings() -> Iterator[None]:
    """Fail if the block leaves something unclosed: the garbage collector reports it."""
    complaints: list[object] = []
    gc.freeze()  # what was there before is no concern of the block
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("error")
        patch.setattr(sys, "unraisablehook", lambda told: complaints.append((told.exc_value, told.object)))
        try:
            yield
            gc.collect()
        finally:
            gc.unfreeze()
    assert complaints == []


# Threads and tasks


def test_threads_share_a_client(shaky: Emulator) -> None:
    """Each of 8 searches all records, batches them, and gets one; all succeed in spite of the faults."""
    rids = [record["rid"] for record in sample_records(COUNT)]

    def work(client: CheckpointsClient) -> tuple[int, list[str], str]:
        found = {record.rid for record in client.records.search()}
        return len(found), list(client.records.get_batch(rids)), client.records.get(rids[0]).rid

    with (
        CheckpointsClient(shaky.hostname, auth=shaky.token, retry=PATIENT, max_concurrency=8) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        results = list(pool.map(work, [client] * 8))
    assert all(result == (COUNT, rids, rids[0]) for result in results)


@pytest.mark.anyio
async def test_tasks_share_a_client(shaky: Emulator) -> None:
    """The same holds for tasks of one event loop."""
    rids = [record["rid"] for record in sample_records(COUNT)]
    results: list[tuple[int, list[str], str]] = []

    async def work(client: AsyncCheckpointsClient) -> None:
        found = {record.rid async for record in client.records.search()}
        batch = await client.records.get_batch(rids)
        results.append((len(found), list(batch), (await client.records.get(rids[0])).rid))

    async with (
        AsyncCheckpointsClient(shaky.hostname, auth=shaky.token, retry=PATIENT, max_concurrency=8) as client,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(8):
            tasks.start_soon(work, client)
    assert results == [(COUNT, rids, rids[0])] * 8


# Event loops


def test_each_event_loop_can_have_a_client(emulator: Emulator) -> None:
    """A loop that has ended leaves nothing behind."""

    async def work() -> str:
        async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            return (await client.records.get(RID)).rid

    with no_warnings():
        assert [anyio.run(work, backend=name) for name in ("asyncio", "asyncio", "trio")] == [RID] * 3


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_second_event_loop_gets_a_clear_error(backend: str, emulator: Emulator) -> None:
    """No request is sent there, and the client still works in the first one."""
    client = AsyncCheckpointsClient(emulator.hostname, auth=emulator.token)

    async def work() -> Any:
        return [await ask(client.records) for ask in EVERY_CALL.values()]

    with no_warnings(), asyncio.Runner() as runner:
        assert runner.run(client.records.get(RID)).rid == RID
        with ThreadPoolExecutor(1) as pool, pytest.raises(InvalidRequestError, match="another event loop"):
            pool.submit(lambda: anyio.run(work, backend=backend)).result()
        assert len(emulator.requests) == 1
        assert runner.run(client.records.get(RID)).rid == RID
        runner.run(client.aclose())


@pytest.mark.anyio
async def test_a_sync_client_works_inside_an_event_loop(emulator: Emulator) -> None:
    """A notebook has one."""
    with CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        assert client.records.get(RID).rid == RID
        assert [record.rid for record in client.records.search()] == [RID]


# Close


def is_closed_error(error: Exception) -> bool:
    return type(error) is ClientClosedError and isinstance(error, InvalidRequestError) and "closed" in str(error)


def test_a_closed_client_says_so(emulator: Emulator) -> None:
    """Every call does, and sends nothing; to close the client again does no harm."""
    with CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        client.close()
        for ask in EVERY_CALL.values():
            with pytest.raises(ClientClosedError) as caught:
                ask(client.records)
            assert is_closed_error(caught.value)
    assert emulator.requests == []


@pytest.mark.anyio
async def test_a_closed_async_client_says_so(emulator: Emulator) -> None:
    """The same holds for the async client."""
    async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        await client.aclose()
        for ask in EVERY_CALL.values():
            with pytest.raises(ClientClosedError) as caught:
                await ask(client.records)
            assert is_closed_error(caught.value)
    assert emulator.requests == []


def test_an_http_client_that_its_owner_closed_is_a_clear_error(world: World, emulator: Emulator) -> None:
    """The RuntimeError of httpx doesn't come through, and the client doesn't retry."""
    if world.name == "sync":
        own: Any = httpx.Client()
        own.close()
    else:
        own = httpx.AsyncClient()
        anyio.run(own.aclose, backend=world.name)
    error = world.errors(get, emulator.hostname, auth=emulator.token, http_client=own)
    assert is_closed_error(error)
    assert error.attempts == 1


def test_a_call_ends_although_another_thread_closes_the_client() -> None:
    """The connection stays open until the response is there; there is no other attempt."""
    clients: list[CheckpointsClient] = []

    def close_and_answer(connection: socket.socket) -> None:
        clients[0].close()
        ANSWER(connection)

    def close_and_reset(connection: socket.socket) -> None:
        clients[0].close()
        reset()(connection)

    with Wire(close_and_answer) as server, CheckpointsClient(server.hostname, auth=TOKEN, retry=QUICK) as client:
        clients[:] = [client]
        assert client.records.get(RID).rid == RID
    with Wire(close_and_reset) as server, CheckpointsClient(server.hostname, auth=TOKEN, retry=QUICK) as client:
        clients[:] = [client]
        with pytest.raises(ClientClosedError):
            client.records.get(RID)
        assert len(server.requests) == 1


@pytest.mark.anyio
async def test_a_call_ends_although_another_task_closes_the_client() -> None:
    """It ends in an error of this library."""
    is_there = threading.Event()
    errors: list[Exception] = []

    def arrive_and_hang(connection: socket.socket) -> None:
        is_there.set()
        hang()(connection)

    async def work(client: AsyncCheckpointsClient) -> None:
        try:
            await client.records.get(RID)
        except CheckpointsError as error:
            errors.append(error)

    with Wire(arrive_and_hang) as server:
        client = AsyncCheckpointsClient(server.hostname, auth=TOKEN, retry=QUICK)
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(work, client)
                await anyio.to_thread.run_sync(is_there.wait)
                await client.aclose()
    assert [type(error) for error in errors] == [ClientClosedError]


def test_a_client_leaves_nothing_open(world: World, emulator: Emulator) -> None:
    """This holds after errors, and after calls that weren't read to their end."""
    emulator.inject(Fault.status(500), Fault.truncate(), Fault.status(404))
    with no_warnings():
        world.outcomes([get, get, search], emulator.hostname, auth=emulator.token, retry=0)
        world.outcomes([get, search], emulator.hostname, auth=emulator.token)


def test_a_client_that_could_not_be_made_leaves_nothing_open() -> None:
    """The error comes before any resource."""
    with no_warnings(), pytest.raises(ConfigurationError):
        CheckpointsClient("foundry.example", auth="two words")


def test_clients_are_not_pickled() -> None:
    """The error says what to do instead, for the client and for its records."""
    for kind in (CheckpointsClient, AsyncCheckpointsClient):
        client = kind("foundry.example", auth=TOKEN)
        for thing in (client, client.records):
            with pytest.raises(TypeError, match=r"create"):
                pickle.dumps(thing)


# Iterators that end early


def our_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "foundry-checkpoints"]


def join_our_threads() -> bool:
    """Return whether all threads of this library end."""
    for thread in our_threads():
        thread.join(10)
    return our_threads() == []


@pytest.mark.parametrize("prefetch", [False, True])
def test_a_search_that_is_left_early_leaves_nothing_behind(prefetch: bool) -> None:
    """The client can be used afterwards."""
    with (
        no_warnings(),
        Emulator(sample_records(30)) as emulator,
        CheckpointsClient(emulator.hostname, auth=emulator.token) as client,
    ):
        for record in client.records.search(page_size=10, prefetch=prefetch):
            assert record.rid
            break
        assert len(list(client.records.search())) == 30
    assert join_our_threads()


@pytest.mark.anyio
@pytest.mark.parametrize("prefetch", [False, True])
async def test_an_async_search_that_is_closed_early_leaves_nothing_behind(prefetch: bool) -> None:
    """The generators in it are closed with it: trio would warn."""
    with no_warnings(), Emulator(sample_records(30)) as emulator:
        async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            async with aclosing(aiter(client.records.search(page_size=10, prefetch=prefetch))) as found:  # type: ignore[type-var]
                async for record in found:
                    assert record.rid
                    break
            assert (await client.records.search(prefetch=prefetch).first()) is not None
            assert len([record async for record in client.records.search()]) == 30


def test_a_search_that_is_left_waits_for_no_prefetch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that is on its way can take long."""
    page = say(http(json.dumps({"data": [RECORD], "nextPageToken": "next"}).encode()))
    joined: list[str] = []
    join = threading.Thread.join

    def note(thread: threading.Thread, timeout: float | None = None) -> None:
        joined.append(thread.name)
        join(thread, timeout)

    with Wire(page, hang()) as server, CheckpointsClient(server.hostname, auth=TOKEN) as client:
        monkeypatch.setattr(threading.Thread, "join", note)
        for _ in client.records.search():
            break
        monkeypatch.undo()
    assert joined == []
    assert join_our_threads()


def test_a_search_that_is_left_stops_the_pause_of_its_next_page() -> None:
    """The thread that waits for the next attempt ends, long before the pause would."""
    page = json.dumps({"data": [RECORD], "nextPageToken": "next"}).encode()
    busy = http(b"", "Retry-After: 50", status="503 Service Unavailable")
    with Wire(say(http(page)), say(busy)) as server, CheckpointsClient(server.hostname, auth=TOKEN) as client:
        for _ in client.records.search():
            break
        assert join_our_threads()


@pytest.mark.parametrize("name", ["search", "pages", "iter_batch"])
def test_an_iterator_of_a_sync_client_can_be_closed(name: str, emulator: Emulator) -> None:
    """`close` of a generator ends it, before and after its first item."""
    with CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        makers: dict[str, Callable[[], Any]] = {
            "search": lambda: iter(client.records.search()),
            "pages": lambda: client.records.search().pages(),
            "iter_batch": lambda: client.records.iter_batch([RID]),
        }
        for items in (0, 1):
            with closing(makers[name]()) as iterator:
                assert len([next(iterator) for _ in range(items)]) == items
            assert list(iterator) == []


# Interruptions


@pytest.mark.anyio
async def test_a_cancelled_call_leaves_a_usable_client(emulator: Emulator) -> None:
    """Cancellation passes through unchanged, also out of a pause between attempts."""
    slow = RetryPolicy(backoff=60, backoff_max=60)
    async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token, retry=slow, max_concurrency=1) as client:
        for fault in (Fault.delay(60), Fault.status(503)):
            emulator.inject(fault)
            before = len(emulator.requests)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.records.get, RID)
                while len(emulator.requests) == before:
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
        assert (await client.records.get(RID)).rid == RID


@pytest.mark.anyio
async def test_a_call_that_is_cancelled_while_it_waits_for_a_slot_holds_up_no_other() -> None:
    """The slot goes to the next in the queue."""
    is_busy, is_over = anyio.Event(), anyio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        is_busy.set()
        await is_over.wait()
        return sound(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http_client:
        client = AsyncCheckpointsClient("foundry.example", auth=TOKEN, http_client=http_client, max_concurrency=1)
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.records.get, RID)
                await is_busy.wait()
                with anyio.move_on_after(0.01) as scope:
                    await client.records.get(RID)
                assert scope.cancelled_caught
                tasks.start_soon(client.records.get, RID)
                is_over.set()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError, MemoryError])
def test_an_interruption_leaves_a_usable_client(error: type[BaseException]) -> None:
    """It passes through unchanged, isn't retried, and leaves neither the lock of the token nor a slot taken."""
    for place in ("/token", RID):
        interruptions = [error()]

        def handler(
            request: httpx.Request, place: str = place, interruptions: list[BaseException] = interruptions
        ) -> httpx.Response:
            if request.url.path.endswith(place) and interruptions:
                raise interruptions.pop()
            if request.url.path.endswith("/token"):
                return httpx.Response(200, json={"access_token": TOKEN, "expires_in": 3600})
            return sound(request)

        auth = ClientCredentialsAuth("id", "secret")
        with httpx.Client(transport=httpx.MockTransport(handler)) as http_client:
            client = CheckpointsClient("foundry.example", auth=auth, http_client=http_client, max_concurrency=1)
            with pytest.raises(error):
                client.records.get(RID)
            assert client.records.get(RID, total_timeout=30).rid == RID


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for one thread")
def test_control_c_leaves_a_usable_client() -> None:
    """A real signal comes in the middle of a real response."""
    main = threading.main_thread().ident
    assert main is not None
    # A shell that runs the tests in the background has them ignore the signal.
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")
        signal.pthread_kill(main, signal.SIGINT)
        connection.sendall(b" " * 9)

    with Wire(interrupt, ANSWER) as server, CheckpointsClient(server.hostname, auth=TOKEN, max_concurrency=1) as client:
        with pytest.raises(KeyboardInterrupt):
            client.records.get(RID)
        signal.signal(signal.SIGINT, earlier)
        assert client.records.get(RID).rid == RID


WITH_THREADS: dict[str, Callable[[CheckpointsClient], object]] = {
    "get": lambda client: client.records.get(RID, total_timeout=30),
    "get_batch": lambda client: client.records.get_batch(RIDS_OF_CHUNKS[:250]),
    "iter_batch": lambda client: list(client.records.iter_batch(RIDS_OF_CHUNKS[:250])),
    "search": lambda client: list(client.records.search()),
    "parallel": lambda client: list(client.records.search(concurrency=4)),
}
"""The calls that start threads."""


@contextmanager
def starting(start: Callable[[threading.Thread], None]) -> Iterator[None]:
    """Start the threads of this library in another way."""
    original = threading.Thread.start
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            threading.Thread,
            "start",
            lambda thread: start(thread) if thread.name == "foundry-checkpoints" else original(thread),
        )
        yield


@pytest.mark.parametrize("name", WITH_THREADS)
def test_control_c_while_a_thread_starts_leaves_no_thread(name: str, emulator: Emulator) -> None:
    """The signal can come when the thread runs already, and the caller doesn't know it yet."""
    original = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        original(thread)
        raise KeyboardInterrupt

    with CheckpointsClient(emulator.hostname, auth=emulator.token, max_concurrency=4) as client:
        with starting(interrupted), pytest.raises(KeyboardInterrupt):
            WITH_THREADS[name](client)
        assert join_our_threads()
        assert client.records.get(RID).rid == RID


@pytest.mark.parametrize("name", WITH_THREADS)
def test_a_system_without_another_thread_is_a_clear_error(name: str, emulator: Emulator) -> None:
    """The client can be used again once there are threads."""

    def exhausted(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with CheckpointsClient(emulator.hostname, auth=emulator.token, retry=QUICK, max_concurrency=2) as client:
        with starting(exhausted), pytest.raises(NetworkError, match="can't start another thread"):
            WITH_THREADS[name](client)
        WITH_THREADS[name](client)


def test_a_system_with_few_threads_is_served_by_those(emulator: Emulator) -> None:
    """The first worker does what others would have done."""
    original = threading.Thread.start

    def one_at_a_time(thread: threading.Thread) -> None:
        if our_threads():
            raise RuntimeError("can't start new thread")
        original(thread)

    assert join_our_threads()  # those of other tests count too
    with CheckpointsClient(emulator.hostname, auth=emulator.token) as client, starting(one_at_a_time):
        for name in ("get_batch", "iter_batch", "parallel"):
            WITH_THREADS[name](client)
            assert join_our_threads()


# Many requests


def test_throttling_loses_nothing(world: World) -> None:
    """The service rejects every second request; every record comes, and the client keeps its own limit."""
    with Emulator([RECORD], latency=0.002, faults=[Fault.status(429, rate=0.5)]) as emulator:
        options = {"auth": emulator.token, "retry": PATIENT, "max_concurrency": 4}
        batch = world.run(lambda records: records.get_batch([RID, *RIDS_OF_CHUNKS]), emulator.hostname, **options)
        assert emulator.peak_in_flight <= 4
    assert (list(batch), batch.missing) == ([RID], tuple(RIDS_OF_CHUNKS))


def test_an_error_among_parallel_requests_is_the_one_error(world: World) -> None:
    """The client gives up what else was in flight, and can be used afterwards."""
    with no_warnings(), Emulator(faults=[Fault.error("Default:Internal", operation="getBatch")]) as emulator:
        error, batch = world.outcomes(
            [lambda records: records.get_batch(RIDS_OF_CHUNKS)] * 2, emulator.hostname, auth=emulator.token, retry=0
        )
    assert error.status_code == 500
    assert batch.missing == tuple(RIDS_OF_CHUNKS)


def rids_of(request: httpx.Request) -> list[str]:
    return [element["recordRid"] for element in json.loads(request.content)]


def chunk_of(request: httpx.Request) -> int:
    """Return the number of a chunk of `RIDS_OF_CHUNKS`."""
    return int(rids_of(request)[0].rpartition("-")[2]) // 100


def answer_to(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"data": {rid: {**RECORD, "rid": rid} for rid in rids_of(request)[:1]}})


def test_a_stream_of_batches_continues_behind_one_slow_chunk() -> None:
    """More chunks than can be in flight are requested while the first one is on its way."""
    is_last_requested, in_time = threading.Event(), []

    def handler(request: httpx.Request) -> httpx.Response:
        if chunk_of(request) == CHUNKS - 1:
            is_last_requested.set()
        if chunk_of(request) == 0:
            in_time.append(is_last_requested.wait(10))
        return answer_to(request)

    with httpx.Client(transport=httpx.MockTransport(handler)) as http_client:
        client = CheckpointsClient("foundry.example", auth=TOKEN, http_client=http_client, max_concurrency=2)
        assert [rid for rid, _ in client.records.iter_batch(RIDS_OF_CHUNKS)] == RIDS_OF_CHUNKS
    assert in_time == [True]


@pytest.mark.anyio
async def test_an_async_stream_of_batches_continues_behind_one_slow_chunk() -> None:
    """The same holds for the async client."""
    is_last_requested = anyio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        if chunk_of(request) == CHUNKS - 1:
            is_last_requested.set()
        if chunk_of(request) == 0:
            with anyio.fail_after(10):
                await is_last_requested.wait()
        return answer_to(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http_client:
        client = AsyncCheckpointsClient("foundry.example", auth=TOKEN, http_client=http_client, max_concurrency=2)
        assert [rid for rid, _ in await drain(client.records.iter_batch(RIDS_OF_CHUNKS))] == RIDS_OF_CHUNKS
