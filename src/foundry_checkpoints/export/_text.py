"""Files of lines: what is committed is never written again."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ..feed import OutputError
from ..feed._files import sync_folder, write_all
from ..flat import COLUMNS, csv_line, flatten
from ._files import OpenFile

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

try:
    from orjson import dumps as _fast_dumps
except ImportError:
    _fast_dumps = None  # type: ignore[assignment]

Encoder: TypeAlias = Callable[["Record"], bytes]

_BUFFER = 2**18


class Compressor(Protocol):
    """Makes one gzip member, or one zstd frame: what there is of it so far, and the rest."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def json_line(record: Record) -> bytes:
    """The record as it came, on one line."""
    data = record.to_dict()
    if _fast_dumps is not None:
        with suppress(TypeError):  # a surrogate, or a number beyond 64 bits
            return _fast_dumps(data) + b"\n"
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"  # in JSON, the same surrogate


def csv_row(record: Record) -> bytes:
    """The flat record."""
    return csv_line(flatten(record)).encode()


CSV_HEADER = csv_line(COLUMNS).encode()


def gzip_member() -> Compressor:
    """Without a time: the same records give the same bytes."""
    return zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)


def zstd_frames() -> Callable[[], Compressor]:
    """Makes frames with a checksum, as gzip has one. Needs the extra `zstd`."""
    from zstandard import ZstdCompressor

    compressor = ZstdCompressor(write_checksum=True)
    return compressor.compressobj


class TextFile(OpenFile):
    """Lines, after a header. Each commit ends a gzip member or zstd frame, so that every mark is between two."""

    def __init__(
        self,
        path: Path,
        mark: int,
        encode: Encoder,
        header: bytes = b"",
        compress: Callable[[], Compressor] | None = None,
    ) -> None:
        self._path = path
        self._mark = mark
        self._encode = encode
        self._make_compressor = compress
        self._compressor: Compressor | None = None
        self._pending = bytearray()
        self._written = mark
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        self._go_back()
        if mark == 0:
            self._put(header)

    def _go_back(self) -> None:
        if os.fstat(self._descriptor).st_size < self._mark:
            os.close(self._descriptor)
            raise OutputError(f"{self._path} has lost what was in it: put back a copy that is whole")
        os.ftruncate(self._descriptor, self._mark)
        os.lseek(self._descriptor, self._mark, os.SEEK_SET)

    @property
    def size(self) -> int:
        return self._written + len(self._pending)

    def add(self, record: Record) -> None:
        self._put(self._encode(record))
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
        with suppress(OSError):  # whoever opens it at the mark does it then
            os.ftruncate(self._descriptor, self._mark)
        os.close(self._descriptor)
