"""The data source, as Spark calls it. Everything that needs a decision is in the modules beside it."""

# pyright: reportMissingImports=false, reportGeneralTypeIssues=false
# pyspark isn't in the environment that pyright looks at.

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceStreamReader, InputPartition

from ..errors import ConfigurationError
from ..flat import SPARK_SCHEMA
from ._offsets import Offsets
from ._options import SourceOptions
from ._pushdown import pushed
from ._reading import read, time_range, windows

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql.types import StructType

try:
    from pyspark.sql.streaming.datasource import SupportsTriggerAvailableNow
except ImportError:  # before PySpark 4.2

    class SupportsTriggerAvailableNow:  # type: ignore[no-redef]
        """Spark reads up to one offset then."""


class CheckpointsDataSource(DataSource):
    """Checkpoint records, as the rows that `foundry_checkpoints.flat` describes.

    spark.read.format("foundry_checkpoints").options(hostname=…, token=…).load()
    """

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "foundry_checkpoints"

    def schema(self) -> str:
        """Check the options, and return the columns. `load` calls it, so a wrong option fails there."""
        self._parsed()
        return SPARK_SCHEMA

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return the reader of a batch query."""
        options = self._parsed(schema)
        return FilteringReader(options) if options.pushdown else Reader(options)

    def streamReader(self, schema: StructType) -> DataSourceStreamReader:
        """Return the reader of a stream."""
        return StreamReader(self._parsed(schema))

    def _parsed(self, schema: StructType | None = None) -> SourceOptions:
        if schema is not None:
            given = ", ".join(f"`{each.name}` {each.dataType.simpleString().upper()}" for each in schema.fields)
            if given != SPARK_SCHEMA:
                raise ConfigurationError("the columns are fixed: leave out .schema(), and select the ones you need")
        return SourceOptions.parse(self.options, os.environ)


class Reader(DataSourceReader):
    """Reads a batch query: `partitions` on the driver, `read` in each task."""

    def __init__(self, options: SourceOptions) -> None:
        self._options = options

    def partitions(self) -> list[InputPartition]:
        """Return a window of time for each task."""
        start, end = time_range(self._options)
        return [InputPartition(window) for window in windows(start, end, self._options.num_partitions)]

    def read(self, partition: InputPartition) -> Iterator[pyarrow.RecordBatch]:
        """Read one window."""
        return read(self._options, *partition.value)


class FilteringReader(Reader):
    """Reads with the filters of the query.

    A class of its own: a reader that defines `pushFilters` while `spark.sql.python.filterPushdown.enabled` is off, as
    it is by default, fails every query.
    """

    def pushFilters(self, filters: list[Any]) -> Iterable[Any]:
        """Search for less. Spark still applies all filters."""
        self._options = self._options.narrowed(*pushed(filters))
        return filters


class StreamReader(DataSourceStreamReader, SupportsTriggerAvailableNow):
    """Reads a stream. One process of the driver calls everything but `read`."""

    def __init__(self, options: SourceOptions) -> None:
        self._options = options

    @cached_property
    def _offsets(self) -> Offsets:
        return Offsets(self._options)

    def initialOffset(self) -> dict[str, int]:
        """Return where a new stream begins."""
        return {"until": self._offsets.initial()}

    def prepareForTriggerAvailableNow(self) -> None:
        """Remember where a stream with `Trigger.AvailableNow` ends."""
        self._offsets.fix_target()

    def latestOffset(self, start: dict[str, int] | None = None, limit: object = None) -> dict[str, int]:
        """Return where the next micro-batch ends. Before PySpark 4.2, Spark passes no arguments."""
        return {"until": self._offsets.latest(None if start is None else start["until"])}

    def partitions(self, start: dict[str, int], end: dict[str, int]) -> list[InputPartition]:
        """Return a window of time for each task of a micro-batch."""
        self._offsets.position = end["until"]
        return [
            InputPartition(window) for window in windows(start["until"], end["until"], self._options.num_partitions)
        ]

    def read(self, partition: InputPartition) -> Iterator[pyarrow.RecordBatch]:
        """Read one window."""
        return read(self._options, *partition.value)

    def commit(self, end: dict[str, int]) -> None:
        """Do nothing: the offsets in the checkpoint are all that a stream needs."""

    def stop(self) -> None:
        """Close the connections of the driver."""
        self._offsets.close()
