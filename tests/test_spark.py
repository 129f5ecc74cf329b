"""The decisions of the Spark data source, without Spark. tests/spark has the rest, in an environment of its own."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import CheckpointsError, ConfigurationError, F
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.spark._offsets import Offsets
from foundry_checkpoints.spark._options import SourceOptions
from foundry_checkpoints.spark._pushdown import pushed
from foundry_checkpoints.spark._reading import read, time_range, windows
from foundry_checkpoints_api.types import from_millis, to_millis
from tests.samples import SAMPLES

START = to_millis(datetime(2026, 3, 1, tzinfo=UTC))
SECOND = 1_000
GIVEN = {"hostname": "example.palantirfoundry.com", "token": "never-shown"}


def parsed(**options: str) -> SourceOptions:
    return SourceOptions.parse({**GIVEN, **options}, {})


def made(*seconds: float) -> list[dict[str, Any]]:
    """Return records that were created so many seconds after the start."""
    times = [from_millis(START + int(each * SECOND)).isoformat(timespec="milliseconds") for each in seconds]
    return [
        {**SAMPLES[0], "rid": f"ri.checkpoints.main.checkpoint.at-{each}", "createdAt": time}
        for each, time in zip(seconds, times, strict=True)
    ]


# Options


def test_defaults() -> None:
    """What nobody sets is as documented: 2 partitions, 8 requests each, and an overlap of two minutes."""
    options = parsed()
    assert (options.num_partitions, options.max_concurrency, options.overlap) == (2, 8, 120 * SECOND)
    assert (options.where, options.max_span, options.pushdown, options.end) == (None, None, False, None)


def test_names_are_case_insensitive() -> None:
    """Spark passes names in lower case, whatever the caller wrote."""
    options = parsed(NUMPARTITIONS="3", maxconcurrency="4", overlapSeconds="0.5", maxSpanSeconds="60", pushDown="TRUE")
    assert (options.num_partitions, options.max_concurrency, options.overlap) == (3, 4, 500)
    assert (options.max_span, options.pushdown) == (60 * SECOND, True)


def test_times_and_the_filter_are_one_filter() -> None:
    """`since`, `until`, and `where` all apply. Fractions of a millisecond, which no record has, are rounded up."""
    where = F.checkpoint_type == "LOGIN"
    options = parsed(
        where=json.dumps(where.to_dict()), since="2026-01-01T00:00:00.0005+01:00", until="2026-02-01T00:00:00Z"
    )
    since, until = "2025-12-31T23:00:00.001Z", "2026-02-01T00:00:00Z"
    assert options.where == where & (F.created_at >= since) & (F.created_at < until)
    assert options.end == to_millis(datetime.fromisoformat(until))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "x"}, "unknown option 'path'"),
        ({"hostnme": "x"}, "unknown option 'hostnme'. Did you mean hostname?"),
        ({"hostname": ""}, "set the option hostname"),
        ({"hostname": "http://example.com"}, "http:// is allowed for loopback only"),
        ({"token": ""}, "set the option token, or clientId with clientSecret"),
        ({"token": "two words"}, "a token must be printable ASCII without white space"),
        ({"clientId": "id"}, "set the option token, or clientId with clientSecret"),
        ({"clientId": "id", "clientSecret": "secret"}, "set the option token, or clientId with clientSecret"),
        ({"where": "["}, "option where must be JSON: "),
        ({"where": "null"}, "option where must be a JSON object, not 'null'"),
        ({"where": "{}"}, "option where can't be sent: where isn't a valid filter"),
        ({"where": "[" * 100_000}, "option where must be JSON: "),
        ({"since": "2026-01-01"}, "option since must be an ISO 8601 time with an offset"),
        ({"until": "soon"}, "option until must be an ISO 8601 time with an offset"),
        ({"since": "2026-01-01T00:00Z", "until": "2026-01-01T00:00Z"}, "option until must be later than since"),
        ({"numPartitions": "0"}, "option numPartitions must be an integer from 1 to 9999, not '0'"),
        ({"maxConcurrency": "1.5"}, "option maxConcurrency must be an integer from 1 to 9999, not '1.5'"),
        ({"overlapSeconds": "-1"}, "option overlapSeconds must be 0 or more seconds, not '-1'"),
        ({"maxSpanSeconds": "nan"}, "option maxSpanSeconds must be 1 or more seconds, not 'nan'"),
        ({"pushdown": "yes"}, "option pushdown must be true or false, not 'yes'"),
    ],
)
def test_a_wrong_option_is_named_in_one_line(options: dict[str, str], message: str) -> None:
    """The error names the option and its value, and never the token."""
    with pytest.raises(ConfigurationError) as caught:
        parsed(**options)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value).splitlines()) == 1
    assert "never-shown" not in str(caught.value)


def test_credentials_come_from_the_drivers_environment(tmp_path: Any) -> None:
    """Executors don't have it, so the options carry what they need. An option comes first."""
    environment = {"FOUNDRY_HOSTNAME": "example.com", "FOUNDRY_TOKEN": "of-the-environment"}
    assert SourceOptions.parse({}, environment).token == "of-the-environment"
    assert SourceOptions.parse(GIVEN, environment).token == "never-shown"
    assert SourceOptions.parse(GIVEN, environment).hostname == GIVEN["hostname"]
    client = {"FOUNDRY_HOSTNAME": "example.com", "FOUNDRY_CLIENT_ID": "id", "FOUNDRY_CLIENT_SECRET": "secret"}
    assert SourceOptions.parse({}, client).client_secret == "secret"
    (tmp_path / "token").write_text("of-the-file\n")
    file = {"FOUNDRY_HOSTNAME": "example.com", "FOUNDRY_TOKEN_FILE": str(tmp_path / "token")}
    assert SourceOptions.parse({}, file).token_file == str(tmp_path / "token")


def test_options_travel_to_tasks_and_show_no_secret() -> None:
    """Spark pickles the options. Their repr, which a traceback could show, has no credentials."""
    options = parsed(where=json.dumps((F.checkpoint_type == "LOGIN").to_dict()))
    assert pickle.loads(pickle.dumps(options)) == options
    assert "never-shown" not in repr(options)


# Windows


@given(st.integers(0, 10**13), st.integers(0, 10**11), st.integers(1, 50))
def test_windows_cover_a_range_once(start: int, length: int, count: int) -> None:
    """They follow each other without a gap, and are equally long to a millisecond."""
    found = windows(start, start + length, count)
    assert found[0][0] == start
    assert found[-1][1] == start + length
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert len(found) == max(1, min(count, length))
    lengths = [end - begin for begin, end in found]
    assert max(lengths) - min(lengths) <= 1


@pytest.fixture
def service() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def options_for(service: Emulator, **options: str) -> SourceOptions:
    return parsed(hostname=service.hostname, token=service.token, **options)


def test_the_windows_of_a_query_hold_its_records(service: Emulator) -> None:
    """The range leads from the oldest to the newest matching record, both included; without records it is empty."""
    options = options_for(service, since=from_millis(START).isoformat())
    assert time_range(options) == (0, 0)
    assert list(read(options, 0, 0)) == []
    stored = made(-5, 0, 10, 20)
    service.add(stored)
    assert time_range(options) == (START, START + 20 * SECOND + 1)
    found = [
        rid
        for window in windows(*time_range(options), 2)
        for batch in read(options, *window)
        for rid in batch.column("rid").to_pylist()
    ]
    assert found == [record["rid"] for record in stored[1:]]


# Offsets


class Clock:
    """The clocks of this machine, as the test sets them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def time(self) -> float:
        return START / 1e3 + 86_400 + self.seconds

    def monotonic(self) -> float:
        return self.seconds


Start = Callable[..., Offsets]


@pytest.fixture
def started(service: Emulator) -> Iterator[Start]:
    """A function that starts a stream in a process of its own, so to speak: nothing of another is known to it."""
    with ExitStack() as streams:

        def start(clock: Clock | None = None, **options: str) -> Offsets:
            given = options_for(service, **{"overlapSeconds": "10", **options})
            return streams.enter_context(closing(Offsets(given, Clock() if clock is None else clock)))

        yield start


def test_a_micro_batch_ends_before_the_overlap(service: Emulator, started: Start) -> None:
    """It ends an overlap before the time at the service, which the newest record and the clock tell."""
    clock = Clock()
    offsets = started(clock)
    service.add(made(0, 100))
    assert offsets.latest(START) == START + 90 * SECOND
    clock.seconds = 5
    assert offsets.latest(START) == START + 95 * SECOND
    service.add(made(200))
    assert offsets.latest(START) == START + 190 * SECOND


def test_an_offset_never_goes_back(service: Emulator, started: Start) -> None:
    """After a restart, the clock knows less: the stream waits. Before PySpark 4.2, only records move an offset."""
    service.add(made(0, 100))
    assert started().latest(START + 95 * SECOND) == START + 95 * SECOND
    clock = Clock()
    old = started(clock)
    before = old.latest(None)
    clock.seconds = 50
    assert old.latest(None) == before == started().latest(None) == START + 90 * SECOND


def test_a_stream_begins_at_its_oldest_record(service: Emulator, started: Start) -> None:
    """It begins earlier if an older record may still appear, and at the epoch if there is none."""
    assert started().initial() == 0
    service.add(made(0, 100))
    assert started().initial() == START
    assert started(since=from_millis(START + 1).isoformat()).initial() == START + 90 * SECOND


def test_a_stream_without_records_waits(service: Emulator, started: Start) -> None:
    """The offset stays. Before PySpark 4.2, it isn't known after a restart, and a wrong one would repeat rows."""
    assert started().latest(7) == 7
    with pytest.raises(CheckpointsError, match="no record is visible"):
        started().latest(None)


def test_a_span_bounds_a_micro_batch_and_skips_what_is_empty(service: Emulator, started: Start) -> None:
    """Each micro-batch is as long as the span at most, from its first record on."""
    service.add(made(0, 1, 1_000, 2_000))
    offsets, ends = started(maxSpanSeconds="60"), [START]
    while (end := offsets.latest(ends[-1])) != ends[-1]:
        ends.append(end)
    assert [(end - START) / SECOND for end in ends] == [0, 60, 1_060, 1_990]


def test_a_stream_ends_at_until(service: Emulator, started: Start) -> None:
    """Nothing is read behind it, so no micro-batch is made."""
    service.add(made(0, 100))
    offsets = started(until=from_millis(START + 50 * SECOND).isoformat())
    assert offsets.latest(START) == START + 50 * SECOND
    assert offsets.latest(START + 50 * SECOND) == START + 50 * SECOND


def test_available_now_has_a_target(service: Emulator, started: Start) -> None:
    """Records that are created later are left to the next run."""
    service.add(made(0, 100))
    offsets = started()
    offsets.fix_target()
    service.add(made(200))
    assert offsets.latest(START) == START + 90 * SECOND


# Pushdown


@dataclass
class Pushed:
    """A filter of Spark: its class, whose name counts, has these attributes."""

    attribute: tuple[str, ...]
    value: Any


def of(kind: str, column: str, value: Any) -> Any:
    return type(kind, (Pushed,), {})((column,), value)


def test_filters_narrow_a_query() -> None:
    """They apply in addition to the options."""
    login, type_a = F.checkpoint_type == "LOGIN", F.checkpoint_type == "A"
    assert parsed().narrowed(login, type_a).where == login & type_a
    assert parsed(where=json.dumps(login.to_dict())).narrowed(type_a).where == login & type_a


def test_filters_of_spark_become_search_filters() -> None:
    """Times and equality are translated, for every column that the spec lets a search compare."""
    time = datetime(2026, 1, 1, tzinfo=UTC)
    next_time = time + timedelta(milliseconds=1)
    assert list(
        pushed(
            [
                of("GreaterThan", "created_at", time),
                of("GreaterThanOrEqual", "created_at", time),
                of("LessThan", "created_at", time),
                of("LessThanOrEqual", "created_at", time),
                of("EqualTo", "created_at", time),
                of("EqualTo", "type", "LOGIN"),
                of("In", "rid", ["a", "b"]),
            ]
        )
    ) == [
        F.created_at >= time,
        F.created_at >= time,
        F.created_at < time,
        F.created_at < next_time,
        (F.created_at >= time) & (F.created_at < next_time),
        F.checkpoint_type == "LOGIN",
        F.record_rid.is_in(["a", "b"]),
    ]


@pytest.mark.parametrize(
    "unknown",
    [
        of("EqualTo", "item_count", 2),
        of("EqualTo", "scope", "x"),
        of("StringContains", "type", "LOG"),
        of("In", "type", ["LOGIN", None]),
        of("In", "type", []),
        of("LessThanOrEqual", "created_at", datetime.max.replace(tzinfo=UTC)),
        of("GreaterThan", "created_at", datetime(2026, 1, 1)),
        type("IsNotNull", (), {"attribute": ("type",)})(),
    ],
    ids=lambda unknown: f"{type(unknown).__name__} {getattr(unknown, 'value', '')}",
)
def test_what_a_search_cannot_say_is_left_to_spark(unknown: Any) -> None:
    """Spark applies every filter itself, so nothing is wrong without a translation."""
    assert list(pushed([unknown])) == []
    assert parsed().narrowed(*pushed([unknown])) == parsed()


# Registration


@pytest.mark.parametrize("missing", ["pyspark", "pyarrow", "foundry_checkpoints", "foundry_checkpoints.spark"])
def test_the_package_that_registers_never_fails(missing: str) -> None:
    """Spark imports it, and a failure would disable the data sources of everybody else."""
    code = f"import sys; sys.modules[{missing!r}] = None; import pyspark_foundry_checkpoints"
    subprocess.run([sys.executable, "-c", code], check=True)
