"""What the service returns and the spec doesn't know: counted, located, reported once, and never in the way."""

from __future__ import annotations

import dataclasses
import logging
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    Drift,
    DriftEntry,
    RetryPolicy,
    UnprocessableEntityError,
    __api_version__,
)
from foundry_checkpoints._drift import DriftLog
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.models import Record, RedactableString, SearchCheckpointRecordsResponse
from foundry_checkpoints_api.errors import DecodeError
from tests.samples import RECORDS, RIDS, SAMPLES, error_body
from tests.worlds import HOST, Client, Stub, World, rids

NEW_TYPE = {**SAMPLES[0], "type": "FOO_EXPORT"}
SECRET = "hunter2"


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@contextmanager
def client_of(*answers: Any, status: int = 200, **options: Any) -> Iterator[CheckpointsClient]:
    """Yield a client whose requests get prepared responses."""
    with httpx.Client(transport=httpx.MockTransport(Stub(*answers, status=status))) as http:
        yield CheckpointsClient(HOST, auth="token", http_client=http, **{"retry": 0, **options})


def things(drift: Drift) -> dict[tuple[str, str, str], int]:
    """Return what drifted, and how often."""
    return {(entry.kind, entry.name, entry.value): entry.count for entry in drift}


def reported(log: pytest.LogCaptureFixture) -> list[str]:
    """Return the messages of the drift logger, all of which are warnings."""
    records = [record for record in log.records if record.name == "foundry_checkpoints.drift"]
    assert {record.levelno for record in records} <= {logging.WARNING}
    return [record.getMessage() for record in records]


def observe(log: DriftLog, *types: str) -> None:
    """Decode a page whose records have these types."""
    log.observe(SearchCheckpointRecordsResponse.from_dict, {"data": [{**SAMPLES[0], "type": name} for name in types]})


# What is collected


@pytest.mark.anyio
async def test_each_kind_of_drift_is_counted(world: World, emulator: Emulator) -> None:
    """Values, variants, fields, and error names are counted, each with the name that the spec has."""
    emulator.inject(Fault.unknown_values(), Fault.status(422, body=error_body("FooDenied")))
    async with world.client_of(emulator) as (client, records):
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


@pytest.mark.anyio
async def test_on_drift_is_called_once_for_each_new_thing(world: World, emulator: Emulator) -> None:
    """It gets the entry, in the order of arrival, and can read `drift`, which has the entry by then."""
    seen: list[tuple[DriftEntry, int]] = []
    clients: list[Client] = []

    def on_drift(entry: DriftEntry) -> None:
        seen.append((entry, len(clients[0].drift)))

    emulator.inject(*[Fault.status(200, body={**NEW_TYPE, "foo": 1}) for _ in range(2)])
    async with world.client_of(emulator, on_drift=on_drift) as (client, records):
        clients.append(client)
        await records.get(RIDS[0])
        first = tuple(client.drift)
        await records.get(RIDS[0])
        assert client.drift.entries[0].count == 2
    assert seen == [(entry, 2) for entry in first]
    assert [entry.value for entry in first] == ["FOO_EXPORT", "foo"]


def test_an_entry_says_how_often_since_when_and_where() -> None:
    """The count continues over responses and methods; time and path are those of the first."""
    with client_of({"data": [SAMPLES[1], NEW_TYPE, NEW_TYPE]}, NEW_TYPE) as client:
        before = datetime.now(UTC)
        list(client.records.search(prefetch=False))
        between = datetime.now(UTC)
        client.records.get(RIDS[0])
        (entry,) = client.drift
    assert (entry.kind, entry.name, entry.value, entry.count) == ("value", "CheckpointType", "FOO_EXPORT", 3)
    assert entry.path == "SearchCheckpointRecordsResponse.data[1].type"
    assert before <= entry.first_seen <= between
    assert entry.first_seen.tzinfo is UTC


def test_paths_lead_to_the_first_place() -> None:
    """In lists and maps they read as in `ResponseDecodeError`, and so they do in the body of an error."""
    record = {**SAMPLES[0], "checkpointedItems": [{"type": "fooItem"}], "foo": {}}
    with client_of({"data": {RIDS[0]: record}}) as client:
        client.records.get_batch(RIDS[:1])
        assert [(entry.value, entry.path) for entry in client.drift] == [
            ("fooItem", f"GetRecordsBatchResponse.data.{RIDS[0]}.checkpointedItems[0].type"),
            ("foo", f"GetRecordsBatchResponse.data.{RIDS[0]}.foo"),
        ]
    bodies = [error_body("CheckpointRecordNotFound", recordRid=RIDS[1], foo=1), error_body("Foo")]
    with client_of(*bodies, status=422) as client:
        for _ in bodies:
            with pytest.raises(UnprocessableEntityError):
                client.records.get(RIDS[1])
        assert [(entry.value, entry.path) for entry in client.drift] == [
            ("foo", "ErrorBody.parameters.foo"),
            ("Foo", "ErrorBody.errorName"),
        ]


def test_what_the_spec_knows_is_no_drift(caplog: pytest.LogCaptureFixture) -> None:
    """Nor are absent, null, and empty parts, documented errors, and responses that aren't JSON of the API."""
    nulls = {**SAMPLES[0], "configRid": None, "checkpointedItems": None, "approvalsMetadata": None}
    with client_of({"data": [*SAMPLES, nulls], "nextPageToken": None}) as client:
        assert len(list(client.records.search(prefetch=False))) == len(SAMPLES) + 1
        drifts = [client.drift]
    bodies = [error_body("CheckpointRecordNotFound", recordRid=RIDS[0]), ["a"], "<html>", "", {"errorName": 5}]
    with client_of(*bodies, status=422) as client:
        for _ in bodies:
            with pytest.raises(UnprocessableEntityError):
                client.records.get(RIDS[0])
        drifts.append(client.drift)
    for drift in drifts:
        assert (list(drift), bool(drift), drift.dropped, str(drift)) == ([], False, 0, "")
    assert reported(caplog) == []


def test_each_retried_response_counts_once() -> None:
    """Two attempts that fail with a new error name are two of them."""
    fault = httpx.Response(500, json=error_body("Default:Foo"))
    with client_of(fault, fault, SAMPLES[0], retry=RetryPolicy(max_retries=3, backoff=0.001)) as client:
        assert client.records.get(RIDS[0]) == RECORDS[0]
        assert things(client.drift) == {("error", "ErrorBody", "Default:Foo"): 2}


def test_a_response_that_doesnt_decode_counts_as_far_as_it_was_read() -> None:
    """Its error is raised as ever, and what precedes the fault counts once."""
    body = {"data": [NEW_TYPE, {**SAMPLES[1], "createdAt": 7}, {**SAMPLES[2], "type": "LATER"}]}
    log = DriftLog()
    with pytest.raises(DecodeError, match=r"data\[1\]\.createdAt"):
        log.observe(SearchCheckpointRecordsResponse.from_dict, body)
    assert things(log.snapshot()) == {("value", "CheckpointType", "FOO_EXPORT"): 1}


def test_what_callers_decode_doesnt_count() -> None:
    """Only responses of the service do, also if a callback decodes."""
    decoded = []

    def on_drift(_: DriftEntry) -> None:
        decoded.append(Record.from_dict({**NEW_TYPE, "scope": "FOO_SCOPED"}))

    log = DriftLog(on_drift)
    log.observe(Record.from_dict, NEW_TYPE)
    Record.from_dict({**NEW_TYPE, "foo": 1})
    assert things(log.snapshot()) == {("value", "CheckpointType", "FOO_EXPORT"): 1}
    assert [record.scope.is_known for record in decoded] == [False]


def test_clients_have_their_own_drift() -> None:
    """What one client met another doesn't know of."""
    with client_of(NEW_TYPE) as one, client_of(NEW_TYPE) as other:
        one.records.get(RIDS[0])
        assert (len(one.drift), len(other.drift)) == (1, 0)


# How it is reported


def test_a_new_thing_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    """It is the sentence of its entry, on a logger of its own, however often the thing occurs."""
    log = DriftLog()
    observe(log, "A", "B", "A")
    first = [str(entry) for entry in log.snapshot()]
    observe(log, "B", "A")
    observe(log, "C")
    assert reported(caplog) == [*first, str(log.snapshot().entries[2])]
    assert len(first) == 2


def test_what_on_drift_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The records are returned, the entry stays, and the next thing is reported."""

    def on_drift(entry: DriftEntry) -> None:
        raise LookupError(entry.value)

    with client_of({**NEW_TYPE, "foo": 1}, on_drift=on_drift) as client:
        assert client.records.get(RIDS[0]).rid == RIDS[0]
        assert len(client.drift) == 2
    failures = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.name for record in failures] == ["foundry_checkpoints.drift"] * 2
    assert [str(record.exc_info and record.exc_info[1]) for record in failures] == ["FOO_EXPORT", "foo"]


# How it looks


def test_an_entry_reads_as_a_sentence() -> None:
    """It says what, in which API, how often, since when, and where. A drift is one line for each."""
    time = datetime(2026, 11, 22, 9, 25, 3, 500, tzinfo=UTC)
    entries = (
        DriftEntry("value", "CheckpointType", "FOO_EXPORT", 3, time, "Record.type"),
        DriftEntry("field", "Record", "foo", 1, time, "Record.foo"),
    )
    assert str(Drift(entries)).splitlines() == [
        f"value CheckpointType FOO_EXPORT is not in the spec of API {__api_version__}: "
        "count 3, first 2026-11-22T09:25:03Z at Record.type",
        f"field Record.foo is not in the spec of API {__api_version__}: "
        "count 1, first 2026-11-22T09:25:03Z at Record.foo",
    ]
    assert repr(Drift(entries, 5)) == "<Drift: 2 entries, 5 dropped>"


def test_a_drift_is_a_snapshot() -> None:
    """It is a collection of frozen entries; what the client meets later is in the next one."""
    log = DriftLog()
    observe(log, "A")
    before = log.snapshot()
    observe(log, "A", "B")
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


def test_no_content_is_kept_or_reported(caplog: pytest.LogCaptureFixture) -> None:
    """Of unknown fields the name is, of unknown variants the discriminator; a credential beside a value is hidden."""
    record = {
        **SAMPLES[0],
        "type": f"token={SECRET}",
        "foo": SECRET,
        "bar": {SECRET: SECRET},
        "justification": {"type": "fooJustification", "response": SECRET, SECRET: 1},
    }
    error = error_body("Foo", recordRid=SECRET) | {"errorDescription": SECRET}
    with client_of(record, httpx.Response(422, json=error)) as client:
        assert client.records.get(RIDS[0]).additional_properties["foo"] == SECRET
        with pytest.raises(UnprocessableEntityError):
            client.records.get(RIDS[0])
        drift = client.drift
    assert len(drift) == len(reported(caplog)) == 5
    assert SECRET not in "\n".join([repr(drift), repr(drift.entries), *reported(caplog)])


def test_what_is_kept_is_one_short_printable_line(caplog: pytest.LogCaptureFixture) -> None:
    """This holds whatever the service names its things; those that read the same are one, at the first place."""
    types = ["a\nINFO forged\x1b[31m\u2028é", "x" * 5000 + "1", "x" * 5000 + "2"]
    log = DriftLog()
    body = {"data": [{**SAMPLES[number], "type": text, text: 1} for number, text in enumerate(types)]}
    log.observe(SearchCheckpointRecordsResponse.from_dict, body)
    drift = log.snapshot()
    assert [(entry.kind, entry.count, entry.path[36:40]) for entry in drift] == [
        ("value", 1, "[0]."),
        ("field", 1, "[0]."),
        ("value", 2, "[1]."),
        ("field", 2, "[1]."),
    ]
    texts = [text for entry in drift for text in (entry.value, entry.path)]
    assert all(len(text) < 210 and text.isprintable() and text.isascii() for text in texts)
    assert all(len(line) < 600 and line.isprintable() for line in reported(caplog))


def test_a_thousand_things_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    """Of what occurs then, known things are still counted, and new ones are only counted as dropped."""
    log = DriftLog()
    observe(log, *map(str, range(990)))
    observe(log, *map(str, range(980, 1_005)))
    assert (len(log.snapshot()), log.snapshot().dropped) == (1_000, 5)
    observe(log, "999", "more", "more")
    assert (len(log.snapshot()), log.snapshot().dropped) == (1_000, 7)
    assert list(log.snapshot())[-1].count == 2
    assert len(reported(caplog)) == 1_000


def test_one_response_of_new_things_is_bounded_too() -> None:
    """A page with more different things than are kept counts the others as dropped."""
    log = DriftLog()
    observe(log, *map(str, range(1_500)))
    assert (len(log.snapshot()), log.snapshot().dropped) == (1_000, 500)


def test_every_unknown_field_of_a_huge_object_is_counted() -> None:
    """The first thousand are entries, and the others are counted as dropped."""
    with client_of({**SAMPLES[0], **{f"new{number}": None for number in range(5_000)}}) as client:
        assert len(client.records.get(RIDS[0]).additional_properties) == 5_000
        assert (len(client.drift), client.drift.dropped) == (1_000, 4_000)


def test_a_response_is_decoded_again_only_for_something_new() -> None:
    """Its paths are looked for once, for all that is new in it."""
    decoded = 0

    def decode(body: Any) -> Any:
        nonlocal decoded
        decoded += 1
        return SearchCheckpointRecordsResponse.from_dict(body)

    log = DriftLog()
    for types, times in ((["A", "B"], 2), (["A"], 1), (["A", "C", "D"], 2), (["D"], 1)):
        decoded = 0
        log.observe(decode, {"data": [{**SAMPLES[0], "type": name} for name in types]})
        assert decoded == times


# Threads and tasks


@pytest.mark.usefixtures("quick_switches")
def test_threads_lose_no_count_and_report_once() -> None:
    """Eight run at a time, each with the same things and one of its own."""
    seen: list[DriftEntry] = []
    log = DriftLog(seen.append)

    def work(worker: int) -> None:
        for number in range(100):
            log.observe(RedactableString.from_dict, {str(number % 10): 1, "all": 1, f"worker {worker}": 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    counts = {entry.value: entry.count for entry in log.snapshot()}
    assert counts == {**dict.fromkeys(map(str, range(10)), 80), "all": 800, **{f"worker {n}": 100 for n in range(8)}}
    assert sorted(entry.value for entry in seen) == sorted(counts)


@pytest.mark.usefixtures("quick_switches")
def test_threads_of_one_client_count_together() -> None:
    """Eight threads share a client, which decodes pages ahead in others."""
    seen: list[DriftEntry] = []
    body = {"data": [{**sample, "type": "FOO_EXPORT"} for sample in SAMPLES[:40]], "foo": 1}
    with client_of(body, on_drift=seen.append) as client, ThreadPoolExecutor(8) as pool:
        assert [*pool.map(lambda _: len(list(client.records.search())), range(8))] == [40] * 8
        found = things(client.drift)
    assert found["value", "CheckpointType", "FOO_EXPORT"] == 8 * 40
    assert found["field", "SearchCheckpointRecordsResponse", "foo"] == 8
    assert len(seen) == len(found)


@pytest.mark.anyio
async def test_windows_of_a_parallel_search_count_each_response(world: World) -> None:
    """However a search is cut up, each response of the service counts once."""
    with Emulator(SAMPLES, faults=[Fault.unknown_values(times=None)]) as emulator:
        async with world.client_of(emulator) as (client, records):
            assert len(await rids(records.search(concurrency=4))) == len(SAMPLES)
            found = things(client.drift)
        assert found["field", "SearchCheckpointRecordsResponse", "emulatorField"] == len(emulator.requests)
    assert found["value", "CheckpointType", "EMULATOR_TYPE"] >= len(SAMPLES)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_of_one_client_count_together(backend: str) -> None:
    """Twenty tasks share a client."""
    seen: list[DriftEntry] = []

    async def main() -> Drift:
        async with httpx.AsyncClient(transport=httpx.MockTransport(Stub(NEW_TYPE))) as http:
            client = AsyncCheckpointsClient(HOST, auth="token", http_client=http, on_drift=seen.append)
            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(client.records.get, RIDS[0])
            return client.drift

    assert things(anyio.run(main, backend=backend)) == {("value", "CheckpointType", "FOO_EXPORT"): 20}
    assert len(seen) == 1
