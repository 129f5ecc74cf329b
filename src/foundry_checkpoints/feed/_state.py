"""The state of a feed: a small JSON file, replaced as a whole and used by one run at a time."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from foundry_checkpoints_api.types import from_millis, to_millis

from ._errors import OutputError, StateError, StateLockedError
from ._files import NO_FOLLOW, PRIVATE, make_folder, write_atomically
from ._sink import Position

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FORMAT: Final = "foundry-checkpoints feed"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class FeedState:
    """The data that the last commit saved. Times are milliseconds since the epoch."""

    query: str
    """Digest of the query."""
    where: Mapping[str, Any] | None
    """The filter of the query; None matches every record."""
    resume_from: int | None = None
    """Every record created before this time was delivered; None: start with the first record."""
    given: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """RIDs of the records that were delivered from `resume_from` on, by creation time."""
    records: int = 0
    """The number of records delivered, over all runs."""
    position: Position = None
    """Position of the sink."""


class StateFile:
    """The file of a state. An empty file beside it, with `.lock` added to the name, keeps other runs out."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Final = Path(path)

    def __repr__(self) -> str:
        return f"StateFile({str(self.path)!r})"

    def load(self) -> FeedState | None:
        """Return the state that was saved last, or None if there isn't a file. Raise `StateError` if it is damaged."""
        try:
            return _decoded(json.loads(self.path.read_bytes()))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError.of(self.path, error) from error
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise StateError(
                f"{self.path} is damaged and was not changed: {error}. Restore a copy of it; "
                "to start again from the first record, move it and the output away"
            ) from None

    def save(self, state: FeedState) -> None:
        """Replace the file, atomically and durably. It is readable by its owner only, unless you change its mode."""
        try:
            write_atomically(self.path, _encoded(state))
        except OSError as error:
            raise OutputError.of(self.path, error) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out, or raise `StateLockedError`. The system releases the lock of a process that dies."""
        path = self.path.with_name(f"{self.path.name}.lock")
        try:
            make_folder(path.parent)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, PRIVATE)
        except OSError as error:
            raise OutputError.of(path, error) from error
        try:
            _lock(descriptor, self.path)
            yield
        finally:
            os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StateLockedError(f"{path} is in use by another run: wait until that run ends, or stop it") from None


def _encoded(state: FeedState) -> bytes:
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "query": state.query,
        "where": state.where,
        "resume_from": None if state.resume_from is None else _text(state.resume_from),
        "given": {_text(time): list(rids) for time, rids in state.given.items()},
        "records": state.records,
        "position": state.position,
    }
    return json.dumps({**content, "sha256": digest(content)}, indent=1).encode()


def _decoded(content: dict[str, Any]) -> FeedState:
    for name, known in (("format", _FORMAT), ("version", _VERSION)):
        if content[name] != known:
            raise ValueError(f"its {name} is {content[name]!r}, and this release reads {known!r}")
    if content.pop("sha256") != digest(content):
        raise ValueError("its checksum does not match its content")
    return FeedState(
        query=content["query"],
        where=content["where"],
        resume_from=None if content["resume_from"] is None else _millis(content["resume_from"]),
        given={_millis(time): rids for time, rids in content["given"].items()},
        records=content["records"],
        position=content["position"],
    )


def digest(content: Any) -> str:
    """Return the SHA-256 of JSON, whatever the order of its fields."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _text(time: int) -> str:
    return from_millis(time).isoformat(timespec="milliseconds")


def _millis(text: str) -> int:
    return to_millis(datetime.fromisoformat(text))
