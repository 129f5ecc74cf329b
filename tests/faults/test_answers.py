"""Whatever comes back, a call ends in a value or in one typed error that is safe to log."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry_checkpoints import (
    ApiError,
    BadRequestError,
    CheckpointsError,
    ConflictError,
    EndpointNotAvailableError,
    InternalServerError,
    NetworkError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    RequestEntityTooLargeError,
    RequestTimeoutError,
    ResponseDecodeError,
    RetryPolicy,
    ServiceUnavailableError,
    UnauthorizedError,
    UnprocessableEntityError,
)
from foundry_checkpoints.emulator import sample_records
from tests.faults.wire import Wire, flood, http, say
from tests.faults.worlds import EVERY_CALL, RECORD, RID, Handler, Script, World, drain, get, get_batch, search, sound

# httpx leaves the generators below it to the garbage collector when it stops in the middle of a body.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'http(x|core):ResourceWarning")

CLASSES: dict[int, type[ApiError]] = {
    302: RedirectError,
    400: BadRequestError,
    401: UnauthorizedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: ApiError,
    409: ConflictError,
    413: RequestEntityTooLargeError,
    418: ApiError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    500: InternalServerError,
    502: InternalServerError,
    503: ServiceUnavailableError,
    599: InternalServerError,
}
BODIES: dict[str, bytes] = {
    "HTML": b"<!DOCTYPE html>\n<html>\n<body>Bad gateway</body>\n</html>",
    "empty": b"",
    "white space": b" \r\n",
    "binary": bytes(range(256)),
    "not UTF-8": b'{"errorName": "\xff\xfe"}',
    "UTF-16": '{"errorName": "X"}'.encode("utf-16"),
    "huge": b"x" * 1_200_000,
    "huge JSON": b'{"errorName": "' + b"x" * 1_200_000 + b'"}',
    "list": b'[{"errorName": "X"}]',
    "null": b"null",
    "number": b"5",
    "text": b'"CheckpointRecordNotFound"',
    "wrong types": b'{"errorCode": 5, "errorName": [], "errorInstanceId": {}, "parameters": [1]}',
    "control characters": json.dumps({"errorName": "A\nINFO forged\x1b[31m\x9b", "errorCode": "\r\n\u2028"}).encode(),
    "lone surrogates": b'{"errorName": "\\ud800", "parameters": {"a": "\\udfff"}}',
    "long": json.dumps({"errorName": "N" * 5000, "errorCode": "C" * 5000, "errorInstanceId": "I" * 5000}).encode(),
    "long texts": json.dumps({"errorDescription": "d" * 9000, "parameters": {"p" * 9000: "v" * 9000}}).encode(),
    "NaN": b'{"errorName": "X", "parameters": {"a": NaN, "b": Infinity}}',
    "large numbers": b'{"errorName": "X", "parameters": {"a": ' + b"9" * 5000 + b"}}",
    "deep list": b"[" * 100_000,
}


def answering(status: int, body: bytes, **headers: str) -> Handler:
    return lambda _: httpx.Response(status, content=body, headers=headers)


def is_safe_to_log(error: BaseException) -> bool:
    return str(error).isascii() and str(error).isprintable() and 0 < len(str(error)) < 2000


@pytest.mark.parametrize("name", BODIES)
def test_any_body_gives_the_class_of_its_status(name: str, world: World) -> None:
    """The message is one short line of printable ASCII; the error can be pickled, copied and hashed."""
    script = Script(*(answering(status, BODIES[name]) for status in CLASSES))
    errors = world.outcomes([get] * len(CLASSES), handler=script, retry=0)
    expected = CLASSES | ({} if BODIES[name].strip() else {404: EndpointNotAvailableError})
    assert {error.status_code: type(error) for error in errors} == expected
    for error in errors:
        assert is_safe_to_log(error)
        for clone in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert (type(clone), str(clone), clone.status_code) == (type(error), str(error), error.status_code)
    assert len(set(errors)) == len(CLASSES)


def test_an_excerpt_says_what_came(world: World) -> None:
    """The reader of the log sees that a gateway answered, on one line."""
    error = world.errors(get, handler=answering(502, BODIES["HTML"]), retry=0)
    assert "502" in str(error)
    assert "<html> <body>Bad gateway</body> </html>" in str(error)


def test_the_parts_of_a_documented_error_are_attributes(world: World) -> None:
    """Name, code, instance, description, parameters, model, headers; and all are in the message."""
    body = {
        "errorCode": "NOT_FOUND",
        "errorName": "CheckpointRecordNotFound",
        "errorInstanceId": "0b7c",
        "errorDescription": "gone",
        "parameters": {"checkpointRid": RID},
    }
    error = world.errors(get, handler=answering(404, json.dumps(body).encode(), **{"X-Some": "value"}))
    assert (error.error_code, error.error_name) == ("NOT_FOUND", "CheckpointRecordNotFound")
    assert (error.error_instance_id, error.error_description) == ("0b7c", "gone")
    assert (error.parameters, error.headers["x-some"]) == ({"checkpointRid": RID}, "value")
    assert error.error is not None
    assert all(part in str(error) for part in ("404", *body, "gone", RID) if part in body.values())


@pytest.fixture(params=["orjson", "json"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra `speed` and without it."""
    if request.param == "json":
        monkeypatch.setattr("foundry_checkpoints._http.transport._fast_loads", json.loads)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("status", [200, 500])
def test_nesting_of_any_depth_ends_in_an_error_of_ours(status: int, world: World) -> None:
    """What a JSON parser reads may still be too deep to show, to decode or to pickle."""
    depths = [100, 400, *range(880, 1040, 12), 1023, 1024, 1025, 3000]
    body = b'{"errorName": "X", "parameters": {"a": %b}}'
    script = Script(*(answering(status, body % (b"[" * depth + b"]" * depth)) for depth in depths))
    for error in world.outcomes([get] * len(depths), handler=script, retry=0):
        assert type(error) is (InternalServerError if status == 500 else ResponseDecodeError), repr(error)
        assert is_safe_to_log(pickle.loads(pickle.dumps(error)))


# Successes that are none

NO_RECORDS: dict[str, tuple[bytes, str]] = {
    "HTML": (BODIES["HTML"], "body: not JSON"),
    "empty": (b"", "body: empty"),
    "binary": (BODIES["binary"], "body: not JSON"),
    "list": (b"[]", "Record: unexpected array"),
    "null": (b"null", "Record: unexpected null"),
    "text": (b'"x"', "Record: unexpected string"),
    "another object": (b"{}", "missing"),
    "a wrong type": (json.dumps({**RECORD, "checkpointedItems": 5}).encode(), "checkpointedItems: unexpected number"),
    "a wrong time": (json.dumps({**RECORD, "createdAt": "soon"}).encode(), "Record.createdAt: not a time"),
    "deep list": (b"[" * 100_000, "body"),
    "cut": (json.dumps(RECORD).encode()[:-1], "body: not JSON"),
}


@pytest.mark.usefixtures("parser")
def test_a_success_that_is_none_says_where_it_is_wrong(world: World) -> None:
    """By path, never by content."""
    script = Script(*(answering(200, body) for body, _ in NO_RECORDS.values()))
    errors = world.outcomes([get] * len(NO_RECORDS), handler=script, retry=0)
    for error, (_, where) in zip(errors, NO_RECORDS.values(), strict=True):
        assert type(error) is ResponseDecodeError
        assert where in str(error)
        assert is_safe_to_log(error)


MARK = "Confidential-justification"


@pytest.mark.parametrize(
    ("ask", "body"),
    [
        (get, {**RECORD, "justification": MARK}),
        (get, {**RECORD, "createdAt": MARK}),
        (get, {**RECORD, "actingUser": {"username": [MARK]}}),
        (get_batch, {"data": {MARK: 5}}),
        (get_batch, {"data": {f"a\nINFO forged {MARK}": {}}}),
        (get_batch, {"data": {MARK: RECORD}}),
        (search, {"data": [{MARK: MARK}]}),
        (search, {"data": MARK}),
        (search, {"data": [], "nextPageToken": [MARK]}),
    ],
    ids=str,
)
def test_no_content_of_a_record_is_in_the_error(ask: Any, body: Any, world: World) -> None:
    """Neither in its text nor in anything that it holds."""
    error = world.errors(ask, handler=answering(200, json.dumps(body).encode()))
    assert type(error) is ResponseDecodeError
    assert MARK not in str(error)
    assert MARK.encode() not in pickle.dumps(error)
    assert is_safe_to_log(error)


def test_a_success_cut_short_anywhere_is_retried() -> None:
    """A body without a length that ends early is cut off, wherever that is: after an inner object, in a character."""
    record = min(sample_records(40), key=lambda record: len(str(record)))
    body = json.dumps({**record, "note": ["Grüße 🙂", 1.5, None]}, ensure_ascii=False).encode()
    cuts = [httpx.Response(200, content=body[:length]) for length in range(len(body))]
    script = Script(*[answer for cut in cuts for answer in (cut, sound)])
    outcomes = World("sync").outcomes([get] * len(cuts), handler=script, retry=RetryPolicy(1, 1e-6))
    assert [body[:length] for length, outcome in enumerate(outcomes) if isinstance(outcome, Exception)] == []


# Everything that libraries raise


def _exceptions(*modules: Any) -> list[type[Exception]]:
    found = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    return sorted((value for value in found if issubclass(value, Exception)), key=lambda value: value.__qualname__)


def _made(kind: type[Exception]) -> Exception:
    match kind:
        case httpx.HTTPStatusError:
            request = httpx.Request("GET", "https://foundry.example")
            return httpx.HTTPStatusError("status", request=request, response=httpx.Response(500, request=request))
        case json.JSONDecodeError:
            return json.JSONDecodeError("text", "{", 0)
        case httpx.RequestNotRead | httpx.ResponseNotRead | httpx.StreamConsumed | httpx.StreamClosed:
            return kind()
    return kind("what happened")


EXCEPTIONS = _exceptions(httpx, json)


def test_every_exception_of_httpx_and_json_maps_into_the_tree(world: World) -> None:
    """Raised by the transport, it comes out as an error of this library with the original as its cause.

    Not so a LocalProtocolError, whose text may hold a header, and with it a token.
    """
    script = Script(*map(_made, EXCEPTIONS))
    outcomes = world.outcomes([get] * len(EXCEPTIONS), handler=script, retry=0)
    for kind, error in zip(EXCEPTIONS, outcomes, strict=True):
        assert isinstance(error, CheckpointsError), repr(error)
        assert isinstance(error.__cause__, kind) or kind is httpx.LocalProtocolError
        assert kind.__name__ in str(error)
        is_timeout = issubclass(kind, httpx.TimeoutException)
        assert isinstance(error, RequestTimeoutError) == isinstance(error, TimeoutError) == is_timeout
        assert is_safe_to_log(error)


def breaking(status: int, kind: type[Exception]) -> Handler:
    return lambda _: httpx.Response(status, stream=_Broken(_made(kind)))


def test_every_exception_maps_while_a_body_is_read(world: World) -> None:
    """The same in the middle of a success."""
    script = Script(*(breaking(200, kind) for kind in EXCEPTIONS))
    for error in world.outcomes([get] * len(EXCEPTIONS), handler=script, retry=0):
        assert isinstance(error, CheckpointsError), repr(error)


def test_an_error_whose_body_breaks_keeps_its_status(world: World) -> None:
    """What was read of it is enough."""
    kinds = [kind for kind in EXCEPTIONS if issubclass(kind, httpx.RequestError)]
    script = Script(*(breaking(403, kind) for kind in kinds))
    errors = world.outcomes([get] * len(kinds), handler=script, retry=0)
    assert [type(error) for error in errors] == [PermissionDeniedError] * len(kinds)


class _Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that fails after its first bytes."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        yield b"{"
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{"
        raise self._error


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError("reset"), BrokenPipeError(), TimeoutError(), OSError(24, "Too many open files")],
    ids=repr,
)
def test_errors_of_the_system_map_into_the_tree(error: Exception, world: World) -> None:
    """Sockets fail in their own words."""
    ours = world.errors(get, handler=Script(*[error] * 9))
    assert isinstance(ours, NetworkError)
    assert isinstance(ours, RequestTimeoutError) == isinstance(error, TimeoutError)


# Sizes


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_beyond_the_limit_is_refused_while_it_is_read(declared: bool, world: World) -> None:
    """The client goes away long before the end, and does not come back for more."""
    sent: list[int] = []
    head = b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 99999999\r\n\r\n" if declared else b"\r\n")
    with Wire(flood(head, b"x" * 65536, sent=sent, most=50_000_000)) as server:
        error = world.errors(get, server.hostname, max_body_size=1_000_000)
        assert type(error) is ResponseDecodeError
        assert "max_body_size" in str(error)
        assert len(server.requests) == 1
    assert sum(sent) < 40_000_000


@pytest.mark.parametrize("status", ["403 Forbidden", "503 Service Unavailable"])
def test_an_endless_error_is_read_in_part(status: str, world: World) -> None:
    """Its status is known, and the start of its body."""
    sent: list[int] = []
    reply = flood(f"HTTP/1.1 {status}\r\n\r\n".encode(), b"<p>" * 20_000, sent=sent, most=50_000_000)
    with Wire(reply) as server:
        error = world.errors(get, server.hostname, retry=0)
    assert error.status_code == int(status[:3])
    assert "<p><p>" in str(error)
    assert sum(sent) < 40_000_000


def test_a_body_just_within_the_limit_is_read(world: World) -> None:
    """The limit itself is allowed."""
    body = json.dumps(RECORD).encode()
    assert world.run(get, handler=answering(200, body), max_body_size=len(body)).rid == RID
    error = world.errors(get, handler=answering(200, body), max_body_size=len(body) - 1)
    assert type(error) is ResponseDecodeError


def _bomb(size: int, layers: int) -> bytes:
    data = b"{" + b" " * size
    for _ in range(layers):
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error"])
def test_a_body_that_unpacks_without_end_is_refused_while_it_unpacks(status: str, layers: int, world: World) -> None:
    """The limit counts what is held in memory, not what came over the wire."""
    encoding = ", ".join(["gzip"] * layers)
    with Wire(say(http(_BOMBS[layers], f"Content-Encoding: {encoding}", status=status))) as server:
        tracemalloc.start()
        try:
            error = world.errors(get, server.hostname, max_body_size=2_000_000, retry=0)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    of_success = ResponseDecodeError if layers == 1 else NetworkError
    assert type(error) is (of_success if status == "200 OK" else InternalServerError)
    assert peak < 20_000_000


_BOMBS = {layers: _bomb(60_000_000, layers) for layers in (1, 2, 3)}


def test_a_compressed_body_is_read(world: World) -> None:
    """Compression itself is welcome."""
    body = gzip.compress(json.dumps(RECORD).encode())
    with Wire(say(http(body, "Content-Encoding: gzip"))) as server:
        assert world.run(get, server.hostname).to_dict() == RECORD
        assert b"gzip" in server.requests[0].head.lower()


# Redirects

LOCATIONS = {
    "another host": ("https://other.example/login?state=s3cr3t-state", "other.example"),
    "no scheme": ("//other.example/login?state=s3cr3t-state", "other.example"),
    "userinfo": ("https://user:s3cr3t-state@other.example/", "other.example"),
    "same host": ("/login?state=s3cr3t-state", "the same host"),
    "none": ("", "the same host"),
    "broken address": ("http://[::1/s3cr3t-state", "an invalid address"),
    "too long": ("https://other.example/" + "s3cr3t-state" * 9000, ""),
    "no host": ("mailto:s3cr3t-state@other.example", ""),
    "port out of range": ("https://other.example:99999/s3cr3t-state", "other.example"),
    "terminal codes": ("https://other.example\x9b31m/s3cr3t-state", ""),
    "letters": ("https://bücher.example/s3cr3t-state", "b"),
}


@pytest.mark.parametrize("name", LOCATIONS)
def test_a_redirect_is_an_error_that_names_the_host_only(name: str, world: World) -> None:
    """Whatever the address is like: one attempt, and neither its path nor its query is shown."""
    location, host = LOCATIONS[name]
    body = f'<html>The document has moved <a href="{location[:200]}">here</a></html>'.encode()
    statuses = [301, 302, 303, 307, 308]
    with Wire(*(say(http(body, f"Location: {location}", status=f"{status} Moved")) for status in statuses)) as server:
        errors = world.outcomes([get] * len(statuses), server.hostname)
    assert [(type(error), error.attempts) for error in errors] == [(RedirectError, 1)] * len(statuses)
    assert [error.status_code for error in errors] == statuses
    for error in errors:
        assert f"redirects to {host}" in str(error)
        assert "s3cr3t-state" not in str(error)
        assert b"s3cr3t-state" not in pickle.dumps(error)
        assert is_safe_to_log(error)


@pytest.mark.parametrize("name", ["too long", "no host"])
def test_a_redirect_that_httpx_cannot_read_is_not_tried_again(name: str, world: World) -> None:
    """Nor with a client of the caller's own."""
    script = Script(*[httpx.Response(302, headers={"Location": LOCATIONS[name][0]})] * 9)
    assert world.errors(get, handler=script).attempts == 1


# Everything else

_HEADERS: dict[str, list[str]] = {
    "Content-Encoding": ["gzip", "deflate", "identity", "gzip, gzip", "x"],
    "Content-Type": ["text/html; charset=nonsense"],
    "Content-Length": ["0", "5", "-1"],
    "Transfer-Encoding": ["chunked", "x"],
    "Location": ["https://other.example", "/", "//", "mailto:x", "http://[", "https://x:99999"],
    "Retry-After": ["0", "5", "-1", "1e999", "Sat, 99 Foo 2026"],
    "Qos-Retry-Hint": ["do-not-retry"],
    "Set-Cookie": ["a=b; Expires=nonsense; Max-Age=1e999; Domain=.", "=", ";"],
    "X-B3-TraceId": ["\x80\xff"],
}
_texts = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=30)
_headers = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(["", *values]) | _texts for name, values in _HEADERS.items()}
)
_FIELDS = ["data", "rid", "errorName", "errorCode", "parameters", "nextPageToken", "type", RID]
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(RID),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
_bodies = (
    st.binary(max_size=300)
    | _json.map(lambda value: json.dumps(value).encode())
    | _json.map(lambda value: gzip.compress(json.dumps(value).encode()))
    | st.just(json.dumps(RECORD).encode())
    | st.builds(lambda cut: json.dumps(RECORD).encode()[:cut], st.integers(0, 2000))
)


def _parallel(records: Any) -> Any:
    return drain(records.search(concurrency=3))


@pytest.mark.parametrize("name", [*EVERY_CALL, "parallel"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=st.sampled_from([200, 200, 200, *CLASSES]) | st.integers(200, 599), headers=_headers, body=_bodies)
def test_every_call_ends_in_a_value_or_an_error_of_ours(
    name: str, world: World, status: int, headers: dict[str, str], body: bytes
) -> None:
    """For any status, headers and bytes; and an error can be shown, logged and pickled."""
    raw = [(key.encode(), value.encode("latin-1")) for key, value in headers.items()]

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=raw, stream=httpx.ByteStream(body))

    (outcome,) = world.outcomes([EVERY_CALL.get(name, _parallel)], handler=answer, retry=0)
    if isinstance(outcome, BaseException):
        assert isinstance(outcome, CheckpointsError), repr(outcome)
        assert is_safe_to_log(outcome), repr(str(outcome))
        assert str(pickle.loads(pickle.dumps(outcome))) == str(outcome)
