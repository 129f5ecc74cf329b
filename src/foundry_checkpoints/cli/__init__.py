"""The command `foundry-checkpoints`. It needs the extra `cli`; `python -m foundry_checkpoints.cli` is the same."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

__all__ = ["main"]

PROGRAM: Final = "foundry-checkpoints"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, `sys.argv` without `arguments`, and return the exit status."""
    if missing := [name for name in ("typer", "rich") if find_spec(name) is None]:
        print(f"{PROGRAM}: {missing[0]} is not installed: pip install '{PROGRAM}[cli]'", file=sys.stderr)
        return 1
    if arguments is None:  # the process is ours, and of the thousands of objects of a page none is in a cycle
        gc.set_threshold(50_000)
    try:
        from ._app import run

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return 130
