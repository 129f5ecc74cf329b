"""The query of a feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import from_millis

from ..filters import F, Filter

if TYPE_CHECKING:
    from .._search.query import Where


def to_json(where: Where | None) -> dict[str, Any] | None:
    """Return a filter in the form that the API takes."""
    if where is None:
        return None
    return dict(where) if isinstance(where, Mapping) else where.to_dict()


def created_since(where: Where | None, start: int) -> Where:
    """Return a filter that also requires a creation time of `start`, in milliseconds since the epoch, or later."""
    since = F.created_at >= from_millis(start)
    if where is None:
        return since
    if isinstance(where, models.SearchCheckpointRecordsFilter):
        parts = [where, models.search_checkpoint_records_filter_from_dict(since.to_dict())]
        return models.SearchCheckpointRecordsAndFilter(filters=parts)
    return (where if isinstance(where, Filter) else Filter(where)) & since
