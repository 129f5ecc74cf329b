"""What every test of faults uses."""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import Iterator

import pytest

from foundry_checkpoints.emulator import Emulator
from tests.faults.wire import CERTIFICATE
from tests.faults.worlds import RECORD, World


@pytest.fixture(params=["sync", "asyncio", "trio"])
def world(request: pytest.FixtureRequest) -> World:
    """Each way to call the client."""
    return World(request.param)


@pytest.fixture
def sync() -> World:
    """One way to call it, for what doesn't depend on the way."""
    return World("sync")


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
    """Each client loads them, which takes most of its start."""
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


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All that is logged, by every library, from DEBUG on."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the loopback server is trusted, through the environment."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
