"""What every test of faults uses."""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from foundry_checkpoints._http.transport import AsyncTransport, Sleep, Transport
from foundry_checkpoints.emulator import Emulator
from tests.faults.wire import CERTIFICATE
from tests.faults.worlds import RECORD, World


@pytest.fixture(params=["sync", "asyncio", "trio"])
def world(request: pytest.FixtureRequest) -> World:
    """Each way to call the client."""
    return World(request.param)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A service that holds one record."""
    with Emulator([RECORD]) as emulator:
        yield emulator


@pytest.fixture(scope="session", autouse=True)
def trusted_roots_load_once() -> Iterator[None]:
    """Each client loads them anew, which takes most of its start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings reaches a client."""
    for name in ("FOUNDRY_HOSTNAME", "FOUNDRY_TOKEN", "FOUNDRY_CLIENT_ID", "FOUNDRY_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts, in seconds: noted, not waited for."""
    noted: list[float] = []
    perform, aperform = Transport._perform, AsyncTransport._perform

    def noting(self: Transport, step: Any, *rest: Any) -> Any:
        return noted.append(step.seconds) if isinstance(step, Sleep) else perform(self, step, *rest)

    async def anoting(self: AsyncTransport, step: Any, *rest: Any) -> Any:
        return noted.append(step.seconds) if isinstance(step, Sleep) else await aperform(self, step, *rest)

    monkeypatch.setattr(Transport, "_perform", noting)
    monkeypatch.setattr(AsyncTransport, "_perform", anoting)
    return noted


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All that is logged, of every library, from DEBUG on."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the loopback server is trusted, by way of the environment."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
