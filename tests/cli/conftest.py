from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from foundry_checkpoints.cli import main
from foundry_checkpoints.emulator import Emulator
from tests.cli.commands import Outcome, Run
from tests.samples import SAMPLES


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of trusted certificates that is read in no time. Nothing here speaks TLS."""
    file = tmp_path_factory.mktemp("certificates") / "one.pem"
    file.write_text(
        Path(certifi.where()).read_text().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----"
    )
    return file


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch, one_certificate: Path) -> None:
    """Output is that of a pipe of a width that is known; no setting of the machine reaches a command."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TZ", "UTC")
    for name in ("FOUNDRY_TOKEN_FILE", "FOUNDRY_TOKEN_COMMAND", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process."""

    def run(*arguments: str, stdin: str = "") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capfd.readouterr()
        status = main(arguments)
        captured = capfd.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run


def configure(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
    monkeypatch.setenv("FOUNDRY_TOKEN", emulator.token)
    return emulator


@pytest.fixture
def configured(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The shared emulator, which the environment names, with its token."""
    return configure(emulator, monkeypatch)


@pytest.fixture
def own_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator of one test, which may inject faults."""
    with Emulator(SAMPLES) as emulator:
        yield configure(emulator, monkeypatch)
