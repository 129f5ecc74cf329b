"""The plan of a parallel search: no I/O, responses in any order, records of any density."""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import ApiError, CheckpointsError
from foundry_checkpoints._search.cursor import ALWAYS, Cursor, PageRequest, Window
from foundry_checkpoints._search.windows import WindowPlan
from foundry_checkpoints.errors import BadRequestError

START = datetime(2025, 1, 1, tzinfo=UTC)
PAGE = 5
HOUR = 3_600_000


def _key(record: Any) -> tuple[datetime, str]:
    return record.created_at, record.rid


class Service:
    """Keyset paging over records, as the API does it. It counts the requests."""

    def __init__(self, times: Iterable[int], *, ascending: bool) -> None:
        self.requests = self.probes = 0
        self.records: list[Any] = []
        self._ascending = ascending
        self._numbers = count()
        for time in sorted(times):
            self.add(time)

    def add(self, time: int) -> None:
        """Create a record, so many milliseconds after the start."""
        rid, created_at = f"r{next(self._numbers):06}", START + timedelta(milliseconds=time)
        insort(self.records, SimpleNamespace(rid=rid, created_at=created_at), key=_key)

    def page(self, request: PageRequest) -> Any:
        """Return the page, or an error to fail with. A token is the place of the last record before it."""
        self.requests += 1
        self.probes += request.is_probe
        start, end = request.window.start, request.window.end
        first = 0 if start is None else bisect_left(self.records, (start, ""), key=_key)
        last = len(self.records) if end is None else bisect_left(self.records, (end, ""), key=_key)
        size = request.page_size or PAGE
        if self._ascending != request.is_probe:
            if request.page_token is not None:
                first = self._place(request.page_token) + 1
            found, rest = self.records[first : min(last, first + size)], last - first - size
        else:
            if request.page_token is not None:
                last = self._place(request.page_token)
            found, rest = self.records[max(first, last - size) : last][::-1], last - first - size
        token = f"{found[-1].created_at.isoformat()}|{found[-1].rid}" if rest > 0 else None
        return SimpleNamespace(data=found, next_page_token=token)

    def _place(self, token: str) -> int:
        time, rid = token.split("|")
        return bisect_left(self.records, (datetime.fromisoformat(time), rid), key=_key)


def pages_of(plan: WindowPlan, service: Service, chance: random.Random) -> Iterator[Any]:
    """Run a plan as the drivers do, with the responses in any order."""
    running: list[tuple[PageRequest, Any]] = []
    while True:
        while (task := plan.next_task()) is not None:
            running.append((task, service.page(task)))
        if (page := plan.take()) is not None:
            yield page
        elif running and not plan.is_finished:
            task, answer = running.pop(chance.randrange(len(running)))
            if isinstance(answer, CheckpointsError):
                plan.fail(task, answer)
            else:
                plan.accept(task, answer)
        else:
            return


def plan_of(
    *, ascending: bool, limit: int | None = None, ordered: bool = True, width: int = 4, bounds: Window = ALWAYS
) -> WindowPlan:
    start = Cursor(page_size=PAGE, limit=limit, ascending=ascending)
    return WindowPlan(start, bounds, width, ordered=ordered)


some_times = st.one_of(
    st.lists(st.integers(0, 50), max_size=150),
    st.lists(st.integers(0, 10_000_000), max_size=150),
    st.lists(st.one_of(st.integers(0, 31_000_000_000), st.integers(7_000_000_000, 7_003_600_000)), max_size=150),
)


@settings(max_examples=150)
@given(times=some_times, ascending=st.booleans(), ordered=st.booleans(), width=st.integers(2, 9), seed=st.integers())
def test_each_record_is_returned_exactly_once(
    times: list[int], ascending: bool, ordered: bool, width: int, seed: int
) -> None:
    """This holds for any density, direction, and order of the responses; the records are in order if requested."""
    service = Service(times, ascending=ascending)
    plan = plan_of(ascending=ascending, ordered=ordered, width=width)
    found = [record for page in pages_of(plan, service, random.Random(seed)) for record in page]
    assert sorted(record.rid for record in found) == sorted(record.rid for record in service.records)
    if ordered:
        moments = [record.created_at for record in found]
        assert moments == sorted(moments, reverse=not ascending)


@settings(max_examples=80)
@given(times=some_times, limit=st.integers(0, 60), ascending=st.booleans(), seed=st.integers())
def test_a_limit_returns_the_first_records(times: list[int], limit: int, ascending: bool, seed: int) -> None:
    """They are exactly as many as exist, up to the limit, and those that come first."""
    service = Service(times, ascending=ascending)
    plan = plan_of(ascending=ascending, limit=limit)
    found = [record.created_at for page in pages_of(plan, service, random.Random(seed)) for record in page]
    assert found == sorted((record.created_at for record in service.records), reverse=not ascending)[:limit]


@settings(max_examples=50)
@given(
    times=some_times, start=st.integers(-5, 60), length=st.integers(1, 60), ascending=st.booleans(), seed=st.integers()
)
def test_bounds_of_the_filter_cost_no_record(
    times: list[int], start: int, length: int, ascending: bool, seed: int
) -> None:
    """With the bounds known, every record within them is returned, and no probe looks for the end."""
    within = [time for time in times if start <= time < start + length]
    service = Service(within, ascending=ascending)
    bounds = Window(START + timedelta(milliseconds=start), START + timedelta(milliseconds=start + length))
    plan = plan_of(ascending=ascending, bounds=bounds)
    found = [record.rid for page in pages_of(plan, service, random.Random(seed)) for record in page]
    assert sorted(found) == sorted(record.rid for record in service.records)
    assert service.probes == 0


@pytest.mark.parametrize("ascending", [True, False])
def test_records_created_meanwhile_lose_and_repeat_none(ascending: bool) -> None:
    """What existed at the start is returned once; what is created later lies beyond the frozen end."""
    service = Service(range(0, 3_000, 10), ascending=ascending)
    before = {record.rid for record in service.records}
    found: list[str] = []
    for number, page in enumerate(pages_of(plan_of(ascending=ascending), service, random.Random(1))):
        found += [record.rid for record in page]
        service.add(10_000 + number)
    assert len(found) == len(set(found))
    assert set(found) == before


def year_of(shape: str, number: int) -> Iterator[int]:
    """Yield so many random times within a year."""
    chance, day = random.Random(3), 24 * HOUR
    for index in range(number):
        if shape == "half in one hour" and index % 2:
            yield 200 * day + chance.randrange(HOUR)
        elif shape == "in office hours":
            yield day * (chance.randrange(52) * 7 + chance.randrange(5)) + 8 * HOUR + chance.randrange(10 * HOUR)
        else:
            yield chance.randrange(365 * day)


@pytest.mark.parametrize(
    ("shape", "most"), [("even", 1.04), ("half in one hour", 1.08), ("in office hours", 1.12)], ids=str
)
def test_few_requests_are_wasted(shape: str, most: float) -> None:
    """Windows follow the density, so the requests stay near the number of full pages; nearer if order is no matter."""
    service = Service(year_of(shape, 100_000), ascending=False)
    least = len(service.records) / 100
    requests: list[float] = []
    for ordered in (True, False):
        service.requests = 0
        plan = WindowPlan(Cursor(page_size=100), ALWAYS, 8, ordered=ordered)
        assert sum(map(len, pages_of(plan, service, random.Random(2)))) == len(service.records)
        requests.append(service.requests / least)
    assert requests[1] < requests[0] <= most


DENSITIES: dict[str, list[int]] = {
    "even": [HOUR * n for n in range(2_000)],
    "half in one of 2,000 hours": [HOUR * n for n in range(0, 2_000, 2)]
    + [900 * HOUR + 3_600 * n for n in range(1_000)],
    "in working hours": [
        HOUR * n + HOUR // 2 * half for n in range(2_500) for half in (0, 1) if n % 24 in range(8, 18)
    ],
    "in a few bursts": [400 * HOUR * burst + 100 * n for burst in range(5) for n in range(400)],
}


@pytest.mark.parametrize("times", DENSITIES.values(), ids=DENSITIES.keys())
def test_all_workers_are_busy(times: list[int]) -> None:
    """If each response takes one round, the rounds stay near the fewest possible, in any direction and order."""
    width = 8
    for ascending, ordered in ((False, True), (True, True), (False, False)):
        service, rounds = Service(times, ascending=ascending), 0
        plan = plan_of(ascending=ascending, ordered=ordered, width=width)
        while tasks := list(iter(plan.next_task, None)):
            rounds += 1
            for task in tasks:
                plan.accept(task, service.page(task))
            while plan.take() is not None:
                pass
        assert rounds < 1.5 * len(times) / (width * PAGE), (ascending, ordered)


def test_what_waits_is_bounded() -> None:
    """While the earliest window is slow, at most 20 pages for each worker wait behind it."""
    width, accepted, taken = 4, 0, 0
    service, plan = Service(range(2_000), ascending=True), plan_of(ascending=True, width=width)
    waiting: list[PageRequest] = []
    held: PageRequest | None = None
    while True:
        waiting += iter(plan.next_task, None)
        taken += plan.take() is not None
        if held is None and len(waiting) == width and not waiting[0].is_probe:
            held = min(waiting, key=lambda task: task.window.start or START)
        task = next((task for task in waiting if task is not held), None)
        if task is None:
            break
        waiting.remove(task)
        plan.accept(task, service.page(task))
        accepted += 1
        assert accepted - taken <= 20 * width
    assert width < accepted - taken
    assert len(waiting) == 1


def test_an_error_says_which_windows_are_left() -> None:
    """Searching the windows again returns what is missing; at most the records of one millisecond repeat."""

    class Failing(Service):
        def page(self, request: PageRequest) -> Any:
            return ApiError(500) if self.requests == 59 else super().page(request)

    service = Failing(range(0, 5_000, 7), ascending=True)
    pages, returned, left = pages_of(plan_of(ascending=True), service, random.Random(3)), set[str](), set[str]()
    with pytest.raises(ApiError) as caught:
        returned.update(record.rid for page in pages for record in page)
    service.requests = 60
    for start, end in caught.value.windows:
        request = PageRequest(None, 10_000, Window(start, end))
        left |= {record.rid for record in service.page(request).data}
    assert returned | left == {record.rid for record in service.records}
    assert len(returned & left) <= 1
    assert returned
    assert left


def test_an_error_before_the_first_record_leaves_the_whole_range() -> None:
    """The only window that is left is open on both sides."""
    plan = plan_of(ascending=True)
    for task in iter(plan.next_task, None):
        plan.fail(task, ApiError(500))
    with pytest.raises(ApiError) as caught:
        plan.take()
    assert caught.value.windows == ((None, None),)


def test_an_expired_page_token_is_replaced_by_a_time() -> None:
    """A window whose token is rejected resumes from the time of its last record; none is lost or repeated."""

    class Forgetful(Service):
        def page(self, request: PageRequest) -> Any:
            if request.page_token is not None and self.requests % 3 == 0:
                self.requests += 1
                return BadRequestError(400, body={"errorName": "InvalidPageToken"})
            return super().page(request)

    service = Forgetful([n // 2 for n in range(900)], ascending=False)
    found = [record.rid for page in pages_of(plan_of(ascending=False), service, random.Random(4)) for record in page]
    assert len(found) == len(set(found)) == len(service.records)
