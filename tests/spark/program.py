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


_LOGGING: Final = """
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {file}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
"""


def session(logs: Path | None = None) -> Any:
    """Return a session with two cores of this machine, without what only costs time.

    `logs` is a folder for its log, in all detail, and for what its UI shows.
    """
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
        # Since 4.1, a stream that was killed while Spark wrote its first offset would not start again.
        "spark.sql.streaming.verifyCheckpointDirectoryEmptyOnStart": "false",
    }
    if logs is not None:
        (logs / "log4j2.properties").write_text(_LOGGING.format(file=logs / "spark.log"))
        (logs / "events").mkdir()
        settings["spark.driver.extraJavaOptions"] += f" -Dlog4j2.configurationFile=file:{logs}/log4j2.properties"
        settings |= {"spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file://{logs}/events"}
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
    options = {"hostname": hostname, "overlapSeconds": str(OVERLAP), "maxSpanSeconds": str(SPAN), "numPartitions": "4"}
    begun(session(), Path(checkpoint), Path(output), {"availableNow": True}, **options).awaitTermination()


if __name__ == "__main__":
    main(*sys.argv[1:])
