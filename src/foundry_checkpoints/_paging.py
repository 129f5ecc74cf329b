"""Pages, one after the other: which comes next, and when there is none. No I/O.

The end is a page without a next token, or with an empty one: a short or an empty page need not be the last. A
token may stay the same while new records come; only a token that comes again with records that came with it
before means that the service repeats itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .errors import ApiError, CheckpointsError, PaginationError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record, SearchCheckpointRecordsResponse

DEFAULT_PAGE_SIZE = 100
MILLISECOND = timedelta(milliseconds=1)
"""The resolution of creation times."""
_MAX_EMPTY_PAGES = 1000

logger = logging.getLogger("foundry_checkpoints")


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page: iterable and sized. `page_token` is the token that it was asked with, None for the first page.

    `next_page_token` is that of the page after it: None at the end, and where `limit` cut the page short.
    """

    records: Sequence[Record]
    page_token: str | None
    next_page_token: str | None

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the time line, from `start`, which is included, to `end`, which is not; None is open."""

    start: datetime | None = None
    end: datetime | None = None


ALWAYS = Window()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What to ask for next. `page_size` None leaves it to the service, whose default is 100.

    `window` narrows the caller's filter; `is_probe` asks in the opposite direction, for the far end.
    """

    page_token: str | None
    page_size: int | None
    window: Window = ALWAYS
    is_probe: bool = False


@dataclass(slots=True)
class Paging:
    """Where a search stands: which page comes next, and whether there is one. No I/O."""

    page_token: str | None = None
    page_size: int | None = None
    limit: int | None = None
    ascending: bool = False
    window: Window = ALWAYS
    is_done: bool = field(init=False)
    _remaining: int | None = field(init=False)
    _seen: set[int] = field(init=False, default_factory=set)
    _empty_pages: int = field(init=False, default=0)
    _last: datetime | None = field(init=False, default=None)
    _given_at_last: set[str] = field(init=False, default_factory=set)
    _recovery: str = field(init=False, default="possible")

    def __post_init__(self) -> None:
        self._remaining = self.limit
        self.is_done = self.limit == 0

    def copy(self, limit: int | None = None) -> Paging:
        """A fresh start, with a lower limit if one is given."""
        limits = [number for number in (self.limit, limit) if number is not None]
        return Paging(self.page_token, self.page_size, min(limits, default=None), self.ascending, self.window)

    def next_request(self) -> PageRequest | None:
        """The next page to ask for; None at the end. Never asks for more records than `limit` still wants."""
        if self.is_done:
            return None
        size = self.page_size
        if self._remaining is not None and self._remaining < (DEFAULT_PAGE_SIZE if size is None else size):
            size = self._remaining
        return PageRequest(self.page_token, size, self.window)

    def accept(self, response: SearchCheckpointRecordsResponse) -> RecordPage:
        """Take the answer to the last request. Raises `PaginationError` where the service repeats itself."""
        next_page_token = response.next_page_token or None
        self._check_progress(response.data, next_page_token)
        found = self._not_yet_given(response.data)
        records = found if self._remaining is None else found[: self._remaining]
        is_cut = len(records) < len(found)
        page = RecordPage(records, self.page_token, None if is_cut else next_page_token)
        if self._remaining is not None:
            self._remaining -= len(records)
        self.is_done = next_page_token is None or self._remaining == 0
        self.page_token = next_page_token
        self._note_last(records)
        return page

    def _check_progress(self, records: Sequence[Record], next_page_token: str | None) -> None:
        self._empty_pages = 0 if records else self._empty_pages + 1
        mark = hash((self.page_token, frozenset(record.rid for record in records)))
        if next_page_token is not None and (mark in self._seen or self._empty_pages > _MAX_EMPTY_PAGES):
            raise PaginationError("the service repeats itself: a page token that came before brings no new record")
        self._seen.add(mark)

    def recover(self, error: CheckpointsError) -> bool:
        """After a refused page token: go on from the time of the last record; once for each page.

        Page tokens are short-lived, and a caller may take long over a page.
        """
        is_refused_token = isinstance(error, ApiError) and error.error_name == "InvalidPageToken"
        if not is_refused_token or self._last is None or self._recovery == "tried":
            return False
        if self.ascending:
            self.window = Window(self._last, self.window.end)
        else:
            self.window = Window(self.window.start, self._last + MILLISECOND)
        self.page_token = None
        self._recovery = "tried"
        self._seen.clear()
        logger.info("the page token was refused; the search goes on from %s", self._last.isoformat())
        return True

    def _not_yet_given(self, records: Sequence[Record]) -> Sequence[Record]:
        if self._recovery == "possible":
            return records
        self._recovery = "done"
        return [record for record in records if record.rid not in self._given_at_last]

    def _note_last(self, records: Sequence[Record]) -> None:
        if not records:
            return
        last = in_milliseconds(records[-1].created_at)
        if last != self._last:
            self._last = last
            self._given_at_last = set()
        for record in reversed(records):
            if in_milliseconds(record.created_at) != last:
                break
            self._given_at_last.add(record.rid)


def in_milliseconds(time: datetime) -> datetime:
    """The time without what is finer than the service's milliseconds."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
