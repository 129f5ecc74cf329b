"""The command `export`: every record into files, once."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

import typer

from foundry_checkpoints.errors import CheckpointsError

from ._errors import INTERRUPTED, RESUMABLE, Resumable, say
from ._options import READING, Connection, Filters, command, usage_error

if TYPE_CHECKING:
    from foundry_checkpoints.export import Rotation
    from foundry_checkpoints.feed import FeedProgress

FILES: Final = "Files"
NEW_RECORDS: Final = "New records"

_SIZE: Final = re.compile(r"(\d{1,12}) ?([kKMGT]?)B?")
_SIZES: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_DURATION: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(s|min|h|d)")
_UNITS: Final = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_LOOK: Final = 0.25
"""Seconds between two looks at whether a signal came."""


@command
def export(
    destination: Annotated[
        Path, typer.Argument(metavar="DEST", help="The file to write, as records.jsonl.gz.", show_default=False)
    ],
    connection: Connection,
    filters: Filters,
    format: Annotated[
        Literal["jsonl", "csv", "parquet"] | None,
        typer.Option(help="Records as they came, or as flat rows.", show_default="by the name", rich_help_panel=FILES),
    ] = None,
    compress: Annotated[
        Literal["gzip", "zstd"] | None,
        typer.Option(help="How the file is compressed.", show_default="by the name", rich_help_panel=FILES),
    ] = None,
    rotate: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE|day",
            help="Begin the next file after 100MB, 2GB, …, or with each day of creation in UTC.",
            rich_help_panel=FILES,
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Go on with new records until stopped.", rich_help_panel=NEW_RECORDS),
    ] = False,
    interval: Annotated[
        str, typer.Option(metavar="TIME", help="How often --follow looks for them.", rich_help_panel=NEW_RECORDS)
    ] = "30s",
    overlap: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="How long after its creation a record may become visible and is not missed.",
            rich_help_panel=NEW_RECORDS,
        ),
    ] = "2min",
    concurrency: Annotated[
        int,
        typer.Option(metavar="N", min=1, max=30, help="Parts of the time read side by side.", rich_help_panel=READING),
    ] = 4,
) -> int:
    """Write all records that match into a file, oldest first, each once.

    The same command goes on where the last one ended, however that was: DEST.state.json knows.
    """
    from foundry_checkpoints.export import file_sink
    from foundry_checkpoints.feed import RecordFeed

    sink = file_sink(destination, format=format, compression=compress, rotation=_rotation(rotate))
    pause, back = _duration("--interval", interval), _duration("--overlap", overlap)
    display = _Display()
    with connection.client(max_concurrency=max(8, concurrency)) as client, _stopping() as stop, display:
        feed = RecordFeed(
            client,
            filters.where,
            destination.with_name(f"{destination.name}.state.json"),
            overlap=back,
            concurrency=concurrency,
            query_key=query_key(connection, filters),
            on_progress=display,
        )
        try:
            _ = feed.follow(sink, interval=pause, stop=stop) if follow else feed.run(sink, stop=stop)
        except CheckpointsError as error:
            if display.last.committed or _is_full(error):
                raise Resumable(error) from error
            raise
    say(summary(destination, display.last))
    return stop.exit_code(follow=follow)


def query_key(connection: Connection, filters: Filters) -> str:
    """Names the query by the options as they were given: `-7d` is the same query tomorrow."""
    from ._filters import given_filter

    given: dict[str, Any] = {name: value for name, value in asdict(filters).items() if value}
    if filters.where_json is not None:
        given["where_json"] = given_filter(filters.where_json).to_dict()
    return json.dumps({"hostname": connection.hostname, **given}, sort_keys=True)


def summary(destination: Path, progress: FeedProgress) -> str:
    """What was done, in one line."""
    if progress.records == 0:
        return f"no new records; {destination} has {progress.committed:,}"
    more = "" if progress.committed == progress.records else f", which now has {progress.committed:,}"
    return f"{progress.records:,} records written to {destination}{more}; the last one is of {_when(progress.reached)}"


def _when(moment: datetime | None) -> str:
    return "no time" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _is_full(error: CheckpointsError) -> bool:
    from foundry_checkpoints.feed import OutputError

    return isinstance(error, OutputError) and error.is_full


def _rotation(text: str | None) -> Rotation:
    if text is None:
        return None
    if text == "day":
        return "day"
    match = _SIZE.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise usage_error("--rotate", f"{text!r} is neither day nor a size such as 100MB or 2GB")
    return int(match[1]) * _SIZES[match[2].upper()]


def _duration(option: str, text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None or (option == "--interval" and not float(match[1])):
        raise usage_error(option, f"{text!r} is no time such as 30s, 2min or 1h")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


# Being stopped


class _Stop(threading.Event):
    """Set by a signal. Without the lock of an event, which the main thread may hold when the signal comes."""

    signum: int | None = None

    def is_set(self) -> bool:
        return self.signum is not None

    def wait(self, timeout: float | None = None) -> bool:
        end = math.inf if timeout is None else time.monotonic() + timeout
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK))
        return self.is_set()

    def exit_code(self, *, follow: bool) -> int:
        """A run that follows is meant to be ended by SIGTERM; any other one has not done its work."""
        match self.signum:
            case None:
                return 0
            case signal.SIGINT:
                return INTERRUPTED
        return 0 if follow else RESUMABLE


@contextmanager
def _stopping() -> Iterator[_Stop]:
    """The first SIGINT or SIGTERM stops in good order, with all committed; a second one at once."""
    stop = _Stop()

    def handle(signum: int, _: object) -> None:
        if stop.signum is not None:
            raise KeyboardInterrupt
        stop.signum = signum
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), b"stopping; once more to stop at once\n")

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {signum: signal.signal(signum, handle) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


# What a person sees who waits


class _Display:
    """Keeps the progress, and shows it as a bar where stderr is a terminal."""

    def __init__(self) -> None:
        from foundry_checkpoints.feed import FeedProgress

        self.last = FeedProgress()
        self._start: datetime | None = None
        self._bar: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from ._progress import bar

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
    """How much of the time from the first to the newest record was read; None where that says nothing."""
    if start is None or progress.reached is None or progress.newest is None or progress.newest <= start:
        return None
    return min(1.0, (progress.reached - start) / (progress.newest - start))
