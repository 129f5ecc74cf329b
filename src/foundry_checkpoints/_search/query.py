"""Turn the caller's `where` and direction into the bodies of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from foundry_checkpoints_api import models
from foundry_checkpoints_api.errors import DecodeError

from ..errors import InvalidRequestError
from ..filters import Filter
from .cursor import PageRequest, Window

Where: TypeAlias = Filter | models.SearchCheckpointRecordsFilter | Mapping[str, Any]
"""A search filter: an `F` expression, a filter model, or the dict of one."""
SortDirection: TypeAlias = models.SortDirection | Literal["ASC", "DESC"]
"""By creation time: `ASC` is oldest first, `DESC` newest first."""

EVERY_RECORD: Final = {"type": "gte", "field": "createdAt", "value": "1970-01-01T00:00:00.000Z"}
"""The API requires a filter; this one matches every record."""


class Query:
    """A checked filter with a direction.

    Raises `InvalidRequestError` if the API doesn't know the filter or the direction.
    """

    def __init__(self, where: Where | None, sort_direction: SortDirection | None) -> None:
        self._filter = _checked_filter(EVERY_RECORD if where is None else where)
        self._direction = None if sort_direction is None else _checked_direction(sort_direction)
        self.ascending = self._direction is models.SortDirection.ASC

    @property
    def bounds(self) -> Window:
        """The creation times that the filter allows, as far as its outermost level says."""
        where = self._filter
        parts = where.filters if isinstance(where, models.SearchCheckpointRecordsAndFilter) else [where]
        starts = [part.value for part in parts if isinstance(part, models.SearchCheckpointRecordsGteFilter)]
        ends = [part.value for part in parts if isinstance(part, models.SearchCheckpointRecordsLtFilter)]
        return Window(max(starts, default=None), min(ends, default=None))

    def body(self, page: PageRequest) -> models.SearchRecordsRequest:
        """Return the request for a page; a probe asks from the far end."""
        direction = self._direction
        if page.is_probe:
            direction = models.SortDirection.DESC if self.ascending else models.SortDirection.ASC
        return models.SearchRecordsRequest(
            where=models.SearchCheckpointRecordsRequest(filter_=self._within(page.window)),
            page_token=page.page_token,
            page_size=page.page_size,
            sort_direction=direction,
        )

    def _within(self, window: Window) -> models.SearchCheckpointRecordsFilter:
        parts = [self._filter]
        if window.start is not None:
            start_field = models.SearchCheckpointRecordsGteFilterField.CREATED_AT
            parts.append(models.SearchCheckpointRecordsGteFilter(field=start_field, value=window.start))
        if window.end is not None:
            end_field = models.SearchCheckpointRecordsLtFilterField.CREATED_AT
            parts.append(models.SearchCheckpointRecordsLtFilter(field=end_field, value=window.end))
        return models.SearchCheckpointRecordsAndFilter(filters=parts) if len(parts) > 1 else self._filter


def _checked_filter(where: Where) -> models.SearchCheckpointRecordsFilter:
    if isinstance(where, models.SearchCheckpointRecordsFilter):
        return where
    if not isinstance(where, Filter | Mapping):
        raise InvalidRequestError(
            f"where must be an F expression, a filter model, or its dict, not {type(where).__name__}"
        )
    try:
        data = where.to_dict() if isinstance(where, Filter) else where
        decoded = models.search_checkpoint_records_filter_from_dict(data)
    except (DecodeError, RecursionError) as error:
        raise InvalidRequestError(f"where isn't a valid filter: {error}") from None
    _reject_unknown(decoded)
    return decoded


def _reject_unknown(part: models.SearchCheckpointRecordsFilter) -> None:
    match part:
        case models.UnknownVariant():
            raise InvalidRequestError(
                f"the API has no filter of type {part.type_[:80]!r}; to send one anyway, pass an UnknownVariant"
            )
        case models.SearchCheckpointRecordsAndFilter() | models.SearchCheckpointRecordsOrFilter():
            for inner in part.filters:
                _reject_unknown(inner)
        case models.SearchCheckpointRecordsNotFilter():
            _reject_unknown(part.filter_)


def _checked_direction(value: str) -> models.SortDirection:
    direction = models.SortDirection(value) if isinstance(value, str) else None
    if direction is None or not direction.is_known:
        raise InvalidRequestError(f"sort_direction must be 'ASC' or 'DESC', not {value!r}")
    return direction
