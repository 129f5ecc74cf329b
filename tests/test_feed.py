"""The feed: what it gives, what it remembers, and what it makes of failures."""

from __future__ import annotations

import errno
import json
import pickle
import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import CheckpointsClient, F, errors, models
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import CheckpointsError, InvalidRequestError, NetworkError
from foundry_checkpoints.feed import (
    FeedError,
    FeedProgress,
    FeedState,
    OutputError,
    RecordFeed,
    Sink,
    StateError,
    StateFile,
    StateLockedError,
)
from foundry_checkpoints.feed._failures import is_transient, pause
from foundry_checkpoints.filters import Filter
from foundry_checkpoints.models import Record
from tests.exported import OLDEST_FIRST
from tests.samples import SAMPLES

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(rid: str, created_at: datetime = START, **fields: Any) -> dict[str, Any]:
    """A record as it is on the wire."""
    time = created_at.isoformat(timespec="milliseconds")
    return {**SAMPLES[0], "rid": f"ri.checkpoints.main.checkpoint.{rid}", "createdAt": time, **fields}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Memory(Sink):
    """Keeps the rids, as a disk would: what is not committed is there until somebody goes back."""

    def __init__(self, commit_every: int | None = 100, room: int = 100) -> None:
        self.commit_every = commit_every
        self.room = room
        self.rids: list[str] = []
        self.commits: list[int] = []

    def open(self, position: Any) -> None:
        del self.rids[0 if position is None else position :]

    def write(self, records: Sequence[Record]) -> int:
        taken = [record.rid.rpartition(".")[2] for record in records[: self.room]]
        self.rids += taken
        return len(taken)

    def commit(self) -> int:
        self.commits.append(len(self.rids))
        return len(self.rids)


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
    """Instead of waiting takes the next step, and is set when there is none left."""

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


@pytest.fixture
def service() -> Iterator[Emulator]:
    """An emulator for one test."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def client(service: Emulator) -> Iterator[CheckpointsClient]:
    with CheckpointsClient(service.hostname, auth=service.token, retry=0) as client:
        yield client


@pytest.fixture
def state(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "state.json")


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes: a feed knows the time of the service by its records alone."""
    clock = SimpleNamespace(time=time.time, monotonic=lambda: 0.0)
    monkeypatch.setattr("foundry_checkpoints.feed._feed.time", clock)


# What is given


def test_a_run_gives_every_record_once_oldest_first(emulator: Emulator, state: StateFile) -> None:
    """All records, in order of creation, whatever the sink takes at a time, and side by side or not."""
    for number, (concurrency, room) in enumerate([(1, 100), (4, 7)]):
        sink = Memory(room=room)
        path = state.path.with_name(f"{number}.json")
        with CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            progress = RecordFeed(client, None, path, concurrency=concurrency).run(sink)
        assert [f"ri.checkpoints.main.checkpoint.{rid}" for rid in sink.rids] == [one.rid for one in OLDEST_FIRST]
        assert (progress.records, progress.committed) == (350, 350)
        assert progress.reached == progress.newest == OLDEST_FIRST[-1].created_at


def test_a_later_run_gives_what_is_new(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """The state brings a run to where the last one ended; it reads back no further than the overlap."""
    service.add([made("a", after(-3600)), made("b"), made("c", after(1))])
    sink = Memory()
    assert RecordFeed(client, None, state).run(sink).records == 3
    service.add([made("d", after(1)), made("e", after(2))])
    progress = RecordFeed(client, None, state).run(sink)
    assert sink.rids == ["a", "b", "c", "d", "e"]
    assert (progress.records, progress.committed) == (2, 5)
    where = service.requests[-1].json["where"]["filter"]
    assert where == {"type": "gte", "field": "createdAt", "value": "2026-03-01T11:58:01.000Z"}


def test_a_late_record_is_given(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """A record that becomes visible within the overlap after newer ones comes with the next run; one is too late."""
    service.add([made("a", after(-600)), made("b")])
    sink = Memory()
    feed = RecordFeed(client, None, state, overlap=timedelta(seconds=30))
    feed.run(sink)
    service.add([made("late", after(-30)), made("too-late", after(-30.001))])
    feed.run(sink)
    assert sink.rids == ["a", "b", "late"]


def test_many_records_of_one_millisecond(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """A run that ends within a millisecond goes on within it, without one twice."""
    rids = [f"{number:03}" for number in range(250)]
    service.add(made(rid) for rid in rids)
    sink = Failing(200, RuntimeError("gone"), commit_every=50)
    feed = RecordFeed(client, None, state, overlap=timedelta(0))
    with pytest.raises(RuntimeError, match="gone"):
        feed.run(sink)
    assert feed.run(sink).committed == 250
    assert sink.rids == rids


def test_remembered_rids_delay_the_commits(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """Where many rids are remembered, commits become rarer, so that writing them stays in proportion."""
    service.add(made(f"{number:03}") for number in range(900))
    sink = Memory(commit_every=100)
    RecordFeed(client, None, state).run(sink)
    assert sink.commits == [0, 100, 200, 400, 800, 900]


def test_a_service_without_records(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """Nothing is no error, and the first record is given when it is there."""
    sink = Memory()
    feed = RecordFeed(client, None, state)
    assert feed.run(sink) == FeedProgress()
    service.add([made("a")])
    assert feed.run(sink).committed == 1


@pytest.mark.parametrize(
    "where",
    [
        F.checkpoint_type == "LOGIN",
        {"type": "eq", "field": "checkpointType", "value": "LOGIN"},
        models.search_checkpoint_records_filter_from_dict((F.checkpoint_type == "LOGIN").to_dict()),
    ],
    ids=["expression", "dict", "model"],
)
def test_where_narrows_every_run(where: Any, service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """Expressions, dicts and models are filters, and are kept when a later run adds the time to go on from."""
    service.add([made("a", type="LOGIN"), made("b", type="CONTOUR_EXPORT")])
    sink = Memory()
    RecordFeed(client, where, state).run(sink)
    service.add([made("c", after(1), type="LOGIN"), made("d", after(1), type="CONTOUR_EXPORT")])
    RecordFeed(client, where, state).run(sink)
    assert sink.rids == ["a", "c"]


def test_progress_is_reported(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """The caller hears of the start, each page and each commit."""
    service.add(made(f"{number:03}", after(number)) for number in range(150))
    heard: list[FeedProgress] = []
    result = RecordFeed(client, None, state, on_progress=heard.append).run(Memory())
    assert heard[0] == FeedProgress()
    assert {(progress.records, progress.committed) for progress in heard} == {
        (0, 0),
        (100, 0),
        (100, 100),
        (150, 100),
        (150, 150),
    }
    assert heard[-1] == result == FeedProgress(150, 150, after(149), after(149))


@pytest.mark.parametrize("option", [{"overlap": timedelta(-1)}, {"concurrency": 0}, {"where": {"type": "no"}}])
def test_what_cannot_work_is_refused_at_once(option: dict[str, Any], client: CheckpointsClient) -> None:
    """A wrong argument is an error of the constructor, before any file is made."""
    with pytest.raises(InvalidRequestError):
        RecordFeed(client, **{"where": None, "state": "nowhere/state.json", **option})


def test_an_interval_is_above_zero(client: CheckpointsClient, state: StateFile) -> None:
    """To follow without a pause is refused."""
    with pytest.raises(InvalidRequestError):
        RecordFeed(client, None, state).follow(Memory(), interval=timedelta(0))


# Failures


def test_what_came_before_a_failure_of_the_service_is_kept(
    service: Emulator, client: CheckpointsClient, state: StateFile
) -> None:
    """An error of the service reaches the caller, after all that was given was committed."""
    service.add(made(f"{number:03}", after(number)) for number in range(250))
    expired = Fault.error("Default:Unauthorized")
    service.inject(*[Fault.delay(0, operation="search", times=2)], expired)
    sink = Memory(commit_every=None)
    feed = RecordFeed(client, None, state)
    with pytest.raises(errors.UnauthorizedError):
        feed.run(sink)
    assert sink.commits == [0, 100]
    requests = service.request_counts["search"]
    assert feed.run(sink).records == 150
    assert sink.rids == [f"{number:03}" for number in range(250)]
    assert service.request_counts["search"] == requests + 3


def test_a_failure_of_the_sink_leaves_the_state(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """An error of the sink ends the run, and nothing is kept of what was written since the last commit."""
    service.add(made(f"{number:03}", after(number)) for number in range(250))
    sink = Failing(150, OSError("no"), commit_every=100)
    with pytest.raises(OSError, match="no"):
        RecordFeed(client, None, state).run(sink)
    kept = state.load()
    assert kept is not None
    assert (kept.records, kept.position, len(sink.rids)) == (100, 100, 200)


def test_stop_ends_a_run_after_a_page(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """A run that is stopped has committed what it gave, and the next one goes on there."""
    service.add(made(f"{number:03}", after(number)) for number in range(250))
    stop = threading.Event()
    stop.set()
    sink = Memory(commit_every=None)
    feed = RecordFeed(client, None, state)
    assert feed.run(sink, stop=stop).committed == 100
    assert feed.run(sink).committed == 250
    assert sink.rids == [f"{number:03}" for number in range(250)]


# Following


def test_follow_gives_what_comes(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """New records and late ones are given while it follows, at the interval that was asked for."""
    service.add([made("a"), made("b", after(10))])
    stop = Steps(
        lambda: service.add([made("c", after(20))]),
        lambda: service.add([made("late", after(5)), made("d", after(20))]),
        lambda: None,
    )
    sink = Memory()
    progress = RecordFeed(client, None, state).follow(sink, interval=timedelta(seconds=7), stop=stop)
    assert sink.rids == ["a", "b", "c", "late", "d"]
    assert progress.committed == 5
    assert stop.waits == [7.0] * 4


def test_follow_outlasts_what_passes(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """Throttling, failures and resets are waited for, longer each time; then it goes on as if nothing had been."""
    service.add([made("a")])
    stop = Steps(
        lambda: service.inject(Fault.status(503), Fault.reset(), Fault.status(429, headers={"Retry-After": "100"})),
        lambda: None,
        lambda: None,
        lambda: service.add([made("b")]),
        lambda: None,
    )
    sink = Memory()
    RecordFeed(client, None, state).follow(sink, interval=timedelta(seconds=10), stop=stop)
    assert sink.rids == ["a", "b"]
    assert stop.waits == [10.0, 10.0, 20.0, 100.0, 10.0, 10.0]


@pytest.mark.parametrize("fault", [Fault.error("Default:Unauthorized"), Fault.error("SearchRecordsPermissionDenied")])
def test_follow_ends_where_waiting_does_not_help(
    fault: Fault, service: Emulator, client: CheckpointsClient, state: StateFile
) -> None:
    """A refusal ends it, and the state is that of the last commit."""
    service.add([made("a")])
    sink = Memory()
    with pytest.raises((errors.UnauthorizedError, errors.PermissionDeniedError)):
        RecordFeed(client, None, state).follow(sink, stop=Steps(lambda: service.inject(fault)))
    kept = state.load()
    assert kept is not None
    assert kept.records == len(sink.rids) == 1


def test_an_error_of_the_sink_is_not_waited_for(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """A sink that raises an error of the client ends the feed: what it has written is not known."""
    service.add([made("a")])
    with pytest.raises(NetworkError, match="of the sink"):
        RecordFeed(client, None, state).follow(Failing(1, NetworkError("of the sink")), stop=Steps())


def test_quiet_passes_write_nothing(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """A pass without anything new leaves the state file alone."""
    service.add([made("a")])
    writes: list[int] = []

    def look() -> None:
        writes.append(state.path.stat().st_ino)

    RecordFeed(client, None, state).follow(Memory(), stop=Steps(look, look, look))
    assert len(set(writes)) == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NetworkError("reset"), True),
        (errors.RequestTimeoutError("slow"), True),
        (errors.RateLimitError(429), True),
        (errors.ServiceUnavailableError(503), True),
        (errors.InternalServerError(500), True),
        (errors.BadRequestError(400), False),
        (errors.UnauthorizedError(401), False),
        (errors.PermissionDeniedError(403), False),
        (errors.EndpointNotAvailableError(404), False),
        (errors.PaginationError("loop"), False),
        (errors.ResponseDecodeError("$", "no"), False),
        (errors.ConfigurationError("no"), False),
        (errors.TokenRequestError("reset"), True),
    ],
)
def test_what_passes_by_itself(error: CheckpointsError, expected: bool) -> None:
    """Waiting helps against load and failures, not against refusals."""
    assert is_transient(error) is expected


@pytest.mark.parametrize(("status", "expected"), [(401, False), (429, True), (503, True)])
def test_a_token_endpoint_may_fail_for_a_while(status: int, expected: bool) -> None:
    """An answer of the token endpoint counts by its status."""
    error = errors.TokenRequestError("no")
    error.status_code = status
    assert is_transient(error) is expected


@pytest.mark.parametrize(
    ("interval", "failures", "retry_after", "expected"),
    [
        (30, 1, None, 30),
        (30, 3, None, 120),
        (30, 99, None, 300),
        (600, 5, None, 600),
        (30, 1, 45, 45),
        (30, 1, 1e300, 300),
    ],
)
def test_pauses_are_bounded(interval: int, failures: int, retry_after: float | None, expected: int) -> None:
    """Twice as long with each failure and at least what the service asked for, up to five minutes or the interval."""
    error = errors.RateLimitError(429, retry_after=retry_after)
    assert pause(timedelta(seconds=interval), failures, error) == timedelta(seconds=expected)


# The state


def kept_by_a_run(client: CheckpointsClient, state: StateFile, where: Any = None, **options: Any) -> Memory:
    sink = Memory()
    RecordFeed(client, where, state, **options).run(sink)
    return sink


def test_another_query_is_refused(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """A state belongs to the query that gave its records; the message names it."""
    service.add([made("a", type="LOGIN")])
    kept_by_a_run(client, state, F.checkpoint_type == "LOGIN")
    before = state.path.read_bytes()
    with pytest.raises(StateError, match=r"F.checkpoint_type == 'LOGIN'"):
        kept_by_a_run(client, state)
    assert state.path.read_bytes() == before


def test_a_query_that_gave_nothing_may_be_changed(
    service: Emulator, client: CheckpointsClient, state: StateFile
) -> None:
    """After a slip in a filter nobody has to delete the state."""
    service.add([made("a", type="LOGIN")])
    kept_by_a_run(client, state, F.checkpoint_type == "LOGON")
    assert kept_by_a_run(client, state, F.checkpoint_type == "LOGIN").rids == ["a"]


def test_a_query_with_a_key_keeps_its_first_filter(
    service: Emulator, client: CheckpointsClient, state: StateFile
) -> None:
    """With the same key a run goes on with the filter of the first one; another key is another query."""
    service.add([made("a", after(-60)), made("b")])
    kept_by_a_run(client, state, F.created_at >= after(-90), query_key="the last minute")
    service.add([made("c", after(-30))])
    sink = Memory()
    sink.rids = ["a", "b"]
    RecordFeed(client, F.created_at >= after(-10), state, query_key="the last minute").run(sink)
    assert sink.rids == ["a", "b", "c"]
    with pytest.raises(StateError):
        kept_by_a_run(client, state, F.created_at >= after(-90))


def edited(name: str, value: Any) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), name: value}).encode()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"[]",
        lambda content: b"\xff\xfe",
        lambda content: b"{}",
        edited("records", 7),
        edited("given", {}),
        edited("version", 2),
        edited("format", "another"),
    ],
    ids=["empty", "cut", "list", "binary", "object", "count", "rids", "version", "format"],
)
def test_a_damaged_state_is_refused(
    damage: Callable[[bytes], bytes], service: Emulator, client: CheckpointsClient, state: StateFile
) -> None:
    """What is not as it was written is refused and left as it is."""
    service.add([made("a")])
    kept_by_a_run(client, state)
    damaged = damage(state.path.read_bytes())
    state.path.write_bytes(damaged)
    with pytest.raises(StateError, match="is damaged and was left as it is"):
        kept_by_a_run(client, state)
    assert state.path.read_bytes() == damaged


def test_a_state_survives_its_file(state: StateFile) -> None:
    """What was saved is loaded again; a state that was never saved is None."""
    assert state.load() is None
    where = {"type": "eq", "field": "checkpointType", "value": "LOGIN"}
    saved = FeedState("digest", where, -1, {0: ["a", "b"], 1_700_000_000_123: ["c"]}, 3, {"mark": 9})
    state.save(saved)
    assert state.load() == saved
    assert [path.name for path in state.path.parent.iterdir()] == ["state.json"]


def test_two_runs_at_once_are_refused(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """While a run uses a state, another one ends before it touches the sink; afterwards it may."""
    service.add([made("a")])
    with state.locked(), pytest.raises(StateLockedError):
        kept_by_a_run(client, state)
    assert kept_by_a_run(client, state).rids == ["a"]


def test_a_folder_that_is_not_there(client: CheckpointsClient, tmp_path: Path) -> None:
    """A state that cannot be written is an error of this library that names the file."""
    with pytest.raises(OutputError, match=r"nowhere.*No such file"):
        RecordFeed(client, None, tmp_path / "nowhere" / "state.json").run(Memory())


def test_errors_can_be_pickled() -> None:
    """As every error of the library, with what they say."""
    error = pickle.loads(pickle.dumps(OutputError.of("a.csv", OSError(errno.ENOSPC, "No space left on device"))))
    assert (str(error), error.is_full) == ("a.csv: No space left on device; make room", True)
    assert isinstance(error, FeedError)
    assert issubclass(FeedError, CheckpointsError)


def test_the_cause_of_an_error_is_kept(service: Emulator, state: StateFile) -> None:
    """An error of the client comes as `search` raises it."""

    def token() -> str:
        raise RuntimeError("no token today")

    with CheckpointsClient(service.hostname, auth=token) as client:
        with pytest.raises(CheckpointsError) as direct:
            client.records.search().first()
        with pytest.raises(CheckpointsError) as by_feed:
            RecordFeed(client, None, state).run(Memory())
    assert type(by_feed.value) is type(direct.value)
    assert repr(by_feed.value.__cause__) == repr(direct.value.__cause__)


def test_the_sink_of_the_documentation(service: Emulator, client: CheckpointsClient, state: StateFile) -> None:
    """The database of docs/export.md works as it stands there, also when a commit is not followed by its state."""
    text = (Path(__file__).parents[1] / "docs" / "export.md").read_text(encoding="utf-8")
    code = re.search(r"^class Database.*?(?=^```)", text, re.MULTILINE | re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {"Sink": Sink, "json": json}
    exec(code[0], names)
    sink = names["Database"]()
    with closing(sqlite3.connect(":memory:")) as sink.connection:
        sink.cursor = sink.connection.cursor()
        sink.cursor.execute("CREATE TABLE checkpoints (number INTEGER, record TEXT)")
        service.add([made("a"), made("b", after(1))])
        feed = RecordFeed(client, None, state)
        feed.run(sink)
        sink.write([Record.from_dict(made("c", after(2)))])
        sink.commit()
        service.add([made("c", after(2))])
        feed.run(sink)
        rows = sink.cursor.execute("SELECT number, record FROM checkpoints ORDER BY number").fetchall()
    assert [(number, json.loads(record)["rid"][-1]) for number, record in rows] == [(1, "a"), (2, "b"), (3, "c")]


def test_a_state_that_cannot_be_read(client: CheckpointsClient, tmp_path: Path) -> None:
    """So is one that cannot be read, or replaced."""
    state = StateFile(tmp_path)
    with pytest.raises(OutputError, match="directory"):
        state.load()
    with pytest.raises(OutputError, match="directory"):
        state.save(FeedState("digest", None))
    assert repr(state) == f"StateFile({str(tmp_path)!r})"


# Nothing lost, nothing twice: a service whose records become visible late, clocks that are wrong, and crashes

OVERLAP = 300


class Crash(Exception):
    """Ends a run where it stands."""


class SlowService:
    """Stands in for a client. Times are milliseconds; time passes with each page."""

    def __init__(self, records: Iterable[tuple[int, int]], randomness: random.Random) -> None:
        self.now = 0
        self._records = sorted(
            (created, f"{number:03}", created + delay) for number, (created, delay) in enumerate(records)
        )
        self._random = randomness
        self.records = self

    def search(self, where: Filter | None, *, sort_direction: str = "DESC", concurrency: int = 1) -> Any:
        start = 0 if where is None else millis(datetime.fromisoformat(where.to_dict()["value"]))
        newest = next((Record.from_dict(made(rid, at(time))) for time, rid in reversed(self._visible(start))), None)
        return SimpleNamespace(pages=lambda: self._pages(start), first=lambda: newest)

    def _visible(self, start: int) -> list[tuple[int, str]]:
        return [(time, rid) for time, rid, visible in self._records if visible <= self.now and time >= start]

    def _pages(self, start: int) -> Iterator[SimplePage]:
        last: tuple[int, str] = (start, "")
        while True:
            self.now += self._random.choice([0, 1, 40, 400])
            page = [key for key in self._visible(start) if key > last][:3]
            if not page:
                return
            last = page[-1]
            yield SimplePage([Record.from_dict(made(rid, at(time))) for time, rid in page])


class SimplePage(list[Record]):
    """A page: iterable, with its records."""

    @property
    def records(self) -> list[Record]:
        return self


def at(time: int) -> datetime:
    return START + timedelta(milliseconds=time)


def millis(time: datetime) -> int:
    return (time - START) // timedelta(milliseconds=1)


class Disk(Memory):
    """A sink and a place for the state. Either may crash before or after what it does, when its turn has come."""

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


@settings(max_examples=300)
@given(
    records=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, OVERLAP)), max_size=40),
    crashes=st.sampled_from([0.0, 0.05, 0.3]),
    skew=st.sampled_from([0, -500, 500, 3_600_000]),
    seed=st.integers(0, 2**32),
)
def test_nothing_is_lost_and_nothing_comes_twice(
    records: list[tuple[int, int]], crashes: float, skew: int, seed: int
) -> None:
    """Whenever records appear, runs crash and clocks are wrong: in the end each record was given once."""
    randomness = random.Random(seed)
    service = SlowService(records, randomness)
    disk = Disk(randomness, crashes)
    with pytest.MonkeyPatch.context() as patch:
        wall = START.timestamp()
        clock = SimpleNamespace(time=lambda: wall + (service.now + skew) / 1e3, monotonic=lambda: service.now / 1e3)
        patch.setattr("foundry_checkpoints.feed._feed.time", clock)
        while service.now < 4_000:
            service.now += randomness.choice([1, 100, 700])
            attempt(service, disk)
        disk.crashes = 0.0
        attempt(service, disk)
    assert sorted(disk.rids) == [f"{number:03}" for number in range(len(records))]


def attempt(service: SlowService, disk: Disk) -> None:
    overlap = timedelta(milliseconds=OVERLAP)
    feed = RecordFeed(cast(CheckpointsClient, service), None, DiskState(disk), overlap=overlap)
    with suppress(Crash):
        feed.follow(disk, stop=Steps(lambda: None, lambda: None))
