"""A command as a process on a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import weakref
from collections.abc import Callable, Mapping
from fcntl import ioctl

COMMAND = [sys.executable, "-m", "foundry_checkpoints.cli"]
STARTED_IN_TIME = 60.0
"""Seconds after which a process hangs for sure."""


class Terminal:
    """A process on a terminal of its own, and all that it wrote there."""

    def __init__(
        self, environment: Mapping[str, str], *arguments: str, columns: int = 80, stdout: int | None = None
    ) -> None:
        self._master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment,
            stdin=slave,
            stdout=slave if stdout is None else stdout,
            stderr=slave,
        )
        os.close(slave)
        weakref.finalize(self, self.process.kill)  # a test that fails leaves none behind
        self.text = ""

    def read_until(self, is_enough: Callable[[str], bool]) -> str:
        """What was written, up to where it is enough or the process has ended."""
        end = time.monotonic() + STARTED_IN_TIME
        while not is_enough(self.text) and time.monotonic() < end:
            if select.select([self._master], [], [], 1.0)[0]:
                try:
                    self.text += os.read(self._master, 65536).decode("utf-8", "replace")
                except OSError:  # how Linux says that nobody writes any more
                    break
        return self.text

    def end(self) -> int:
        """Read to the end, and return the exit status."""
        self.read_until(lambda text: False)
        os.close(self._master)
        return self.process.wait(STARTED_IN_TIME)


def plain(text: str) -> str:
    """The text without the codes that colour it and move the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
