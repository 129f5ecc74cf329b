"""One table of faults, played over real HTTP: each ends in a retry or in one typed error."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any, TypeAlias

import httpx
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
from tests.faults.wire import Wire, cut, hang, http, reset, say
from tests.faults.worlds import ATTEMPTS, RECORD, RID, Ask, Script, World, drain, get, get_batch, search
from tests.worlds import FakeTime

GOOD = json.dumps(RECORD).encode()
HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
PAST = format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)

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

    @property
    def attempts(self) -> int:
        return ATTEMPTS if self.is_retried else 1

    @property
    def ending(self) -> tuple[str, int]:
        """How a call ends if the fault stays."""
        return self.error.__name__, self.attempts


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
    Row("408", status(408), ApiError, True),
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
    Row("garbage", emulated(Fault.garbage), ResponseDecodeError, True),
    # Connections.
    Row("reset before the answer", emulated(Fault.reset), NetworkError, True),
    Row("reset in the body", emulated(Fault.reset, mid_body=True), NetworkError, True),
    Row("truncated", emulated(Fault.truncate), NetworkError, True),
    Row("length too large", emulated(Fault.wrong_length, by=10), NetworkError, True),
    Row("length too small", emulated(Fault.wrong_length, by=-10), ResponseDecodeError, True),
]


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = "Content-Encoding: gzip"
REJECTED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n"
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
    Row("compression cut short", say(http(gzip.compress(GOOD)[:-40], GZIP)), ResponseDecodeError, True),
    Row("silence", hang(), RequestTimeoutError, True),
    Row(
        "silence after the head of a refusal",
        hang(b"HTTP/1.1 403 No\r\nContent-Length: 10\r\n\r\n"),
        PermissionDeniedError,
        False,
    ),
    Row("silence after the head", hang(OK + b"Content-Length: 10\r\n\r\n"), RequestTimeoutError, True),
]

CROSSED = {
    *("429 with Retry-After 0", "503", "404 of a record", "200 empty", "reset in the body", "truncated"),
    *("closed without an answer", "closed in a chunk", "reset after the head", "not HTTP", "compression cut short"),
    "silence after the head",
}
"""The rows that are played under asyncio and trio too: one for each way through the code."""


def played_in(world: World, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if world.name == "sync" or row.name in CROSSED]


def ending(outcome: Any) -> Any:
    """Return how a call ended: the name of its error with the attempts, or the record."""
    if isinstance(outcome, CheckpointsError):
        assert str(outcome)
        return type(outcome).__name__, outcome.attempts
    return outcome if isinstance(outcome, Exception) else outcome.to_dict()


def meeting(emulator: Emulator, fault: Fault) -> Ask:
    """Return a call that meets a fault."""

    def ask(records: Any) -> Any:
        emulator.inject(fault)
        return get(records)

    return ask


def test_a_fault_that_stays_is_one_typed_error(world: World, emulator: Emulator) -> None:
    """The error comes after all the attempts, or after the first if another can't help."""
    rows = played_in(world, EMULATED)
    asks = [meeting(emulator, row.fault(row.attempts)) for row in rows]
    outcomes = world.outcomes(asks, emulator.hostname, auth=emulator.token)
    found = {row.name: ending(outcome) for row, outcome in zip(rows, outcomes, strict=True)}
    assert found == {row.name: row.ending for row in rows}
    assert len(emulator.requests) == sum(row.attempts for row in rows)


def test_a_fault_that_passes_is_retried_or_ends_the_call(world: World, emulator: Emulator) -> None:
    """If another attempt can help, the second one returns the record, and there is no third."""
    rows = played_in(world, EMULATED)
    asks = [meeting(emulator, row.fault(1)) for row in rows]
    outcomes = world.outcomes([*asks, get], emulator.hostname, auth=emulator.token)
    found = {row.name: ending(outcome) for row, outcome in zip(rows, outcomes[:-1], strict=True)}
    assert found == {row.name: RECORD if row.is_retried else row.ending for row in rows}
    assert outcomes[-1].to_dict() == RECORD
    assert len(emulator.requests) == sum(1 + row.is_retried for row in rows) + 1


def patience(row: Row) -> float:
    """Return the seconds to wait for an answer: few if none will come."""
    return 0.1 if "silence" in row.name else 30


def test_a_fault_on_the_wire_that_stays_is_one_typed_error(world: World) -> None:
    """The same holds for what only a broken peer sends."""
    for row in played_in(world, WIRED):
        with Wire(row.fault) as server:
            error = world.errors(get, server.hostname, timeout=patience(row))
            assert (row.name, *ending(error), len(server.requests)) == (row.name, *row.ending, row.attempts)


def test_a_fault_on_the_wire_that_passes_is_retried_or_ends_the_call(world: World) -> None:
    """The client doesn't use the broken connection again."""
    for row in played_in(world, WIRED):
        with Wire(row.fault, say(http(GOOD))) as server:
            outcome, after = world.outcomes([get, get], server.hostname, timeout=patience(row))
        assert (row.name, ending(outcome)) == (row.name, RECORD if row.is_retried else row.ending)
        assert ending(after) == RECORD


def test_all_three_operations_are_retried_alike(world: World, emulator: Emulator) -> None:
    """The two POSTs are reads too: after two faults, the third attempt returns the record."""
    for ask in (get, get_batch, search):
        for fault in (Fault.status(503, times=2), Fault.reset(times=2), Fault.truncate(times=2)):
            emulator.clear()
            emulator.inject(fault)
            found = world.run(ask, emulator.hostname, auth=emulator.token)
            record = found if ask is get else next(iter(found.values())) if ask is get_batch else found[0]
            assert record.to_dict() == RECORD
            assert len(emulator.requests) == ATTEMPTS
            assert len({request.body for request in emulator.requests}) == 1


# Pauses


def gaps(world: World, script: Script, **options: Any) -> list[float]:
    """Return the seconds that a client pauses between the attempts of one call."""
    time = FakeTime()
    starts: list[float] = []

    def handler(request: httpx.Request) -> httpx.Response:
        starts.append(sum(time.waits))
        return script(request)

    World(world.name, time).outcomes([get], handler=handler, **options)
    return [later - earlier for earlier, later in pairwise(starts)]


def test_the_client_waits_for_retry_after(world: World) -> None:
    """It is in seconds or a date, and counts before each attempt."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=31), usegmt=True)
    for status_code in (429, 503):
        for header, least, most in (("2", 2, 8), (date, 20, 80)):
            answer = httpx.Response(status_code, headers={"Retry-After": header})
            found = gaps(world, Script(answer, answer))
            assert len(found) == 2
            assert all(least <= gap < most for gap in found), found


def test_without_retry_after_the_pauses_grow(world: World) -> None:
    """The pauses are those of the policy, or longer while the client is throttled."""
    found = gaps(world, Script(*[httpx.Response(503)] * 9), retry=RetryPolicy())
    assert len(found) == 4
    assert all(gap >= 0.125 * 2**n for n, gap in enumerate(found)), found
    assert sum(found) < 30


def test_a_network_error_slows_down_nobody(world: World) -> None:
    """Only a throttled client waits longer than its policy says."""
    found = gaps(world, Script(*[httpx.ConnectError("refused")] * 9), retry=RetryPolicy())
    assert all(0.125 * 2**n <= gap <= 0.25 * 2**n for n, gap in enumerate(found)), found
    assert len(found) == 4


def test_a_longer_retry_after_ends_the_call_at_once(world: World) -> None:
    """Beyond the limit, the client doesn't wait; the error says how long it would have been."""
    time = FakeTime()
    script = Script(httpx.Response(429, headers={"Retry-After": "3600"}))
    error = World(world.name, time).errors(get, handler=script)
    assert (type(error), error.retry_after, error.attempts, time.waits) == (RateLimitError, 3600, 1, [])
    assert "retry after 3600 s" in str(error)


@pytest.mark.parametrize("retry", [0, RetryPolicy(max_retries=0)], ids=["number", "policy"])
def test_no_retries_means_one_attempt(retry: Any, world: World) -> None:
    """The number of retries can be 0, alone or in a policy."""
    script = Script(*[httpx.Response(503)] * 9)
    assert (world.errors(get, handler=script, retry=retry).attempts, len(script.requests)) == (1, 1)


def test_faults_of_any_kind_count_together(world: World, emulator: Emulator) -> None:
    """A reset, a rejection, and a truncation are three failed attempts."""
    emulator.inject(Fault.reset(), Fault.status(429), Fault.truncate())
    error = world.errors(get, emulator.hostname, auth=emulator.token)
    assert (type(error), error.attempts) == (NetworkError, 3)


# Responses that are sound, and that other clients fail at

RECORDS = list(sample_records(60))
PATIENT = RetryPolicy(max_retries=30, backoff=0.001, backoff_max=0.001)


def paged(records: Any) -> Any:
    return drain(records.search(page_size=10))


def rids(found: Iterable[Any]) -> list[str]:
    """Return the RIDs of records or of their dicts, sorted: the service orders those of one millisecond as it likes."""
    return sorted(record["rid"] if isinstance(record, dict) else record.rid for record in found)


def test_a_page_with_unknown_values_loses_no_record(world: World) -> None:
    """Every record has a new type, scope, item, justification, and field, and every record comes."""
    with Emulator(RECORDS[:20], faults=[Fault.unknown_values(times=None)]) as emulator:
        found = world.run(search, emulator.hostname, auth=emulator.token)
    assert rids(found) == rids(RECORDS[:20])
    assert not any(record.type_.is_known for record in found)


def test_absent_and_null_lists_are_empty(sync: World) -> None:
    """This holds in both responses, and in a record."""
    empties: list[dict[str, Any]] = [{}, {"data": None}, {"checkpointedItems": None}]
    for data in empties:
        assert sync.run(get, handler=Script(httpx.Response(200, json=RECORD | data))).rid == RID
        responses = [httpx.Response(200, json=data) for _ in range(2)]
        found, batch = sync.outcomes([search, get_batch], handler=Script(*responses))
        assert (found, batch.missing) == ([], (RID,))


def test_every_page_of_a_search_comes(world: World) -> None:
    """The caller follows no token, and a fault between two pages loses nothing."""
    with Emulator(RECORDS, faults=[Fault.status(503, rate=0.4), Fault.reset(rate=0.2)]) as emulator:
        found = world.run(
            lambda records: drain(records.search(page_size=4)), emulator.hostname, auth=emulator.token, retry=PATIENT
        )
        assert emulator.status_counts[503] > 0
    assert rids(found) == rids(RECORDS)


def test_every_record_of_a_parallel_search_comes_once(world: World) -> None:
    """The same holds for windows of the time range, searched concurrently, in order or not."""
    with Emulator(RECORDS, faults=[Fault.status(502, rate=0.2), Fault.reset(rate=0.2)]) as emulator:
        ordered, unordered = world.outcomes(
            [
                lambda records: drain(records.search(concurrency=4, page_size=10)),
                lambda records: drain(records.search(concurrency=4, page_size=10, ordered=False)),
            ],
            emulator.hostname,
            auth=emulator.token,
            retry=PATIENT,
        )
    assert rids(ordered) == rids(RECORDS)
    assert rids(unordered) == rids(RECORDS)


def test_odd_pages_end_no_search(sync: World) -> None:
    """A token that stays the same while new records come, and a page without records, are within the rules."""
    for fault in (Fault.constant_token(), Fault.empty_page()):
        with Emulator(RECORDS[:40], faults=[fault]) as emulator:
            found = sync.run(paged, emulator.hostname, auth=emulator.token)
        assert rids(found) == rids(RECORDS[:40])


def test_a_service_that_repeats_itself_is_left(world: World) -> None:
    """The loop ends in one error, after few requests."""
    with Emulator(RECORDS[:20], faults=[Fault.token_loop()]) as emulator:
        error = world.errors(paged, emulator.hostname, auth=emulator.token)
        assert type(error) is PaginationError
        assert len(emulator.requests) < 5


def test_a_large_batch_is_split(world: World) -> None:
    """Each of more than 100 RIDs comes once, with one twice, one unknown, and a fault on the way."""
    known = [record["rid"] for record in RECORDS]
    unknown = [f"ri.checkpoints.main.checkpoint.unknown-{number}" for number in range(170)]
    with Emulator(RECORDS, faults=[Fault.status(503)]) as emulator:
        batch = world.run(
            lambda records: records.get_batch([*known, known[0], *unknown]), emulator.hostname, auth=emulator.token
        )
    assert (list(batch), batch.missing) == (known, tuple(unknown))


def test_an_error_while_paging_names_the_page_to_resume_from(world: World) -> None:
    """A search from `page_token` returns what was missing, and nothing twice."""
    with Emulator(RECORDS[:30]) as emulator:
        options: dict[str, Any] = {"auth": emulator.token, "retry": 0}
        (page,) = world.run(
            lambda records: drain(records.search(page_size=10, limit=10).pages()), emulator.hostname, **options
        )

        def rest(records: Any) -> Any:
            return drain(records.search(page_size=10, page_token=page.next_page_token))

        emulator.inject(Fault.status(503))
        error, others = world.outcomes([rest, rest], emulator.hostname, **options)
    assert error.page_token == page.next_page_token
    assert rids([*page, *others]) == rids(RECORDS[:30])
