"""The records resource: what each method sends, and what it makes of the response."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import aclosing, closing
from typing import Any, TypedDict, Unpack

from foundry_checkpoints_api import models
from foundry_checkpoints_api.api.records import get, get_batch, search

from ._batching import AsyncChunks, BatchPlan, Chunk, Chunks, Pair, RecordBatch, checked_rid, checked_rids, matched
from ._concurrency.workers import arun, run
from ._http.call import AsyncCall, Call
from ._http.messages import Deadline, Settings, new_trace_id
from ._http.transport import AsyncTransport, Transport
from ._search.cursor import Cursor, PageRequest
from ._search.pager import AsyncRecordPager, RecordPager, Search
from ._search.query import Query, SortDirection, Where
from .errors import InvalidRequestError


class SearchOptions(TypedDict, total=False):
    """The options of `search`, described there."""

    sort_direction: SortDirection | None
    page_size: int | None
    page_token: str | None
    limit: int | None
    prefetch: bool
    concurrency: int
    ordered: bool
    total_timeout: float | None
    trace_id: str | None


def _checked_search(query: Query, options: SearchOptions) -> Search:
    for name, least in (("page_size", 1), ("limit", 0), ("concurrency", 1)):
        number: Any = options.get(name)
        if (number is not None or (name == "concurrency" and name in options)) and (
            type(number) is not int or number < least
        ):
            raise InvalidRequestError(f"{name} must be an integer of {least} or more, not {number!r}")
    for name in ("prefetch", "ordered"):
        if not isinstance(options.get(name, True), bool):
            raise InvalidRequestError(f"{name} must be True or False, not {options.get(name)!r}")
    if unknown := options.keys() - SearchOptions.__annotations__.keys():
        raise TypeError(f"search() got an unexpected keyword argument {min(unknown)!r}")
    page_token, concurrency = options.get("page_token"), options.get("concurrency", 1)
    if page_token is not None and (not isinstance(page_token, str) or not page_token):
        raise InvalidRequestError("page_token must be the token of an earlier page; leave it out for the first page")
    if page_token is not None and concurrency > 1:
        raise InvalidRequestError("page_token belongs to a sequential search: leave out concurrency")
    return Search(
        Cursor(page_token, options.get("page_size"), options.get("limit"), ascending=query.ascending),
        prefetch=options.get("prefetch", True),
        concurrency=concurrency,
        ordered=options.get("ordered", True),
        bounds=query.bounds,
    )


class _BaseRecords:
    """What the methods of the sync and the async client share."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._preview = settings.preview
        # More chunks than can be in flight: those that are being decoded don't hold a connection.
        self._workers = settings.max_concurrency + (settings.max_concurrency + 1) // 2
        self._buffered = 4 * settings.max_concurrency

    def _deadline(self, total_timeout: float | None) -> Deadline:
        seconds: Any = self._settings.total_timeout if total_timeout is None else total_timeout
        if seconds is not None and not (isinstance(seconds, int | float) and seconds > 0):
            raise InvalidRequestError(f"total_timeout must be a number of seconds above 0, not {seconds!r}")
        return Deadline(seconds, self._settings.clock)

    def _batch_plan(self, rids: Iterable[str]) -> tuple[BatchPlan, int]:
        """Return the plan for a complete batch, each RID once, and how many tasks of it run at a time."""
        unique = list(dict.fromkeys(checked_rids(rids)))
        count = -(-len(unique) // 100)
        return BatchPlan(Chunks(unique), max(count, 1)), 0 if count == 1 else min(self._workers, count)

    def _stream_plan(self, source: Chunks | AsyncChunks) -> tuple[BatchPlan, int]:
        """Return the plan for a stream of chunks, and how many tasks of it run at a time."""
        is_sequential = self._settings.max_concurrency == 1
        return BatchPlan(source, 1 if is_sequential else self._buffered), 0 if is_sequential else self._workers


def _batch_body(chunk: Chunk) -> list[models.GetRecordsBatchRequestElement]:
    return [models.GetRecordsBatchRequestElement(record_rid=rid) for rid in dict.fromkeys(chunk.rids)]


class Records(_BaseRecords):
    """Checkpoint records: `get`, `get_batch`, `iter_batch`, `search`.

    Each method takes a `total_timeout` in seconds, which overrides that of the client, and a `trace_id` to send as
    `X-B3-TraceId` instead of a random one.
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport.settings)
        self._transport = transport

    def get(self, rid: str, *, total_timeout: float | None = None, trace_id: str | None = None) -> models.Record:
        """Fetch one record.

        Args:
            rid: The RID of the record.
            total_timeout: Seconds for the whole call with its retries.
            trace_id: The `X-B3-TraceId` to send.

        Raises:
            NotFoundError: The record doesn't exist.
            PermissionDeniedError: You can't read the record.
        """
        call = Call(self._transport, self._deadline(total_timeout), trace_id)
        return get.sync(call, checked_rid(rid), preview=self._preview)

    def get_batch(
        self, rids: Iterable[str], *, total_timeout: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Fetch any number of records, in the order of `rids`.

        The client sends chunks of at most 100 RIDs, as many concurrently as `max_concurrency` allows, and requests a
        RID that occurs twice once. It sends nothing for no RIDs.

        Args:
            rids: The RIDs of the records.
            total_timeout: Seconds for all chunks together.
            trace_id: The `X-B3-TraceId` to send with every chunk.

        Returns:
            The records by RID. `.missing` has the RIDs that the service left out.
        """
        deadline, trace_id = self._deadline(total_timeout), new_trace_id() if trace_id is None else trace_id
        plan, workers = self._batch_plan(rids)

        def fetch(chunk: Chunk, stop: threading.Event | None) -> list[Pair]:
            call = Call(self._transport, deadline, trace_id, stop)
            return matched(
                chunk.rids, get_batch.sync(call, body=_batch_body(chunk), preview=self._preview), call.trace_id
            )

        with closing(run(plan, fetch, workers)) as answers:
            return RecordBatch([pair for pairs in answers for pair in pairs])

    def iter_batch(
        self, rids: Iterable[str], *, total_timeout: float | None = None, trace_id: str | None = None
    ) -> Iterator[tuple[str, models.Record | None]]:
        """Yield each RID with its record, None if the service left it out: `get_batch` for a stream.

        In the order of `rids`. A RID that occurs twice is yielded twice. The client reads `rids` at most
        4 * `max_concurrency` chunks of 100 ahead, so that memory stays bounded, and yields what is ready before it
        reads more of an iterator that can block.

        Args:
            rids: The RIDs of the records.
            total_timeout: Seconds for each chunk with its retries.
            trace_id: The `X-B3-TraceId` to send with every chunk.
        """
        plan, workers = self._stream_plan(Chunks(rids))

        def fetch(chunk: Chunk, stop: threading.Event | None) -> list[Pair]:
            call = Call(self._transport, self._deadline(total_timeout), trace_id, stop)
            return matched(
                chunk.rids, get_batch.sync(call, body=_batch_body(chunk), preview=self._preview), call.trace_id
            )

        with closing(run(plan, fetch, workers)) as answers:
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
            total_timeout: Seconds for each page with its retries.
            trace_id: The `X-B3-TraceId` to send with every page.

        Raises:
            InvalidRequestError: An argument isn't valid. The errors of the service come while you iterate.
        """
        query = Query(where, options.get("sort_direction"))
        total_timeout, trace_id = options.get("total_timeout"), options.get("trace_id")
        self._deadline(total_timeout)

        def fetch(page: PageRequest, stop: threading.Event | None) -> models.SearchCheckpointRecordsResponse:
            call = Call(self._transport, self._deadline(total_timeout), trace_id, stop)
            return search.sync(call, body=query.body(page), preview=self._preview)

        return RecordPager(_checked_search(query, options), fetch)


class AsyncRecords(_BaseRecords):
    """Checkpoint records: `get`, `get_batch`, `iter_batch`, `search`.

    Each method takes a `total_timeout` in seconds, which overrides that of the client, and a `trace_id` to send as
    `X-B3-TraceId` instead of a random one.
    """

    def __init__(self, transport: AsyncTransport) -> None:
        super().__init__(transport.settings)
        self._transport = transport

    async def get(self, rid: str, *, total_timeout: float | None = None, trace_id: str | None = None) -> models.Record:
        """Fetch one record.

        Args:
            rid: The RID of the record.
            total_timeout: Seconds for the whole call with its retries.
            trace_id: The `X-B3-TraceId` to send.

        Raises:
            NotFoundError: The record doesn't exist.
            PermissionDeniedError: You can't read the record.
        """
        call = AsyncCall(self._transport, self._deadline(total_timeout), trace_id)
        return await get.asyncio(call, checked_rid(rid), preview=self._preview)

    async def get_batch(
        self, rids: Iterable[str], *, total_timeout: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Fetch any number of records, in the order of `rids`.

        The client sends chunks of at most 100 RIDs, as many concurrently as `max_concurrency` allows, and requests a
        RID that occurs twice once. It sends nothing for no RIDs.

        Args:
            rids: The RIDs of the records.
            total_timeout: Seconds for all chunks together.
            trace_id: The `X-B3-TraceId` to send with every chunk.

        Returns:
            The records by RID. `.missing` has the RIDs that the service left out.
        """
        deadline, trace_id = self._deadline(total_timeout), new_trace_id() if trace_id is None else trace_id
        plan, workers = self._batch_plan(rids)

        async def fetch(chunk: Chunk) -> list[Pair]:
            call = AsyncCall(self._transport, deadline, trace_id)
            response = await get_batch.asyncio(call, body=_batch_body(chunk), preview=self._preview)
            return matched(chunk.rids, response, call.trace_id)

        async with aclosing(arun(plan, fetch, workers)) as answers:
            return RecordBatch([pair async for pairs in answers for pair in pairs])

    async def iter_batch(
        self,
        rids: Iterable[str] | AsyncIterable[str],
        *,
        total_timeout: float | None = None,
        trace_id: str | None = None,
    ) -> AsyncIterator[tuple[str, models.Record | None]]:
        """Yield each RID with its record, None if the service left it out: `get_batch` for a stream.

        In the order of `rids`. A RID that occurs twice is yielded twice. The client reads `rids` at most
        4 * `max_concurrency` chunks of 100 ahead, so that memory stays bounded, and yields what is ready before it
        reads more of an iterator that can block.

        Args:
            rids: The RIDs of the records.
            total_timeout: Seconds for each chunk with its retries.
            trace_id: The `X-B3-TraceId` to send with every chunk.
        """
        source = AsyncChunks(rids) if isinstance(rids, AsyncIterable) else Chunks(rids)
        plan, workers = self._stream_plan(source)

        async def fetch(chunk: Chunk) -> list[Pair]:
            call = AsyncCall(self._transport, self._deadline(total_timeout), trace_id)
            response = await get_batch.asyncio(call, body=_batch_body(chunk), preview=self._preview)
            return matched(chunk.rids, response, call.trace_id)

        async def refill() -> None:
            if isinstance(source, AsyncChunks) and plan.has_room:
                await source.refill()

        async with aclosing(arun(plan, fetch, workers, refill)) as answers:
            async for pairs in answers:
                for pair in pairs:
                    yield pair

    def search(self, where: Where | None = None, **options: Unpack[SearchOptions]) -> AsyncRecordPager:
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
            total_timeout: Seconds for each page with its retries.
            trace_id: The `X-B3-TraceId` to send with every page.

        Raises:
            InvalidRequestError: An argument isn't valid. The errors of the service come while you iterate.
        """
        query = Query(where, options.get("sort_direction"))
        total_timeout, trace_id = options.get("total_timeout"), options.get("trace_id")
        self._deadline(total_timeout)

        async def fetch(page: PageRequest) -> models.SearchCheckpointRecordsResponse:
            call = AsyncCall(self._transport, self._deadline(total_timeout), trace_id)
            return await search.asyncio(call, body=query.body(page), preview=self._preview)

        return AsyncRecordPager(_checked_search(query, options), fetch)
