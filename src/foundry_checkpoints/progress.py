"""The progress of a search: what `search(on_progress=...)` reports, and a progress bar that shows it.

    for record in client.records.search(where, on_progress=progress_bar()):
        ...

The client reports where the caller iterates, after each page.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    from ._search.cursor import RecordPage
    from ._search.query import Query

__all__ = ["SearchProgress", "progress_bar"]


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """The progress of a search, after a page, and again at its end."""

    records: int
    """The number of records that the search has returned, the last page included."""
    share: float | None
    """The part that is done, from 0 to 1: of the time range, or of `limit` if that is more.

    The range goes from the first record to the end that the filter names; a search from oldest to newest needs no such
    end. None if neither is known, and for a search with `ordered=False` and no limit.
    """
    is_done: bool = False
    """True once, at the end. A search that fails, or that you stop, reports no end."""


Report: TypeAlias = Callable[[SearchProgress], object]
"""What `on_progress` takes."""


def progress_bar(**options: Any) -> Report:
    """Return a progress bar to pass as `on_progress`: in a notebook a widget, in a terminal a line on stderr.

    Needs tqdm; `options` are those of `tqdm.tqdm`. The total is an estimate, made from the share of the time range.
    """
    from tqdm.auto import tqdm

    bar: Any = None

    def show(progress: SearchProgress) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(**{"unit": " records", "unit_scale": True, **options})
        bar.total = round(progress.records / progress.share) if progress.share else None
        bar.update(progress.records - bar.n)
        if progress.is_done:
            bar.close()
            bar = None

    return show


@dataclass(slots=True)
class Meter:
    """The state behind the progress: how many records, and how far between the first one's time and a goal."""

    goal: datetime | None
    """The creation time at which the search ends. None if unknown."""
    limit: int | None
    _begin: datetime | None = None
    _share: float | None = None
    _records: int = 0

    @classmethod
    def of(cls, query: Query) -> Self:
        """Return a meter for one iteration of a search."""
        goal = query.bounds.start
        if query.ascending:
            now = datetime.now(UTC)
            goal = now if query.bounds.end is None else min(now, query.bounds.end)
        return cls(goal if query.ordered else None, query.limit)

    def after(self, page: RecordPage) -> SearchProgress:
        """Take the next page, and return the progress after it."""
        self._records += len(page)
        if self.limit:
            self._reach(self._records / self.limit)
        if page.records and self.goal is not None:
            self._begin = page.records[0].created_at if self._begin is None else self._begin
            if self.goal != self._begin:
                self._reach((page.records[-1].created_at - self._begin) / (self.goal - self._begin))
        return SearchProgress(self._records, self._share)

    def _reach(self, share: float) -> None:
        """Never fall back: the share is the furthest one so far."""
        self._share = max(self._share or 0.0, min(1.0, share))

    def end(self) -> SearchProgress:
        """Return the progress at the end of the search."""
        return SearchProgress(self._records, 1.0, is_done=True)


def watched(pages: Generator[RecordPage], query: Query) -> Generator[RecordPage]:
    """Return the pages, and if the search has `on_progress`, report after each, before the caller gets it."""
    return pages if query.on_progress is None else _watched(pages, Meter.of(query), query.on_progress)


def _watched(pages: Generator[RecordPage], meter: Meter, report: Report) -> Generator[RecordPage]:
    with closing(pages):
        for page in pages:
            report(meter.after(page))
            yield page
    report(meter.end())


def awatched(pages: AsyncGenerator[RecordPage], query: Query) -> AsyncGenerator[RecordPage]:
    """Return the pages as `watched` does."""
    return pages if query.on_progress is None else _awatched(pages, Meter.of(query), query.on_progress)


async def _awatched(pages: AsyncGenerator[RecordPage], meter: Meter, report: Report) -> AsyncGenerator[RecordPage]:
    async with aclosing(pages):
        async for page in pages:
            report(meter.after(page))
            yield page
    report(meter.end())
