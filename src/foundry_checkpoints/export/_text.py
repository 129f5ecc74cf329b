"""Files of lines: what is committed is never written again."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from .._rows import json_bytes
from ..feed import OutputError
from ..feed._files import BINARY, create, sync_folder, write_all
from ..flat import FlatSchema, csv_line
from ..ocsf import event

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

_BUFFER: Final = 2**18
"""Bytes after which lines go to the file: few calls to the system, little memory."""


class Compressor(Protocol):
    """Makes one gzip member, or one zstd frame: what there is of it so far, and the rest."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def gzip_member() -> Compressor:
    """Return a compressor that writes no time: the same records give the same bytes."""
    return zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)


def zstd_frames() -> Callable[[], Compressor]:
    """Return a function that makes frames with a checksum, as gzip has one.

    Python 3.14 has zstd in its standard library. An older Python needs the extra `zstd`.
    """
    if sys.version_info >= (3, 14):
        from compression.zstd import CompressionParameter, ZstdCompressor

        return partial(ZstdCompressor, options={CompressionParameter.checksum_flag: 1})
    from zstandard import ZstdCompressor

    return ZstdCompressor(write_checksum=True).compressobj


def header_and_lines(format: str, schema: FlatSchema) -> tuple[str, Callable[[Record], bytes]]:
    """Return the first line of a file in a text format, empty for none, and what makes a line of a record."""
    if format == "csv":
        return csv_line(tuple(schema.columns)), lambda record: csv_line(schema.flatten(record)).encode()
    if format == "ocsf":
        return "", lambda record: json_bytes(event(record)) + b"\n"
    return "", lambda record: json_bytes(record.to_dict()) + b"\n"


class TextFile:
    """Lines of JSON or CSV. Each commit ends a gzip member or zstd frame, so that every mark is between two."""

    def __init__(
        self, path: Path, mark: int, schema: FlatSchema, *, format: str, compress: Callable[[], Compressor] | None
    ) -> None:
        self._path = path
        self._mark = self._written = mark
        header, self._line = header_and_lines(format, schema)
        self._make_compressor = compress
        self._compressor: Compressor | None = None
        self._pending = bytearray()
        self._descriptor = os.open(path, os.O_RDWR | BINARY) if mark else create(path)
        if os.fstat(self._descriptor).st_size < mark:
            os.close(self._descriptor)
            raise OutputError(f"{path} is shorter than at the last commit: put back a complete copy")
        os.ftruncate(self._descriptor, mark)
        os.lseek(self._descriptor, mark, os.SEEK_SET)
        if header and mark == 0:
            self._put(header.encode())

    @property
    def size(self) -> int:
        return self._written + len(self._pending)

    def add(self, record: Record) -> None:
        self._put(self._line(record))
        if len(self._pending) >= _BUFFER:
            self._flush()

    def _put(self, data: bytes) -> None:
        if self._make_compressor is None:
            self._pending += data
            return
        if self._compressor is None:
            self._compressor = self._make_compressor()
        self._pending += self._compressor.compress(data)

    def _flush(self) -> None:
        write_all(self._descriptor, self._pending)
        self._written += len(self._pending)
        self._pending.clear()

    def commit(self) -> int:
        if self._compressor is not None:
            self._pending += self._compressor.flush()
            self._compressor = None
        self._flush()
        os.fsync(self._descriptor)
        if self._mark == 0:
            sync_folder(self._path.parent)
        self._mark = self._written
        return self._mark

    def close(self) -> None:
        with suppress(OSError):  # the next run truncates it too
            os.ftruncate(self._descriptor, self._mark)
        os.close(self._descriptor)
