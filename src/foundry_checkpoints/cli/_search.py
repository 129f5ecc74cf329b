"""The command `search`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Final, Literal

from foundry_checkpoints import CheckpointsError
from foundry_checkpoints.models import Record

from ._connection import Connection
from ._filters import FILTERS, Filters
from ._logs import say
from ._options import READING, Values, command, concurrency_option, number, one_of, option, split
from ._output import Counted, Output, is_table
from ._progress import waits, watch

_MOST_ON_A_TERMINAL: Final = 100
_ALL: Final = -1


def _limit(text: str) -> int:
    return _ALL if text.strip().lower() == "all" else number(0)(text)


@dataclass(frozen=True, kw_only=True)
class NamedFilters(Filters):
    """The filter options, with the names of users. The API can't search by name, so the command compares them."""

    user_name: Annotated[
        Values,
        option(
            "--user-name",
            metavar="NAME",
            help="Name of the user who acted, in upper or lower case. The command reads all other matches and "
            "compares names, so --user is faster.",
            panel=FILTERS,
            parse=split(),
        ),
    ] = None

    def named(self, records: Iterable[Record]) -> Iterator[Record]:
        """Return the records whose user has one of the names. A name that the service withholds never matches."""
        if not self.user_name:
            return iter(records)
        names = {name.casefold() for name in self.user_name}
        return (record for record in records if (record.acting_user.username.value or "").casefold() in names)


@dataclass(frozen=True, kw_only=True)
class Query(NamedFilters):
    """The options that select records, limit their number, and order them."""

    limit: Annotated[
        int | None,
        option(
            "--limit",
            metavar="N|all",
            help=f"Stop after N records. Default: {_MOST_ON_A_TERMINAL} for a table on a terminal, otherwise all.",
            panel=READING,
            parse=_limit,
        ),
    ] = None
    sort: Annotated[
        Literal["newest", "oldest"],
        option(
            "--sort",
            metavar="newest|oldest",
            help="Which records come first. Default: newest.",
            panel=READING,
            parse=one_of("newest", "oldest"),
        ),
    ] = "newest"
    concurrency: Annotated[int, concurrency_option(1)] = 1


@command
def search(query: Query, output: Output, connection: Connection) -> None:
    """Find records.

    Different filters narrow the search. Several values of one filter widen it: separate them with commas, or repeat the
    option.

    Examples:
        foundry-checkpoints search --type CONTOUR_EXPORT --since 2026-10-01 --until 2026-11-01
        foundry-checkpoints search --since 7d --text "customer request" -o csv > week.csv
        foundry-checkpoints search --user-name ada.abbott --limit 5 -o rids | foundry-checkpoints batch
    """
    is_cut = query.limit is None and is_table(output.format) and is_table(None)
    limit = _MOST_ON_A_TERMINAL if is_cut else None if query.limit == _ALL else query.limit
    ascending = query.sort == "oldest"
    with (
        connection.client(max_concurrency=max(8, query.concurrency)) as client,
        watch("records", shown=waits()) as show,
    ):
        pager = client.records.search(
            query.where,
            sort_direction="ASC" if ascending else "DESC",
            limit=None if query.user_name else limit,
            concurrency=query.concurrency,
            on_progress=show,
        )
        read = Counted(pager)
        found = Counted(islice(query.named(read), limit))
        try:
            output.write(found)
        except CheckpointsError:
            if found.number:
                say(f"the search is incomplete: it failed after {found.number:,} records")
            raise
    if found.number == 0:
        compared = f" ({read.number:,} compared by name)" if query.user_name and read.number else ""
        say(f"0 records match{compared}")
    elif is_cut and found.number == limit:
        say(f"stopped at the {query.sort} {limit} records. For more, use --limit N or --limit all")
