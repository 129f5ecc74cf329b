"""Parquet files: each commit makes a complete one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ..feed import OutputError
from ..feed._files import create, replace
from ..flat import FlatSchema

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

_BATCH: Final = 1_000
"""Records to turn into columns at a time."""


class ParquetFile:
    """Rows in a file that is complete whenever it exists. The mark is their number.

    Parquet can't be appended to. To add rows, the file is copied to one with `.part` in its name, which replaces it
    when it is complete. `row_group` is how many rows are in memory at a time, and how often the size becomes known.
    """

    def __init__(self, path: Path, mark: int, schema: FlatSchema, *, codec: str, row_group: int) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._mark = mark
        self._schema = schema
        self._codec = codec
        self._row_group = row_group
        self._records: list[Record] = []
        self._batches: list[pa.RecordBatch] = []
        self._rows = 0
        self._writer: Any = None
        self._stream: BinaryIO | None = None
        self._part.unlink(missing_ok=True)
        if mark == 0:
            path.unlink(missing_ok=True)
            return
        rows = _rows_of(path)
        if rows < mark:
            raise OutputError(f"{path} has fewer rows than at the last commit: put back a complete copy")
        if rows > mark:
            try:
                self._begin()
                self._complete()
            except BaseException:
                self.close()
                raise

    @property
    def size(self) -> int:
        if self._stream is not None:
            return self._stream.tell()
        return self._path.stat().st_size if self._mark else 0

    def add(self, record: Record) -> None:
        if self._stream is None:
            self._begin()
        self._records.append(record)
        if len(self._records) >= min(_BATCH, self._row_group):
            self._gather()

    def commit(self) -> int:
        if self._stream is None and self._mark == 0:
            self._begin()
        if self._stream is not None:
            self._complete()
        return self._mark

    def close(self) -> None:
        with suppress(OSError):  # a full disk: nothing of this file is kept
            self._drop()
        self._part.unlink(missing_ok=True)

    def _begin(self) -> None:
        """Begin a new file with the committed rows of the old one."""
        self._stream = os.fdopen(create(self._part), "wb")
        self._writer = pq.ParquetWriter(self._stream, self._schema.arrow, compression=self._codec)
        self._rows = 0
        if self._mark:
            with pq.ParquetFile(self._path) as old:
                for batch in old.iter_batches(_BATCH):
                    self._write(batch[: self._mark - self._rows])

    def _gather(self) -> None:
        self._write(self._schema.record_batch(self._records))
        self._records.clear()

    def _write(self, batch: pa.RecordBatch) -> None:
        self._batches.append(batch)
        self._rows += batch.num_rows
        if sum(each.num_rows for each in self._batches) >= self._row_group:
            self._write_row_group()

    def _write_row_group(self) -> None:
        table = pa.Table.from_batches(self._batches, self._schema.arrow)
        if table.num_rows:
            self._writer.write_table(table, table.num_rows)
        self._batches.clear()

    def _complete(self) -> None:
        """Replace the old file with the new one."""
        assert self._stream is not None
        self._gather()
        self._write_row_group()
        self._writer.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._drop()
        replace(self._part, self._path)
        self._mark = self._rows

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with stream:
                if self._writer is not None:
                    self._writer.close()


def _rows_of(path: Path) -> int:
    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows)
    except pa.ArrowInvalid as error:
        raise OutputError(f"{path} is damaged: {error}") from None
