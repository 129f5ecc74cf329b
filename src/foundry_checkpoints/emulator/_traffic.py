"""New records at a steady rate, as from people at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from foundry_checkpoints_api.types import to_millis

from ._emulator import Emulator
from ._samples import Samples

_SHORTEST_WAIT = 0.01


def create_records(
    emulator: Emulator,
    samples: Samples,
    per_second: float,
    *,
    wait: Callable[[float], bool],
    clock: Callable[[], datetime],
) -> None:
    """Add records, created now, to an emulator until `wait` returns True.

    Args:
        emulator: The emulator to add records to.
        samples: What makes the records.
        per_second: The number of records per second.
        wait: Waits that many seconds, and returns whether to stop, as `threading.Event.wait` does.
        clock: Returns the time.
    """
    start, created = clock(), 0
    while not wait(max(1 / per_second, _SHORTEST_WAIT)):
        now = clock()
        due = int((now - start).total_seconds() * per_second)
        emulator.add(samples.record(to_millis(now)) for _ in range(due - created))
        created = max(created, due)
