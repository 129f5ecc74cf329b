"""Follow new records into an SQLite database, each exactly once, until Ctrl-C. Run it again, and it continues.

python follow_into_database.py checkpoints.sqlite
"""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta

from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.feed import Position, RecordFeed, Sink
from foundry_checkpoints.flat import flatten
from foundry_checkpoints.models import Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoints (
    number INTEGER PRIMARY KEY,
    rid TEXT UNIQUE NOT NULL,
    created_at TEXT NOT NULL,
    type TEXT NOT NULL,
    user_id TEXT NOT NULL,
    record TEXT NOT NULL
)
"""


class Database(Sink):
    """A table that can go back to a position, so that a crash leaves neither a gap nor a record twice."""

    def __init__(self, path: str) -> None:
        # The feed opens, writes, and commits in one thread.
        self.connection = sqlite3.connect(path)
        self.connection.execute(SCHEMA)
        self.number = 0

    def open(self, position: Position | None) -> None:
        """Remove what came after the last commit that the feed remembers."""
        self.number = position or 0
        self.connection.execute("DELETE FROM checkpoints WHERE number > ?", [self.number])

    def write(self, records: Sequence[Record]) -> int:
        """Insert all of them."""
        for record in records:
            self.number += 1
            row = flatten(record)
            cells = [str(row[name]) for name in ("rid", "created_at", "type", "acting_user_id")]
            values = [self.number, *cells, json.dumps(record.to_dict())]
            self.connection.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", values)
        return len(records)

    def commit(self) -> Position:
        """Make them durable, and return the position to go back to."""
        self.connection.commit()
        return self.number

    def close(self) -> None:
        """Forget what was not committed."""
        self.connection.close()


def main() -> None:
    path = sys.argv[1]
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())
    with CheckpointsClient() as client:
        feed = RecordFeed(client, None, f"{path}.state.json", on_pass=lambda progress: print(progress, flush=True))
        feed.follow(Database(path), interval=timedelta(seconds=10), stop=stop)


if __name__ == "__main__":
    main()
