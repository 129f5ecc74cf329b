from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from foundry_checkpoints._records import AsyncRecords
from foundry_checkpoints.emulator import Emulator
from tests.samples import SAMPLES
from tests.worlds import World

# A time limit for an example would fail at random on a busy machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(params=["sync", "asyncio", "trio"], scope="session")
def world(request: pytest.FixtureRequest) -> World:
    """Each way to use the library."""
    return World(request.param)


@pytest.fixture(scope="session")
def anyio_backend(world: World) -> str:
    return world.backend


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with Emulator(SAMPLES) as emulator:
        yield emulator


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Emulator:
    """An emulator that holds the samples; its requests are those of one test."""
    shared_emulator.clear()
    return shared_emulator


@pytest.fixture
async def records(world: World, emulator: Emulator) -> AsyncIterator[AsyncRecords]:
    """The records of a client of the emulator."""
    async with world.connected_to(emulator) as found:
        yield found


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a client."""
    for name in ("FOUNDRY_HOSTNAME", "FOUNDRY_TOKEN", "FOUNDRY_CLIENT_ID", "FOUNDRY_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
