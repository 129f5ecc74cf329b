"""The emulator on the command line."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import Emulator, sample_records


def main() -> int:
    """Serve until SIGINT or SIGTERM, and return the exit status."""
    # A shell that starts it in the background has it ignore SIGINT.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.default_int_handler)
    options = _parser().parse_args()
    try:
        _serve(options)
    except KeyboardInterrupt:
        return 0
    except (OSError, ValueError) as error:
        print(f"emulator: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m foundry_checkpoints.emulator",
        description="Serve checkpoint records on 127.0.0.1, as the Checkpoints API of Foundry would.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8080, help="port to listen on; 0 takes a free one")
    parser.add_argument("--records", type=int, default=10_000, metavar="N", help="number of sample records")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample records")
    parser.add_argument("--data", type=Path, metavar="FILE", help="serve these records instead, one JSON object a line")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="wait of each request")
    parser.add_argument("--token", default="emulator-token", help="access token to accept")
    return parser


def _serve(options: argparse.Namespace) -> None:
    records = _read(options.data) if options.data else sample_records(options.records, options.seed)
    with Emulator(records, token=options.token, port=options.port, latency=options.latency) as emulator:
        print(
            f"{emulator.records:,} records on {emulator.hostname}, access token {emulator.token}; Ctrl-C stops it.",
            flush=True,
        )
        threading.Event().wait()


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _record(line, f"{path}:{number}")


def _record(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if not isinstance(record, dict):
        raise ValueError(f"{where}: not an object")  # noqa: TRY004 (bad data, not a bad call)
    return record


if __name__ == "__main__":
    sys.exit(main())
