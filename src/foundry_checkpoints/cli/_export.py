"""The command `export`: every record into files, once."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Self, get_args

import typer

from foundry_checkpoints.errors import CheckpointsError
from foundry_checkpoints.export import Compression, FileFormat, Rotation, file_sink
from foundry_checkpoints.feed import FeedProgress, OutputError, RecordFeed, Sink

from ._connection import Connection
from ._errors import Resumable, usage_error
from ._filters import Filters
from ._health import StatusFile, Systemd
from ._logs import LogFormat, say
from ._options import Options, command, concurrency_option, flag, one_of, option
from ._progress import advance, bar
from ._query import NamedSink, begun_query, query_key, query_of
from ._safe import quoted
from ._stdout import StdoutSink
from ._stopping import stopping
from ._times import parse_duration, when

FILES: Final = "Files"
NEW_RECORDS: Final = "New records"

_SIZE: Final = re.compile(r"(\d{1,12})\s*([kmgt]?)b?", re.IGNORECASE)
_SIZES: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

_PERIODS: Final[dict[str, Rotation]] = {"day": "day", "hour": "hour"}


def _rotation(text: str) -> Rotation:
    if period := _PERIODS.get(text.strip().lower()):
        return period
    match = _SIZE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f"must be day, hour, or a size such as 100MB or 2GB, not {quoted(text)}")
    return int(match[1]) * _SIZES[match[2].upper()]


def _interval(text: str) -> timedelta:
    interval = parse_duration(text)
    if not interval:
        raise ValueError(f"must be a duration above 0 such as 30, 30s, or 2min, not {quoted(text)}")
    return interval


@dataclass(frozen=True, kw_only=True)
class Files(Options):
    """The options for the form of the files."""

    format: Annotated[
        FileFormat | None,
        option(
            "--format",
            metavar="|".join(get_args(FileFormat)),
            help="Format of the file: jsonl has the records unchanged, csv and parquet have flat rows, ocsf has events "
            "of OCSF as lines of JSON. Default: by the name of the file.",
            panel=FILES,
            parse=one_of(*get_args(FileFormat)),
        ),
    ] = None
    compress: Annotated[
        Compression | None,
        option(
            "--compress",
            metavar="gzip|zstd",
            help="Compression of the file. Default: by the name of the file.",
            panel=FILES,
            parse=one_of("gzip", "zstd"),
        ),
    ] = None
    rotate: Annotated[
        Any,
        option(
            "--rotate",
            metavar="SIZE|day|hour",
            help="Begin the next file after a size such as 100MB, or with each day or hour of creation in UTC. "
            "{date} in DEST stands for the day or hour.",
            panel=FILES,
            parse=_rotation,
        ),
    ] = None
    keep: Annotated[
        timedelta | None,
        option(
            "--keep",
            metavar="TIME",
            help="With --rotate day or hour: remove files of this export that are older, such as 30d, whenever a file "
            "begins. Default: keep all.",
            panel=FILES,
            parse=parse_duration,
        ),
    ] = None
    state: Annotated[
        Path | None,
        option(
            "--state",
            metavar="FILE",
            help="Where the export remembers how far it has come. Default: DEST.state.json.",
            panel=FILES,
            parse=Path,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Following(Options):
    """The options for following new records, and for reporting progress."""

    follow: Annotated[bool, flag("--follow", help="Continue with new records until stopped.", panel=NEW_RECORDS)] = (
        False
    )
    interval: Annotated[
        timedelta,
        option(
            "--interval",
            metavar="TIME",
            help="How often --follow looks for new records. Default: 30s.",
            panel=NEW_RECORDS,
            parse=_interval,
        ),
    ] = timedelta(seconds=30)
    overlap: Annotated[
        timedelta,
        option(
            "--overlap",
            metavar="TIME",
            help="How late after its creation a record may become visible without being missed. Default: 2min.",
            panel=NEW_RECORDS,
            parse=parse_duration,
        ),
    ] = timedelta(minutes=2)
    concurrency: Annotated[int, concurrency_option(4)] = 4
    log_format: Annotated[
        LogFormat | None,
        option(
            "--log-format",
            metavar="text|json",
            help="Write log lines with time and level to stderr. Default: text with --follow, otherwise messages.",
            panel=NEW_RECORDS,
            parse=one_of("text", "json"),
        ),
    ] = None
    status_file: Annotated[
        Path | None,
        option(
            "--status-file",
            metavar="FILE",
            help="Keep how the export is doing in this file, as JSON, or as Prometheus metrics if its name ends in "
            ".prom. Written after each look for new records, and every 5 s during a long one.",
            panel=NEW_RECORDS,
            parse=Path,
        ),
    ] = None


@command
def export(
    destination: Annotated[
        Path,
        typer.Argument(metavar="DEST", help="The file to write, such as a.jsonl.gz. - is stdout.", show_default=False),
    ],
    filters: Filters,
    files: Files,
    following: Following,
    connection: Connection,
) -> int:
    """Write all matching records into a file, oldest first, each exactly once.

    Run the same command again to continue, no matter how the last run was interrupted: DEST.state.json remembers.

    DEST - is stdout, where a record is written at least once: after a crash, records since the last commit come again.
    There is no state unless you name one with --state.

    Examples:
        foundry-checkpoints export records.jsonl.gz
        foundry-checkpoints export exports.parquet --type CONTOUR_EXPORT --since 2026-01-01
        foundry-checkpoints export siem/records.jsonl --rotate day --keep 30d --follow --status-file status.json
        foundry-checkpoints export 'lake/{date}/events.jsonl' --format ocsf --rotate hour --state lake.state.json
        foundry-checkpoints export - --follow --state siem.state.json | siem-agent
    """
    is_stdout = str(destination) == "-"
    if is_stdout and (files.compress, files.rotate, files.keep, files.format == "parquet") != (None, None, None, False):
        raise usage_error("--compress, --rotate, --keep, and --format parquet", "can't be combined with DEST -")
    if "{date}" in str(destination) and files.state is None:
        raise usage_error("--state", "is required if DEST contains {date}: name one file for all of them")
    sink: Sink = StdoutSink(files.format or "jsonl")
    if not is_stdout:
        sink = file_sink(
            destination, format=files.format, compression=files.compress, rotation=files.rotate, keep=files.keep
        )
    systemd = Systemd()
    health = None if following.status_file is None else StatusFile(following.status_file)
    display = _Display(systemd.alive, shown=sys.stderr.isatty() and not (is_stdout and sys.stdout.isatty()))
    with (
        TemporaryDirectory() as scratch,
        connection.client(max_concurrency=max(8, following.concurrency)) as client,
        stopping(systemd.alive) as stop,
        display,
    ):

        def progressed(progress: FeedProgress) -> None:
            display(progress)
            if health is not None:
                health.alive(progress, len(client.drift))

        def passed(progress: FeedProgress) -> None:
            if health is not None:
                health.write(progress, len(client.drift))
            systemd.passed(progress)

        default = Path(scratch) / "state.json" if is_stdout else destination.with_name(f"{destination.name}.state.json")
        state_file = files.state or default
        query = begun_query(state_file, query_of(connection, filters), connection.hostname)
        feed = RecordFeed(
            client,
            filters.where,
            state_file,
            overlap=following.overlap,
            concurrency=following.concurrency,
            query_key=query_key(query),
            on_progress=progressed,
            on_pass=passed,
        )
        try:
            if following.follow:
                feed.follow(NamedSink(sink, query), interval=following.interval, stop=stop)
            else:
                feed.run(NamedSink(sink, query), stop=stop)
        except CheckpointsError as error:
            is_full = isinstance(error, OutputError) and error.is_full
            has_begun = bool(feed.progress.committed) or feed.progress.last_success is not None
            if is_full or (has_begun and (files.state or not is_stdout)):
                raise Resumable(error) from error
            raise
        finally:
            systemd.stopping()
    say(summary("stdout" if is_stdout else str(destination), feed.progress))
    return stop.exit_code(follow=following.follow)


def summary(destination: str, progress: FeedProgress) -> str:
    """Return what was done, in one line."""
    if progress.records == 0:
        return f"no new records; {destination} has {progress.committed:,}"
    more = "" if progress.committed == progress.records else f", which now has {progress.committed:,}"
    last = "unknown" if progress.reached is None else when(progress.reached, UTC)
    return f"{progress.records:,} records written to {destination}{more}; the last was created at {last}"


class _Display:
    """Shows the progress as a bar, and calls `alive` for each page."""

    def __init__(self, alive: Callable[[], object], *, shown: bool) -> None:
        self._alive = alive
        self._is_shown = shown
        self._start: datetime | None = None
        self._bar: Any = None

    def __enter__(self) -> Self:
        if self._is_shown:
            self._bar = bar()
            self._bar.start()
            self._bar.add_task("0 records", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, progress: FeedProgress) -> None:
        self._alive()
        self._start = progress.reached if self._start is None else self._start
        if self._bar is not None:
            advance(self._bar, f"{progress.records:,} records", part_done(self._start, progress))


def part_done(start: datetime | None, progress: FeedProgress) -> float | None:
    """Return how much of the time from the first to the newest record was read, or None if it's unknown."""
    if start is None or progress.reached is None or progress.newest is None or progress.newest <= start:
        return None
    return min(1.0, (progress.reached - start) / (progress.newest - start))
