"""Everything that a command says on stderr: its own messages and the log lines of the library, in one format."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Final, Literal

from . import PROGRAM
from ._safe import one_line

LogFormat = Literal["text", "json"]

_LIBRARY: Final = logging.getLogger("foundry_checkpoints")
_OWN: Final = logging.getLogger("foundry_checkpoints.cli")


def say(message: str, level: int = logging.INFO) -> None:
    """Write one line to stderr."""
    _OWN.log(level, "%s", message)


def warn(message: str) -> None:
    """Write one line to stderr that starts with `warning:`."""
    say(message, logging.WARNING)


@contextmanager
def logging_to_stderr(
    *, log_format: LogFormat | None = None, level: int | None = None, debug: bool = False
) -> Iterator[None]:
    """Write log lines to stderr while the block runs, in place of an outer block's.

    Without a format, a line is a message for a person: `foundry-checkpoints: …`. With `text` or `json`, or with
    `debug`, it has the time, the level and the name of the program too. `level` is that of the library's own lines,
    WARNING by default.
    """
    handler = _Stderr()
    handler.setFormatter(_FORMATTERS["debug" if debug and log_format is None else log_format]())
    handlers, levels = _LIBRARY.handlers, (_LIBRARY.level, _OWN.level)
    _LIBRARY.handlers = [handler]
    _LIBRARY.setLevel(logging.DEBUG if debug else logging.WARNING if level is None else level)
    _OWN.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LIBRARY.handlers = handlers
        _LIBRARY.setLevel(levels[0])
        _OWN.setLevel(levels[1])


class _Stderr(logging.Handler):
    """Writes to the stderr of the moment. A stderr that is gone is no reason to fail."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):
            print(self.format(record), file=sys.stderr, flush=True)


class _ForPeople(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        is_warning = record.levelno == logging.WARNING
        return f"{PROGRAM}: {'warning: ' if is_warning else ''}{one_line(record.getMessage())}"


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{_time(record)} {record.levelname} {PROGRAM}: {one_line(record.getMessage())}"


class _Debug(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        name = PROGRAM if record.name == _OWN.name else record.name
        return f"{_time(record)} {record.levelname} {name}: {one_line(record.getMessage())}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _time(record), "level": record.levelname, "program": PROGRAM, "logger": record.name}
        return json.dumps(line | {"message": one_line(record.getMessage())})


def _time(record: logging.LogRecord) -> str:
    return f"{datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


_FORMATTERS: Final = {None: _ForPeople, "text": _Text, "debug": _Debug, "json": _Json}
