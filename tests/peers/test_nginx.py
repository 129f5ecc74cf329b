"""The client through nginx: what it does to connections, to bodies, and to errors."""

from __future__ import annotations

import signal
import ssl
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foundry_checkpoints import BadRequestError, NetworkError, RequestEntityTooLargeError, RetryPolicy
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import InternalServerError
from tests.faults.worlds import QUICK, World, get
from tests.peers.conftest import Figures
from tests.peers.gateways import Peer, free_ports, nginx, statuses
from tests.peers.ways import COUNT, HTTP_CLIENTS, RIDS, TOKEN, WORLDS, Way, all_ways, read_during

pytestmark = pytest.mark.slow


def _described(peer: Peer, count: int, seconds: float) -> str:
    counts = sum(statuses(peer).values(), start=Counter[int]())
    return f"{count} x {COUNT} records in {seconds:.1f} s, {counts.total()} requests, {dict(counts)}"


def test_reloads_lose_nothing(emulator: Emulator, tmp_path: Path, figures: Figures) -> None:
    """Every way of reading, sync and async, is complete while nginx reloads its configuration four times a second."""
    emulator.latency = 0.01

    def reload() -> None:
        for _ in range(16):
            time.sleep(0.25)
            peer.reload(signal.SIGHUP)

    with nginx(tmp_path, emulator.hostname, ";") as peer:
        start = time.monotonic()
        mistakes, count = read_during(reload, peer.hostname, all_ways())
    figures(_described(peer, count, time.monotonic() - start))
    assert mistakes == []


def test_kills_lose_nothing(emulator: Emulator, tmp_path: Path, figures: Figures) -> None:
    """Every way of reading is complete while nginx is killed again and again, and started again at once."""
    emulator.latency = 0.01

    def kill() -> None:
        for _ in range(5):
            time.sleep(1)
            peer.kill()
            peer.start()

    with nginx(tmp_path, emulator.hostname, ";") as peer:
        start = time.monotonic()
        mistakes, count = read_during(kill, peer.hostname, all_ways())
    figures(_described(peer, count, time.monotonic() - start))
    assert mistakes == []


def test_a_limit_of_connections_is_kept(emulator: Emulator, tmp_path: Path, figures: Figures) -> None:
    """A client of 8 requests at a time gets through a gateway that answers 503 to more than 4 connections."""
    emulator.latency = 0.02
    limit = "limit_conn_zone $server_port zone=connections:1m;"
    ways = [way for way in all_ways(page_size=20) if way.name != "search"]
    with nginx(tmp_path, emulator.hostname, *["; limit_conn connections 4;"] * 2 * len(ways), http=limit) as peer:
        hostnames = [f"http://127.0.0.1:{port}" for port in peer.ports]
        with ThreadPoolExecutor(len(hostnames)) as pool:
            mistakes = list(pool.map(Way.mistake, ways * 2, ["sync"] * len(ways) + ["asyncio"] * len(ways), hostnames))
    figures(", ".join(f"{counts[503]} of {counts.total()} rejected" for counts in statuses(peer).values()))
    assert not any(mistakes)


@pytest.mark.parametrize("world", WORLDS)
def test_gzip_and_a_private_ca(
    emulator: Emulator, tmp_path: Path, certificates: Path, trusted: None, world: str
) -> None:
    """Every way of reading is complete through TLS with a private CA, and compressed bodies."""
    tls = f"ssl; ssl_certificate {certificates}/server.pem; ssl_certificate_key {certificates}/server.key;"
    gzip = "gzip on; gzip_types application/json; gzip_proxied any;"
    with nginx(tmp_path, emulator.hostname, f"{tls} {gzip}") as peer:
        assert not any(way.mistake(world, f"https://localhost:{peer.ports[0]}") for way in all_ways())


@pytest.mark.parametrize("world", WORLDS)
def test_an_unknown_ca_is_named_at_once(emulator: Emulator, tmp_path: Path, certificates: Path, world: str) -> None:
    """A private CA that isn't set up isn't worth another attempt."""
    tls = f"ssl; ssl_certificate {certificates}/server.pem; ssl_certificate_key {certificates}/server.key;"
    with nginx(tmp_path, emulator.hostname, tls) as peer:
        error = World(world, None).errors(get, f"https://localhost:{peer.ports[0]}")
    assert (type(error), error.attempts) == (NetworkError, 1)
    assert "set SSL_CERT_FILE" in str(error)


@pytest.mark.parametrize("world", WORLDS)
def test_a_client_certificate(
    emulator: Emulator, tmp_path: Path, certificates: Path, trusted: None, world: str
) -> None:
    """Without the certificate that the gateway requires, its answer is shown at once; with it, everything is read."""
    tls = f"ssl; ssl_certificate {certificates}/server.pem; ssl_certificate_key {certificates}/server.key;"
    verify = f"ssl_client_certificate {certificates}/ca.pem; ssl_verify_client on;"
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    context.load_cert_chain(certificates / "client.pem", certificates / "client.key")
    with nginx(tmp_path, emulator.hostname, f"{tls} {verify}") as peer:
        hostname = f"https://localhost:{peer.ports[0]}"
        error = World(world, None).errors(get, hostname)
        way = next(way for way in all_ways() if way.name == "get_batch")
        assert way.mistake(world, hostname, http_client=HTTP_CLIENTS[world](verify=context)) is None
    assert (type(error), error.attempts) == (BadRequestError, 1)
    assert "No required SSL certificate was sent" in str(error)


@pytest.mark.parametrize("world", WORLDS)
def test_too_large_a_request_is_not_sent_again(emulator: Emulator, tmp_path: Path, world: str) -> None:
    """nginx answers 413 while the body is still being sent."""
    with nginx(tmp_path, emulator.hostname, "; client_max_body_size 1k;") as peer:
        error = World(world, None).errors(lambda records: records.get_batch(RIDS[:100]), peer.hostname, auth=TOKEN)
    assert (type(error), error.attempts) == (RequestEntityTooLargeError, 1)


@pytest.mark.parametrize("world", WORLDS)
def test_a_service_that_is_down(tmp_path: Path, world: str) -> None:
    """A 502 is sent again, and its HTML is shown as its title."""
    with nginx(tmp_path, f"http://127.0.0.1:{free_ports(1)[0]}", ";") as peer:
        error = World(world, None).errors(get, peer.hostname, retry=QUICK)
    assert (type(error), error.status_code, error.attempts) == (InternalServerError, 502, 3)
    assert "502 Bad Gateway" in str(error)
    assert "<" not in str(error)


@pytest.mark.parametrize("world", WORLDS)
def test_a_service_that_hangs(emulator: Emulator, tmp_path: Path, world: str) -> None:
    """A 504 is sent again, and the next answer counts."""
    emulator.inject(Fault.delay(3))
    with nginx(tmp_path, emulator.hostname, "; proxy_read_timeout 300ms;") as peer:
        retry = RetryPolicy(max_retries=1, backoff=0.001)
        record = World(world, None).run(lambda records: records.get(RIDS[0]), peer.hostname, auth=TOKEN, retry=retry)
    assert record.rid == RIDS[0]
    (counts,) = statuses(peer).values()
    assert counts == {504: 1, 200: 1}
