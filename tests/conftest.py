from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from foundry_checkpoints import AsyncRecords
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


@pytest.fixture(scope="session", autouse=True)
def trusted_roots_load_once() -> Iterator[None]:
    """Each client loads them, which takes longer than most of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a client."""
    for name in ("HOSTNAME", "TOKEN", "TOKEN_FILE", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"FOUNDRY_{name}", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
