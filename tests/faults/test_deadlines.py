"""Timeouts bound each step, the deadline bounds the whole call: its attempts, pauses, bodies, tokens and queues."""

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
from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from tests.faults.wire import Wire, drip, hang, http, say
from tests.faults.worlds import RECORD, RID, TOKEN, Script, World, drain, get, sound

# httpx leaves the generators below it to the garbage collector when it stops in the middle of a body.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'http(x|core):ResourceWarning")

GOOD = json.dumps(RECORD).encode()
CREDENTIALS = ("emulator-client", "emulator-secret")


def timeouts(world: World, ask: Any = get, **options: Any) -> dict[str, float]:
    """What httpx was told for the one request of a call."""
    script = Script()
    world.run(ask, handler=script, **options)
    (request,) = script.requests
    found: dict[str, float] = request.extensions["timeout"]
    return found


def within(seconds: float) -> Any:
    """The same call with a deadline of its own."""
    return lambda records: records.get(RID, total_timeout=seconds)


# What each step may take


def test_every_step_has_a_limit_by_default(world: World) -> None:
    """5 seconds to connect, 30 to read, and none is without an end."""
    found = timeouts(world)
    assert (found["connect"], found["read"]) == (5, 30)
    assert all(0 < limit <= 30 for limit in found.values())


@pytest.mark.parametrize(("timeout", "connect", "read"), [(2.0, 2, 2), (60, 5, 60), (httpx.Timeout(7, read=9), 7, 9)])
def test_a_timeout_can_be_chosen(timeout: Any, connect: float, read: float, world: World) -> None:
    """A number keeps the limit of a connection; an httpx.Timeout is taken as it is."""
    found = timeouts(world, timeout=timeout)
    assert (found["connect"], found["read"]) == (connect, read)


def test_a_deadline_shortens_every_step(world: World) -> None:
    """No single step may take longer than the whole call."""
    assert all(0 < limit <= 2 for limit in timeouts(world, total_timeout=2).values())
    assert all(0 < limit <= 2 for limit in timeouts(world, total_timeout=2, timeout=httpx.Timeout(None)).values())
    assert timeouts(world, total_timeout=1000)["read"] == 30


def test_the_deadline_of_a_call_comes_before_that_of_the_client(world: World) -> None:
    """Shorter or longer."""
    assert timeouts(world, within(2), total_timeout=20)["read"] <= 2
    assert 2 < timeouts(world, within(20), total_timeout=2)["read"] <= 20


@pytest.mark.parametrize("seconds", [0, -1, math.nan])
def test_a_deadline_that_has_passed_is_refused(seconds: float, world: World) -> None:
    """Before anything is sent."""
    script = Script()
    assert type(world.errors(within(seconds), handler=script)) is InvalidRequestError
    assert script.requests == []


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, 1e300])
def test_a_timeout_that_cannot_work_is_refused(seconds: float, world: World) -> None:
    """When the client is made, not by an OverflowError at its first call; None is no way to switch it off."""
    with pytest.raises(ConfigurationError, match="timeout"):
        world.run(get, handler=Script(), timeout=seconds)


@pytest.mark.parametrize("seconds", [math.inf, 1e300, 1e9])
def test_a_deadline_without_end_is_none(seconds: float, world: World, emulator: Emulator) -> None:
    """Whatever the system's own clocks can count to."""
    calls = [within(seconds)] * 2
    found = world.outcomes(calls, emulator.hostname, auth=emulator.token, timeout=httpx.Timeout(None))
    assert [record.rid for record in found] == [RID, RID]


# What the whole call may take


def test_no_pause_reaches_beyond_the_deadline(world: World, pauses: list[float]) -> None:
    """The last failure is told at once, as the reason of the timeout, and nobody waits."""
    slow = RetryPolicy(backoff=50, backoff_max=100)
    error = world.errors(within(20), handler=Script(httpx.Response(503)), retry=slow)
    assert (type(error), error.attempts, pauses) == (RequestTimeoutError, 1, [])
    assert type(error.__cause__) is ServiceUnavailableError
    assert "503" in str(error)
    assert isinstance(error, TimeoutError)


def test_a_retry_after_beyond_the_deadline_is_the_error_of_the_service(world: World, pauses: list[float]) -> None:
    """With `retry_after`, so that the caller can come back in time."""
    script = Script(httpx.Response(429, headers={"Retry-After": "30"}))
    error = world.errors(within(20), handler=script)
    assert (type(error), error.retry_after, error.attempts, pauses) == (RateLimitError, 30, 1, [])


def test_attempts_go_on_until_the_deadline(world: World) -> None:
    """With retries without end, the deadline is the end."""
    endless = RetryPolicy(max_retries=10**9, backoff=0.01, backoff_max=0.01)
    error = world.errors(within(0.3), handler=Script(*[httpx.Response(503)] * 100), retry=endless)
    assert type(error) is RequestTimeoutError
    assert error.attempts > 1


HEAD = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n" % len(GOOD)


@pytest.mark.parametrize("sent", [b"", HEAD + LENGTH, HEAD + LENGTH + b"{"], ids=["no head", "no body", "half a body"])
def test_silence_ends_with_the_deadline(sent: bytes, world: World) -> None:
    """Wherever the answer stops."""
    with Wire(hang(sent)) as server:
        assert type(world.errors(within(0.1), server.hostname, retry=0)) is RequestTimeoutError


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


@pytest.mark.parametrize("name", DRIPS)
def test_drips_end_with_the_deadline(name: str, world: World) -> None:
    """Each comes soon enough for `timeout`, all together too late: the client goes away before the last one."""
    sent: list[bytes] = []
    head, piece, tail = DRIPS[name]
    with Wire(drip(head, piece, tail, times=200, sent=sent)) as server:
        error = world.errors(within(0.1), server.hostname, retry=0)
    assert type(error) is RequestTimeoutError
    assert sent.count(piece) < 200


@pytest.mark.parametrize("name", ["chunks", "head", "provisional answers"])
def test_without_a_deadline_drips_are_read_to_the_end(name: str, world: World) -> None:
    """Slowness alone is no fault."""
    head, piece, tail = DRIPS[name]
    with Wire(drip(head, piece, tail, times=5)) as server:
        assert world.run(get, server.hostname).rid == RID


def test_a_body_by_drips_ends_with_the_deadline_for_each_operation(world: World) -> None:
    """Batches and pages alike."""
    with Emulator([RECORD], faults=[Fault.drip(30, 0.02, times=None)]) as emulator:
        asks = [
            lambda records: records.get_batch([RID], total_timeout=0.1),
            lambda records: drain(records.iter_batch([RID], total_timeout=0.1)),
            lambda records: drain(records.search(total_timeout=0.1)),
        ]
        errors = world.outcomes(asks, emulator.hostname, auth=emulator.token)
    assert [type(error) for error in errors] == [RequestTimeoutError] * 3


def test_the_deadline_of_a_batch_bounds_all_its_chunks(world: World) -> None:
    """Each chunk alone would be in time."""
    records = list(sample_records(600))
    rids = [record["rid"] for record in records]
    with Emulator(records, latency=0.1) as emulator:
        error = world.errors(
            lambda records: records.get_batch(rids, total_timeout=0.25),
            emulator.hostname,
            auth=emulator.token,
            max_concurrency=1,
        )
    assert type(error) is RequestTimeoutError


def test_a_timeout_of_a_step_is_retried_and_named(world: World) -> None:
    """Without a deadline each attempt has its own time."""
    with Wire(hang()) as server:
        error = world.errors(get, server.hostname, timeout=0.05)
    assert (type(error), error.attempts) == (RequestTimeoutError, 3)


# Tokens and queues count too


@pytest.mark.parametrize(
    "fault",
    [Fault.delay(0.6, operation="token"), Fault.drip(30, 0.02, operation="token")],
    ids=["late", "by drips"],
)
def test_a_slow_token_endpoint_ends_with_the_deadline(fault: Fault, world: World) -> None:
    """The time until there is a token belongs to the call."""
    with Emulator([RECORD], faults=[fault]) as emulator:
        auth = ClientCredentialsAuth(*CREDENTIALS)
        error = world.errors(within(0.1), emulator.hostname, auth=auth, retry=0)
        assert type(error) is RequestTimeoutError
        assert emulator.request_counts["get"] == 0


def test_a_call_that_came_too_late_holds_up_no_other(world: World) -> None:
    """Its place among the requests in flight is free again, though its answer is still to come."""
    with Wire(hang(), say(http(GOOD))) as server:
        late, record = world.outcomes([within(0.1), within(30)], server.hostname, max_concurrency=1, retry=0)
    assert (type(late), record.rid) == (RequestTimeoutError, RID)


def test_a_token_that_came_too_late_holds_up_no_other(world: World) -> None:
    """The next call fetches one itself."""
    granted = say(http(b'{"access_token": "token", "expires_in": 3600}'))
    with Wire(hang(), granted, say(http(GOOD))) as server:
        auth = ClientCredentialsAuth(*CREDENTIALS)
        late, record = world.outcomes([within(0.1), within(30)], server.hostname, auth=auth, retry=0)
    assert (type(late), record.rid) == (RequestTimeoutError, RID)


def test_who_waits_for_the_token_of_another_thread_keeps_its_deadline() -> None:
    """The thread that fetches the token may wait; the second one gives up in time."""

    def handler(request: httpx.Request, hold: Callable[[], None]) -> httpx.Response:
        if request.url.path.endswith("/token"):
            hold()
            return httpx.Response(200, json={"access_token": TOKEN, "expires_in": 3600})
        return sound(request)

    assert type(_beside(handler, auth=ClientCredentialsAuth("id", "secret"))) is RequestTimeoutError


def test_who_waits_for_a_free_slot_keeps_its_deadline() -> None:
    """With as many requests in flight as are allowed, the next one waits no longer than it may."""

    def handler(request: httpx.Request, hold: Callable[[], None]) -> httpx.Response:
        hold()
        return sound(request)

    assert type(_beside(handler, max_concurrency=1)) is RequestTimeoutError


def _beside(
    handler: Callable[[httpx.Request, Callable[[], None]], httpx.Response], auth: Any = TOKEN, **options: Any
) -> object:
    """What a call with a deadline comes to while another thread is held up, until that call is over."""
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
