"""Checkpoint records in Spark: `spark.read.format("foundry_checkpoints")` and `spark.readStream`.

Works with PySpark 4.0 to 4.3, which comes with the platform, and the extra `spark`. docs/how-to/spark.md describes it.
"""

from __future__ import annotations

from typing import Any

__all__ = ["CheckpointsDataSource"]

CheckpointsDataSource: type[Any]
"""The data source `foundry_checkpoints`."""


def __getattr__(name: str) -> Any:
    """Import pyspark when the data source is first used: the modules beside it don't need it."""
    if name != "CheckpointsDataSource":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._source import CheckpointsDataSource as data_source

    return data_source
