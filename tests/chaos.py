"""Read from an emulator where everything goes wrong, and compare with the truth: `make chaos SECONDS=600`.

Requests are answered with errors, late, in part, or not at all. Access tokens expire. The clocks of the clients jump by
up to 400 days, and over every wait. A call must return what the emulator holds, or raise a `CheckpointsError`; what it
yielded before must be right, too. No complete answer is a lie, such as a page that comes twice.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import trio  # noqa: F401 - the first client imports httpcore, which imports trio: not in two threads at a time

from foundry_checkpoints import CheckpointsError, ClientCredentialsAuth, F, RetryPolicy
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.models import Record
from tests.faults.worlds import Ask, World
from tests.samples import RECORDS, RIDS, SAMPLES
from tests.worlds import FakeTime

WORLDS: Final = ("sync", "sync", "asyncio", "trio")
_CALLS: Final = 40
"""Calls of one client."""
_LONGEST_JUMP: Final = 400 * 24 * 3600.0
_TRUTH: Final = {record.rid: record for record in RECORDS}
_OLDEST_FIRST: Final = sorted(RECORDS, key=lambda record: (record.created_at, record.rid))
_FAULTS: Final = (
    Fault.status(503, rate=0.005),
    Fault.status(429, headers={"Retry-After": "1"}, rate=0.005),
    Fault.status(502, body="<html><title>502 Bad Gateway</title></html>", rate=0.01),
    Fault.status(408, rate=0.005),
    Fault.status(500, rate=0.01),
    Fault.reset(rate=0.02),
    Fault.reset(mid_body=True, rate=0.01),
    Fault.truncate(rate=0.01),
    Fault.wrong_length(rate=0.01),
    Fault.wrong_length(10, rate=0.01),
    Fault.garbage(rate=0.002),
    Fault.empty_page(rate=0.01),
    Fault.delay(0.02, rate=0.02),
    Fault.drip(chunks=4, interval=0.005, rate=0.01),
    Fault.expire_token(rate=0.01),
    Fault.status(503, operation="token", rate=0.02),
    Fault.reset(operation="token", rate=0.02),
)


class JumpingTime(FakeTime):
    """A clock that jumps over every wait, and now and then by up to 400 days."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice
        self._offset = 0.0
        self.jumps = 0

    def clock(self) -> float:
        if self._dice.random() < 0.002:
            self._offset += self._dice.uniform(0, _LONGEST_JUMP)
            self.jumps += 1
        return time.monotonic() + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += max(seconds, 0.0)


@dataclass
class Call:
    """A call, what it has yielded, and what it must yield."""

    name: str
    ask: Callable[[Any, list[Any]], Any]
    """Makes the call, and appends what it yields; awaitable in the async client."""
    expected: list[Any]
    is_ordered: bool = True
    found: list[Any] = field(default_factory=list)

    def start(self, records: Any) -> Any:
        """Make the call."""
        return self.ask(records, self.found)

    def mistake(self, outcome: Any) -> str | None:
        """Return what is wrong, given what the call returned or raised."""
        if isinstance(outcome, BaseException) and not isinstance(outcome, CheckpointsError):
            return f"{self.name}: {outcome!r}"
        if not isinstance(outcome, BaseException):
            is_right = self.found == self.expected if self.is_ordered else _sorted(self.found) == _sorted(self.expected)
        elif self.is_ordered:
            is_right = self.found == self.expected[: len(self.found)]
        else:
            rids = [record.rid for record in self.found]
            is_right = len(rids) == len(set(rids)) and all(record in self.expected for record in self.found)
        return (
            None if is_right else f"{self.name}: {len(self.found)} items that aren't the {len(self.expected)} expected"
        )


def _sorted(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.rid)


def _gathered(found: list[Any], source: Any) -> Any:
    """Append the items of an iterator; of an async one, return something to await."""
    if hasattr(source, "__aiter__"):
        return _agathered(found, source)
    for item in source:
        found.append(item)  # noqa: PERF402 - those before an error stay
    return None


async def _agathered(found: list[Any], source: Any) -> None:
    async for item in source:
        found.append(item)  # noqa: PERF401 - those before an error stay


def _kept(found: list[Any], result: Any, items: Callable[[Any], list[Any]]) -> Any:
    """Append the items of a result; of an awaitable one, return something to await."""
    if hasattr(result, "__await__"):
        return _akept(found, result, items)
    found += items(result)
    return None


async def _akept(found: list[Any], result: Any, items: Callable[[Any], list[Any]]) -> None:
    found += items(await result)


def _get(dice: random.Random) -> Call:
    rid = dice.choice(RIDS)
    return Call("get", lambda records, found: _kept(found, records.get(rid), lambda record: [record]), [_TRUTH[rid]])


def _batch(dice: random.Random) -> Call:
    rids = dice.sample(RIDS, dice.randint(1, len(RIDS)))
    rids += [f"{rid}-unknown" for rid in rids[:: dice.randint(1, 9)]]
    dice.shuffle(rids)
    pairs = [(rid, _TRUTH.get(rid)) for rid in rids]
    if dice.random() < 0.5:
        return Call("iter_batch", lambda records, found: _gathered(found, records.iter_batch(rids)), pairs)
    known = [pair for pair in pairs if pair[1] is not None]
    return Call(
        "get_batch",
        lambda records, found: _kept(found, records.get_batch(rids), lambda batch: list(batch.items())),
        known,
    )


def _search(dice: random.Random) -> Call:
    start, end = sorted(dice.sample(_OLDEST_FIRST, 2), key=lambda record: record.created_at)
    direction = dice.choice(["ASC", "DESC"])
    expected = [record for record in _OLDEST_FIRST if start.created_at <= record.created_at < end.created_at]
    expected = expected if direction == "ASC" else expected[::-1]
    options: dict[str, Any] = {"sort_direction": direction, "prefetch": dice.random() < 0.5}
    options["page_size"] = dice.choice([None, 7, 20, 100])
    options["concurrency"] = dice.choice([1, 1, 2, 8])
    is_ordered = options["concurrency"] == 1 or dice.random() < 0.5
    options["ordered"] = is_ordered
    if is_ordered and dice.random() < 0.3:
        options["limit"] = dice.randint(0, 200)
        expected = expected[: options["limit"]]
    if dice.random() < 0.2:
        options["total_timeout"] = 5.0
    where = F.created_at.between(start.created_at, end.created_at)
    name = f"search({', '.join(f'{option}={value!r}' for option, value in options.items())})"
    return Call(name, lambda records, found: _gathered(found, records.search(where, **options)), expected, is_ordered)


@dataclass
class Tally:
    """What happened."""

    calls: int = 0
    jumps: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        errors = ", ".join(f"{count} {name}" for name, count in self.errors.most_common())
        return (
            f"{self.calls} calls, {self.jumps} jumps of a clock, {len(self.mistakes)} wrong; raised: {errors or 'none'}"
        )


def _play(emulator: Emulator, world: str, dice: random.Random, tally: Tally) -> None:
    """Make calls with one client, and count how they end."""
    jumping = JumpingTime(dice)
    calls = [dice.choice([_get, _batch, _search])(dice) for _ in range(_CALLS)]
    asks: list[Ask] = [call.start for call in calls]
    auth = ClientCredentialsAuth(emulator.client_id, emulator.client_secret, clock=jumping.clock)
    outcomes = World(world, jumping).outcomes(asks, emulator.hostname, auth=auth, retry=RetryPolicy())
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, CheckpointsError):
            tally.errors[type(outcome).__name__] += 1
        mistake = call.mistake(outcome)
        tally.mistakes += [] if mistake is None else [f"{world}: {mistake}"]
    tally.calls += len(calls)
    tally.jumps += jumping.jumps


def run(seconds: float, seed: int) -> tuple[Tally, Emulator]:
    """Make calls from several threads for so many seconds."""
    end = time.monotonic() + seconds
    tallies = [Tally() for _ in WORLDS]

    def work(number: int) -> None:
        dice = random.Random(seed * len(WORLDS) + number)
        while time.monotonic() < end:
            _play(emulator, WORLDS[number], dice, tallies[number])

    emulator = Emulator(SAMPLES, faults=_FAULTS, seed=seed, token_lifetime=2.0)
    with emulator, ThreadPoolExecutor(len(WORLDS)) as pool:
        list(pool.map(work, range(len(WORLDS))))
    total = Tally()
    for tally in tallies:
        total.calls += tally.calls
        total.jumps += tally.jumps
        total.errors += tally.errors
        total.mistakes += tally.mistakes
    return total, emulator


def main() -> int:
    """Run from the command line; the status is 1 if an answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.chaos")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    options = parser.parse_args()
    tally, emulator = run(options.seconds, options.seed)
    counts = dict(sorted(emulator.status_counts.items()))
    print(f"seed {options.seed}: {tally}")
    print(f"{sum(emulator.request_counts.values())} requests, answered with {counts}")
    print(*tally.mistakes[:20], sep="\n")
    return 1 if tally.mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
