"""Exports that die: in processes of their own, or at a step of their work that is known beforehand."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from foundry_checkpoints import AsyncCheckpointsClient, CheckpointsClient
from foundry_checkpoints.export import Rotation, file_sink
from foundry_checkpoints.feed import AsyncRecordFeed, OutputError, RecordFeed, Sink, StateFile

FORKS = get_context("forkserver")
# What a process loads before it is needed is not loaded by each that it forks.
_LOADED = ["pytest", "httpcore", "foundry_checkpoints._records", "foundry_checkpoints._concurrency.workers"]
FORKS.set_forkserver_preload([*_LOADED, "foundry_checkpoints.export._parquet", "tests.crashes"])

_TLS = httpx.create_ssl_context()
"""Made once: it takes longer than most exports here."""


@dataclass(frozen=True)
class Export:
    """One export, which may run many times. It commits often."""

    hostname: str
    token: str
    path: Path
    rotation: Rotation = None
    commit_every: int = 100
    is_async: bool = False

    def run(self) -> int:
        """Bring the files up to date, and return how many records they have."""
        sink = file_sink(self.path, rotation=self.rotation)
        sink.commit_every = self.commit_every
        if self.is_async:
            return asyncio.run(self._run_async(sink))
        with httpx.Client(verify=_TLS) as http:
            client = CheckpointsClient(self.hostname, auth=self.token, http_client=http)
            return RecordFeed(client, None, self.state).run(sink).committed

    async def _run_async(self, sink: Sink) -> int:
        async with httpx.AsyncClient(verify=_TLS) as http:
            client = AsyncCheckpointsClient(self.hostname, auth=self.token, http_client=http)
            return (await AsyncRecordFeed(client, None, self.state).run(sink)).committed

    @property
    def state(self) -> StateFile:
        """The state of the export."""
        return StateFile(self.path.with_name(f"{self.path.name}.state.json"))


# Death at a step

_STEPS = ("open", "write", "fsync", "ftruncate", "replace", "unlink")
"""The calls to the system that change files."""


class Dead(BaseException):
    """Stands for the death of the process: nothing happens afterwards."""


class Steps:
    """Counts the changes to the files of a folder. From the step `last` on nothing is done; a write is cut in half."""

    def __init__(self, folder: Path, last: int | None) -> None:
        self.number = 0
        self._folder = str(folder)
        self._last = last
        self._descriptors: set[int] = set()

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count in this block."""
        with ExitStack() as patches:
            for name in _STEPS:
                patches.enter_context(mock.patch.object(os, name, self._counted(getattr(os, name))))
            yield

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(target: Any, *rest: Any, **options: Any) -> Any:
            if not self._is_ours(target):
                return call(target, *rest, **options)
            self.number += 1
            if self._last is not None and self.number >= self._last:
                if self.number == self._last and call.__name__ == "write":
                    call(target, rest[0][: len(rest[0]) // 2])
                raise Dead
            result = call(target, *rest, **options)
            if call.__name__ == "open":
                self._descriptors.add(result)
            return result

        return step

    def _is_ours(self, target: Any) -> bool:
        return target in self._descriptors if isinstance(target, int) else str(target).startswith(self._folder)


# Processes


def started(export: Export) -> ForkServerProcess:
    """Start an export in a process."""
    process = FORKS.Process(target=export.run)
    process.start()
    return process


def limited(export: Export, size: int) -> str:
    """Run an export in a process whose files cannot grow beyond a size, and return the error."""
    receiver, sender = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_run_limited, args=(export, size, sender))
    process.start()
    with closing(receiver), closing(sender):
        error = str(receiver.recv())
    process.join()
    return error


def _run_limited(export: Export, size: int, sender: Any) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        sender.send(f"no error after {export.run()} records")
    except OutputError as error:
        sender.send(f"{'full: ' if error.is_full else ''}{error}")


def hold(state: StateFile, held: Any) -> None:
    """Lock a state, and keep it until the process is killed."""
    with state.locked():
        held.set()
        signal.pause()
