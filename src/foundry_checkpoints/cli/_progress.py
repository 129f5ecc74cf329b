"""A progress bar on stderr for a person who waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

    from foundry_checkpoints.models import Record

T = TypeVar("T")
Share = Callable[[int, T], float | None]
"""Returns the part of the work that is done, for a number of things and the last of them, or None if it's unknown."""

_INTERVAL: Final = 0.1


def waits() -> bool:
    """Return whether a person looks at stderr, and nothing else is written to that terminal."""
    return sys.stderr.isatty() and not sys.stdout.isatty()


def watched(things: Iterable[T], what: str, share: Share[T], *, shown: bool) -> Iterator[T]:
    """Return the things as they arrive, and show a bar if `shown`."""
    if not shown:
        yield from things
        return
    due = 0.0
    with bar() as progress:
        progress.add_task(f"0 {what}", total=None)
        for number, thing in enumerate(things, 1):
            if (now := time.monotonic()) >= due:
                due = now + _INTERVAL
                advance(progress, f"{number:,} {what}", share(number, thing))
            yield thing


def advance(progress: Progress, description: str, part: float | None) -> None:
    """Show the part of the work that is done; None if it's unknown."""
    task = progress.task_ids[0]
    progress.update(task, description=description, total=None if part is None else 1.0, completed=part or 0.0)


def bar() -> Progress:
    """Make a bar on stderr that disappears when it ends."""
    # rich takes a tenth of a second to import, and most commands show no bar.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    # By default rich sends to stderr what is written to stdout while the bar is shown.
    return Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)


def by_time(
    start: datetime | None, end: datetime | None, *, ascending: bool, limit: int | None = None
) -> Share[Record]:
    """Make the share of a search that reads from `start` to `end` or the other way, or that ends at a limit."""
    last = datetime.now(UTC) if end is None else end

    def share(number: int, record: Record) -> float | None:
        by_limit = number / limit if limit else None
        if start is None or start >= last:
            return by_limit
        passed = (record.created_at - start) / (last - start)
        return max(0.0 if by_limit is None else by_limit, min(1.0, passed if ascending else 1 - passed))

    return share
