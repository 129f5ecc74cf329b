"""The emulator in a process of its own, and other processes that use it."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from foundry_checkpoints.emulator import Emulator, Fault, sample_records

P = ParamSpec("P")
T = TypeVar("T")

Found = tuple[float, list[str]]
"""Seconds that a run took, and the rids that it found."""

_BUSY_HOUR = datetime(2025, 6, 2, 9)
_HOUR = timedelta(hours=1) // timedelta(milliseconds=1)
_SPAWN = get_context("spawn")


class Address(NamedTuple):
    hostname: str
    token: str


class Counts(NamedTuple):
    """What the server saw."""

    requests: int
    throttled: int
    """Answered 429 or 503."""
    repeated: int
    """With the path and the body of an earlier one."""
    at_once: int


@dataclass(frozen=True)
class Plan:
    """What to serve."""

    records: int
    is_skewed: bool = False
    """Half of the records in one hour of the year, the rest spread over it."""
    fault_rate: float = 0.0
    """The share of the requests that fail: three fifths with 503, the others by a reset."""
    room: int | None = None
    """Requests in flight beyond which it answers 429."""


class Service:
    """The emulator, as the other processes command it."""

    def __init__(self, plan: Plan) -> None:
        keys: list[tuple[str, str]] = []
        self._emulator = Emulator(_noted(_records(plan), keys), faults=_faults(plan))
        self._rids = [rid for _, rid in sorted(keys, reverse=True)]
        self._emulator.start()
        # A full collection of a million records would stall the requests meanwhile.
        gc.collect()
        gc.freeze()

    def address(self) -> Address:
        return Address(self._emulator.hostname, self._emulator.token)

    def rids(self, count: int | None = None) -> list[str]:
        """Those of all records, or of the newest, newest first: the order of a search."""
        return self._rids[:count]

    def write_rids(self, path: Path) -> None:
        """The same, one a line."""
        path.write_text("".join(f"{rid}\n" for rid in self._rids), encoding="utf-8")

    def begin(self, latency: float = 0.0) -> None:
        """Start to count anew. `latency` is in seconds."""
        self._emulator.latency = latency
        self._emulator.clear()

    def counts(self) -> Counts:
        statuses = self._emulator.status_counts
        # The emulator remembers the last 10,000 requests only: no run here repeats itself over more.
        seen = self._emulator.requests
        distinct = {(request.path, request.body) for request in seen}
        return Counts(
            requests=self._emulator.request_counts.total(),
            throttled=statuses[429] + statuses[503],
            repeated=len(seen) - len(distinct),
            at_once=self._emulator.peak_in_flight,
        )


class _Manager(BaseManager):
    """Serves a `Service` to other processes."""


_Manager.register("serve", Service)


@contextmanager
def serving(plan: Plan) -> Iterator[Service]:
    """A service in a process of its own, for as long as the context lasts."""
    with _Manager(ctx=_SPAWN) as manager:
        yield manager.serve(plan)  # type: ignore[attr-defined]  # what `register` made


def isolated(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a call in a new process: nothing that ran before is in its way."""
    with ProcessPoolExecutor(1, mp_context=_SPAWN) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _records(plan: Plan) -> Iterator[dict[str, Any]]:
    rng = random.Random(0)
    for number, record in enumerate(sample_records(plan.records)):
        if plan.is_skewed and number % 2:
            time = _BUSY_HOUR + timedelta(milliseconds=rng.randrange(_HOUR))
            record["createdAt"] = time.isoformat(timespec="milliseconds") + "Z"
        yield record


def _noted(records: Iterator[dict[str, Any]], keys: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for record in records:
        keys.append((record["createdAt"], record["rid"]))
        yield record


def _faults(plan: Plan) -> list[Fault]:
    faults: list[Fault] = []
    if plan.fault_rate:
        faults = [
            Fault.status(503, rate=plan.fault_rate * 0.6),
            Fault.reset(rate=plan.fault_rate * 0.2),
            Fault.reset(mid_body=True, rate=plan.fault_rate * 0.2),
        ]
    if plan.room is not None:
        faults.append(Fault.throttle(plan.room))
    return faults
