"""The command `get`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from foundry_checkpoints import CheckpointsClient, NotFoundError, PermissionDeniedError
from foundry_checkpoints.models import Record

from ._connection import Connection
from ._details import print_details
from ._errors import ERROR, describe
from ._logs import say
from ._options import command
from ._output import Output, is_table
from ._rids import is_rid
from ._safe import quoted


@command
def get(
    rids: Annotated[list[str], typer.Argument(metavar="RID…", help="RIDs of records.", show_default=False)],
    output: Output,
    connection: Connection,
) -> int:
    """Fetch records by their RIDs, one request each.

    A record that can't be fetched is one line on stderr that says why, and the exit status is 1. On a terminal each
    field of a record has a line.

    Examples:
        foundry-checkpoints get ri.checkpoints.main.checkpoint.16daf6a6-5945-4764-a07f-a381cd849403
        foundry-checkpoints get RID RID -o csv --columns time,user,what,why
    """
    missing: list[str] = []
    with connection.client() as client:
        wanted = [part for rid in rids for part in rid.split(",") if part.strip()]
        records = _each(client, wanted, missing)
        if is_table(output.format) and output.columns is None:
            print_details(records, output.zone)
        else:
            output.write(records)
    return ERROR if missing else 0


def _each(client: CheckpointsClient, rids: Iterable[str], missing: list[str]) -> Iterator[Record]:
    for rid in map(str.strip, rids):
        if not is_rid(rid):
            missing.append(rid)
            say(f"{quoted(rid)} must be a RID such as ri.checkpoints.main.checkpoint.…")
            continue
        try:
            yield client.records.get(rid)
        except (NotFoundError, PermissionDeniedError) as error:
            missing.append(rid)
            sys.stdout.flush()  # on a terminal, the line comes after the records before it
            say(f"{quoted(rid)}: {describe(error).message}")
