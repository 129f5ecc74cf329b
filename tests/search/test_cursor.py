"""Where a search ends, what each page requests, and when the service repeats itself: decisions without I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count, islice, pairwise
from operator import attrgetter
from typing import NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import BadRequestError, CheckpointsError, NetworkError, PaginationError, RecordPage
from foundry_checkpoints._search.cursor import Cursor, PageRequest
from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.models import Record, SearchCheckpointRecordsResponse

RECORD = Record.from_dict(next(sample_records(1)))
START, MS = datetime(2026, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


class Page(NamedTuple):
    """A response: the numbers of the records, and the token of the next page."""

    numbers: Sequence[int]
    next_page_token: str | None


Answer = Callable[[PageRequest], SearchCheckpointRecordsResponse]


def pages(answer: Answer, cursor: Cursor | None = None) -> Iterator[RecordPage]:
    """Yield the pages that a search returns if `answer` is the service."""
    cursor = Cursor() if cursor is None else cursor
    while (request := cursor.next_request()) is not None:
        yield cursor.accept(answer(request))


def numbers(found: Iterable[RecordPage]) -> list[int]:
    """Return the numbers of all records."""
    return [int(record.rid.removeprefix("ri.")) for page in found for record in page]


@cache
def record(number: int) -> Record:
    return attrs.evolve(RECORD, rid=f"ri.{number}")


def response(found: Iterable[int], next_page_token: str | None) -> SearchCheckpointRecordsResponse:
    return SearchCheckpointRecordsResponse(data=[*map(record, found)], next_page_token=next_page_token)


class Service:
    """Returns its pages in order, then again from `back_to`; keeps the requests."""

    def __init__(self, *script: Page, back_to: int | None = None) -> None:
        self._script = script
        self._back_to = back_to
        self.requests: list[PageRequest] = []

    def __call__(self, request: PageRequest) -> SearchCheckpointRecordsResponse:
        place = len(self.requests)
        if self._back_to is not None and place >= len(self._script):
            place = self._back_to + (place - self._back_to) % (len(self._script) - self._back_to)
        self.requests.append(request)
        return response(*self._script[place])


class Obedient:
    """Holds `total` records and returns `extra` more than the page size."""

    def __init__(self, total: int, extra: int = 0) -> None:
        self._total = total
        self._extra = extra
        self.sizes: list[int | None] = []

    def __call__(self, request: PageRequest) -> SearchCheckpointRecordsResponse:
        self.sizes.append(request.page_size)
        start = int(request.page_token or 0)
        end = start + min(request.page_size or 100, 100) + self._extra
        return response(range(start, min(end, self._total)), str(end) if end < self._total else None)


@st.composite
def splits(draw: st.DrawFn) -> list[Page]:
    """Draw records in pages of any size, under tokens of few different texts.

    A token that leads to or from an empty page occurs once: there it would return nothing new.
    """
    sizes = draw(st.lists(st.integers(0, 4), min_size=1, max_size=12))
    ids = count()
    parts = [list(islice(ids, size)) for size in sizes]
    tokens = [
        draw(st.sampled_from(["a", "b", " "])) if before and after else f"t{place}"
        for place, (before, after) in enumerate(pairwise(parts))
    ]
    end = draw(st.sampled_from([None, ""]))
    return [Page(part, token) for part, token in zip(parts, [*tokens, end], strict=True)]


@given(splits())
def test_every_record_is_returned_exactly_once(script: list[Page]) -> None:
    """However the service splits the records, whatever its tokens, none is lost or repeated, and the order stays."""
    service = Service(*script)
    assert numbers(pages(service)) == [number for page in script for number in page.numbers]
    assert len(service.requests) == len(script)


@given(splits())
def test_each_page_is_requested_with_the_token_of_the_page_before(script: list[Page]) -> None:
    """The tokens are sent unchanged; a page knows its own and the next."""
    service = Service(*script)
    found = list(pages(service))
    tokens = [page.next_page_token for page in script[:-1]]
    assert [request.page_token for request in service.requests] == [None, *tokens]
    assert [page.page_token for page in found] == [None, *tokens]
    assert [page.next_page_token for page in found] == [*tokens, None]


@given(splits(), st.integers(0, 60), st.none() | st.integers(1, 120))
def test_a_limit_cuts_and_changes_nothing_else(script: list[Page], limit: int, page_size: int | None) -> None:
    """A limit returns the first records, also if the service ignores every page size."""
    every = [number for page in script for number in page.numbers]
    assert numbers(pages(Service(*script), Cursor(None, page_size, limit))) == every[:limit]


@given(st.integers(0, 350), st.integers(0, 350), st.none() | st.integers(1, 150), st.integers(0, 3))
def test_a_limit_never_requests_more_than_it_needs(total: int, limit: int, page_size: int | None, extra: int) -> None:
    """No request is for more than is still wanted, nor for more than `page_size`; a full limit requests nothing."""
    service = Obedient(total, extra)
    taken = 0
    for page in pages(service, Cursor(None, page_size, limit)):
        size = service.sizes[-1]
        assert (100 if size is None else size) <= limit - taken
        assert size is None or page_size is None or size <= page_size
        taken += len(page)
    assert taken == min(total, limit)
    assert len(service.sizes) <= 1 + limit // min(page_size or 100, 100)


def test_a_limit_of_zero_requests_nothing() -> None:
    """`limit=0` is an empty search without a request."""
    assert Cursor(limit=0).next_request() is None


@pytest.mark.parametrize(
    ("page_size", "limit", "sizes"),
    [
        (None, None, [None, None, None, None]),
        (100, None, [100, 100, 100, 100]),
        (250, None, [250, 250, 250, 250]),
        (None, 100, [None]),
        (None, 99, [99]),
        (None, 101, [None, 1]),
        (250, 120, [120, 20]),
        (10, 25, [10, 10, 5]),
        (None, 1000, [None, None, None, None]),
    ],
)
def test_the_page_sizes_that_are_requested(page_size: int | None, limit: int | None, sizes: list[int | None]) -> None:
    """A page size is sent if the caller gave one, or if less than a default page is wanted."""
    service = Obedient(350)
    list(pages(service, Cursor(None, page_size, limit)))
    assert service.sizes == sizes


@pytest.mark.parametrize("end", [None, ""])
def test_the_end_is_an_absent_or_an_empty_token(end: str | None) -> None:
    """The search ends there, even after a full page, and the page has no next token."""
    (page,) = pages(Service(Page(range(100), end)))
    assert page.next_page_token is None


def test_short_and_empty_pages_are_not_the_end() -> None:
    """A page with few records or none is followed as long as it has a token."""
    service = Service(Page([], "a"), Page([1], "b"), Page([], "c"), Page([], "d"), Page([2], None))
    assert numbers(pages(service)) == [1, 2]


def test_a_long_run_of_empty_pages_is_survived() -> None:
    """A hundred empty pages in a row, each with another token, lead to the records behind them."""
    empty = [Page([], f"t{place}") for place in range(100)]
    assert numbers(pages(Service(*empty, Page([1], None)))) == [1]


def test_a_constant_token_isnt_a_loop_while_records_are_new() -> None:
    """A token may stay the same from page to page."""
    script = [Page([number], "same") for number in range(50)]
    assert numbers(pages(Service(*script, Page([50], None)))) == list(range(51))


def test_repeated_records_arent_a_loop_while_tokens_are_new() -> None:
    """Records that move while the search runs can be returned twice; the search continues behind them."""
    service = Service(Page([1, 2], "a"), Page([2, 1], "b"), Page([2, 3], "c"), Page([3, 4], None))
    assert set(numbers(pages(service))) == {1, 2, 3, 4}


@pytest.mark.parametrize("lead", [0, 1, 3])
@pytest.mark.parametrize("length", [1, 2, 3, 7])
@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_loop_of_any_length_ends_in_an_error(lead: int, length: int, size: int) -> None:
    """Tokens that lead in a circle, after a way into it, are detected before the third round is over."""
    script = [Page(range(place * size, (place + 1) * size), f"t{place}") for place in range(lead + length)]
    last = script[-1]._replace(next_page_token=f"t{lead - 1}" if lead else "t0")
    service = Service(*script[:-1], last, back_to=lead)
    with pytest.raises(PaginationError, match="repeats itself"):
        list(pages(service))
    assert len(service.requests) <= lead + 2 * length + 1


def test_a_service_that_ignores_the_token_is_a_loop() -> None:
    """The first page, again and again under one token, is an error soon, not an endless search."""
    service = Service(Page([1, 2], "a"), back_to=0)
    with pytest.raises(PaginationError):
        list(pages(service))
    assert len(service.requests) <= 3


def test_a_loop_is_detected_whatever_the_order_within_its_pages() -> None:
    """A repeated token with the same records in another order returns nothing new."""
    service = Service(Page([1, 2, 3], "a"), Page([4, 5, 6], "a"), Page([6, 4, 5], "a"), back_to=1)
    with pytest.raises(PaginationError):
        list(pages(service))


def test_the_records_before_a_loop_are_returned() -> None:
    """The caller has had every record of the loop when the error is raised."""
    seen: list[RecordPage] = []
    with pytest.raises(PaginationError):
        seen.extend(pages(Service(Page([1], "a"), Page([2], "b"), Page([3], "a"), back_to=1)))
    assert set(numbers(seen)) == {1, 2, 3}


def test_a_limit_ends_before_a_loop_shows() -> None:
    """The records within a limit are returned, though the service would repeat itself later."""
    service = Service(Page([1], "a"), Page([2], "a"), back_to=1)
    assert numbers(pages(service, Cursor(limit=2))) == [1, 2]


def test_endless_empty_pages_end_in_an_error() -> None:
    """A service that returns new tokens and no records forever doesn't hold the caller forever."""
    service = Service(*(Page([], f"t{place}") for place in range(5000)))
    with pytest.raises(PaginationError):
        list(pages(service))


def test_a_search_can_start_at_any_page() -> None:
    """With the token of a page the search begins there."""
    assert numbers(pages(Obedient(250), Cursor(page_token="200"))) == list(range(200, 250))


def test_a_limit_that_cuts_a_page_leaves_no_token() -> None:
    """A cut page has no next token, since the rest of it would be lost; a whole one keeps its token."""
    (cut,) = pages(Service(Page([1, 2, 3], "a")), Cursor(limit=2))
    (whole,) = pages(Service(Page([1, 2], "a")), Cursor(limit=2))
    assert (len(cut), cut.next_page_token) == (2, None)
    assert (len(whole), whole.next_page_token) == (2, "a")


def test_a_page_is_a_sized_iterable_of_its_records() -> None:
    """A page can be iterated again and again, and its repr is one short line."""
    page = next(pages(Service(Page([1, 2], None))))
    assert list(page) == list(page) == page.records
    assert len(page) == 2
    assert not RecordPage([], None, "a")
    assert repr(page) == "<RecordPage of 2 records>"
    assert repr(RecordPage([], None, "a")) == "<RecordPage of 0 records, more follow>"


@pytest.mark.parametrize("place", range(3), ids=["first", "middle", "last"])
def test_a_page_that_the_service_repeats_is_returned_once(place: int) -> None:
    """Under another token than before, the records of the page directly before are dropped, and no other is lost."""
    script = [Page([1, 2], "a"), Page([3, 4], "b"), Page([5, 6], None)]
    script.insert(place, script[place]._replace(next_page_token="again"))
    assert numbers(pages(Service(*script))) == [1, 2, 3, 4, 5, 6]


def test_a_page_that_the_service_repeats_in_part_loses_nothing() -> None:
    """What is new on it is returned, and a limit counts what is returned only."""
    script = [Page([1, 2], "a"), Page([2, 3], "b"), Page([3, 4], None)]
    assert numbers(pages(Service(*script))) == [1, 2, 3, 4]
    assert numbers(pages(Service(*script), Cursor(limit=3))) == [1, 2, 3]


def test_one_page_under_new_tokens_forever_is_a_loop() -> None:
    """It returns nothing new."""
    with pytest.raises(PaginationError):
        list(pages(Service(*(Page([1], f"t{place}") for place in range(5000)))))


REJECTED_TOKEN = BadRequestError(400, body={"errorName": "InvalidPageToken"})


class Forgetful:
    """Keyset paging over records of few times; the page tokens of some requests are rejected."""

    def __init__(self, times: list[int], size: int, rejected: set[int], ascending: bool) -> None:
        records = [attrs.evolve(RECORD, rid=f"ri.{n:02}", created_at=START + time * MS) for n, time in enumerate(times)]
        self._key = attrgetter("created_at", "rid")
        self._ascending = ascending
        self.records = sorted(records, key=self._key, reverse=not ascending)
        self._size = size
        self._rejected = rejected
        self._asked = 0

    def __call__(self, request: PageRequest) -> SearchCheckpointRecordsResponse | BadRequestError:
        self._asked += 1
        if request.page_token and self._asked in self._rejected:
            return REJECTED_TOKEN
        start, end = request.window.start or START, request.window.end or datetime.max.replace(tzinfo=UTC)
        inside = [record for record in self.records if start <= record.created_at < end]
        if request.page_token:
            ids = [record.rid for record in self.records]
            inside = [record for record in inside if ids.index(record.rid) > ids.index(request.page_token)]
        found = inside[: min(self._size, request.page_size or self._size)]
        return SearchCheckpointRecordsResponse(found, found[-1].rid if len(found) < len(inside) else None)


@given(
    st.lists(st.integers(0, 6), max_size=30),
    st.integers(1, 5),
    st.sets(st.integers(2, 30)),
    st.booleans(),
    st.none() | st.integers(0, 40),
)
def test_expired_tokens_cost_no_record(
    times: list[int], size: int, rejected: set[int], ascending: bool, limit: int | None
) -> None:
    """Whichever tokens are rejected, and however many records share a time, each is returned once and in order."""
    service = Forgetful(times, size, rejected, ascending)
    cursor = Cursor(limit=limit, ascending=ascending)
    found: list[Record] = []
    while (request := cursor.next_request()) is not None:
        answer = service(request)
        if isinstance(answer, BadRequestError):
            assert cursor.recover(answer)
        else:
            found += cursor.accept(answer)
    assert [record.rid for record in found] == [record.rid for record in service.records[:limit]]


@pytest.mark.parametrize("error", [BadRequestError(400, body={"errorName": "InvalidPageSize"}), NetworkError("reset")])
def test_other_errors_arent_recovered_from(error: CheckpointsError) -> None:
    """Only after a rejected page token does the search continue."""
    cursor = Cursor()
    next(pages(Obedient(250), cursor))
    assert not cursor.recover(error)


def test_a_rejected_token_of_the_caller_is_an_error() -> None:
    """Without a record there is no time to resume from."""
    assert not Cursor("expired").recover(REJECTED_TOKEN)
