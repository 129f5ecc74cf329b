"""Every way to read all records of an emulator, and what each must return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

import httpx

from foundry_checkpoints import RetryPolicy
from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.models import Record
from tests.faults.worlds import Ask, World, drain
from tests.samples import SAMPLES_END, newest_first

COUNT: Final = 1_000
SAMPLES: Final = list(sample_records(COUNT, end=SAMPLES_END))
RECORDS: Final = [Record.from_dict(sample) for sample in SAMPLES]
RIDS: Final = [record.rid for record in RECORDS]
WORLDS: Final = ("sync", "asyncio")
TOKEN: Final = "emulator-token"
HTTP_CLIENTS: Final[dict[str, Any]] = {"sync": httpx.Client, "asyncio": httpx.AsyncClient}


@dataclass(frozen=True)
class Way:
    """A way to read all records."""

    name: str
    ask: Ask
    found: Callable[[Any], Any]
    """Returns what to compare of a result."""
    expected: Any

    def mistake(self, world: str, hostname: str, **options: Any) -> str | None:
        """Read with a new client and the default retries; return what is wrong with the result, or None."""
        try:
            result = World(world, None).run(self.ask, hostname, **{"retry": RetryPolicy(), "auth": TOKEN} | options)
        except Exception as error:
            return f"{self.name}, {world}: {type(error).__name__}: {error}"
        return None if self.found(result) == self.expected else f"{self.name}, {world}: other records than there are"


def all_ways(*, page_size: int = 50, unknown: int = 1) -> list[Way]:
    """Return the ways. A batch requests so many unknown RIDs behind each known one."""
    order = newest_first(RECORDS)
    requested = [rid for known in RIDS for rid in (known, *(f"{known}-unknown-{number}" for number in range(unknown)))]

    def search(**options: Any) -> Ask:
        return lambda records: drain(records.search(page_size=page_size, **options))

    return [
        Way("search", search(), _rids, order),
        Way("parallel search", search(concurrency=8), _rids, order),
        Way(
            "unordered search", search(concurrency=8, ordered=False), lambda found: sorted(_rids(found)), sorted(order)
        ),
        Way(
            "get_batch",
            lambda records: records.get_batch(requested),
            lambda batch: (list(batch), len(batch.missing)),
            (RIDS, unknown * COUNT),
        ),
        Way(
            "iter_batch",
            lambda records: drain(records.iter_batch(requested)),
            lambda pairs: [rid if record is None else record.rid for rid, record in pairs],
            requested,
        ),
    ]


def _rids(records: Sequence[Record]) -> list[str]:
    return [record.rid for record in records]


def read_during(disturb: Callable[[], None], hostname: str, ways: Sequence[Way]) -> tuple[list[str], int]:
    """Read in every way, again and again, until `disturb` returns; return the mistakes, and how often all was read.

    A busy machine can take longer to start a gateway than the default retries last, so there are more.
    """
    is_over = Event()

    def read(way: Way, world: str) -> tuple[list[str], int]:
        mistakes, count = [], 0
        while not (is_over.is_set() and count):
            mistakes += [
                text for text in [way.mistake(world, hostname, retry=RetryPolicy(max_retries=8))] if text is not None
            ]
            count += 1
        return mistakes, count

    with ThreadPoolExecutor(len(ways) * len(WORLDS)) as pool:
        readers = [pool.submit(read, way, world) for way in ways for world in WORLDS]
        try:
            disturb()
        finally:
            is_over.set()
    outcomes = [reader.result() for reader in readers]
    return [text for mistakes, _ in outcomes for text in mistakes], sum(count for _, count in outcomes)
