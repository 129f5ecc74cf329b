"""`search`: order, pages, limits, where to resume, and what a `where` may be, in both worlds, over HTTP."""

from __future__ import annotations

from contextlib import aclosing
from types import MappingProxyType
from typing import Any, cast

import httpx
import pytest

from foundry_checkpoints import F, models
from foundry_checkpoints._records import AsyncRecords
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import (
    BadRequestError,
    InvalidRequestError,
    PaginationError,
    ResponseDecodeError,
    SearchRecordsPermissionDenied,
)
from tests.samples import RECORDS, RIDS, SAMPLES, UNKNOWN, error_body, newest_first, page
from tests.worlds import Stub, World, rids, taken

pytestmark = pytest.mark.anyio


async def test_without_a_filter_finds_every_record(records: AsyncRecords, emulator: Emulator) -> None:
    """No `where` means all, newest first, as whole records, by POSTs of pages."""
    found = [record async for record in records.search()]
    assert [record.rid for record in found] == newest_first(RECORDS)
    by_rid = {record.rid: record for record in RECORDS}
    assert all(record == by_rid[record.rid] for record in found)
    assert {(seen.method, seen.path) for seen in emulator.requests} == {("POST", "/api/v2/checkpoints/records/search")}
    assert len(emulator.requests) == 4


@pytest.mark.parametrize("direction", ["ASC", models.SortDirection.ASC], ids=repr)
async def test_ascending_is_oldest_first(records: AsyncRecords, direction: Any) -> None:
    """The direction is given as text or as a member."""
    assert await rids(records.search(sort_direction=direction)) == newest_first(RECORDS)[::-1]


@pytest.mark.parametrize("limit", [0, 1, 99, 100, 101, 250, 350, 1000])
async def test_a_limit_is_kept_and_nothing_is_asked_beyond_it(
    records: AsyncRecords, emulator: Emulator, limit: int
) -> None:
    """The first records come, and the pages asked for, prefetched ones included, hold no more than these."""
    assert await rids(records.search(limit=limit)) == newest_first(RECORDS)[:limit]
    sizes = [request.json.get("pageSize", 100) for request in emulator.requests]
    assert sum(sizes) == limit if limit <= 350 else len(sizes) == 4


@pytest.mark.parametrize(("page_size", "requests"), [(50, 7), (100, 4), (250, 4)])
async def test_a_page_size_is_a_hint(records: AsyncRecords, emulator: Emulator, page_size: int, requests: int) -> None:
    """Smaller pages mean more of them; the service reduces larger ones; the records are the same."""
    assert await rids(records.search(page_size=page_size)) == newest_first(RECORDS)
    assert [request.json["pageSize"] for request in emulator.requests] == [page_size] * requests


async def test_pages_are_linked_by_their_tokens(records: AsyncRecords) -> None:
    """Each page knows its own token and the next; the first has none before it, the last none after it."""
    pages = [page async for page in records.search(page_size=100).pages()]
    assert [len(page) for page in pages] == [100, 100, 100, 50]
    assert [record.rid for page in pages for record in page] == newest_first(RECORDS)
    assert pages[0].page_token is None
    assert [page.page_token for page in pages[1:]] == [page.next_page_token for page in pages[:-1]]
    assert pages[-1].next_page_token is None


async def test_a_search_resumes_at_a_page_token(records: AsyncRecords) -> None:
    """With the token of any page a new search gives that page and all after it."""
    pages = [page async for page in records.search(page_size=100).pages()]
    for number, start in enumerate(pages[1:], 1):
        rest = await rids(records.search(page_size=100, page_token=start.page_token))
        assert rest == newest_first(RECORDS)[100 * number :]


async def test_first_asks_for_one_record(records: AsyncRecords, emulator: Emulator) -> None:
    """`first` is one request for one record."""
    first = await records.search(sort_direction="ASC").first()
    assert first is not None
    assert first.rid == newest_first(RECORDS)[-1]
    assert [request.json["pageSize"] for request in emulator.requests] == [1]


async def test_first_of_nothing_is_none(records: AsyncRecords, emulator: Emulator) -> None:
    """Where nothing matches there is no first record; with a limit of 0 nothing is even asked."""
    assert await records.search(F.record_rid == UNKNOWN[0]).first() is None
    emulator.clear()
    assert await records.search(limit=0).first() is None
    assert emulator.requests == []


async def test_first_looks_beyond_empty_pages(world: World) -> None:
    """An empty page with a token is not the end, for `first` either."""
    async with world.answered_by(Stub(page(token="a"), page(token="b"), page([7], token="c"))) as records:
        first = await records.search().first()
    assert first == RECORDS[7]


async def test_nothing_is_sent_before_iteration(records: AsyncRecords, emulator: Emulator) -> None:
    """Making a search, its iterator or its pages does no I/O."""
    search = records.search(F.checkpoint_type == "X", limit=5)
    search.pages()
    aiter(search)
    assert emulator.requests == []


async def test_each_iteration_starts_anew(records: AsyncRecords, emulator: Emulator) -> None:
    """A search can be iterated again, asks again, and sees what was added meanwhile."""
    search = records.search(limit=120)
    assert await rids(search) == await rids(search) == newest_first(RECORDS)[:120]
    assert len(emulator.requests) == 4


async def test_two_iterations_do_not_disturb_each_other(records: AsyncRecords) -> None:
    """Each iterator of a search has its own place in it."""
    search = records.search(page_size=20, limit=60)
    async with aclosing(cast(Any, aiter(search))) as left, aclosing(cast(Any, aiter(search))) as right:
        pairs = [(await anext(left), await anext(right)) for _ in range(60)]
    assert [a.rid for a, _ in pairs] == [b.rid for _, b in pairs] == newest_first(RECORDS)[:60]


async def test_a_search_can_be_left_early(records: AsyncRecords, emulator: Emulator) -> None:
    """Who stops iterating asks for no further page, if no page is prefetched."""
    assert len(await taken(records.search(prefetch=False), 150)) == 150
    assert len(emulator.requests) == 2


SENT = {"type": "eq", "field": "checkpointType", "value": "X"}


@pytest.mark.parametrize(
    ("where", "sent"),
    [
        (F.checkpoint_type == "X", SENT),
        (models.search_checkpoint_records_filter_from_dict(SENT), SENT),
        (SENT, SENT),
        (MappingProxyType(SENT), SENT),
        ({**SENT, "novelty": [1]}, {**SENT, "novelty": [1]}),
        ({**SENT, "field": "novelField"}, {**SENT, "field": "novelField"}),
        (models.UnknownVariant("novelty", {"type": "novelty", "a": [1]}), {"type": "novelty", "a": [1]}),
        (None, {"type": "gte", "field": "createdAt", "value": "1970-01-01T00:00:00.000Z"}),
    ],
    ids=["F", "model", "dict", "mapping", "unknown field", "unknown value", "unknown variant", "none"],
)
async def test_where_is_sent_as_it_is_meant(world: World, where: Any, sent: dict[str, Any]) -> None:
    """An expression, a model and a dict say the same; what the spec does not know is sent as it is."""
    stub = Stub(page())
    async with world.answered_by(stub) as records:
        assert await rids(records.search(where)) == []
    assert [body["where"] for body in stub.bodies] == [{"filter": sent}]


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("checkpointType", "not str"),
        (5, "not int"),
        (True, "not bool"),
        ([SENT], "not list"),
        (F.checkpoint_type, "not EqualsField"),
        (RECORDS[0], "not Record"),
        ({}, "missing"),
        ({"type": None}, "unexpected null"),
        ({"type": "eq", "field": "checkpointType"}, r"value: missing"),
        ({"type": "gte", "field": "createdAt", "value": "yesterday"}, "not a time"),
        ({"type": "novelty"}, "no filter of type 'novelty'"),
        ({"type": "not", "filter": {"type": "novelty"}}, "no filter of type 'novelty'"),
        ({"type": "or", "filters": [SENT, {"type": "and", "filters": [{"type": "novelty"}]}]}, "UnknownVariant"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_where_is_refused_where_it_is_no_filter(world: World, where: Any, hint: str) -> None:
    """What is no filter is refused when the search is made, and a misspelt type is not taken for a new one."""
    async with world.answered_by(Stub(page())) as records:
        with pytest.raises(InvalidRequestError, match=hint):
            records.search(where)


async def test_where_a_filter_nested_without_end_is_refused(world: World) -> None:
    """A dict too deep to be sent is an error of the caller, not a crash."""
    where: dict[str, Any] = SENT
    for _ in range(100_000):
        where = {"type": "not", "filter": where}
    async with world.answered_by(Stub(page())) as records:
        with pytest.raises(InvalidRequestError):
            await rids(records.search(where))


async def test_where_what_is_no_json_is_refused_before_it_is_sent(world: World) -> None:
    """An unknown variant may hold anything; what JSON cannot say is an error of the caller."""
    stub = Stub(page())
    async with world.answered_by(stub) as records:
        for value in (object(), float("nan"), {1, 2}):
            with pytest.raises(InvalidRequestError, match="JSON"):
                await rids(records.search(models.UnknownVariant("novelty", {"type": "novelty", "a": value})))
    assert stub.requests == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("page_size", value) for value in (0, -1, True, 1.0, "5")),
        *(("limit", value) for value in (-1, True, 1.0, "5")),
        *(("prefetch", value) for value in (-1, 1.5, None)),
        *(("concurrency", value) for value in (0, -1, 1.5, None)),
        *(("page_token", value) for value in ("", 5, b"a")),
        *(("sort_direction", value) for value in ("asc", "", 5, "UP")),
    ],
)
async def test_options_are_checked_when_the_search_is_made(world: World, option: str, value: Any) -> None:
    """An option that cannot be meant is refused at once, by its name."""
    async with world.answered_by(Stub(page())) as records:
        with pytest.raises(InvalidRequestError, match=option):
            records.search(**{option: value})


async def test_an_error_comes_after_the_records_before_it_and_says_where_to_resume(world: World) -> None:
    """The pages before the failed one are given; its token leads to the rest, so that nothing is lost."""
    with Emulator(SAMPLES) as emulator:
        async with world.connected_to(emulator) as records:
            pages = cast(Any, records.search(prefetch=False).pages())
            seen = [record.rid for _ in range(2) for record in await anext(pages)]
            emulator.inject(Fault.error("SearchRecordsPermissionDenied"))
            with pytest.raises(SearchRecordsPermissionDenied) as caught:
                await anext(pages)
            rest = await rids(records.search(page_token=caught.value.page_token))
    assert len(seen) == 200
    assert seen + rest == newest_first(RECORDS)


async def test_an_error_of_the_first_page_has_no_token(world: World) -> None:
    """Where nothing came yet, the search starts again from its beginning."""
    async with world.answered_by(Stub(error_body("InvalidPageSize"), status=400)) as records:
        with pytest.raises(BadRequestError) as caught:
            await rids(records.search())
        assert caught.value.page_token is None
        with pytest.raises(BadRequestError) as resumed:
            await rids(records.search(page_token="start"))
        assert resumed.value.page_token == "start"


async def test_a_body_that_is_no_page_says_which_page_it_was(world: World) -> None:
    """A decoding error has both the path in the body and the token of the page."""
    broken = {"data": [SAMPLES[1], {**SAMPLES[2], "rid": None}]}
    async with world.answered_by(Stub(page([0], token="next"), broken), retry=0) as records:
        with pytest.raises(ResponseDecodeError) as caught:
            await rids(records.search())
    assert caught.value.path == "SearchCheckpointRecordsResponse.data[1].rid"
    assert caught.value.page_token == "next"


async def test_a_loop_ends_in_an_error(world: World) -> None:
    """A service that leads round in a circle is found out; the error has the token that was repeated."""
    async with world.answered_by(Stub(page([0], token="a"), page([1], token="a"))) as records:
        with pytest.raises(PaginationError) as caught:
            await rids(records.search())
    assert caught.value.page_token == "a"


async def test_empty_pages_and_constant_tokens_are_no_end(world: World) -> None:
    """Short and empty pages go on, and a token may stay the same, until there is none."""
    stub = Stub(
        page([0], token="a"), page([1], token="a"), page(token="b"), page([2, 3], token="c"), page([4], token="")
    )
    async with world.answered_by(stub) as records:
        assert await rids(records.search()) == RIDS[:5]
    assert [body.get("pageToken") for body in stub.bodies] == [None, "a", "a", "b", "c"]


@pytest.mark.parametrize("ascending", [False, True])
async def test_a_page_token_that_expired_costs_no_record(world: World, ascending: bool) -> None:
    """Where the service refuses the token, the search goes on from the time of the last record."""
    refusal = Fault.error("InvalidPageToken", operation="search")
    with Emulator(SAMPLES) as emulator:
        async with world.connected_to(emulator) as records:
            pages = cast(Any, records.search(prefetch=False, sort_direction="ASC" if ascending else "DESC").pages())
            seen = [record.rid for record in await anext(pages)]
            async for found in pages:
                seen += [record.rid for record in found]
                emulator.inject(refusal)
    assert seen == newest_first(RECORDS)[:: -1 if ascending else 1]
    assert emulator.status_counts[400] > 1


async def test_a_page_token_that_is_refused_again_is_an_error(world: World) -> None:
    """A search goes on by itself once for each page; then the error comes, with the page to resume from."""
    refusal = error_body("InvalidPageToken", "INVALID_ARGUMENT", pageToken="a")
    answers = iter([httpx.Response(200, json=page([0], token="a")), *([httpx.Response(400, json=refusal)] * 2)])
    async with world.answered_by(lambda _: next(answers)) as records:
        with pytest.raises(BadRequestError, match="InvalidPageToken") as caught:
            await rids(records.search())
    assert caught.value.page_token is None
    assert next(answers, None) is None


@pytest.mark.parametrize("options", [{}, {"sort_direction": "ASC"}, {"limit": 230}, {"page_size": 20}], ids=repr)
async def test_a_parallel_search_gives_the_same_records(records: AsyncRecords, options: Any) -> None:
    """With `concurrency` the same records come in the same order, each once; unordered, the same ones."""
    expected = await rids(records.search(**options))
    assert await rids(records.search(concurrency=4, **options)) == expected
    unordered = await rids(records.search(concurrency=4, ordered=False, **options))
    assert len(unordered) == len(set(unordered)) == len(expected)
    assert "limit" in options or sorted(unordered) == sorted(expected)


async def test_a_parallel_search_does_not_start_at_a_page_token(records: AsyncRecords) -> None:
    """A token belongs to a search that goes page by page."""
    with pytest.raises(InvalidRequestError, match="concurrency"):
        records.search(page_token="a", concurrency=2)


@pytest.mark.parametrize("answer", [{}, {"data": None, "nextPageToken": None}])
async def test_an_absent_list_is_an_empty_page(world: World, answer: Any) -> None:
    """Without `data` and token the search is over."""
    async with world.answered_by(Stub(answer)) as records:
        assert await rids(records.search()) == []
