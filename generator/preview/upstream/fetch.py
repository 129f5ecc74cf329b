"""The published SDK, as the file that the package index has."""

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
    """There is no package to look at; the message says why, on one line."""


@contextmanager
def wheel(version: str | None) -> Iterator[Path]:
    """The wheel of a version, the newest if none is named, in a folder that goes away. Raises `FetchError`.

    pip takes it from the index that it is set up for. It is neither built nor installed, nor is what it depends on.
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
    """This interpreter, or that of the environment that `make setup` makes first: the others have no pip."""
    if importlib.util.find_spec("pip"):
        return sys.executable
    bootstrap = ROOT / ".venv-uv" / "bin" / "python"
    if not bootstrap.exists():
        raise FetchError("there is no pip to fetch it with: run `make setup`")
    return str(bootstrap)


def _reason(said: str, version: str | None) -> str:
    """What pip said, in a line."""
    if offered := re.search(r"\(from versions: ([^)]*)\)", said):
        newest = offered[1].rpartition(", ")[2]
        if newest in ("", "none"):
            return f"the package index cannot be reached, or has no {NAME}"
        return f"there is no {version or 'suitable'} {NAME} in the package index; the newest is {newest}"
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.strip()]
    return f"pip could not fetch {NAME}: {lines[-1].strip() if lines else 'it did not say why'}"
