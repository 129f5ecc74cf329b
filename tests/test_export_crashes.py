"""Exports that are killed, run out of room, or lose the service: run again, they end as if nothing had been."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from foundry_checkpoints.errors import UnauthorizedError
from foundry_checkpoints.export import Rotation
from foundry_checkpoints.feed import StateLockedError
from foundry_checkpoints.models import Record
from tests.exported import OLDEST_FIRST, content, expected, oldest_first
from tests.samples import RECORDS, SAMPLES

if sys.platform == "win32":
    pytest.skip("Windows has neither SIGKILL nor fork", allow_module_level=True)

from tests.crashes import FORKS, Dead, Export, Steps, hold, limited, started

KINDS: list[tuple[str, Rotation]] = [
    ("a.jsonl", None),
    ("a.jsonl.gz", None),
    ("a.jsonl.zst", 20_000),
    ("a.csv", 60_000),
    ("a.csv.gz", "day"),
    ("a.parquet", None),
    ("a.parquet", 40_000),
]

DIFFERENT = [kind for kind in KINDS if kind not in (("a.jsonl.gz", None), ("a.csv", 60_000))]
"""Those that differ in what they do with files."""


def found(export: Export) -> list[Any]:
    """Return what the files of an export hold, one after the other."""
    extension = export.path.name.removeprefix("a")
    files = sorted(path for path in export.path.parent.iterdir() if path.name.endswith(extension))
    return [row for file in files for row in content(file)]


def export_of(
    emulator: Emulator, folder: Path, name: str, rotation: Rotation = None, *, is_async: bool = False
) -> Export:
    folder.mkdir()
    return Export(emulator.hostname, emulator.token, folder / name, rotation, is_async=is_async)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "rotation"), DIFFERENT)
def test_dead_at_any_step(name: str, rotation: Rotation, tmp_path: Path) -> None:
    """Wherever an export ends, before or within any call that changes a file, it resumes and its files end up equal."""
    few = SAMPLES[:110] if rotation != "day" else SAMPLES[:3]
    records = oldest_first(map(Record.from_dict, few))
    with Emulator(few) as emulator:
        whole = export_of(emulator, tmp_path / "whole", name, rotation)
        steps = Steps(whole.path.parent, None)
        with steps.counted():
            whole.run()
        assert steps.number > 20
        for last in range(1, steps.number + 1):
            export = export_of(emulator, tmp_path / f"{last}", name, rotation)
            with Steps(export.path.parent, last).counted(), pytest.raises(Dead):
                export.run()
            assert export.run() == len(records)
            assert found(export) == expected(name, records)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rotation", "number", "is_async"),
    [
        *((name, rotation, 350, False) for name, rotation in KINDS if rotation != "day"),
        ("a.jsonl.gz", None, 1500, False),
        ("a.jsonl.gz", None, 1500, True),
        ("a.parquet", 40_000, 350, True),
    ],
)
def test_killed_at_random(name: str, rotation: Rotation, number: int, is_async: bool, tmp_path: Path) -> None:
    """Killed again and again while pages arrive, an export of either client ends with each record once."""
    running: list[Any] = []
    samples = list(sample_records(number))

    async def kill(_: object) -> None:
        os.kill(running[-1].pid, signal.SIGKILL)

    faults = [
        Fault.delay(0, operation="search", times=number // 200),
        Fault("kill", "search", 1.0, 1, kill),
        Fault("kill", "search", 0.3, None, kill),
    ]
    with Emulator(samples, faults=faults, seed=number) as emulator:
        export = export_of(emulator, tmp_path / "export", name, rotation, is_async=is_async)
        exits: list[int | None] = []
        while not exits or exits[-1] != 0:
            running.append(started(export))
            running[-1].join()
            exits.append(running[-1].exitcode)
    assert set(exits) == {0, -signal.SIGKILL}
    records = oldest_first(map(Record.from_dict, samples))
    assert found(export) == expected(name, records)


@pytest.fixture
def killed() -> Iterator[list[Any]]:
    """Processes that are killed after the test."""
    processes: list[Any] = []
    yield processes
    for process in processes:
        process.kill()
        process.join()


@pytest.mark.slow
def test_a_lock_ends_with_its_process(emulator: Emulator, tmp_path: Path, killed: list[Any]) -> None:
    """While another process uses a state, a run is rejected; once that process is killed, it is not."""
    export = export_of(emulator, tmp_path / "export", "a.jsonl")
    held = FORKS.Event()
    killed.append(FORKS.Process(target=hold, args=(export.state, held)))
    killed[0].start()
    assert held.wait(60)
    with pytest.raises(StateLockedError, match="in use by another run"):
        export.run()
    killed[0].kill()
    killed[0].join()
    assert export.run() == len(RECORDS)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size"), [("a.jsonl", 300_000), ("a.csv.gz", 40_000), ("a.parquet", 80_000)])
def test_no_room(name: str, size: int, emulator: Emulator, tmp_path: Path) -> None:
    """On a full disk an export says so, keeps what it has committed, and resumes when there is room."""
    export = export_of(emulator, tmp_path / "export", name)
    assert limited(export, size) == f"full: {export.path}: File too large; make room"
    kept = export.state.load()
    assert kept is not None
    assert 0 < kept.records < len(RECORDS)
    assert found(export) == expected(name, OLDEST_FIRST[: kept.records])
    assert export.run() == len(RECORDS)
    assert found(export) == expected(name, OLDEST_FIRST)


@pytest.mark.slow
def test_no_room_for_the_state(emulator: Emulator, tmp_path: Path) -> None:
    """If a state can't be written, the one before stays, and the next run resumes there."""
    export = export_of(emulator, tmp_path / "export", "a.jsonl")
    assert limited(export, 300) == f"full: {export.state.path}: File too large; make room"
    assert export.run() == len(RECORDS)
    assert found(export) == expected("a.jsonl", OLDEST_FIRST)


@pytest.mark.parametrize(("name", "rotation"), [kind for kind in KINDS if kind[1] != "day"])
def test_an_expired_token(name: str, rotation: Rotation, tmp_path: Path) -> None:
    """After a 401 in the middle, the same export resumes with what it has."""
    faults = [Fault.delay(0, operation="search", times=3), Fault.error("Default:Unauthorized")]
    with Emulator(SAMPLES, faults=faults) as emulator:
        export = export_of(emulator, tmp_path / "export", name, rotation)
        with pytest.raises(UnauthorizedError):
            export.run()
        assert found(export) == expected(name, OLDEST_FIRST[:200])
        assert export.run() == len(RECORDS)
    assert found(export) == expected(name, OLDEST_FIRST)


def test_late_records_in_files(tmp_path: Path) -> None:
    """Records that become visible late are added, each once, also if the run that met them was killed."""
    late = [{**SAMPLES[number], "rid": f"ri.checkpoints.main.checkpoint.late-{number}"} for number in range(3)]
    for record in late:
        record["createdAt"] = max(sample["createdAt"] for sample in SAMPLES)
    with Emulator(SAMPLES) as emulator:
        export = export_of(emulator, tmp_path / "export", "a.jsonl")
        export.run()
        for number, record in enumerate(late):
            emulator.add([record])
            with Steps(export.path.parent, 5 + number).counted(), pytest.raises(Dead):
                export.run()
        assert export.run() == len(RECORDS) + len(late)
    rids = [row["rid"] for row in found(export)]
    assert len(rids) == len(set(rids)) == len(RECORDS) + len(late)
