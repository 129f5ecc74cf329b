"""Check what a wheel contains for a person who installs it: typed packages, a first search, and an extra.

`make dist-check` runs it in environments that hold the wheel, with one extra or none, and nothing else. The service is
named by FOUNDRY_HOSTNAME and FOUNDRY_TOKEN. Give the name of the extra, if there is one.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import foundry_checkpoints
import foundry_checkpoints_api
from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.export import file_sink
from foundry_checkpoints.feed import RecordFeed


def check_packages() -> None:
    for package in (foundry_checkpoints, foundry_checkpoints_api):
        name = package.__name__
        assert Path(str(package.__file__)).is_relative_to(sys.prefix), f"{name} isn't the wheel's"
        assert files(package).joinpath("py.typed").is_file(), f"{name} isn't marked as typed"
    assert version("foundry-checkpoints") == foundry_checkpoints.__version__


def check_search() -> None:
    """Read more than two pages, each record once."""
    with CheckpointsClient() as client:
        rids = [record.rid for record in client.records.search()]
        assert len(rids) == len(set(rids)) > 200
        assert len(client.records.get_batch(rids)) == len(rids)


def check_emulator() -> None:
    from foundry_checkpoints.emulator import Emulator, sample_records

    with Emulator(sample_records(3)) as emulator, CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        assert len(list(client.records.search())) == 3


def check_cli() -> None:
    program = Path(sys.executable).with_name("foundry-checkpoints")
    done = subprocess.run([program, "search", "--limit", "3", "-o", "rids"], stdout=subprocess.PIPE, check=True)
    assert len(done.stdout.split()) == 3


def check_export(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder, CheckpointsClient() as client:
        path = Path(folder) / name
        written = RecordFeed(client, None, Path(folder) / "state.json").run(file_sink(path))
        assert written.committed > 200
        assert path.stat().st_size > 0


EXTRAS: dict[str, Callable[[], object]] = {
    "arrow": lambda: check_export("records.parquet"),
    "cli": check_cli,
    "emulator": check_emulator,
    "spark": lambda: import_module("pyarrow"),
    "speed": lambda: import_module("orjson"),
    "zstd": lambda: check_export("records.jsonl.zst"),
}

if __name__ == "__main__":
    check_packages()
    check_search()
    for extra in sys.argv[1:]:
        EXTRAS[extra]()
