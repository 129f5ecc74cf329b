"""The deadline of a call, and what is sent: values without I/O."""

from __future__ import annotations

import json
import math
from typing import Any

import httpx
import pytest

from foundry_checkpoints import InvalidRequestError
from foundry_checkpoints._http.messages import Deadline, is_header_text, new_trace_id
from foundry_checkpoints._http.transport import Transport
from foundry_checkpoints_api.client import Request
from tests.worlds import FakeTime, Stub, settings

TIMEOUT = httpx.Timeout(30.0, connect=5.0, pool=None)


def test_a_deadline_is_a_point_in_time() -> None:
    """What is left shrinks with the clock, to 0 and not below."""
    time = FakeTime(now=100.0)
    deadline = Deadline(5, time.clock)
    found = []
    for time.now in (100.0, 104.0, 105.0, 110.0):
        found.append(deadline.remaining())
    assert found == [5.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("total_timeout", [None, math.inf, 1e300], ids=repr)
def test_without_a_deadline_nothing_is_bounded(total_timeout: float | None) -> None:
    """A time that no lock can wait for is no limit."""
    deadline = Deadline(total_timeout, FakeTime().clock)
    assert deadline.remaining() is None
    assert deadline.bound(TIMEOUT) == {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": None}


def test_no_step_of_a_request_is_longer_than_what_is_left() -> None:
    """A step that has no limit gets one, and httpx never gets 0, which it would reject."""
    time = FakeTime()
    deadline = Deadline(10, time.clock)
    assert deadline.bound(TIMEOUT) == {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 10.0}
    time.now = 20.0
    assert {*deadline.bound(TIMEOUT).values()} == {0.001}


def made(request: Request, trace_id: str = "463ac35c9f6413ad", **options: Any) -> httpx.Request:
    with httpx.Client(transport=httpx.MockTransport(Stub({}))) as http:
        return Transport(settings(**options), http).prepared(request, trace_id)()


def test_a_get_has_no_body() -> None:
    """The client says who sends, what it accepts, and which call this is."""
    request = made(Request("GET", "/v2/a", {"preview": True}), "463ac35c9f6413ad", user_agent="siem/1")
    assert (request.method, str(request.url)) == ("GET", "https://example.palantirfoundry.com/api/v2/a?preview=true")
    assert request.content == b""
    assert request.headers.pop("User-Agent").endswith(" siem/1")
    assert request.headers == {
        "Host": "example.palantirfoundry.com",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "X-B3-TraceId": "463ac35c9f6413ad",
    }


def test_a_post_has_compact_json() -> None:
    """The body is encoded once, whatever the number of attempts."""
    request = made(Request("POST", "/v2/a", {}, {"a": [1, "ü"]}))
    assert request.headers["Content-Type"] == "application/json"
    assert request.content == b'{"a":[1,"\\u00fc"]}'
    assert json.loads(request.content) == {"a": [1, "ü"]}


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    "body", [object(), float("nan"), {1, 2}, nested(100_000)], ids=["object", "nan", "set", "nested"]
)
def test_what_isnt_json_is_rejected(body: Any) -> None:
    """The caller learns it before anything is sent."""
    with pytest.raises(InvalidRequestError, match="JSON"):
        made(Request("POST", "/v2/a", {}, body))


def test_trace_ids_are_64_bits_in_hexadecimal() -> None:
    """Each is another one."""
    ids = {new_trace_id() for _ in range(100)}
    assert len(ids) == 100
    assert {len(trace_id) for trace_id in ids} == {16}
    assert all(int(trace_id, 16) >= 0 for trace_id in ids)


@pytest.mark.parametrize("text", ["", " ", "a ", " a", "a\r\nX-Other: b", "ü", "a\x00", 5, None], ids=repr)
def test_what_a_header_cant_hold_is_rejected(text: Any) -> None:
    """A trace ID becomes a header unchanged, so it must be able to."""
    assert not is_header_text(text)
    with pytest.raises(InvalidRequestError, match="trace_id"):
        made(Request("GET", "/v2/a", {}), text)
