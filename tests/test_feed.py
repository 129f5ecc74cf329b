"""The feed: what it delivers, how it follows, and what it makes of failures, with both clients."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import sqlite3
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import AsyncCheckpointsClient, CheckpointsClient, F, errors, models
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import CheckpointsError, InvalidRequestError, NetworkError
from foundry_checkpoints.feed import (
    AsyncRecordFeed,
    FeedProgress,
    FeedState,
    RecordFeed,
    Sink,
    StateError,
    StateFile,
    StateLockedError,
)
from foundry_checkpoints.models import Record
from tests.exported import OLDEST_FIRST
from tests.samples import SAMPLES
from tests.worlds import World

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCS = Path(__file__).parents[1] / "docs" / "reference" / "feed.md"

pytestmark = pytest.mark.anyio


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def made(rid: str, created_at: datetime = START, **fields: Any) -> dict[str, Any]:
    """Return a record as it is on the wire."""
    time = created_at.isoformat(timespec="milliseconds")
    return {**SAMPLES[0], "rid": f"ri.checkpoints.main.checkpoint.{rid}", "createdAt": time, **fields}


def millis(time: datetime) -> int:
    return (time - START) // timedelta(milliseconds=1)


class Service:
    """Stands in for a client of either kind. Times are milliseconds after `START`.

    Each request takes the next of `faults`, and `elapse` moves the clock of the service.
    """

    def __init__(self, page_size: int = 100, elapse: Callable[[], int] = lambda: 0) -> None:
        self.now = 0
        self.faults: deque[CheckpointsError | None] = deque()
        self.concurrency: list[int] = []
        self.starts: list[int | None] = []
        self._page_size = page_size
        self._elapse = elapse
        self._records: list[tuple[int, str, int]] = []

    def add(self, rid: str, created: float = 0, visible: float = -1e9) -> None:
        """Add a record that is created and becomes visible so many seconds after `START`."""
        self._records.append((int(created * 1000), rid, int(visible * 1000)))
        self._records.sort()

    def client(self, world: World) -> Any:
        return SimpleNamespace(records=self if world.name == "sync" else _AsyncRecords(self))

    def search(self, where: Any = None, *, sort_direction: str = "DESC", concurrency: int = 1) -> Any:
        start = None if where is None else millis(datetime.fromisoformat(where.to_dict()["value"]))
        return SimpleNamespace(pages=lambda: self._pages(start, concurrency), first=lambda: self._newest(start))

    def _newest(self, start: int | None) -> Record | None:
        self._fail()
        found = self._visible(start)
        return record(*found[-1]) if found else None

    def _pages(self, start: int | None, concurrency: int) -> Iterator[Page]:
        self.concurrency.append(concurrency)
        self.starts.append(start)
        last: tuple[int, str] | None = None
        while True:
            self.now += self._elapse()
            self._fail()
            found = [key for key in self._visible(start) if last is None or key > last][: self._page_size]
            if not found:
                return
            last = found[-1]
            yield Page(record(*key) for key in found)

    def _fail(self) -> None:
        if self.faults and (error := self.faults.popleft()) is not None:
            raise error

    def _visible(self, start: int | None) -> list[tuple[int, str]]:
        return [
            (time, rid)
            for time, rid, visible in self._records
            if visible <= self.now and (start is None or time >= start)
        ]


class _AsyncRecords:
    def __init__(self, service: Service) -> None:
        self._service = service

    def search(self, *args: Any, **options: Any) -> Any:
        pager = self._service.search(*args, **options)

        async def first() -> Record | None:
            await anyio.lowlevel.checkpoint()
            found: Record | None = pager.first()
            return found

        async def pages() -> AsyncIterator[Page]:
            for page in pager.pages():
                await anyio.lowlevel.checkpoint()
                yield page

        return SimpleNamespace(first=first, pages=pages)


class Page(list[Record]):
    """A page: iterable, with its records."""

    @property
    def records(self) -> list[Record]:
        return self


def record(time: int, rid: str) -> Record:
    return Record.from_dict(made(rid, START + timedelta(milliseconds=time)))


class Clock:
    """The clocks of this machine, as the test sets them. By default no time passes."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def time(self) -> float:
        return after(3600 + self.seconds).timestamp()

    def monotonic(self) -> float:
        return self.seconds


class Memory(Sink):
    """Keeps the RIDs as a disk would: what was not committed stays until somebody goes back."""

    def __init__(self, commit_every: int | None = 100, room: int = 100) -> None:
        self.commit_every = commit_every
        self.room = room
        self.rids: list[str] = []
        self.commits: list[int] = []
        self.is_open = False

    def open(self, position: Any) -> None:
        self.is_open = True
        del self.rids[0 if position is None else position :]

    def write(self, records: Sequence[Record]) -> int:
        taken = [record.rid.rpartition(".")[2] for record in records[: self.room]]
        self.rids += taken
        return len(taken)

    def commit(self) -> int:
        self.commits.append(len(self.rids))
        return len(self.rids)

    def close(self) -> None:
        self.is_open = False


class Failing(Memory):
    """Fails once, after so many records."""

    def __init__(self, after: int, error: Exception, **options: Any) -> None:
        super().__init__(**options)
        self._after = after
        self._error: Exception | None = error

    def write(self, records: Sequence[Record]) -> int:
        taken = super().write(records)
        if self._error is not None and len(self.rids) >= self._after:
            error, self._error = self._error, None
            raise error
        return taken


class Steps(threading.Event):
    """Takes the next step instead of waiting, and is set when none is left."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        super().__init__()
        self._steps = list(steps)
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        if self._steps:
            self._steps.pop(0)()
        else:
            self.set()
        return self.is_set()


class _AsyncEvent:
    """An event for an async feed. The deadline around `wait` is the time to wait."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def is_set(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        self._event.wait(round(anyio.current_effective_deadline() - anyio.current_time()))


class Feed:
    """A feed of either kind, called alike."""

    def __init__(self, world: World, client: Any, state: Any, where: Any = None, **options: Any) -> None:
        make = RecordFeed if world.name == "sync" else AsyncRecordFeed
        self._feed: Any = make(client, where, state, **{"clock": Clock(), **options})

    @property
    def progress(self) -> FeedProgress:
        return self._feed.progress  # type: ignore[no-any-return]

    async def run(self, sink: Sink, stop: threading.Event | None = None) -> FeedProgress:
        return await self._call(self._feed.run, sink, stop)

    async def follow(self, sink: Sink, stop: threading.Event, seconds: float = 30) -> FeedProgress:
        return await self._call(self._feed.follow, sink, stop, interval=timedelta(seconds=seconds))

    async def _call(self, call: Any, sink: Sink, stop: threading.Event | None, **options: Any) -> FeedProgress:
        if isinstance(self._feed, RecordFeed):
            return call(sink, stop=stop, **options)  # type: ignore[no-any-return]
        return await call(sink, stop=None if stop is None else _AsyncEvent(stop), **options)  # type: ignore[no-any-return]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def client(world: World, service: Service) -> Any:
    return service.client(world)


@pytest.fixture
def state(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "state.json")


@pytest.fixture
def sink() -> Memory:
    return Memory()


@pytest.fixture
def feed(world: World, client: Any, state: StateFile) -> Feed:
    return Feed(world, client, state)


def numbered(service: Service, number: int) -> list[str]:
    """Add records, a second apart, and return their names."""
    names = [f"{index:03}" for index in range(number)]
    for index, name in enumerate(names):
        service.add(name, index)
    return names


# With real clients


@asynccontextmanager
async def connected(world: World, emulator: Emulator, **options: Any) -> AsyncIterator[Any]:
    options = {"auth": emulator.token, "retry": 0, **options}
    if world.name == "sync":
        with CheckpointsClient(emulator.hostname, **options) as client:
            yield client
    else:
        async with AsyncCheckpointsClient(emulator.hostname, **options) as other:
            yield other


@pytest.fixture
def empty_emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.mark.parametrize(("concurrency", "room"), [(1, 100), (4, 7)])
async def test_a_run_delivers_every_record_once_oldest_first(
    concurrency: int, room: int, world: World, emulator: Emulator, state: StateFile
) -> None:
    """A run delivers all records in order of creation, with any concurrency and however many the sink takes."""
    sink = Memory(room=room)
    async with connected(world, emulator) as client:
        progress = await Feed(world, client, state, concurrency=concurrency).run(sink)
    assert [f"ri.checkpoints.main.checkpoint.{rid}" for rid in sink.rids] == [one.rid for one in OLDEST_FIRST]
    assert (progress.records, progress.committed) == (350, 350)
    assert progress.reached == progress.newest == OLDEST_FIRST[-1].created_at


async def test_where_narrows_every_run(world: World, empty_emulator: Emulator, state: StateFile) -> None:
    """A filter may be an expression, a dict or a model; a later run adds the time to resume from."""
    login = F.checkpoint_type == "LOGIN"
    wheres = [login, login.to_dict(), models.search_checkpoint_records_filter_from_dict(login.to_dict())]
    empty_emulator.add([made("a", type="LOGIN"), made("b", type="CONTOUR_EXPORT")])
    sinks = [Memory(), Memory(), Memory()]
    async with connected(world, empty_emulator) as client:
        for _ in range(2):
            for number, where in enumerate(wheres):
                path = state.path.with_name(f"{number}.json")
                await Feed(world, client, path, where).run(sinks[number])
            if empty_emulator.records == 2:
                empty_emulator.add([made("c", after(1), type="LOGIN"), made("d", after(1), type="CONTOUR_EXPORT")])
    assert [sink.rids for sink in sinks] == [["a", "c"]] * 3


async def test_following_outlasts_an_outage_of_the_service(
    world: World, empty_emulator: Emulator, state: StateFile, sink: Memory
) -> None:
    """Server errors and resets end when the service is back; the feed then continues as if nothing had been."""
    empty_emulator.add([made("a")])
    faults = [Fault.status(502), Fault.reset(), Fault.status(500)]
    stop = Steps(
        lambda: empty_emulator.inject(*faults),
        lambda: None,
        lambda: None,
        lambda: empty_emulator.add([made("b")]),
        lambda: None,
    )
    async with connected(world, empty_emulator) as client:
        await Feed(world, client, state).follow(sink, stop, seconds=10)
    assert sink.rids == ["a", "b"]
    assert stop.waits == [10, 10, 20, 30, 10, 10]


async def test_an_expired_token_ends_following(
    world: World, empty_emulator: Emulator, state: StateFile, sink: Memory
) -> None:
    """A token that is rejected ends the feed with the error of the service; what was delivered is committed."""
    empty_emulator.add([made("a")])
    async with connected(world, empty_emulator) as client:
        feed = Feed(world, client, state)
        with pytest.raises(errors.UnauthorizedError, match="Unauthorized"):
            await feed.follow(sink, Steps(lambda: empty_emulator.inject(Fault.error("Default:Unauthorized"))))
    kept = state.load()
    assert kept is not None
    assert kept.records == len(sink.rids) == 1
    assert feed.progress.failures == 1
    assert feed.progress.error is not None


async def test_the_cause_of_an_error_is_kept(
    world: World, empty_emulator: Emulator, state: StateFile, sink: Memory
) -> None:
    """An error of the client reaches the caller as `search` raises it."""

    def token() -> str:
        raise RuntimeError("no token today")

    async with connected(world, empty_emulator, auth=token) as client:
        with pytest.raises(CheckpointsError) as caught:
            await Feed(world, client, state).run(sink)
    assert isinstance(caught.value.__cause__, RuntimeError)


# What is delivered


async def test_a_later_run_delivers_what_is_new(feed: Feed, service: Service, sink: Memory) -> None:
    """A run resumes where the last one ended, and reads back no further than the overlap."""
    for name, seconds in {"a": -3600, "b": 0, "c": 1}.items():
        service.add(name, seconds)
    assert (await feed.run(sink)).records == 3
    service.add("d", 1)
    service.add("e", 2)
    progress = await feed.run(sink)
    assert sink.rids == ["a", "b", "c", "d", "e"]
    assert (progress.records, progress.committed) == (2, 5)
    assert service.starts == [None, -119_000]


async def test_a_late_record_is_delivered(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """The next run delivers a record that becomes visible within the overlap after newer ones, and misses a later."""
    service.add("a", -600)
    service.add("b")
    feed = Feed(world, client, state, overlap=timedelta(seconds=30))
    await feed.run(sink)
    service.add("late", -30)
    service.add("too-late", -30.001)
    await feed.run(sink)
    assert sink.rids == ["a", "b", "late"]


async def test_many_records_of_one_millisecond(world: World, client: Any, service: Service, state: StateFile) -> None:
    """A run that ends within a millisecond resumes within it, without a duplicate."""
    rids = [f"{number:03}" for number in range(250)]
    for rid in rids:
        service.add(rid)
    sink = Failing(200, RuntimeError("gone"), commit_every=50)
    feed = Feed(world, client, state, overlap=timedelta(0))
    with pytest.raises(RuntimeError, match="gone"):
        await feed.run(sink)
    assert (await feed.run(sink)).committed == 250
    assert sink.rids == rids


async def test_remembered_rids_delay_the_commits(feed: Feed, service: Service, sink: Memory) -> None:
    """The more RIDs are remembered, the rarer are commits, so that writing them stays in proportion."""
    for number in range(900):
        service.add(f"{number:03}")
    await feed.run(sink)
    assert sink.commits == [0, 100, 200, 400, 800, 900]


async def test_old_records_are_not_read_again(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """Once the overlap has passed, a pass no longer reads what is delivered, however much it was."""
    clock = Clock()

    def wait() -> None:
        clock.seconds += 60

    service.add("a")
    await Feed(world, client, state, clock=clock).follow(sink, Steps(wait, wait, wait, wait))
    assert service.starts == [None, -120_000, -60_000, 0, 60_000]


async def test_a_service_without_records(feed: Feed, service: Service, sink: Memory) -> None:
    """No record is no error, and the feed delivers the first one when it is there."""
    progress = await feed.run(sink)
    assert (progress.records, progress.committed, progress.reached, progress.newest) == (0, 0, None, None)
    service.add("a")
    assert (await feed.run(sink)).committed == 1


async def test_only_the_first_pass_is_parallel(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """Concurrency is for what has piled up; later passes are a page or two."""
    service.add("a")
    await Feed(world, client, state, concurrency=4).follow(sink, Steps(lambda: None))
    assert service.concurrency == [4, 1]


@pytest.mark.parametrize("option", [{"overlap": timedelta(-1)}, {"concurrency": 0}, {"where": {"type": "no"}}])
async def test_wrong_arguments_are_rejected_at_once(
    option: dict[str, Any], world: World, emulator: Emulator, state: StateFile
) -> None:
    """The constructor raises for a wrong argument, before any file is made."""
    async with connected(world, emulator) as client:
        with pytest.raises(InvalidRequestError):
            Feed(world, client, state, **option)
    assert state.load() is None


async def test_the_interval_must_be_positive(feed: Feed, sink: Memory) -> None:
    """Following without a pause is rejected."""
    with pytest.raises(InvalidRequestError, match="interval must be longer than 0 s"):
        await feed.follow(sink, Steps(), seconds=0)


# Failures


async def test_what_came_before_a_failure_is_committed(feed: Feed, service: Service, world: World) -> None:
    """An error of the service reaches the caller, after everything that was delivered is committed."""
    names = numbered(service, 250)
    service.faults.extend([None, None, errors.UnauthorizedError(401)])
    sink = Memory(commit_every=None)
    with pytest.raises(errors.UnauthorizedError):
        await feed.run(sink)
    assert sink.commits == [0, 100]
    assert (feed.progress.committed, feed.progress.failures) == (100, 1)
    assert (await feed.run(sink)).records == 150
    assert sink.rids == names


async def test_a_failure_of_the_sink_leaves_the_state(feed: Feed, service: Service, state: StateFile) -> None:
    """An error of the sink ends the run, and what was written since the last commit is not kept."""
    numbered(service, 250)
    sink = Failing(150, OSError("no"), commit_every=100)
    with pytest.raises(OSError, match="no"):
        await feed.run(sink)
    kept = state.load()
    assert kept is not None
    assert (kept.records, kept.position, len(sink.rids), sink.is_open) == (100, 100, 200, False)


async def test_stop_ends_a_run_after_a_page(feed: Feed, service: Service) -> None:
    """A run that is stopped commits what it has delivered, and the next one resumes there."""
    names = numbered(service, 250)
    stop = threading.Event()

    class Stopping(Memory):
        def write(self, records: Sequence[Record]) -> int:
            stop.set()
            return super().write(records)

    sink = Stopping(commit_every=None)
    assert (await feed.run(sink, stop)).committed == 100
    assert feed.progress.last_success is None
    assert (await feed.run(sink)).committed == 250
    assert sink.rids == names


async def test_an_error_of_the_sink_is_not_an_outage(feed: Feed, service: Service) -> None:
    """A sink that raises an error of the client ends the feed: what it has written is unknown."""
    service.add("a")
    with pytest.raises(NetworkError, match="of the sink"):
        await feed.follow(Failing(1, NetworkError("of the sink")), Steps())


# Following


async def test_follow_delivers_new_records(feed: Feed, service: Service, sink: Memory) -> None:
    """While it follows, a feed delivers new and late records, at the requested interval."""

    def add_all(**created: float) -> None:
        for rid, seconds in created.items():
            service.add(rid, seconds)

    add_all(a=0, b=10)
    stop = Steps(
        lambda: add_all(c=20),
        lambda: add_all(late=5, d=20),
        lambda: None,
    )
    progress = await feed.follow(sink, stop, seconds=7)
    assert sink.rids == ["a", "b", "c", "late", "d"]
    assert progress.committed == 5
    assert stop.waits == [7] * 4


@pytest.mark.parametrize(
    ("seconds", "retry_after", "expected"),
    [
        (30, None, [30, 30, 30, 30, 30]),
        (1, None, [1, 2, 4, 8, 16, 30, 30]),
        (600, None, [600, 600]),
        (30, 45, [45, 45]),
        (30, 1, [30, 30]),
        (30, 1e300, [300, 300]),
    ],
)
async def test_the_wait_in_an_outage_is_short(
    seconds: float, retry_after: float | None, expected: list[int], feed: Feed, service: Service, sink: Memory
) -> None:
    """The wait doubles up to 30 seconds or the interval; `Retry-After` can make it longer, up to five minutes."""
    service.faults.extend(errors.RateLimitError(429, retry_after=retry_after) for _ in expected)
    stop = Steps(*[lambda: None] * len(expected))
    await feed.follow(sink, stop, seconds=seconds)
    assert stop.waits == [*expected, seconds]


async def test_quiet_passes_write_nothing(feed: Feed, service: Service, state: StateFile, sink: Memory) -> None:
    """A pass without new records leaves the state file alone."""
    service.add("a")
    files: list[int] = []

    def look() -> None:
        files.append(state.path.stat().st_ino)

    await feed.follow(sink, Steps(look, look, look))
    assert len(set(files)) == 1


# What an operator sees


async def test_progress_is_reported(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """The caller receives the progress at the start, after each page and at the end of the pass."""
    numbered(service, 150)
    seen: list[FeedProgress] = []
    feed = Feed(world, client, state, on_progress=seen.append)
    result = await feed.run(sink)
    assert [(progress.records, progress.committed) for progress in seen] == [(0, 0), (100, 100), (150, 100), (150, 150)]
    assert seen[-1] == result == feed.progress
    assert (result.reached, result.newest) == (after(149), after(149))


async def test_each_pass_is_a_heartbeat(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """After each pass `on_pass` receives when the last one ended, the last good one, the lag and the failures."""
    clock = Clock()
    service.add("a")
    seen: list[tuple[float, float, float | None, int, str | None]] = []

    def note(progress: FeedProgress) -> None:
        assert progress.last_pass is not None
        assert progress.last_success is not None
        times = [(time - after(3600)).total_seconds() for time in (progress.last_pass, progress.last_success)]
        seen.append((times[0], times[1], progress.lag_seconds, progress.failures, progress.error))

    def fail() -> None:
        clock.seconds += 10
        service.faults.append(NetworkError("reset"))

    def wait() -> None:
        clock.seconds += 10

    feed = Feed(world, client, state, clock=clock, on_pass=note)
    await feed.follow(sink, Steps(wait, fail, fail, wait))
    assert seen == [
        (0, 0, 0, 0, None),
        (10, 10, 0, 0, None),
        (20, 10, 10, 1, "reset"),
        (30, 10, 20, 2, "reset"),
        (40, 40, 0, 0, None),
    ]


async def test_a_feed_that_catches_up_has_a_lag(world: World, client: Any, service: Service, state: StateFile) -> None:
    """Before the first complete pass, the lag is the age of the last record that was read."""
    numbered(service, 150)
    lags: list[float | None] = []
    feed = Feed(world, client, state, on_progress=lambda progress: lags.append(progress.lag_seconds))
    await feed.run(Memory(room=100))
    assert lags == [None, 3600 - 99, 3600 - 149, 0]


async def test_the_log_tells_the_story(
    feed: Feed, service: Service, sink: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says when a feed starts, commits, catches up, loses the service and has it back."""
    caplog.set_level(logging.INFO, "foundry_checkpoints.feed")
    service.add("a")
    lost = NetworkError("reset by peer")
    await feed.follow(sink, Steps(lambda: service.faults.append(lost), lambda: None), seconds=10)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "feed starts: every record, from the first record on; 0 records so far"),
        ("INFO", "committed 1 records, 1 in all"),
        ("INFO", "feed has caught up, 1 records in this run"),
        ("WARNING", "failed passes in a row: 1; next attempt in 10 s: reset by peer"),
        ("INFO", "the service is back after 1 failed passes"),
        ("INFO", "feed has caught up, 1 records in this run"),
    ]
    caplog.clear()
    await feed.run(sink)
    start = "feed starts: every record, from 2026-03-01T11:58:00.000Z on; 1 records so far"
    assert caplog.records[0].getMessage() == start


# The state


async def test_another_query_is_rejected(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """A state belongs to the query that delivered its records; the message names it."""
    service.add("a", 1)
    await Feed(world, client, state, F.created_at >= START).run(sink)
    before = state.path.read_bytes()
    with pytest.raises(StateError, match=r"F.created_at >= .*2026-03-01"):
        await Feed(world, client, state).run(sink)
    assert state.path.read_bytes() == before


async def test_a_query_that_delivered_nothing_may_be_changed(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """After a typo in a filter nobody has to delete the state."""
    service.add("a", 1)
    await Feed(world, client, state, F.created_at >= after(10)).run(sink)
    await Feed(world, client, state, F.created_at >= START).run(sink)
    assert sink.rids == ["a"]


async def test_a_query_with_a_key_keeps_its_first_filter(
    world: World, client: Any, service: Service, state: StateFile, sink: Memory
) -> None:
    """With the same key, a run continues with the filter of the first one; another key is another query."""
    service.add("a", -60)
    service.add("b")
    await Feed(world, client, state, F.created_at >= after(-90), query_key="the last minute").run(sink)
    service.add("c", -30)
    assert (service.starts, sink.rids) == ([-90_000], ["a", "b"])
    with pytest.raises(StateError):
        await Feed(world, client, state, F.created_at >= after(-90)).run(sink)


async def test_two_runs_at_once_are_rejected(feed: Feed, service: Service, state: StateFile, sink: Memory) -> None:
    """While a run uses a state, another one ends before it touches the sink; afterwards it may run."""
    service.add("a")
    with state.locked(), pytest.raises(StateLockedError):
        await feed.run(sink)
    await feed.run(sink)
    assert sink.rids == ["a"]


# Cancellation


class Slow(Memory):
    """Writes until the test lets it end, or until somebody closes it meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.has_begun, self.is_closed = threading.Event(), threading.Event()
        self.was_closed_in_write = False

    def write(self, records: Sequence[Record]) -> int:
        self.has_begun.set()
        self.was_closed_in_write = self.is_closed.wait(0.2)
        return super().write(records)

    def close(self) -> None:
        self.is_closed.set()


@pytest.mark.parametrize("scope", ["anyio", "asyncio"])
def test_a_cancelled_feed_leaves_no_write_behind(scope: str, state: StateFile) -> None:
    """A feed that is cancelled within a write ends after it, like a crash, with the sink closed and no lock held."""
    service, sink = Service(), Slow()
    service.add("a")
    feed = AsyncRecordFeed(service.client(World("asyncio")), None, state, clock=Clock())

    async def cancelled_by_anyio() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(feed.run, sink)
            await anyio.to_thread.run_sync(sink.has_begun.wait)
            group.cancel_scope.cancel()

    async def cancelled_by_asyncio() -> None:
        task = asyncio.create_task(feed.run(sink))
        await asyncio.to_thread(sink.has_begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled_by_anyio() if scope == "anyio" else cancelled_by_asyncio())
    assert (sink.is_closed.is_set(), sink.was_closed_in_write) == (True, False)
    kept = state.load()
    assert kept is not None
    assert kept.records == 0
    again = Memory()
    RecordFeed(service.client(World("sync")), None, state, clock=Clock()).run(again)
    assert again.rids == ["a"]


# The documentation


def test_the_sink_of_the_documentation(state: StateFile) -> None:
    """The database of the docs works as written there, also when a commit isn't followed by its state."""
    code = re.search(r"^class Database.*?(?=^```)", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {"Sink": Sink, "json": json}
    exec(code[0], names)
    service, sink = Service(), names["Database"]()
    feed = RecordFeed(service.client(World("sync")), None, state, clock=Clock())
    with closing(sqlite3.connect(":memory:")) as sink.connection:
        sink.cursor = sink.connection.cursor()
        sink.cursor.execute("CREATE TABLE checkpoints (number INTEGER, record TEXT)")
        service.add("a")
        service.add("b", 1)
        feed.run(sink)
        sink.write([record(2000, "c")])
        sink.commit()
        service.add("c", 2)
        feed.run(sink)
        rows = sink.cursor.execute("SELECT number, record FROM checkpoints ORDER BY number").fetchall()
    assert [(number, json.loads(record)["rid"][-1]) for number, record in rows] == [(1, "a"), (2, "b"), (3, "c")]


# Nothing lost, nothing twice: a service whose records become visible late, clocks that are wrong, and crashes

OVERLAP = 0.3


class Crash(Exception):
    """Ends a run where it stands."""


class Disk(Memory):
    """A sink and a place for the state. Either may crash before or after what it does."""

    def __init__(self, randomness: random.Random, crashes: float) -> None:
        super().__init__(commit_every=4, room=2)
        self.state: FeedState | None = None
        self.crashes = crashes
        self._random = randomness

    @contextmanager
    def step(self) -> Iterator[None]:
        self._crash()
        yield
        self._crash()

    def _crash(self) -> None:
        if self._random.random() < self.crashes / 2:
            raise Crash

    def write(self, records: Sequence[Record]) -> int:
        with self.step():
            return super().write(records)

    def commit(self) -> int:
        with self.step():
            return super().commit()


class DiskState(StateFile):
    """Keeps the state with the records."""

    def __init__(self, disk: Disk) -> None:
        super().__init__("state.json")
        self._disk = disk

    @contextmanager
    def locked(self) -> Iterator[None]:
        yield

    def load(self) -> FeedState | None:
        return self._disk.state

    def save(self, state: FeedState) -> None:
        with self._disk.step():
            self._disk.state = state


HISTORIES: dict[str, Any] = {
    "records": st.lists(st.tuples(st.integers(0, 3000), st.integers(0, int(OVERLAP * 1000))), max_size=40),
    "crashes": st.sampled_from([0.0, 0.05, 0.3]),
    "skew": st.sampled_from([0.0, -0.5, 0.5, 3600.0]),
    "seed": st.integers(0, 2**32),
}


class History:
    """A service that shows its records late, runs that crash, and a machine whose clock is wrong."""

    def __init__(self, records: Iterable[tuple[int, int]], crashes: float, skew: float, seed: int) -> None:
        self._random = random.Random(seed)
        self.service = Service(3, lambda: self._random.choice([0, 1, 40, 400]))
        self.names = [f"{number:03}" for number, _ in enumerate(records)]
        for name, (created, delay) in zip(self.names, records, strict=True):
            self.service.add(name, created / 1000, (created + delay) / 1000)
        self._skew = skew
        self.disk = Disk(self._random, crashes)

    def time(self) -> float:
        return START.timestamp() + self.service.now / 1000 + self._skew

    def monotonic(self) -> float:
        return self.service.now / 1000

    async def unfold(self, world: World) -> None:
        while self.service.now < 4_000:
            self.service.now += self._random.choice([1, 100, 700])
            await self._attempt(world)
        self.disk.crashes = 0.0
        await self._attempt(world)

    async def _attempt(self, world: World) -> None:
        options: dict[str, Any] = {"overlap": timedelta(seconds=OVERLAP), "clock": self}
        feed = Feed(world, self.service.client(world), DiskState(self.disk), **options)
        with suppress(Crash):
            await feed.follow(self.disk, Steps(lambda: None, lambda: None))


@settings(max_examples=200)
@given(**HISTORIES)
def test_nothing_is_lost_and_nothing_comes_twice(**options: Any) -> None:
    """Whenever records appear, runs crash and clocks are wrong: in the end each record was delivered once."""
    history = History(**options)
    with suppress(StopIteration):
        history.unfold(World("sync")).send(None)
    assert sorted(history.disk.rids) == history.names


@settings(max_examples=30)
@given(**HISTORIES)
def test_nothing_is_lost_and_nothing_comes_twice_in_an_async_feed(**options: Any) -> None:
    """The same with the async client."""
    history = History(**options)
    asyncio.run(history.unfold(World("asyncio")))
    assert sorted(history.disk.rids) == history.names
