"""Check what the wheel contains for a person who installs it: typed packages and a first search.

`make smoke` runs it in an environment that holds the wheel with its extra `emulator` and nothing else.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import foundry_checkpoints
import foundry_checkpoints_api
from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.emulator import Emulator, sample_records


def check_packages() -> None:
    for package in (foundry_checkpoints, foundry_checkpoints_api):
        name = package.__name__
        assert Path(str(package.__file__)).is_relative_to(sys.prefix), f"{name} isn't the wheel's"
        assert files(package).joinpath("py.typed").is_file(), f"{name} isn't marked as typed"
    assert version("foundry-checkpoints") == foundry_checkpoints.__version__


def check_search() -> None:
    """Read more than two pages, each record once."""
    records = list(sample_records(250))
    with (
        Emulator(records) as emulator,
        CheckpointsClient(emulator.hostname, auth=emulator.token) as client,
    ):
        found = [record.rid for record in client.records.search()]
    assert sorted(found) == sorted(record["rid"] for record in records)


if __name__ == "__main__":
    check_packages()
    check_search()
    print(f"foundry-checkpoints {foundry_checkpoints.__version__}: the wheel works")
