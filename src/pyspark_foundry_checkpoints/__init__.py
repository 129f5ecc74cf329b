"""Registers the Spark data source `foundry_checkpoints`.

Spark imports every package whose name begins with `pyspark_` and registers its `DefaultSource`
(https://issues.apache.org/jira/browse/SPARK-45917). A package that fails then disables the data sources of all others,
so this one never fails.
"""

from contextlib import suppress

with suppress(Exception):
    from foundry_checkpoints.spark import CheckpointsDataSource as DefaultSource  # noqa: F401
