"""The records resource: what each method sends, and what it makes of the answer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from foundry_checkpoints_api import models
from foundry_checkpoints_api.api.records import get, get_batch, search
from foundry_checkpoints_api.errors import DecodeError

from ._batching import RecordBatch, checked_rid, chunks, matched, unique
from ._pagination import AsyncRecordPager, PageRequest, Paging, RecordPager
from ._transport import AsyncTransport, Operation, Transport
from .errors import InvalidRequestError
from .filters import Filter

Where: TypeAlias = Filter | models.SearchCheckpointRecordsFilter | Mapping[str, Any]
SortDirection: TypeAlias = models.SortDirection | Literal["ASC", "DESC"]

_EVERY_RECORD = {"type": "gte", "field": "createdAt", "value": "1970-01-01T00:00:00.000Z"}
"""The API wants a filter; this one lets every record through."""


class _Requests:
    """What both worlds send."""

    def __init__(self, *, preview: bool, deadline: float | None) -> None:
        self._preview = True if preview else None
        self._deadline = deadline

    def _until(self, deadline: float | None) -> float | None:
        seconds = self._deadline if deadline is None else deadline
        if seconds is None:
            return None
        if not seconds > 0:
            raise InvalidRequestError("a deadline is a number of seconds above 0")
        return time.monotonic() + seconds

    def _get(self, rid: str, until: float | None, trace_id: str | None) -> Operation[models.Record]:
        request = get.build_request(checked_rid(rid), preview=self._preview)
        return Operation(request, get.decode_success, get.decode_error, until, trace_id)

    def _get_batch(
        self, chunk: Iterable[str], until: float | None, trace_id: str | None
    ) -> Operation[models.GetRecordsBatchResponse]:
        body = [models.GetRecordsBatchRequestElement(record_rid=rid) for rid in dict.fromkeys(chunk)]
        request = get_batch.build_request(body=body, preview=self._preview)
        return Operation(request, get_batch.decode_success, get_batch.decode_error, until, trace_id)

    def _search(
        self, query: _Query, page: PageRequest, until: float | None, trace_id: str | None
    ) -> Operation[models.SearchCheckpointRecordsResponse]:
        request = search.build_request(body=query.body(page), preview=self._preview)
        return Operation(request, search.decode_success, search.decode_error, until, trace_id)


class _Query:
    """What a search looks for, checked."""

    def __init__(self, where: Where | None, sort_direction: SortDirection | None) -> None:
        self._where = models.SearchCheckpointRecordsRequest(filter_=_filter(where))
        self._sort_direction = None if sort_direction is None else _sort_direction(sort_direction)

    def body(self, page: PageRequest) -> models.SearchRecordsRequest:
        return models.SearchRecordsRequest(
            where=self._where,
            page_token=page.page_token,
            page_size=page.page_size,
            sort_direction=self._sort_direction,
        )


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


def _paging(page_token: str | None, page_size: int | None, limit: int | None) -> Paging:
    for name, number, least in (("page_size", page_size, 1), ("limit", limit, 0)):
        if number is not None and (type(number) is not int or number < least):
            raise InvalidRequestError(f"{name} is a whole number, {least} or more, not {number!r}")
    if page_token is not None and (not isinstance(page_token, str) or not page_token):
        raise InvalidRequestError("page_token is a string that an earlier page gave; leave it out for the first page")
    return Paging(page_token, page_size, limit)


class Records(_Requests):
    """Checkpoint records: `get`, `get_batch`, `iter_batch`, `search`.

    Each method takes a `deadline` in seconds, which overrides that of the client, and a `trace_id` to send as
    `X-B3-TraceId` in place of a random one.
    """

    def __init__(self, transport: Transport, *, preview: bool, deadline: float | None) -> None:
        super().__init__(preview=preview, deadline=deadline)
        self._transport = transport

    def get(self, rid: str, *, deadline: float | None = None, trace_id: str | None = None) -> models.Record:
        """One record. Raises `NotFoundError` or `PermissionDeniedError` where it is not to be had."""
        return self._transport.call(self._get(rid, self._until(deadline), trace_id))

    def get_batch(
        self, rids: Iterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Any number of records, in the order of `rids`; what the service left out is in `.missing`.

        A rid that occurs twice is asked for once. Sent in chunks of at most 100; nothing is sent for no rids. The
        deadline bounds all chunks together.
        """
        until = self._until(deadline)
        pairs: list[tuple[str, models.Record | None]] = []
        for chunk in chunks(unique(rids)):
            response = self._transport.call(self._get_batch(chunk, until, trace_id))
            pairs += matched(chunk, response)
        return RecordBatch(pairs)

    def iter_batch(
        self, rids: Iterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> Iterator[tuple[str, models.Record | None]]:
        """Each rid with its record, None where the service left it out: `get_batch` for a stream.

        In the order of `rids`, which is read 100 at a time, so that memory stays bounded. A rid that occurs twice
        is given twice. The deadline bounds each request.
        """
        for chunk in chunks(rids):
            response = self._transport.call(self._get_batch(chunk, self._until(deadline), trace_id))
            yield from matched(chunk, response)

    def search(
        self,
        where: Where | None = None,
        *,
        sort_direction: SortDirection | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        limit: int | None = None,
        deadline: float | None = None,
        trace_id: str | None = None,
    ) -> RecordPager:
        """The records that match `where`: an `F` expression, a filter model or its dict; None means every record.

        Nothing is sent until the pager is iterated. Newest first, unless `sort_direction` is ASC. `page_size` is
        a hint: the service's default is 100, and it reduces a larger one. `limit` is the most records to give,
        over all pages. `page_token` goes on where an earlier search with the same filter and direction stood;
        tokens are short-lived. The deadline bounds each page.
        """
        query = _Query(where, sort_direction)

        def fetch(page: PageRequest) -> models.SearchCheckpointRecordsResponse:
            return self._transport.call(self._search(query, page, self._until(deadline), trace_id))

        return RecordPager(fetch, _paging(page_token, page_size, limit))


class AsyncRecords(_Requests):
    """Checkpoint records: `get`, `get_batch`, `iter_batch`, `search`.

    Each method takes a `deadline` in seconds, which overrides that of the client, and a `trace_id` to send as
    `X-B3-TraceId` in place of a random one.
    """

    def __init__(self, transport: AsyncTransport, *, preview: bool, deadline: float | None) -> None:
        super().__init__(preview=preview, deadline=deadline)
        self._transport = transport

    async def get(self, rid: str, *, deadline: float | None = None, trace_id: str | None = None) -> models.Record:
        """One record. Raises `NotFoundError` or `PermissionDeniedError` where it is not to be had."""
        return await self._transport.call(self._get(rid, self._until(deadline), trace_id))

    async def get_batch(
        self, rids: Iterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> RecordBatch:
        """Any number of records, in the order of `rids`; what the service left out is in `.missing`.

        A rid that occurs twice is asked for once. Sent in chunks of at most 100; nothing is sent for no rids. The
        deadline bounds all chunks together.
        """
        until = self._until(deadline)
        pairs: list[tuple[str, models.Record | None]] = []
        for chunk in chunks(unique(rids)):
            response = await self._transport.call(self._get_batch(chunk, until, trace_id))
            pairs += matched(chunk, response)
        return RecordBatch(pairs)

    async def iter_batch(
        self, rids: Iterable[str], *, deadline: float | None = None, trace_id: str | None = None
    ) -> AsyncIterator[tuple[str, models.Record | None]]:
        """Each rid with its record, None where the service left it out: `get_batch` for a stream.

        In the order of `rids`, which is read 100 at a time, so that memory stays bounded. A rid that occurs twice
        is given twice. The deadline bounds each request.
        """
        for chunk in chunks(rids):
            response = await self._transport.call(self._get_batch(chunk, self._until(deadline), trace_id))
            for pair in matched(chunk, response):
                yield pair

    def search(
        self,
        where: Where | None = None,
        *,
        sort_direction: SortDirection | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        limit: int | None = None,
        deadline: float | None = None,
        trace_id: str | None = None,
    ) -> AsyncRecordPager:
        """The records that match `where`: an `F` expression, a filter model or its dict; None means every record.

        Nothing is sent until the pager is iterated. Newest first, unless `sort_direction` is ASC. `page_size` is
        a hint: the service's default is 100, and it reduces a larger one. `limit` is the most records to give,
        over all pages. `page_token` goes on where an earlier search with the same filter and direction stood;
        tokens are short-lived. The deadline bounds each page.
        """
        query = _Query(where, sort_direction)

        async def fetch(page: PageRequest) -> models.SearchCheckpointRecordsResponse:
            return await self._transport.call(self._search(query, page, self._until(deadline), trace_id))

        return AsyncRecordPager(fetch, _paging(page_token, page_size, limit))
