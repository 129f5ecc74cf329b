"""The code of docs/how-to/proxies-and-certificates.md, run as written."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from foundry_checkpoints import CheckpointsClient, ConfigurationError
from foundry_checkpoints.cli import main

PAGE: Final = (Path(__file__).parents[2] / "docs" / "how-to" / "proxies-and-certificates.md").read_text(
    encoding="utf-8"
)
ANSWER: Final = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"data":[]}'


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def exports(name: str) -> list[str]:
    """The values that the page gives a variable."""
    return [shlex.split(text)[0] for text in re.findall(rf"^export {name}=(.*)$", PAGE, re.MULTILINE)]


def python(containing: str) -> str:
    (block,) = [block for block in blocks("python") if containing in block]
    return block


def test_the_proxies_of_the_page_are_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one whose password is quoted as the page says. Unquoted, the error names the variable and hides it."""
    scope: dict[str, str] = {}
    exec(compile(python("quote("), "proxies-and-certificates.md", "exec"), scope)
    for proxy in (*exports("HTTPS_PROXY"), scope["proxy"]):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        CheckpointsClient("example.palantirfoundry.com", auth="token").close()
    monkeypatch.setenv("HTTPS_PROXY", "http://alice:S3cret/with?signs@proxy.example.com:3128")
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY") as caught:
        CheckpointsClient("example.palantirfoundry.com", auth="token")
    assert "S3cret" not in str(caught.value)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page names, which are also the gateway's."""
    folder = tmp_path_factory.mktemp("certificates")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ("-addext", "subjectAltName=DNS:localhost", "-keyout", "client.key", "-out", "client.pem")
    subprocess.run([*command.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def gateway(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A gateway with a private authority that answers one request of a client that shows its certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates / "client.pem")
    context.load_cert_chain(certificates / "client.pem", certificates / "client.key")
    context.verify_mode = ssl.CERT_REQUIRED

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as secure:
            request = b""
            while b"\r\n\r\n{" not in request:
                request += secure.recv(65536)
            secure.sendall(ANSWER)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        monkeypatch.chdir(certificates)
        monkeypatch.setenv("FOUNDRY_HOSTNAME", f"https://localhost:{listener.getsockname()[1]}")
        monkeypatch.setenv("FOUNDRY_TOKEN", "token")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "client.pem"))
        (bundle,) = [name for name in exports("SSL_CERT_FILE") if name.startswith("$")]
        monkeypatch.setenv("SSL_CERT_FILE", {"$REQUESTS_CA_BUNDLE": str(certificates / "client.pem")}[bundle])
        yield
        thread.join()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
@pytest.mark.usefixtures("gateway")
def test_a_client_certificate_in_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    """The client of the page trusts the private authority and shows the certificate."""
    exec(compile(python("load_cert_chain"), "proxies-and-certificates.md", "exec"), {"httpx": httpx})
    assert capsys.readouterr().out == "None\n"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
@pytest.mark.usefixtures("gateway")
def test_a_client_certificate_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The command of the page works."""
    (command,) = [block for block in blocks("sh") if "--client-cert" in block]
    program, *arguments = shlex.split(command)
    assert program == "foundry-checkpoints"
    assert main(arguments) == 0, capsys.readouterr()
