"""The parallel search as a plan: no I/O, any order of answers, any density of records."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import ApiError, CheckpointsError
from foundry_checkpoints._search.cursor import ALWAYS, Cursor, PageRequest, Window
from foundry_checkpoints._search.windows import WindowPlan
from foundry_checkpoints.errors import BadRequestError

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
PAGE = 5


def at(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


@dataclass
class Service:
    """Keyset paging over records, as the API does it; it counts what it is asked."""

    times: list[int]
    ascending: bool
    requests: int = 0

    def __post_init__(self) -> None:
        self.records = [SimpleNamespace(rid=f"r{n:06}", created_at=at(time)) for n, time in enumerate(self.times)]

    def add(self, time: int) -> None:
        self.records.append(SimpleNamespace(rid=f"n{len(self.records):06}", created_at=at(time)))

    def page(self, request: PageRequest) -> Any:
        self.requests += 1
        ascending = self.ascending != request.is_probe
        start, end = request.window.start, request.window.end
        found = [
            record
            for record in sorted(self.records, key=_key, reverse=not ascending)
            if (start is None or record.created_at >= start) and (end is None or record.created_at < end)
        ]
        if request.page_token is not None:
            key = tuple(request.page_token.split("|"))
            found = [r for r in found if (_text_key(r) > key if ascending else _text_key(r) < key)]
        size = request.page_size or PAGE
        page, rest = found[:size], found[size:]
        return SimpleNamespace(data=page, next_page_token="|".join(_text_key(page[-1])) if rest else None)


def _key(record: Any) -> tuple[datetime, str]:
    return record.created_at, record.rid


def _text_key(record: Any) -> tuple[str, str]:
    return record.created_at.isoformat(timespec="milliseconds"), record.rid


def pages_of(plan: WindowPlan, service: Service, chance: random.Random) -> Iterator[Any]:
    """Run a plan as the drivers do, with the answers in any order."""
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


def plan_of(*, ascending: bool, limit: int | None = None, ordered: bool = True, width: int = 4) -> WindowPlan:
    start = Cursor(page_size=PAGE, limit=limit, ascending=ascending)
    return WindowPlan(start, ALWAYS, width, ordered=ordered)


some_times = st.one_of(
    st.lists(st.integers(0, 50), max_size=150),
    st.lists(st.integers(0, 10_000_000), max_size=150),
    st.lists(st.one_of(st.integers(0, 31_000_000_000), st.integers(7_000_000_000, 7_003_600_000)), max_size=150),
)


@settings(deadline=None, max_examples=150)
@given(times=some_times, ascending=st.booleans(), ordered=st.booleans(), width=st.integers(2, 9), seed=st.integers())
def test_each_record_comes_exactly_once(
    times: list[int], ascending: bool, ordered: bool, width: int, seed: int
) -> None:
    """Whatever the density, the direction and the order of the answers; in order where that is asked."""
    service = Service(times, ascending)
    plan = plan_of(ascending=ascending, ordered=ordered, width=width)
    found = [record for page in pages_of(plan, service, random.Random(seed)) for record in page]
    assert sorted(record.rid for record in found) == sorted(record.rid for record in service.records)
    if ordered:
        moments = [record.created_at for record in found]
        assert moments == sorted(moments, reverse=not ascending)


@settings(deadline=None, max_examples=80)
@given(times=some_times, limit=st.integers(0, 60), ascending=st.booleans(), seed=st.integers())
def test_a_limit_gives_the_first_records(times: list[int], limit: int, ascending: bool, seed: int) -> None:
    """Exactly as many as are there, up to the limit, and those that come first."""
    service = Service(times, ascending)
    plan = plan_of(ascending=ascending, limit=limit)
    found = [record.created_at for page in pages_of(plan, service, random.Random(seed)) for record in page]
    assert found == sorted((record.created_at for record in service.records), reverse=not ascending)[:limit]


@pytest.mark.parametrize("ascending", [True, False])
def test_records_created_meanwhile_lose_and_repeat_none(ascending: bool) -> None:
    """What was there at the start comes once; what is created after it is beyond the frozen end."""
    service = Service(list(range(0, 3_000, 10)), ascending)
    before = {record.rid for record in service.records}
    plan = plan_of(ascending=ascending)
    found: list[str] = []
    for number, page in enumerate(pages_of(plan, service, random.Random(1))):
        found += [record.rid for record in page]
        service.add(10_000 + number)
    assert len(found) == len(set(found))
    assert before <= set(found)
    assert {rid for rid in found if rid not in before} == set()


@pytest.mark.parametrize(
    "times", [range(0, 200_000, 100), [*range(0, 100_000_000, 100_000), *range(5_000_000, 5_010_000, 10)]]
)
def test_few_requests_are_wasted(times: Any) -> None:
    """Windows follow the density: the requests stay near the number of full pages, for skewed records too."""
    service = Service(list(times), ascending=False)
    list(pages_of(plan_of(ascending=False), service, random.Random(2)))
    assert service.requests < 1.3 * len(service.records) / PAGE


HOUR = 3_600_000
DENSITIES: dict[str, list[int]] = {
    "even": [HOUR * n for n in range(2_000)],
    "half in one of 2,000 hours": [HOUR * n for n in range(0, 2_000, 2)]
    + [900 * HOUR + 3_600 * n for n in range(1_000)],
    "in working hours": [
        HOUR * n + HOUR // 2 * half for n in range(2_500) for half in (0, 1) if n % 24 in range(8, 18)
    ],
    "in a few bursts": [400 * HOUR * burst + 100 * n for burst in range(5) for n in range(400)],
}


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("times", DENSITIES.values(), ids=DENSITIES.keys())
def test_all_workers_are_busy(times: list[int], ascending: bool, ordered: bool) -> None:
    """Whatever the density: where each answer takes one round, the rounds stay near the fewest that are possible."""
    width, rounds = 8, 0
    service = Service(times, ascending)
    plan = plan_of(ascending=ascending, ordered=ordered, width=width)
    while True:
        tasks = list(iter(plan.next_task, None))
        if not tasks:
            break
        rounds += 1
        for task in tasks:
            plan.accept(task, service.page(task))
        while plan.take() is not None:
            pass
    assert rounds < 1.5 * len(times) / (width * PAGE)


def test_what_waits_is_bounded() -> None:
    """A slow earliest window does not let the others fill the memory."""
    service = Service(list(range(2_000)), ascending=True)
    plan = plan_of(ascending=True, width=4)
    waiting: list[tuple[PageRequest, Any]] = []
    most = 0
    held: PageRequest | None = None
    for _ in range(1_000):
        while (task := plan.next_task()) is not None:
            waiting.append((task, service.page(task)))
        if plan.take() is not None and held is None and len(waiting) > 1:
            held = waiting[0][0]
        ready = [entry for entry in waiting if entry[0] is not held]
        most = max(most, sum(len(part.ready) for part in plan._parts))
        if not ready:
            break
        waiting.remove(ready[0])
        plan.accept(*ready[0])
    assert held is not None
    assert most <= 8 * 4


def test_an_error_says_which_windows_are_left() -> None:
    """Searching the windows again gives what was not given; at most a millisecond's records repeat."""
    service = Service(list(range(0, 5_000, 7)), ascending=True)
    plan = plan_of(ascending=True)
    given_: set[str] = set()
    asked = 0

    class Failing(Service):
        def page(self, request: PageRequest) -> Any:
            nonlocal asked
            asked += 1
            return ApiError(500) if asked == 60 else super().page(request)

    failing = Failing(service.times, ascending=True)
    pages = pages_of(plan, failing, random.Random(3))
    with pytest.raises(ApiError) as caught:
        given_.update(record.rid for page in pages for record in page)
    left: set[str] = set()
    for start, end in caught.value.windows:
        again = Cursor(page_size=10_000, ascending=True, window=Window(start, end))
        request = again.next_request()
        assert request is not None
        left |= {record.rid for record in service.page(request).data}
    assert given_ | left == {record.rid for record in service.records}
    assert len(given_ & left) <= 1


def test_a_page_token_that_expired_is_replaced_by_a_time() -> None:
    """A refused token in any window: the window goes on from the time of its last record, none lost, none twice."""

    class Forgetful(Service):
        def page(self, request: PageRequest) -> Any:
            if request.page_token is not None and self.requests % 3 == 0:
                self.requests += 1
                return BadRequestError(400, body={"errorName": "InvalidPageToken"})
            return super().page(request)

    service = Forgetful([n // 2 for n in range(900)], ascending=False)
    found = [r.rid for page in pages_of(plan_of(ascending=False), service, random.Random(4)) for r in page]
    assert len(found) == len(set(found)) == len(service.records)
