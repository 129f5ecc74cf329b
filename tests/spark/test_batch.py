"""Batch queries, over HTTP."""

# pyright: reportMissingImports=false

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints import F
from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from foundry_checkpoints.flat import COLUMNS, flatten
from foundry_checkpoints.models import Record
from tests.spark.conftest import RECORDS, TOKEN

pyspark_sql = pytest.importorskip("pyspark.sql.datasource", reason="Spark 4.0 has the first data sources in Python")

Load = Callable[..., Any]
MIDDLE = sorted(record["createdAt"] for record in RECORDS)[len(RECORDS) // 2]


def rids(frame: Any) -> list[str]:
    """Return what a query finds, sorted."""
    return sorted(row.rid for row in frame.select("rid").collect())


def matching(condition: Callable[[dict[str, Any]], bool]) -> list[str]:
    """Return what it should find."""
    return sorted(record["rid"] for record in RECORDS if condition(record))


def test_every_record_is_a_row_once(load: Load) -> None:
    """Each row is the flat row of its record, whatever its values are."""
    found = {row.rid: row.asDict() for row in load().collect()}
    expected = {record["rid"]: flatten(Record.from_dict(record)) for record in RECORDS}
    for row in found.values():
        # Spark returns a time in the zone of this process, without saying so.
        row["created_at"] = datetime.fromtimestamp(row["created_at"].timestamp(), UTC)
    assert found == expected
    assert load().columns == list(COLUMNS)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_windows_share_out_the_records(load: Load, count: int) -> None:
    """However many partitions there are, they hold every record once, each oldest first."""
    frame = load(numPartitions=str(count), maxConcurrency="3")
    parts = frame.select("rid", "created_at").rdd.glom().collect()
    assert len(parts) == count
    assert sorted(row.rid for part in parts for row in part) == matching(lambda _: True)
    for part in parts:
        assert [row.created_at for row in part] == sorted(row.created_at for row in part)


def test_since_and_until_bound_a_query(load: Load) -> None:
    """The start is included and the end isn't."""
    assert rids(load(since=MIDDLE)) == matching(lambda record: record["createdAt"] >= MIDDLE)
    assert rids(load(until=MIDDLE)) == matching(lambda record: record["createdAt"] < MIDDLE)
    assert rids(load(since="2040-01-01T00:00:00Z")) == []


def test_a_filter_is_the_json_of_the_api(load: Load) -> None:
    """`where` takes what `to_dict` of an expression returns, together with the times."""
    kind = RECORDS[0]["type"]
    where = json.dumps((F.checkpoint_type == kind).to_dict())
    assert rids(load(where=where)) == matching(lambda record: record["type"] == kind)
    assert rids(load(where=where, since=MIDDLE)) == matching(
        lambda record: record["type"] == kind and record["createdAt"] >= MIDDLE
    )


def test_sql_finds_the_data_source(spark: Any, emulator: Emulator) -> None:
    """A temporary view keeps the options. Nothing registers the data source but its package."""
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW checkpoints USING foundry_checkpoints "
        f"OPTIONS (hostname '{emulator.hostname}', token '{emulator.token}')"
    )
    (row,) = spark.sql("SELECT count(*) AS n, count(DISTINCT rid) AS distinct_n FROM checkpoints").collect()
    assert (row.n, row.distinct_n) == (len(RECORDS), len(RECORDS))


def test_a_limit_ends_a_task_early(load: Load) -> None:
    """Spark doesn't read the rest, and that is no error."""
    assert len(load().limit(5).collect()) == 5


def test_client_credentials_work_in_tasks(load: Load, spark: Any, emulator: Emulator) -> None:
    """The driver and each task request a token of their own."""
    options = {"hostname": emulator.hostname, "clientId": "emulator-client", "clientSecret": "emulator-secret"}
    assert spark.read.format("foundry_checkpoints").options(**options).load().count() == len(RECORDS)
    assert emulator.token_requests >= 3


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"numPartition": "2"}, "unknown option 'numpartition'. Did you mean numPartitions?"),
        ({"numPartitions": "none"}, "option numPartitions must be an integer from 1 to 9999, not 'none'"),
        ({"where": "{"}, "option where must be JSON"),
        ({"where": '{"type": "eq"}'}, "option where can't be sent: where isn't a valid filter"),
        ({"since": "yesterday"}, "option since must be an ISO 8601 time with an offset"),
        ({"token": ""}, "set the option token, or clientId with clientSecret"),
        ({"hostname": "ftp://example.com"}, "ftp:// is allowed for loopback only"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value),
)
def test_a_wrong_option_is_one_line_on_the_driver(
    load: Load, emulator: Emulator, wrong: dict[str, str], line: str
) -> None:
    """`load` itself fails, before a task starts and before anything is sent."""
    sent = emulator.request_counts.total()
    with pytest.raises(Exception, match="PYTHON_DATA_SOURCE_ERROR") as caught:
        load(**wrong)
    (told,) = [each for each in str(caught.value).splitlines() if "ConfigurationError:" in each]
    assert line in told
    assert TOKEN not in str(caught.value)
    assert emulator.request_counts.total() == sent


def test_a_schema_of_ones_own_is_rejected(spark: Any, emulator: Emulator) -> None:
    """The columns are fixed, and the error says what to do instead."""
    reader = spark.read.format("foundry_checkpoints").options(hostname=emulator.hostname, token=emulator.token)
    with pytest.raises(Exception, match=r"leave out \.schema\(\)"):
        reader.schema("rid STRING").load().collect()


def test_an_error_of_the_service_names_its_reason(load: Load, spark: Any) -> None:
    """The message of the library arrives on the driver."""
    with Emulator(sample_records(10), token=TOKEN) as refusing:
        refusing.inject(Fault.error("SearchRecordsPermissionDenied", times=None))
        with pytest.raises(Exception, match="403 SearchRecordsPermissionDenied") as caught:
            load(hostname=refusing.hostname).collect()
    assert TOKEN not in str(caught.value)


def test_the_token_is_in_no_plan_and_no_log(load: Load, logs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither the plans, nor the event log, which the UI shows, nor the log, nor a failed task contain it."""
    frame = load().where("type IS NOT NULL")
    frame.explain(extended=True)
    assert TOKEN not in capfd.readouterr().out
    frame.count()
    with pytest.raises(Exception, match="NetworkError") as caught:
        load(hostname="http://127.0.0.1:9").collect()
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    (events,) = (logs / "events").glob("[!.]*")
    log = (logs / "spark.log").read_text(encoding="utf-8")
    assert "SparkListenerSQLExecutionStart" in events.read_text(encoding="utf-8")
    assert "INFO" in log
    assert TOKEN not in log + events.read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(pyspark_sql, "EqualTo"), reason="PySpark 4.0 pushes no filters down")
def test_filters_are_pushed_down_on_request(load: Load, spark: Any, emulator: Emulator) -> None:
    """With the option and Spark's setting, a query reads less and finds the same."""
    from pyspark.sql import functions

    since = datetime.fromisoformat(MIDDLE) + timedelta(days=60)
    kind = next(record["type"] for record in RECORDS if datetime.fromisoformat(record["createdAt"]) > since)

    def found(frame: Any) -> tuple[list[str], int]:
        before = emulator.request_counts.total()
        recent = frame.where((functions.col("created_at") > functions.lit(since)) & (functions.col("type") == kind))
        return rids(recent), emulator.request_counts.total() - before

    expected, most = found(load())
    spark.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    try:
        pushed, least = found(load(pushdown="true"))
    finally:
        spark.conf.unset("spark.sql.python.filterPushdown.enabled")
    assert pushed == expected != []
    assert least < most
