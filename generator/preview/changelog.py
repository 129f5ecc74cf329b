"""Check that the changelog names every change of the spec since the last release."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from ..paths import CHANGELOG, RELEASED, SPEC, shortened
from ..spec import Spec, load, todos
from .diff.changes import Change, Level
from .diff.compare import compare
from .diff.report import for_the_changelog, sections
from .diff.sources import read
from .diff.versions import VersionError

_EPILOG = """\
To name a change is to write its names between backticks, `Record.reviewedBy` or `Record.reviewed_by`, in a section
above the one of the last release. A change of words alone needs no entry, a new API document does. `make release`
records the spec of a release; before the first one, only the API document needs an entry. The command also prints what
a person has yet to write: each TODO in the spec.

exit status: 0 each change is named; 1 some are not, and are printed as they could be; 2 a file can't be read
"""
UNRELEASED = re.compile(r"^## \[Unreleased\]\n(?P<body>.*?)(?=^## \[|\Z)", re.MULTILINE | re.DOTALL)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description, parser.epilog = __doc__, _EPILOG
    parser.add_argument("--write", action="store_true", help="add the missing entries under [Unreleased]")
    add_files(parser)


def add_files(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name the files."""
    files = {"--changelog": CHANGELOG, "--released": RELEASED, "--spec": SPEC}
    for name, path in files.items():
        parser.add_argument(name, type=Path, metavar="FILE", default=shortened(path), help="default: %(default)s")


def run(options: argparse.Namespace) -> int:
    """Print or write what is missing, and print what is left to write."""
    changes, version = changes_since(options.released, options.spec)
    text = options.changelog.read_text(encoding="utf-8")
    missing, since = unnamed(changes, recent(text, version)), f"since {version}" if version else "so far"
    if missing and not options.write:
        print(for_the_changelog(missing))
        hint = "`python -m generator changelog --write` adds them under [Unreleased]"
        print(f"{options.changelog} doesn't name these changes {since}; {hint}.", file=sys.stderr)
        return 1
    if missing:
        options.changelog.write_text(with_entries(text, sections(missing)), encoding="utf-8")
    print(f"{options.changelog} names each change of the spec {since}.")
    if any(change.level is Level.COLUMN for change in changes):
        print("The flat schema has a new column: the next release must be a minor version.")
    print("\n".join(left(load(options.spec))))
    return 0


def left(spec: Spec) -> list[str]:
    """Return what a person has yet to write, in lines to print."""
    found = todos(spec)
    head = [f"Left to write before a release ({len(found)}):"] if found else ["Nothing is left to write."]
    return head + [f"  {problem}" for problem in found]


def changes_since(released: Path, spec: Path) -> tuple[list[Change], str | None]:
    """Return the changes since the recorded release, and its version. Before one, only the API document is new."""
    new = read(str(spec)).spec
    if released.exists():
        old = read(str(released))
        return compare(old.spec.document, new.document), old.client
    text = f"the API document is `{new.version}`"
    return [Change(Level.DOCUMENTATION, "changed", (), text, "/info/version", names=(new.version,))], None


def recent(changelog: str, version: str | None) -> str:
    """Return what the changelog says above the section of a version."""
    return changelog.partition(f"\n## [{version}]")[0]


def unnamed(changes: list[Change], text: str) -> list[Change]:
    """Return the changes that a text doesn't name."""
    code = "\n".join(re.findall(r"`([^`\n]+)`", text))
    return [change for change in changes if not all(_is_named(name, code) for name in change.names)]


def _is_named(name: str, code: str) -> bool:
    """Return whether a name occurs whole, as in the spec (`floorPlan`) or as in Python (`floor_plan`)."""
    in_python = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    whole = r"(?<!\w)(?<!\d\.){}(?!\w)(?!(?<=\d)\.\d)"  # 1.2 does not occur in 1.2.3, yet `get` does in `get.409`
    return any(re.search(whole.format(re.escape(form)), code, re.IGNORECASE) for form in (name, in_python))


def with_entries(changelog: str, entries: dict[str, list[str]]) -> str:
    """Return a changelog with entries under [Unreleased], each below its heading. Raises `VersionError` without one."""
    found = UNRELEASED.search(changelog)
    if not found:
        raise VersionError("the changelog must have a section `## [Unreleased]`")
    # An API document that was never released makes way for the newer one.
    body = re.sub(r"^- The API document is `.*\n", "", found["body"], flags=re.MULTILINE)
    split = [part.partition("\n") for part in re.split(r"^### ", body, flags=re.MULTILINE)]
    parts = {heading: text.strip() for heading, _, text in split}
    for heading, lines in entries.items():
        parts[heading] = "\n".join([parts.get(heading, ""), *lines]).strip()
    written = [f"### {heading}\n\n{text}" if heading else text for heading, text in parts.items() if text]
    return f"{changelog[: found.start('body')]}\n" + "\n\n".join(written) + f"\n\n{changelog[found.end() :]}"
