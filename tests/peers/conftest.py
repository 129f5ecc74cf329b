"""What the tests with real gateways share: the emulator behind them, their certificates, and the figures."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints.emulator import Emulator
from tests.peers.gateways import program
from tests.peers.ways import SAMPLES

Figures = Callable[[str], None]


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with Emulator(SAMPLES) as emulator:
        yield emulator


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Emulator:
    """A service that holds 1,000 records, and answers at once."""
    shared_emulator.clear()
    shared_emulator.latency = 0.0
    return shared_emulator


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a private CA, `ca.pem`, and what it issued: `server.pem` and `client.pem`, each with its key."""
    openssl, folder = program("openssl"), tmp_path_factory.mktemp("certificates")
    new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -config openssl.cnf"
    (folder / "openssl.cnf").write_text(
        "[req]\ndistinguished_name = name\n[name]\n"
        "[ca]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign\n"
        "subjectKeyIdentifier = hash\n"
        "[leaf]\nbasicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\n"
        "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n"
        "subjectAltName = DNS:localhost,IP:127.0.0.1,IP:0.0.0.0\n"
    )
    for name, how in (
        ("ca", "-extensions ca"),
        ("server", "-extensions leaf -CA ca.pem -CAkey ca.key"),
        ("client", "-extensions leaf -CA ca.pem -CAkey ca.key"),
    ):
        files = ["-subj", f"/CN=Peers {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        subprocess.run([openssl, *new.split(), *how.split(), *files], cwd=folder, check=True, capture_output=True)
        both = (folder / f"{name}.pem").read_text() + (folder / f"{name}.key").read_text()
        (folder / f"{name}-with-key.pem").write_text(both)
    return folder


@pytest.fixture
def trusted(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The private CA is trusted, through the environment."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Takes lines that are shown behind the results of the tests."""
    return lambda text: record_property("figures", text)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the figures."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    for report in reports:
        for name, text in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {text}")
