"""The command `export`: every record into files, once."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import typer

from foundry_checkpoints.errors import CheckpointsError
from foundry_checkpoints.export import Rotation, file_sink
from foundry_checkpoints.feed import FeedProgress, OutputError, RecordFeed

from ._connection import Connection, normal_hostname
from ._errors import Resumable
from ._filters import Filters, given_filter
from ._logs import LogFormat, say
from ._options import command, concurrency_option, flag, one_of, option
from ._progress import bar
from ._safe import quoted
from ._stopping import stopping
from ._times import parse_duration, when

FILES: Final = "Files"
NEW_RECORDS: Final = "New records"

_SIZE: Final = re.compile(r"(\d{1,12})\s*([kmgt]?)b?", re.IGNORECASE)
_SIZES: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def _rotation(text: str) -> Rotation:
    if text.strip().lower() == "day":
        return "day"
    match = _SIZE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f"must be day or a size such as 100MB or 2GB, not {quoted(text)}")
    return int(match[1]) * _SIZES[match[2].upper()]


def _interval(text: str) -> timedelta:
    interval = parse_duration(text)
    if not interval:
        raise ValueError(f"must be a duration above 0 such as 30, 30s, or 2min, not {quoted(text)}")
    return interval


@command
def export(
    destination: Annotated[
        Path,
        typer.Argument(metavar="DEST", help="The file to write, such as records.jsonl.gz.", show_default=False),
    ],
    filters: Filters,
    format: Annotated[
        Literal["jsonl", "csv", "parquet"] | None,
        option(
            "--format",
            metavar="jsonl|csv|parquet",
            help="Format of the file: jsonl has the records unchanged, csv and parquet have flat rows. Default: by "
            "the name of the file.",
            panel=FILES,
            parse=one_of("jsonl", "csv", "parquet"),
        ),
    ] = None,
    compress: Annotated[
        Literal["gzip", "zstd"] | None,
        option(
            "--compress",
            metavar="gzip|zstd",
            help="Compression of the file. Default: by the name of the file.",
            panel=FILES,
            parse=one_of("gzip", "zstd"),
        ),
    ] = None,
    rotate: Annotated[
        Any,
        option(
            "--rotate",
            metavar="SIZE|day",
            help="Begin the next file after a size such as 100MB, or with each day of creation in UTC.",
            panel=FILES,
            parse=_rotation,
        ),
    ] = None,
    follow: Annotated[
        bool, flag("--follow", help="Continue with new records until stopped.", panel=NEW_RECORDS)
    ] = False,
    interval: Annotated[
        timedelta,
        option(
            "--interval",
            metavar="TIME",
            help="How often --follow looks for new records. Default: 30s.",
            panel=NEW_RECORDS,
            parse=_interval,
        ),
    ] = timedelta(seconds=30),
    overlap: Annotated[
        timedelta,
        option(
            "--overlap",
            metavar="TIME",
            help="How late after its creation a record may become visible without being missed. Default: 2min.",
            panel=NEW_RECORDS,
            parse=parse_duration,
        ),
    ] = timedelta(minutes=2),
    concurrency: Annotated[int, concurrency_option(4)] = 4,
    log_format: Annotated[
        LogFormat | None,
        option(
            "--log-format",
            metavar="text|json",
            help="Write log lines with time and level to stderr. Default: text with --follow, otherwise messages.",
            panel=NEW_RECORDS,
            parse=one_of("text", "json"),
        ),
    ] = None,
    *,
    connection: Connection,
) -> int:
    """Write all matching records into a file, oldest first, each exactly once.

    Run the same command again to continue, no matter how the last run was interrupted: DEST.state.json remembers.

    Examples:
        foundry-checkpoints export records.jsonl.gz
        foundry-checkpoints export exports.parquet --type CONTOUR_EXPORT --since 2026-01-01
        foundry-checkpoints export siem/records.jsonl --rotate day --follow
    """
    sink = file_sink(destination, format=format, compression=compress, rotation=rotate)
    display = _Display()
    with connection.client(max_concurrency=max(8, concurrency)) as client, stopping() as stop, display:
        destination.parent.mkdir(parents=True, exist_ok=True)
        feed = RecordFeed(
            client,
            filters.where,
            destination.with_name(f"{destination.name}.state.json"),
            overlap=overlap,
            concurrency=concurrency,
            query_key=query_key(connection, filters),
            on_progress=display,
        )
        try:
            _ = feed.follow(sink, interval=interval, stop=stop) if follow else feed.run(sink, stop=stop)
        except CheckpointsError as error:
            if display.last.committed or (isinstance(error, OutputError) and error.is_full):
                raise Resumable(error, connection.hostname) from error
            raise
    say(summary(destination, display.last))
    return stop.exit_code(follow=follow)


def query_key(connection: Connection, filters: Filters) -> str:
    """Name the query by the options as given: `-7d` is the same query tomorrow."""
    given: dict[str, Any] = {name: value for name, value in asdict(filters).items() if value}
    if filters.where_json is not None:
        given["where_json"] = given_filter(filters.where_json).to_dict()
    return json.dumps({"hostname": normal_hostname(connection.hostname), **given}, sort_keys=True)


def summary(destination: Path, progress: FeedProgress) -> str:
    """Return what was done, in one line."""
    if progress.records == 0:
        return f"no new records; {destination} has {progress.committed:,}"
    more = "" if progress.committed == progress.records else f", which now has {progress.committed:,}"
    last = "unknown" if progress.reached is None else when(progress.reached, UTC)
    return f"{progress.records:,} records written to {destination}{more}; the last was created at {last}"


class _Display:
    """Keeps the progress, and shows it as a bar if stderr is a terminal."""

    def __init__(self) -> None:
        self.last = FeedProgress()
        self._start: datetime | None = None
        self._bar: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = bar()
            self._bar.start()
            self._bar.add_task("0 records", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, progress: FeedProgress) -> None:
        self.last = progress
        self._start = progress.reached if self._start is None else self._start
        if self._bar is not None:
            share = part_done(self._start, progress)
            total = None if share is None else 1.0
            self._bar.update(0, description=f"{progress.records:,} records", total=total, completed=share or 0.0)


def part_done(start: datetime | None, progress: FeedProgress) -> float | None:
    """Return how much of the time from the first to the newest record was read, or None if it's unknown."""
    if start is None or progress.reached is None or progress.newest is None or progress.newest <= start:
        return None
    return min(1.0, (progress.reached - start) / (progress.newest - start))
