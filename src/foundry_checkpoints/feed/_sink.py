"""The sink that a feed delivers its records to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

Position: TypeAlias = Any
"""The point up to which a sink has written, as JSON. Only the sink interprets it."""


class Sink(ABC):
    """Takes the records of a feed. Subclass it to bring records to a place of your own.

    A run calls `open`, then `write` and `commit` in turns, and at the end always `close`. The feed saves each position
    that `commit` returns. After a crash, `open` receives the last position that was saved. A sink that can go back to
    it holds every record exactly once. A sink that can't go back receives the records after that commit again.

    `RecordFeed` calls the sink in the thread that runs the feed. `AsyncRecordFeed` calls it in worker threads, one call
    at a time, so that a slow disk does not block the event loop.
    """

    commit_every: int | None = 5_000
    """Records after which the feed commits, unless something else makes it commit earlier; None: only at the end of
    a pass."""

    @abstractmethod
    def open(self, position: Position | None) -> None:
        """Go back to a position and forget what came after it. None is the start: nothing was ever committed."""

    @abstractmethod
    def write(self, records: Sequence[Record]) -> int:
        """Take records, oldest first, and return how many: all of them, or the first few.

        If you take only a part, the feed commits and then offers the rest again.
        """

    @abstractmethod
    def commit(self) -> Position:
        """Make everything written so far durable, and return the position after it. There may be nothing new."""

    def close(self) -> None:  # noqa: B027 - a sink without resources has nothing to release
        """Release all resources and forget what was not committed. Called even if `open` failed or never ran."""
