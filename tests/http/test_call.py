"""The attempts of a call: which error is retried, after how long, and what the last one says."""

from __future__ import annotations

import logging
import threading
from typing import Any

import httpx
import pytest

from foundry_checkpoints import InvalidRequestError, NetworkError, RequestTimeoutError, RetryPolicy, TokenAuth, errors
from foundry_checkpoints._http.call import Call
from foundry_checkpoints._http.messages import Deadline
from foundry_checkpoints._http.transport import Transport
from foundry_checkpoints.errors import ApiError, UnauthorizedError
from foundry_checkpoints_api.client import Request
from tests.samples import RIDS, SAMPLES, error_body
from tests.worlds import FakeTime, Stub, World, settings

RETRY = RetryPolicy(max_retries=3, backoff=1, backoff_max=3)


def run(
    *outcomes: BaseException | None, time: FakeTime | None = None, total_timeout: float | None = None, **options: Any
) -> list[float]:
    """Play the outcomes of attempts until one leaves its block; return the waits after the others."""
    time = FakeTime() if time is None else time
    options.setdefault("retry", RETRY)
    deadline = Deadline(total_timeout, time.clock)
    http = httpx.Client(transport=httpx.MockTransport(Stub({})))
    call = Call(Transport(settings(time, **options), http), deadline, "0123456789abcdef")
    waits: list[float] = []
    for outcome in outcomes:
        with call:
            if outcome is None:
                return waits
            raise outcome
        waits.append(call.wait)
        time.now += call.wait
    return waits


def test_waits_grow_up_to_a_bound() -> None:
    """They double, and the last failure is raised."""
    failures = [NetworkError("reset") for _ in range(4)]
    assert run(*failures[:3], None) == [1.0, 2.0, 3.0]
    with pytest.raises(NetworkError) as caught:
        run(*failures)
    assert caught.value is failures[-1]


def test_an_error_says_how_often_and_in_which_call() -> None:
    """The attempts and the trace ID are on it, and in its text."""
    with pytest.raises(NetworkError) as caught:
        run(*(NetworkError("reset") for _ in range(4)))
    assert (caught.value.attempts, caught.value.trace_id) == (4, "0123456789abcdef")
    assert str(caught.value) == "reset [trace 0123456789abcdef] [4 attempts]"


@pytest.mark.parametrize(
    "error",
    [
        ApiError(400),
        ApiError(501),
        ApiError(503, headers={"qos-retry-hint": "do-not-retry"}),
        NetworkError("certificate", transient=False),
        errors.ResponseDecodeError("body", "not JSON"),
        errors.ConfigurationError("no token"),
        LookupError("not ours"),
        KeyboardInterrupt(),
    ],
    ids=["400", "501", "hint", "lasting", "decode", "configuration", "other", "interrupt"],
)
def test_what_cant_pass_is_raised_at_once(error: BaseException) -> None:
    """Another attempt would fail in the same way."""
    with pytest.raises(type(error)) as caught:
        run(error, None)
    assert caught.value is error


def test_the_service_says_how_long_to_wait() -> None:
    """`Retry-After` is waited for up to a bound; a longer one ends the call, with `retry_after`."""
    assert run(ApiError(429, headers={"retry-after": "7"}), None) == [7.0]
    with pytest.raises(ApiError) as caught:
        run(ApiError(429, headers={"retry-after": "61"}), None)
    assert caught.value.retry_after == 61.0


def test_no_wait_reaches_beyond_the_deadline() -> None:
    """The error is a timeout, with the last failure as its cause; the deadline is no reason to wait less."""
    failure = NetworkError("reset")
    with pytest.raises(RequestTimeoutError, match="reset") as caught:
        run(NetworkError("reset"), failure, total_timeout=2.5)
    assert (caught.value.attempts, caught.value.__cause__) == (2, failure)


def test_a_retry_after_beyond_the_deadline_is_the_error_of_the_service() -> None:
    """It says when to come back."""
    with pytest.raises(ApiError) as caught:
        run(ApiError(503, headers={"retry-after": "5"}), total_timeout=4)
    assert (caught.value.retry_after, caught.value.attempts) == (5.0, 1)


def test_a_401_is_answered_with_another_token_once() -> None:
    """At once and beyond the retries, if there can be another token; a second 401 is the error."""
    auth = TokenAuth(lambda: "token")
    assert run(UnauthorizedError(401), None, auth=auth, retry=0) == [0.0]
    assert run(UnauthorizedError(401), *[NetworkError("reset")] * 3, None, auth=auth) == [0.0, 1.0, 2.0, 3.0]
    with pytest.raises(UnauthorizedError):
        run(UnauthorizedError(401), UnauthorizedError(401), None, auth=auth)
    with pytest.raises(UnauthorizedError):
        run(UnauthorizedError(401), None)


@pytest.mark.anyio
async def test_a_call_waits_between_its_attempts(world: World) -> None:
    """In the sync client, under asyncio, and under trio: one trace ID, and the waits of the policy."""
    time = FakeTime()
    stub = Stub(httpx.Response(500), httpx.Response(502, json=error_body("Default:Internal")), SAMPLES[0])
    async with world.answered_by(stub, time, retry=RETRY) as records:
        assert (await records.get(RIDS[0])).rid == RIDS[0]
    assert time.waits == [1.0, 2.0]
    assert len({request.headers["x-b3-traceid"] for request in stub.requests}) == 1
    assert len(stub.requests) == 3


def test_a_call_that_isnt_wanted_makes_no_other_attempt() -> None:
    """The caller stopped iterating while it waited."""
    stop, time, stub = threading.Event(), FakeTime(), Stub({}, status=500)
    stop.set()
    with httpx.Client(transport=httpx.MockTransport(stub)) as http:
        call = Call(Transport(settings(time), http), Deadline(None), None, stop)
        with pytest.raises(InvalidRequestError, match="stopped"):
            call.send(Request("GET", "/a", {}), dict, dict)
    assert len(stub.requests) == 1


def test_every_attempt_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """On DEBUG how it ended, and on INFO that another one follows; the trace ID is in each line."""
    caplog.set_level(logging.DEBUG, "foundry_checkpoints")
    run(NetworkError("reset"), None)
    assert [record.levelname for record in caplog.records] == ["DEBUG", "INFO", "DEBUG"]
    assert all("0123456789abcdef" in line for line in caplog.messages)
    assert "reset" in caplog.messages[1]
