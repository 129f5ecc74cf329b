"""Turn the caller's `where` and direction into the bodies of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field

from foundry_checkpoints_api import models
from foundry_checkpoints_api.errors import DecodeError
from foundry_checkpoints_api.types import EPOCH, Unknown, observed

from ..errors import InvalidRequestError
from ..filters import Filter
from ..progress import Report
from .cursor import PageRequest, Window

Where: TypeAlias = Filter | models.SearchCheckpointRecordsFilter | Mapping[str, Any]
"""A search filter: an `F` expression, a filter model, or the dict of one."""
SortDirection: TypeAlias = models.SortDirection | Literal["ASC", "DESC"]
"""By creation time: `ASC` is oldest first, `DESC` newest first."""

EVERY_RECORD: Final = {"type": "gte", "field": "createdAt", "value": "1970-01-01T00:00:00.000Z"}
"""The API requires a filter; this one matches every record."""


def _checked_filter(where: Where | None) -> models.SearchCheckpointRecordsFilter:
    where = EVERY_RECORD if where is None else where
    if not isinstance(where, Filter | Mapping | models.SearchCheckpointRecordsFilter):
        raise InvalidRequestError(
            f"where must be an F expression, a filter model, or its dict, not {type(where).__name__}"
        )
    met: list[Unknown] = []
    try:
        data = where if isinstance(where, Mapping) else where.to_dict()
        if isinstance(where, models.SearchCheckpointRecordsFilter):
            return where
        with observed(met.append):
            decoded = models.search_checkpoint_records_filter_from_dict(data)
    except (DecodeError, RecursionError) as error:
        raise InvalidRequestError(f"where isn't a valid filter: {error}") from None
    for unknown in met:
        if unknown.kind == "variant":
            raise InvalidRequestError(
                f"the API has no filter of type {unknown.value[:80]!r}; to send one anyway, pass an UnknownVariant"
            )
    return decoded


def _checked_direction(value: SortDirection | None) -> models.SortDirection | None:
    if value is None:
        return None
    direction = models.SortDirection(value) if isinstance(value, str) else None
    if direction is None or not direction.is_known:
        raise InvalidRequestError(f"sort_direction must be 'ASC' or 'DESC', not {value!r}")
    return direction


@define(frozen=True, eq=False, repr=False)
class Query:
    """A search as the caller wants it. Raises `InvalidRequestError` for what the API, or this client, can't do."""

    where: models.SearchCheckpointRecordsFilter = field(converter=_checked_filter)
    sort_direction: models.SortDirection | None = field(default=None, converter=_checked_direction)
    page_size: int | None = None
    page_token: str | None = None
    limit: int | None = None
    prefetch: bool = True
    concurrency: int = 1
    ordered: bool = True
    on_progress: Report | None = None
    total_timeout: float | None = None
    trace_id: str | None = None

    def __attrs_post_init__(self) -> None:
        for name, least, is_optional in (("page_size", 1, True), ("limit", 0, True), ("concurrency", 1, False)):
            number = getattr(self, name)
            if not (number is None and is_optional) and (type(number) is not int or number < least):
                raise InvalidRequestError(f"{name} must be an integer of {least} or more, not {number!r}")
        for name in ("prefetch", "ordered"):
            if not isinstance(getattr(self, name), bool):
                raise InvalidRequestError(f"{name} must be True or False, not {getattr(self, name)!r}")
        if not (self.on_progress is None or callable(self.on_progress)):
            raise InvalidRequestError(
                f"on_progress must be a function of a SearchProgress, not {self.on_progress!r:.80}"
            )
        if self.page_token is not None and (not isinstance(self.page_token, str) or not self.page_token):
            raise InvalidRequestError("page_token must be the token of an earlier page; leave it out for the first")
        if self.page_token is not None and self.concurrency > 1:
            raise InvalidRequestError("page_token belongs to a sequential search: leave out concurrency")

    @property
    def ascending(self) -> bool:
        """True if the oldest record comes first."""
        return self.sort_direction is models.SortDirection.ASC

    @property
    def bounds(self) -> Window:
        """The creation times that the filter allows, as far as its outermost level says. 1970 means the beginning."""
        where = self.where
        parts = where.filters if isinstance(where, models.SearchCheckpointRecordsAndFilter) else [where]
        starts = [part.value for part in parts if isinstance(part, models.SearchCheckpointRecordsGteFilter)]
        starts = [start for start in starts if start > EPOCH]
        ends = [part.value for part in parts if isinstance(part, models.SearchCheckpointRecordsLtFilter)]
        return Window(max(starts, default=None), min(ends, default=None))

    def body(self, page: PageRequest) -> models.SearchRecordsRequest:
        """Return the request for a page; a probe asks from the far end."""
        direction = self.sort_direction
        if page.is_probe:
            direction = models.SortDirection.DESC if self.ascending else models.SortDirection.ASC
        return models.SearchRecordsRequest(
            where=models.SearchCheckpointRecordsRequest(filter_=self._within(page.window)),
            page_token=page.page_token,
            page_size=page.page_size,
            sort_direction=direction,
        )

    def _within(self, window: Window) -> models.SearchCheckpointRecordsFilter:
        parts = [self.where]
        if window.start is not None:
            start_field = models.SearchCheckpointRecordsGteFilterField.CREATED_AT
            parts.append(models.SearchCheckpointRecordsGteFilter(field=start_field, value=window.start))
        if window.end is not None:
            end_field = models.SearchCheckpointRecordsLtFilterField.CREATED_AT
            parts.append(models.SearchCheckpointRecordsLtFilter(field=end_field, value=window.end))
        return models.SearchCheckpointRecordsAndFilter(filters=parts) if len(parts) > 1 else self.where
