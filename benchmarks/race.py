"""Runs over HTTP that find the same records, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time

from .report import Cell, Table
from .service import Counts, Found, Service, isolated_in

_COLUMNS = {
    "": "",
    "s": ".2f",
    "CPU s": ".2f",
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
    """One way to find the records, with so many requests `at_once`, and the client that lies in `package`, if any."""

    name: str
    run: Callable[[], Found]
    at_once: int = 1
    package: Sequence[str] = ()


@dataclass(frozen=True)
class Result:
    """What a contender took, and what the server saw."""

    seconds: float
    cpu: float
    """Of the client's process."""
    counts: Counts


@dataclass
class Race:
    """Where, for what, and how: `requests` is the least number that it takes, `latency` the seconds of each."""

    service: Service
    rids: Sequence[str]
    requests: int
    latency: float
    repeats: int = 1

    def limit(self, at_once: int) -> float:
        """Return the least seconds that latency allows."""
        return self.requests / at_once * self.latency

    def table(self, title: str, contenders: Iterable[Contender]) -> tuple[Table, dict[str, Result]]:
        """Return a row and the medians of each contender. The rows of one that fails are a note."""
        table, results = Table(title, _COLUMNS), {}
        for contender in contenders:
            try:
                results[contender.name] = self.run(contender)
            except RuntimeError as error:
                table.notes.append(f"{contender.name}: failed with {error}")
            else:
                first = next(iter(results.values())).seconds
                table.rows.append(self._row(contender, results[contender.name], first))
        return table, results

    def run(self, contender: Contender) -> Result:
        """Run a contender some times, and return the medians. It has to find every record, in order."""
        samples = []
        for _ in range(self.repeats):
            self.service.begin(self.latency)
            seconds, cpu, found = isolated_in(contender.package, _outcome, contender.run)
            if found != self.rids:
                raise AssertionError(
                    f"{contender.name} found {len(found)} of {len(self.rids)} records, or not in order"
                )
            samples.append((seconds, cpu))
        seconds, cpu = map(median, zip(*samples, strict=True))
        return Result(seconds, cpu, self.service.counts())

    def _row(self, contender: Contender, result: Result, first: float) -> Sequence[Cell]:
        limit, seconds = self.limit(contender.at_once), result.seconds
        speed, over = first / seconds, seconds / limit if limit else None
        return (contender.name, seconds, result.cpu, speed, limit or None, over, *result.counts)


def _outcome(run: Callable[[], Found]) -> tuple[float, float, list[str]]:
    start = process_time()
    try:
        seconds, found = run()
    except Exception as error:  # of any library: not all of them can be pickled
        raise RuntimeError(f"{type(error).__name__}: {error}"[:200]) from None
    return seconds, process_time() - start, found
