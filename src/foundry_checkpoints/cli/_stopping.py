"""Stop an export in good order when a signal arrives."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from . import PROGRAM
from ._errors import INTERRUPTED, RESUMABLE

_LOOK: Final = 0.25
"""Seconds between two looks at whether a signal came."""


class Stop(threading.Event):
    """Set by a signal. It has no lock, because the main thread may hold an event's lock when the signal comes."""

    signum: int | None = None

    def __init__(self, alive: Callable[[], object]) -> None:
        """Make a stop that calls `alive` again and again while somebody waits for it."""
        super().__init__()
        self._alive = alive

    def is_set(self) -> bool:
        """Return whether a signal came."""
        return self.signum is not None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a signal."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            self._alive()
            time.sleep(min(left, _LOOK))
        return self.is_set()

    def exit_code(self, *, follow: bool) -> int:
        """Return the exit status. SIGTERM is how to end an export that follows; any other hasn't done its work."""
        match self.signum:
            case None:
                return 0
            case signal.SIGINT:
                return INTERRUPTED
        return 0 if follow else RESUMABLE


@contextmanager
def stopping(alive: Callable[[], object]) -> Iterator[Stop]:
    """Let the first SIGINT, SIGTERM, or Ctrl-Break stop in good order, all committed, and a second one at once."""
    stop = Stop(alive)

    def handle(signum: int, _: object) -> None:
        if stop.signum is not None:
            raise KeyboardInterrupt
        stop.signum = signum
        # Not by a log handler, whose lock the main thread may hold.
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), f"{PROGRAM}: stopping; send the signal again to stop at once\n".encode())

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    # Windows ends a program by Ctrl-Break, where other systems send SIGTERM.
    signals = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGBREAK", signal.SIGTERM)}
    before = {signum: signal.signal(signum, handle) for signum in signals}
    try:
        yield stop
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
