"""Today's client beside release 0.1.0: what needs no connection, in processes that take turns."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from foundry_checkpoints import models
from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.flat import csv_line, flatten

from .base import RELEASE_0_1_0
from .report import Table, Target
from .service import isolated_in
from .timing import medians

_TARGETS = {
    "decode a page": ("decode, CPU over that of 0.1.0", 1.0, True),
    "encode a page": ("encode, CPU over that of 0.1.0", 1.0, True),
    "flatten 100 records": ("flatten, speed over 0.1.0", 2.0, False),
    "100 rows to lines of CSV": ("csv_line, speed over 0.1.0", 1.5, False),
}


def run(quick: bool) -> Iterator[Table]:
    turns, rounds = (1, 3) if quick else (5, 30)
    records = [*sample_records(1_000, end=datetime(2026, 1, 1, tzinfo=UTC))]
    page = json.dumps({"data": random.Random(0).sample(records, 100)}).encode()
    samples = [
        (isolated_in(RELEASE_0_1_0, costs, page, rounds), isolated_in((), costs, page, rounds)) for _ in range(turns)
    ]
    table = Table("Beside release 0.1.0", {"": "", "0.1.0, µs": ",.0f", "today, µs": ",.0f", "today over 0.1.0": ".2f"})
    for name, (text, wanted, is_most) in _TARGETS.items():
        before, after = (median(sample[release][name] for sample in samples) for release in (0, 1))
        ratio = median(sample[1][name] / sample[0][name] for sample in samples)
        table.rows.append((name, before * 1e6, after * 1e6, ratio))
        table.targets.append(Target(text, wanted, ratio if is_most else 1 / ratio, is_most))
    table.notes.append("Median CPU time of a call, of processes that take turns.")
    yield table


def costs(page: bytes, rounds: int) -> dict[str, float]:
    """Return the CPU seconds of each step for a page."""
    response = models.SearchCheckpointRecordsResponse.from_dict(json.loads(page))
    rows = [flatten(record) for record in response.data]
    return medians(
        {
            "decode a page": lambda: models.SearchCheckpointRecordsResponse.from_dict(json.loads(page)),
            "encode a page": lambda: response.to_dict(),
            "flatten 100 records": lambda: [flatten(record) for record in response.data],
            "100 rows to lines of CSV": lambda: [csv_line(row) for row in rows],
        },
        rounds,
    )
