"""Fetch the published SDK from the package index."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...paths import ROOT
from .sdk import NAME


class FetchError(Exception):
    """A package that can't be read; the message says why, on one line."""


@contextmanager
def wheel(version: str | None) -> Iterator[Path]:
    """Yield the wheel of a version, or of the newest one, in a temporary folder. Raises `FetchError`.

    pip takes it from the index that it is configured for. Nothing is built or installed, no dependencies are fetched.
    """
    with tempfile.TemporaryDirectory(prefix="upstream-") as folder:
        command = [_python_with_pip(), "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--quiet"]
        command += ["--retries", "1", "--no-deps", "--only-binary", ":all:", "--dest", folder]
        command.append(NAME if version is None else f"{NAME}=={version}")
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        found = list(Path(folder).glob("*.whl"))
        if done.returncode or not found:
            raise FetchError(_reason(done.stderr, version))
        yield found[0]


def _python_with_pip() -> str:
    """Return this interpreter, or that of the environment that `make setup` creates first: the others have no pip."""
    if importlib.util.find_spec("pip"):
        return sys.executable
    bootstrap = ROOT / ".venv-uv" / "bin" / "python"
    if not bootstrap.exists():
        raise FetchError("no Python here has pip: run `make setup`")
    return str(bootstrap)


def _reason(said: str, version: str | None) -> str:
    """Return what pip said, in a line."""
    if offered := re.search(r"\(from versions: ([^)]*)\)", said):
        newest = offered[1].rpartition(", ")[2]
        if newest in ("", "none"):
            return f"the package index can't be reached, or doesn't have {NAME}"
        return f"{NAME} {version or 'for this Python'} doesn't exist in the package index; the newest is {newest}"
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.strip()]
    return f"pip could not fetch {NAME}: {lines[-1].strip() if lines else 'it printed nothing'}"
