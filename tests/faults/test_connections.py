"""Connections: names, ports, TLS, proxies, and what the environment says about them."""

from __future__ import annotations

import json
import socket
import ssl
import traceback
from pathlib import Path
from typing import Any

import httpx
import pytest

from foundry_checkpoints import AsyncCheckpointsClient, CheckpointsClient, ConfigurationError, NetworkError
from foundry_checkpoints.emulator import Emulator
from tests.faults.wire import CERTIFICATE, Wire, cut, hang, http, reset, say, tls
from tests.faults.worlds import ATTEMPTS, HOST, RECORD, RID, TOKEN, Script, World, get
from tests.worlds import Handler

ANSWER = say(http(json.dumps(RECORD).encode()))


def attempts(error: Any) -> tuple[type[Exception], int, bool]:
    return type(error), error.attempts, error.transient


LASTING = (NetworkError, 1, False)


# Names and ports


def test_a_port_where_nobody_listens(world: World) -> None:
    """The client retries, and the error says where."""
    with Wire(hang()) as server:
        hostname = server.hostname
    error = world.errors(get, hostname)
    assert attempts(error) == (NetworkError, ATTEMPTS, True)
    assert f"{hostname.removeprefix('http://')}: ConnectError" in str(error)


def test_an_unknown_host_is_tried_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a typo, or the name service is down for longer than a call."""

    def fail(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = world.errors(get, "https://foundry.invalid")
    assert attempts(error) == (NetworkError, 2, True)
    assert "foundry.invalid: ConnectError" in str(error)
    assert "Name or service not known" in str(error)


def test_a_failed_search_shows_the_line_that_searched_and_no_other_library(sync: World) -> None:
    """The causes are in the traceback as a line each, without the places in httpx where they were raised."""
    error = sync.errors(lambda records: next(iter(records.search())), "http://127.0.0.1:9", retry=0)
    text = "".join(traceback.format_exception(error))
    assert "httpx.ConnectError" in text
    assert "site-packages" not in text
    assert len(text.splitlines()) < 40


def test_a_stale_connection_is_replaced(world: World) -> None:
    """If a server closes an idle connection just when the next request comes, the client retries."""
    with Wire(ANSWER, say(b"", close=True), ANSWER) as server:
        outcomes = world.outcomes([get, get], server.hostname)
        assert [outcome.to_dict() for outcome in outcomes] == [RECORD, RECORD]
        assert (len(server.requests), server.connections) == (3, 2)


# TLS


def test_certificates_of_the_environment_are_trusted(world: World, trusted: None) -> None:
    """SSL_CERT_FILE names them, for a company's own authority."""
    with Wire(ANSWER, context=tls()) as server:
        assert world.run(get, server.hostname).rid == RID


def test_a_certificate_that_is_not_trusted_is_not_tried_again(world: World) -> None:
    """The error says what to set, and the client sends no request."""
    with Wire(ANSWER, context=tls()) as server:
        error = world.errors(get, server.hostname)
        assert (*attempts(error), server.requests) == (*LASTING, [])
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    assert "SSL_CERT_FILE" in str(error)
    assert "REQUESTS_CA_BUNDLE" not in str(error)


def test_a_variable_of_another_library_is_named(sync: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """httpx doesn't read what requests and curl read."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with Wire(ANSWER, context=tls()) as server:
        assert "httpx doesn't read REQUESTS_CA_BUNDLE" in str(sync.errors(get, server.hostname))


def test_a_certificate_for_another_host_is_not_tried_again(world: World, trusted: None) -> None:
    """A trusted certificate doesn't help a host that it doesn't name."""
    with Wire(ANSWER, context=tls()) as server:
        error = world.errors(get, server.hostname.replace("127.0.0.1", "localhost"))
        assert (*attempts(error), server.requests) == (*LASTING, [])


def requiring_a_certificate(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = tls()
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(CERTIFICATE)
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_missing_client_certificate_is_not_tried_again(version: ssl.TLSVersion, world: World, trusted: None) -> None:
    """The error says what to pass."""
    with Wire(ANSWER, context=requiring_a_certificate(version)) as server:
        error = world.errors(get, server.hostname)
        assert (*attempts(error), server.requests) == (*LASTING, [])
    assert "client certificate" in str(error)


ALERTS = {
    "TLSV1_ALERT_UNKNOWN_CA": False,
    "SSLV3_ALERT_BAD_CERTIFICATE": False,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": False,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": False,
    "TLSV1_ALERT_INTERNAL_ERROR": True,
    "SSLV3_ALERT_BAD_RECORD_MAC": True,
    "UNEXPECTED_EOF_WHILE_READING": True,
}


def test_an_alert_is_lasting_if_it_is_about_the_certificate(sync: World) -> None:
    """Another one can pass."""
    for alert, is_transient in ALERTS.items():

        def handler(_: httpx.Request, alert: str = alert) -> httpx.Response:
            raise httpx.ReadError("") from ssl.SSLError(1, f"[SSL: {alert}] alert (_ssl.c:2580)")

        error = sync.errors(get, handler=Script(*[handler] * 9))
        assert (alert, error.transient, error.attempts) == (alert, is_transient, ATTEMPTS if is_transient else 1)


def test_a_client_certificate_is_that_of_the_callers_http_client(sync: World) -> None:
    """The error of the test above says so."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    context.load_cert_chain(CERTIFICATE)
    with Wire(ANSWER, context=requiring_a_certificate(ssl.TLSVersion.TLSv1_3)) as server:
        assert sync.run(get, server.hostname, http_client=httpx.Client(verify=context)).rid == RID


def test_a_port_without_tls_is_not_tried_again(world: World, emulator: Emulator) -> None:
    """The port, or the scheme, is wrong."""
    error = world.errors(get, emulator.hostname.replace("http:", "https:"))
    assert attempts(error) == LASTING
    assert "doesn't speak TLS" in str(error)


def test_a_fault_within_tls_is_retried(world: World, trusted: None) -> None:
    """The same faults behind TLS are the same to the caller."""
    for fault in (cut(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"), reset(b"HTTP/1.1 200 OK\r\n")):
        with Wire(fault, ANSWER, context=tls()) as server:
            assert world.run(get, server.hostname).to_dict() == RECORD


# Proxies


def rejecting(status: str) -> Wire:
    return Wire(say(http(b"", status=status)))


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "401 Unauthorized"])
def test_a_proxy_that_rejects_a_request_is_not_tried_again(
    status: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, tried again and again, locks an account."""
    with rejecting(status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.hostname)
        error = world.errors(get, HOST)
        assert (*attempts(error), len(proxy.requests)) == (*LASTING, 1)
    assert status in str(error)
    assert "The proxy rejected the request" in str(error)


def test_a_proxy_that_is_busy_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its 502 can pass, as that of any gateway."""
    with rejecting("502 Bad Gateway") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.hostname)
        error = world.errors(get, HOST)
        assert (*attempts(error), len(proxy.requests)) == (NetworkError, ATTEMPTS, True, ATTEMPTS)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_never_goes_through_a_proxy(
    host: str, world: World, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy would see the token, and can't reach this machine."""
    with rejecting("403 Forbidden") as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.hostname)
        hostname = emulator.hostname.replace("127.0.0.1", host)
        assert world.run(get, hostname, auth=emulator.token).rid == RID
        assert proxy.connections == 0


def test_no_proxy_is_honored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client reaches an excepted host directly."""
    with rejecting("403 Forbidden") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.hostname)
        monkeypatch.setenv("NO_PROXY", "foundry.invalid")
        assert world.errors(get, "https://foundry.invalid", retry=0).transient
        assert proxy.connections == 0


# What can't work


def test_certificates_that_cannot_be_read_are_named(
    sync: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of the constructor names the variable and the file."""
    (tmp_path / "garbage.pem").write_text("not a certificate")
    for variable, path in (
        ("SSL_CERT_FILE", "/nonexistent/roots.pem"),
        ("SSL_CERT_DIR", "/nonexistent"),
        ("SSL_CERT_FILE", str(tmp_path / "garbage.pem")),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(variable, path)
            with pytest.raises(ConfigurationError, match=variable) as caught:
                sync.run(get)
        assert path in str(caught.value) or "garbage" in path


def test_an_argument_of_another_type_is_named() -> None:
    """The constructor raises, not the first call."""
    others: list[Any] = [httpx.AsyncClient(), httpx.Client(), httpx.HTTPTransport(), "http", 5]
    for kind, sound in ((CheckpointsClient, httpx.Client), (AsyncCheckpointsClient, httpx.AsyncClient)):
        for other in others:
            if not isinstance(other, sound):
                with pytest.raises(ConfigurationError, match=f"http_client must be an httpx.{sound.__name__}"):
                    kind("foundry.example", auth=TOKEN, http_client=other)
        hostnames: list[Any] = [httpx.URL(HOST), 5, HOST.encode(), [HOST]]
        for hostname in hostnames:
            with pytest.raises(ConfigurationError, match="hostname must be a string"):
                kind(hostname, auth=TOKEN)


def test_a_header_that_cannot_be_sent_is_not_tried_again(world: World) -> None:
    """h11 rejects it, and quotes it; the error doesn't."""

    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.LocalProtocolError(f"Illegal header value {request.headers['Authorization']!r}")

    script: Handler = Script(*[handler] * 9)
    error = world.errors(get, handler=script)
    assert attempts(error) == LASTING
    assert TOKEN not in str(error)
