"""The sink for a file, by its name."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from ..errors import InvalidRequestError
from ..feed import Sink
from ._files import COMPRESSIONS, DATE, PERIODS, Compression, FileSink, Rotation
from ._text import TextFile, gzip_member, zstd_frames

FileFormat: TypeAlias = Literal["jsonl", "csv", "parquet", "ocsf"]

_FORMATS: Final[dict[str, FileFormat]] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}
_ALL: Final = "jsonl, csv, parquet or ocsf"


def file_sink(
    path: str | os.PathLike[str],
    *,
    format: FileFormat | None = None,
    compression: Compression | None = None,
    rotation: Rotation = None,
    keep: timedelta | None = None,
    row_group: int = 20_000,
) -> Sink:
    """Return a sink that writes files. Nothing is opened before the feed runs.

    Args:
        path: The file to write. Missing folders are made. New files are readable by their owner only. With a rotation
            by time, `{date}` in it stands for the day or hour, as in `siem/{date}/records.jsonl`.
        format: How records are written; by default as the extension says, such as `.jsonl`, `.csv.gz` or `.parquet`.
            `ocsf` is lines of JSON, each an event of `foundry_checkpoints.ocsf`.
        compression: By default as the last extension says: `.gz` or `.zst`. Parquet is compressed inside, with zstd
            unless this is `gzip`.
        rotation: A number of bytes after which the next file begins, or `day` or `hour` of creation in UTC. Files are
            then numbered or named by time: `records-000001.jsonl`, `records-2026-10-01.jsonl`. A file that a later one
            follows is complete and never changes. A late record may be in the file after its own.
        keep: With a rotation by time, remove files of this export that are older than this, whenever a file begins.
        row_group: Rows in a row group of Parquet: how many are in memory at a time.

    Raises:
        InvalidRequestError: The arguments don't fit each other.
    """
    path = Path(path)
    format, compression = kind_of(path, format, compression)
    if rotation not in (None, *PERIODS) and (type(rotation) is not int or rotation < 1):
        raise InvalidRequestError(
            f"rotation must be a positive number of bytes, 'day', 'hour' or None, not {rotation!r}"
        )
    if rotation not in PERIODS and (keep is not None or DATE in str(path)):
        raise InvalidRequestError(f"keep, and {DATE} in the path, need a rotation by 'day' or 'hour'")
    if type(row_group) is not int or row_group < 1:
        raise InvalidRequestError(f"row_group must be a positive integer, not {row_group!r}")
    if format == "parquet":
        from ._parquet import ParquetFile

        codec = "zstd" if compression is None else compression
        opener = partial(ParquetFile, codec=codec, row_group=row_group)
        return FileSink(path, opener, f"parquet, {codec}", rotation, keep, None, is_flat=True)
    compress = zstd_frames() if compression == "zstd" else gzip_member if compression == "gzip" else None
    lines = partial(TextFile, format=format, compress=compress)
    form = f"{format}, {compression or 'no compression'}"
    return FileSink(path, lines, form, rotation, keep, Sink.commit_every, is_flat=format == "csv")


def kind_of(
    path: Path, format: FileFormat | None, compression: Compression | None
) -> tuple[FileFormat, Compression | None]:
    """Return format and compression, as the name of the file says where they are not given."""
    named = COMPRESSIONS.get(path.suffix)
    compression = named if compression is None else compression
    found = _FORMATS.get((path.with_suffix("") if named else path).suffix) if format is None else format
    if found is None:
        raise InvalidRequestError(f"{path.name} has no extension that names a format: set it to {_ALL}")
    if found not in get_args(FileFormat):
        raise InvalidRequestError(f"format must be {_ALL}, not {found!r}")
    if compression not in (None, *get_args(Compression)):
        raise InvalidRequestError(
            f"compression must be {', '.join(get_args(Compression))} or None, not {compression!r}"
        )
    if named not in (None, compression):
        raise InvalidRequestError(f"the extension of {path.name} means {named}, not {compression}")
    if found == "parquet" and named:
        raise InvalidRequestError(f"parquet is compressed inside: remove the last extension of {path.name}")
    return found, compression
