"""Pages and pagers.

A plan says which page comes next; a pager runs a plan for each iteration.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._paging import ALWAYS, DEFAULT_PAGE_SIZE, PageRequest, Paging, RecordPage, Window
from .errors import CheckpointsError, PaginationError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record, SearchCheckpointRecordsResponse

    from ._parallel import ParallelPlan

__all__ = ["AsyncRecordPager", "RecordPage", "RecordPager"]


class PagePlan:
    """One page after the other; with `prefetch` the next is on its way while the caller handles this one."""

    def __init__(self, paging: Paging, *, prefetch: bool) -> None:
        self._paging = paging
        self._ready: deque[RecordPage] = deque()
        self._is_fetching = False
        self._error: CheckpointsError | None = None
        self.runs_ahead = prefetch

    is_finished = False

    def next_task(self) -> PageRequest | None:
        """The next page, unless one is being fetched or one more than the caller is about to get is there."""
        if self._is_fetching or self._error is not None or len(self._ready) > self.runs_ahead:
            return None
        request = self._paging.next_request()
        self._is_fetching = request is not None
        return request

    def accept(self, request: PageRequest, response: SearchCheckpointRecordsResponse) -> None:
        """Keep the page until its turn."""
        self._is_fetching = False
        try:
            self._ready.append(self._paging.accept(response))
        except PaginationError as error:
            self.fail(request, error)

    def fail(self, request: PageRequest, error: CheckpointsError) -> None:
        """Recover from an expired token, or keep the error, with the token to resume from, until its turn."""
        self._is_fetching = False
        if not self._paging.recover(error):
            error.page_token = request.page_token
            self._error = error

    def take(self) -> RecordPage | None:
        """The next page; raises the error after the last page that came."""
        if self._ready:
            return self._ready.popleft()
        if self._error is not None:
            raise self._error
        return None


@dataclass(frozen=True, slots=True)
class Search:
    """How a search is to be run. Each iteration makes a plan of its own."""

    start: Paging
    prefetch: bool = True
    concurrency: int = 1
    ordered: bool = True
    bounds: Window = ALWAYS

    def plan(self) -> PagePlan | ParallelPlan:
        """One page after the other, or windows side by side where there are enough records for that."""
        limit = self.start.limit
        page_size = DEFAULT_PAGE_SIZE if self.start.page_size is None else self.start.page_size
        if self.concurrency == 1 or (limit is not None and limit <= 2 * page_size):
            return PagePlan(self.start.copy(), prefetch=self.prefetch)
        from ._parallel import ParallelPlan

        return ParallelPlan(self.start, self.bounds, self.concurrency, ordered=self.ordered)

    def first(self) -> PagePlan:
        """The plan that asks for one record only."""
        return PagePlan(self.start.copy(limit=1), prefetch=False)


class RecordPager:
    """The records that a search finds. Nothing is sent until it is iterated; each iteration starts anew.

    Records come by creation time, newest first unless `sort_direction` says otherwise. Those that are created or become
    visible meanwhile may appear or not. An error raised while paging comes after every record of the pages before it,
    and carries `page_token`, the page to resume from; an error of a parallel search carries `windows`, the parts of the
    time line to search again.
    """

    def __init__(self, search: Search, fetch: Callable[..., Any]) -> None:
        self._search = search
        self._fetch = fetch

    def pages(self) -> Iterator[RecordPage]:
        """The pages, in order. A page may be empty."""
        return self._run(self._search.plan())

    def __iter__(self) -> Iterator[Record]:
        with closing(self._run(self._search.plan())) as pages:
            for page in pages:
                yield from page.records

    def first(self) -> Record | None:
        """The first record, or None where there is none. Asks for one record only."""
        with closing(self._run(self._search.first())) as pages:
            return next((page.records[0] for page in pages if page.records), None)

    def _run(self, plan: PagePlan | ParallelPlan) -> Generator[RecordPage]:
        from ._workers import run

        return run(plan, self._fetch)


class AsyncRecordPager:
    """The records that a search finds. Nothing is sent until it is iterated; each iteration starts anew.

    Records come by creation time, newest first unless `sort_direction` says otherwise. Those that are created or become
    visible meanwhile may appear or not. An error raised while paging comes after every record of the pages before it,
    and carries `page_token`, the page to resume from; an error of a parallel search carries `windows`, the parts of the
    time line to search again.
    """

    def __init__(self, search: Search, fetch: Callable[..., Any]) -> None:
        self._search = search
        self._fetch = fetch

    def pages(self) -> AsyncIterator[RecordPage]:
        """The pages, in order. A page may be empty."""
        return self._run(self._search.plan())

    async def __aiter__(self) -> AsyncIterator[Record]:
        async with aclosing(self._run(self._search.plan())) as pages:
            async for page in pages:
                for record in page.records:
                    yield record

    async def first(self) -> Record | None:
        """The first record, or None where there is none. Asks for one record only."""
        async with aclosing(self._run(self._search.first())) as pages:
            async for page in pages:
                if page.records:
                    return page.records[0]
        return None

    def _run(self, plan: PagePlan | ParallelPlan) -> AsyncGenerator[RecordPage]:
        from ._workers import arun

        return arun(plan, self._fetch)
