"""What the library does on Windows, with a double of what differs there: locks, open files, and folders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from foundry_checkpoints.cli._stopping import stopping
from foundry_checkpoints.emulator import Emulator
from tests.exported import OLDEST_FIRST, content, expected

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows needs no double of itself")

DOUBLE = """
import asyncio, errno, fcntl, io, os, pathlib, subprocess, sys, tempfile, time, types
import anyio, attrs, dateutil.parser, httpx
import pyarrow.parquet

locks = types.ModuleType("msvcrt")
locks.LK_NBLCK = 2
flock, LOCK = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB
def locking(descriptor, mode, size):
    assert (mode, size) == (locks.LK_NBLCK, 1)
    flock(descriptor, LOCK)
locks.locking = locking
sys.modules["msvcrt"], sys.modules["fcntl"] = locks, None

del os.O_NOFOLLOW
opened, fsync, rename = os.open, os.fsync, os.rename
def open_file(path, flags, mode=0o777, **options):
    if os.path.isdir(path):
        raise PermissionError(errno.EACCES, "a folder can't be opened")
    return opened(path, flags, mode, **options)
os.open = open_file

replaced, refusals = os.replace, {}
def replace(source, target):
    name = os.path.basename(target)
    if refusals.setdefault(name, 3):
        refusals[name] -= 1
        raise PermissionError(errno.EACCES, "another program has the file open")
    return replaced(source, target)
os.replace = replace
sys.platform = "win32"
"""

PROGRAM = """
from datetime import timedelta
from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.export import file_sink
from foundry_checkpoints.feed import OutputError, RecordFeed, StateFile, StateLockedError

path = pathlib.Path(sys.argv[1])
state = StateFile(path.with_name("state.json"))
with CheckpointsClient() as client:
    feed = RecordFeed(client, None, state)
    for _ in range(2):
        assert feed.run(file_sink(path)).committed == int(sys.argv[2])
    with state.locked():
        try:
            feed.run(file_sink(path))
        except StateLockedError:
            print("locked")
assert refusals and not any(refusals.values()), refusals
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["new/records.jsonl", "records.csv.gz", "records.parquet"])
def test_an_export_on_windows(name: str, tmp_path: Path) -> None:
    """An export runs, resumes, keeps a second run out, and outlasts a program that has a file open for a moment."""
    records = OLDEST_FIRST[:50]
    with Emulator(record.to_dict() for record in records) as emulator:
        service = {"FOUNDRY_HOSTNAME": emulator.hostname, "FOUNDRY_TOKEN": emulator.token}
        done = subprocess.run(
            [sys.executable, "-c", DOUBLE + PROGRAM, tmp_path / name, str(len(records))],
            env={**os.environ, **service, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
        )
    assert (done.returncode, done.stdout) == (0, "locked\n"), done.stderr
    assert content(tmp_path / name) == expected(name, records)


def test_ctrl_break_stops_an_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-Break is to Windows what SIGTERM is elsewhere: it ends an export that follows in good order."""
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    with stopping(lambda: None) as stop:
        signal.raise_signal(signal.SIGUSR1)
        assert stop.is_set()
    assert stop.exit_code(follow=True) == 0
