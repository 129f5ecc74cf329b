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
    """Run one command and return the exit status. The arguments default to `sys.argv`."""
    if missing := [name for name in ("typer", "rich") if find_spec(name) is None]:
        print(f"{PROGRAM}: {missing[0]} isn't installed. Run: pip install '{PROGRAM}[cli]'", file=sys.stderr)
        return 1
    if arguments is None:
        # A page is thousands of objects, none of them in a cycle, and a command has the process to itself.
        gc.set_threshold(50_000)
    try:
        from ._app import run  # after the check that typer is there

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return 130
