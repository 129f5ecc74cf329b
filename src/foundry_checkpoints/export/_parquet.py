"""Parquet files: each commit makes a complete one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ..feed import OutputError
from ..feed._files import replace
from ..flat import Row, arrow_schema, encodable, flatten
from ._files import OpenFile

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

_BATCH = 1_000
ROW_GROUP = 20_000
"""Records in a row group: what is in memory at a time, and what the size of a file is looked at after."""


class ParquetFile(OpenFile):
    """Rows in a file that is complete whenever it is there. The mark is their number.

    Parquet cannot be appended to: to add rows, those that are there are copied into a file with `.part` in its name,
    which takes the place of the old one when it is complete.
    """

    def __init__(self, path: Path, mark: int, codec: str) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._mark = mark
        self._codec = codec
        self._rows: list[Row] = []
        self._batches: list[pa.RecordBatch] = []
        self._waiting = self._total = 0
        self._writer: Any = None
        self._stream: BinaryIO | None = None
        self._part.unlink(missing_ok=True)
        self._go_back()

    def _go_back(self) -> None:
        if self._mark == 0:
            self._path.unlink(missing_ok=True)
            return
        rows = _rows_of(self._path)
        if rows < self._mark:
            raise OutputError(f"{self._path} has lost what was in it: put back a copy that is whole")
        if rows > self._mark:
            self._rewrite()

    def _rewrite(self) -> None:
        """Take the rows away that come after the mark."""
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
        self._rows.append(flatten(record))
        if len(self._rows) >= _BATCH:
            self._gather()

    def commit(self) -> int:
        if self._stream is None and self._mark == 0:
            self._begin()
        if self._stream is not None:
            self._complete()
        return self._mark

    def close(self) -> None:
        with suppress(OSError):  # of a full disk, once more: nothing of this file is kept
            self._drop()
        self._part.unlink(missing_ok=True)

    def _begin(self) -> None:
        """Start a new file with the rows of the old one."""
        self._stream = self._part.open("wb")
        self._writer = pq.ParquetWriter(self._stream, arrow_schema(), compression=self._codec)
        self._total = 0
        if self._mark:
            with pq.ParquetFile(self._path) as old:
                for batch in old.iter_batches(_BATCH):
                    self._write(batch[: self._mark - self._total - self._waiting])

    def _gather(self) -> None:
        self._write(_batch(self._rows))
        self._rows.clear()

    def _write(self, batch: pa.RecordBatch) -> None:
        self._batches.append(batch)
        self._waiting += batch.num_rows
        if self._waiting >= ROW_GROUP:
            self._write_row_group()

    def _write_row_group(self) -> None:
        if self._waiting == 0:
            return
        self._writer.write_table(pa.Table.from_batches(self._batches, arrow_schema()), self._waiting)
        self._total += self._waiting
        self._waiting = 0
        self._batches.clear()

    def _complete(self) -> None:
        """Give the new file the name of the old one."""
        assert self._stream is not None
        self._gather()
        self._write_row_group()
        self._writer.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._drop()
        replace(self._part, self._path)
        self._mark = self._total

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


def _batch(rows: Sequence[Row]) -> pa.RecordBatch:
    schema = arrow_schema()
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    try:
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    except UnicodeEncodeError:
        return _batch([tuple(map(_encodable, row)) for row in rows])
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _encodable(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_encodable(text) for text in cell]
    return encodable(cell) if isinstance(cell, str) else cell
