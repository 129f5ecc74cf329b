"""The query of a feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from foundry_checkpoints_api import models

from ..filters import F, Filter
from ._cursor import EPOCH, MILLISECOND
from ._state import FeedState

if TYPE_CHECKING:
    from .._search.query import Where


def to_json(where: Where | None) -> dict[str, Any] | None:
    """A filter as the API takes it."""
    if where is None:
        return None
    return dict(where) if isinstance(where, Mapping) else where.to_dict()


def where_of(state: FeedState, given: Where | None) -> Where | None:
    """The filter of the state; as it was given, where that is the same."""
    return given if to_json(given) == state.where else state.where


def created_since(where: Where | None, start: int) -> Where:
    """A filter that also asks for a time of creation, in milliseconds since the epoch, or later."""
    since = F.created_at >= EPOCH + start * MILLISECOND
    if where is None:
        return since
    if isinstance(where, models.SearchCheckpointRecordsFilter):
        parts = [where, models.search_checkpoint_records_filter_from_dict(since.to_dict())]
        return models.SearchCheckpointRecordsAndFilter(filters=parts)
    return (where if isinstance(where, Filter) else Filter(where)) & since
