"""The sync and the async API say and take the same."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    AsyncRecordPager,
    AsyncRecords,
    CheckpointsClient,
    ClientCredentialsAuth,
    RecordPager,
    Records,
)

PAIRS = [(CheckpointsClient, AsyncCheckpointsClient), (Records, AsyncRecords), (RecordPager, AsyncRecordPager)]
SYNC_NAMES = {
    "aclose": "close",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
}

pairs = pytest.mark.parametrize(("sync", "asynchronous"), PAIRS, ids=[sync.__name__ for sync, _ in PAIRS])


def methods(cls: type) -> dict[str, Callable[..., Any]]:
    """Return the methods and properties that a caller can reach, under the name of their sync twin."""
    return {
        SYNC_NAMES.get(name, name): method
        for name, member in vars(cls).items()
        if inspect.isfunction(method := getattr(member, "fget", member))
        and (not name.startswith("_") or name.startswith("__"))
    }


def plain(text: str) -> str:
    """Return the text of an annotation without what makes it async."""
    sync = re.sub(r"\bAsync(?=[A-Z])", "", re.sub(r"Awaitable\[(\w+)\]", r"\1", text))
    return sync.replace("Iterable[str] | Iterable[str]", "Iterable[str]")


def does_io(method: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)


@pairs
def test_both_have_the_same_methods_and_attributes(sync: type, asynchronous: type) -> None:
    """Neither lacks a method, and public attributes have the same names and types."""
    assert methods(sync).keys() == methods(asynchronous).keys()
    theirs = {name: plain(annotation) for name, annotation in inspect.get_annotations(asynchronous).items()}
    assert theirs == inspect.get_annotations(sync)


@pairs
def test_signatures_are_the_same(sync: type, asynchronous: type) -> None:
    """Names, kinds, defaults, and types of the arguments agree, and so does what is returned."""
    theirs = methods(asynchronous)
    for name, method in methods(sync).items():
        assert plain(str(inspect.signature(theirs[name]))) == str(inspect.signature(method)), name


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (AsyncCheckpointsClient, {"aclose", "__aenter__", "__aexit__"}),
        (AsyncRecords, {"get", "get_batch", "iter_batch"}),
        (AsyncRecordPager, {"__aiter__", "first"}),
    ],
    ids=["client", "records", "pager"],
)
def test_what_does_io_is_awaited(cls: type, names: set[str]) -> None:
    """Exactly the methods that reach the network are coroutines or async generators."""
    found = {name for name, member in vars(cls).items() if does_io(member)}
    assert {name for name in found if not name.startswith("_") or name.startswith("__")} == names


def test_revocation_is_the_same() -> None:
    """`arevoke` takes and promises what `revoke` does."""
    sync, asynchronous = ClientCredentialsAuth.revoke, ClientCredentialsAuth.arevoke
    assert plain(str(inspect.signature(asynchronous))) == str(inspect.signature(sync))
