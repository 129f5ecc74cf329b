"""Where the records go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

Position: TypeAlias = Any
"""Where a sink stands, in JSON. Only the sink reads it."""


class Sink(ABC):
    """Takes the records of a feed. Subclass it to bring them where you need them.

    A run calls `open`, then `write` and `commit` in turns, and at the end, whatever happened, `close`. The feed keeps
    each position that `commit` gave. After a crash, `open` gets the last one that was kept: a sink that then goes back
    to it has every record exactly once. One that cannot go back gets those since that commit again.
    """

    commit_every: int | None = 5_000
    """Records after which the feed commits, if nothing else makes it do so; None leaves it to the end of a run."""

    @abstractmethod
    def open(self, position: Position | None) -> None:
        """Go back to a position, and forget what came after it. None is the beginning: nothing was ever committed."""

    @abstractmethod
    def write(self, records: Sequence[Record]) -> int:
        """Take records, oldest first, and return how many: from the front, all or fewer.

        After fewer the feed commits, before it gives the others again.
        """

    @abstractmethod
    def commit(self) -> Position:
        """Make durable what was written, and return the position after it. There may be nothing new."""

    def close(self) -> None:  # noqa: B027 - a sink that holds nothing has nothing to do
        """Let go of everything, and forget what was not committed. Called also where `open` failed or never was."""
