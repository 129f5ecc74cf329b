"""The command `emulator`."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ._errors import USAGE, Failure
from ._options import command
from ._times import parse_time, parse_zone

if TYPE_CHECKING:
    from foundry_checkpoints.emulator import Fault

T = TypeVar("T")

_RATE = re.compile(r"(\d+(?:\.\d+)?)/(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}


@command
def emulator(
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Port to listen on. 0 takes a free one.")
    ] = 8080,
    records: Annotated[int, typer.Option(metavar="N", min=0, help="Number of sample records.")] = 10_000,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the sample records and of the faults.")] = 0,
    end: Annotated[
        str, typer.Option(metavar="TIME", help="Time before which the sample records were created.")
    ] = "now",
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Serve these records instead, one JSON object a line.")
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(metavar="N/UNIT", help="Create new records while it runs, such as 2/s, 30/min, or 100/h."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND:SHARE",
            help="Let this share of the requests fail, such as 503:0.05. KIND is an HTTP status, reset, truncate, "
            "garbage, empty-page, or unknown-values. Repeat the option for several kinds.",
        ),
    ] = None,
    latency: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="Time that each request waits.")] = 0.0,
    token: Annotated[str, typer.Option(metavar="TOKEN", help="Access token to accept.")] = "emulator-token",
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Run a local Checkpoints service to try things on.

    It serves sample records on 127.0.0.1 until you press Ctrl-C, and prints what to set for the other commands.
    """
    from foundry_checkpoints.emulator import Emulator
    from foundry_checkpoints.emulator._samples import Samples
    from foundry_checkpoints.emulator._traffic import create_records

    now = datetime.now(UTC)
    per_second = None if rate is None else _parsed("--rate", parse_rate, rate)
    faults = [_parsed("--fault", parse_fault, text) for text in fault or ()]
    until = _parsed("--end", lambda text: parse_time(text, parse_zone(None), now), end)
    samples = Samples(seed)
    served: Iterable[Mapping[str, Any]] = samples.past(records, until) if data is None else _read(data)
    # A shell that starts the program in the background lets it ignore SIGINT.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.default_int_handler)
    try:
        with Emulator(served, port=port, latency=latency, token=token, faults=faults, seed=seed) as running:
            typer.echo(f"# {running.records:,} records; Ctrl-C stops it. In another terminal:")
            typer.echo(f"export FOUNDRY_HOSTNAME={running.hostname} FOUNDRY_TOKEN={running.token}")
            stopped = Event()
            if per_second is not None:
                create_records(running, samples, per_second, wait=stopped.wait, clock=lambda: datetime.now(UTC))
            stopped.wait()
    except KeyboardInterrupt:
        return
    except ValueError as error:
        raise Failure(f"{data}: {error}") from None


def _parsed(option: str, parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise Failure(f"{option} {error}", USAGE) from None


def parse_rate(text: str) -> float:
    """Return a number of records per second. Raises `ValueError`."""
    match = _RATE.fullmatch(text)
    number = float(match[1]) if match else 0.0
    if match is None or number == 0:
        raise ValueError(f"must be a rate such as 2/s, 30/min, or 100/h, not {text!r}")
    return number / _SECONDS[match[2]]


def parse_fault(text: str) -> Fault:
    """Return a fault, such as the one of `503:0.05`. Raises `ValueError`."""
    from foundry_checkpoints.emulator import Fault

    kinds = {
        "reset": Fault.reset,
        "truncate": Fault.truncate,
        "garbage": Fault.garbage,
        "empty-page": Fault.empty_page,
        "unknown-values": Fault.unknown_values,
    }
    kind, _, share = text.partition(":")
    is_status = re.fullmatch("[2-5][0-9][0-9]", kind) is not None
    if not (is_status or kind in kinds) or re.fullmatch(r"0|1|0?\.\d+|1\.0+", share) is None:
        raise ValueError(f"must be an HTTP status or one of {', '.join(kinds)}, and a share from 0 to 1, not {text!r}")
    return Fault.status(int(kind), rate=float(share)) if is_status else kinds[kind](rate=float(share))


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _record(line, number)


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from None
    if not isinstance(record, dict):
        raise ValueError(f"line {number}: not an object")  # noqa: TRY004 (bad data, not a bad call)
    return record
