"""The generator as people call it: in a process, and an environment, of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMALL_SPEC = ROOT / "tests" / "generator" / "golden" / "spec.yaml"
GOLDEN_CLIENT = SMALL_SPEC.with_name("client")


def generator_python() -> str:
    """The interpreter that has the tool: the one that `make` names, that of the work tree, or this one."""
    beside = ROOT / ".venv-generator" / "bin" / "python"
    return os.environ.get("GENERATOR_PYTHON") or str(beside if beside.exists() else sys.executable)


def generate(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m generator`."""
    command = [generator_python(), "-m", "generator", *map(str, arguments)]
    variables = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, encoding="utf-8", check=False
    )


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of each file by its path, caches aside."""
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
