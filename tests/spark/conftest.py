"""A Spark session and an emulator over HTTP. These tests run in `.venv-spark` alone: `make test-spark`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.spark.program import session

if find_spec("pyspark") is None:
    collect_ignore_glob = ["test_*.py"]

RECORDS: Final = list(sample_records(1_500))
TOKEN: Final = "a-token-that-nobody-may-see"


def pytest_configure(config: pytest.Config) -> None:
    """PySpark leaves sockets to the garbage collector, and 3.5 compares versions with distutils."""
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")
    config.addinivalue_line("filterwarnings", "ignore:distutils Version classes:DeprecationWarning")


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where Spark keeps its log, and what its UI shows."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def spark(logs: Path) -> Iterator[Any]:
    """A session. No setting of the machine reaches it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("FOUNDRY_"):
                patch.delenv(name)
        found = session(logs)
        yield found
        found.stop()


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """An emulator whose records no test changes."""
    with Emulator(RECORDS, token=TOKEN) as running:
        yield running


@pytest.fixture
def load(spark: Any, emulator: Emulator) -> Callable[..., Any]:
    """A function that returns the records that a query with these options finds."""

    def loaded(**options: str) -> Any:
        given = {"hostname": emulator.hostname, "token": emulator.token, **options}
        return spark.read.format("foundry_checkpoints").options(**given).load()

    return loaded
