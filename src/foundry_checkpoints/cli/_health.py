"""Signs of life of an export that runs unattended: a status file, and notifications to systemd."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from foundry_checkpoints.feed import FeedProgress
from foundry_checkpoints_api.types import format_time

from ._logs import warn
from ._safe import one_line

_BEAT: Final = 5.0
"""Seconds between two notifications to the watchdog, and between two writes during a pass, at least."""
_PROMETHEUS: Final = ".prom"
"""The extension of a file for the textfile collector of Prometheus' node_exporter, which reads no other."""


class StatusFile:
    """A file that says how an export is doing, as JSON or as metrics. Every reader sees a whole one."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._format = _metrics if path.suffix == _PROMETHEUS else _json
        self._clock = clock
        self._next_beat = 0.0
        self._has_failed = False
        path.parent.mkdir(parents=True, exist_ok=True)

    def alive(self, progress: FeedProgress, drift: int) -> None:
        """Replace the file if it is some seconds old: a long pass differs from a process that hangs."""
        if self._clock() >= self._next_beat:
            self.write(progress, drift)

    def write(self, progress: FeedProgress, drift: int) -> None:
        """Replace the file. If that fails, the export continues, with one warning."""
        self._next_beat = self._clock() + _BEAT
        try:
            _replace(self._path, self._format(status(progress, drift)))
            self._has_failed = False
        except OSError as error:
            if not self._has_failed:
                warn(f"can't write the status file {self._path}: {error.strerror or error}")
            self._has_failed = True


def status(progress: FeedProgress, drift: int) -> dict[str, Any]:
    """Return the content of a status file. `drift` is how many unknown things the service has returned."""
    return {
        "last_pass": progress.last_pass,
        "last_success": progress.last_success,
        "last_record": progress.reached,
        "records": progress.committed,
        "lag_seconds": None if progress.lag_seconds is None else round(progress.lag_seconds, 3),
        "failures": progress.failures,
        "drift": drift,
        "error": progress.error,
    }


def _json(content: Mapping[str, Any]) -> str:
    return f"{json.dumps(content, default=lambda moment: format_time(moment.astimezone(UTC)))}\n"


def _metrics(content: Mapping[str, Any]) -> str:
    """Return the numbers and times as gauges. See https://prometheus.io/docs/instrumenting/exposition_formats/."""
    lines = []
    for name, value in content.items():
        metric = f"foundry_checkpoints_{name}"
        if isinstance(value, datetime):
            metric, value = f"{metric}_timestamp_seconds", value.timestamp()
        if isinstance(value, int | float):
            lines.append(f"# TYPE {metric} gauge\n{metric} {value}\n")
    return "".join(lines)


def _replace(path: Path, text: str) -> None:
    """Replace a file. It has no content of a record, so that a monitoring agent may read it."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    no_follow = getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | no_follow, 0o644)
    with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
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
