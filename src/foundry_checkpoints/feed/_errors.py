"""What keeps a feed from going on, beside the errors of the client.

CheckpointsError
└── FeedError
    ├── StateError              damaged, or of another query
    │   └── StateLockedError    another run has it
    └── OutputError             what was to be written could not be
"""

from __future__ import annotations

import errno
from os import PathLike, fspath
from typing import Self

from ..errors import CheckpointsError


class FeedError(CheckpointsError):
    """A feed cannot go on. Its state is as it was at the last commit."""


class StateError(FeedError):
    """The state is damaged, or belongs to another query or output. It is never overwritten."""


class StateLockedError(StateError):
    """Another run uses the state at this moment."""


class OutputError(FeedError):
    """A file could not be read or written, or is not as the last commit left it."""

    is_full: bool = False
    """Whether there is no room left on the disk, for the file or for the user."""

    @classmethod
    def of(cls, path: str | PathLike[str], error: OSError) -> Self:
        """That the system refused to read or write a file."""
        is_full = error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        refusal = cls(f"{fspath(path)}: {error.strerror or error}{'; make room' if is_full else ''}")
        refusal.is_full = is_full
        return refusal
