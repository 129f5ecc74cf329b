"""Client certificates, with a gateway that requires one."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import Run
from tests.samples import RIDS, SAMPLES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates"),
]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `cert.pem` and `key.pem`, for the gateway and for its clients."""
    folder = tmp_path_factory.mktemp("certificates")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ("-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem")
    subprocess.run([*command.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def gateway(certificates: Path) -> Iterator[str]:
    """A server that answers one request with a record, if the client shows its certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates / "cert.pem")
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    body = json.dumps(SAMPLES[0]).encode()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                secure.sendall(head.encode() + body)
        except OSError:  # ssl.SSLError, too: no certificate
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        thread.join()


def test_a_client_certificate_is_shown(
    run: Run, gateway: str, certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate and its key may be in one file."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "cert.pem"))
    monkeypatch.setenv("FOUNDRY_TOKEN", "token")
    both = tmp_path / "both.pem"
    both.write_text((certificates / "cert.pem").read_text() + (certificates / "key.pem").read_text())
    outcome = run("get", RIDS[0], "--hostname", gateway, "--client-cert", str(both))
    assert (outcome.status, json.loads(outcome.out)) == (0, SAMPLES[0])


def test_a_wrong_key_is_named(run: Run, certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent."""
    monkeypatch.setenv("FOUNDRY_TOKEN", "token")
    (tmp_path / "key.pem").write_text("no key")
    files = ("--client-cert", str(certificates / "cert.pem"), "--client-key", str(tmp_path / "key.pem"))
    outcome = run("get", RIDS[0], "--hostname", "localhost", *files)
    assert outcome.status == 2
    assert f"can't use the client certificate {certificates / 'cert.pem'} with the key" in outcome.err
