"""A progress bar on stderr for a person who waits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from foundry_checkpoints import SearchProgress

if TYPE_CHECKING:
    from rich.progress import Progress


def waits() -> bool:
    """Return whether a person looks at stderr, and nothing else is written to that terminal."""
    return sys.stderr.isatty() and not sys.stdout.isatty()


@contextmanager
def watch(what: str, *, shown: bool) -> Iterator[Callable[[SearchProgress], object] | None]:
    """Return what shows progress as a bar until the block ends; None if nothing is to be shown."""
    if not shown:
        yield None
        return
    with bar() as display:
        display.add_task(f"0 {what}", total=None)
        yield lambda progress: advance(display, f"{progress.records:,} {what}", progress.share)


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
