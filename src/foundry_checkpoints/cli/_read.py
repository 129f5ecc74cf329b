"""The commands that give records: `get`, `batch` and `search`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from ._errors import ERROR, one_line, say
from ._options import Connection, Query, command
from ._output import Counted, Output
from ._progress import by_time, waits, watched

if TYPE_CHECKING:
    from foundry_checkpoints import CheckpointsClient
    from foundry_checkpoints.models import Record


@command
def get(
    rids: Annotated[list[str], typer.Argument(metavar="RID…", help="Rids of records.")],
    output: Output,
    connection: Connection,
) -> int:
    """Give records by their rids, one request each, and say why one is not to be had.

    On a terminal each field has a line.
    """
    from ._details import print_details

    missing: list[str] = []
    with connection.client() as client:
        records = _each(client, rids, missing)
        if output.format == "table" and output.names is None:
            print_details(records, output.zone)
        else:
            output.write(records)
    return ERROR if missing else 0


def _each(client: CheckpointsClient, rids: Iterable[str], missing: list[str]) -> Iterator[Record]:
    from foundry_checkpoints.errors import NotFoundError, PermissionDeniedError

    from ._errors import describe

    for rid in rids:
        try:
            yield client.records.get(rid)
        except (NotFoundError, PermissionDeniedError) as error:
            missing.append(rid)
            say(f"{one_line(rid)}: {describe(error).message}")


@command
def batch(
    output: Output,
    connection: Connection,
    file: Annotated[
        Path, typer.Argument(metavar="[FILE|-]", help="Rids, one a line; - is stdin.", show_default=False)
    ] = Path("-"),
) -> int:
    """Give any number of records, in the order of their rids, and name those that are missing.

    Blank lines and lines that start with # are skipped; a rid that comes twice is given twice.
    """
    missing: list[str] = []
    with connection.client() as client, _opened(file) as lines:
        pairs = client.records.iter_batch(_rids(lines))
        shown = watched(pairs, "rids", lambda number, pair: None, shown=waits())
        output.write(_found(shown, missing))
    for rid in missing:
        say(f"{one_line(rid)} is missing: there is no such record, or you may not see it")
    return ERROR if missing else 0


def _opened(file: Path) -> TextIO | nullcontext[TextIO]:
    if str(file) != "-":
        return file.open(encoding="utf-8", errors="replace")
    if sys.stdin.isatty():
        say("reading rids, one a line, until Ctrl-D")
    return nullcontext(sys.stdin)


def _rids(lines: Iterable[str]) -> Iterator[str]:
    stripped = (line.strip() for line in lines)
    return (line for line in stripped if line and not line.startswith("#"))


def _found(pairs: Iterable[tuple[str, Record | None]], missing: list[str]) -> Iterator[Record]:
    for rid, record in pairs:
        if record is None:
            missing.append(rid)
        else:
            yield record


@command
def search(query: Query, output: Output, connection: Connection) -> None:
    """Find records.

    Different filters narrow the search; one that is given twice lets any of its values through.
    """
    from foundry_checkpoints import CheckpointsError

    with connection.client(max_concurrency=max(8, query.concurrency)) as client:
        found = Counted(_found_by(client, query))
        try:
            output.write(found)
        except CheckpointsError:
            if found.number:
                say(f"the search is incomplete: this came after {found.number:,} records")
            raise
    if found.number == 0 and sys.stderr.isatty():
        say("no records")


def _found_by(client: CheckpointsClient, query: Query) -> Iterator[Record]:
    pager = client.records.search(
        query.where, sort_direction=query.sort, limit=query.limit, concurrency=query.concurrency
    )
    share = by_time(*query.period, ascending=query.sort == "ASC", limit=query.limit)
    return watched(pager, "records", share, shown=waits())
