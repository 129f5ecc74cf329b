"""The part of the records that a query reads: a time range, cut into windows, each read with a parallel search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from foundry_checkpoints_api.types import to_millis

from ..flat import record_batches
from ._options import SourceOptions

if TYPE_CHECKING:
    import pyarrow


def time_range(options: SourceOptions) -> tuple[int, int]:
    """Return the time of the oldest matching record, and the millisecond after the newest; an empty range for none.

    What is created later belongs to another query, so that all tasks of this one agree.
    """
    with options.client() as client:
        oldest = client.records.search(options.where, sort_direction="ASC").first()
        newest = client.records.search(options.where, sort_direction="DESC").first()
    if oldest is None or newest is None:
        return 0, 0
    return to_millis(oldest.created_at), to_millis(newest.created_at) + 1


def windows(start: int, end: int, count: int) -> list[tuple[int, int]]:
    """Cut a time range into at most `count` windows of equal length; at least one, so that Spark has a task.

    Length says little about the number of records, which the API doesn't tell. A few windows are fastest still: the
    search inside each follows the density with `maxConcurrency` requests.
    """
    cuts = sorted({start + (end - start) * number // count for number in range(count)})
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def read(options: SourceOptions, start: int, end: int) -> Iterator[pyarrow.RecordBatch]:
    """Yield the records of a window, oldest first, as Arrow batches."""
    with options.client() as client:
        where, concurrency = options.within(start, end), options.max_concurrency
        yield from record_batches(client.records.search(where, sort_direction="ASC", concurrency=concurrency))
