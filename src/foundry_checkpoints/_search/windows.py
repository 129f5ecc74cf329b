"""A search in parallel over creation times: the plan. No I/O.

The page tokens of one search are sequential, but creation times can be bounded. So the time range is cut into windows,
`[start, end)` in milliseconds, that are searched concurrently. Each record lies in exactly one, whatever its time.

Windows are cut from the front of the output order. Each is as long as some pages take at the density so far.
A window that turns out much longer returns its far part, to be cut again before any worker fetches what follows it.
Near the end, idle workers take half of what the longest window still has to do. So uneven density costs little, results
arrive in order while few of them wait, and all workers end together.

Inside, a time is a position: milliseconds since the epoch, negative for a search that goes back in time, so that
positions grow in the order of the output.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foundry_checkpoints_api.types import EPOCH, MILLISECOND, from_millis, to_millis

from ..errors import CheckpointsError, PaginationError
from .cursor import ALWAYS, DEFAULT_PAGE_SIZE, Cursor, PageRequest, RecordPage, Window

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record, SearchCheckpointRecordsResponse

_WINDOW_PAGES: Final = 16
"""Pages in a window, twice as many if order doesn't matter: the last page of each is half empty."""
_WAITING_PAGES: Final = 10
"""Pages for each worker that can wait for what precedes them."""
_GROWTH: Final = 16.0
"""The factor by which a window can be longer than one before it that was nearly empty."""


@dataclass(eq=False, slots=True)
class Part:
    """A window, and where its search stands. `end` is None while the far end is unknown."""

    begin: int
    end: int | None
    cursor: Cursor
    density: float = 0.0
    """Records per millisecond, so far."""
    position: int = field(init=False)
    """Everything before it was received."""
    returned: int = field(init=False)
    """Everything before it was returned."""
    count: int = 0
    ready: deque[RecordPage] = field(default_factory=deque)
    error: CheckpointsError | None = None

    def __post_init__(self) -> None:
        self.position = self.returned = self.begin

    @property
    def is_done(self) -> bool:
        return self.cursor.is_done

    @property
    def expected(self) -> float:
        """The number of records that it is likely to hold still."""
        return 0.0 if self.end is None or self.is_done else self.density * (self.end - self.position)


@dataclass(eq=False, slots=True)
class Gap:
    """A time range that no window covers yet."""

    begin: int
    end: int
    stride: float
    """The length that a window should have, at the density before it."""
    evidence: int
    """The start of the window that the stride is taken from."""


class WindowPlan:
    """The windows of a search, the next page to fetch, and the next page to return."""

    runs_ahead = True

    def __init__(self, start: Cursor, bounds: Window, concurrency: int, *, ordered: bool) -> None:
        self._ascending = start.ascending
        # The service reduces a larger page.
        self._page_size = DEFAULT_PAGE_SIZE if start.page_size is None else min(start.page_size, DEFAULT_PAGE_SIZE)
        self._asked_size = start.page_size
        self._window_records = _WINDOW_PAGES * self._page_size * (1 if ordered else 2)
        self._limit = start.limit
        self._concurrency = concurrency
        self._ordered = ordered
        cursor = Cursor(page_size=start.page_size, ascending=start.ascending)
        self._parts = [Part(0, self._far_end(bounds), cursor)]
        self._first: Part | None = self._parts[0]
        """The part that begins with the search, until its first record says where."""
        self._gaps: list[Gap] = []
        self._needs_probe = self._parts[0].end is None
        self._fetching: dict[PageRequest, Part | None] = {}
        self._windows = 0
        self._returned = 0
        self._has_failed = False

    @property
    def is_finished(self) -> bool:
        """True if the limit is reached, so that running tasks aren't wanted."""
        return self._returned == self._limit

    # What to fetch

    def next_task(self) -> PageRequest | None:
        """Return the next page to fetch: of the earliest window that waits for one, else of a new window."""
        if self._has_failed or len(self._fetching) >= self._concurrency or self._has_enough():
            return None
        return self._page_of_a_part() or self._probe() or self._page_of_a_new_part()

    def _has_enough(self) -> bool:
        """Return True if the pages that can be returned next reach the limit."""
        if self._limit is None:
            return False
        count = self._returned
        for part in self._parts:
            if self._ordered and self._comes_after_a_gap(part):
                break
            count += sum(map(len, part.ready))
            if self._ordered and not part.is_done:
                break
        return count >= self._limit

    def _has_room(self, begin: int) -> bool:
        """Return True if a page can wait for what precedes its window. The earliest window needs no room.

        What waits behind a window counts half, so that it doesn't hold up a dense stretch.
        """
        if self._is_earliest(begin):
            return True
        if self._limit is not None and self._returned + sum(map(len, self._ready(self._parts))) >= self._limit:
            return False
        room = _WAITING_PAGES * self._concurrency - len(self._fetching)
        before = sum(1 for _ in self._ready(part for part in self._parts if part.begin < begin))
        return before < room and sum(1 for _ in self._ready(self._parts)) < 2 * room

    def _is_earliest(self, begin: int) -> bool:
        """Return True if nothing that precedes it is still to be fetched."""
        pending = [part.begin for part in self._parts if not part.is_done] + [gap.begin for gap in self._gaps]
        return min(pending) >= begin

    @staticmethod
    def _ready(parts: Iterable[Part]) -> Iterator[RecordPage]:
        return (page for part in parts for page in part.ready)

    def _comes_after_a_gap(self, part: Part) -> bool:
        return bool(self._gaps) and self._gaps[0].begin < part.begin

    def _page_of_a_part(self) -> PageRequest | None:
        """Return a page of the earliest window that waits for one, unless a gap precedes it."""
        for part in self._parts:
            if self._comes_after_a_gap(part):
                return None
            if not (part.is_done or part in self._fetching.values()) and self._has_room(part.begin):
                return self._page(part)
        return None

    def _probe(self) -> PageRequest | None:
        if not self._needs_probe:
            return None
        self._needs_probe = False
        request = PageRequest(None, 1, is_probe=True)
        self._fetching[request] = None
        return request

    def _page_of_a_new_part(self) -> PageRequest | None:
        part = self._cut_window() if self._gaps else self._split()
        return None if part is None else self._page(part)

    def _page(self, part: Part) -> PageRequest | None:
        request = part.cursor.next_request()
        if request is not None:
            self._fetching[request] = part
        return request

    def _cut_window(self) -> Part | None:
        """Return a new window at the front of the first gap."""
        gap = self._gaps[0]
        if not self._has_room(gap.begin):
            return None
        begin, cut = gap.begin, gap.begin + self._next_length(gap.stride)
        if cut + gap.stride / 2 < gap.end:
            gap.begin = cut
        else:
            cut = self._gaps.pop(0).end
        return self._added(begin, cut, self._window_records / gap.stride)

    def _next_length(self, stride: float) -> int:
        """Return the length of the next window. The first ones are shorter.

        So the windows end one after the other, and half as many pages wait as if they ended together.
        """
        self._windows = min(self._windows + 1, self._concurrency)
        return max(1, math.ceil(stride * self._windows / self._concurrency))

    def _split(self) -> Part | None:
        """Return the far half of what the longest window still has to do, if that is worth a request."""
        longest = max(self._parts, key=lambda part: part.expected, default=None)
        if longest is None or longest.end is None or longest.expected < 2 * self._page_size:
            return None
        middle = longest.position + (longest.end - longest.position) // 2
        if middle <= longest.position or not self._has_room(middle):
            return None
        end, longest.end = longest.end, middle
        return self._added(middle, end, longest.density)

    def _added(self, begin: int, end: int, density: float) -> Part:
        cursor = Cursor(page_size=self._asked_size, ascending=self._ascending, window=self._window(begin, end))
        part = Part(begin, end, cursor, density)
        insort(self._parts, part, key=lambda part: part.begin)
        return part

    # What came back

    def accept(self, request: PageRequest, response: SearchCheckpointRecordsResponse) -> None:
        """Take a page: keep what lies in its window, and learn the density."""
        part = self._fetching.pop(request)
        if part is None:
            self._learn_end(response.data)
            return
        try:
            page = part.cursor.accept(response)
        except PaginationError as error:
            self._keep(part, error)
            return
        self._receive(part, page.records)
        self._learn_density(part)
        self._return_far_part(part)

    def _receive(self, part: Part, records: Sequence[Record]) -> None:
        positions = [self._position(record) for record in records]
        if part is self._first and positions:
            part.begin = part.position = positions[0]
            self._first = None
        end = math.inf if part.end is None else part.end
        inside = [record for record, position in zip(records, positions, strict=True) if position < end]
        if len(inside) < len(records):
            part.cursor.is_done = True
        if inside:
            part.ready.append(RecordPage(inside, None, None))
            reached = positions[len(inside) - 1]
            part.density = len(inside) / max(1, reached - part.position)
            part.position = max(part.position, reached)
            part.count += len(inside)

    def _learn_density(self, part: Part) -> None:
        """Let the next windows behind this one be as long as it should have been."""
        gap = next((gap for gap in self._gaps if gap.begin > part.begin), None)
        if gap is None or part.begin < gap.evidence or part.end is None or not (part.count or part.is_done):
            return
        gap.evidence = part.begin
        span = (part.end if part.is_done else part.position) - part.begin
        gap.stride = max(1, span) * min(_GROWTH, self._window_records / max(1, part.count))

    def _return_far_part(self, part: Part) -> None:
        """Shorten a window that is likely to hold much more than a window should."""
        if part.end is None or part.expected <= 2 * self._window_records:
            return
        stride = self._window_records / part.density
        end = part.position + self._next_length(stride)
        if end < part.end:
            insort(self._gaps, Gap(end, part.end, stride, part.begin), key=lambda gap: gap.begin)
            part.end = end

    def _learn_end(self, newest_or_oldest: Sequence[Record]) -> None:
        first = self._parts[0] if self._parts else None
        if first is None or first.end is not None or not newest_or_oldest:
            return
        first.end = max(self._position(newest_or_oldest[0]), first.position) + 1
        if self._first is None:
            self._return_far_part(first)

    def fail(self, request: PageRequest, error: CheckpointsError) -> None:
        """Recover from an expired token, or keep the error until its turn. A failed probe only delays the first cut."""
        part = self._fetching.pop(request)
        if part is not None and not part.cursor.recover(error):
            self._keep(part, error)

    def _keep(self, part: Part, error: CheckpointsError) -> None:
        part.error = error
        self._has_failed = True

    # What to return

    def take(self) -> RecordPage | None:
        """Return the next page: of the earliest window, or of any if order doesn't matter."""
        if self.is_finished:
            return None
        for part in list(self._parts):
            if self._ordered and self._comes_after_a_gap(part):
                break
            if part.ready:
                return self._returned_from(part)
            if part.is_done and part.error is None:
                self._parts.remove(part)
            elif self._ordered:
                break
        self._raise_if_failed()
        return None

    def _raise_if_failed(self) -> None:
        """Raise the first failure, with the time ranges whose records were not all returned."""
        error = next((part.error for part in self._parts if part.error is not None), None)
        if error is None:
            return
        left = [(part.returned, part.end) for part in self._parts if part.ready or part.error or not part.is_done]
        left += [(gap.begin, gap.end) for gap in self._gaps]
        windows = [self._window(begin, end) for begin, end in sorted(left, key=lambda ends: ends[0])]
        error.windows = tuple((window.start, window.end) for window in (windows if self._first is None else [ALWAYS]))
        raise error.with_traceback(None)

    def _returned_from(self, part: Part) -> RecordPage:
        page = part.ready.popleft()
        part.returned = self._position(page.records[-1])
        if self._limit is not None and self._returned + len(page) > self._limit:
            page = RecordPage(page.records[: self._limit - self._returned], None, None)
        self._returned += len(page)
        return page

    # Positions

    def _position(self, record: Record) -> int:
        milliseconds = to_millis(record.created_at)
        return milliseconds if self._ascending else -milliseconds

    def _far_end(self, bounds: Window) -> int | None:
        if self._ascending:
            return None if bounds.end is None else -((EPOCH - bounds.end) // MILLISECOND)
        return None if bounds.start is None else 1 - to_millis(bounds.start)

    def _window(self, begin: int, end: int | None) -> Window:
        if self._ascending:
            return Window(from_millis(begin), None if end is None else from_millis(end))
        return Window(None if end is None else from_millis(1 - end), from_millis(1 - begin))
