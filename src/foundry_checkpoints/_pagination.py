"""Pages and pagers.

The end is a page without a next token, or with an empty one: a short or an empty page need not be the last. A
token may stay the same while new records come; only a token that comes again with records that came with it
before means that the service repeats itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import CheckpointsError, PaginationError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record, SearchCheckpointRecordsResponse

__all__ = ["AsyncRecordPager", "RecordPage", "RecordPager"]

DEFAULT_PAGE_SIZE = 100
_MAX_EMPTY_PAGES = 1000


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page: iterable and sized. `page_token` is the token that it was asked with, None for the first page.

    `next_page_token` is that of the page after it: None at the end, and where `limit` cut the page short.
    """

    records: Sequence[Record]
    page_token: str | None
    next_page_token: str | None

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What to ask for next. `page_size` None leaves it to the service, whose default is 100."""

    page_token: str | None
    page_size: int | None


@dataclass(slots=True)
class Paging:
    """Where a search stands: which page comes next, and whether there is one. No I/O."""

    page_token: str | None = None
    page_size: int | None = None
    limit: int | None = None
    _remaining: int | None = field(init=False)
    _seen: set[int] = field(init=False, default_factory=set)
    _empty_pages: int = field(init=False, default=0)
    _is_done: bool = field(init=False)

    def __post_init__(self) -> None:
        self._remaining = self.limit
        self._is_done = self.limit == 0

    def copy(self, limit: int | None = None) -> Paging:
        """A fresh start, with a lower limit if one is given."""
        limits = [number for number in (self.limit, limit) if number is not None]
        return Paging(self.page_token, self.page_size, min(limits, default=None))

    def next_request(self) -> PageRequest | None:
        """The next page to ask for; None at the end. Never asks for more records than `limit` still wants."""
        if self._is_done:
            return None
        size = self.page_size
        if self._remaining is not None and self._remaining < (size or DEFAULT_PAGE_SIZE):
            size = self._remaining
        return PageRequest(self.page_token, size)

    def accept(self, response: SearchCheckpointRecordsResponse) -> RecordPage:
        """Take the answer to the last request. Raises `PaginationError` where the service repeats itself."""
        next_page_token = response.next_page_token or None
        self._check_progress(response.data, next_page_token)
        records = response.data if self._remaining is None else response.data[: self._remaining]
        is_cut = len(records) < len(response.data)
        page = RecordPage(records, self.page_token, None if is_cut else next_page_token)
        if self._remaining is not None:
            self._remaining -= len(records)
        self._is_done = next_page_token is None or self._remaining == 0
        self.page_token = next_page_token
        return page

    def _check_progress(self, records: Sequence[Record], next_page_token: str | None) -> None:
        self._empty_pages = 0 if records else self._empty_pages + 1
        mark = hash((self.page_token, frozenset(record.rid for record in records)))
        if next_page_token is not None and (mark in self._seen or self._empty_pages > _MAX_EMPTY_PAGES):
            raise PaginationError("the service repeats itself: a page token that came before brings no new record")
        self._seen.add(mark)


class RecordPager:
    """The records that a search finds. Nothing is sent until it is iterated; each iteration starts anew.

    Records come by creation time, newest first unless `sort_direction` says otherwise. Records that are created
    or become visible meanwhile may appear or not. An error raised while paging carries `page_token`, the page to
    resume from: every record of the pages before it was given.
    """

    def __init__(self, fetch: Callable[[PageRequest], SearchCheckpointRecordsResponse], start: Paging) -> None:
        self._fetch = fetch
        self._start = start

    def pages(self) -> Iterator[RecordPage]:
        """The pages, in order. A page may be empty."""
        return self._pages(self._start.copy())

    def _pages(self, paging: Paging) -> Iterator[RecordPage]:
        while (request := paging.next_request()) is not None:
            with _resumable(request):
                page = paging.accept(self._fetch(request))
            yield page

    def __iter__(self) -> Iterator[Record]:
        for page in self.pages():
            yield from page

    def first(self) -> Record | None:
        """The first record, or None where there is none. Asks for one record only."""
        for page in self._pages(self._start.copy(limit=1)):
            if page.records:
                return page.records[0]
        return None


class AsyncRecordPager:
    """The records that a search finds. Nothing is sent until it is iterated; each iteration starts anew.

    Records come by creation time, newest first unless `sort_direction` says otherwise. Records that are created
    or become visible meanwhile may appear or not. An error raised while paging carries `page_token`, the page to
    resume from: every record of the pages before it was given.
    """

    def __init__(
        self, fetch: Callable[[PageRequest], Awaitable[SearchCheckpointRecordsResponse]], start: Paging
    ) -> None:
        self._fetch = fetch
        self._start = start

    def pages(self) -> AsyncIterator[RecordPage]:
        """The pages, in order. A page may be empty."""
        return self._pages(self._start.copy())

    async def _pages(self, paging: Paging) -> AsyncIterator[RecordPage]:
        while (request := paging.next_request()) is not None:
            with _resumable(request):
                page = paging.accept(await self._fetch(request))
            yield page

    async def __aiter__(self) -> AsyncIterator[Record]:
        async for page in self.pages():
            for record in page.records:
                yield record

    async def first(self) -> Record | None:
        """The first record, or None where there is none. Asks for one record only."""
        async for page in self._pages(self._start.copy(limit=1)):
            if page.records:
                return page.records[0]
        return None


@contextmanager
def _resumable(request: PageRequest) -> Iterator[None]:
    try:
        yield
    except CheckpointsError as error:
        error.page_token = request.page_token
        raise
