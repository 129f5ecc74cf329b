"""Errors of a feed, beside those of the client.

CheckpointsError
└── FeedError
    ├── StateError              damaged, or of another query
    │   └── StateLockedError    in use by another run
    └── OutputError             a file could not be read or written
"""

from __future__ import annotations

import errno
from os import PathLike, fspath
from typing import Self

from ..errors import CheckpointsError


class FeedError(CheckpointsError):
    """The feed can't continue. Its state is that of the last commit."""


class StateError(FeedError):
    """The state is damaged, or belongs to another query or output. The feed never overwrites such a state."""


class StateLockedError(StateError):
    """Another run is using the state."""


class OutputError(FeedError):
    """A file can't be read or written, or differs from what the last commit left."""

    is_full: bool = False
    """True if the disk, or the quota of the user, is full."""

    @classmethod
    def of(cls, path: str | PathLike[str], error: OSError) -> Self:
        """Return the error for a file that the operating system failed to read or write."""
        is_full = error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        output_error = cls(f"{fspath(path)}: {error.strerror or error}{'; make room' if is_full else ''}")
        output_error.is_full = is_full
        return output_error
