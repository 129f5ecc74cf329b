"""The command `emulator`."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer

from ._errors import Failure
from ._options import command


@command
def emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8080,
    records: Annotated[int, typer.Option(metavar="N", min=0, help="Number of sample records.")] = 10_000,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the sample records.")] = 0,
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Serve these records instead, one JSON object a line.")
    ] = None,
    latency: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="Wait of each request.")] = 0.0,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Run a local Checkpoints service to try things on.

    It serves sample records on 127.0.0.1 until Ctrl-C, and prints what to set so that the other commands use it.
    """
    from foundry_checkpoints.emulator import Emulator, sample_records

    # A shell that starts it in the background has it ignore SIGINT.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.default_int_handler)
    served = sample_records(records, seed) if data is None else _read(data)
    try:
        with Emulator(served, port=port, latency=latency) as running:
            typer.echo(f"# {running.records:,} records; Ctrl-C stops it. In another terminal:")
            typer.echo(f"export FOUNDRY_HOSTNAME={running.hostname} FOUNDRY_TOKEN={running.token}")
            Event().wait()
    except KeyboardInterrupt:
        return
    except ValueError as error:
        raise Failure(f"{data}: {error}") from None


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
