"""Specs by name: a file, a revision of git, or a file at a revision."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from ...paths import ROOT, SPEC, VERSION
from ...spec import Problem, Spec, SpecError, load, parse
from ...spec.document import exists, mappings
from .versions import version_in


@dataclass(frozen=True)
class Source:
    """A spec, and the version of the client that goes with it."""

    name: str
    spec: Spec
    client: str

    def place(self, pointer: str) -> str:
        """Return the file and line of what a pointer names."""
        return f"{self.name}:{self.spec.problem(pointer, '').line}"


def read(name: str) -> Source:
    """Return the spec of a name. Raises `SpecError` if it doesn't exist, or if a `$ref` in it leads nowhere."""
    if Path(name).exists():
        source = _of_file(name)
    else:
        revision, _, file = name.partition(":")
        file = file or SPEC.relative_to(ROOT).as_posix()
        name = f"{revision}:{file}"
        source = Source(name, parse(_shown(name), Path(name)), _version_at(revision))
    if faults := [*_lacking(source.spec), *_astray(source.spec)]:
        raise SpecError(faults)
    return source


def _of_file(name: str) -> Source:
    spec = load(Path(name))
    released = spec.document.get("x-released")
    return Source(name, spec, released or version_in(VERSION.read_text(encoding="utf-8")))


def _version_at(revision: str) -> str:
    """Return the version that a revision states, or that of the work tree if it states none."""
    try:
        return version_in(_shown(f"{revision}:{VERSION.relative_to(ROOT).as_posix()}").decode())
    except SpecError:
        return version_in(VERSION.read_text(encoding="utf-8"))


def _shown(name: str) -> bytes:
    """Return a file at a revision, by its path from the root of the project."""
    command = ["git", "-C", str(ROOT), "show", name.replace(":", ":./", 1)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise SpecError([Problem(Path(name), 1, "", f"no such file, and git does not run: {error}")]) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise SpecError([Problem(Path(name), 1, "", f"no such file, and git says: {said[0] if said else 'nothing'}")])
    return done.stdout


def _lacking(spec: Spec) -> list[Problem]:
    match spec.document:
        case {"info": {"version": str()}, "paths": dict()}:
            return []
    return [spec.problem("", "this isn't a spec: it must have paths, and info with a version")]


def _astray(spec: Spec) -> list[Problem]:
    targets = ((pointer, node.get("$ref")) for pointer, node in mappings(spec.document))
    return [
        spec.problem(f"{pointer}/$ref", f"{target} does not exist in this document")
        for pointer, target in targets
        if isinstance(target, str) and not (target.startswith("#/") and exists(spec.document, target))
    ]
