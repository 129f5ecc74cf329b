"""Searches, pages, and batches as data frames, read by the libraries that people use, and as tables in a notebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import duckdb
import httpx
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    F,
    RecordBatch,
    RecordPage,
    Records,
    UnauthorizedError,
)
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.flat import arrow_schema, flatten
from foundry_checkpoints.models import Record
from foundry_checkpoints.text import user, what, why
from tests.samples import RECORDS, RIDS, SAMPLES, SAMPLES_END, newest_first
from tests.worlds import World, answered

ROWS = {record.rid: flatten(record) for record in RECORDS}


@pytest.fixture
def client(emulator: Emulator) -> Iterator[CheckpointsClient]:
    with CheckpointsClient(emulator.hostname, auth=emulator.token) as found:
        yield found


@pytest.fixture
def records(client: CheckpointsClient) -> Records:
    return client.records


def with_duckdb(records: Any) -> list[str]:
    connection = duckdb.connect()
    return [rid for (rid,) in connection.execute("select rid from records").fetchall()]


LIBRARIES: dict[str, Callable[[Any], list[str]]] = {
    "pyarrow": lambda records: pa.table(records)["rid"].to_pylist(),
    "polars": lambda records: pl.DataFrame(records)["rid"].to_list(),
    "pandas": lambda records: list(pd.DataFrame.from_arrow(records)["rid"]),
    "duckdb": with_duckdb,
}
each_library = pytest.mark.parametrize("rids_of", LIBRARIES.values(), ids=list(LIBRARIES))


@each_library
def test_a_search_is_a_frame(rids_of: Callable[[Any], list[str]], records: Records) -> None:
    """Each library reads all records of a search, in order, and again if it is asked again."""
    search = records.search()
    assert rids_of(search) == rids_of(search) == newest_first(RECORDS)


@each_library
def test_a_parallel_search_with_a_filter_is_a_frame(rids_of: Callable[[Any], list[str]], records: Records) -> None:
    """The options of a search hold for its frame."""
    since = SAMPLES_END - timedelta(days=180)
    search = records.search(F.created_at >= since, concurrency=4)
    assert rids_of(search) == newest_first([record for record in RECORDS if record.created_at >= since])


@each_library
def test_a_page_is_a_frame(rids_of: Callable[[Any], list[str]], records: Records) -> None:
    """A page has the rows of its records."""
    found = next(records.search().pages())
    assert rids_of(found) == [record.rid for record in found]


@pytest.mark.parametrize("library", ["pyarrow", "pandas", "duckdb"])
def test_a_batch_is_a_frame(library: str, records: Records) -> None:
    """A batch has the rows of the records that were found. polars takes any mapping for columns, so it is not here."""
    batch = records.get_batch(RIDS[:150])
    assert LIBRARIES[library](batch) == LIBRARIES["polars"](pa.table(batch)) == RIDS[:150]


def test_the_table_of_a_search_is_that_of_its_rows(records: Records) -> None:
    """Columns, types, and cells are those of `foundry_checkpoints.flat`."""
    table = pa.table(records.search())
    assert table.schema.equals(arrow_schema(), check_metadata=True)
    assert table.to_pylist() == [ROWS[rid] for rid in newest_first(RECORDS)]
    assert table.equals(pa.Table.from_pylist([flatten(record) for record in records.search()], schema=arrow_schema()))


def test_a_consumer_can_name_other_types(records: Records) -> None:
    """The schema that a consumer of the stream requests is honored where the types allow it."""
    wanted = pa.schema(
        [field.with_type(pa.large_string()) if field.name == "rid" else field for field in arrow_schema()]
    )
    reader = pa.RecordBatchReader.from_stream(records.search(limit=1), schema=wanted)
    assert reader.read_all().schema.field("rid").type == pa.large_string()


def test_a_stream_is_read_as_far_as_its_reader_goes() -> None:
    """Nothing is sent before the first read. Each batch is made of new pages, so one is in memory."""
    sent: list[httpx.Request] = []

    def endless(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        data = [sample | {"rid": f"{sample['rid']}-{len(sent)}"} for sample in SAMPLES[:100]]
        return httpx.Response(200, json={"data": data, "nextPageToken": f"page-{len(sent)}"})

    with answered(endless) as found:
        reader = pa.RecordBatchReader.from_stream(found.search(prefetch=False))
        for batches in range(4):
            assert len(sent) == 10 * batches
            assert reader.read_next_batch().num_rows == 1_000
        reader.close()
        with pytest.raises(pa.ArrowInvalid, match=r"closed|released"):
            reader.read_next_batch()
        assert len(sent) == 40


@pytest.mark.parametrize("read", [pa.table, pl.DataFrame, pd.DataFrame.from_arrow, with_duckdb])
def test_an_error_of_the_service_ends_the_frame(read: Callable[[Any], Any], emulator: Emulator) -> None:
    """The library raises its own error, with the words of the client."""
    with CheckpointsClient(emulator.hostname, auth="expired") as client:
        with pytest.raises(Exception, match="Unauthorized"):
            read(client.records.search())
        with pytest.raises(UnauthorizedError):
            client.records.search().to_arrow()


@pytest.mark.anyio
async def test_a_table_of_either_client(world: World, emulator: Emulator) -> None:
    """`to_arrow` returns the same table from the sync and the async client, and one without rows for no records."""
    async with world.client_of(emulator) as (client, _):
        for where, expected in ((None, newest_first(RECORDS)), (F.created_at >= SAMPLES_END, [])):
            if isinstance(client, AsyncCheckpointsClient):
                table = await client.records.search(where).to_arrow()
            else:
                table = client.records.search(where).to_arrow()
            assert table.schema.equals(arrow_schema(), check_metadata=True)
            assert table["rid"].to_pylist() == expected


def cells(html: str) -> list[str]:
    return [unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", html)]


def test_a_page_and_a_batch_are_tables_in_a_notebook(records: Records) -> None:
    """The table says when, what, who, on what, and why of the first records, and how many more there are."""
    first_page, batch = next(records.search().pages()), records.get_batch(RIDS[:3])
    for found, shown in ((first_page, 20), (batch, 3)):
        html = found._repr_html_()
        first = list(found)[:shown] if isinstance(found, RecordPage) else list(found.values())
        expected = [[record.type_, user(record), what(record), why(record)] for record in first]
        assert [cells(row)[1:] for row in html.split("<tr>")[2:]] == expected
        assert ("80 more" in html) == (found is first_page)


def test_the_cells_of_a_notebook_are_escaped() -> None:
    """Markup that somebody gives as a reason is text."""
    attack = "<script>alert('&')</script>"
    record = Record.from_dict(SAMPLES[0] | {"actingUser": {"userId": "1", "username": {"value": attack}}})
    html = RecordBatch([(record.rid, record)])._repr_html_()
    assert "<script" not in html
    assert attack in cells(html)
