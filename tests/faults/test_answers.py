"""Whatever comes back, a call ends in a value or in one typed error that is safe to log."""

from __future__ import annotations

import copy
import gzip
import importlib
import json
import pickle
import sys
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import (
    ApiError,
    BadRequestError,
    CheckpointsClient,
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
    ServiceUnavailableError,
    UnauthorizedError,
    UnprocessableEntityError,
)
from foundry_checkpoints._http import response
from foundry_checkpoints.emulator import sample_records
from tests.faults.wire import BOMB, Wire, flood, http, say
from tests.faults.worlds import (
    EVERY_CALL,
    RECORD,
    RID,
    Ask,
    Script,
    World,
    get,
    get_batch,
    search,
    sound,
)
from tests.worlds import Handler

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


def check_error(error: ApiError) -> None:
    assert is_safe_to_log(error)
    for clone in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(clone), str(clone), clone.status_code) == (type(error), str(error), error.status_code)


def test_any_body_gives_the_class_of_its_status(sync: World) -> None:
    """The message is one short line of printable ASCII; the error can be pickled, copied, and hashed."""
    for name, body in BODIES.items():
        statuses = CLASSES if name in ("HTML", "empty") else (302, 404, 503)
        script = Script(*(answering(status, body) for status in statuses))
        errors = sync.outcomes([get] * len(statuses), handler=script, retry=0)
        classes = CLASSES | ({} if body.strip() else {404: EndpointNotAvailableError})
        assert (name, [type(error) for error in errors]) == (name, [classes[status] for status in statuses])
        assert [error.status_code for error in errors] == list(statuses)
        assert len(set(errors)) == len(errors)
        for error in errors:
            check_error(error)


def test_the_async_client_raises_the_same_errors(world: World) -> None:
    """A few rows show that every client builds its errors in one place."""
    names = ("HTML", "empty", "binary", "huge", "deep list", "control characters")
    script = Script(*(answering(404, BODIES[name]) for name in names))
    errors = world.outcomes([get] * len(names), handler=script, retry=0)
    assert [type(error) for error in errors] == [
        EndpointNotAvailableError if name == "empty" else NotFoundError for name in names
    ]
    for error in errors:
        check_error(error)


PAGES = {
    "<!DOCTYPE html><html><head><title>502 Bad\nGateway</title></head><body>nginx</body></html>": "502 Bad Gateway",
    "<html><body><h1>Log in</h1><p>to continue</p></body></html>": "Log in to continue",
    "<title> </title><style>p { color: red }</style><script>let a = 1</script>M&uuml;de": "M\\xfcde",
    "<!-- a comment --><p>Busy</p><script>" + "x" * 9000: "Busy",
    "<p>Busy</p><img alt='" + "x" * 9000: "Busy",
    "upstream connect error": "upstream connect error",
}


def test_an_excerpt_says_what_a_gateway_answered(sync: World) -> None:
    """The message has the title of an HTML page, or its first words, without markup."""
    script = Script(*(answering(502, page.encode()) for page in PAGES))
    errors = sync.outcomes([get] * len(PAGES), handler=script, retry=0)
    assert [error.args[0] for error in errors] == [f"502 InternalServerError: {words}" for words in PAGES.values()]


def test_the_parts_of_a_documented_error_are_attributes(sync: World) -> None:
    """Name, code, instance, description, and parameters are attributes, and in the message."""
    body = {
        "errorCode": "NOT_FOUND",
        "errorName": "CheckpointRecordNotFound",
        "errorInstanceId": "0b7c",
        "errorDescription": "gone",
        "parameters": {"checkpointRid": RID},
    }
    error = sync.errors(get, handler=answering(404, json.dumps(body).encode(), **{"X-Some": "value"}))
    assert (error.error_code, error.error_name) == ("NOT_FOUND", "CheckpointRecordNotFound")
    assert (error.error_instance_id, error.error_description) == ("0b7c", "gone")
    assert (error.parameters, error.headers["x-some"]) == ({"checkpointRid": RID}, "value")
    assert error.error is not None
    assert all(part in str(error) for part in ("404", "NOT_FOUND", "CheckpointRecordNotFound", "0b7c", "gone", RID))


@pytest.fixture(params=["orjson", "json"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use the extra `speed`, and do without it."""
    if request.param == "orjson":
        yield
        return
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "orjson", None)
        importlib.reload(response)
        yield
    importlib.reload(response)


@pytest.mark.usefixtures("parser")
def test_nesting_of_any_depth_ends_in_an_error_of_ours(sync: World) -> None:
    """A body that a JSON parser reads can be too deep to show, to decode, or to pickle."""
    depths = [100, 400, *range(880, 1040, 12), 1023, 1024, 1025, 3000]
    body = b'{"errorName": "X", "parameters": {"a": %b}}'
    for status, kind in ((500, InternalServerError), (200, ResponseDecodeError)):
        script = Script(*(answering(status, body % (b"[" * depth + b"]" * depth)) for depth in depths))
        for error in sync.outcomes([get] * len(depths), handler=script, retry=0):
            assert type(error) is kind, repr(error)
            assert is_safe_to_log(pickle.loads(pickle.dumps(error)))


# Successes that aren't

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
def test_a_success_that_is_none_says_where_it_is_wrong(sync: World) -> None:
    """The error has the path, never the content."""
    script = Script(*(answering(200, body) for body, _ in NO_RECORDS.values()))
    errors = sync.outcomes([get] * len(NO_RECORDS), handler=script, retry=0)
    for error, (_, where) in zip(errors, NO_RECORDS.values(), strict=True):
        assert type(error) is ResponseDecodeError
        assert where in str(error)
        assert is_safe_to_log(error)


MARK = "Confidential-justification"


CONFIDENTIAL: list[tuple[Ask, Any]] = [
    (get, {**RECORD, "justification": MARK}),
    (get, {**RECORD, "createdAt": MARK}),
    (get, {**RECORD, "actingUser": {"username": [MARK]}}),
    (get_batch, {"data": {MARK: 5}}),
    (get_batch, {"data": {f"a\nINFO forged {MARK}": {}}}),
    (get_batch, {"data": {MARK: RECORD}}),
    (search, {"data": [{MARK: MARK}]}),
    (search, {"data": MARK}),
    (search, {"data": [], "nextPageToken": [MARK]}),
]


def test_no_content_of_a_record_is_in_the_error(sync: World) -> None:
    """The content is neither in its text nor in anything that it holds."""
    for ask, body in CONFIDENTIAL:
        error = sync.errors(ask, handler=answering(200, json.dumps(body).encode()))
        assert type(error) is ResponseDecodeError
        assert MARK not in str(error)
        assert MARK.encode() not in pickle.dumps(error)
        assert is_safe_to_log(error)


def test_a_success_cut_short_anywhere_is_retried(sync: World) -> None:
    """A body without a length that ends early is cut off: after an inner object, in a character, anywhere."""
    record = min(sample_records(40), key=lambda record: len(str(record)))
    body = json.dumps({**record, "note": ["Grüße 🙂", 1.5, None]}, ensure_ascii=False).encode()
    lengths = [*range(0, len(body), 11), *range(len(body) - 40, len(body))]
    script = Script(*[answer for length in lengths for answer in (httpx.Response(200, content=body[:length]), sound)])
    outcomes = sync.outcomes([get] * len(lengths), handler=script)
    cuts = zip(lengths, outcomes, strict=True)
    assert [body[:length] for length, outcome in cuts if isinstance(outcome, Exception)] == []


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
    """The call raises an error of this library with the original as its cause.

    A LocalProtocolError is no cause: its text can hold a header, and with it a token.
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
    """The same holds in the middle of a success."""
    script = Script(*(breaking(200, kind) for kind in EXCEPTIONS))
    for error in world.outcomes([get] * len(EXCEPTIONS), handler=script, retry=0):
        assert isinstance(error, CheckpointsError), repr(error)


def test_an_error_whose_body_breaks_keeps_its_status(world: World) -> None:
    """The part that was read is enough."""
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


def test_errors_of_the_system_map_into_the_tree(sync: World) -> None:
    """Sockets fail in their own words."""
    for error in (ConnectionResetError("reset"), BrokenPipeError(), TimeoutError(), OSError(24, "Too many open files")):
        ours = sync.errors(get, handler=Script(*[error] * 9))
        assert isinstance(ours, NetworkError)
        assert isinstance(ours, RequestTimeoutError) == isinstance(error, TimeoutError)


# Sizes


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_beyond_the_limit_is_rejected_while_it_is_read(declared: bool, world: World) -> None:
    """The client goes away long before the end, and doesn't retry."""
    sent: list[int] = []
    head = b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 99999999\r\n\r\n" if declared else b"\r\n")
    with Wire(flood(head, b"x" * 65536, sent=sent, most=50_000_000)) as server:
        error = world.errors(get, server.hostname, max_body_size=1_000_000)
        assert type(error) is ResponseDecodeError
        assert "max_body_size" in str(error)
        assert len(server.requests) == 1
    assert sum(sent) < 40_000_000


def test_an_endless_error_is_read_in_part(world: World) -> None:
    """The error has its status, and the start of its body."""
    sent: list[int] = []
    reply = flood(b"HTTP/1.1 403 Forbidden\r\n\r\n", b"<p>Busy" * 9_000, sent=sent, most=50_000_000)
    with Wire(reply) as server:
        error = world.errors(get, server.hostname)
    assert (type(error), error.attempts) == (PermissionDeniedError, 1)
    assert "Busy Busy" in str(error)
    assert sum(sent) < 40_000_000


def test_a_body_just_within_the_limit_is_read(sync: World) -> None:
    """The limit itself is allowed."""
    body = json.dumps(RECORD).encode()
    assert sync.run(get, handler=answering(200, body), max_body_size=len(body)).rid == RID
    error = sync.errors(get, handler=answering(200, body), max_body_size=len(body) - 1)
    assert type(error) is ResponseDecodeError


def unpacked(world: World, layers: int, status: str) -> tuple[Any, int]:
    """Return the error that a bomb ends in, and the peak of the memory."""
    encoding = ", ".join(["gzip"] * layers)
    bomb = BOMB if layers == 1 else gzip.compress(gzip.compress(BOMB))
    with Wire(say(http(bomb, f"Content-Encoding: {encoding}", status=status))) as server:
        tracemalloc.start()
        try:
            error = world.errors(get, server.hostname, max_body_size=1_000_000, retry=0)
            return type(error), tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_a_body_that_unpacks_without_end_is_rejected_while_it_unpacks(world: World) -> None:
    """The limit counts what is in memory, not what came over the wire."""
    kind, peak = unpacked(world, 1, "200 OK")
    assert kind is ResponseDecodeError
    assert peak < 20_000_000


def test_an_error_or_a_coding_of_many_layers_unpacks_no_further(sync: World) -> None:
    """An error keeps its status, and the client unpacks no coding that it didn't request."""
    for layers, status, expected in (
        (1, "500 Internal Server Error", InternalServerError),
        (3, "500 Internal Server Error", InternalServerError),
        (3, "200 OK", NetworkError),
    ):
        kind, peak = unpacked(sync, layers, status)
        assert kind is expected
        assert peak < 20_000_000


def test_a_compressed_body_is_read(world: World) -> None:
    """The client requests gzip, and reads all members of a body."""
    body = json.dumps(RECORD).encode()
    members = gzip.compress(body[:100]) + gzip.compress(b"") + gzip.compress(body[100:])
    for content in (gzip.compress(body), members):
        with Wire(say(http(content, "Content-Encoding: gzip"))) as server:
            assert world.run(get, server.hostname).to_dict() == RECORD
            assert b"gzip" in server.requests[0].head.lower()


def test_unknown_fields_by_the_thousand_are_not_kept_one_by_one(caplog: pytest.LogCaptureFixture) -> None:
    """The log of the drift has a bound, and takes little more memory than the JSON itself."""
    caplog.set_level("ERROR", "foundry_checkpoints.drift")
    body = json.dumps(RECORD | {f"new{number}": 0 for number in range(20_000)}).encode()
    with httpx.Client(transport=httpx.MockTransport(answering(200, body))) as http_client:
        client = CheckpointsClient("foundry.example", auth="token", http_client=http_client)
        tracemalloc.start()
        try:
            json.loads(body)
            peak_of_json = tracemalloc.get_traced_memory()[1]
            tracemalloc.reset_peak()
            assert client.records.get(RID).rid == RID
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert len(client.drift) == 1000
    assert peak < 4.5 * peak_of_json


def test_members_count_together(sync: World) -> None:
    """The limit is that of the whole body."""
    with Wire(say(http(gzip.compress(b"{" + b" " * 9_999) * 200, "Content-Encoding: gzip"))) as server:
        error = sync.errors(get, server.hostname, max_body_size=1_000_000, retry=0)
    assert (type(error), error.reason) == (ResponseDecodeError, "larger than max_body_size")


# Redirects

LOCATIONS = {
    "another host": ("https://other.example/login?state=s3cr3t-state", "other.example"),
    "no scheme": ("//other.example/login?state=s3cr3t-state", "other.example"),
    "userinfo": ("https://user:s3cr3t-state@other.example/", "other.example"),
    "same host": ("/login?state=s3cr3t-state", "the same host"),
    "none": ("", "the same host"),
    "port out of range": ("https://other.example:99999/s3cr3t-state", "other.example"),
    "letters": ("https://bücher.example/s3cr3t-state", "b"),
}

WRONG_LOCATIONS = {
    "broken address": "http://[::1/s3cr3t-state",
    "words for a port": "https://other.example:s3cr3t-state/",
    "too long": "https://other.example/" + "s3cr3t-state" * 9000,
    "no host": "mailto:s3cr3t-state@other.example",
    "terminal codes": "https://other.example\x9b31m/s3cr3t-state",
}


def check_redirects(
    world: World, location: str, said: str, statuses: list[int], kind: type[Exception] = RedirectError
) -> None:
    body = f'<html>The document has moved <a href="{location[:200]}">here</a></html>'.encode()
    with Wire(*(say(http(body, f"Location: {location}", status=f"{status} Moved")) for status in statuses)) as server:
        errors = world.outcomes([get] * len(statuses), server.hostname)
    assert [(type(error), error.attempts) for error in errors] == [(kind, 1)] * len(statuses)
    assert all(getattr(error, "status_code", status) == status for error, status in zip(errors, statuses, strict=True))
    for error in errors:
        assert said in str(error)
        assert "s3cr3t-state" not in repr((error.__cause__, vars(error)))
        assert "s3cr3t-state" not in str(error)
        assert b"s3cr3t-state" not in pickle.dumps(error)
        assert is_safe_to_log(error)


def test_a_redirect_is_an_error_that_names_the_host_only(sync: World) -> None:
    """Whatever the address, there is one attempt, and the error shows neither its path nor its query."""
    for location, host in LOCATIONS.values():
        check_redirects(sync, location, f"the redirect to {host}", [301, 302, 303, 307, 308])


def test_the_async_client_follows_no_redirect_either(world: World) -> None:
    """An address that is read names its host here too."""
    check_redirects(world, LOCATIONS["another host"][0], "the redirect to other.example", [307])


def test_a_redirect_that_httpx_cannot_read_is_not_tried_again(world: World) -> None:
    """httpx reads each address, also one that it must not follow, and its words for a wrong one can quote it."""
    for location in WRONG_LOCATIONS.values():
        check_redirects(world, location, "127.0.0.1", [302, 307], NetworkError)


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


_answers = st.builds(
    lambda status, headers, body: (status, [(key.encode(), value.encode("latin-1")) for key, value in headers], body),
    st.sampled_from([200, 200, 200, *CLASSES]) | st.integers(200, 599),
    _headers.map(dict.items),
    _bodies,
)


def check_every_call(world: World, answer: tuple[int, list[tuple[bytes, bytes]], bytes]) -> None:
    status, headers, body = answer

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    for outcome in world.outcomes(EVERY_CALL.values(), handler=handler, retry=0):
        if isinstance(outcome, BaseException):
            assert isinstance(outcome, CheckpointsError), repr(outcome)
            assert is_safe_to_log(outcome), repr(str(outcome))
            assert str(pickle.loads(pickle.dumps(outcome))) == str(outcome)


@settings(max_examples=40)
@given(_answers)
def test_every_call_ends_in_a_value_or_an_error_of_ours(answer: tuple[int, list[tuple[bytes, bytes]], bytes]) -> None:
    """This holds for any status, headers, and bytes; and an error can be shown, logged, and pickled."""
    check_every_call(World("sync"), answer)


@pytest.mark.parametrize("name", ["asyncio", "trio"])
@settings(max_examples=10)
@given(answer=_answers)
def test_every_async_call_ends_in_a_value_or_an_error_of_ours(
    name: str, answer: tuple[int, list[tuple[bytes, bytes]], bytes]
) -> None:
    """The same holds for the async client."""
    check_every_call(World(name), answer)
