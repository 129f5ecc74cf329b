"""Track where a search stands: which page comes next, and when the search ends. No I/O.

The end is a page without a next token, or with an empty one: a short or an empty page need not be the last. A repeated
page token isn't an error by itself. The same token with the same records is: the service is looping.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from foundry_checkpoints_api.types import MILLISECOND, from_millis, to_millis

from .._frames import RecordTable
from ..errors import ApiError, CheckpointsError, PaginationError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record, SearchCheckpointRecordsResponse

DEFAULT_PAGE_SIZE: Final = 100
"""Records that the service puts on a page by default, and at most."""
_MAX_EMPTY_PAGES: Final = 1000
"""Empty pages in a row after which the service is taken to loop. A page before the end should hold a record."""

logger = logging.getLogger("foundry_checkpoints")


@dataclass(frozen=True, slots=True, repr=False)
class RecordPage(RecordTable):
    """One page of records: iterable, sized, and an Arrow stream."""

    records: Sequence[Record]
    page_token: str | None
    """The token that the page was requested with; None for the first page, and in a parallel search."""
    next_page_token: str | None
    """The token of the next page; None at the end, and if `limit` cut the page short."""

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def _records(self) -> Sequence[Record]:
        return self.records

    def __repr__(self) -> str:
        return f"<RecordPage of {len(self)} records{'' if self.next_page_token is None else ', more follow'}>"


@dataclass(frozen=True, slots=True)
class Window:
    """A time range from `start`, which is included, to `end`, which isn't; None is open."""

    start: datetime | None = None
    end: datetime | None = None


ALWAYS: Final = Window()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page to request next. `page_size` None leaves it to the service.

    `window` narrows the caller's filter; `is_probe` requests in the opposite direction, from the far end.
    """

    page_token: str | None
    page_size: int | None
    window: Window = ALWAYS
    is_probe: bool = False


@dataclass(slots=True)
class Cursor:
    """The state of a search: the page to request next, and the part of the response to keep.

    It drops what the page before returned already: a service can repeat a page, and does so after a recovery.
    """

    page_token: str | None = None
    page_size: int | None = None
    limit: int | None = None
    """The records that are still to be returned, at most."""
    ascending: bool = False
    window: Window = ALWAYS
    is_done: bool = False
    _seen: set[int] = field(init=False, default_factory=set)
    _empty_pages: int = field(init=False, default=0)
    _last: datetime | None = field(init=False, default=None)
    _returned: set[str] = field(init=False, default_factory=set)
    """The RIDs of the last page, and of the pages before it that end in the same millisecond."""
    _has_recovered: bool = field(init=False, default=False)

    def next_request(self) -> PageRequest | None:
        """Return the next page to request, None at the end. It never requests more records than `limit` leaves."""
        if self.is_done or self.limit == 0:
            return None
        size = self.page_size
        if self.limit is not None and self.limit < (DEFAULT_PAGE_SIZE if size is None else size):
            size = self.limit
        return PageRequest(self.page_token, size, self.window)

    def accept(self, response: SearchCheckpointRecordsResponse) -> RecordPage:
        """Take the response to the last request. Raises `PaginationError` if the service repeats itself."""
        next_page_token = response.next_page_token or None
        found: Sequence[Record] = response.data
        rids = frozenset(record.rid for record in found)
        if not rids.isdisjoint(self._returned):
            found = [record for record in found if record.rid not in self._returned]
        self._empty_pages = 0 if found else self._empty_pages + 1
        mark = hash((self.page_token, rids))
        if next_page_token is not None and (mark in self._seen or self._empty_pages > _MAX_EMPTY_PAGES):
            raise PaginationError("the service repeats itself: a repeated page token returns no new record")
        self._seen.add(mark)
        records = found if self.limit is None else found[: self.limit]
        if self.limit is not None:
            self.limit -= len(records)
        page = RecordPage(records, self.page_token, None if len(records) < len(found) else next_page_token)
        self.is_done = next_page_token is None or self.limit == 0
        self.page_token = next_page_token
        self._has_recovered = False
        if records:
            last = from_millis(to_millis(records[-1].created_at))
            if last != self._last:
                self._last, self._returned = last, set()
            self._returned |= rids
        return page

    def recover(self, error: CheckpointsError) -> bool:
        """After a rejected page token, resume from the time of the last record; once for each page.

        Page tokens are short-lived, and a caller can take long over a page.
        """
        is_rejected_token = isinstance(error, ApiError) and error.error_name == "InvalidPageToken"
        if not is_rejected_token or self._last is None or self._has_recovered:
            return False
        if self.ascending:
            self.window = Window(self._last, self.window.end)
        else:
            self.window = Window(self.window.start, self._last + MILLISECOND)
        self.page_token = None
        self._has_recovered = True
        self._seen.clear()
        logger.info("the service rejected the page token; the search resumes from %s", self._last.isoformat())
        return True
