"""One table of faults, played over real HTTP in all three worlds: each ends in a retry or in one typed error."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeAlias

import pytest

from foundry_checkpoints import (
    ApiError,
    ApiUsageDenied,
    BadRequestError,
    CheckpointRecordNotFound,
    CheckpointRecordPermissionDenied,
    CheckpointsError,
    ConflictError,
    EndpointNotAvailableError,
    InternalServerError,
    NetworkError,
    NotFoundError,
    PaginationError,
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
from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from tests.faults.wire import Reply, Wire, hang, http, reset, say, tls
from tests.faults.worlds import QUICK, RECORD, RID, World, drain, get, get_batch, search

GOOD = json.dumps(RECORD).encode()
HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
PAST = format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)
ATTEMPTS = QUICK.max_retries + 1

Times: TypeAlias = Callable[[int], Fault]
"""A fault of the emulator that strikes so many times."""

# httpx leaves the generators below it to the garbage collector when it stops in the middle of a body.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'http(x|core):ResourceWarning")


@dataclass(frozen=True)
class Row:
    """A fault, the error that it ends in when it stays, and whether the request is sent again."""

    name: str
    fault: Callable[[Any], Any]
    """`Times`, or a `Reply` on the wire."""
    error: type[CheckpointsError]
    is_retried: bool


def status(code: int, **details: Any) -> Times:
    return lambda times: Fault.status(code, times=times, **details)


def documented(name: str) -> Times:
    return lambda times: Fault.error(name, times=times)


def emulated(make: Callable[..., Fault], **details: Any) -> Times:
    return lambda times: make(times=times, **details)


HINT = {"Qos-Retry-Hint": "Do-Not-RETRY"}
ELSEWHERE = {"Location": "https://other.example/api"}

EMULATED = [
    # Statuses that pass.
    Row("429", status(429), RateLimitError, True),
    Row("429 with Retry-After 0", status(429, headers={"Retry-After": "0"}), RateLimitError, True),
    Row("429 with a Retry-After in the past", status(429, headers={"Retry-After": PAST}), RateLimitError, True),
    Row("429 with a Retry-After of nonsense", status(429, headers={"Retry-After": "soon"}), RateLimitError, True),
    Row("500", status(500), InternalServerError, True),
    Row("500 documented", documented("Default:Internal"), InternalServerError, True),
    Row("502", status(502), InternalServerError, True),
    Row("502 in HTML", status(502, headers={"content-type": "text/html"}, body=HTML), InternalServerError, True),
    Row("503", status(503), ServiceUnavailableError, True),
    Row("504", status(504), InternalServerError, True),
    # Statuses that stay.
    Row("429 not to be retried", status(429, headers=HINT), RateLimitError, False),
    Row("503 not to be retried", status(503, headers=HINT), ServiceUnavailableError, False),
    Row("429 for longer than the cap", status(429, headers={"Retry-After": "61"}), RateLimitError, False),
    Row("400", documented("Conjure:InvalidArgument"), BadRequestError, False),
    Row("400 with a list", status(400, body=[{"errorName": "X"}]), BadRequestError, False),
    Row("400 with null", status(400, body=None), BadRequestError, False),
    Row("401 empty", status(401), UnauthorizedError, False),
    Row("401 documented", documented("Default:Unauthorized"), UnauthorizedError, False),
    Row("403 in HTML", status(403, body=HTML), PermissionDeniedError, False),
    Row("403 of scope", documented("ApiUsageDenied"), ApiUsageDenied, False),
    Row("403 of a record", documented("CheckpointRecordPermissionDenied"), CheckpointRecordPermissionDenied, False),
    Row("404 empty", status(404), EndpointNotAvailableError, False),
    Row("404 in HTML", status(404, body=HTML), NotFoundError, False),
    Row("404 of a record", documented("CheckpointRecordNotFound"), CheckpointRecordNotFound, False),
    Row("405", status(405), ApiError, False),
    Row("409", status(409), ConflictError, False),
    Row("413", status(413), RequestEntityTooLargeError, False),
    Row("422", documented("Conjure:UnprocessableEntity"), UnprocessableEntityError, False),
    Row("501", status(501), InternalServerError, False),
    Row("302", status(302, headers=ELSEWHERE), RedirectError, False),
    Row("304", status(304), RedirectError, False),
    Row("307", status(307, headers=ELSEWHERE), RedirectError, False),
    Row("308", status(308, headers=ELSEWHERE), RedirectError, False),
    # Successes that are none.
    Row("200 empty", status(200), ResponseDecodeError, True),
    Row("200 of white space", status(200, body=" \r\n"), ResponseDecodeError, True),
    Row("204", status(204), ResponseDecodeError, True),
    Row("200 in HTML", status(200, body=HTML), ResponseDecodeError, False),
    Row("200 with a list", status(200, body=[]), ResponseDecodeError, False),
    Row("200 with null", status(200, body=None), ResponseDecodeError, False),
    Row("200 of another shape", status(200, body={"rid": 5}), ResponseDecodeError, False),
    Row("garbage", emulated(Fault.garbage), ResponseDecodeError, False),
    # Connections.
    Row("reset before the answer", emulated(Fault.reset), NetworkError, True),
    Row("reset in the body", emulated(Fault.reset, mid_body=True), NetworkError, True),
    Row("truncated", emulated(Fault.truncate), NetworkError, True),
    Row("length too large", emulated(Fault.wrong_length, by=10), NetworkError, True),
    Row("length too small", emulated(Fault.wrong_length, by=-10), ResponseDecodeError, True),
]


def cut(data: bytes) -> Reply:
    """Send bytes, then close the connection in good order."""
    return say(data, close=True)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = "Content-Encoding: gzip"
UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"

WIRED = [
    Row("closed without an answer", cut(b""), NetworkError, True),
    Row("closed in the head", cut(OK + b"Content-Le"), NetworkError, True),
    Row("closed in a chunk", cut(CHUNKED + b"ff\r\n{"), NetworkError, True),
    Row("closed in a body without a length", cut(OK + b"\r\n" + GOOD[:-2]), ResponseDecodeError, True),
    Row("reset after the head", reset(OK + b"Content-Length: 10\r\n\r\n"), NetworkError, True),
    Row("not HTTP", cut(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), NetworkError, True),
    Row("a length that is none", cut(OK + b"Content-Length: ten\r\n\r\n"), NetworkError, True),
    Row("a length of 5,000 digits", cut(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"), NetworkError, True),
    Row("two lengths", cut(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"), NetworkError, True),
    Row("a chunk size that is none", cut(CHUNKED + b"zz\r\n"), NetworkError, True),
    Row("an endless head", cut(OK + b"X: " + b"x" * 200_000 + b"\r\n\r\n"), NetworkError, True),
    Row("a head with control characters", cut(OK + b"X-\x00: \x01\r\n\r\n"), NetworkError, True),
    Row("another protocol", cut(UPGRADE), NetworkError, True),
    Row("a status from beyond", say(http(b"", status="799 Beyond")), ApiError, False),
    Row("compression that is none", say(http(b"plain", GZIP)), NetworkError, True),
    Row("compression cut short", say(http(gzip.compress(GOOD)[:-40], GZIP)), NetworkError, True),
    Row("silence", hang(), RequestTimeoutError, True),
    Row("silence after the head", hang(OK + b"Content-Length: 10\r\n\r\n"), RequestTimeoutError, True),
]

every_emulated = pytest.mark.parametrize("row", EMULATED, ids=lambda row: row.name)
every_wired = pytest.mark.parametrize("row", WIRED, ids=lambda row: row.name)


def ends_as(row: Row, outcome: Any, attempts: int) -> None:
    assert type(outcome) is row.error, repr(outcome)
    assert outcome.attempts == attempts
    assert str(outcome)


@every_emulated
def test_a_fault_that_stays_is_one_typed_error(row: Row, world: World, emulator: Emulator) -> None:
    """It comes after all the attempts, or after the first where another cannot help."""
    emulator.inject(row.fault(99))
    error = world.errors(get, emulator.hostname, auth=emulator.token)
    ends_as(row, error, ATTEMPTS if row.is_retried else 1)
    assert len(emulator.requests) == error.attempts


@every_emulated
def test_a_fault_that_passes_is_retried_or_ends_the_call(row: Row, world: World, emulator: Emulator) -> None:
    """Where another attempt may help, the second one gives the record, and nothing is asked thrice."""
    emulator.inject(row.fault(1))
    outcome, after = world.outcomes([get, get], emulator.hostname, auth=emulator.token)
    if row.is_retried:
        assert outcome.to_dict() == RECORD
    else:
        ends_as(row, outcome, 1)
    assert after.to_dict() == RECORD
    assert len(emulator.requests) == (3 if row.is_retried else 2)


def _patience(row: Row) -> float:
    """Seconds to wait for an answer: few where none will come."""
    return 0.2 if row.error is RequestTimeoutError else 30


@every_wired
def test_a_fault_on_the_wire_that_stays_is_one_typed_error(row: Row, world: World) -> None:
    """The same for what only a broken peer sends."""
    with Wire(row.fault) as server:
        ends_as(row, world.errors(get, server.hostname, timeout=_patience(row)), ATTEMPTS if row.is_retried else 1)
        assert len(server.requests) == (ATTEMPTS if row.is_retried else 1)


@every_wired
def test_a_fault_on_the_wire_that_passes_is_retried_or_ends_the_call(row: Row, world: World) -> None:
    """The connection that broke is not used again."""
    with Wire(row.fault, say(http(GOOD))) as server:
        outcome, after = world.outcomes([get, get], server.hostname, timeout=_patience(row))
    if row.is_retried:
        assert outcome.to_dict() == RECORD
    else:
        ends_as(row, outcome, 1)
    assert after.to_dict() == RECORD


@pytest.mark.parametrize("ask", [get, get_batch, search])
@pytest.mark.parametrize("fault", [Fault.status(503, times=2), Fault.reset(times=2), Fault.truncate(times=2)])
def test_all_three_operations_are_retried_alike(ask: Any, fault: Fault, world: World, emulator: Emulator) -> None:
    """The two POSTs are reads too: after two faults the third attempt gives the record."""
    emulator.inject(fault)
    found = world.run(ask, emulator.hostname, auth=emulator.token)
    record = found if ask is get else next(iter(found.values())) if ask is get_batch else found[0]
    assert record.to_dict() == RECORD
    assert len(emulator.requests) == ATTEMPTS
    assert len({request.body for request in emulator.requests}) == 1


# Pauses


def _soon(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", ["2", "date"])
def test_retry_after_is_waited_for(
    status: int, header: str, world: World, emulator: Emulator, pauses: list[float]
) -> None:
    """In seconds or as a date, before each attempt."""
    wait = "2" if header == "2" else _soon(30)
    emulator.inject(Fault.status(status, headers={"Retry-After": wait}, times=2))
    assert world.run(get, emulator.hostname, auth=emulator.token).to_dict() == RECORD
    assert len(pauses) == 2
    assert all(pause == 2 if header == "2" else 2 < pause <= 30 for pause in pauses)


def test_without_retry_after_the_pauses_grow(world: World, emulator: Emulator, pauses: list[float]) -> None:
    """The pauses are those of the policy: each within its half, none zero."""
    emulator.inject(Fault.status(503, times=None))
    error = world.errors(get, emulator.hostname, auth=emulator.token, retry=RetryPolicy())
    assert error.attempts == 5
    assert all(0.125 * 2**n <= pause <= 0.25 * 2**n for n, pause in enumerate(pauses))
    assert len(pauses) == 4


def test_a_longer_retry_after_ends_the_call_at_once(world: World, emulator: Emulator, pauses: list[float]) -> None:
    """Beyond the cap nothing is waited for; the error says how long it would have been."""
    emulator.inject(Fault.status(429, headers={"Retry-After": "3600"}))
    error = world.errors(get, emulator.hostname, auth=emulator.token)
    assert (type(error), error.retry_after, error.attempts, pauses) == (RateLimitError, 3600, 1, [])
    assert "retry after 3600 s" in str(error)


@pytest.mark.parametrize("retry", [0, RetryPolicy(max_retries=0)])
def test_no_retries_means_one_attempt(retry: Any, world: World, emulator: Emulator, pauses: list[float]) -> None:
    """As a number or in a policy."""
    emulator.inject(Fault.status(503, times=None))
    error = world.errors(get, emulator.hostname, auth=emulator.token, retry=retry)
    assert (error.attempts, len(emulator.requests), pauses) == (1, 1, [])


def test_faults_of_any_kind_count_together(world: World, emulator: Emulator) -> None:
    """A reset, a refusal and a truncation are three failed attempts."""
    emulator.inject(Fault.reset(), Fault.status(429), Fault.truncate())
    error = world.errors(get, emulator.hostname, auth=emulator.token)
    assert (type(error), error.attempts) == (NetworkError, 3)


# Connections


def test_a_port_where_nobody_listens(world: World) -> None:
    """Refused connections are tried again; the error says what happened."""
    with Wire(hang()) as server:
        hostname = server.hostname
    error = world.errors(get, hostname)
    assert (type(error), error.attempts) == (NetworkError, ATTEMPTS)
    assert "ConnectError" in str(error)


def test_a_stale_connection_is_replaced(world: World) -> None:
    """A server that closes a connection that it kept alive, just when the next request comes, costs a retry."""
    with Wire(say(http(GOOD)), say(b"", close=True), say(http(GOOD))) as server:
        outcomes = world.outcomes([get, get], server.hostname)
        assert [outcome.to_dict() for outcome in outcomes] == [RECORD, RECORD]
        assert (len(server.requests), server.connections) == (3, 2)


def test_a_certificate_that_is_not_trusted_is_not_tried_again(world: World) -> None:
    """The error names the reason, and no request was sent."""
    with Wire(say(http(GOOD)), context=tls()) as server:
        error = world.errors(get, server.hostname)
        assert (type(error), error.attempts, server.requests) == (NetworkError, 1, [])
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    assert not error.transient


def test_a_certificate_for_another_host_is_not_tried_again(world: World, trusted: None) -> None:
    """A trusted certificate does not help a host that it does not name."""
    with Wire(say(http(GOOD)), context=tls()) as server:
        error = world.errors(get, server.hostname.replace("127.0.0.1", "localhost"))
        assert (type(error), error.attempts, server.requests) == (NetworkError, 1, [])


@pytest.mark.parametrize("reply", [cut(OK + b"Content-Length: 10\r\n\r\n{"), reset(OK)], ids=["cut", "reset"])
def test_a_fault_within_tls_is_retried(reply: Reply, world: World, trusted: None) -> None:
    """The same faults behind TLS are the same to the caller."""
    with Wire(reply, say(http(GOOD)), context=tls()) as server:
        assert world.run(get, server.hostname).to_dict() == RECORD


def test_a_server_without_tls(world: World, emulator: Emulator) -> None:
    """https to a server that speaks plain HTTP is a NetworkError."""
    error = world.errors(get, emulator.hostname.replace("http:", "https:"))
    assert (type(error), error.attempts) == (NetworkError, ATTEMPTS)


# Answers that are sound, and that other clients fail at


RECORDS = list(sample_records(250))


def test_a_page_with_unknown_values_loses_no_record(world: World) -> None:
    """New types, scopes, items, justifications and fields on every record of a page: all records come."""
    with Emulator(RECORDS[:100], faults=[Fault.unknown_values(times=None)]) as emulator:
        found = world.run(search, emulator.hostname, auth=emulator.token)
    assert len({record.rid for record in found}) == 100
    assert not any(record.type_.is_known for record in found)


@pytest.mark.parametrize("data", [{}, {"data": None}, {"checkpointedItems": None}], ids=str)
def test_absent_and_null_lists_are_empty(data: dict[str, Any], world: World) -> None:
    """In both responses, and in a record."""
    record = {**RECORD, **data}
    with Wire(say(http(json.dumps(record).encode()))) as server:
        assert world.run(get, server.hostname).rid == RID
    with Wire(say(http(json.dumps(data).encode()))) as server:
        assert world.run(search, server.hostname) == []
        assert world.run(get_batch, server.hostname).missing == (RID,)


def test_every_page_of_a_search_comes(world: World) -> None:
    """The caller follows no token by hand, and a fault between two pages loses nothing."""
    with Emulator(RECORDS, faults=[Fault.status(503, rate=0.4), Fault.reset(rate=0.2)]) as emulator:
        found = world.run(
            lambda records: drain(records.search(page_size=20)), emulator.hostname, auth=emulator.token, retry=_PATIENT
        )
        assert len({record.rid for record in found}) == len(found) == 250
        assert emulator.status_counts[503] > 0


_PATIENT = RetryPolicy(max_retries=30, backoff=0.001, backoff_max=0.001)


@pytest.mark.parametrize("ordered", [True, False])
def test_every_record_of_a_parallel_search_comes_once(ordered: bool, world: World) -> None:
    """The same with windows of the time line side by side."""
    with Emulator(RECORDS, faults=[Fault.status(502, rate=0.2), Fault.reset(rate=0.2)]) as emulator:
        found = world.run(
            lambda records: drain(records.search(concurrency=4, page_size=20, ordered=ordered)),
            emulator.hostname,
            auth=emulator.token,
            retry=_PATIENT,
        )
    assert len({record.rid for record in found}) == len(found) == 250


@pytest.mark.parametrize("fault", [Fault.constant_token(), Fault.empty_page()], ids=["one token", "an empty page"])
def test_odd_pages_end_no_search(fault: Fault, world: World) -> None:
    """A token that stays the same while new records come, and a page without records, are within the rules."""
    with Emulator(RECORDS, faults=[fault]) as emulator:
        found = world.run(lambda records: drain(records.search(page_size=20)), emulator.hostname, auth=emulator.token)
    assert len({record.rid for record in found}) == len(found) == 250


def test_a_service_that_repeats_itself_is_left(world: World) -> None:
    """The loop ends in one error, after few requests."""
    with Emulator(RECORDS, faults=[Fault.token_loop()]) as emulator:
        error = world.errors(search, emulator.hostname, auth=emulator.token)
        assert type(error) is PaginationError
        assert len(emulator.requests) < 5


@pytest.mark.parametrize("count", [101, 250])
def test_a_large_batch_is_split(count: int, world: World) -> None:
    """More than 100 rids, some twice and some unknown, with a fault on the way: each comes once."""
    rids = [record["rid"] for record in RECORDS[:count]]
    with Emulator(RECORDS, faults=[Fault.status(503)]) as emulator:
        batch = world.run(
            lambda records: records.get_batch([*rids, rids[0], "ri.checkpoints.main.checkpoint.unknown"]),
            emulator.hostname,
            auth=emulator.token,
        )
    assert (list(batch), batch.missing) == (rids, ("ri.checkpoints.main.checkpoint.unknown",))


def test_an_error_while_paging_names_the_page_to_resume_from(world: World) -> None:
    """Taken up from `page_token`, the search gives what was missing, nothing twice."""
    with Emulator(RECORDS[:60]) as emulator:
        options: dict[str, Any] = {"auth": emulator.token, "retry": 0}
        (page,) = world.run(
            lambda records: drain(records.search(page_size=20, limit=20).pages()), emulator.hostname, **options
        )

        def rest(records: Any) -> Any:
            return drain(records.search(page_size=20, page_token=page.next_page_token))

        emulator.inject(Fault.status(503))
        error, others = world.outcomes([rest, rest], emulator.hostname, **options)
    assert error.page_token == page.next_page_token
    rids = [record.rid for record in [*page, *others]]
    assert len(set(rids)) == len(rids) == 60
