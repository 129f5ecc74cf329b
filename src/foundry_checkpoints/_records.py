"""The records resource: what each method sends, and what it makes of the response."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from typing import Generic, TypedDict, Unpack

from foundry_checkpoints_api import models
from foundry_checkpoints_api.api.records import get, get_batch, search

from ._batching import AsyncChunks, BatchPlan, Chunk, Chunks, Pair, RecordBatch, checked_rid, checked_rids, matched
from ._concurrency.workers import arun, run
from ._http.call import AsyncCall, Call, TransportT
from ._http.messages import Deadline, new_trace_id
from ._http.transport import AsyncTransport, Transport
from ._search.cursor import PageRequest
from ._search.pager import AsyncRecordPager, RecordPager
from ._search.query import Query, SortDirection, Where
from .progress import Report


class SearchOptions(TypedDict, total=False):
    """The options of `search`, described there."""

    sort_direction: SortDirection | None
    page_size: int | None
    page_token: str | None
    limit: int | None
    prefetch: bool
    concurrency: int
    ordered: bool
    on_progress: Report | None
    total_timeout: float | None
    trace_id: str | None


class _BaseRecords(Generic[TransportT]):
    """The part that the methods of the sync and the async client share."""

    def __init__(self, transport: TransportT) -> None:
        self._transport: TransportT = transport
        self._settings = transport.settings
        self._preview = transport.settings.preview

    def _query(self, where: Where | None, options: SearchOptions) -> Query:
        self._settings.deadline(options.get("total_timeout"))  # raises before anything is sent
        return Query(where, **options)

    def _plan(self, chunks: Chunks | AsyncChunks) -> tuple[BatchPlan, int]:
        """Return the plan for a batch, and how many of its tasks run at a time.

        There are more workers than requests in flight, because a chunk that is being decoded doesn't hold a place.
        """
        limit = self._settings.max_concurrency
        if chunks.count == 1 or limit == 1:
            return BatchPlan(chunks, 1), 0
        workers = limit + (limit + 1) // 2
        return BatchPlan(chunks, 4 * limit), workers if chunks.count is None else min(workers, chunks.count)


def _body(chunk: Chunk) -> list[models.GetRecordsBatchRequestElement]:
    return [models.GetRecordsBatchRequestElement(record_rid=rid) for rid in dict.fromkeys(chunk.rids)]


class Records(_BaseRecords[Transport]):
    """Checkpoint records: `get`, `get_batch`, `iter_batch`, `search`.

    Each method takes a `total_timeout` in seconds, which overrides that of the client, and a `trace_id` to send as
    `X-B3-TraceId` instead of a random one.
    """

    def get(self, rid: str, *, total_timeout: float | None = None, trace_id: str | None = None) -> models.Record:
        """Fetch one record.

        Raises `NotFoundError` if it doesn't exist, and `PermissionDeniedError` if you can't read it.
        """
        call = Call(self._transport, self._settings.deadline(total_timeout), trace_id)
        return get.sync(call, checked_rid(rid), preview=self._preview)

    def _pairs(self, chunks: Chunks, deadline: Callable[[], Deadline], trace_id: str | None) -> Generator[list[Pair]]:
        plan, workers = self._plan(chunks)

        def fetch(chunk: Chunk, stop: threading.Event | None) -> list[Pair]:
            call = Call(self._transport, deadline(), trace_id, stop)
            return matched(chunk.rids, get_batch.sync(call, body=_body(chunk), preview=self._preview), call.marked)

        return run(plan, fetch, workers)

    def get_batch(
        self, rids: Iterable[str], *, total_timeout: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Fetch any number of records: a mapping in the order of `rids`, with `.missing` for what the service left out.

        The client sends chunks of at most 100 RIDs, as many concurrently as `max_concurrency` allows, and requests a
        RID that occurs twice once. It sends nothing for no RIDs.

        Args:
            rids: The RIDs of the records.
            total_timeout: Seconds for all chunks together.
            trace_id: The `X-B3-TraceId` to send with every chunk.
        """
        deadline, trace_id = self._settings.deadline(total_timeout), new_trace_id() if trace_id is None else trace_id
        answers = self._pairs(Chunks(dict.fromkeys(checked_rids(rids))), lambda: deadline, trace_id)
        return RecordBatch([pair for pairs in answers for pair in pairs])

    def iter_batch(
        self, rids: Iterable[str], *, total_timeout: float | None = None, trace_id: str | None = None
    ) -> Iterator[tuple[str, models.Record | None]]:
        """Yield each RID with its record, None if the service left it out: `get_batch` for a stream.

        In the order of `rids`; a RID that occurs twice is yielded twice. The client reads at most 4 * `max_concurrency`
        chunks of 100 ahead, and yields what is ready before it reads more of an iterator, which can block.

        Args:
            rids: The RIDs of the records.
            total_timeout: Seconds for each chunk with its retries.
            trace_id: The `X-B3-TraceId` to send with every chunk.
        """
        with closing(self._pairs(Chunks(rids), lambda: self._settings.deadline(total_timeout), trace_id)) as answers:
            for pairs in answers:
                yield from pairs

    def search(self, where: Where | None = None, **options: Unpack[SearchOptions]) -> RecordPager:
        """Search the records that match `where`. Nothing is sent until you iterate the pager.

        Args:
            where: An `F` expression, a filter model, or its dict; None matches every record.
            sort_direction: `DESC`, newest first, or `ASC`. By default, the service sorts newest first.
            page_size: Records on a page, as a hint. The service's default is 100; it reduces a larger one.
            page_token: Where an earlier search with the same filter and direction stood. Tokens are short-lived.
            limit: The most records to return, over all pages.
            prefetch: Fetch the next page while you handle this one. Default True.
            concurrency: If above 1, cut the time range into windows and search so many concurrently. Each record is
                returned once. The pages have no tokens.
            ordered: With `concurrency`: return the records in order (default), or as they arrive.
            on_progress: Called with a `SearchProgress` after each page, where you iterate; see `progress.progress_bar`.
            total_timeout: Seconds for each page with its retries.
            trace_id: The `X-B3-TraceId` to send with every page.

        Raises:
            InvalidRequestError: An argument isn't valid. The errors of the service come while you iterate.
        """
        query = self._query(where, options)

        def fetch(page: PageRequest, stop: threading.Event | None) -> models.SearchCheckpointRecordsResponse:
            call = Call(self._transport, self._settings.deadline(query.total_timeout), query.trace_id, stop)
            return search.sync(call, body=query.body(page), preview=self._preview)

        return RecordPager(query, fetch)


class AsyncRecords(_BaseRecords[AsyncTransport]):
    """Checkpoint records for asyncio and trio. `Records` describes the methods, which take the same arguments."""

    async def get(self, rid: str, *, total_timeout: float | None = None, trace_id: str | None = None) -> models.Record:
        """Fetch one record, as `Records.get` does."""
        call = AsyncCall(self._transport, self._settings.deadline(total_timeout), trace_id)
        return await get.asyncio(call, checked_rid(rid), preview=self._preview)

    def _pairs(
        self, chunks: Chunks | AsyncChunks, deadline: Callable[[], Deadline], trace_id: str | None
    ) -> AsyncGenerator[list[Pair]]:
        plan, workers = self._plan(chunks)

        async def fetch(chunk: Chunk) -> list[Pair]:
            call = AsyncCall(self._transport, deadline(), trace_id)
            response = await get_batch.asyncio(call, body=_body(chunk), preview=self._preview)
            return matched(chunk.rids, response, call.marked)

        async def refill() -> None:
            if isinstance(chunks, AsyncChunks) and plan.has_room:
                await chunks.refill()

        return arun(plan, fetch, workers, refill)

    async def get_batch(
        self, rids: Iterable[str], *, total_timeout: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Fetch any number of records, as `Records.get_batch` does."""
        deadline, trace_id = self._settings.deadline(total_timeout), new_trace_id() if trace_id is None else trace_id
        answers = self._pairs(Chunks(dict.fromkeys(checked_rids(rids))), lambda: deadline, trace_id)
        return RecordBatch([pair async for pairs in answers for pair in pairs])

    async def iter_batch(
        self,
        rids: Iterable[str] | AsyncIterable[str],
        *,
        total_timeout: float | None = None,
        trace_id: str | None = None,
    ) -> AsyncIterator[tuple[str, models.Record | None]]:
        """Yield each RID with its record, as `Records.iter_batch` does. `rids` can be an async iterable."""
        chunks = AsyncChunks(rids) if isinstance(rids, AsyncIterable) else Chunks(rids)
        async with aclosing(self._pairs(chunks, lambda: self._settings.deadline(total_timeout), trace_id)) as answers:
            async for pairs in answers:
                for pair in pairs:
                    yield pair

    def search(self, where: Where | None = None, **options: Unpack[SearchOptions]) -> AsyncRecordPager:
        """Search the records that match `where`, as `Records.search` does."""
        query = self._query(where, options)

        async def fetch(page: PageRequest) -> models.SearchCheckpointRecordsResponse:
            call = AsyncCall(self._transport, self._settings.deadline(query.total_timeout), query.trace_id)
            return await search.asyncio(call, body=query.body(page), preview=self._preview)

        return AsyncRecordPager(query, fetch)
