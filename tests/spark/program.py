"""A stream in a process of its own: `python -m tests.spark.program HOSTNAME CHECKPOINT OUTPUT`."""

# pyright: reportMissingImports=false

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

OVERLAP: Final = 1
"""Seconds."""
SPAN: Final = 20 * 86_400
"""Seconds."""


def session(event_log: Path | None = None) -> Any:
    """Return a session with two cores of this machine, without what only costs time."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
    }
    if event_log is not None:
        settings |= {"spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file://{event_log}"}
        settings["spark.eventLog.compress"] = settings["spark.eventLog.rolling.enabled"] = "false"
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def sink(output: Path) -> Callable[[Any, int], None]:
    """Return an idempotent sink: a micro-batch that is repeated replaces what it wrote before."""

    def write(batch: Any, number: int) -> None:
        batch.write.mode("overwrite").parquet(str(output / f"batch={number}"))

    return write


def begun(spark: Any, checkpoint: Path, output: Path, trigger: dict[str, Any], **options: str) -> Any:
    """Start a stream into files."""
    records = spark.readStream.format("foundry_checkpoints").options(**options).load()
    writer = records.writeStream.trigger(**trigger).option("checkpointLocation", str(checkpoint))
    return writer.foreachBatch(sink(output)).start()


def main(hostname: str, checkpoint: str, output: str) -> None:
    """Stream everything that there is, and end."""
    spark = session()
    spark.sparkContext.setLogLevel("INFO")
    options = {"hostname": hostname, "overlapSeconds": str(OVERLAP), "maxSpanSeconds": str(SPAN)}
    begun(spark, Path(checkpoint), Path(output), {"availableNow": True}, **options).awaitTermination()


if __name__ == "__main__":
    main(*sys.argv[1:])
