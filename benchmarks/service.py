"""A service in a process of its own, and other processes that use it."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any, Literal, NamedTuple, ParamSpec, TypeVar

from foundry_checkpoints.emulator import Emulator, Fault, sample_records

from .base import use
from .precomputed import PrecomputedService, Received

P = ParamSpec("P")
T = TypeVar("T")

Found = tuple[float, list[str]]
"""Seconds that a run took, and the RIDs that it found."""
Shape = Literal["spread evenly over a year", "half of them in one hour of a year", "in office hours on weekdays"]

EVEN: Shape = "spread evenly over a year"
SKEWED: Shape = "half of them in one hour of a year"
OFFICE_HOURS: Shape = "in office hours on weekdays"

_END = datetime(2026, 1, 1, tzinfo=UTC)
_BUSY_HOUR = datetime(2025, 6, 2, 9, tzinfo=UTC)
_FIRST_MONDAY = datetime(2025, 1, 6, 8, tzinfo=UTC)
_SPAWN = get_context("spawn")


class Address(NamedTuple):
    hostname: str
    token: str


class Counts(NamedTuple):
    """What the server saw."""

    requests: int
    throttled: int
    """Answered with 429 or 503."""
    repeated: int
    """With the path and the body of an earlier one."""
    at_once: int


@dataclass(frozen=True)
class Plan:
    """What to serve. With faults or `room`, the emulator serves it, else what takes less of the cores."""

    records: int
    shape: Shape = EVEN
    fault_rate: float = 0.0
    """The share of the requests that fail: three fifths with 503, the others by a reset."""
    room: int | None = None
    """Requests in flight beyond which it answers 429."""
    gzip: bool = False


class Service:
    """The server, as the other processes command it."""

    def __init__(self, plan: Plan) -> None:
        keys: list[tuple[str, str]] = []
        records = _noted(_records(plan), keys)
        self._server: Emulator | PrecomputedService
        if faults := _faults(plan):
            self._server = Emulator(records, faults=faults)
            self._server.start()
        else:
            self._server = PrecomputedService(records, gzip=plan.gzip)
        self._rids = [rid for _, rid in sorted(keys, reverse=True)]
        # A full collection of a million records would stall the requests meanwhile.
        gc.collect()
        gc.freeze()

    def address(self) -> Address:
        return Address(self._server.hostname, getattr(self._server, "token", "token"))

    def rids(self, count: int | None = None) -> list[str]:
        """Return the RIDs of all records, or of the newest, newest first: the order of a search."""
        return self._rids[:count]

    def write_rids(self, path: Path) -> None:
        """Write the RIDs, one a line."""
        path.write_text("".join(f"{rid}\n" for rid in self._rids), encoding="utf-8")

    def begin(self, latency: float = 0.0) -> None:
        """Start to count from 0. `latency` is in seconds."""
        self._server.latency = latency
        self._server.clear()

    def received(self) -> list[Received]:
        """Return the requests since `begin`. The emulator keeps the last 10,000 only."""
        return [Received(request.path, request.body) for request in self._server.requests]

    def counts(self) -> Counts:
        statuses = self._server.status_counts
        received = self.received()
        return Counts(
            requests=statuses.total(),
            throttled=statuses[429] + statuses[503],
            repeated=len(received) - len(set(received)),
            at_once=self._server.peak_in_flight,
        )


class _Manager(BaseManager):
    """Serves a `Service` to other processes."""


_Manager.register("serve", Service)


@contextmanager
def serving(plan: Plan) -> Iterator[Service]:
    """Serve in a process of its own, for as long as the context lasts."""
    with _Manager(ctx=_SPAWN) as manager:
        yield manager.serve(plan)  # type: ignore[attr-defined]  # what `register` made


def isolated(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return the result of a call in a new process: nothing that ran before is in its way."""
    return isolated_in((), function, *args, **kwargs)


def isolated_in(package: Sequence[str], function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return the same with the client that lies in the folders `package`, if there are any."""
    with ProcessPoolExecutor(1, mp_context=_SPAWN, initializer=use, initargs=(package,)) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _records(plan: Plan) -> Iterator[dict[str, Any]]:
    chance = random.Random(0)
    for number, record in enumerate(sample_records(plan.records, end=_END)):
        if plan.shape == SKEWED and number % 2:
            record["createdAt"] = _text(_BUSY_HOUR + timedelta(hours=chance.random()))
        elif plan.shape == OFFICE_HOURS:
            day = timedelta(weeks=chance.randrange(51), days=chance.randrange(5))
            record["createdAt"] = _text(_FIRST_MONDAY + day + timedelta(hours=10 * chance.random()))
        yield record


def _text(time: datetime) -> str:
    return f"{time.isoformat(timespec='milliseconds')[:-6]}Z"


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
