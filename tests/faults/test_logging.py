"""What the log tells: one DEBUG line for each attempt, one INFO line for each retry, and nothing that it should not."""

from __future__ import annotations

import logging
import re

import httpx
import pytest

from foundry_checkpoints import (
    ApiError,
    ClientCredentialsAuth,
    ConfigurationError,
    InvalidRequestError,
    __api_version__,
)
from foundry_checkpoints.emulator import Emulator, Fault
from tests.faults.worlds import EVERY_CALL, RECORD, RID, TOKEN, Handler, Script, World, drain, get

MINE = "0123456789abcdef"


def lines(log: pytest.LogCaptureFixture, level: int) -> list[str]:
    """The messages of this library at a level."""
    return [
        record.getMessage()
        for record in log.records
        if record.name == "foundry_checkpoints" and record.levelno == level
    ]


def test_each_attempt_is_one_debug_line(world: World, log: pytest.LogCaptureFixture) -> None:
    """With method, path, status, milliseconds, the number of the attempt and the trace id."""
    world.run(lambda records: records.get(RID, trace_id=MINE), handler=Script(httpx.Response(503)))
    form = rf"GET /api/v2/checkpoints/records/{re.escape(RID)}: (\d+) in \d+ ms, attempt (\d), trace {MINE}"
    found = [re.fullmatch(form, line) for line in lines(log, logging.DEBUG)]
    assert [match.groups() for match in found if match] == [("503", "1"), ("200", "2")]
    assert len(found) == 2


def test_each_retry_is_one_info_line(world: World, log: pytest.LogCaptureFixture) -> None:
    """With the reason and the delay; a call that works at once has none."""
    world.run(get, handler=Script())
    assert lines(log, logging.INFO) == []
    world.run(
        lambda records: records.get(RID, trace_id=MINE),
        handler=Script(httpx.Response(503), httpx.ConnectError("refused")),
    )
    first, second = lines(log, logging.INFO)
    assert "503" in first
    assert "ConnectError" in second
    assert all(re.search(rf"\d s.*{MINE}", line) for line in (first, second))


def test_a_replay_with_a_new_token_is_told_too(world: World, log: pytest.LogCaptureFixture) -> None:
    """It is a second attempt for a reason."""
    world.run(get, handler=Script(httpx.Response(401)), auth=lambda: TOKEN)
    (line,) = lines(log, logging.INFO)
    assert "401" in line


def test_a_failed_attempt_names_what_failed(world: World, log: pytest.LogCaptureFixture) -> None:
    """A broken connection by the kind of its error, an answer that is none by its status."""
    world.errors(get, handler=Script(httpx.ReadError("reset")), retry=0)
    world.errors(get, handler=Script(httpx.Response(200, content=b"<html>")), retry=0)
    network, decode = lines(log, logging.DEBUG)
    assert "ReadError" in network
    assert ": 200 in" in decode


def test_an_attempt_that_got_no_token_names_the_token_endpoint(world: World, log: pytest.LogCaptureFixture) -> None:
    """The status is that of the answer, so that nobody takes it for one of the API."""
    with Emulator(faults=[Fault.status(503, operation="token", times=None)]) as emulator:
        auth = ClientCredentialsAuth("emulator-client", "emulator-secret")
        world.errors(get, emulator.hostname, auth=auth, retry=0)
    (line,) = lines(log, logging.DEBUG)
    assert "503" in line
    assert "token" in line.lower()


@pytest.mark.parametrize("name", EVERY_CALL)
def test_no_query_and_no_body_is_logged(name: str, world: World, log: pytest.LogCaptureFixture) -> None:
    """Paths only: a filter may hold names of people."""
    world.run(EVERY_CALL[name], handler=Script(httpx.Response(503)))
    ours = lines(log, logging.DEBUG) + lines(log, logging.INFO)
    assert len(ours) == 3
    assert not any("?" in line or "preview" in line or "createdAt" in line for line in ours)


def test_nothing_is_logged_above_info(world: World, log: pytest.LogCaptureFixture) -> None:
    """An error is raised, and that is enough."""
    world.errors(get, handler=Script(*[httpx.Response(503)] * 9))
    assert max(record.levelno for record in log.records) <= logging.INFO


def test_every_line_is_one_line(world: World, log: pytest.LogCaptureFixture) -> None:
    """Whatever a server or a caller puts into it."""
    reason = httpx.RemoteProtocolError("a\nINFO forged\x1b[31m\u2028b")
    world.errors(get, handler=Script(*[reason] * 9))
    assert all(line.isprintable() for level in (logging.DEBUG, logging.INFO) for line in lines(log, level))


# Trace ids


def test_one_trace_id_for_all_attempts_of_a_call(world: World) -> None:
    """16 hexadecimal digits, sent as X-B3-TraceId, on the error, and another one for the next call."""
    script = Script(*[httpx.Response(503)] * 6)
    errors = world.outcomes([get, get], handler=script)
    sent = [request.headers["X-B3-TraceId"] for request in script.requests]
    assert sent == [errors[0].trace_id] * 3 + [errors[1].trace_id] * 3
    assert len(set(sent)) == 2
    assert all(re.fullmatch(r"[0-9a-f]{16}", trace_id) for trace_id in sent)


@pytest.mark.parametrize(
    "failure",
    [
        lambda _: httpx.Response(503),
        lambda _: httpx.Response(302),
        lambda _: httpx.Response(200, content=b"x"),
        httpx.ConnectError("refused"),
    ],
    ids=["status", "redirect", "no JSON", "network"],
)
def test_the_trace_id_is_on_every_error(failure: Handler | Exception, world: World) -> None:
    """Of whatever class; the error of an answer has it in its text, for the support to find the call by."""
    error = world.errors(lambda records: records.get(RID, trace_id=MINE), handler=Script(failure), retry=0)
    assert error.trace_id == MINE
    assert MINE in str(error) or not isinstance(error, ApiError)


def test_the_trace_id_is_on_an_answer_to_another_question(world: World) -> None:
    """A batch with a record that was not asked for came from a call as well."""
    answer = httpx.Response(200, json={"data": {"ri.other": {**RECORD, "rid": "ri.other"}}})
    error = world.errors(lambda records: records.get_batch([RID], trace_id=MINE), handler=Script(answer))
    assert (error.trace_id, error.attempts) == (MINE, 1)


@pytest.mark.parametrize("name", EVERY_CALL)
def test_a_trace_id_of_the_callers_own_is_sent(name: str, world: World) -> None:
    """By every method, with every request."""
    asks = {
        "get": lambda records: records.get(RID, trace_id=MINE),
        "get_batch": lambda records: records.get_batch([RID], trace_id=MINE),
        "iter_batch": lambda records: drain(records.iter_batch([RID], trace_id=MINE)),
        "search": lambda records: drain(records.search(trace_id=MINE)),
        "pages": lambda records: drain(records.search(trace_id=MINE).pages()),
        "first": lambda records: records.search(trace_id=MINE).first(),
    }
    script = Script(httpx.Response(503))
    world.run(asks[name], handler=script)
    assert [request.headers["X-B3-TraceId"] for request in script.requests] == [MINE, MINE]


@pytest.mark.parametrize(
    "trace_id", ["a\nb", "a b\r\nX-Evil: 1", "\x00", "é", "\ud800", "", " ", " a", "a ", 5], ids=repr
)
def test_a_trace_id_that_is_no_header_is_refused(trace_id: str, world: World) -> None:
    """Before anything is sent."""
    script = Script()
    error = world.errors(lambda records: records.get(RID, trace_id=trace_id), handler=script)
    assert (type(error), script.requests) == (InvalidRequestError, [])
    assert "trace" in str(error)


@pytest.mark.parametrize("user_agent", ["a\nb", "a\r\nX-Evil: 1", "\x00", "é", "\ud800", "a "], ids=repr)
def test_a_user_agent_that_is_no_header_is_refused(user_agent: str, world: World) -> None:
    """When the client is made."""
    with pytest.raises(ConfigurationError, match="user_agent"):
        world.run(get, handler=Script(), user_agent=user_agent)


def test_the_user_agent_names_the_library(world: World) -> None:
    """With the version of the API, on requests of records and of tokens alike; the caller's own part comes after it."""
    with Emulator([RECORD]) as emulator:
        auth = ClientCredentialsAuth("emulator-client", "emulator-secret")
        world.run(get, emulator.hostname, auth=auth, user_agent="my-job/7")
        agents = {request.operation: request.headers.get("user-agent", "") for request in emulator.requests}
    form = rf"foundry-checkpoints/\S+ \(API {re.escape(__api_version__)}\) python/3\.\d+ my-job/7"
    assert [bool(re.fullmatch(form, agent)) for agent in agents.values()] == [True, True], agents


def test_the_trace_id_goes_with_the_token_request(world: World) -> None:
    """It is part of the call, and the support can find it there."""
    with Emulator([RECORD]) as emulator:
        auth = ClientCredentialsAuth("emulator-client", "emulator-secret")
        world.run(lambda records: records.get(RID, trace_id=MINE), emulator.hostname, auth=auth)
        assert [request.headers.get("x-b3-traceid") for request in emulator.requests] == [MINE, MINE]
