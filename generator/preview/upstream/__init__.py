"""Compare the spec with the published Python SDK: `python -m generator upstream`."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.resources.abc import Traversable
from pathlib import Path

from ...paths import SPEC, shortened
from ...spec import Spec, SpecError, load, problems
from ...spec.document import Json
from ...spec.model import Model
from .edits import edited
from .fetch import FetchError, wheel
from .sdk import NAME, read
from .sheet import require_layout
from .source import SourceError

DESCRIPTION = f"""\
Fetch {NAME}, read what it says about checkpoints, and edit the spec so that
it says the same: schemas, fields, types, enums, unions, errors, operations,
limits, and the version of the API document. Without --apply, print the edits as
a diff and change nothing. What is new gets `TODO` where a person must write words.

pip fetches the wheel into a temporary folder. It is read as text; nothing of it is
installed or executed, and none of its descriptions is shown. Where the spec differs
on purpose (openapi/README.md), nothing is edited."""

EPILOG = """\
exit status: 0 the spec says what the SDK says, or --apply made it so; 1 it doesn't, or something is left to do by
hand; 2 the SDK can't be read, or the spec can't be edited"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    source = parser.add_mutually_exclusive_group()
    source.add_argument("version", metavar="VERSION", nargs="?", help="of the SDK; default: the newest")
    source.add_argument("--wheel", metavar="PATH", type=Path, help="a wheel, or a folder that contains foundry_sdk")
    parser.add_argument("--spec", type=Path, default=shortened(SPEC), help="default: %(default)s")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--apply", action="store_true", help="edit the spec")
    form.add_argument("--json", action="store_true", help="print the edits as JSON")
    form.add_argument(
        "--facts", action="store_true", help="compare nothing; print what the SDK says, as a spec in JSON"
    )


def run(options: argparse.Namespace) -> int:
    """Compare, and print or make the edits. Raises `SpecError` for a spec that can't be edited."""
    spec = load(options.spec)
    if found := problems(spec):
        raise SpecError(found)
    source = wheel(options.version) if options.wheel is None else nullcontext(options.wheel)
    try:
        with source as place, _opened(place) as root:
            sdk = read(root, Model(spec.document).errors)
    except (FetchError, SourceError) as error:
        print(f"can't compare: {error}", file=sys.stderr)
        return 2
    if options.facts:
        print(json.dumps(sdk, indent=1, ensure_ascii=False))
        return 0
    before = options.spec.read_text(encoding="utf-8")
    require_layout(before, options.spec)
    after, left = edited(before, options.spec, sdk)
    if options.apply and after != before:
        options.spec.write_text(after, encoding="utf-8")
    name = str(options.spec)
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm=""))
    if options.json:
        theirs = {"sdk": sdk["info"]["title"], "sdk_version": sdk["info"]["version"]}
        shown = {"spec": name, "spec_version": spec.version, **theirs, "diff": lines, "left": left}
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        print("\n".join(_as_text(spec, sdk, lines, left, applied=options.apply)))
    return 1 if left or (lines and not options.apply) else 0


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


def _as_text(spec: Spec, sdk: Json, lines: list[str], left: list[str], *, applied: bool) -> Iterator[str]:
    name, version = sdk["info"]["title"], sdk["info"]["version"]
    if not lines and not left:
        yield f"{spec.path} says what {name} says (API document {spec.version})."
        return
    yield f"{spec.path} describes API document {spec.version}, {name} describes {version}."
    if _number(version) < _number(spec.version):
        yield "The SDK is older than the spec: these edits lead back."
    yield from lines
    if lines:
        yield f"Edited {spec.path}." if applied else "Run with --apply to make these edits."
    if left:
        yield "Left to you:"
        yield from (f"  {spec.path}: {each}" for each in left)


def _number(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
