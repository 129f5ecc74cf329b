"""Say what changed between two specs, what it means for callers, and which version it requires."""

from __future__ import annotations

import argparse

from ...paths import RELEASED, SPEC, shortened
from ...spec import Problem, SpecError, problems
from . import report
from .compare import compare
from .sources import read
from .versions import next_version

_EPILOG = """\
OLD and NEW are a file, a revision of git such as v0.1.0, or a file at a revision, such as v0.1.0:openapi/old.yaml.

A breaking change takes something from callers, or asks more of them. An additive one gives them something. Everything
else, and what the client doesn't pass on, is documentation. A change of what several operations share is one change.
The next version follows the one of OLD: the one that a release recorded, or that the revision states; for another
file, the one of the work tree.

exit status: 0 no difference; 1 differences; 2 a spec could not be read, or NEW is not valid
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description, parser.epilog = __doc__, _EPILOG
    parser.add_argument("old", nargs="?", metavar="OLD", help=f"default: {shortened(RELEASED)}")
    parser.add_argument("new", nargs="?", metavar="NEW", default=str(shortened(SPEC)), help="default: %(default)s")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for programs")
    form.add_argument("--markdown", action="store_true", help="what to put into the changelog")


def run(options: argparse.Namespace) -> int:
    """Print the changes. Raises `SpecError` for a spec that can't be compared."""
    if options.old is None and not RELEASED.exists():
        raise SpecError([Problem(shortened(RELEASED), 1, "", "no release is recorded yet: name a file or a revision")])
    old, new = read(options.old or str(shortened(RELEASED))), read(options.new)
    if found := problems(new.spec):
        raise SpecError(found)
    changes = compare(old.spec.document, new.spec.document)
    version = next_version(old.client, max(change.level for change in changes)) if changes else None
    if options.markdown:
        print(report.for_the_changelog(changes))
    else:
        print((report.for_programs if options.json else report.for_people)(changes, old, new, version))
    return 1 if changes else 0
