"""Runs over HTTP that find the same records, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from .report import Cell, Table
from .service import Counts, Found, Service, isolated

_COLUMNS = {
    "": "",
    "s": ".2f",
    "speed over the first": ".2f",
    "limit, s": ".2f",
    "time over the limit": ".2f",
    "requests": ",d",
    "throttled": ",d",
    "repeated": ",d",
    "at once": "d",
}


@dataclass(frozen=True)
class Contender:
    """One way to find the records, with so many requests `at_once`."""

    name: str
    run: Callable[[], Found]
    at_once: int = 1


@dataclass
class Race:
    """Where, for what, and how: `requests` is the least number that it takes, `latency` the seconds of each."""

    service: Service
    rids: Sequence[str]
    requests: int
    latency: float
    repeats: int = 1

    def limit(self, at_once: int) -> float:
        """The least seconds that latency allows."""
        return self.requests / at_once * self.latency

    def table(self, title: str, contenders: Iterable[Contender]) -> tuple[Table, dict[str, float]]:
        """What came of it, and the median seconds of each contender by name. One that fails has a note for its row."""
        table, seconds = Table(title, _COLUMNS), {}
        for contender in contenders:
            try:
                seconds[contender.name], counts = self._run(contender)
            except RuntimeError as error:
                table.notes.append(f"{contender.name}: failed with {error}")
            else:
                first = next(iter(seconds.values()))
                table.rows.append(self._row(contender, seconds[contender.name], first, counts))
        return table, seconds

    def _run(self, contender: Contender) -> tuple[float, Counts]:
        samples = []
        for _ in range(self.repeats):
            self.service.begin(self.latency)
            spent, found = isolated(_outcome, contender.run)
            if found != self.rids:
                raise AssertionError(
                    f"{contender.name} found {len(found)} of {len(self.rids)} records, or not in order"
                )
            samples.append(spent)
        return median(samples), self.service.counts()

    def _row(self, contender: Contender, seconds: float, first: float, counts: Counts) -> Sequence[Cell]:
        limit = self.limit(contender.at_once)
        return (contender.name, seconds, first / seconds, limit or None, seconds / limit if limit else None, *counts)


def _outcome(run: Callable[[], Found]) -> Found:
    try:
        return run()
    except Exception as error:  # of any library: not all of them can be pickled
        raise RuntimeError(f"{type(error).__name__}: {error}"[:200]) from None
