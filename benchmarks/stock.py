"""What openapi-python-client makes of the spec with its own templates."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = "stock_client"

_GENERATOR = Path(os.environ.get("GENERATOR_PYTHON", ROOT / ".venv-generator" / "bin" / "python"))


@contextmanager
def generated() -> Iterator[Path]:
    """A folder that holds the package `stock_client`, importable while the context lasts."""
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        command = [str(_GENERATOR), "-m", "openapi_python_client", "generate", "--meta", "none"]
        command += ["--path", str(ROOT / "openapi" / "checkpoints.yaml"), "--output-path", str(Path(folder, NAME))]
        # Its post hooks call ruff, which lies beside the interpreter.
        path = os.pathsep.join([str(_GENERATOR.parent), os.environ.get("PATH", os.defpath)])
        subprocess.run(command, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL, check=True)
        sys.path.insert(0, folder)
        try:
            yield Path(folder)
        finally:
            sys.path.remove(folder)
