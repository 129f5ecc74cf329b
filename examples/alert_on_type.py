"""Print a line for each new record of some types, until Ctrl-C. Replace `alert` by a mail, a chat, or a ticket.

    python alert_on_type.py LOGIN CONTOUR_EXPORT

A sink that can't go back, such as a mail, gets the records after the last commit again after a crash: so it commits
after each page, and a record may be reported twice, but none is missed.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from foundry_checkpoints import CheckpointsClient, F
from foundry_checkpoints.feed import Position, RecordFeed, Sink
from foundry_checkpoints.models import Record
from foundry_checkpoints.text import user, what, why


def alert(record: Record) -> None:
    print(
        f"{record.created_at:%Y-%m-%d %H:%M} {record.type_}: {user(record)}, {what(record)}: {why(record)}", flush=True
    )


class Alerts(Sink):
    """Calls `alert` for each record."""

    commit_every = 1

    def open(self, position: Position | None) -> None:
        """Do nothing: an alert can't be taken back."""

    def write(self, records: Sequence[Record]) -> int:
        """Report all of them."""
        for record in records:
            alert(record)
        return len(records)

    def commit(self) -> Position:
        """Return no position: there is nothing to go back to."""
        return None


def main() -> None:
    types = sys.argv[1:]
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())
    where = F.checkpoint_type.is_in(types) & (F.created_at >= datetime.now(UTC) - timedelta(days=1))
    with CheckpointsClient() as client:
        # "The last day" differs in each run. The key says that it is the same query, so the state fits.
        feed = RecordFeed(client, where, "alerts.state.json", query_key=f"alerts {sorted(types)}")
        feed.follow(Alerts(), interval=timedelta(seconds=10), stop=stop)


if __name__ == "__main__":
    main()
