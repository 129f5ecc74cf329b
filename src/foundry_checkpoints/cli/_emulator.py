"""The command `emulator`."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ._errors import Failure
from ._options import command, flag, number, option
from ._safe import quoted
from ._times import parse_time, parse_zone

if TYPE_CHECKING:
    from foundry_checkpoints.emulator import Fault

_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)/(s|min|h|d)")
_SECONDS: Final = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_FAULT: Final = re.compile(r"([a-z-]+|[2-5]\d\d):(0|1|0?\.\d+)")
_FAULTS: Final = ("reset", "truncate", "garbage", "empty-page", "unknown-values")


def parse_rate(text: str) -> float:
    """Return a number of records per second. Raises `ValueError`."""
    match = _RATE.fullmatch(text)
    count = float(match[1]) if match else 0.0
    if match is None or count == 0:
        raise ValueError(f"must be a rate such as 2/s, 30/min, or 100/h, not {quoted(text)}")
    return count / _SECONDS[match[2]]


def parse_faults(text: str) -> tuple[Fault]:
    """Return the fault that `503:0.05` means, as one of several. Raises `ValueError`."""
    from foundry_checkpoints.emulator import Fault

    match = _FAULT.fullmatch(text)
    if match is None or not (match[1].isdigit() or match[1] in _FAULTS):
        raise ValueError(f"must be KIND:SHARE such as 503:0.05 or {_FAULTS[0]}:0.01, not {quoted(text)}")
    kind, rate = match[1], float(match[2])
    if kind.isdigit():
        return (Fault.status(int(kind), rate=rate),)
    return (getattr(Fault, kind.replace("-", "_"))(rate=rate),)


def _latency(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"must be a number of seconds, not {quoted(text)}")
    return seconds


@command
def emulator(
    port: Annotated[
        int,
        option(
            "--port",
            metavar="PORT",
            help="Port to listen on. 0 takes a free one. Default: 8080.",
            parse=number(0, 65535),
        ),
    ] = 8080,
    records: Annotated[
        int, option("--records", metavar="N", help="Number of sample records. Default: 10000.", parse=number(0))
    ] = 10_000,
    seed: Annotated[
        int, option("--seed", metavar="N", help="Seed of the sample records and of the faults.", parse=number(0))
    ] = 0,
    end: Annotated[
        datetime | None,
        option(
            "--end",
            metavar="TIME",
            help="Time before which the sample records were created. Default: now.",
            parse=lambda text: parse_time(text, parse_zone(None), datetime.now(UTC)),
        ),
    ] = None,
    data: Annotated[
        Path | None,
        option("--data", metavar="FILE", help="Serve the records in this file instead: JSON lines.", parse=Path),
    ] = None,
    rate: Annotated[
        float | None,
        option(
            "--rate",
            metavar="N/UNIT",
            help="Create records while the service runs: 2/s, 30/min, 100/h, 5/d.",
            parse=parse_rate,
        ),
    ] = None,
    fault: Annotated[
        list[Any] | None,
        option(
            "--fault",
            metavar="KIND:SHARE",
            help="Let a share of the requests fail: 503:0.05. The kind is an HTTP status, or one of "
            f"{', '.join(_FAULTS)}. To give several, repeat the option.",
            parse=parse_faults,
        ),
    ] = None,
    latency: Annotated[
        float, option("--latency", metavar="SECONDS", help="Time that each request waits.", parse=_latency)
    ] = 0.0,
    token: Annotated[
        str, option("--token", metavar="TOKEN", help="Access token to accept. Default: emulator-token.")
    ] = "emulator-token",
    debug: Annotated[bool, flag("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Run a local Checkpoints service to try things on.

    It serves sample records on 127.0.0.1 until you press Ctrl-C, and prints what to set for the other commands.

    Examples:
        foundry-checkpoints emulator
        foundry-checkpoints emulator --rate 2/s --fault 503:0.05
    """
    from foundry_checkpoints.emulator import Emulator
    from foundry_checkpoints.emulator._samples import Samples
    from foundry_checkpoints.emulator._traffic import create_records

    samples = Samples(seed)
    served: Iterable[Mapping[str, Any]]
    served = samples.past(records, end or datetime.now(UTC)) if data is None else _read(data)
    # A shell that starts the program in the background lets it ignore SIGINT.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.default_int_handler)
    try:
        with Emulator(served, port=port, latency=latency, token=token, faults=fault or (), seed=seed) as running:
            typer.echo(f"# {running.records:,} records; Ctrl-C stops it. In another terminal:")
            typer.echo(f"export FOUNDRY_HOSTNAME={running.hostname} FOUNDRY_TOKEN={running.token}")
            stopped = Event()
            if rate is not None:
                create_records(running, samples, rate, wait=stopped.wait, clock=lambda: datetime.now(UTC))
            # On Windows, Ctrl-C doesn't end a wait without a timeout: https://github.com/python/cpython/issues/80116
            while not stopped.wait(1):
                pass
    except KeyboardInterrupt:
        return
    except ValueError as error:
        raise Failure(f"{data}: {error}") from None


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from None
            if not isinstance(record, dict):
                raise ValueError(f"line {number}: not an object")  # noqa: TRY004 (bad data, not a bad call)
            yield record
