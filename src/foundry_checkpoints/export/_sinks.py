"""The sink for a file, by its name."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from ..errors import InvalidRequestError
from ..feed import Sink
from ..flat import SCHEMA_VERSION
from ._files import COMPRESSIONS, Compression, FileSink, Rotation

FileFormat: TypeAlias = Literal["jsonl", "csv", "parquet"]

_FORMATS: Final[dict[str, FileFormat]] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}


def file_sink(
    path: str | os.PathLike[str],
    *,
    format: FileFormat | None = None,
    compression: Compression | None = None,
    rotation: Rotation = None,
) -> Sink:
    """A sink that writes `path`; nothing is opened before the feed runs.

    Format and compression go by the extension, such as `.jsonl`, `.csv.gz`, `.jsonl.zst` or `.parquet`, where they are
    not given. Parquet is compressed inside, with zstd unless `gzip` is given.

    With `rotation`, files are numbered or named by day, as `records-000001.jsonl` or `records-2026-10-01.jsonl`. One
    that a later one follows is complete and never changes. By size, a file ends once it has reached so many bytes;
    by day, with the first record of a later day, so that a late record may be in the file of the day after its own.

    Raises `InvalidRequestError` for what does not go together.
    """
    path = Path(path)
    format, compression = kind_of(path, format, compression)
    if rotation is not None and rotation != "day" and (type(rotation) is not int or rotation < 1):
        raise InvalidRequestError("rotation is a number of bytes above 0, 'day' or None")
    if format == "parquet":
        from ._parquet import ParquetFile

        codec = "zstd" if compression is None else compression
        opener = partial(ParquetFile, codec=codec)
        return FileSink(path, opener, f"parquet {SCHEMA_VERSION}, {codec}", rotation, None)
    from . import _text

    encoders = {"jsonl": (_text.json_line, b""), "csv": (_text.csv_row, _text.CSV_HEADER)}
    encode, header = encoders[format]
    compress = _text.zstd_frames() if compression == "zstd" else _text.gzip_member if compression == "gzip" else None
    lines = partial(_text.TextFile, encode=encode, header=header, compress=compress)
    schema = f" {SCHEMA_VERSION}" if format == "csv" else ""
    return FileSink(path, lines, f"{format}{schema}, {compression or 'no compression'}", rotation, Sink.commit_every)


def kind_of(
    path: Path, format: FileFormat | None, compression: Compression | None
) -> tuple[FileFormat, Compression | None]:
    """Format and compression, by the name of a file where they are not given."""
    named = COMPRESSIONS.get(path.suffix)
    compression = named if compression is None else compression
    found = _FORMATS.get((path.with_suffix("") if named else path).suffix) if format is None else format
    if found is None:
        raise InvalidRequestError(f"{path.name} does not say its format: give {', '.join(get_args(FileFormat))}")
    if found not in get_args(FileFormat) or compression not in (None, *get_args(Compression)):
        raise InvalidRequestError(f"no file is of format {found!r} with compression {compression!r}")
    if named not in (None, compression):
        raise InvalidRequestError(f"{path.name} says {named}, not {compression}")
    if found == "parquet" and named:
        raise InvalidRequestError("parquet is compressed inside: leave out the last extension")
    return found, compression
