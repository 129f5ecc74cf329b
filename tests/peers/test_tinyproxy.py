"""The client through tinyproxy, with and without a password.

Loopback never goes through a proxy, so the gateway is called by the unspecified address, which also leads here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_checkpoints import NetworkError
from foundry_checkpoints.emulator import Emulator
from tests.faults.worlds import World, get
from tests.peers.gateways import Peer, nginx, proxied, tinyproxy
from tests.peers.ways import WORLDS, all_ways

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("world", WORLDS)]

_PASSWORD = "S3cretPw"


@pytest.fixture
def gateway(
    emulator: Emulator, tmp_path_factory: pytest.TempPathFactory, certificates: Path, trusted: None
) -> Iterator[Peer]:
    """An nginx that speaks TLS."""
    tls = f"ssl; ssl_certificate {certificates}/server.pem; ssl_certificate_key {certificates}/server.key;"
    with nginx(tmp_path_factory.mktemp("gateway"), emulator.hostname, tls) as peer:
        yield peer


def _use(proxy: Peer, monkeypatch: pytest.MonkeyPatch, user: str = "") -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{user}127.0.0.1:{proxy.ports[0]}")


@pytest.mark.parametrize(("user", "login"), [(None, ""), (f"alice {_PASSWORD}", f"alice:{_PASSWORD}@")])
def test_everything_is_read_through_a_proxy(
    gateway: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: str, user: str | None, login: str
) -> None:
    """Every way of reading is complete through a tunnel, with a password and without."""
    with tinyproxy(tmp_path, user=user) as proxy:
        _use(proxy, monkeypatch, login)
        mistakes = [way.mistake(world, f"https://0.0.0.0:{gateway.ports[0]}") for way in all_ways()]
    assert not any(mistakes)
    assert proxied(proxy) >= len(mistakes)


@pytest.mark.parametrize("login", ["", "alice:Wr0ngPw@"])
def test_a_wrong_password_is_tried_once(
    gateway: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: str, login: str
) -> None:
    """A proxy's 407, or tinyproxy's 401, isn't worth another attempt, which could lock the account.

    The password isn't shown.
    """
    with tinyproxy(tmp_path, user=f"alice {_PASSWORD}") as proxy:
        _use(proxy, monkeypatch, login)
        error = World(world, None).errors(get, f"https://0.0.0.0:{gateway.ports[0]}")
    assert (type(error), error.attempts, proxied(proxy)) == (NetworkError, 1, 1)
    assert "check the proxy's user, password, and rules" in str(error)
    assert "Pw" not in repr(error)


def test_loopback_never_goes_through_a_proxy(
    emulator: Emulator, gateway: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: str
) -> None:
    """Neither http nor https to this machine reaches a proxy, whatever the environment says."""
    with tinyproxy(tmp_path, user=f"alice {_PASSWORD}") as proxy:
        _use(proxy, monkeypatch)
        port = gateway.ports[0]
        for hostname in (emulator.hostname, f"https://localhost:{port}", f"https://127.0.0.1:{port}"):
            assert all_ways()[0].mistake(world, hostname) is None
    assert proxied(proxy) == 0
