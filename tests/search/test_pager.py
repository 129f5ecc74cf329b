"""What `search` sends and returns over HTTP: order, pages, limits, where to resume, and what runs ahead."""

from __future__ import annotations

import threading
from contextlib import aclosing
from typing import Any, cast

import anyio
import httpx
import pytest

from foundry_checkpoints import AsyncRecords, F
from foundry_checkpoints._http.transport import AsyncTransport
from foundry_checkpoints._search.cursor import Cursor
from foundry_checkpoints._search.pager import PagePlan
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import (
    BadRequestError,
    InvalidRequestError,
    PaginationError,
    ResponseDecodeError,
    SearchRecordsPermissionDenied,
)
from foundry_checkpoints.models import SearchCheckpointRecordsResponse, UnknownVariant
from foundry_checkpoints_api.types import MILLISECOND
from tests.samples import RECORDS, RIDS, SAMPLES, UNKNOWN, error_body, newest_first, page
from tests.worlds import Stub, World, answered, gather, rids, settings, taken

pytestmark = pytest.mark.anyio

NEWEST_FIRST = newest_first(RECORDS)
RECORDS_END = max(record.created_at for record in RECORDS) + MILLISECOND


async def test_a_search_without_a_filter_finds_every_record(records: AsyncRecords, emulator: Emulator) -> None:
    """The records are complete and newest first, and the client sends one POST for each page."""
    found = [record async for record in records.search()]
    assert [record.rid for record in found] == NEWEST_FIRST
    by_rid = {record.rid: record for record in RECORDS}
    assert all(record == by_rid[record.rid] for record in found)
    assert {(seen.method, seen.path) for seen in emulator.requests} == {("POST", "/api/v2/checkpoints/records/search")}
    assert len(emulator.requests) == 4
    assert await rids(records.search(sort_direction="ASC")) == NEWEST_FIRST[::-1]


async def test_nothing_beyond_a_limit_is_requested(records: AsyncRecords, emulator: Emulator) -> None:
    """The first records are returned, and the pages, prefetched ones included, hold no more than these."""
    for limit in (0, 99, 101, 1000):
        emulator.clear()
        assert await rids(records.search(limit=limit)) == NEWEST_FIRST[:limit]
        sizes = [request.json.get("pageSize", 100) for request in emulator.requests]
        assert sum(sizes) == limit if limit <= 350 else len(sizes) == 4


async def test_a_page_size_is_a_hint(records: AsyncRecords, emulator: Emulator) -> None:
    """Smaller pages mean more requests, the service reduces larger ones, and the records are the same."""
    for page_size, requests in ((70, 5), (250, 4)):
        emulator.clear()
        assert await rids(records.search(page_size=page_size)) == NEWEST_FIRST
        assert [request.json["pageSize"] for request in emulator.requests] == [page_size] * requests


async def test_a_search_resumes_at_the_token_of_any_page(records: AsyncRecords) -> None:
    """Each page knows its own token and the next. With a token, a new search returns that page and all after it."""
    pages = [page async for page in records.search(page_size=100).pages()]
    assert [len(page) for page in pages] == [100, 100, 100, 50]
    assert [record.rid for page in pages for record in page] == NEWEST_FIRST
    assert [page.page_token for page in pages] == [None, *(page.next_page_token for page in pages[:-1])]
    assert pages[-1].next_page_token is None
    for number, start in enumerate(pages[1:], 1):
        rest = await rids(records.search(page_size=100, page_token=start.page_token))
        assert rest == NEWEST_FIRST[100 * number :]


async def test_first_requests_one_record(records: AsyncRecords, emulator: Emulator) -> None:
    """`first` is one request for one record, also of a parallel search; with a limit of 0 nothing is sent."""
    for concurrency in (1, 4):
        first = await records.search(sort_direction="ASC", concurrency=concurrency).first()
        assert first is not None
        assert first.rid == NEWEST_FIRST[-1]
    assert await records.search(F.record_rid == UNKNOWN[0]).first() is None
    assert await records.search(limit=0).first() is None
    assert [request.json["pageSize"] for request in emulator.requests] == [1, 1, 1]


async def test_first_looks_beyond_empty_pages(world: World) -> None:
    """An empty page with a token isn't the end, for `first` either."""
    async with world.answered_by(Stub(page(token="a"), page(token="b"), page([7], token="c"))) as records:
        assert await records.search().first() == RECORDS[7]


async def test_nothing_is_sent_before_iteration(records: AsyncRecords, emulator: Emulator) -> None:
    """Creating a search, its iterator, or its pages does no I/O."""
    search = records.search(F.checkpoint_type == "X", limit=5)
    search.pages()
    aiter(search)
    assert emulator.requests == []


async def test_each_iteration_starts_from_the_beginning(records: AsyncRecords, emulator: Emulator) -> None:
    """A search can be iterated again, and sends again; iterators that run at a time don't disturb each other."""
    search = records.search(page_size=20, limit=60)
    assert await rids(search) == NEWEST_FIRST[:60]
    async with aclosing(cast(Any, aiter(search))) as left, aclosing(cast(Any, aiter(search))) as right:
        pairs = [(await anext(left), await anext(right)) for _ in range(60)]
    assert [a.rid for a, _ in pairs] == [b.rid for _, b in pairs] == NEWEST_FIRST[:60]
    assert len(emulator.requests) == 9


async def test_a_search_can_be_left_early(records: AsyncRecords, emulator: Emulator) -> None:
    """Without prefetching, a caller who stops iterating causes no further request."""
    assert len(await taken(records.search(prefetch=False), 150)) == 150
    assert len(emulator.requests) == 2


def test_the_next_page_is_fetched_while_the_caller_handles_one() -> None:
    """With `prefetch` the request for the second page is sent before the caller asks for it."""
    second = threading.Event()

    def service(request: httpx.Request) -> httpx.Response:
        if b"pageToken" in request.content:
            second.set()
            return httpx.Response(200, json=page([1]))
        return httpx.Response(200, json=page([0], token="a"))

    with answered(service) as records:
        pages = records.search().pages()
        next(pages)
        assert second.wait(10)
        assert [page.records for page in pages] == [RECORDS[1:2]]


def test_one_page_runs_ahead_at_most() -> None:
    """With `prefetch` one page waits while the caller handles another; without it none does."""
    answers = [SearchCheckpointRecordsResponse.from_dict(page([n], token=str(n))) for n in range(3)]
    for prefetch, ahead in ((True, 2), (False, 1)):
        plan, fetched = PagePlan(Cursor(), prefetch=prefetch), 0
        while (request := plan.next_task()) is not None:
            assert plan.next_task() is None
            plan.accept(request, answers[fetched])
            fetched += 1
        assert fetched == ahead


def test_closing_a_search_doesnt_wait_for_a_prefetch() -> None:
    """The page that is on its way is left to its thread."""
    sent, closed = threading.Event(), threading.Event()

    def service(request: httpx.Request) -> httpx.Response:
        if b"pageToken" in request.content:
            sent.set()
            assert closed.wait(10)
        return httpx.Response(200, json=page([0], token="a"))

    with answered(service) as records:
        pages = records.search().pages()
        next(pages)
        assert sent.wait(10)
        pages.close()
        closed.set()


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_closing_an_async_search_cancels_a_prefetch(anyio_backend: str) -> None:
    """The request of the page that is on its way ends with the search."""
    sent, cancelled = anyio.Event(), anyio.Event()

    async def service(request: httpx.Request) -> httpx.Response:
        if b"pageToken" in request.content:
            sent.set()
            try:
                await anyio.sleep_forever()
            finally:
                cancelled.set()
        return httpx.Response(200, json=page([0], token="a"))

    async with httpx.AsyncClient(transport=httpx.MockTransport(service)) as http:
        async with aclosing(AsyncRecords(AsyncTransport(settings(), http)).search().pages()) as pages:
            await anext(pages)
            with anyio.fail_after(10):
                await sent.wait()
        with anyio.fail_after(10):
            await cancelled.wait()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("page_size", value) for value in (0, -1, True, 1.0, "5")),
        *(("limit", value) for value in (-1, True, 1.0, "5")),
        *(("prefetch", value) for value in (0, 1, None, "yes")),
        *(("ordered", value) for value in (0, None)),
        *(("on_progress", value) for value in (True, "bar")),
        *(("concurrency", value) for value in (0, -1, 1.5, None)),
        *(("page_token", value) for value in ("", 5, b"a")),
        *(("sort_direction", value) for value in ("asc", 5)),
        *(("total_timeout", value) for value in (0, -1, float("nan"), "5")),
    ],
)
def test_options_are_checked_when_the_search_is_created(option: str, value: Any) -> None:
    """An option that isn't valid is rejected at once, by its name."""
    with answered(Stub(page())) as records, pytest.raises(InvalidRequestError, match=option):
        records.search(**{option: value})


def test_an_unknown_option_is_a_type_error() -> None:
    """It is named, as by any function."""
    with answered(Stub(page())) as records, pytest.raises(TypeError, match="'deadline'"):
        records.search(deadline=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}], ids=["object", "nan", "set"])
def test_a_filter_that_isnt_json_isnt_sent(value: Any) -> None:
    """An unknown variant can hold anything; what JSON can't say is an error of the caller."""
    stub = Stub(page())
    with answered(stub) as records, pytest.raises(InvalidRequestError, match="JSON"):
        records.search(UnknownVariant("novelty", {"type": "novelty", "a": value})).first()
    assert stub.requests == []


async def test_an_error_comes_after_the_records_before_it_and_says_where_to_resume(
    records: AsyncRecords, emulator: Emulator
) -> None:
    """The pages before the failed one are returned; its token leads to the rest, so that nothing is lost."""
    pages = cast(Any, records.search(prefetch=False).pages())
    seen = [record.rid for _ in range(2) for record in await anext(pages)]
    emulator.inject(Fault.error("SearchRecordsPermissionDenied"))
    with pytest.raises(SearchRecordsPermissionDenied) as caught:
        await anext(pages)
    assert len(seen) == 200
    assert seen + await rids(records.search(page_token=caught.value.page_token)) == NEWEST_FIRST


async def test_a_prefetched_error_waits_for_its_turn(world: World) -> None:
    """The error of the second page is raised after every record of the first."""
    found: list[Any] = []
    async with world.answered_by(Stub(page(range(3), token="a"), {"data": 5}), retry=0) as records:
        with pytest.raises(ResponseDecodeError) as caught:
            await gather(found, records.search())
    assert found == RECORDS[:3]
    assert (caught.value.path, caught.value.page_token) == ("SearchCheckpointRecordsResponse.data", "a")


def test_an_error_of_the_first_page_has_the_token_of_the_caller() -> None:
    """None is the beginning."""
    with answered(Stub(error_body("InvalidPageSize"), status=400)) as records:
        for token in (None, "start"):
            with pytest.raises(BadRequestError) as caught:
                list(records.search(page_token=token))
            assert caught.value.page_token == token


async def test_a_loop_ends_in_an_error(world: World) -> None:
    """A service that leads in a circle is detected; the error has the token that was repeated."""
    async with world.answered_by(Stub(page([0], token="a"), page([1], token="a"))) as records:
        with pytest.raises(PaginationError) as caught:
            await rids(records.search())
    assert caught.value.page_token == "a"


async def test_empty_pages_and_constant_tokens_arent_the_end(world: World) -> None:
    """The search continues after short and empty pages, and with the same token, until there is no token."""
    stub = Stub(
        page([0], token="a"), page([1], token="a"), page(token="b"), page([2, 3], token="c"), page([4], token="")
    )
    async with world.answered_by(stub) as records:
        assert await rids(records.search()) == RIDS[:5]
    assert [body.get("pageToken") for body in stub.bodies] == [None, "a", "a", "b", "c"]


async def test_an_expired_page_token_costs_no_record(world: World) -> None:
    """If the service rejects the token, the search resumes from the time of the last record."""
    with Emulator(SAMPLES) as emulator:
        async with world.connected_to(emulator) as records:
            pages, seen = cast(Any, records.search(prefetch=False).pages()), list[str]()
            async for found in pages:
                seen += [record.rid for record in found]
                if len(seen) < len(RIDS):
                    emulator.inject(Fault.error("InvalidPageToken"))
    assert seen == NEWEST_FIRST
    assert emulator.status_counts[400] > 1


def test_a_page_token_that_is_rejected_again_is_an_error() -> None:
    """A search resumes once for each page; then the error is raised, with the page to resume from."""
    rejection = error_body("InvalidPageToken", "INVALID_ARGUMENT", pageToken="a")
    answers = iter([httpx.Response(200, json=page([0], token="a")), *([httpx.Response(400, json=rejection)] * 2)])
    with answered(lambda _: next(answers)) as records, pytest.raises(BadRequestError, match="InvalidPage") as caught:
        list(records.search())
    assert caught.value.page_token is None
    assert next(answers, None) is None


@pytest.mark.parametrize(
    "options", [{"page_size": 30}, {"sort_direction": "ASC", "limit": 230}], ids=["newest first", "oldest first, limit"]
)
async def test_a_parallel_search_returns_the_same_records(world: World, options: Any) -> None:
    """With `concurrency` the same records are returned in the same order, each once; unordered, the same ones."""
    with Emulator(SAMPLES) as emulator:
        async with world.connected_to(emulator) as records:
            expected = await rids(records.search(**options))
            assert await rids(records.search(concurrency=4, **options)) == expected
            unordered = await rids(records.search(concurrency=4, ordered=False, **options))
    assert len(unordered) == len(set(unordered)) == len(expected)
    assert "limit" in options or sorted(unordered) == sorted(expected)


async def test_a_failed_parallel_search_says_which_windows_are_left(world: World) -> None:
    """Searching the windows again returns what is missing."""
    rest: list[Any] = []
    with Emulator(SAMPLES) as emulator:
        async with world.connected_to(emulator) as records:
            pages = cast(Any, records.search(concurrency=4, page_size=20).pages())
            found = [record.rid for _ in range(2) for record in await anext(pages)]
            emulator.inject(Fault.error("SearchRecordsPermissionDenied"))
            with pytest.raises(SearchRecordsPermissionDenied) as caught:
                await gather(rest, pages)
            found += [record.rid for page in rest for record in page]
            assert len(set(found)) == len(found) < len(RIDS)
            for start, end in caught.value.windows:
                where = F.created_at < (end or RECORDS_END)
                found += await rids(records.search(where if start is None else where & (F.created_at >= start)))
    assert {*found} == {*RIDS}


def test_a_parallel_search_doesnt_start_at_a_page_token() -> None:
    """A token belongs to a sequential search."""
    with answered(Stub(page())) as records, pytest.raises(InvalidRequestError, match="concurrency"):
        records.search(page_token="a", concurrency=2)


def test_an_absent_list_is_an_empty_page() -> None:
    """Without `data` and a token the search is over."""
    for answer in ({}, {"data": None, "nextPageToken": None}):
        with answered(Stub(answer)) as records:
            assert list(records.search()) == []


def test_the_repr_of_a_pager_is_one_short_line() -> None:
    """It says how many run at a time, and sends nothing."""
    stub = Stub(page())
    with answered(stub) as records:
        assert repr(records.search(concurrency=4)) == "<RecordPager, 4 at a time>"
    assert stub.requests == []
