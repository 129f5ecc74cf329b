from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from foundry_checkpoints.emulator import sample_records
from tests.emulator.api import Api, serving
from tests.samples import SAMPLES_END


@pytest.fixture(scope="session")
def records() -> list[dict[str, Any]]:
    """Return sample records, which tests must not change."""
    return list(sample_records(600, end=SAMPLES_END))


@pytest.fixture(scope="session")
def api(records: list[dict[str, Any]]) -> Iterator[Api]:
    """Return a caller of an emulator that all tests share."""
    with serving(records) as (_, caller):
        yield caller


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
