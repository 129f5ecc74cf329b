"""Run openapi-python-client on the spec, compare what it gives with what is there, and swap it in whole."""

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
CONFIG = HERE / "config.yaml"
BANNER = TEMPLATES / "banner.jinja"
RUNTIME = [HERE.parent / "spec" / "table_types.py"]
"""Modules that the client gets as they are."""


class GenerationError(Exception):
    """The tool refused; the message is what it said."""


@contextmanager
def generated(spec: Spec, beside: Path) -> Iterator[Path]:
    """A fresh client in a temporary folder inside `beside`, so that renaming it into place is one step."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".generating-", dir=beside) as folder:
        config = Path(folder, "config.yaml")
        stamp = f'package_version_override: "{spec.version}, sha256 {spec.digest}"\n'
        config.write_text(CONFIG.read_text(encoding="utf-8") + stamp, encoding="utf-8")
        plain = Path(folder, "plain")
        plain.mkdir()
        banner = BANNER.read_text(encoding="utf-8")
        for name, text in {
            **{path.name: path.read_text(encoding="utf-8") for path in RUNTIME},
            "tables.py": rendered(spec.document),
        }.items():
            Path(plain, name).write_text(banner + text, encoding="utf-8")
        client = Path(folder, "client")
        _run_tool(spec.path, config, client)
        yield client


def _run_tool(spec: Path, config: Path, output: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--fail-on-warning",
        "--meta",
        "none",
    ]
    command += ["--custom-template-path", str(TEMPLATES), "--config", str(config)]
    command += ["--path", str(spec), "--output-path", str(output)]
    # The post hooks call ruff, which lies beside this interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    settings = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TYPER_STANDARD_TRACEBACK": "1"}
    environment = {**os.environ, **settings, "PATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise GenerationError(_reason(done.stderr.strip() or done.stdout.strip()).replace(str(output.parent), "..."))


def _reason(said: str) -> str:
    """What the tool said; of a crash, the error alone."""
    return said.splitlines()[-1] if "Traceback (most recent call last)" in said else said


def files(package: Path) -> dict[str, str]:
    """The text of each file of a package by its relative path, caches aside."""
    paths = [path for path in sorted(package.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(package).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def difference(old: dict[str, str], new: dict[str, str]) -> str:
    """A unified diff of two packages; empty when they are equal."""
    lines: list[str] = []
    for name in sorted(old.keys() | new.keys()):
        before, after = (side.get(name, "").splitlines(keepends=True) for side in (old, new))
        lines += difflib.unified_diff(before, after, f"committed/{name}", f"generated/{name}")
        if not before and not after and (name in old) != (name in new):
            lines.append(f"empty file {name} {'is missing' if name in new else 'should not exist'}\n")
    return "".join(lines)


def swap_in(client: Path, target: Path) -> None:
    """Put a whole client in the place of another; a failure leaves the old one where it was."""
    retired = client.with_name("retired")
    if target.exists():
        target.rename(retired)
    try:
        client.rename(target)
    except OSError:
        if retired.exists():
            retired.rename(target)
        raise
