"""What release 0.2.0 promises to those who import it. See the README beside this file."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from foundry_checkpoints import (
    ApiError,
    AsyncCheckpointsClient,
    CheckpointsClient,
    CheckpointsError,
    ClientClosedError,
    ClientCredentialsAuth,
    ConfigurationError,
    DriftEntry,
    F,
    InvalidRequestError,
    NotFoundError,
    RequestTimeoutError,
    RetryPolicy,
    ServiceUnavailableError,
    TokenAuth,
    UnauthorizedError,
    errors,
    models,
)
from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from foundry_checkpoints.export import file_sink
from foundry_checkpoints.feed import RecordFeed, Sink
from foundry_checkpoints.flat import COLUMNS, csv_line, flatten, record_batches

END = datetime(2026, 6, 1, tzinfo=UTC)
SAMPLES = list(sample_records(250, seed=2, end=END))
RIDS = [record["rid"] for record in SAMPLES]
UNKNOWN = RIDS[0][:-12] + "000000000000"
QUICK = RetryPolicy(backoff=0.001)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(SAMPLES) as running:
        yield running


@pytest.fixture
def client(emulator: Emulator) -> Iterator[CheckpointsClient]:
    with CheckpointsClient(emulator.hostname, auth=emulator.token, retry=QUICK) as client:
        yield client


# Reading


@pytest.mark.parametrize("options", [{}, {"prefetch": False}, {"page_size": 7}, {"concurrency": 4}], ids=str)
def test_a_search_returns_each_record_once_in_order(client: CheckpointsClient, options: dict[str, int]) -> None:
    """All records, none twice, in the order of their creation, however they are fetched."""
    found = list(client.records.search(sort_direction="ASC", **options))  # type: ignore[arg-type]
    assert sorted(record.rid for record in found) == sorted(RIDS)
    times = [record.created_at for record in found]
    assert times == sorted(times)
    newest_first = client.records.search(sort_direction=models.SortDirection.DESC)
    assert [record.created_at for record in newest_first] == times[::-1]


def test_a_search_is_lazy_limited_and_resumes(emulator: Emulator, client: CheckpointsClient) -> None:
    """Nothing is sent before the first record is wanted; a page has the token of the next one."""
    pager = client.records.search(page_size=100)
    assert not emulator.requests
    first = pager.first()
    assert first is not None
    assert first.rid in RIDS
    assert len(list(client.records.search(limit=3))) == 3
    pages = list(client.records.search(page_size=100).pages())
    assert [len(page) for page in pages] == [100, 100, 50]
    rest = client.records.search(page_size=100, page_token=pages[0].next_page_token)
    assert [record.rid for record in rest] == [record.rid for page in pages[1:] for record in page]


def test_filters(client: CheckpointsClient) -> None:
    """Filters compare, and are joined by `&`, `|`, and `~`; JSON does as well."""
    kind, other = sorted({record["type"] for record in SAMPLES})[:2]
    start = END - timedelta(days=60)
    chosen = (F.checkpoint_type == kind) & (F.created_at >= start)
    wanted = {r["rid"] for r in SAMPLES if r["type"] == kind and datetime.fromisoformat(r["createdAt"]) >= start}
    assert {record.rid for record in client.records.search(chosen)} == wanted
    assert {record.rid for record in client.records.search(chosen.to_dict())} == wanted
    either = {r["rid"] for r in SAMPLES if r["type"] in (kind, other)}
    ways = [F.checkpoint_type.is_in([kind, other]), (F.checkpoint_type == kind) | (F.checkpoint_type == other)]
    for way in ways:
        assert {record.rid for record in client.records.search(way)} == either
        assert {record.rid for record in client.records.search(~way)} == set(RIDS) - either


def test_records_by_rid(client: CheckpointsClient) -> None:
    """One record, or many in the order of their RIDs, with those that are missing."""
    assert client.records.get(RIDS[5]).to_dict() == SAMPLES[5]
    batch = client.records.get_batch([*RIDS, UNKNOWN])
    assert list(batch) == RIDS
    assert batch.missing == (UNKNOWN,)
    assert [rid for rid, record in client.records.iter_batch(iter([UNKNOWN, *RIDS])) if record is None] == [UNKNOWN]
    with pytest.raises(NotFoundError) as caught:
        client.records.get(UNKNOWN)
    assert caught.value.status_code == 404
    assert caught.value.trace_id


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_async_client_is_the_same(emulator: Emulator, backend: str) -> None:
    """The async client has the same methods, with `await` and `async for`."""

    async def read() -> None:
        async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            assert {record.rid async for record in client.records.search(concurrency=2)} == set(RIDS)
            assert [len(page) async for page in client.records.search(page_size=100).pages()] == [100, 100, 50]
            assert list(await client.records.get_batch(RIDS)) == RIDS
            assert [rid async for rid, _ in client.records.iter_batch(RIDS)] == RIDS
            assert (await client.records.get(RIDS[0])).rid == RIDS[0]

    anyio.run(read, backend=backend)


# Failing


def test_a_failure_that_passes_is_retried(emulator: Emulator, client: CheckpointsClient) -> None:
    """A 503 is tried again, unless the caller wants no retries. An error has the page token to resume from."""
    emulator.inject(Fault.status(503, times=2))
    assert len(list(client.records.search())) == len(RIDS)
    pages = list(client.records.search(page_size=100).pages())
    with CheckpointsClient(emulator.hostname, auth=emulator.token, retry=0) as impatient:
        reading = impatient.records.search(page_size=100, prefetch=False).pages()
        next(reading)
        emulator.inject(Fault.status(503))
        with pytest.raises(ServiceUnavailableError) as caught:
            next(reading)
    assert caught.value.transient
    assert caught.value.attempts == 1
    assert caught.value.page_token == pages[0].next_page_token


def test_a_total_timeout_ends_a_call(emulator: Emulator, client: CheckpointsClient) -> None:
    """A call that takes longer than its total timeout is a built-in TimeoutError, too."""
    emulator.inject(Fault.delay(30))
    with pytest.raises(RequestTimeoutError) as caught:
        client.records.get(RIDS[0], total_timeout=0.05)
    assert isinstance(caught.value, TimeoutError)


def test_misuse(emulator: Emulator, client: CheckpointsClient) -> None:
    """A wrong argument of a client, one of a method, and a closed client each have their error."""
    with pytest.raises(ConfigurationError):
        CheckpointsClient(emulator.hostname, auth=emulator.token, max_concurrency=0)
    with pytest.raises(InvalidRequestError):
        client.records.search(page_size=0)
    with pytest.raises(ValueError, match="RID"):
        client.records.get("")
    client.close()
    with pytest.raises(ClientClosedError):
        client.records.get(RIDS[0])


def test_an_error_can_be_pickled_and_holds_no_secret(emulator: Emulator) -> None:
    """A rejected token is in no text of the error, also not in another process."""
    with CheckpointsClient(emulator.hostname, auth="wrong-token") as client:
        assert "wrong-token" not in repr(client)
        with pytest.raises(UnauthorizedError) as caught:
            client.records.get(RIDS[0])
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (UnauthorizedError, str(caught.value))
    assert "wrong-token" not in f"{again!r} {again} {vars(again)}"
    assert issubclass(ApiError, CheckpointsError)
    assert all(issubclass(getattr(errors, name), CheckpointsError) for name in errors.__all__)


# Credentials


class Context:
    """What another library has."""

    def __init__(self, token: str) -> None:
        self.token = token


def test_credentials(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text, a callable, an object with a token, client credentials, and the environment."""
    token = emulator.token
    credentials = ClientCredentialsAuth(emulator.client_id, emulator.client_secret)
    for auth in (token, lambda: token, TokenAuth(token), Context(token), credentials):
        with CheckpointsClient(emulator.hostname, auth=auth) as client:
            assert client.records.search().first()
    monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
    (tmp_path / "token").write_text(f"{token}\n", encoding="utf-8")
    monkeypatch.setenv("FOUNDRY_TOKEN_FILE", str(tmp_path / "token"))
    with CheckpointsClient() as client:
        assert client.records.search().first()


# What the preview gains


def test_unknown_parts_are_kept_and_reported(emulator: Emulator) -> None:
    """What the spec doesn't know loses nothing, and is reported once."""
    seen: list[DriftEntry] = []
    emulator.inject(Fault.unknown_values())
    with CheckpointsClient(emulator.hostname, auth=emulator.token, on_drift=seen.append) as client:
        assert {record.rid for record in client.records.search()} == set(RIDS)
        assert list(client.drift)
        assert {entry.name for entry in client.drift} == {entry.name for entry in seen}


# Rows, feeds, and files


def test_flat_rows(client: CheckpointsClient) -> None:
    """A row is a dictionary in the order of the columns, a line of CSV, or a part of an Arrow batch."""
    found = list(client.records.search())
    for record in found:
        row = flatten(record)
        assert list(row) == list(COLUMNS)
        assert row["rid"] == record.rid
        assert csv_line(row).endswith("\n")
    assert [batch.num_rows for batch in record_batches(found, size=100)] == [100, 100, 50]


@pytest.mark.parametrize("name", ["records.jsonl", "records.csv.gz", "records.parquet"])
def test_an_export_resumes(emulator: Emulator, client: CheckpointsClient, tmp_path: Path, name: str) -> None:
    """A second run adds what is new, and nothing twice."""
    feed = RecordFeed(client, None, tmp_path / "state.json")
    assert feed.run(file_sink(tmp_path / name)).committed == len(RIDS)
    emulator.add(sample_records(10, seed=3, end=datetime.now(UTC)))
    progress = feed.run(file_sink(tmp_path / name))
    assert progress.committed - len(RIDS) == progress.records > 0


class Collected(Sink):
    """A sink of a caller."""

    def __init__(self) -> None:
        self.rids: list[str] = []

    def open(self, position: object) -> None:
        assert position is None

    def write(self, records: Sequence[models.Record]) -> int:
        self.rids += [record.rid for record in records]
        return len(records)

    def commit(self) -> int:
        return len(self.rids)

    def close(self) -> None:
        pass


def test_a_sink_of_a_caller(client: CheckpointsClient, tmp_path: Path) -> None:
    """A feed delivers each record once to a sink, oldest first."""
    sink = Collected()
    RecordFeed(client, F.created_at < END + timedelta(days=1), tmp_path / "state.json").run(sink)
    by_rid = {record["rid"]: record["createdAt"] for record in SAMPLES}
    assert sorted(sink.rids) == sorted(RIDS)
    assert [by_rid[rid] for rid in sink.rids] == sorted(by_rid.values())
