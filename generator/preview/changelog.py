"""Check that the changelog names every change of the spec since the last release."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from ..paths import CHANGELOG, RELEASED, SPEC, shortened
from .diff.changes import Change, Level
from .diff.compare import compare
from .diff.report import for_the_changelog
from .diff.sources import read

_EPILOG = """\
To name a change is to write its names between backticks, `Record.reviewedBy` or `Record.reviewed_by`, in a section
that is above the one of the last release. A change of words alone need not be named, a new API document has to be.
`make release` records the spec of a release; before the first one, only the API document has to be named.

exit status: 0 each change is named; 1 some are not, and are printed as they could be; 2 a file could not be read
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.description, parser.epilog = __doc__, _EPILOG
    add_files(parser)


def add_files(parser: argparse.ArgumentParser) -> None:
    """The arguments that name the files."""
    files = {"--changelog": CHANGELOG, "--released": RELEASED, "--spec": SPEC}
    for name, path in files.items():
        parser.add_argument(name, type=Path, metavar="FILE", default=shortened(path), help="default: %(default)s")


def run(options: argparse.Namespace) -> int:
    """Print what is missing."""
    changes, version = changes_since(options.released, options.spec)
    since = f"since {version}" if version else "so far"
    if missing := unnamed(changes, recent(options.changelog.read_text(encoding="utf-8"), version)):
        print(for_the_changelog(missing))
        print(f"{options.changelog} does not name these changes {since}: add them under [Unreleased].", file=sys.stderr)
        return 1
    print(f"{options.changelog} names each change of the spec {since}.")
    return 0


def changes_since(released: Path, spec: Path) -> tuple[list[Change], str | None]:
    """The changes since the recorded release, and its version. Without one, all that is new is the API document."""
    new = read(str(spec)).spec
    if released.exists():
        old = read(str(released))
        return compare(old.spec.document, new.document), old.client
    text = f"the API document is `{new.version}`"
    return [Change(Level.DOCUMENTATION, "changed", (), text, "/info/version", names=(new.version,))], None


def recent(changelog: str, version: str | None) -> str:
    """What the changelog says above the section of a version."""
    return changelog.partition(f"\n## [{version}]")[0]


def unnamed(changes: list[Change], text: str) -> list[Change]:
    """The changes that a text does not name."""
    code = "\n".join(re.findall(r"`([^`\n]+)`", text))
    return [change for change in changes if not all(_is_named(name, code) for name in change.names)]


def _is_named(name: str, code: str) -> bool:
    """Whether a name occurs whole, as in the spec or as in Python, `wild` or `WILD`, `floorPlan` or `floor_plan`."""
    in_python = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    whole = r"(?<!\w)(?<!\d\.){}(?!\w)(?!\.\d)"  # 1.2 does not occur in 1.2.3
    return any(re.search(whole.format(re.escape(form)), code, re.IGNORECASE) for form in (name, in_python))
