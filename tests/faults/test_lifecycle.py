"""One client for many threads or tasks, several event loops, interruptions, close, fork and pickle."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import warnings
from collections.abc import Callable, Coroutine, Iterator
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
    ClientCredentialsAuth,
    ConfigurationError,
    InvalidRequestError,
    RetryPolicy,
    ServiceUnavailableError,
)
from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from tests.faults.wire import Wire, http, reset, say, tls
from tests.faults.worlds import EVERY_CALL, QUICK, RECORD, RID, TOKEN, World, get, search, sound

PATIENT = RetryPolicy(max_retries=50, backoff=0.001, backoff_max=0.002)
COUNT = 10


@pytest.fixture
def shaky() -> Iterator[Emulator]:
    """A service of 10 records where one request in five fails in some way."""
    faults = [Fault.status(502, rate=0.1), Fault.reset(rate=0.05), Fault.truncate(rate=0.05)]
    with Emulator(sample_records(COUNT), faults=faults) as emulator:
        yield emulator


@contextmanager
def no_warnings() -> Iterator[None]:
    """Nothing is left unclosed in the block: the garbage collector would tell."""
    complaints: list[object] = []
    gc.collect()
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("error")
        patch.setattr(sys, "unraisablehook", lambda told: complaints.append((told.exc_value, told.object)))
        yield
        gc.collect()
    assert complaints == []


# Threads and tasks


def test_forty_threads_share_a_client(shaky: Emulator) -> None:
    """Each searches all the records, batches them and gets one; each gets all, in spite of the faults."""
    rids = [record["rid"] for record in sample_records(COUNT)]

    def work(client: CheckpointsClient) -> tuple[int, list[str], str]:
        found = {record.rid for record in client.records.search()}
        return len(found), list(client.records.get_batch(rids)), client.records.get(rids[0]).rid

    with (
        CheckpointsClient(shaky.hostname, auth=shaky.token, retry=PATIENT, max_concurrency=40) as client,
        ThreadPoolExecutor(40) as pool,
    ):
        results = list(pool.map(work, [client] * 40))
    assert all(result == (COUNT, rids, rids[0]) for result in results)


@pytest.mark.anyio
async def test_forty_tasks_share_a_client(shaky: Emulator) -> None:
    """The same on one event loop."""
    rids = [record["rid"] for record in sample_records(COUNT)]
    results: list[tuple[int, list[str], str]] = []

    async def work(client: AsyncCheckpointsClient) -> None:
        found = {record.rid async for record in client.records.search()}
        batch = await client.records.get_batch(rids)
        results.append((len(found), list(batch), (await client.records.get(rids[0])).rid))

    async with (
        AsyncCheckpointsClient(shaky.hostname, auth=shaky.token, retry=PATIENT, max_concurrency=40) as client,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(40):
            tasks.start_soon(work, client)
    assert results == [(COUNT, rids, rids[0])] * 40


# Event loops


def run_four_times(work: Callable[[], Coroutine[Any, Any, object]]) -> list[object]:
    return [asyncio.run(work()) for _ in range(4)]


def test_four_event_loops_with_a_client_each(emulator: Emulator) -> None:
    """Nothing of a loop that has ended is in the way of the next."""

    async def work() -> str:
        async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            return (await client.records.get(RID)).rid

    with no_warnings():
        assert run_four_times(work) == [RID] * 4


@pytest.mark.parametrize("auth", ["token", "service"])
def test_four_event_loops_with_one_client(auth: str, emulator: Emulator) -> None:
    """Connections of a loop that has ended are not used again, and are not left open."""
    given = emulator.token if auth == "token" else ClientCredentialsAuth("emulator-client", "emulator-secret")
    client = AsyncCheckpointsClient(emulator.hostname, auth=given)

    async def work() -> str:
        found = [record.rid async for record in client.records.search()]
        return found[0] if found == [(await client.records.get(RID)).rid] else "different"

    with no_warnings():
        assert run_four_times(work) == [RID] * 4
        asyncio.run(client.aclose())


def test_one_client_moves_from_asyncio_to_trio_and_back(emulator: Emulator) -> None:
    """The kind of the event loop makes no difference."""
    client = AsyncCheckpointsClient(emulator.hostname, auth=emulator.token)
    with no_warnings():
        for backend in ("asyncio", "trio", "asyncio"):
            assert anyio.run(client.records.get, RID, backend=backend).rid == RID
        anyio.run(client.aclose)


def test_two_event_loops_at_the_same_time_share_a_client(emulator: Emulator) -> None:
    """In two threads, with faults that make them send again."""
    emulator.inject(Fault.status(503, rate=0.3), Fault.reset(rate=0.1))
    client = AsyncCheckpointsClient(emulator.hostname, auth=emulator.token, retry=PATIENT)

    async def work() -> set[str]:
        return {(await client.records.get(RID)).rid for _ in range(30)}

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: asyncio.run(work()), range(2))) == [{RID}, {RID}]


@pytest.mark.anyio
async def test_a_sync_client_works_inside_an_event_loop(emulator: Emulator) -> None:
    """As in a notebook."""
    with CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        assert client.records.get(RID).rid == RID
        assert [record.rid for record in client.records.search()] == [RID]


# Close


@pytest.mark.parametrize("name", EVERY_CALL)
def test_a_closed_client_says_so(name: str, world: World, emulator: Emulator) -> None:
    """Every call, and nothing is sent; to close it again does no harm."""
    error = world.errors(EVERY_CALL[name], emulator.hostname, auth=emulator.token, closed=True)
    assert type(error) is InvalidRequestError
    assert "closed" in str(error)
    assert emulator.requests == []


def test_an_http_client_that_its_owner_closed_is_a_clear_error(world: World, emulator: Emulator) -> None:
    """The RuntimeError of httpx does not come through."""
    if world.name == "sync":
        own: Any = httpx.Client()
        own.close()
    else:
        own = httpx.AsyncClient()
        anyio.run(own.aclose, backend=world.name)
    error = world.errors(get, emulator.hostname, auth=emulator.token, http_client=own)
    assert type(error) is InvalidRequestError
    assert "closed" in str(error)


def test_a_call_in_flight_when_the_client_is_closed_ends_in_an_error_of_ours() -> None:
    """Another thread closes it between two attempts."""
    clients: list[CheckpointsClient] = []

    def close_and_reset(connection: socket.socket) -> None:
        clients[0].close()
        reset()(connection)

    with Wire(close_and_reset) as server, CheckpointsClient(server.hostname, auth=TOKEN, retry=QUICK) as client:
        clients.append(client)
        with pytest.raises(CheckpointsError):
            client.records.get(RID)


def test_a_client_leaves_nothing_open(world: World, emulator: Emulator) -> None:
    """After errors and after calls that were not read to their end."""
    emulator.inject(Fault.status(500), Fault.truncate(), Fault.status(404, times=1))
    with no_warnings():
        world.outcomes([get, get, search], emulator.hostname, auth=emulator.token, retry=0)
        world.outcomes([get, search], emulator.hostname, auth=emulator.token)


def test_a_client_that_could_not_be_made_leaves_nothing_open() -> None:
    """An error in the constructor comes before any resource."""
    with no_warnings(), pytest.raises(ConfigurationError):
        CheckpointsClient("foundry.example", auth="two words")


# Iterations that end early


@pytest.mark.parametrize("prefetch", [0, 1])
def test_a_search_that_is_left_early_leaves_nothing_behind(prefetch: int) -> None:
    """The page that was on its way is not waited for, and the client goes on."""
    with (
        no_warnings(),
        Emulator(sample_records(100)) as emulator,
        CheckpointsClient(emulator.hostname, auth=emulator.token) as client,
    ):
        for record in client.records.search(page_size=10, prefetch=prefetch):
            assert record.rid
            break
        assert len(list(client.records.search())) == 100


@pytest.mark.anyio
@pytest.mark.parametrize("prefetch", [0, 1])
async def test_an_async_search_that_is_closed_early_leaves_nothing_behind(prefetch: int) -> None:
    """The generators within it are closed with it: trio would tell."""
    with no_warnings(), Emulator(sample_records(100)) as emulator:
        async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            async with aclosing(aiter(client.records.search(page_size=10, prefetch=prefetch))) as found:  # type: ignore[type-var]
                async for record in found:
                    assert record.rid
                    break
            assert (await client.records.search(prefetch=prefetch).first()) is not None
            assert len([record async for record in client.records.search()]) == 100


@pytest.mark.anyio
async def test_a_cancelled_call_leaves_a_usable_client(emulator: Emulator) -> None:
    """Cancellation passes through as what it is, also out of a pause between attempts."""
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


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError, MemoryError])
@pytest.mark.parametrize("place", ["/token", RID])
def test_an_interruption_leaves_a_usable_client(place: str, error: type[BaseException]) -> None:
    """It comes out as it is, is not retried, and holds neither the lock of the token nor a slot."""
    interruptions = [error()]

    def handler(request: httpx.Request) -> httpx.Response:
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
        assert client.records.get(RID, total_timeout=5).rid == RID


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for one thread")
def test_control_c_leaves_a_usable_client() -> None:
    """A real signal in the middle of a real answer."""
    main = threading.main_thread().ident
    assert main is not None
    # A shell that runs the tests in the background has them ignore the signal.
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")
        signal.pthread_kill(main, signal.SIGINT)
        connection.sendall(b" " * 9)

    answer = say(http(json.dumps(RECORD).encode()))
    with Wire(interrupt, answer) as server, CheckpointsClient(server.hostname, auth=TOKEN, max_concurrency=1) as client:
        with pytest.raises(KeyboardInterrupt):
            client.records.get(RID)
        signal.signal(signal.SIGINT, earlier)
        assert client.records.get(RID).rid == RID


# Processes


def python(script: str, *arguments: str) -> str:
    """What a script prints in a process of its own, where every warning is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script), *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_client_is_refused(emulator: Emulator) -> None:
    """The child learns why; the parent's connection stays sound, even if the child closes its copy."""
    script = """
        import os, sys
        from foundry_checkpoints import CheckpointsClient, ClientCredentialsAuth, InvalidRequestError

        hostname, rid = sys.argv[1:]
        auth = ClientCredentialsAuth("emulator-client", "emulator-secret", revoke_on_close=True)
        client = CheckpointsClient(hostname, auth=auth)
        client.records.get(rid)
        if (child := os.fork()) == 0:
            try:
                client.records.get(rid)
            except InvalidRequestError as error:
                client.close()
                os._exit(7 if "fork" in str(error) else 1)
            os._exit(2)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, client.records.get(rid).rid == rid)
        client.close()
    """
    assert python(script, emulator.hostname, RID) == "7 True"
    counts = emulator.request_counts
    assert (counts["token"], counts["get"], counts["revoke"]) == (1, 2, 1)


def test_a_process_ends_with_a_client_that_nobody_closed(emulator: Emulator) -> None:
    """Without a word, and without waiting for the page that was on its way."""
    script = """
        import sys
        from foundry_checkpoints import CheckpointsClient

        client = CheckpointsClient(sys.argv[1], auth=sys.argv[2])
        pages = client.records.search(page_size=1).pages()
        print(len(next(pages)))
    """
    assert python(script, emulator.hostname, emulator.token) == "1"


@pytest.mark.parametrize("kind", [CheckpointsClient, AsyncCheckpointsClient])
def test_clients_are_not_pickled(kind: Callable[..., Any]) -> None:
    """The refusal says what to do instead, for the client and for what hangs on it."""
    client = kind("foundry.example", auth=TOKEN)
    for thing in (client, client.records):
        with pytest.raises(TypeError, match=r"pickled|make"):
            pickle.dumps(thing)


# The environment, as httpx reads it


def test_a_proxy_of_the_environment_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request goes there with its whole address."""
    with Wire(say(http(json.dumps(RECORD).encode()))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.hostname)
        assert world.run(get, "http://127.0.0.1:9").rid == RID
        (request,) = proxy.requests
    assert request.head.startswith(b"GET http://127.0.0.1:9/api/v2/checkpoints/records/")


def test_no_proxy_is_honoured(world: World, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is excepted is reached directly."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert world.run(get, emulator.hostname, auth=emulator.token).rid == RID


def test_certificates_of_the_environment_are_trusted(world: World, trusted: None) -> None:
    """SSL_CERT_FILE names them, as for a company's own authority."""
    with Wire(say(http(json.dumps(RECORD).encode())), context=tls()) as server:
        assert world.run(get, server.hostname).rid == RID


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SSL_CERT_FILE", "/nonexistent/roots.pem"),
        ("HTTPS_PROXY", "nonsense://proxy.example"),
        ("ALL_PROXY", "socks5://127.0.0.1:9"),
    ],
)
def test_an_environment_that_cannot_work_is_named(
    variable: str, value: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the client is made, by an error of this library."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        world.run(get, handler=None)
    assert str(caught.value)


# Threads of our own


def our_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "foundry-checkpoints"]


def test_a_search_that_is_left_stops_the_pause_of_its_next_page() -> None:
    """The thread that waits to ask for it again ends, long before the pause would."""
    page = json.dumps({"data": [RECORD], "nextPageToken": "next"}).encode()
    busy = http(b"", "Retry-After: 50", status="503 Service Unavailable")
    with Wire(say(http(page)), say(busy)) as server, CheckpointsClient(server.hostname, auth=TOKEN) as client:
        for _ in client.records.search():
            break
        for thread in our_threads():
            thread.join(10)
        assert our_threads() == []


def test_a_system_without_another_thread_is_served_in_the_one_there_is(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is prefetched then, and a deadline is kept less sharply."""
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "foundry-checkpoints":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with CheckpointsClient(emulator.hostname, auth=emulator.token, total_timeout=30) as client:
        assert client.records.get(RID).rid == RID
        assert [record.rid for record in client.records.search()] == [RID]
        assert [record.rid for record in client.records.search(concurrency=4)] == [RID]
        assert client.records.get_batch([RID, *(f"{RID}-{n}" for n in range(250))])[RID].rid == RID


@pytest.mark.anyio
async def test_who_is_cancelled_while_it_waits_for_a_slot_holds_up_no_other() -> None:
    """The slot goes to the next in the queue."""
    is_busy, go_on = anyio.Event(), anyio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        is_busy.set()
        await go_on.wait()
        return sound(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http_client:
        client = AsyncCheckpointsClient("foundry.example", auth=TOKEN, http_client=http_client, max_concurrency=1)
        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.records.get, RID)
                await is_busy.wait()
                with anyio.move_on_after(0.01) as scope:
                    await client.records.get(RID)
                assert scope.cancelled_caught
                tasks.start_soon(client.records.get, RID)
                go_on.set()


# Speed limits of the service


def test_throttling_loses_nothing(world: World) -> None:
    """Every second request is refused for a while; each rid comes, and the client keeps its own limit."""
    records = list(sample_records(600))
    rids = [record["rid"] for record in records]
    with Emulator(records, latency=0.002, faults=[Fault.status(429, rate=0.5)]) as emulator:
        options = {"auth": emulator.token, "retry": PATIENT, "max_concurrency": 4}
        batch = world.run(lambda records: records.get_batch(rids), emulator.hostname, **options)
        assert emulator.peak_in_flight <= 4
    assert list(batch) == rids


def test_an_error_among_parallel_requests_is_the_one_error(world: World) -> None:
    """What else was in flight is given up in silence, and the client goes on."""
    records = list(sample_records(400))
    rids = [record["rid"] for record in records]
    with no_warnings(), Emulator(records, faults=[Fault.status(503, operation="getBatch")]) as emulator:
        error, batch = world.outcomes(
            [lambda records: records.get_batch(rids)] * 2, emulator.hostname, auth=emulator.token, retry=0
        )
    assert type(error) is ServiceUnavailableError
    assert list(batch) == rids


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
