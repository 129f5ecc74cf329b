"""`get`, `get_batch`, `iter_batch`, their errors, and what every request carries, over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from itertools import chain
from typing import Any, cast

import anyio.lowlevel
import httpx
import pytest

from foundry_checkpoints import AsyncRecords, errors, models
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.errors import (
    ApiError,
    BadRequestError,
    CheckpointRecordNotFound,
    CheckpointRecordPermissionDenied,
    InvalidRequestError,
    ResponseDecodeError,
    UnauthorizedError,
)
from foundry_checkpoints.models import Record
from tests.samples import RECORDS, RIDS, SAMPLES, UNKNOWN, error_body, page
from tests.worlds import Stub, World, answered, gather, rids

pytestmark = pytest.mark.anyio

BY_RID = dict(zip(RIDS, SAMPLES, strict=True))


async def rids_of_pairs(pairs: AsyncIterator[tuple[str, Record | None]]) -> list[tuple[str, str | None]]:
    return [(rid, None if record is None else record.rid) async for rid, record in pairs]


def requested(request: httpx.Request) -> list[str]:
    """Return the RIDs that a getBatch request is for."""
    return [element["recordRid"] for element in json.loads(request.content)]


def batch_of(request: httpx.Request) -> httpx.Response:
    """Answer a getBatch request with all its records."""
    return httpx.Response(200, json={"data": {rid: BY_RID[rid] for rid in requested(request)}})


# get


async def test_get_returns_the_record(records: AsyncRecords, emulator: Emulator) -> None:
    """The record is complete, and the client sends one GET of its path."""
    assert await records.get(RIDS[3]) == RECORDS[3]
    (request,) = emulator.requests
    assert (request.method, request.path) == ("GET", f"/api/v2/checkpoints/records/{RIDS[3]}")


async def test_get_raises_for_a_record_that_doesnt_exist(records: AsyncRecords) -> None:
    """An unknown RID is an error with all that the service said."""
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


def test_get_raises_for_a_record_that_you_cant_read() -> None:
    """A hidden record is a permission error."""
    body = error_body("CheckpointRecordPermissionDenied", "PERMISSION_DENIED")
    with answered(Stub(body, status=403)) as records, pytest.raises(CheckpointRecordPermissionDenied):
        records.get(RIDS[0])


@pytest.mark.parametrize("rid", ["ri.a/../b", "ri.a?preview=false", "ri.a#b", "ri.a%2Fb", "ri.ü"])
def test_get_keeps_a_rid_in_one_segment_of_the_path(rid: str) -> None:
    """No character of a RID leads out of the path of the operation."""
    stub = Stub(SAMPLES[0])
    with answered(stub) as records:
        records.get(rid)
    (request,) = stub.requests
    path = request.url.raw_path.partition(b"?")[0]
    assert path.count(b"/") == b"/api/v2/checkpoints/records/x".count(b"/")
    assert request.url.path == f"/api/v2/checkpoints/records/{rid}"
    assert dict(request.url.params) == {"preview": "true"}


def test_get_raises_for_a_body_that_isnt_a_record() -> None:
    """A success that doesn't match the spec is an error with the path and without the content."""
    stub = Stub({**SAMPLES[0], "createdAt": "s3cr3t"})
    with answered(stub, retry=0) as records, pytest.raises(ResponseDecodeError) as caught:
        records.get(RIDS[0])
    assert caught.value.path == "Record.createdAt"
    assert "s3cr3t" not in str(caught.value)


# get_batch


@pytest.mark.parametrize(("number", "sizes"), [(0, []), (100, [100]), (250, [100, 100, 50])])
async def test_get_batch_returns_any_number_in_order_of_request(
    records: AsyncRecords, emulator: Emulator, number: int, sizes: list[int]
) -> None:
    """The client requests 100 RIDs at a time, each once; no RIDs are no request."""
    wanted = RIDS[:number]
    batch = await records.get_batch(wanted)
    assert list(batch) == wanted
    assert [*batch.values()] == RECORDS[:number]
    assert batch.missing == ()
    sent = [[element["recordRid"] for element in request.json] for request in emulator.requests]
    assert sorted(map(len, sent), reverse=True) == sizes
    assert sorted(chain.from_iterable(sent)) == sorted(wanted)


async def test_get_batch_requests_once_what_occurs_twice(records: AsyncRecords, emulator: Emulator) -> None:
    """Duplicates don't cost a second request, and the order is that of the first."""
    assert list(await records.get_batch([*RIDS[:60], *RIDS[30:90], *RIDS[:60]])) == RIDS[:90]
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


def test_get_batch_takes_an_absent_map_for_an_empty_one() -> None:
    """Without `data` every record is missing."""
    answers: list[dict[str, Any]] = [{}, {"data": None}, {"data": {}}]
    for answer in answers:
        with answered(Stub(answer)) as records:
            assert records.get_batch(UNKNOWN[:2]).missing == (UNKNOWN[0], UNKNOWN[1])


async def test_batches_reject_records_that_dont_fit(world: World) -> None:
    """The error of a record that wasn't requested has the trace ID of the call."""
    async with world.answered_by(Stub({"data": {RIDS[1]: SAMPLES[1]}})) as records:
        for call in (
            lambda: records.get_batch([RIDS[0]], trace_id="463ac35c9f6413ad"),
            lambda: rids_of_pairs(records.iter_batch([RIDS[0]], trace_id="463ac35c9f6413ad")),
        ):
            with pytest.raises(ResponseDecodeError) as caught:
                await cast(Any, call)()
            assert (caught.value.path, caught.value.trace_id) == ("GetRecordsBatchResponse.data", "463ac35c9f6413ad")


async def test_get_batch_raises_the_error_of_any_chunk(world: World) -> None:
    """A chunk that fails is an error of the whole batch, not a part of it that is missing."""

    def service(request: httpx.Request) -> httpx.Response:
        denied = httpx.Response(403, json=error_body("ApiUsageDenied", missingScope="a"))
        return denied if RIDS[100] in requested(request) else batch_of(request)

    async with world.answered_by(service) as records:
        with pytest.raises(errors.ApiUsageDenied, match="missingScope"):
            await records.get_batch(RIDS[:250])


# iter_batch


async def test_iter_batch_yields_a_pair_for_each_rid_in_order(records: AsyncRecords, emulator: Emulator) -> None:
    """Every RID is yielded as often as it was requested, in order, with None if there is no record."""
    wanted = [*RIDS[:120], UNKNOWN[0], *RIDS[100:230], UNKNOWN[0], RIDS[0]]
    found = await rids_of_pairs(records.iter_batch(wanted))
    assert found == [(rid, None if rid in UNKNOWN else rid) for rid in wanted]
    assert all(len(request.json) <= 100 for request in emulator.requests)


async def test_iter_batch_sends_nothing_before_it_is_iterated(records: AsyncRecords, emulator: Emulator) -> None:
    """Creating the iterator neither reads the source nor sends a request; no RIDs are no request."""
    source = iter(RIDS[:3])
    pairs = records.iter_batch(source)
    assert emulator.requests == []
    assert next(source) == RIDS[0]
    assert await rids_of_pairs(pairs) == [(rid, rid) for rid in RIDS[1:3]]
    emulator.clear()
    assert await rids_of_pairs(records.iter_batch([])) == []
    assert emulator.requests == []


async def test_iter_batch_reads_its_source_as_far_as_needed(world: World) -> None:
    """The client reads at most 4 chunks ahead for each request that can be in flight."""
    read = returned = 0

    def source() -> Iterator[str]:
        nonlocal read
        for read in range(1, 1501):
            yield RIDS[read % len(RIDS)]

    async with world.answered_by(batch_of, max_concurrency=2) as records:
        async for _ in records.iter_batch(source()):
            returned += 1
            assert read <= returned + 100 * 4 * 2
    assert returned == read == 1500


def test_iter_batch_continues_behind_a_slow_chunk() -> None:
    """While the first chunk is under way, the client requests as many others as it can buffer, and no more."""
    others = threading.Semaphore(0)

    def service(request: httpx.Request) -> httpx.Response:
        if requested(request)[0] == "ri.0":
            for _ in range(7):
                assert others.acquire(timeout=10)
        else:
            others.release()
        return httpx.Response(200, json={"data": {}})

    numbers = iter(range(1500))
    with answered(service, max_concurrency=2) as records:
        pairs = records.iter_batch(f"ri.{number}" for number in numbers)
        found = [next(pairs)]
        assert next(numbers) == 800
        found += pairs
    assert [rid for rid, _ in found] == [f"ri.{number}" for number in range(1500) if number != 800]


async def from_file(items: list[Any]) -> AsyncGenerator[Any]:
    """Yield RIDs as an async source does."""
    for item in items:
        await anyio.lowlevel.checkpoint()
        yield item


async def test_iter_batch_takes_an_async_source_in_the_async_client(records: AsyncRecords, world: World) -> None:
    """The async client reads an async iterable like any other; the sync client must reject it."""
    pairs = records.iter_batch(from_file([*RIDS[:250], UNKNOWN[0]]))
    if world.name == "sync":
        with pytest.raises(InvalidRequestError, match="async_generator"):
            await rids_of_pairs(pairs)
    else:
        assert await rids_of_pairs(pairs) == [*((rid, rid) for rid in RIDS[:250]), (UNKNOWN[0], None)]


async def test_iter_batch_yields_what_comes_before_a_wrong_rid(records: AsyncRecords, world: World) -> None:
    """In a stream, sync or async, the chunks before the one with the wrong RID are returned first."""
    wanted: list[Any] = [*RIDS[:200], 5]
    for source in (wanted, iter(wanted), from_file(wanted)):
        if world.name == "sync" and isinstance(source, AsyncIterator):
            continue
        found: list[Any] = []
        async with aclosing(source) if isinstance(source, AsyncGenerator) else aclosing(from_file([])):
            with pytest.raises(InvalidRequestError, match="int"):
                await gather(found, records.iter_batch(cast(Any, source)))
        assert [rid for rid, _ in found] == RIDS[:200]


async def test_iter_batch_yields_what_comes_before_an_error(world: World) -> None:
    """The error of a chunk is raised after the chunks before it were returned."""

    def service(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": 5}) if RIDS[100] in requested(request) else batch_of(request)

    for max_concurrency in (1, 4):
        found: list[Any] = []
        async with world.answered_by(service, max_concurrency=max_concurrency, retry=0) as records:
            with pytest.raises(ResponseDecodeError):
                await gather(found, records.iter_batch(RIDS))
        assert [rid for rid, _ in found] == RIDS[:100]


# Arguments


@pytest.mark.parametrize("wrong", [None, "", "ri.a b", ["ri.a"]], ids=["none", "empty", "space", "list"])
async def test_what_cant_be_a_rid_isnt_sent(world: World, wrong: Any) -> None:
    """Every method rejects it, alone or among others."""
    stub = Stub(page())
    async with world.answered_by(stub) as records:
        for call in (
            lambda: records.get(wrong),
            lambda: records.get_batch([*RIDS[:150], wrong]),
            lambda: rids_of_pairs(records.iter_batch([wrong])),
        ):
            with pytest.raises(InvalidRequestError, match="RID"):
                await cast(Any, call)()
    assert stub.requests == []


@pytest.mark.parametrize("wrong", [RIDS[0], None, 5], ids=["text", "none", "number"])
async def test_what_isnt_an_iterable_of_rids_isnt_sent(world: World, wrong: Any) -> None:
    """A single text isn't taken for a list."""
    stub = Stub(page())
    async with world.answered_by(stub) as records:
        with pytest.raises(InvalidRequestError, match="rids"):
            await records.get_batch(wrong)
        with pytest.raises(InvalidRequestError, match="rids"):
            await rids_of_pairs(records.iter_batch(wrong))
    assert stub.requests == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("total_timeout", value) for value in (0, float("nan"))),
        *(("trace_id", value) for value in ("", "a\r\nX-Other: b")),
    ],
    ids=repr,
)
async def test_an_option_that_cant_work_is_rejected_by_every_method(world: World, option: str, value: Any) -> None:
    """It is named, and nothing is sent."""
    stub = Stub(page())
    async with world.answered_by(stub) as records:
        for call in (
            lambda: records.get(RIDS[0], **{option: value}),
            lambda: records.get_batch(RIDS[:1], **{option: value}),
            lambda: rids_of_pairs(records.iter_batch(RIDS[:1], **{option: value})),
            lambda: records.search(**{option: value}).first(),
        ):
            with pytest.raises(InvalidRequestError, match=option):
                await cast(Any, call)()
    assert stub.requests == []


# Errors


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


def test_each_documented_error_has_its_class_and_its_model() -> None:
    """Status and name decide the class, for every operation; the body is decoded to its model."""
    for name, (status, cls) in DOCUMENTED.items():
        with answered(Stub(error_body(name), status=status), retry=0) as records:
            for call in (
                lambda: records.get(RIDS[0]),
                lambda: records.get_batch(RIDS[:1]),
                lambda: records.search().first(),
            ):
                with pytest.raises(ApiError) as caught:
                    call()
                assert type(caught.value) is cls
                assert (caught.value.status_code, caught.value.error_name) == (status, name)
                assert type(caught.value.error).__name__ == f"{name.replace(':', '')}Body"


def test_an_unknown_name_has_the_class_of_its_status() -> None:
    """An error that the spec doesn't know keeps its name and parameters, and has no model."""
    for status, cls in ((400, BadRequestError), (418, ApiError), (503, errors.ServiceUnavailableError)):
        stub = Stub(error_body("BrandNew", "BRAND_NEW", a=[1]), status=status)
        with answered(stub, retry=0) as records, pytest.raises(ApiError) as caught:
            records.get(RIDS[0])
        assert type(caught.value) is cls
        assert (caught.value.error_name, caught.value.error_code) == ("BrandNew", "BRAND_NEW")
        assert caught.value.parameters == {"a": [1]}
        assert caught.value.error is None


def test_an_empty_404_says_that_the_endpoint_is_missing() -> None:
    """A hostname that isn't a Foundry's, or a stack without the preview, isn't taken for a missing record."""
    with answered(lambda _: httpx.Response(404)) as records, pytest.raises(errors.EndpointNotAvailableError):
        records.get(RIDS[0])


async def test_a_wrong_token_is_unauthorized(world: World, emulator: Emulator) -> None:
    """The service's 401 is an `UnauthorizedError`, and the token isn't in its text."""
    async with world.connected_to(emulator, auth="wr0ng-token") as records:
        with pytest.raises(UnauthorizedError) as caught:
            await records.get(RIDS[0])
    assert caught.value.error_name == "Default:Unauthorized"
    assert "wr0ng" not in str(caught.value)


# What every request carries


async def test_preview_goes_with_every_request(records: AsyncRecords, emulator: Emulator) -> None:
    """`preview=true` is in the query of each operation, pages included."""
    await records.get(RIDS[0])
    await records.get_batch(RIDS[:150])
    await rids(records.search())
    assert [dict(request.query) for request in emulator.requests] == [{"preview": "true"}] * 7


async def test_preview_can_be_left_out(world: World, emulator: Emulator) -> None:
    """With `preview=False` the parameter isn't sent, and a preview service rejects the request."""
    async with world.connected_to(emulator, preview=False) as records:
        for call in (records.get(RIDS[0]), records.get_batch(RIDS[:1]), records.search().first()):
            with pytest.raises(BadRequestError, match="ApiFeaturePreviewUsageOnly"):
                await call
    assert [dict(request.query) for request in emulator.requests] == [{}] * 3


async def test_headers_say_who_sends_and_what_for(records: AsyncRecords, emulator: Emulator) -> None:
    """Token, accepted type, media type, product, and trace ID are in the headers."""
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
    """Each method sends it with all its requests, and has it on errors; all chunks of a batch share one."""
    await records.get_batch(RIDS[:150])
    assert len({request.headers["x-b3-traceid"] for request in emulator.requests}) == 1
    emulator.clear()
    await records.get_batch(RIDS[:150], trace_id="463ac35c9f6413ad")
    await rids(records.search(trace_id="463ac35c9f6413ad"))
    await rids_of_pairs(records.iter_batch(RIDS[:150], trace_id="463ac35c9f6413ad"))
    with pytest.raises(CheckpointRecordNotFound) as caught:
        await records.get(UNKNOWN[0], trace_id="463ac35c9f6413ad")
    assert {request.headers["x-b3-traceid"] for request in emulator.requests} == {"463ac35c9f6413ad"}
    assert len(emulator.requests) == 2 + 4 + 2 + 1
    assert caught.value.trace_id == "463ac35c9f6413ad"


async def test_a_total_timeout_that_is_kept_changes_nothing(records: AsyncRecords) -> None:
    """Calls that end in time return what they return without one."""
    assert await records.get(RIDS[0], total_timeout=30) == RECORDS[0]
    assert len(await records.get_batch(RIDS[:150], total_timeout=30)) == 150
    assert len(await rids_of_pairs(records.iter_batch(RIDS[:150], total_timeout=30))) == 150
    assert len(await rids(records.search(total_timeout=30))) == 350
