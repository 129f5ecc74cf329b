"""The client through HAProxy: reloads, idle connections that it closes, and a client certificate at the TLS level."""

from __future__ import annotations

import logging
import random
import signal
import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints import NetworkError
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import InternalServerError, ServiceUnavailableError
from tests.faults.worlds import QUICK, World, get
from tests.peers.conftest import Figures
from tests.peers.gateways import free_ports, haproxy
from tests.peers.ways import COUNT, HTTP_CLIENTS, RIDS, TOKEN, WORLDS, all_ways, read_during

pytestmark = pytest.mark.slow

_IDLE = 0.03
"""Seconds after which the gateway closes an idle connection."""


def test_reloads_and_kills_lose_nothing(emulator: Emulator, tmp_path: Path, figures: Figures) -> None:
    """Every way of reading is complete while HAProxy starts new workers, and is killed between."""
    emulator.latency = 0.01

    def disturb() -> None:
        for number in range(12):
            time.sleep(0.4)
            if number % 4 < 3:
                peer.reload(signal.SIGUSR2)
            else:
                peer.kill()
                peer.start()

    with haproxy(tmp_path, emulator.hostname) as peer:
        start = time.monotonic()
        mistakes, count = read_during(disturb, peer.hostname, all_ways())
    served = sum(emulator.status_counts.values())
    figures(f"{count} x {COUNT} records in {time.monotonic() - start:.1f} s, {served} requests served")
    assert mistakes == []


@pytest.mark.parametrize("world", WORLDS)
def test_the_keep_alive_race(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture, figures: Figures, world: str
) -> None:
    """A gateway that closes an idle connection while the next request is on its way costs an attempt, not a call."""
    caplog.set_level(logging.INFO, "foundry_checkpoints")
    dice = random.Random(7)

    def pausing(rid: str) -> Any:
        time.sleep(_IDLE - dice.uniform(0.0, 0.006))
        return rid

    asked = [lambda records, rid=rid: records.get(pausing(rid)) for rid in RIDS[:60]]
    with haproxy(tmp_path, emulator.hostname, defaults=f"timeout http-keep-alive {_IDLE * 1000:.0f}") as peer:
        found = World(world, None).outcomes(asked, peer.hostname, auth=TOKEN)
    again = sum("next attempt" in record.getMessage() for record in caplog.records)
    figures(f"{world}: {again} of {len(asked)} requests were sent again")
    assert [getattr(record, "rid", record) for record in found] == RIDS[:60]


@pytest.mark.parametrize("world", WORLDS)
def test_a_client_certificate(
    emulator: Emulator, tmp_path: Path, certificates: Path, trusted: None, world: str
) -> None:
    """The TLS alert for a missing certificate isn't worth another attempt; with the certificate, everything is read."""
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    context.load_cert_chain(certificates / "client.pem", certificates / "client.key")
    bind = f"ssl crt {certificates}/server-with-key.pem ca-file {certificates}/ca.pem verify required"
    with haproxy(tmp_path, emulator.hostname, bind=bind) as peer:
        hostname = f"https://localhost:{peer.ports[0]}"
        error = World(world, None).errors(get, hostname)
        way = next(way for way in all_ways() if way.name == "get_batch")
        mistake = way.mistake(world, hostname, http_client=HTTP_CLIENTS[world](verify=context))
    assert mistake is None
    assert (type(error), error.attempts) == (NetworkError, 1)
    assert "requires a client certificate" in str(error)


@pytest.mark.parametrize("world", WORLDS)
def test_a_service_that_is_down(tmp_path: Path, world: str) -> None:
    """A 503 is sent again, and its HTML is shown as its first words."""
    with haproxy(tmp_path, f"http://127.0.0.1:{free_ports(1)[0]}", defaults="retries 0") as peer:
        error = World(world, None).errors(get, peer.hostname, retry=QUICK)
    assert (type(error), error.attempts) == (ServiceUnavailableError, 3)
    assert "503 Service Unavailable" in str(error)


@pytest.mark.parametrize("world", WORLDS)
def test_a_service_that_breaks_off(emulator: Emulator, tmp_path: Path, world: str) -> None:
    """A 502 is sent again, and the next answer counts."""
    emulator.inject(Fault.reset(times=2))
    with haproxy(tmp_path, emulator.hostname, defaults="retries 0") as peer:
        record = World(world, None).run(lambda records: records.get(RIDS[0]), peer.hostname, auth=TOKEN)
    assert record.rid == RIDS[0]


@pytest.mark.parametrize("world", WORLDS)
def test_a_service_that_hangs(emulator: Emulator, tmp_path: Path, world: str) -> None:
    """A 504 that lasts is raised, after the retries."""
    emulator.inject(Fault.delay(2, times=3))
    with haproxy(tmp_path, emulator.hostname, defaults="timeout server 200ms") as peer:
        error = World(world, None).errors(lambda records: records.get(RIDS[0]), peer.hostname, auth=TOKEN, retry=QUICK)
    assert (type(error), error.status_code, error.attempts) == (InternalServerError, 504, 3)
