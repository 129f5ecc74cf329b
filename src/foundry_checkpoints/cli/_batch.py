"""The command `batch`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

from foundry_checkpoints import SearchProgress
from foundry_checkpoints.models import Record

from ._connection import Connection
from ._errors import ERROR
from ._logs import say
from ._options import command
from ._output import Counted, Output
from ._progress import waits, watch
from ._rids import read_rids
from ._safe import quoted

_MOST_MALFORMED: Final = 20
"""Malformed lines to name, so that a wrong file doesn't fill the terminal."""


@command
def batch(
    output: Output,
    connection: Connection,
    file: Annotated[
        Path, typer.Argument(metavar="[FILE|-]", help="The file to read. - is stdin.", show_default=False)
    ] = Path("-"),
) -> int:
    """Fetch any number of records, in the order of their RIDs.

    The input is RIDs, one a line, or CSV with a column 'rid', or JSON lines with a field 'rid'. Blank lines and lines
    that start with # are skipped. A RID that comes twice is written twice. Malformed and missing RIDs are named on
    stderr, and the exit status is 1.

    Examples:
        foundry-checkpoints batch rids.txt -o csv > records.csv
        foundry-checkpoints search --since 7d -o rids | foundry-checkpoints batch
    """
    malformed: list[str] = []
    missing: list[str] = []

    def note(problem: str) -> None:
        malformed.append(problem)
        if len(malformed) <= _MOST_MALFORMED:
            say(problem)

    with connection.client() as client, _opened(file) as lines, watch("RIDs", shown=waits()) as show:
        pairs = client.records.iter_batch(read_rids(lines, note))
        found = Counted(_found(pairs, missing, show))
        output.write(found)
    if len(malformed) > _MOST_MALFORMED:
        say(f"{len(malformed):,} lines without a RID; the first {_MOST_MALFORMED} are named above")
    for rid in missing:
        say(f"{quoted(rid)} is missing: it doesn't exist, or you can't read it")
    if found.number == 0:
        say("0 records found")
    return ERROR if missing or malformed else 0


def _opened(file: Path) -> TextIO | nullcontext[TextIO]:
    if str(file) != "-":
        return file.open(encoding="utf-8", errors="replace")
    if sys.stdin.isatty():
        say("reading RIDs, one a line, until Ctrl-D")
    return nullcontext(sys.stdin)


def _found(
    pairs: Iterable[tuple[str, Record | None]],
    missing: list[str],
    show: Callable[[SearchProgress], object] | None,
) -> Iterator[Record]:
    for number, (rid, record) in enumerate(pairs, 1):
        if show is not None:
            show(SearchProgress(number, None))
        if record is None:
            missing.append(rid)
        else:
            yield record
