"""The progress of a feed, for an operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedProgress:
    """The progress of a feed, and its lag. A snapshot: the feed makes a new one after each page and pass.

    A quiet feed has a recent `last_success` and a small `lag_seconds`. One that hangs has neither.
    """

    records: int = 0
    """Records delivered in this run, committed or not."""
    committed: int = 0
    """Records committed over all runs."""
    reached: datetime | None = None
    """Creation time of the last record that was read in this run."""
    newest: datetime | None = None
    """Creation time of the newest record when the run began."""
    last_pass: datetime | None = None
    """When the last pass ended, whether it failed or not."""
    last_success: datetime | None = None
    """When the last pass ended that read everything."""
    lag_seconds: float | None = None
    """Seconds since the start of the last pass that read everything. Before there is one: since `reached`."""
    failures: int = 0
    """The number of passes in a row that have failed."""
    error: str | None = None
    """Why the last pass failed; None if it did not."""
