"""Deliver every record once, oldest first, to a sink, across restarts, crashes and late records.

    feed = RecordFeed(client, F.checkpoint_type == "LOGIN", "logins.state.json")
    feed.run(MySink())      # everything so far; later runs continue from there
    feed.follow(MySink())   # the same, and then new records until you stop it

`AsyncRecordFeed` does the same with the async client. `foundry_checkpoints.export` has sinks that write files.
docs/explanation/exactly-once.md says what is guaranteed and why it holds.
"""

from ._errors import FeedError, OutputError, StateError, StateLockedError
from ._feed import AsyncRecordFeed, RecordFeed
from ._run import FeedProgress
from ._sink import Position, Sink
from ._state import FeedState, StateFile

__all__ = [
    "AsyncRecordFeed",
    "FeedError",
    "FeedProgress",
    "FeedState",
    "OutputError",
    "Position",
    "RecordFeed",
    "Sink",
    "StateError",
    "StateFile",
    "StateLockedError",
]
