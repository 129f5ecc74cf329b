"""Every record once, oldest first, into a sink that remembers: across restarts, crashes and late records.

    feed = RecordFeed(client, F.checkpoint_type == "LOGIN", "logins.state.json")
    feed.run(MySink())      # up to now; later runs go on from there
    feed.follow(MySink())   # the same, and then what is new, until it is stopped

`foundry_checkpoints.export` has sinks that write files. docs/export.md says what is guaranteed, and why it holds.
"""

from ._errors import FeedError, OutputError, StateError, StateLockedError
from ._feed import FeedProgress, RecordFeed
from ._sink import Position, Sink
from ._state import FeedState, StateFile

__all__ = [
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
