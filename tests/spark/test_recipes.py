"""The code of the how-to pages, run as written."""

from __future__ import annotations

import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.spark.conftest import RECORDS

PAGES: Final = Path(__file__).parents[2] / "docs" / "how-to"


def code(page: str, containing: str) -> dict[str, Any]:
    """Run the block of a page that contains a text, and return what it defines."""
    blocks = re.findall(r"```python\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if containing in block]
    scope: dict[str, Any] = {"__name__": "recipe"}
    exec(compile(block, page, "exec"), scope)
    return scope


@pytest.mark.parametrize("count", [2, 3])
def test_a_transform_with_spark_3_finds_every_record(spark: Any, emulator: Emulator, count: int) -> None:
    """The windows of `mapInArrow` hold every record once, in as many tasks."""
    scope = code("foundry-transform.md", "mapInArrow(")
    end = datetime.now(UTC) + timedelta(minutes=1)
    found = scope["checkpoint_records"](
        spark, emulator.hostname, "emulator-client", "emulator-secret", end - timedelta(days=367), end, count
    )
    assert found.rdd.getNumPartitions() == count
    assert sorted(row.rid for row in found.select("rid").collect()) == sorted(record["rid"] for record in RECORDS)


def test_dlt_loads_each_record_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run adds what is new and what appeared late, and repeats nothing."""
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(tmp_path)
    for name in ("DLT_DATA_DIR", "DLT_PROJECT_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setitem(sys.modules, "recipe", ModuleType("recipe"))  # dlt looks for the module of a resource
    scope = code("dlt.md", "@dlt.resource")
    stored = list(sample_records(300))
    begin = datetime.now(UTC) - timedelta(days=1)
    for number, record in enumerate(stored):
        created_at = begin + timedelta(seconds=number)
        record["createdAt"] = created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    late = stored[150:200:7]
    with Emulator() as service:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", service.hostname)
        monkeypatch.setenv("FOUNDRY_TOKEN", service.token)
        service.add(record for record in stored[:200] if record not in late)
        scope["run"]()
        service.add([*late, *stored[200:]])
        scope["run"]()
    with duckdb.connect("checkpoints.duckdb", read_only=True) as database:
        rows = database.execute("SELECT rid FROM audit.checkpoint_records").fetchall()
    assert Counter(rid for (rid,) in rows) == Counter(record["rid"] for record in stored)
