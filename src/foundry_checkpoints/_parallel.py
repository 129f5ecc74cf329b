"""A search in parallel over the time line. No I/O.

The page tokens of one search are sequential, but creation times can be bounded. So the time line is cut into windows,
`[start, end)` in milliseconds, that are searched side by side. Each record lies in exactly one, whatever its time.

Windows are cut from the front of the output order, each as long as some pages are expected to be, going by how dense
the records were so far. A window that turns out much longer gives its far part back, to be cut again; near the end,
idle workers take half of what the longest one still has to do. Thus uneven density costs little, results come in order
with few of them waiting, and all workers end together.

Inside, a time is a position: milliseconds since the epoch, negative for a search that goes back in time, so that
positions grow in the order of the output.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ._paging import ALWAYS, DEFAULT_PAGE_SIZE, MILLISECOND, PageRequest, Paging, RecordPage, Window
from .errors import CheckpointsError, PaginationError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record, SearchCheckpointRecordsResponse

_WINDOW_PAGES = 8
"""How many pages a window is meant to have: more waste fewer half-full last pages, fewer let fewer records wait."""
_GROWTH = 16.0
"""How much longer than a window that was nearly empty the next may be."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(eq=False, slots=True)
class Part:
    """A window, and where its search stands. `end` is None while the far end is not known."""

    begin: int
    end: int | None
    paging: Paging
    density: float = 0.0
    """Records for each millisecond, as far as is known."""
    position: int = field(init=False)
    """What lies before it was received."""
    given: int = field(init=False)
    """What lies before it was given."""
    count: int = 0
    ready: deque[RecordPage] = field(default_factory=deque)
    error: CheckpointsError | None = None

    def __post_init__(self) -> None:
        self.position = self.given = self.begin

    @property
    def is_done(self) -> bool:
        return self.paging.is_done

    @property
    def expected(self) -> float:
        """How many records are likely to come."""
        return 0.0 if self.end is None or self.is_done else self.density * (self.end - self.position)


@dataclass(eq=False, slots=True)
class Gap:
    """A stretch that no window covers yet."""

    begin: int
    end: int
    stride: float
    """How long a window should be, going by how dense the records before it were."""
    evidence: int
    """Where the window began that told so."""


class ParallelPlan:
    """Which windows there are, whose page comes next, and which page is given next."""

    runs_ahead = True

    def __init__(self, start: Paging, bounds: Window, concurrency: int, *, ordered: bool) -> None:
        self._ascending = start.ascending
        # The service reduces a larger page.
        self._page_size = DEFAULT_PAGE_SIZE if start.page_size is None else min(start.page_size, DEFAULT_PAGE_SIZE)
        self._asked_size = start.page_size
        self._meant = _WINDOW_PAGES * self._page_size
        self._limit = start.limit
        self._concurrency = concurrency
        self._ordered = ordered
        paging = Paging(page_size=start.page_size, ascending=start.ascending)
        self._parts = [Part(0, self._far_end(bounds), paging)]
        self._first: Part | None = self._parts[0]
        """The part that began with the search, until its first record says where."""
        self._gaps: list[Gap] = []
        self._needs_probe = self._parts[0].end is None
        self._fetching: dict[PageRequest, Part | None] = {}
        self._given = 0
        self._has_failed = False

    @property
    def is_finished(self) -> bool:
        """Whether the limit is reached, and what is still running is not wanted."""
        return self._given == self._limit

    # What to fetch

    def next_task(self) -> PageRequest | None:
        """The next page to fetch: of the earliest window that waits for one, else of a new window."""
        if self._has_failed or len(self._fetching) >= self._concurrency or self._has_enough():
            return None
        return self._page_of_a_part() or self._probe() or self._page_of_a_new_part()

    def _has_enough(self) -> bool:
        """Whether what can be given next reaches the limit."""
        if self._limit is None:
            return False
        count = self._given
        for part in self._parts:
            if self._ordered and self._comes_after_a_gap(part):
                break
            count += sum(map(len, part.ready))
            if self._ordered and not part.is_done:
                break
        return count >= self._limit

    def _has_room(self, begin: int) -> bool:
        """Whether a page may wait for what comes before its window. What nothing comes before needs no room.

        What waits beyond a window counts half: a dense stretch is not held up by what was found behind it.
        """
        if self._is_earliest(begin):
            return True
        if self._limit is not None and self._given + sum(map(len, self._ready(self._parts))) >= self._limit:
            return False
        room = _WINDOW_PAGES * self._concurrency - len(self._fetching)
        before = sum(1 for _ in self._ready(part for part in self._parts if part.begin < begin))
        return before < room and sum(1 for _ in self._ready(self._parts)) < 2 * room

    def _is_earliest(self, begin: int) -> bool:
        """Whether nothing that comes before is still to be fetched."""
        pending = [part.begin for part in self._parts if not part.is_done] + [gap.begin for gap in self._gaps]
        return min(pending) >= begin

    @staticmethod
    def _ready(parts: Iterable[Part]) -> Iterator[RecordPage]:
        return (page for part in parts for page in part.ready)

    def _comes_after_a_gap(self, part: Part) -> bool:
        return bool(self._gaps) and self._gaps[0].begin < part.begin

    def _page_of_a_part(self) -> PageRequest | None:
        """A page of the earliest window that waits for one."""
        for part in self._parts:
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
        part = self._carved() if self._gaps else self._split()
        return None if part is None else self._page(part)

    def _page(self, part: Part) -> PageRequest | None:
        request = part.paging.next_request()
        if request is not None:
            self._fetching[request] = part
        return request

    def _carved(self) -> Part | None:
        """A new window at the front of the first gap."""
        gap = self._gaps[0]
        if not self._has_room(gap.begin):
            return None
        begin, cut = gap.begin, gap.begin + max(1, int(gap.stride))
        if cut + gap.stride / 2 < gap.end:
            gap.begin = cut
        else:
            cut = self._gaps.pop(0).end
        return self._added(begin, cut, self._meant / gap.stride)

    def _split(self) -> Part | None:
        """The far half of what the longest window still has to do, if that is worth a request."""
        longest = max(self._parts, key=lambda part: part.expected, default=None)
        if longest is None or longest.end is None or longest.expected < 2 * self._page_size:
            return None
        middle = longest.position + (longest.end - longest.position) // 2
        if middle <= longest.position or not self._has_room(middle):
            return None
        end, longest.end = longest.end, middle
        return self._added(middle, end, longest.density)

    def _added(self, begin: int, end: int, density: float) -> Part:
        paging = Paging(page_size=self._asked_size, ascending=self._ascending, window=self._window(begin, end))
        part = Part(begin, end, paging, density)
        insort(self._parts, part, key=lambda part: part.begin)
        return part

    # What came back

    def accept(self, request: PageRequest, response: SearchCheckpointRecordsResponse) -> None:
        """Take a page: keep what lies in its window, and learn how dense the records are."""
        part = self._fetching.pop(request)
        if part is None:
            self._learn_end(response.data)
            return
        try:
            page = part.paging.accept(response)
        except PaginationError as error:
            self._keep(part, error)
            return
        self._receive(part, page.records)
        self._learn_density(part)
        self._give_back(part)

    def _receive(self, part: Part, records: Sequence[Record]) -> None:
        positions = [self._position(record) for record in records]
        if part is self._first and positions:
            part.begin = part.position = positions[0]
            self._first = None
        end = math.inf if part.end is None else part.end
        inside = [record for record, position in zip(records, positions, strict=True) if position < end]
        if len(inside) < len(records):
            part.paging.is_done = True
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
        gap.stride = max(1, span) * min(_GROWTH, self._meant / max(1, part.count))

    def _give_back(self, part: Part) -> None:
        """Shorten a window that has much more to come than it was meant to have."""
        if part.end is None or part.expected <= 2 * self._meant:
            return
        stride = self._meant / part.density
        end = part.position + max(1, math.ceil(stride))
        if end < part.end:
            insort(self._gaps, Gap(end, part.end, stride, part.begin), key=lambda gap: gap.begin)
            part.end = end

    def _learn_end(self, newest_or_oldest: Sequence[Record]) -> None:
        first = self._parts[0] if self._parts else None
        if first is None or first.end is not None or not newest_or_oldest:
            return
        first.end = max(self._position(newest_or_oldest[0]), first.position) + 1
        if self._first is None:
            self._give_back(first)

    def fail(self, request: PageRequest, error: CheckpointsError) -> None:
        """Recover from an expired token, or keep the error until its turn. Without the probe it goes on unsplit."""
        part = self._fetching.pop(request)
        if part is not None and not part.paging.recover(error):
            self._keep(part, error)

    def _keep(self, part: Part, error: CheckpointsError) -> None:
        part.error = error
        self._has_failed = True

    # What to give

    def take(self) -> RecordPage | None:
        """The next page: of the earliest window, or of any where order does not matter."""
        if self.is_finished:
            return None
        for part in list(self._parts):
            if self._ordered and self._comes_after_a_gap(part):
                break
            if part.ready:
                return self._given_from(part)
            if part.is_done and part.error is None:
                self._parts.remove(part)
            elif self._ordered:
                break
        self._raise_if_failed()
        return None

    def _raise_if_failed(self) -> None:
        """The first failure ends the search, with the windows whose records were not all given."""
        error = next((part.error for part in self._parts if part.error is not None), None)
        if error is None:
            return
        left = [(part.given, part.end) for part in self._parts if part.ready or part.error or not part.is_done]
        left += [(gap.begin, gap.end) for gap in self._gaps]
        windows = [self._window(begin, end) for begin, end in sorted(left, key=lambda ends: ends[0])]
        error.windows = tuple((window.start, window.end) for window in (windows if self._first is None else [ALWAYS]))
        raise error

    def _given_from(self, part: Part) -> RecordPage:
        page = part.ready.popleft()
        part.given = self._position(page.records[-1])
        if self._limit is not None and self._given + len(page) > self._limit:
            page = RecordPage(page.records[: self._limit - self._given], None, None)
        self._given += len(page)
        return page

    # Positions

    def _position(self, record: Record) -> int:
        milliseconds = (record.created_at - _EPOCH) // MILLISECOND
        return milliseconds if self._ascending else -milliseconds

    def _far_end(self, bounds: Window) -> int | None:
        if self._ascending:
            return None if bounds.end is None else -((_EPOCH - bounds.end) // MILLISECOND)
        return None if bounds.start is None else -((bounds.start - _EPOCH) // MILLISECOND) + 1

    def _window(self, begin: int, end: int | None) -> Window:
        if self._ascending:
            return Window(_time(begin), _time(end))
        return Window(None if end is None else _time(1 - end), _time(1 - begin))


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _EPOCH + milliseconds * MILLISECOND
