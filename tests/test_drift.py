"""What the service answers and the spec does not know: counted, located, told once, and never in the way."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    ConfigurationError,
    Drift,
    DriftEntry,
    ResponseDecodeError,
    RetryPolicy,
    UnprocessableEntityError,
    __api_version__,
)
from foundry_checkpoints._drift import DriftLog
from foundry_checkpoints._records import AsyncRecords
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.models import Record
from foundry_checkpoints_api.types import Unknown
from tests.samples import RIDS, SAMPLES, error_body, page
from tests.worlds import World, _as_async, rids

pytestmark = pytest.mark.anyio

Client = CheckpointsClient | AsyncCheckpointsClient

NEW_TYPE = {**SAMPLES[0], "type": "FOO_EXPORT"}
SECRET = "hunter2"


@asynccontextmanager
async def connected(world: World, emulator: Emulator, **options: Any) -> AsyncIterator[tuple[Client, AsyncRecords]]:
    """A client of the emulator that makes one attempt, and its records."""
    options = {"auth": emulator.token, "retry": 0, **options}
    if world.name == "sync":
        with CheckpointsClient(emulator.hostname, **options) as client:
            yield client, _as_async(client.records)
    else:
        async with AsyncCheckpointsClient(emulator.hostname, **options) as aclient:
            yield aclient, aclient.records


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator of one test: faults that wait in it do not reach another."""
    with Emulator(SAMPLES) as emulator:
        yield emulator


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def answers(*bodies: Any, status: int = 200) -> list[Fault]:
    """Prepared answers, in turn."""
    return [Fault.status(status, body=body) for body in bodies]


def things(drift: Drift) -> dict[tuple[str, str, str], int]:
    """What drifted, and how often."""
    return {(entry.kind, entry.name, entry.value): entry.count for entry in drift}


def told(log: pytest.LogCaptureFixture) -> list[str]:
    """The messages of the drift logger, all of which are warnings."""
    records = [record for record in log.records if record.name == "foundry_checkpoints.drift"]
    assert {record.levelno for record in records} <= {logging.WARNING}
    return [record.getMessage() for record in records]


def unknown(value: str, name: str = "CheckpointType") -> Unknown:
    """A value of an enum that the spec does not know."""
    return Unknown("value", name, value)


def nowhere() -> dict[Unknown, str]:
    """The paths of nothing."""
    return {}


# What is collected


async def test_each_kind_of_drift_is_counted(world: World, emulator: Emulator) -> None:
    """Values, variants, fields and error names, as often as they came, each with the name that the spec has."""
    emulator.inject(Fault.unknown_values(), *answers(error_body("FooDenied"), status=422))
    async with connected(world, emulator) as (client, records):
        assert len(await rids(records.search(page_size=10, limit=10, prefetch=False))) == 10
        with pytest.raises(UnprocessableEntityError, match="FooDenied"):
            await records.get(RIDS[0])
        found = things(client.drift)
    assert found == {
        ("value", "CheckpointType", "EMULATOR_TYPE"): 10,
        ("value", "Scope", "EMULATOR_SCOPED"): 10,
        ("value", "RedactionType", "EMULATOR_REDACTED"): 10,
        ("value", "CheckpointedResourceType", "EMULATOR_RESOURCE_TYPE"): 10,
        ("variant", "Justification", "emulatorJustification"): 10,
        ("variant", "CheckpointedItem", "emulatorItem"): 10,
        ("field", "Record", "emulatorField"): 10,
        ("field", "ActingUser", "emulatorField"): 10,
        ("field", "RedactableString", "emulatorField"): 10,
        ("field", "SearchCheckpointRecordsResponse", "emulatorField"): 1,
        ("error", "ErrorBody", "FooDenied"): 1,
    }


async def test_an_entry_says_how_often_since_when_and_where(world: World, emulator: Emulator) -> None:
    """The count goes on over answers and methods; time and path are those of the first."""
    emulator.inject(*answers({"data": [SAMPLES[1], NEW_TYPE, NEW_TYPE]}, NEW_TYPE))
    async with connected(world, emulator) as (client, records):
        before = datetime.now(UTC)
        await rids(records.search(prefetch=False))
        between = datetime.now(UTC)
        await records.get(RIDS[0])
        (entry,) = client.drift
    assert (entry.kind, entry.name, entry.value, entry.count) == ("value", "CheckpointType", "FOO_EXPORT", 3)
    assert entry.path == "SearchCheckpointRecordsResponse.data[1].type"
    assert before <= entry.first_seen <= between
    assert entry.first_seen.tzinfo is UTC


async def test_paths_lead_to_the_first_place(world: World, emulator: Emulator) -> None:
    """In lists and maps as in `ResponseDecodeError`, and in the body of an error."""
    item = {"type": "fooItem"}
    record = {**SAMPLES[0], "checkpointedItems": [item], "foo": {}}
    error = error_body("CheckpointRecordNotFound", recordRid=RIDS[1], foo=1)
    emulator.inject(*answers({"data": {RIDS[0]: record}}), *answers(error, error_body("Foo"), status=422))
    async with connected(world, emulator) as (client, records):
        await records.get_batch(RIDS[:1])
        for _ in range(2):
            with pytest.raises(UnprocessableEntityError):
                await records.get(RIDS[1])
        assert [(entry.value, entry.path) for entry in client.drift] == [
            ("fooItem", f"GetRecordsBatchResponse.data.{RIDS[0]}.checkpointedItems[0].type"),
            ("foo", f"GetRecordsBatchResponse.data.{RIDS[0]}.foo"),
            ("foo", "ErrorBody.parameters.foo"),
            ("Foo", "ErrorBody.errorName"),
        ]


async def test_records_that_the_spec_knows_give_no_drift(
    world: World, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor do absent, null and empty parts, documented errors, and answers that are no JSON of the API."""
    record = {**SAMPLES[0], "configRid": None, "checkpointedItems": None, "approvalsMetadata": None}
    async with connected(world, emulator) as (client, records):
        assert len(await rids(records.search())) == len(SAMPLES)
        emulator.inject(*answers({"data": [record], "nextPageToken": None}))
        assert len(await rids(records.search(prefetch=False))) == 1
        bodies = (error_body("CheckpointRecordNotFound", recordRid=RIDS[0]), ["a"], "<html>", b"", {"errorName": 5})
        for fault in answers(*bodies, status=422):
            emulator.inject(fault)
            with pytest.raises(UnprocessableEntityError):
                await records.get(RIDS[0])
        drift = client.drift
    assert (list(drift), bool(drift), drift.dropped, str(drift), told(caplog)) == ([], False, 0, "", [])


async def test_each_retried_answer_counts_once(world: World, emulator: Emulator) -> None:
    """Three attempts that fail with a new error name are three of them."""
    emulator.inject(*answers(*[error_body("Default:Foo")] * 3, status=500))
    async with connected(world, emulator, retry=RetryPolicy(max_retries=3, backoff=0.001)) as (client, records):
        assert (await records.get(RIDS[0])).rid == RIDS[0]
        assert things(client.drift) == {("error", "ErrorBody", "Default:Foo"): 3}


async def test_an_answer_that_does_not_decode_counts_as_far_as_it_was_read(world: World, emulator: Emulator) -> None:
    """Its error is raised as ever, and what came before the fault counts once."""
    emulator.inject(*answers({"data": [NEW_TYPE, {**SAMPLES[1], "createdAt": 7}, {**SAMPLES[2], "type": "LATER"}]}))
    async with connected(world, emulator) as (client, records):
        with pytest.raises(ResponseDecodeError, match=r"data\[1\]\.createdAt"):
            await rids(records.search(prefetch=False))
        assert things(client.drift) == {("value", "CheckpointType", "FOO_EXPORT"): 1}


async def test_what_users_decode_does_not_count(world: World, emulator: Emulator) -> None:
    """Only answers of the service do, also where a callback decodes or asks again."""
    decoded = []

    def on_drift(_: DriftEntry) -> None:
        decoded.append(Record.from_dict({**NEW_TYPE, "scope": "FOO_SCOPED"}))

    emulator.inject(*answers(NEW_TYPE))
    async with connected(world, emulator, on_drift=on_drift) as (client, records):
        await records.get(RIDS[0])
        Record.from_dict({**NEW_TYPE, "foo": 1})
        assert things(client.drift) == {("value", "CheckpointType", "FOO_EXPORT"): 1}
    assert [record.scope.is_known for record in decoded] == [False]


async def test_clients_have_their_own_drift(world: World, emulator: Emulator) -> None:
    """What one client met another does not know of."""
    emulator.inject(*answers(NEW_TYPE))
    async with connected(world, emulator) as (one, records), connected(world, emulator) as (other, _):
        await records.get(RIDS[0])
        assert (len(one.drift), len(other.drift)) == (1, 0)


# Who is told


async def test_a_new_thing_is_one_warning(world: World, emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """The sentence of its entry, on a logger of its own, however often it comes."""
    body = page([1])
    body["data"] += [NEW_TYPE, {**NEW_TYPE, "foo": 1}]
    emulator.inject(*answers(body, body, {**NEW_TYPE, "bar": 1}))
    async with connected(world, emulator) as (client, records):
        await rids(records.search(prefetch=False))
        first = [str(entry) for entry in client.drift]
        await rids(records.search(prefetch=False))
        await records.get(RIDS[0])
        assert told(caplog) == [*first, str(list(client.drift)[2])]
    assert len(first) == 2


async def test_on_drift_is_called_once_for_each_new_thing(world: World, emulator: Emulator) -> None:
    """With the entry, in the order in which things came; it may read `drift`, which has them by then."""
    seen: list[tuple[DriftEntry, int]] = []
    clients: list[Client] = []

    def on_drift(entry: DriftEntry) -> None:
        seen.append((entry, len(clients[0].drift)))

    emulator.inject(*answers({**NEW_TYPE, "foo": 1}, {**NEW_TYPE, "foo": 1}))
    async with connected(world, emulator, on_drift=on_drift) as (client, records):
        clients.append(client)
        await records.get(RIDS[0])
        first = tuple(client.drift)
        await records.get(RIDS[0])
    assert seen == [(entry, 2) for entry in first]
    assert [entry.value for entry in first] == ["FOO_EXPORT", "foo"]


async def test_what_on_drift_raises_is_logged(
    world: World, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """The records come, the entry stays, and the next thing is told."""

    def on_drift(entry: DriftEntry) -> None:
        raise LookupError(entry.value)

    emulator.inject(*answers({**NEW_TYPE, "foo": 1}))
    async with connected(world, emulator, on_drift=on_drift) as (client, records):
        assert (await records.get(RIDS[0])).rid == RIDS[0]
        assert len(client.drift) == 2
    failures = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.name for record in failures] == ["foundry_checkpoints.drift"] * 2
    assert [str(record.exc_info and record.exc_info[1]) for record in failures] == ["FOO_EXPORT", "foo"]


async def _on_drift(entry: DriftEntry) -> None:
    """What nobody would await."""


@pytest.mark.parametrize("on_drift", [5, "print", _on_drift], ids=repr)
@pytest.mark.parametrize("client", [CheckpointsClient, AsyncCheckpointsClient])
def test_on_drift_is_a_plain_function(client: Callable[..., Client], on_drift: Any) -> None:
    """A coroutine function, or no function at all, is refused when the client is made."""
    with pytest.raises(ConfigurationError, match="on_drift"):
        client("example.palantirfoundry.com", auth="token", on_drift=on_drift)


# What it looks like


def test_an_entry_reads_as_a_sentence() -> None:
    """What, which API, how often, since when and where: what a report needs. A drift is one line for each."""
    time = datetime(2026, 11, 22, 9, 25, 3, 500, tzinfo=UTC)
    entries = (
        DriftEntry("value", "CheckpointType", "FOO_EXPORT", 3, time, "Record.type"),
        DriftEntry("field", "Record", "foo", 1, time, "Record.foo"),
    )
    assert str(Drift(entries)) == (
        f"value CheckpointType FOO_EXPORT is not in the spec of API {__api_version__}: "
        "count 3, first 2026-11-22T09:25:03Z at Record.type\n"
        f"field Record.foo is not in the spec of API {__api_version__}: "
        "count 1, first 2026-11-22T09:25:03Z at Record.foo"
    )


def test_a_drift_stays_as_it_is() -> None:
    """It is a collection of frozen entries, and what the client meets later is in the next one."""
    log = DriftLog()
    log.note([unknown("A")], nowhere)
    before = log.snapshot()
    log.note([unknown("A"), unknown("B")], nowhere)
    after = log.snapshot()
    assert things(before) == {("value", "CheckpointType", "A"): 1}
    assert [(entry.value, entry.count) for entry in after] == [("A", 2), ("B", 1)]
    (entry,) = before
    assert entry in before
    assert entry not in after
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.count = 5  # type: ignore[misc]
    with pytest.raises(AttributeError):
        CheckpointsClient("localhost", auth="token").drift = before  # type: ignore[misc]


# What it holds


async def test_no_content_is_kept_or_told(world: World, emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """Of unknown fields the name, of unknown variants the discriminator; a credential beside a value is hidden."""
    record = {
        **SAMPLES[0],
        "type": f"token={SECRET}",
        "foo": SECRET,
        "bar": {SECRET: SECRET},
        "justification": {"type": "fooJustification", "response": SECRET, SECRET: 1},
    }
    error = error_body("Foo", recordRid=SECRET) | {"errorDescription": SECRET}
    emulator.inject(*answers(record), *answers(error, status=422))
    async with connected(world, emulator) as (client, records):
        assert (await records.get(RIDS[0])).additional_properties["foo"] == SECRET
        with pytest.raises(UnprocessableEntityError):
            await records.get(RIDS[0])
        drift = client.drift
    assert len(drift) == len(told(caplog)) == 5
    assert SECRET not in "\n".join([repr(drift), *told(caplog)])


async def test_what_is_kept_is_one_short_printable_line(
    world: World, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the service names its things; those that read the same are one, at the place of the first."""
    types = ["a\nINFO forged\x1b[31m\u2028é", "x" * 5000 + "1", "x" * 5000 + "2"]
    records_of_types = [{**SAMPLES[number], "type": text, text: 1} for number, text in enumerate(types)]
    emulator.inject(*answers({"data": records_of_types}))
    async with connected(world, emulator) as (client, records):
        await rids(records.search(prefetch=False))
        drift = client.drift
    assert [(entry.kind, entry.count, entry.path[36:40]) for entry in drift] == [
        ("value", 1, "[0]."),
        ("field", 1, "[0]."),
        ("value", 2, "[1]."),
        ("field", 2, "[1]."),
    ]
    texts = [text for entry in drift for text in (entry.value, entry.path)]
    assert all(len(text) < 210 and text.isprintable() and text.isascii() for text in texts)
    assert all(len(line) < 600 and line.isprintable() for line in told(caplog))


def test_a_thousand_things_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    """Of what comes then, known things go on counting, new ones are only counted as dropped, without a word."""
    log = DriftLog()
    log.note([unknown(str(number)) for number in range(990)], nowhere)
    log.note([unknown(str(number)) for number in range(980, 1_005)], nowhere)
    assert (len(log.snapshot()), log.snapshot().dropped) == (1_000, 5)
    log.note([unknown("999"), unknown("more"), unknown("more")], lambda: pytest.fail("nothing is looked for"))
    assert (len(log.snapshot()), log.snapshot().dropped) == (1_000, 7)
    assert list(log.snapshot())[-1].count == 2
    assert len(told(caplog)) == 1_000


def test_a_path_is_looked_for_only_where_something_is_new() -> None:
    """Once for all that is new in an answer; what it does not find is at the name of what has it."""
    asked = []

    def locate() -> dict[Unknown, str]:
        asked.append(1)
        return {unknown("A"): "Record.type", unknown("B"): "Record.checkpointedItems[0].type"}

    log = DriftLog()
    for met in (["A", "A"], ["A"], ["A", "B", "C"], ["C"]):
        log.note(list(map(unknown, met)), locate)
    assert len(asked) == 2
    paths = {entry.value: entry.path for entry in log.snapshot()}
    assert paths == {"A": "Record.type", "B": "Record.checkpointedItems[0].type", "C": "CheckpointType"}


# Threads, tasks and event loops


@pytest.mark.usefixtures("quick_switches")
def test_threads_lose_no_count_and_tell_once() -> None:
    """Eight at a time, each with the same things and one of its own."""
    seen: list[DriftEntry] = []
    log = DriftLog(seen.append)

    def note(worker: int) -> None:
        for number in range(100):
            log.note([unknown(str(number % 10)), unknown("all"), unknown(f"worker {worker}")], nowhere)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, range(8)))
    counts = Counter({entry.value: entry.count for entry in log.snapshot()})
    assert counts == {**dict.fromkeys(map(str, range(10)), 80), "all": 800, **{f"worker {n}": 100 for n in range(8)}}
    assert sorted(entry.value for entry in seen) == sorted(counts)


@pytest.mark.usefixtures("quick_switches")
def test_threads_of_one_client_count_together() -> None:
    """A sync client that eight threads use, and that decodes pages ahead in others."""
    seen: list[DriftEntry] = []
    with (
        Emulator(SAMPLES[:40], faults=[Fault.unknown_values(times=None)]) as emulator,
        CheckpointsClient(emulator.hostname, auth=emulator.token, on_drift=seen.append) as client,
    ):

        def search(_: int) -> int:
            return len(list(client.records.search(page_size=10)))

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(search, range(8))) == [40] * 8
        found = things(client.drift)
    assert found["value", "CheckpointType", "EMULATOR_TYPE"] == 8 * 40
    assert found["field", "SearchCheckpointRecordsResponse", "emulatorField"] == 8 * 4
    assert len(seen) == len(found)


@pytest.mark.usefixtures("quick_switches")
def test_tasks_of_several_event_loops_count_together() -> None:
    """An async client that two event loops use at a time, each with ten tasks."""
    seen: list[DriftEntry] = []
    with Emulator(SAMPLES[:20], faults=[Fault.unknown_values(times=None)]) as emulator:
        client = AsyncCheckpointsClient(emulator.hostname, auth=emulator.token, on_drift=seen.append)

        async def main() -> int:
            tasks = [client.records.get_batch(RIDS[:20]) for _ in range(10)]
            return sum(map(len, await asyncio.gather(*tasks)))

        with ThreadPoolExecutor(2) as pool:
            assert [*pool.map(lambda _: asyncio.run(main()), range(2))] == [200, 200]
        found = things(client.drift)
    assert found["variant", "CheckpointedItem", "emulatorItem"] == 2 * 10 * 20
    assert len(seen) == len(found)


async def test_windows_of_a_parallel_search_count_each_answer(world: World) -> None:
    """However a search is cut up, each answer of the service counts once."""
    with Emulator(SAMPLES, faults=[Fault.unknown_values(times=None)]) as emulator:
        async with connected(world, emulator) as (client, records):
            assert len(await rids(records.search(concurrency=4))) == len(SAMPLES)
            found = things(client.drift)
        assert found["field", "SearchCheckpointRecordsResponse", "emulatorField"] == len(emulator.requests)
    assert found["value", "CheckpointType", "EMULATOR_TYPE"] >= len(SAMPLES)
