"""The log: one DEBUG line for each attempt, one INFO line for each retry, and nothing that it shouldn't hold."""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import Any

import httpx
import pytest

from foundry_checkpoints import (
    ClientCredentialsAuth,
    ConfigurationError,
    InvalidRequestError,
    ResponseDecodeError,
    __api_version__,
)
from foundry_checkpoints.emulator import Emulator, Fault
from tests.faults.worlds import EVERY_CALL, RECORD, RID, TOKEN, Ask, Script, World, get, get_batch
from tests.worlds import Handler

MINE = "0123456789abcdef"


def lines(log: pytest.LogCaptureFixture, level: int) -> list[str]:
    """Return the messages of this library at a level."""
    return [
        record.getMessage()
        for record in log.records
        if record.name == "foundry_checkpoints" and record.levelno == level
    ]


def test_each_attempt_is_one_debug_line(world: World, log: pytest.LogCaptureFixture) -> None:
    """It has the method, the path, the status, milliseconds, the number of the attempt, and the trace ID."""
    world.run(traced(get), handler=Script(httpx.Response(503)))
    form = rf"GET /api/v2/checkpoints/records/{re.escape(RID)}: (\d+) in \d+ ms, attempt (\d), trace {MINE}"
    found = [re.fullmatch(form, line) for line in lines(log, logging.DEBUG)]
    assert [match.groups() for match in found if match] == [("503", "1"), ("200", "2")]
    assert len(found) == 2


def test_each_retry_is_one_info_line(world: World, log: pytest.LogCaptureFixture) -> None:
    """It has the reason and the delay; a call that works at once has none."""
    world.run(get, handler=Script())
    assert lines(log, logging.INFO) == []
    world.run(
        traced(get),
        handler=Script(httpx.Response(503), httpx.ConnectError("refused")),
    )
    first, second = lines(log, logging.INFO)
    assert "503" in first
    assert "ConnectError" in second
    assert all(re.search(rf"\d s.*{MINE}", line) for line in (first, second))


def test_a_replay_with_a_new_token_is_logged_too(sync: World, log: pytest.LogCaptureFixture) -> None:
    """It is a second attempt for a reason."""
    sync.run(get, handler=Script(httpx.Response(401)), auth=lambda: TOKEN)
    (line,) = lines(log, logging.INFO)
    assert "401" in line


def test_a_failed_attempt_names_what_failed(world: World, log: pytest.LogCaptureFixture) -> None:
    """It names a broken connection, and what is wrong with a response."""
    world.errors(get, handler=Script(httpx.ReadError("reset")), retry=0)
    world.errors(get, handler=Script(httpx.Response(200, content=b"<html>")), retry=0)
    network, decode = lines(log, logging.DEBUG)
    assert "foundry.example: ReadError: reset" in network
    assert "ResponseDecodeError (body: not JSON)" in decode


def test_an_attempt_that_got_no_token_names_the_token_endpoint(world: World, log: pytest.LogCaptureFixture) -> None:
    """Nobody takes the status for one of the API."""
    with Emulator(faults=[Fault.status(503, operation="token", times=None)]) as emulator:
        auth = ClientCredentialsAuth("emulator-client", "emulator-secret")
        world.errors(get, emulator.hostname, auth=auth, retry=0)
    (line,) = lines(log, logging.DEBUG)
    assert "503" in line
    assert "token" in line.lower()


def test_no_query_and_no_body_is_logged(sync: World, log: pytest.LogCaptureFixture) -> None:
    """The log has paths only: a filter can hold names of people."""
    for ask in EVERY_CALL.values():
        sync.run(ask, handler=Script(httpx.Response(503)))
    ours = lines(log, logging.DEBUG) + lines(log, logging.INFO)
    assert len(ours) >= 3 * len(EVERY_CALL)
    assert not any("?" in line or "preview" in line or "createdAt" in line for line in ours)


def test_nothing_is_logged_above_info(sync: World, log: pytest.LogCaptureFixture) -> None:
    """An error is raised, and that is enough."""
    sync.errors(get, handler=Script(*[httpx.Response(503)] * 9))
    assert max(record.levelno for record in log.records) <= logging.INFO


def test_every_line_is_one_line(sync: World, log: pytest.LogCaptureFixture) -> None:
    """No server can add another one."""
    reason = httpx.RemoteProtocolError("a\nINFO forged\x1b[31m\u2028b")
    sync.errors(get, handler=Script(*[reason] * 9))
    assert all(line.isprintable() for level in (logging.DEBUG, logging.INFO) for line in lines(log, level))


# Trace IDs


def test_one_trace_id_for_all_attempts_of_a_call(world: World) -> None:
    """It is 16 hexadecimal digits, sent as X-B3-TraceId, and on the error; the next call has another one."""
    script = Script(*[httpx.Response(503)] * 6)
    errors = world.outcomes([get, get], handler=script)
    sent = [request.headers["X-B3-TraceId"] for request in script.requests]
    assert sent == [errors[0].trace_id] * 3 + [errors[1].trace_id] * 3
    assert len(set(sent)) == 2
    assert all(re.fullmatch(r"[0-9a-f]{16}", trace_id) for trace_id in sent)


def traced(ask: Ask, trace_id: Any = MINE) -> Ask:
    """Return the call with a trace ID of the caller's own."""
    return lambda records: ask(_Traced(records, trace_id))


class _Traced:
    """The records of a client, whose methods send a trace ID."""

    def __init__(self, records: Any, trace_id: Any) -> None:
        self._records = records
        self._trace_id = trace_id

    def __getattr__(self, method: str) -> Any:
        return partial(getattr(self._records, method), trace_id=self._trace_id)


FAILURES: list[Handler | Exception] = [
    lambda _: httpx.Response(503),
    lambda _: httpx.Response(302),
    lambda _: httpx.Response(200, content=b"x"),
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("slow"),
]


def test_the_trace_id_is_on_every_error(world: World) -> None:
    """It is in the text of each class, with the number of attempts, so that support can find the call."""
    for failure in FAILURES:
        error = world.errors(traced(get), handler=Script(*[failure] * 9))
        assert error.trace_id == MINE
        assert f"[trace {MINE}]" in str(error)
        assert ("[3 attempts]" in str(error)) == (error.attempts == 3)


def test_the_trace_id_is_on_an_answer_to_another_question(sync: World) -> None:
    """A batch with a record that wasn't requested came from a call too."""
    answer = httpx.Response(200, json={"data": {"ri.other": {**RECORD, "rid": "ri.other"}}})
    error = sync.errors(traced(get_batch), handler=Script(httpx.Response(503), answer))
    assert (type(error), error.trace_id, error.attempts) == (ResponseDecodeError, MINE, 2)


def test_a_trace_id_of_the_callers_own_is_sent(world: World) -> None:
    """Every method sends it with every request."""
    script = Script(httpx.Response(503))
    for outcome in world.outcomes(map(traced, EVERY_CALL.values()), handler=script):
        assert not isinstance(outcome, Exception)
    assert len(script.requests) > len(EVERY_CALL)
    assert {request.headers["X-B3-TraceId"] for request in script.requests} == {MINE}


def test_a_trace_id_that_cannot_be_a_header_is_rejected(sync: World) -> None:
    """The client sends nothing."""
    wrong: list[Any] = ["a\nb", "a b\r\nX-Evil: 1", "\x00", "é", "\ud800", "", " ", " a", "a ", 5]
    for trace_id in wrong:
        script = Script()
        error = sync.errors(traced(get, trace_id), handler=script)
        assert (type(error), script.requests) == (InvalidRequestError, [])
        assert "trace" in str(error)


def test_a_user_agent_that_cannot_be_a_header_is_rejected(sync: World) -> None:
    """The constructor rejects it."""
    for user_agent in ("a\nb", "a\r\nX-Evil: 1", "\x00", "é", "\ud800", "a "):
        with pytest.raises(ConfigurationError, match="user_agent"):
            sync.run(get, handler=Script(), user_agent=user_agent)


def test_a_token_request_belongs_to_the_call(world: World) -> None:
    """It has the trace ID of the call, and a user agent that names the library, the API, and the caller's own part."""
    with Emulator([RECORD]) as emulator:
        auth = ClientCredentialsAuth("emulator-client", "emulator-secret")
        world.run(traced(get), emulator.hostname, auth=auth, user_agent="my-job/7")
        seen = [request.headers for request in emulator.requests]
    form = rf"foundry-checkpoints/\S+ \(API {re.escape(__api_version__)}\) python/3\.\d+ my-job/7"
    assert [headers.get("x-b3-traceid") for headers in seen] == [MINE, MINE]
    assert [bool(re.fullmatch(form, headers.get("user-agent", ""))) for headers in seen] == [True, True]
