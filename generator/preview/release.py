"""Turn what is unreleased into a version: in _version.py, in the changelog, and in the record of released specs."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path

from ..paths import VERSION, shortened
from ..spec import load, todos
from ..spec.document import Json
from ..spec.words import split
from .changelog import UNRELEASED, add_files, changes_since, recent, unnamed
from .diff.changes import Change, Level
from .diff.versions import VersionError, next_version, parts_of, version_in, with_version

_EPILOG = """\
Without RELEASE it is the next version that the changes of the spec require, a minor one if the flat schema has a new
column, and the version as it stands if nothing was released before. The record is the spec without its words;
`python -m generator diff` starts from it. Nothing is published: what remains is to commit, to tag, and to build.

exit status: 0 done; 1 rejected, and nothing is written; 2 a file can't be read
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description, parser.epilog = __doc__, _EPILOG
    parser.add_argument("release", nargs="?", metavar="RELEASE", help="the version, such as 0.2.0")
    levels = [str(level) for level in Level]
    parser.add_argument("--level", choices=levels, default=levels[0], help="what else changed means for callers")
    add_files(parser)
    default = shortened(VERSION)
    parser.add_argument("--version-file", metavar="FILE", type=Path, default=default, help="default: %(default)s")


def run(options: argparse.Namespace) -> int:
    """Write the three files, or say what is in the way."""
    changelog, stated = (path.read_text(encoding="utf-8") for path in (options.changelog, options.version_file))
    changes, last = changes_since(options.released, options.spec)
    spec = load(options.spec)
    try:
        version = chosen(options.release, version_in(stated), last, changes, Level[options.level.upper()])
        if unnamed(changes, recent(changelog, last)):
            raise VersionError(f"{options.changelog} doesn't name each change: `make check-spec` says which")
        if found := todos(spec):
            raise VersionError("\n".join(["the spec has words that are still to be written:", *map(str, found)]))
        dated = with_section(changelog, version, datetime.datetime.now(datetime.UTC).date())
    except VersionError as error:
        print(error, file=sys.stderr)
        return 1
    options.changelog.write_text(dated, encoding="utf-8")
    options.version_file.write_text(with_version(stated, version), encoding="utf-8")
    options.released.write_text(record(spec.document, version), encoding="utf-8")
    files = ", ".join(map(str, (options.version_file, options.changelog, options.released)))
    print(f"{version}: wrote {files}.\nCommit them, and tag the commit v{version}.")
    return 0


def chosen(requested: str | None, stated: str, last: str | None, changes: list[Change], level: Level) -> str:
    """Return the version to release: high enough for the spec's changes and `level`, or a `VersionError`."""
    lowest = next_version(last, max([level, *(change.level for change in changes)])) if last else stated
    if parts_of(requested or lowest) < parts_of(lowest):
        columns = [change.title for change in changes if change.level is Level.COLUMN]
        why = f"the changes since {last} require" if last else "_version.py has"
        why = f"the new columns of the flat schema ({', '.join(columns)}) require" if columns else why
        raise VersionError(f"{requested} is too low: {why} {lowest}")
    return requested or lowest


def with_section(changelog: str, version: str, today: datetime.date) -> str:
    """Return the changelog with a section for a version, and an empty one for what comes next."""
    found = UNRELEASED.search(changelog)
    if not found or not found["body"].strip():
        raise VersionError("the changelog has nothing under [Unreleased]")
    head, body = changelog[: found.start()], changelog[found.start("body") :]
    return f"{head}## [Unreleased]\n\n## [{version}] - {today}\n{body}"


def record(document: Json, version: str) -> str:
    """Return a spec without its words, as JSON that is easy to compare by line."""
    return _text({"x-released": version, **split(document)[0]}, depth=4) + "\n"


def _text(node: Json, depth: int, indent: str = "") -> str:
    if depth == 0 or not isinstance(node, dict) or not node:
        return json.dumps(node, ensure_ascii=False)
    inner = indent + "  "
    lines = (f"{inner}{json.dumps(key)}: {_text(child, depth - 1, inner)}" for key, child in node.items())
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
