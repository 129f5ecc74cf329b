"""Signs of life of an export that runs unattended: a status file, and notifications to systemd."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from foundry_checkpoints.feed import FeedProgress
from foundry_checkpoints_api.types import format_time

from ._logs import warn
from ._safe import one_line

_BEAT: Final = 5.0
"""Seconds between two notifications to the watchdog, at least."""


class StatusFile:
    """A JSON file that says how an export is doing. Every reader sees a whole one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._has_failed = False
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, progress: FeedProgress) -> None:
        """Replace the file. If that fails, the export continues, with one warning."""
        try:
            _replace(self._path, f"{json.dumps(status(progress))}\n")
            self._has_failed = False
        except OSError as error:
            if not self._has_failed:
                warn(f"can't write the status file {self._path}: {error.strerror or error}")
            self._has_failed = True


def status(progress: FeedProgress) -> dict[str, Any]:
    """Return the content of a status file."""
    return {
        "last_pass": _time(progress.last_pass),
        "last_success": _time(progress.last_success),
        "last_record": _time(progress.reached),
        "records": progress.committed,
        "lag_seconds": None if progress.lag_seconds is None else round(progress.lag_seconds, 3),
        "failures": progress.failures,
        "error": progress.error,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment.astimezone(UTC))


def _replace(path: Path, text: str) -> None:
    """Replace a file. It has no content of a record, so that a monitoring agent may read it."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    no_follow = getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | no_follow, 0o644)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


class Systemd:
    """Notifies systemd, if it started the process as a unit of `Type=notify`. See `man sd_notify`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._clock = clock
        self._is_ready = False
        self._next_beat = 0.0

    def alive(self, *_: object) -> None:
        """Say that the process is ready, the first time, and that it isn't hung."""
        if not self._is_ready:
            self._is_ready = True
            self._notify("READY=1")
        if self._clock() >= self._next_beat:
            self._next_beat = self._clock() + _BEAT
            self._notify("WATCHDOG=1")

    def passed(self, progress: FeedProgress) -> None:
        """Say how the last pass ended."""
        if progress.failures:
            words = f"{progress.failures} failed passes in a row: {progress.error}"
        else:
            words = f"{progress.committed:,} records, {progress.lag_seconds or 0:.0f} s behind"
        self._notify(f"STATUS={one_line(words)}")

    def stopping(self) -> None:
        """Say that the process ends."""
        self._notify("STOPPING=1")

    def _notify(self, state: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as datagrams:
            datagrams.connect(self._address)
            datagrams.sendall(state.encode())
