"""`get`, `get_batch`, `iter_batch`, their errors and what every request carries, in both worlds, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from itertools import chain
from typing import Any, cast

import anyio.lowlevel
import httpx
import pytest

from foundry_checkpoints import AsyncCheckpointsClient, errors, models
from foundry_checkpoints._records import AsyncRecords
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import (
    BadRequestError,
    CheckpointRecordNotFound,
    CheckpointRecordPermissionDenied,
    InvalidRequestError,
    ResponseDecodeError,
    UnauthorizedError,
)
from foundry_checkpoints.models import Record
from tests.samples import RECORDS, RIDS, SAMPLES, UNKNOWN, error_body
from tests.worlds import Stub, World, gather, rids

pytestmark = pytest.mark.anyio


async def rids_of_pairs(pairs: AsyncIterator[tuple[str, Record | None]]) -> list[tuple[str, str | None]]:
    return [(rid, None if record is None else record.rid) async for rid, record in pairs]


async def test_get_gives_the_record(records: AsyncRecords, emulator: Emulator) -> None:
    """The record comes as it is stored, by one GET of its path."""
    assert await records.get(RIDS[3]) == RECORDS[3]
    (request,) = emulator.requests
    assert (request.method, request.path) == ("GET", f"/api/v2/checkpoints/records/{RIDS[3]}")


async def test_get_raises_for_a_record_that_does_not_exist(records: AsyncRecords) -> None:
    """An unknown rid is an error with all that the service said."""
    with pytest.raises(CheckpointRecordNotFound) as caught:
        await records.get(UNKNOWN[0])
    error = caught.value
    assert (error.status_code, error.error_code) == (404, "NOT_FOUND")
    assert error.parameters == {"recordRid": UNKNOWN[0]}
    assert isinstance(error.error, models.CheckpointRecordNotFoundBody)
    assert error.error.parameters == models.CheckpointRecordNotFoundParameters(record_rid=UNKNOWN[0])
    assert error.error_instance_id
    assert error.attempts == 1
    assert error.trace_id
    assert UNKNOWN[0] in str(error)


async def test_get_raises_for_a_record_that_may_not_be_seen(world: World) -> None:
    """A hidden record is a permission error."""
    with Emulator(SAMPLES[:1]) as emulator:
        emulator.hide(RIDS[:1])
        async with world.connected_to(emulator) as records:
            with pytest.raises(CheckpointRecordPermissionDenied):
                await records.get(RIDS[0])


@pytest.mark.parametrize("wrong", [None, 5, b"ri.a", "", " ", ".", "..", "ri.a b", "ri.a\n", ["ri.a"]], ids=repr)
async def test_get_refuses_what_is_no_rid(records: AsyncRecords, emulator: Emulator, wrong: Any) -> None:
    """What cannot be a rid, or would name another path, is not sent."""
    with pytest.raises(InvalidRequestError, match="rid"):
        await records.get(wrong)
    assert emulator.requests == []


@pytest.mark.parametrize("rid", ["ri.a/../b", "ri.a?preview=false", "ri.a#b", "ri.a%2Fb", "ri.ü"])
async def test_get_keeps_a_rid_in_one_segment_of_the_path(world: World, rid: str) -> None:
    """No character of a rid leads out of the path of the operation."""
    stub = Stub(SAMPLES[0])
    async with world.answered_by(stub) as records:
        await records.get(rid)
    (request,) = stub.requests
    path = request.url.raw_path.partition(b"?")[0]
    assert path.count(b"/") == b"/api/v2/checkpoints/records/x".count(b"/")
    assert request.url.path == f"/api/v2/checkpoints/records/{rid}"
    assert dict(request.url.params) == {"preview": "true"}


async def test_get_raises_for_a_body_that_is_no_record(world: World) -> None:
    """A 200 that does not say what the spec says is an error with the path and without the content."""
    async with world.answered_by(Stub({**SAMPLES[0], "createdAt": "s3cr3t"}), retry=0) as records:
        with pytest.raises(ResponseDecodeError) as caught:
            await records.get(RIDS[0])
    assert caught.value.path == "Record.createdAt"
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(("number", "sizes"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
async def test_gives_any_number_in_order_of_request(
    records: AsyncRecords, emulator: Emulator, number: int, sizes: list[int]
) -> None:
    """Any number of rids is asked for 100 at a time, each once; no rids are no request."""
    asked = RIDS[:number]
    batch = await records.get_batch(asked)
    assert list(batch) == asked
    assert [*batch.values()] == RECORDS[:number]
    assert batch.missing == ()
    sent = [[element["recordRid"] for element in request.json] for request in emulator.requests]
    assert sorted(map(len, sent), reverse=True) == sizes
    assert sorted(chain.from_iterable(sent)) == sorted(asked)


async def test_get_batch_asks_once_for_what_occurs_twice(records: AsyncRecords, emulator: Emulator) -> None:
    """Duplicates do not cost a second request, and the order is that of the first."""
    asked = [*RIDS[:60], *RIDS[30:90], *RIDS[:60]]
    assert list(await records.get_batch(asked)) == RIDS[:90]
    (request,) = emulator.requests
    assert [element["recordRid"] for element in request.json] == RIDS[:90]


async def test_get_batch_names_what_is_missing_in_order(world: World) -> None:
    """Unknown and hidden records are left out of the mapping, and named in the order of request."""
    with Emulator(SAMPLES[:200]) as emulator:
        emulator.hide([RIDS[150], RIDS[2]])
        async with world.connected_to(emulator) as records:
            batch = await records.get_batch([UNKNOWN[1], *RIDS[:200], UNKNOWN[0], UNKNOWN[1]])
    assert batch.missing == (UNKNOWN[1], RIDS[2], RIDS[150], UNKNOWN[0])
    assert list(batch) == [rid for rid in RIDS[:200] if rid not in batch.missing]


@pytest.mark.parametrize("source", [tuple, set, iter, dict.fromkeys], ids=["tuple", "set", "iter", "dict"])
async def test_get_batch_takes_any_iterable(records: AsyncRecords, source: Callable[[list[str]], Any]) -> None:
    """Rids come from whatever can be iterated."""
    assert set(await records.get_batch(source(RIDS[:3]))) == set(RIDS[:3])


@pytest.mark.parametrize(
    "wrong", [RIDS[0], b"ri.a", None, 5, [None], [""], [".."], [*RIDS[:150], 5]], ids=lambda v: repr(v)[:20]
)
async def test_get_batch_sends_nothing_where_a_rid_is_none(
    records: AsyncRecords, emulator: Emulator, wrong: Any
) -> None:
    """One thing that cannot be a rid, wherever it stands, and no request is sent."""
    with pytest.raises(InvalidRequestError, match="rid"):
        await records.get_batch(wrong)
    assert emulator.requests == []


@pytest.mark.parametrize("answer", [{}, {"data": None}, {"data": {}}])
async def test_get_batch_takes_an_absent_map_for_an_empty_one(world: World, answer: Any) -> None:
    """Without `data` every record is missing."""
    async with world.answered_by(Stub(answer)) as records:
        assert (await records.get_batch(UNKNOWN[:2])).missing == (UNKNOWN[0], UNKNOWN[1])


@pytest.mark.parametrize(
    "data", [{RIDS[0]: SAMPLES[0], RIDS[1]: SAMPLES[1]}, {RIDS[0]: SAMPLES[1]}], ids=["not asked for", "other rid"]
)
async def test_get_batch_refuses_records_that_do_not_fit(world: World, data: Any) -> None:
    """A record that was not asked for, or stands under the rid of another, is no answer to trust."""
    async with world.answered_by(Stub({"data": data})) as records:
        with pytest.raises(ResponseDecodeError, match=r"^GetRecordsBatchResponse\.data: a record"):
            await records.get_batch([RIDS[0]])
        with pytest.raises(ResponseDecodeError, match=r"^GetRecordsBatchResponse\.data: a record"):
            await rids_of_pairs(records.iter_batch([RIDS[0]]))


async def test_get_batch_raises_the_error_of_any_chunk(world: World) -> None:
    """A chunk that fails is an error of the whole batch, not a part of it that is missing."""
    with Emulator(SAMPLES, faults=[Fault.error("ApiUsageDenied", {"missingScope": "a"}, operation="getBatch")]) as e:
        async with world.connected_to(e, max_concurrency=1) as records:
            with pytest.raises(errors.ApiUsageDenied, match="missingScope"):
                await records.get_batch(RIDS[:250])


async def test_iter_batch_gives_a_pair_for_each_rid_in_order(records: AsyncRecords, emulator: Emulator) -> None:
    """Every rid is given as often as it was asked for, in order, with None where there is no record."""
    asked = [*RIDS[:120], UNKNOWN[0], *RIDS[100:230], UNKNOWN[0], RIDS[0]]
    found = await rids_of_pairs(records.iter_batch(asked))
    assert found == [(rid, None if rid in UNKNOWN else rid) for rid in asked]
    assert all(len(request.json) <= 100 for request in emulator.requests)


async def test_iter_batch_sends_nothing_before_it_is_iterated(records: AsyncRecords, emulator: Emulator) -> None:
    """Making the iterator neither reads the source nor sends a request; no rids are no request."""
    source = iter(RIDS[:3])
    pairs = records.iter_batch(source)
    assert emulator.requests == []
    assert next(source) == RIDS[0]
    assert await rids_of_pairs(pairs) == [(rid, rid) for rid in RIDS[1:3]]
    emulator.clear()
    assert await rids_of_pairs(records.iter_batch([])) == []
    assert emulator.requests == []


async def test_iter_batch_reads_its_source_as_far_as_needed(world: World, emulator: Emulator) -> None:
    """A source is read a bounded number of chunks ahead of the caller, and to its end in the end."""
    read = 0

    def source() -> Iterator[str]:
        nonlocal read
        for read in range(1, 2001):
            yield RIDS[read % len(RIDS)]

    async with world.connected_to(emulator, max_concurrency=2) as records:
        given = 0
        async for _ in records.iter_batch(source()):
            given += 1
            assert read <= given + 100 * (2 + 1)
    assert given == read == 2000


async def from_file(rids: list[Any]) -> AsyncGenerator[Any]:
    """Rids as an async source gives them."""
    for rid in rids:
        await anyio.lowlevel.checkpoint()
        yield rid


async def test_iter_batch_takes_an_async_source_in_the_async_client(world: World, emulator: Emulator) -> None:
    """The async client reads an async iterable like any other; the sync client has to refuse it."""
    async with world.connected_to(emulator) as records:
        pairs = records.iter_batch(from_file([*RIDS[:250], UNKNOWN[0]]))
        if world.name == "sync":
            with pytest.raises(InvalidRequestError, match="iterable of strings, not async_generator"):
                await rids_of_pairs(pairs)
        else:
            assert await rids_of_pairs(pairs) == [*((rid, rid) for rid in RIDS[:250]), (UNKNOWN[0], None)]


async def test_iter_batch_gives_what_comes_before_a_wrong_rid_of_an_async_source(emulator: Emulator) -> None:
    """In an async stream, too, the chunks before the one with the wrong rid are given first."""
    found: list[Any] = []
    async with (
        AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client,
        aclosing(from_file([*RIDS[:200], 5])) as source,
    ):
        with pytest.raises(InvalidRequestError, match="not int"):
            await gather(found, client.records.iter_batch(source))
    assert [rid for rid, _ in found] == RIDS[:200]


@pytest.mark.parametrize("wrong", [RIDS[0], None, 5, [None], [""], [".."]], ids=lambda value: repr(value)[:20])
async def test_iter_batch_refuses_what_are_no_rids(records: AsyncRecords, emulator: Emulator, wrong: Any) -> None:
    """What cannot be rids is refused and not sent."""
    with pytest.raises(InvalidRequestError, match="rid"):
        await rids_of_pairs(records.iter_batch(wrong))
    assert emulator.requests == []


async def test_iter_batch_gives_what_comes_before_a_wrong_rid(world: World, emulator: Emulator) -> None:
    """In a stream the chunks before the one with the wrong rid are given first."""
    found: list[Any] = []
    async with world.connected_to(emulator) as records:
        with pytest.raises(InvalidRequestError):
            await gather(found, records.iter_batch(cast(Any, [*RIDS[:200], 5])))
    assert [rid for rid, _ in found] == RIDS[:200]


async def test_iter_batch_gives_what_comes_before_an_error(world: World) -> None:
    """The error of a chunk is raised after the chunks before it were given."""
    stub = Stub({"data": dict(zip(RIDS[:100], SAMPLES[:100], strict=True))}, {"data": 5})
    found: list[Any] = []
    async with world.answered_by(stub, max_concurrency=1, retry=0) as records:
        with pytest.raises(ResponseDecodeError):
            await gather(found, records.iter_batch(RIDS[:250]))
    assert [rid for rid, _ in found] == RIDS[:100]


DOCUMENTED = {
    "CheckpointRecordNotFound": (404, errors.CheckpointRecordNotFound),
    "RecordNotFound": (404, errors.RecordNotFound),
    "CheckpointRecordPermissionDenied": (403, errors.CheckpointRecordPermissionDenied),
    "SearchRecordsPermissionDenied": (403, errors.SearchRecordsPermissionDenied),
    "ApiFeaturePreviewUsageOnly": (400, errors.BadRequestError),
    "ApiUsageDenied": (403, errors.ApiUsageDenied),
    "BatchRequestSizeExceededLimit": (400, errors.BadRequestError),
    "MissingBatchRequest": (400, errors.BadRequestError),
    "MissingPostBody": (400, errors.BadRequestError),
    "InvalidPageSize": (400, errors.BadRequestError),
    "InvalidPageToken": (400, errors.BadRequestError),
    "InvalidAndFilter": (400, errors.BadRequestError),
    "InvalidOrFilter": (400, errors.BadRequestError),
    "InvalidFilterValue": (400, errors.BadRequestError),
    "Conjure:InvalidArgument": (400, errors.BadRequestError),
    "Conjure:UnprocessableEntity": (422, errors.UnprocessableEntityError),
    "Conjure:UnsupportedMediaType": (415, errors.ApiError),
    "Default:Unauthorized": (401, errors.UnauthorizedError),
    "Default:PermissionDenied": (403, errors.PermissionDeniedError),
    "Default:Internal": (500, errors.InternalServerError),
}


@pytest.mark.parametrize("name", DOCUMENTED)
async def test_each_documented_error_has_its_class_and_its_model(world: World, name: str) -> None:
    """Status and name give the class, from every operation; the body is decoded to its model."""
    status, cls = DOCUMENTED[name]
    async with world.answered_by(Stub(error_body(name), status=status), retry=0) as records:
        for call in (records.get(RIDS[0]), records.get_batch(RIDS[:1]), records.search().first()):
            with pytest.raises(errors.ApiError) as caught:
                await call
            assert type(caught.value) is cls
            assert (caught.value.status_code, caught.value.error_name) == (status, name)
            assert type(caught.value.error).__name__ == f"{name.replace(':', '')}Body"


@pytest.mark.parametrize(
    ("status", "cls"), [(400, errors.BadRequestError), (418, errors.ApiError), (503, errors.ServiceUnavailableError)]
)
async def test_an_unknown_name_has_the_class_of_its_status(world: World, status: int, cls: type) -> None:
    """An error that the spec does not know keeps its name and parameters, and has no model."""
    stub = Stub(error_body("BrandNew", "BRAND_NEW", a=[1]), status=status)
    async with world.answered_by(stub, retry=0) as records:
        with pytest.raises(errors.ApiError) as caught:
            await records.get(RIDS[0])
    assert type(caught.value) is cls
    assert (caught.value.error_name, caught.value.error_code) == ("BrandNew", "BRAND_NEW")
    assert caught.value.parameters == {"a": [1]}
    assert caught.value.error is None


async def test_an_empty_404_says_that_the_endpoint_is_missing(world: World) -> None:
    """A hostname that is no Foundry's, or a stack without the preview, is told from a missing record."""
    async with world.answered_by(lambda request: httpx.Response(404)) as records:
        with pytest.raises(errors.EndpointNotAvailableError):
            await records.get(RIDS[0])


async def test_a_wrong_token_is_unauthorized(world: World, emulator: Emulator) -> None:
    """The service's 401 is an `UnauthorizedError`, and the token is not in its text."""
    async with world.connected_to(emulator, auth="wr0ng-token") as records:
        with pytest.raises(UnauthorizedError) as caught:
            await records.get(RIDS[0])
    assert caught.value.error_name == "Default:Unauthorized"
    assert "wr0ng" not in str(caught.value)


async def test_preview_goes_with_every_request(records: AsyncRecords, emulator: Emulator) -> None:
    """`preview=true` is in the query of each operation, pages included."""
    await records.get(RIDS[0])
    await records.get_batch(RIDS[:150])
    await rids(records.search())
    assert [dict(request.query) for request in emulator.requests] == [{"preview": "true"}] * 7


async def test_preview_can_be_left_out(world: World, emulator: Emulator) -> None:
    """With `preview=False` there is no such parameter, and a preview service refuses."""
    async with world.connected_to(emulator, preview=False) as records:
        for call in (records.get(RIDS[0]), records.get_batch(RIDS[:1]), records.search().first()):
            with pytest.raises(BadRequestError, match="ApiFeaturePreviewUsageOnly"):
                await call
    assert [dict(request.query) for request in emulator.requests] == [{}] * 3


async def test_headers_say_who_asks_and_what_for(records: AsyncRecords, emulator: Emulator) -> None:
    """Token, accepted type, media type, product and trace id are in the headers."""
    await records.get(RIDS[0])
    await records.get_batch(RIDS[:1])
    get, batch = (request.headers for request in emulator.requests)
    for headers in (get, batch):
        assert headers["authorization"] == f"Bearer {emulator.token}"
        assert headers["accept"] == "application/json"
        assert headers["user-agent"].startswith("foundry-checkpoints/")
        assert len(headers["x-b3-traceid"]) == 16
    assert get["x-b3-traceid"] != batch["x-b3-traceid"]
    assert batch["content-type"] == "application/json"


async def test_a_trace_id_of_the_caller_is_sent(records: AsyncRecords, emulator: Emulator) -> None:
    """Each method takes a trace id, sends it with all its requests, and has it on errors."""
    await records.get_batch(RIDS[:150], trace_id="463ac35c9f6413ad")
    await rids(records.search(trace_id="463ac35c9f6413ad"))
    await rids_of_pairs(records.iter_batch(RIDS[:150], trace_id="463ac35c9f6413ad"))
    with pytest.raises(CheckpointRecordNotFound) as caught:
        await records.get(UNKNOWN[0], trace_id="463ac35c9f6413ad")
    assert {request.headers["x-b3-traceid"] for request in emulator.requests} == {"463ac35c9f6413ad"}
    assert len(emulator.requests) == 2 + 4 + 2 + 1
    assert caught.value.trace_id == "463ac35c9f6413ad"


@pytest.mark.parametrize("trace_id", ["", "a\r\nX-Other: b", "ü"], ids=repr)
async def test_a_trace_id_that_no_header_can_hold_is_refused(
    records: AsyncRecords, emulator: Emulator, trace_id: str
) -> None:
    """What is no trace id is an error of the caller; nothing is sent and nothing retried."""
    with pytest.raises(InvalidRequestError, match="trace_id"):
        await records.get(RIDS[0], trace_id=trace_id)
    assert emulator.requests == []


@pytest.mark.parametrize("deadline", [0, -1, float("nan")])
async def test_a_deadline_must_lie_ahead(records: AsyncRecords, emulator: Emulator, deadline: float) -> None:
    """A deadline of no time at all is refused by every method, before anything is sent."""
    for call in (
        lambda: records.get(RIDS[0], total_timeout=deadline),
        lambda: records.get_batch(RIDS[:1], total_timeout=deadline),
        lambda: rids_of_pairs(records.iter_batch(RIDS[:1], total_timeout=deadline)),
        lambda: records.search(total_timeout=deadline).first(),
    ):
        with pytest.raises(InvalidRequestError, match="deadline"):
            await call()
    assert emulator.requests == []


async def test_a_deadline_that_is_kept_changes_nothing(records: AsyncRecords) -> None:
    """Calls that end in time give what they give without a deadline."""
    assert await records.get(RIDS[0], total_timeout=30) == RECORDS[0]
    assert len(await records.get_batch(RIDS[:150], total_timeout=30)) == 150
    assert len(await rids(records.search(total_timeout=30))) == 350
