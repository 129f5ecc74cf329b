"""Compare the spec with the published Python SDK: `python -m generator upstream`."""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from importlib.resources.abc import Traversable
from itertools import groupby
from pathlib import Path

from ...paths import SPEC, shortened
from ...spec import Spec, SpecError, load, problems
from .edits import Edit, edits
from .facts import Facts
from .fetch import FetchError, wheel
from .openapi import facts_of
from .sdk import NAME, read
from .source import SourceError

DESCRIPTION = f"""\
Fetch {NAME}, read what it says of checkpoints, and print what to edit in
the spec so that it says the same: schemas, fields, types, enums, unions, errors,
operations, limits, and the version of the API document.

pip fetches the wheel into a temporary folder. It is read as text; nothing of it is
installed or executed, and none of its descriptions is shown. Where the spec differs
on purpose (openapi/README.md), nothing is printed."""

EPILOG = "exit status: 0 the spec says what the SDK says; 1 it does not; 2 there was nothing to look at"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    source = parser.add_mutually_exclusive_group()
    source.add_argument("version", metavar="VERSION", nargs="?", help="of the SDK; default: the newest")
    source.add_argument("--wheel", metavar="PATH", type=Path, help="a wheel, or a folder that holds foundry_sdk")
    parser.add_argument("--spec", type=Path, default=shortened(SPEC), help="default: %(default)s")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the edits as JSON")
    form.add_argument("--facts", action="store_true", help="compare nothing; print what the SDK says as JSON")


def run(options: argparse.Namespace) -> int:
    """Returns 0 when the spec says what the SDK says, 1 when it does not, 2 when there is no SDK to look at."""
    spec = load(options.spec)
    if found := problems(spec):
        raise SpecError(found)
    try:
        with _place(options) as place, _opened(place) as sdk:
            facts = read(sdk, facts_of(spec).errors)
    except (FetchError, SourceError) as error:
        print(f"cannot compare: {error}", file=sys.stderr)
        return 2
    if options.facts:
        print(facts.to_json(), end="")
        return 0
    todo = edits(facts, spec)
    print(_as_json(facts, spec, todo) if options.json else _as_text(facts, spec, todo))
    return 1 if todo else 0


def _place(options: argparse.Namespace) -> AbstractContextManager[Path]:
    return wheel(options.version) if options.wheel is None else nullcontext(options.wheel)


@contextmanager
def _opened(path: Path) -> Iterator[Traversable]:
    if path.is_dir():
        yield path
        return
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise FetchError(f"{path} is not a wheel") from error
    with archive:
        yield zipfile.Path(archive)


def _as_json(facts: Facts, spec: Spec, todo: list[Edit]) -> str:
    sides = {"spec": str(spec.path), "spec_version": spec.version, "sdk": facts.source, "sdk_version": facts.version}
    return json.dumps({**sides, "edits": [asdict(edit) for edit in todo]}, indent=2, ensure_ascii=False)


def _as_text(facts: Facts, spec: Spec, todo: list[Edit]) -> str:
    if not todo:
        return f"{spec.path} says what {facts.source} says (API document {spec.version})."
    lines = [f"{spec.path} describes API document {spec.version}, {facts.source} describes {facts.version}."]
    if _number(facts.version) < _number(spec.version):
        lines.append("The SDK is the older: these edits lead back.")
    for subject, group in groupby(todo, key=lambda edit: edit.subject):
        lines += ["", subject]
        for edit in group:
            lines.append(f"  {spec.path}:{edit.line}: {edit.message}")
            lines += (f"      {line}" for line in edit.snippet.splitlines())
    lines += ["", f"{len(todo)} edit{'' if len(todo) == 1 else 's'}."]
    if any("TODO" in edit.snippet for edit in todo):
        lines.append("Where it says TODO, write words of your own.")
    return "\n".join(lines)


def _number(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
