"""Release 0.1.0 beside today's client: its packages, taken from its commit by `make bench`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / ".venv-bench" / "release-0.1.0"
RELEASE_0_1_0 = (str(_FOLDER / "src"), str(_FOLDER / "generated_client"))


def use(package: Sequence[str]) -> None:
    """Let this process import the client from some folders, whatever it has imported before."""
    sys.path[:0] = package
    for name in list(sys.modules):
        if name.startswith(("foundry_checkpoints", "benchmarks.")) and name != __name__:
            del sys.modules[name]
