"""`timeout` bounds each step, `total_timeout` the whole call: its attempts, pauses, bodies, tokens, and queues."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from foundry_checkpoints import (
    CheckpointsClient,
    ClientCredentialsAuth,
    ConfigurationError,
    InvalidRequestError,
    RateLimitError,
    RequestTimeoutError,
    RetryPolicy,
    ServiceUnavailableError,
)
from foundry_checkpoints.emulator import Emulator, Fault
from tests.faults.wire import Wire, drip, hang, http, say
from tests.faults.worlds import RECORD, RID, TOKEN, Ask, Script, World, drain, get, sound
from tests.worlds import FakeTime

# httpx leaves the generators below it to the garbage collector when it stops in the middle of a body.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'http(x|core):ResourceWarning")

GOOD = json.dumps(RECORD).encode()
CREDENTIALS = ("emulator-client", "emulator-secret")


@pytest.fixture(params=["sync", "asyncio", "trio"])
def world(request: pytest.FixtureRequest) -> World:
    """Each way to call the client, in real time."""
    return World(request.param, None)


def timeouts(world: World, ask: Any = get, **options: Any) -> dict[str, float]:
    """Return the timeouts that httpx was given for the one request of a call."""
    script = Script()
    world.run(ask, handler=script, **options)
    (request,) = script.requests
    found: dict[str, float] = request.extensions["timeout"]
    return found


def within(seconds: Any) -> Ask:
    """Return a call with a total timeout of its own."""
    return lambda records: records.get(RID, total_timeout=seconds)


# Each step


def test_every_step_has_a_limit_by_default(world: World) -> None:
    """It is 5 seconds to connect and 30 to read, and no step is without one."""
    found = timeouts(world)
    assert (found["connect"], found["read"]) == (5, 30)
    assert all(0 < limit <= 30 for limit in found.values())


def test_a_timeout_can_be_chosen(world: World) -> None:
    """A number keeps the limit of a connection; the client uses an httpx.Timeout unchanged."""
    chosen: list[tuple[Any, float, float]] = [(2.0, 2, 2), (60, 5, 60), (httpx.Timeout(7, read=9), 7, 9)]
    for timeout, connect, read in chosen:
        found = timeouts(world, timeout=timeout)
        assert (found["connect"], found["read"]) == (connect, read)


def test_a_total_timeout_shortens_every_step(world: World) -> None:
    """No single step can take longer than the whole call."""
    assert all(0 < limit <= 2 for limit in timeouts(world, total_timeout=2).values())
    assert all(0 < limit <= 2 for limit in timeouts(world, total_timeout=2, timeout=httpx.Timeout(None)).values())
    assert timeouts(world, total_timeout=1000)["read"] == 30


def test_the_total_timeout_of_a_call_overrides_that_of_the_client(world: World) -> None:
    """It can be shorter or longer."""
    assert timeouts(world, within(2), total_timeout=20)["read"] <= 2
    assert 2 < timeouts(world, within(20), total_timeout=2)["read"] <= 20


def test_a_total_timeout_that_has_passed_is_rejected(sync: World) -> None:
    """The client sends nothing."""
    for seconds in (0, -1, math.nan, "1"):
        script = Script()
        error = sync.errors(within(seconds), handler=script)
        assert (type(error), script.requests) == (InvalidRequestError, [])
        with pytest.raises(ConfigurationError, match="total_timeout"):
            sync.run(get, handler=script, total_timeout=seconds)


def test_a_timeout_that_cannot_work_is_rejected(sync: World) -> None:
    """The constructor raises, not the first call with an OverflowError."""
    wrong: list[Any] = [0, -1, math.nan, math.inf, 1e300, "1", httpx.Timeout(5, read=-1)]
    for seconds in wrong:
        with pytest.raises(ConfigurationError, match="timeout"):
            sync.run(get, handler=Script(), timeout=seconds)


def test_a_total_timeout_can_be_longer_than_a_clock_counts(world: World, emulator: Emulator) -> None:
    """It is no limit then."""
    calls = [within(seconds) for seconds in (math.inf, 1e300, 1e9)]
    found = world.outcomes(calls, emulator.hostname, auth=emulator.token, timeout=httpx.Timeout(None))
    assert [record.rid for record in found] == [RID] * 3


# The whole call


def test_no_pause_reaches_beyond_the_total_timeout(world: World) -> None:
    """The client raises at once, with the last failure as the cause."""
    time, slow = FakeTime(), RetryPolicy(backoff=50, backoff_max=100)
    error = World(world.name, time).errors(within(20), handler=Script(httpx.Response(503)), retry=slow)
    assert (type(error), error.attempts, time.waits) == (RequestTimeoutError, 1, [])
    assert type(error.__cause__) is ServiceUnavailableError
    assert "503" in str(error)
    assert isinstance(error, TimeoutError)


def test_a_retry_after_beyond_the_total_timeout_is_the_error_of_the_service(world: World) -> None:
    """It has `retry_after`, so that the caller can come back in time."""
    time, script = FakeTime(), Script(httpx.Response(429, headers={"Retry-After": "30"}))
    error = World(world.name, time).errors(within(20), handler=script)
    assert (type(error), error.retry_after, error.attempts, time.waits) == (RateLimitError, 30, 1, [])


def test_attempts_continue_until_the_total_timeout(world: World) -> None:
    """With retries without end, it is the end."""
    time, endless = FakeTime(), RetryPolicy(max_retries=10**9, backoff=1, backoff_max=1)
    error = World(world.name, time).errors(
        within(20), handler=Script(*[httpx.ConnectError("refused")] * 99), retry=endless
    )
    assert type(error) is RequestTimeoutError
    assert error.attempts >= 20
    assert 18 < sum(time.waits) < 20


HEAD = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n" % len(GOOD)


def test_silence_ends_with_the_total_timeout(world: World) -> None:
    """The response can stop anywhere."""
    for sent in (b"", HEAD + LENGTH, HEAD + LENGTH + b"{"):
        with Wire(hang(sent)) as server:
            assert type(world.errors(within(0.05), server.hostname, retry=0)) is RequestTimeoutError


DRIPS: dict[str, tuple[bytes, bytes, bytes]] = {
    "body": (HEAD + b"Connection: close\r\n\r\n", b" ", GOOD),
    "chunks": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        b"1\r\n \r\n",
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD),
    ),
    "body of an error": (b"HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\n", b"x", b""),
    "head": (HEAD + b"X-Slow: ", b"x", b"\r\n" + LENGTH + GOOD),
    "provisional answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + LENGTH + GOOD),
}


def test_drips_end_with_the_total_timeout(world: World) -> None:
    """Each comes soon enough for `timeout`, all together too late: the client goes away before the last one."""
    for head, piece, tail in DRIPS.values():
        sent: list[bytes] = []
        with Wire(drip(head, piece, tail, times=200, sent=sent)) as server:
            error = world.errors(within(0.05), server.hostname, retry=0)
        assert type(error) is RequestTimeoutError
        assert sent.count(piece) < 200


def test_without_a_total_timeout_drips_are_read_to_the_end(world: World) -> None:
    """To be slow is not a fault."""
    for name in ("chunks", "head", "provisional answers"):
        head, piece, tail = DRIPS[name]
        with Wire(drip(head, piece, tail, times=3)) as server:
            assert world.run(get, server.hostname).rid == RID


def test_drips_end_with_the_total_timeout_of_each_operation(world: World) -> None:
    """This holds for batches and pages too."""
    with Emulator([RECORD], faults=[Fault.drip(30, 0.02, times=None)]) as emulator:
        asks = [
            lambda records: records.get_batch([RID], total_timeout=0.05),
            lambda records: drain(records.iter_batch([RID], total_timeout=0.05)),
            lambda records: drain(records.search(total_timeout=0.05)),
        ]
        errors = world.outcomes(asks, emulator.hostname, auth=emulator.token)
    assert [type(error) for error in errors] == [RequestTimeoutError] * 3


def test_the_total_timeout_of_a_batch_bounds_all_its_chunks(world: World) -> None:
    """Each chunk alone would be in time."""
    rids = [f"{RID}-{number}" for number in range(300)]
    with Emulator(latency=0.1) as emulator:
        error = world.errors(
            lambda records: records.get_batch(rids, total_timeout=0.25),
            emulator.hostname,
            auth=emulator.token,
            max_concurrency=1,
        )
    assert type(error) is RequestTimeoutError


def test_a_timeout_of_a_step_is_retried_and_named(world: World) -> None:
    """Without a total timeout, each attempt has its own time."""
    with Wire(hang()) as server:
        error = world.errors(get, server.hostname, timeout=0.05)
    assert (type(error), error.attempts) == (RequestTimeoutError, 3)


# Tokens and queues


def test_a_slow_token_endpoint_ends_with_the_total_timeout(world: World) -> None:
    """The time until there is a token belongs to the call."""
    for fault in (Fault.delay(0.6, operation="token"), Fault.drip(30, 0.02, operation="token")):
        with Emulator([RECORD], faults=[fault]) as emulator:
            auth = ClientCredentialsAuth(*CREDENTIALS)
            error = world.errors(within(0.05), emulator.hostname, auth=auth, retry=0)
            assert type(error) is RequestTimeoutError
            assert emulator.request_counts["get"] == 0


def test_a_call_that_came_too_late_holds_up_no_other(world: World) -> None:
    """Its place among the requests in flight is free once the abandoned request has ended, which is soon."""
    with Wire(hang(), say(http(GOOD))) as server:
        late, record = world.outcomes([within(0.05), within(30)], server.hostname, max_concurrency=1, retry=0)
    assert (type(late), record.rid) == (RequestTimeoutError, RID)


def test_a_token_that_came_too_late_holds_up_no_other(world: World) -> None:
    """The next call requests one itself."""
    granted = say(http(b'{"access_token": "token", "expires_in": 3600}'))
    with Wire(hang(), granted, say(http(GOOD))) as server:
        auth = ClientCredentialsAuth(*CREDENTIALS)
        late, record = world.outcomes([within(0.05), within(30)], server.hostname, auth=auth, retry=0)
    assert (type(late), record.rid) == (RequestTimeoutError, RID)


def test_a_call_that_waits_for_the_token_of_another_thread_ends_in_time() -> None:
    """The thread that requests the token can wait longer."""

    def handler(request: httpx.Request, hold: Callable[[], None]) -> httpx.Response:
        if request.url.path.endswith("/token"):
            hold()
            return httpx.Response(200, json={"access_token": TOKEN, "expires_in": 3600})
        return sound(request)

    assert type(_beside(handler, auth=ClientCredentialsAuth("id", "secret"))) is RequestTimeoutError


def test_a_call_that_waits_for_a_free_slot_ends_in_time() -> None:
    """With as many requests in flight as are allowed, the next one waits until its total timeout."""

    def handler(request: httpx.Request, hold: Callable[[], None]) -> httpx.Response:
        hold()
        return sound(request)

    assert type(_beside(handler, max_concurrency=1)) is RequestTimeoutError


def _beside(
    handler: Callable[[httpx.Request, Callable[[], None]], httpx.Response], auth: Any = TOKEN, **options: Any
) -> object:
    """Return the outcome of a call with a total timeout, while another thread is held up."""
    held, is_over = threading.Event(), threading.Event()
    in_time: list[bool] = []

    def hold() -> None:
        held.set()
        in_time.append(is_over.wait(5))

    with (
        httpx.Client(transport=httpx.MockTransport(lambda request: handler(request, hold))) as http_client,
        CheckpointsClient("foundry.example", auth=auth, http_client=http_client, **options) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        other = pool.submit(client.records.get, RID)
        assert held.wait(5)
        try:
            outcome: object = client.records.get(RID, total_timeout=0.05)
        except Exception as error:
            outcome = error
        is_over.set()
        assert other.result().rid == RID
    assert in_time == [True]
    return outcome


def test_no_more_requests_than_allowed_are_in_flight_after_timeouts() -> None:
    """A request that its caller gave up still counts until it ends."""
    is_over = threading.Event()
    lock, in_flight, most = threading.Lock(), 0, 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal in_flight, most
        with lock:
            in_flight += 1
            most = max(most, in_flight)
        is_over.wait(30)
        with lock:
            in_flight -= 1
        return sound(request)

    with (
        httpx.Client(transport=httpx.MockTransport(handler)) as http_client,
        CheckpointsClient("foundry.example", auth=TOKEN, http_client=http_client, max_concurrency=2) as client,
    ):
        for _ in range(5):
            with pytest.raises(RequestTimeoutError):
                client.records.get(RID, total_timeout=0.02)
        assert most <= 2
        is_over.set()
        assert client.records.get(RID, total_timeout=30).rid == RID
