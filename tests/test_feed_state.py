"""The state of a feed, and the files that the library writes: complete, private, never written through a link."""

from __future__ import annotations

import errno
import json
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints.errors import CheckpointsError
from foundry_checkpoints.export import file_sink
from foundry_checkpoints.feed import FeedError, FeedState, OutputError, StateError, StateFile, StateLockedError
from tests.exported import OLDEST_FIRST, content, expected

KEPT = FeedState("digest", {"type": "eq"}, -1, {0: ["a", "b"], 1_700_000_000_123: ["c"]}, 3, {"mark": 9})
NAMES = ["a.jsonl", "a.csv.gz", "a.parquet"]
FEW = OLDEST_FIRST[:3]

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither modes nor plain links")


@pytest.fixture
def state(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "state.json")


def test_a_saved_state_is_loaded_again(state: StateFile) -> None:
    """What was saved is loaded; a state that was never saved is None, and nothing else stays in the folder."""
    assert state.load() is None
    state.save(KEPT)
    assert state.load() == KEPT
    assert [path.name for path in state.path.parent.iterdir()] == ["state.json"]


def edited(name: str, value: Any) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), name: value}).encode()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"[]",
        lambda content: b"\xff\xfe",
        lambda content: b"{}",
        edited("records", 7),
        edited("given", {}),
        edited("version", 2),
        edited("format", "another"),
    ],
    ids=["empty", "cut", "list", "binary", "object", "count", "rids", "version", "format"],
)
def test_a_damaged_state_is_rejected(damage: Callable[[bytes], bytes], state: StateFile) -> None:
    """A state that is not as it was written is rejected and not changed."""
    state.save(KEPT)
    damaged = damage(state.path.read_bytes())
    state.path.write_bytes(damaged)
    with pytest.raises(StateError, match="is damaged and was not changed"):
        state.load()
    assert state.path.read_bytes() == damaged


def test_a_lock_is_exclusive(state: StateFile) -> None:
    """While one run holds the lock, another is rejected; afterwards it may have it."""
    with state.locked(), pytest.raises(StateLockedError, match="in use by another run"), state.locked():
        pass
    with state.locked():
        pass


def test_a_state_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that can't be read, replaced or locked is an error of this library that names it."""
    state = StateFile(tmp_path)
    with pytest.raises(OutputError, match="directory"):
        state.load()
    with pytest.raises(OutputError, match="directory"):
        state.save(FeedState("digest", None))
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"state\.json\.lock"), StateFile(tmp_path / "file" / "state.json").locked():
        pass
    assert repr(state) == f"StateFile({str(tmp_path)!r})"


def test_errors_can_be_pickled() -> None:
    """As every error of the library, with their content."""
    error = pickle.loads(pickle.dumps(OutputError.of("a.csv", OSError(errno.ENOSPC, "No space left on device"))))
    assert (str(error), error.is_full) == ("a.csv: No space left on device; make room", True)
    assert isinstance(error, FeedError)
    assert issubclass(FeedError, CheckpointsError)


# Files


def exported(path: Path) -> None:
    """Export a few records to a file, with a state."""
    state = StateFile(path.with_name("state.json"))
    with state.locked():
        sink = file_sink(path)
        sink.open(None)
        state.save(FeedState("digest", None, position=sink.commit()))
        sink.write(FEW)
        state.save(FeedState("digest", None, position=sink.commit()))
        sink.close()


def continued(path: Path) -> None:
    """Add a record to the same export."""
    state = StateFile(path.with_name("state.json"))
    kept = state.load()
    assert kept is not None
    sink = file_sink(path)
    sink.open(kept.position)
    sink.write(OLDEST_FIRST[3:4])
    state.save(FeedState("digest", None, position=sink.commit()))
    sink.close()


@posix
@pytest.mark.parametrize("name", NAMES)
def test_files_are_private(name: str, tmp_path: Path) -> None:
    """Only their owner can read exports, states and locks, whatever the umask; a mode that is set later stays."""
    before = os.umask(0)
    try:
        exported(tmp_path / name)
        files = [tmp_path / name, tmp_path / "state.json", tmp_path / "state.json.lock"]
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        for path in files:
            path.chmod(0o640)
        continued(tmp_path / name)
        assert {path.stat().st_mode & 0o777 for path in files} == {0o640}
    finally:
        os.umask(before)


@posix
@pytest.mark.parametrize("name", NAMES)
def test_a_planted_link_is_not_followed(name: str, tmp_path: Path) -> None:
    """A link in the place of a temporary file is replaced, and what it leads to is left alone."""
    target = tmp_path / "target"
    target.write_text("precious")
    for temporary in ("state.json.tmp", f"{name}.part"):
        (tmp_path / temporary).symlink_to(target)
    exported(tmp_path / name)
    continued(tmp_path / name)
    assert target.read_text() == "precious"
    assert content(tmp_path / name) == expected(name, OLDEST_FIRST[:4])


@posix
def test_a_link_planted_at_the_last_moment_is_not_followed(
    state: StateFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a link that appears between the removal of a temporary file and its creation is not written through."""
    target = tmp_path / "target"
    target.write_text("precious")
    monkeypatch.setattr(os, "unlink", lambda path: Path(path).symlink_to(target))
    with pytest.raises(OutputError, match="File exists"):
        state.save(KEPT)
    assert target.read_text() == "precious"


@posix
def test_a_link_is_not_locked(tmp_path: Path, state: StateFile) -> None:
    """A lock that is a link is rejected, and what it leads to is not made."""
    state.path.with_name("state.json.lock").symlink_to(tmp_path / "target")
    with pytest.raises(OutputError, match=r"state\.json\.lock"), state.locked():
        pass
    assert not (tmp_path / "target").exists()


def test_a_stale_temporary_file_is_replaced(state: StateFile) -> None:
    """What a killed run left behind does no harm."""
    state.path.with_name("state.json.tmp").write_bytes(b"x" * 10_000)
    state.save(KEPT)
    assert state.load() == KEPT


@posix
@pytest.mark.parametrize("name", NAMES)
def test_a_dangling_link_is_rejected(name: str, tmp_path: Path) -> None:
    """An export begins with no file: a link that leads nowhere is rejected like a file, and not written through."""
    (tmp_path / name).symlink_to(tmp_path / "target")
    with pytest.raises(OutputError, match="move it away"):
        file_sink(tmp_path / name).open(None)
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("name", NAMES)
def test_missing_folders_are_made(name: str, tmp_path: Path) -> None:
    """The folders of an export and of its state are made where they are missing."""
    path = tmp_path / "siem" / "records" / name
    exported(path)
    assert content(path) == expected(name, FEW)
