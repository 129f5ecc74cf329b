"""Run openapi-python-client on the spec, compare its output with the client that is there, and swap it in whole."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..spec import Spec
from .tables import rendered

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
RUNTIME = HERE / "runtime"
"""Modules that are the same for every spec. The client gets them unchanged, below the banner."""
TABLE_TYPES = HERE.parent / "spec" / "table_types.py"
CONFIG = HERE / "config.yaml"


class GenerationError(Exception):
    """Raised if the tool fails, with its message."""


@contextmanager
def generated(spec: Spec, beside: Path) -> Iterator[Path]:
    """Yield a new client in a temporary folder inside `beside`, so that one rename puts it into place."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".generating-", dir=beside) as folder:
        config = Path(folder, "config.yaml")
        stamp = f'package_version_override: "{spec.version}, sha256 {spec.digest}"\n'
        config.write_text(CONFIG.read_text(encoding="utf-8") + stamp, encoding="utf-8")
        _write_plain(spec, Path(folder, "plain"))
        client = Path(folder, "client")
        _run_tool(spec.path, config, client)
        yield client


def _write_plain(spec: Spec, folder: Path) -> None:
    """Write the modules that no template renders. A post hook copies them into the client."""
    banner = (TEMPLATES / "banner.jinja").read_text(encoding="utf-8")
    texts = {path.relative_to(RUNTIME): path.read_text(encoding="utf-8") for path in RUNTIME.rglob("*.py")}
    texts[Path(TABLE_TYPES.name)] = TABLE_TYPES.read_text(encoding="utf-8")
    texts[Path("tables.py")] = rendered(spec.document)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(banner + text, encoding="utf-8")


def _run_tool(spec: Path, config: Path, output: Path) -> None:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
    command += ["--custom-template-path", str(TEMPLATES), "--config", str(config)]
    command += ["--path", str(spec), "--output-path", str(output)]
    # The post hooks call ruff, which is installed beside this interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    settings = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TYPER_STANDARD_TRACEBACK": "1"}
    environment = {**os.environ, **settings, "PATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise GenerationError(_reason(done.stderr.strip() or done.stdout.strip()).replace(str(output.parent), "..."))


def _reason(said: str) -> str:
    """Return the message of the tool; of a crash, only the error."""
    return said.splitlines()[-1] if "Traceback (most recent call last)" in said else said


def files(package: Path) -> dict[str, str]:
    """Return the text of each file of a package by its relative path, without caches."""
    paths = [path for path in sorted(package.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(package).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def difference(old: dict[str, str], new: dict[str, str]) -> str:
    """Return a unified diff of two packages. It is empty if they are equal."""
    lines: list[str] = []
    for name in sorted(old.keys() | new.keys()):
        before, after = (side.get(name, "").splitlines(keepends=True) for side in (old, new))
        lines += difflib.unified_diff(before, after, f"committed/{name}", f"generated/{name}")
        if not before and not after and (name in old) != (name in new):
            lines.append(f"empty file {name} {'is missing' if name in new else 'should not exist'}\n")
    return "".join(lines)


def swap_in(client: Path, target: Path) -> None:
    """Replace a client as a whole. If that fails, the old one is back in its place."""
    retired = client.with_name("retired")
    if target.exists():
        target.rename(retired)
    try:
        client.rename(target)
    except OSError:
        if retired.exists():
            retired.rename(target)
        raise
