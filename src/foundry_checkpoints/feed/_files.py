"""Files that only their owner may read, and that survive a power cut."""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
"""The mode of a new file: records hold names of people and their reasons."""
BINARY: Final = getattr(os, "O_BINARY", 0)
NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
"""Neither flag exists on every system: only Windows has text mode, and it has no `O_NOFOLLOW`."""
_PAUSES: Final[tuple[float, ...]] = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64) if sys.platform == "win32" else ()
"""Seconds between tries to replace a file. Windows rejects that while a virus scanner or a monitor has it open."""


def make_folder(folder: Path) -> None:
    """Make a folder and its parents durably, where they are missing."""
    # The root of a drive that Windows doesn't have is its own parent.
    if not folder.is_dir() and folder != folder.parent:
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def create(path: Path) -> int:
    """Create a file and return its descriptor. A file or link of that name is removed first, never written through."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | NO_FOLLOW | BINARY, PRIVATE)


def write_all(descriptor: int, data: bytes | bytearray) -> None:
    """Write all of the data. A disk that is nearly full takes only a part of it at first."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Make new and renamed files of a folder durable. Windows does so automatically."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(temporary: Path, path: Path) -> None:
    """Rename a complete, synced file to `path`, atomically and durably. A file that is replaced hands on its mode."""
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            temporary.chmod(stat.S_IMODE(mode))
    for pause in (*_PAUSES, None):
        try:
            temporary.replace(path)
            break
        except PermissionError:
            if pause is None:
                raise
            time.sleep(pause)
    sync_folder(path.parent)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of a file. At every moment, the file holds all of the old or all of the new content."""
    temporary = path.with_name(f"{path.name}.tmp")
    descriptor = create(temporary)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    replace(temporary, path)
