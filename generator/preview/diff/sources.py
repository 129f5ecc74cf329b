"""Specs by name: a file, a revision of git, or a file at a revision."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from ...paths import ROOT, SPEC, VERSION
from ...spec import Problem, Spec, SpecError, dangling, load, parse
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
    here = VERSION.read_text(encoding="utf-8")
    if Path(name).exists():
        spec = load(Path(name))
        source = Source(name, spec, spec.document.get("x-released") or version_in(here))
    else:
        revision, _, file = name.partition(":")
        name = f"{revision}:{file or SPEC.relative_to(ROOT).as_posix()}"
        spec = parse(_shown(name), Path(name))
        try:
            stated = _shown(f"{revision}:{VERSION.relative_to(ROOT).as_posix()}").decode()
        except SpecError:  # a revision from before the file
            stated = here
        source = Source(name, spec, version_in(stated))
    faults = [*dangling(spec.document)]
    match spec.document:
        case {"info": {"version": str()}, "paths": dict()}:
            pass
        case _:
            faults.append(("", "this isn't a spec: it must have paths, and info with a version"))
    if faults:
        raise SpecError([spec.problem(*fault) for fault in faults])
    return source


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
