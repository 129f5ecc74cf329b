"""The pagers that the caller iterates, for pages and the records on them.

A plan says which page comes next; a pager runs a plan for each iteration.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any

from .._concurrency.workers import arun, run
from .._frames import ArrowStream, AsyncArrowStream
from ..errors import CheckpointsError, PaginationError
from ..progress import awatched, watched
from .cursor import DEFAULT_PAGE_SIZE, Cursor, PageRequest, RecordPage
from .query import Query
from .windows import WindowPlan

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record, SearchCheckpointRecordsResponse


class PagePlan:
    """One page after the other. With `prefetch`, the next is fetched while the caller handles this one."""

    is_finished = False

    def __init__(self, cursor: Cursor, *, prefetch: bool) -> None:
        self._cursor = cursor
        self._buffered = 2 if prefetch else 1
        self._ready: deque[RecordPage] = deque()
        self._is_fetching = False
        self._error: CheckpointsError | None = None

    def next_task(self) -> PageRequest | None:
        """Return the next page, unless one is being fetched or enough are ready."""
        if self._is_fetching or self._error is not None or len(self._ready) >= self._buffered:
            return None
        request = self._cursor.next_request()
        self._is_fetching = request is not None
        return request

    def accept(self, request: PageRequest, response: SearchCheckpointRecordsResponse) -> None:
        """Keep the page until its turn."""
        self._is_fetching = False
        try:
            self._ready.append(self._cursor.accept(response))
        except PaginationError as error:
            self.fail(request, error)

    def fail(self, request: PageRequest, error: CheckpointsError) -> None:
        """Recover from an expired token, or keep the error, with the token to resume from, until its turn."""
        self._is_fetching = False
        if not self._cursor.recover(error):
            error.page_token = request.page_token
            self._error = error

    def take(self) -> RecordPage | None:
        """Return the next page; raise the error after the last page before it."""
        if self._ready:
            return self._ready.popleft()
        if self._error is not None:
            raise self._error.with_traceback(None)  # where it was fetched says nothing
        return None


class _BasePager:
    """The part that both pagers share."""

    def __init__(self, query: Query, fetch: Callable[..., Any]) -> None:
        self._query = query
        self._fetch = fetch

    def _plan(self, most: int | None = None) -> tuple[PagePlan | WindowPlan, Callable[..., Any], int]:
        """Return a plan for at most so many records, what fetches its pages, and how many are fetched at a time.

        There are windows if enough records are wanted for that.
        """
        query = self._query
        limit = min((number for number in (query.limit, most) if number is not None), default=None)
        start = Cursor(query.page_token, query.page_size, limit, query.ascending)
        page_size = DEFAULT_PAGE_SIZE if query.page_size is None else query.page_size
        if query.concurrency > 1 and (limit is None or limit > 2 * page_size):
            plan = WindowPlan(start, query.bounds, query.concurrency, ordered=query.ordered)
            return plan, self._fetch, query.concurrency
        prefetch = query.prefetch and limit != 1
        return PagePlan(start, prefetch=prefetch), self._fetch, int(prefetch)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self._query.concurrency} at a time>"


class RecordPager(_BasePager, ArrowStream):
    """The records that a search finds. Nothing is sent until you iterate; each iteration starts from the beginning.

    Records are ordered by creation time, newest first unless `sort_direction` says otherwise. Records that are created
    or become visible meanwhile can appear or not. The iteration ends with the page that has no next token. An error
    raised while paging comes after every record of the pages before it, and carries `page_token`, the page to resume
    from. The error of a parallel search carries `windows`, the time ranges to search again.
    """

    def pages(self) -> Generator[RecordPage]:
        """Return the pages, in order. A page can be empty. Closing the generator ends the search."""
        return watched(run(*self._plan()), self._query)

    def __iter__(self) -> Iterator[Record]:
        with closing(self.pages()) as pages:
            for page in pages:
                yield from page.records

    def _records(self) -> Iterable[Record]:
        return self

    def first(self) -> Record | None:
        """Return the first record, or None if there isn't one. It requests one record only."""
        with closing(run(*self._plan(most=1))) as pages:
            return next((page.records[0] for page in pages if page.records), None)


class AsyncRecordPager(_BasePager, AsyncArrowStream):
    """`RecordPager` for asyncio and trio: the same order, end, and errors."""

    def pages(self) -> AsyncGenerator[RecordPage]:
        """Return the pages, in order. A page can be empty."""
        return awatched(arun(*self._plan()), self._query)

    async def __aiter__(self) -> AsyncIterator[Record]:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for record in page.records:
                    yield record

    async def first(self) -> Record | None:
        """Return the first record, or None if there isn't one. It requests one record only."""
        async with aclosing(arun(*self._plan(most=1))) as pages:
            async for page in pages:
                if page.records:
                    return page.records[0]
        return None
