"""The records resource: what each method sends, and what it makes of the answer."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import aclosing, closing
from typing import Any, Literal, TypeAlias

from foundry_checkpoints_api import models
from foundry_checkpoints_api.api.records import get, get_batch, search
from foundry_checkpoints_api.errors import DecodeError

from ._batching import AsyncChunks, BatchPlan, Chunk, Pair, RecordBatch, checked_rid, chunks, matched, unique, width_for
from ._pagination import AsyncRecordPager, RecordPager, Search
from ._paging import PageRequest, Paging, Window
from ._transport import AsyncTransport, Operation, Transport, new_trace_id
from ._workers import arun, run
from .errors import InvalidRequestError
from .filters import Filter

Where: TypeAlias = Filter | models.SearchCheckpointRecordsFilter | Mapping[str, Any]
SortDirection: TypeAlias = models.SortDirection | Literal["ASC", "DESC"]

_EVERY_RECORD = {"type": "gte", "field": "createdAt", "value": "1970-01-01T00:00:00.000Z"}
"""The API wants a filter; this one lets every record through."""


class _Requests:
    """What both worlds send."""

    def __init__(self, *, preview: bool, deadline: float | None, width: int) -> None:
        self._preview = True if preview else None
        self._deadline = deadline
        self._width = width

    def _until(self, deadline: float | None) -> float | None:
        seconds = self._deadline if deadline is None else deadline
        if seconds is None:
            return None
        if not seconds > 0:
            raise InvalidRequestError("a deadline is a number of seconds above 0")
        return None if seconds >= threading.TIMEOUT_MAX else time.monotonic() + seconds

    def _get(self, rid: str, until: float | None, trace_id: str | None) -> Operation[models.Record]:
        request = get.build_request(checked_rid(rid), preview=self._preview)
        return Operation(request, get.decode_success, get.decode_error, until, trace_id)

    def _get_batch(self, chunk: Chunk, until: float | None, trace_id: str | None) -> Operation[list[Pair]]:
        def decode(data: Any) -> list[Pair]:
            return matched(chunk.rids, get_batch.decode_success(data))

        body = [models.GetRecordsBatchRequestElement(record_rid=rid) for rid in dict.fromkeys(chunk.rids)]
        request = get_batch.build_request(body=body, preview=self._preview)
        return Operation(request, decode, get_batch.decode_error, until, trace_id)

    def _search(
        self, query: _Query, page: PageRequest, until: float | None, trace_id: str | None
    ) -> Operation[models.SearchCheckpointRecordsResponse]:
        request = search.build_request(body=query.body(page), preview=self._preview)
        return Operation(request, search.decode_success, search.decode_error, until, trace_id)


class _Query:
    """What a search looks for, checked."""

    def __init__(self, where: Where | None, sort_direction: SortDirection | None) -> None:
        self._filter = _filter(where)
        self._sort_direction = None if sort_direction is None else _sort_direction(sort_direction)
        self.ascending = self._sort_direction is models.SortDirection.ASC

    @property
    def bounds(self) -> Window:
        """The times that the filter itself allows, as far as that can be seen."""
        where = self._filter
        parts = where.filters if isinstance(where, models.SearchCheckpointRecordsAndFilter) else [where]
        starts = [part.value for part in parts if isinstance(part, models.SearchCheckpointRecordsGteFilter)]
        ends = [part.value for part in parts if isinstance(part, models.SearchCheckpointRecordsLtFilter)]
        return Window(max(starts, default=None), min(ends, default=None))

    def body(self, page: PageRequest) -> models.SearchRecordsRequest:
        """The request for a page; a probe asks from the far end."""
        direction = self._sort_direction
        if page.is_probe:
            direction = models.SortDirection.DESC if self.ascending else models.SortDirection.ASC
        return models.SearchRecordsRequest(
            where=models.SearchCheckpointRecordsRequest(filter_=_within(self._filter, page.window)),
            page_token=page.page_token,
            page_size=page.page_size,
            sort_direction=direction,
        )


def _within(where: models.SearchCheckpointRecordsFilter, window: Window) -> models.SearchCheckpointRecordsFilter:
    parts = [where]
    if window.start is not None:
        field = models.SearchCheckpointRecordsGteFilterField.CREATED_AT
        parts.append(models.SearchCheckpointRecordsGteFilter(field=field, value=window.start))
    if window.end is not None:
        end_field = models.SearchCheckpointRecordsLtFilterField.CREATED_AT
        parts.append(models.SearchCheckpointRecordsLtFilter(field=end_field, value=window.end))
    return models.SearchCheckpointRecordsAndFilter(filters=parts) if len(parts) > 1 else where


def _filter(where: Where | None) -> models.SearchCheckpointRecordsFilter:
    if where is None:
        where = _EVERY_RECORD
    if isinstance(where, models.SearchCheckpointRecordsFilter):
        return where
    if not isinstance(where, Filter | Mapping):
        raise InvalidRequestError(f"where is an F expression, a filter model or its dict, not {type(where).__name__}")
    try:
        decoded = models.search_checkpoint_records_filter_from_dict(
            where.to_dict() if isinstance(where, Filter) else where
        )
    except (DecodeError, RecursionError) as error:
        raise InvalidRequestError(f"where is no filter: {error}") from None
    _refuse_unknown(decoded)
    return decoded


def _refuse_unknown(part: models.SearchCheckpointRecordsFilter) -> None:
    match part:
        case models.UnknownVariant():
            raise InvalidRequestError(
                f"the API has no filter of type {part.type_!r}; to send one all the same, give an UnknownVariant"
            )
        case models.SearchCheckpointRecordsAndFilter() | models.SearchCheckpointRecordsOrFilter():
            for inner in part.filters:
                _refuse_unknown(inner)
        case models.SearchCheckpointRecordsNotFilter():
            _refuse_unknown(part.filter_)


def _sort_direction(value: str) -> models.SortDirection:
    direction = models.SortDirection(value) if isinstance(value, str) else None
    if direction is None or not direction.is_known:
        raise InvalidRequestError(f"sort_direction is ASC or DESC, not {value!r}")
    return direction


def _check_number(name: str, number: int | None, least: int) -> None:
    if type(number) is not int or number < least:
        raise InvalidRequestError(f"{name} is a whole number, {least} or more, not {number!r}")


def _checked_search(
    query: _Query,
    *,
    page_token: str | None,
    page_size: int | None,
    limit: int | None,
    prefetch: int,
    concurrency: int,
    ordered: bool,
) -> Search:
    if page_size is not None:
        _check_number("page_size", page_size, 1)
    if limit is not None:
        _check_number("limit", limit, 0)
    _check_number("prefetch", prefetch, 0)
    _check_number("concurrency", concurrency, 1)
    if page_token is not None and (not isinstance(page_token, str) or not page_token):
        raise InvalidRequestError("page_token is a string that an earlier page gave; leave it out for the first page")
    if page_token is not None and concurrency > 1:
        raise InvalidRequestError("a page token belongs to a sequential search: leave out concurrency")
    start = Paging(page_token, page_size, limit, ascending=query.ascending)
    return Search(start, prefetch=prefetch > 0, concurrency=concurrency, ordered=ordered, bounds=query.bounds)


class Records(_Requests):
    """Checkpoint records: `get`, `get_batch`, `iter_batch`, `search`.

    Each method takes a `deadline` in seconds, which overrides that of the client, and a `trace_id` to send as
    `X-B3-TraceId` in place of a random one.
    """

    def __init__(self, transport: Transport, *, preview: bool, deadline: float | None, width: int) -> None:
        super().__init__(preview=preview, deadline=deadline, width=width)
        self._transport = transport

    def get(self, rid: str, *, deadline: float | None = None, trace_id: str | None = None) -> models.Record:
        """One record. Raises `NotFoundError` or `PermissionDeniedError` where it is not to be had."""
        return self._transport.call(self._get(rid, self._until(deadline), trace_id))

    def get_batch(
        self, rids: Iterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Any number of records, in the order of `rids`; what the service left out is in `.missing`.

        A rid that occurs twice is asked for once. Sent in chunks of at most 100, as many at a time as the client's
        `max_concurrency` allows; nothing is sent for no rids. The deadline bounds all chunks together.
        """
        until, trace_id = self._until(deadline), new_trace_id() if trace_id is None else trace_id
        sources = list(chunks(unique(rids)))
        plan = BatchPlan(iter(sources), width_for(self._width, len(sources)))

        def fetch(chunk: Chunk, stop: threading.Event | None = None) -> list[Pair]:
            return self._transport.call(self._get_batch(chunk, until, trace_id), stop)

        with closing(run(plan, fetch)) as answers:
            return RecordBatch([pair for pairs in answers for pair in pairs])

    def iter_batch(
        self, rids: Iterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> Iterator[tuple[str, models.Record | None]]:
        """Each rid with its record, None where the service left it out: `get_batch` for a stream.

        In the order of `rids`, which is read no further than `max_concurrency` chunks of 100 ahead, so that memory
        stays bounded. A rid that occurs twice is given twice. The deadline bounds each request.
        """
        plan = BatchPlan(chunks(rids), self._width)

        def fetch(chunk: Chunk, stop: threading.Event | None = None) -> list[Pair]:
            return self._transport.call(self._get_batch(chunk, self._until(deadline), trace_id), stop)

        with closing(run(plan, fetch)) as answers:
            for pairs in answers:
                yield from pairs

    def search(
        self,
        where: Where | None = None,
        *,
        sort_direction: SortDirection | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        limit: int | None = None,
        prefetch: int = 1,
        concurrency: int = 1,
        ordered: bool = True,
        deadline: float | None = None,
        trace_id: str | None = None,
    ) -> RecordPager:
        """The records that match `where`: an `F` expression, a filter model or its dict; None means every record.

        Nothing is sent until the pager is iterated. Newest first, unless `sort_direction` is ASC. `page_size` is a
        hint: the service's default is 100, and it reduces a larger one. `limit` is the most records to give, over all
        pages. `page_token` goes on where an earlier search with the same filter and direction stood; tokens are
        short-lived. With `prefetch` the next page is on its way while the caller handles this one; 0 switches that off.
        The deadline bounds each page.

        With `concurrency` above 1 the time line is cut into windows that are searched side by side, each record being
        given once; in order, or, with `ordered=False`, as they arrive. Its pages have no tokens.
        """
        query = _Query(where, sort_direction)
        search = _checked_search(
            query,
            page_token=page_token,
            page_size=page_size,
            limit=limit,
            prefetch=prefetch,
            concurrency=concurrency,
            ordered=ordered,
        )

        def fetch(page: PageRequest, stop: threading.Event | None = None) -> models.SearchCheckpointRecordsResponse:
            return self._transport.call(self._search(query, page, self._until(deadline), trace_id), stop)

        return RecordPager(search, fetch)


class AsyncRecords(_Requests):
    """Checkpoint records: `get`, `get_batch`, `iter_batch`, `search`.

    Each method takes a `deadline` in seconds, which overrides that of the client, and a `trace_id` to send as
    `X-B3-TraceId` in place of a random one.
    """

    def __init__(self, transport: AsyncTransport, *, preview: bool, deadline: float | None, width: int) -> None:
        super().__init__(preview=preview, deadline=deadline, width=width)
        self._transport = transport

    async def get(self, rid: str, *, deadline: float | None = None, trace_id: str | None = None) -> models.Record:
        """One record. Raises `NotFoundError` or `PermissionDeniedError` where it is not to be had."""
        return await self._transport.call(self._get(rid, self._until(deadline), trace_id))

    async def get_batch(
        self, rids: Iterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Any number of records, in the order of `rids`; what the service left out is in `.missing`.

        A rid that occurs twice is asked for once. Sent in chunks of at most 100, as many at a time as the client's
        `max_concurrency` allows; nothing is sent for no rids. The deadline bounds all chunks together.
        """
        until, trace_id = self._until(deadline), new_trace_id() if trace_id is None else trace_id
        sources = list(chunks(unique(rids)))
        plan = BatchPlan(iter(sources), width_for(self._width, len(sources)))

        async def fetch(chunk: Chunk) -> list[Pair]:
            return await self._transport.call(self._get_batch(chunk, until, trace_id))

        async with aclosing(arun(plan, fetch)) as answers:
            return RecordBatch([pair async for pairs in answers for pair in pairs])

    async def iter_batch(
        self, rids: Iterable[str] | AsyncIterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> AsyncIterator[tuple[str, models.Record | None]]:
        """Each rid with its record, None where the service left it out: `get_batch` for a stream.

        In the order of `rids`, which is read no further than `max_concurrency` chunks of 100 ahead, so that memory
        stays bounded. A rid that occurs twice is given twice. The deadline bounds each request.
        """
        source = AsyncChunks(rids) if isinstance(rids, AsyncIterable) else chunks(rids)
        plan = BatchPlan(source, self._width)

        async def fetch(chunk: Chunk) -> list[Pair]:
            return await self._transport.call(self._get_batch(chunk, self._until(deadline), trace_id))

        async with aclosing(arun(plan, fetch, source.refill if isinstance(source, AsyncChunks) else None)) as answers:
            async for pairs in answers:
                for pair in pairs:
                    yield pair

    def search(
        self,
        where: Where | None = None,
        *,
        sort_direction: SortDirection | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        limit: int | None = None,
        prefetch: int = 1,
        concurrency: int = 1,
        ordered: bool = True,
        deadline: float | None = None,
        trace_id: str | None = None,
    ) -> AsyncRecordPager:
        """The records that match `where`: an `F` expression, a filter model or its dict; None means every record.

        Nothing is sent until the pager is iterated. Newest first, unless `sort_direction` is ASC. `page_size` is a
        hint: the service's default is 100, and it reduces a larger one. `limit` is the most records to give, over all
        pages. `page_token` goes on where an earlier search with the same filter and direction stood; tokens are
        short-lived. With `prefetch` the next page is on its way while the caller handles this one; 0 switches that off.
        The deadline bounds each page.

        With `concurrency` above 1 the time line is cut into windows that are searched side by side, each record being
        given once; in order, or, with `ordered=False`, as they arrive. Its pages have no tokens.
        """
        query = _Query(where, sort_direction)
        search = _checked_search(
            query,
            page_token=page_token,
            page_size=page_size,
            limit=limit,
            prefetch=prefetch,
            concurrency=concurrency,
            ordered=ordered,
        )

        async def fetch(page: PageRequest) -> models.SearchCheckpointRecordsResponse:
            return await self._transport.call(self._search(query, page, self._until(deadline), trace_id))

        return AsyncRecordPager(search, fetch)
