"""The emulator as a server: start, stop, connections, concurrency."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
import warnings
from typing import Any

import httpx
import pytest

from foundry_checkpoints.emulator import Emulator, Fault, sample_records
from tests.emulator.api import RECORDS, Api, ok, serving

RID = next(iter(sample_records(1)))["rid"]


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("emulator")}


def test_it_serves_within_the_block_only() -> None:
    """Before and after the block there is no hostname, and after it nothing listens."""
    emulator = Emulator()
    with pytest.raises(RuntimeError, match="isn't running"):
        _ = emulator.hostname
    with emulator as entered:
        assert entered is emulator
        hostname = emulator.hostname
        assert hostname.startswith("http://127.0.0.1:")
    with pytest.raises(RuntimeError, match="isn't running"):
        _ = emulator.hostname
    with pytest.raises(httpx.ConnectError):
        httpx.get(hostname, trust_env=False)


def test_it_can_be_started_again() -> None:
    """Records and counters outlive a stop. A second start while it runs is an error, a second stop isn't."""
    emulator = Emulator(sample_records(3))
    for _ in range(2):
        emulator.start()
        with pytest.raises(RuntimeError, match="already running"):
            emulator.start()
        api = Api(emulator)
        with api.http, api.bare:
            assert len(api.found()) == 3
        emulator.stop()
        emulator.stop()
    assert emulator.request_counts["search"] == 2


def test_nothing_is_left_behind() -> None:
    """After a stop with open connections there is no thread, no open socket and no warning."""
    before = threads()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with Emulator(sample_records(3)) as emulator:
            connections = [socket.create_connection(("127.0.0.1", int(emulator.hostname.rpartition(":")[2])))]
            assert threads() > before
            with httpx.Client(trust_env=False) as http:
                http.get(emulator.hostname)
                emulator.stop()
                assert threads() == before
        for connection in connections:
            assert connection.recv(1) == b""
            connection.close()
        del emulator
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_a_stop_ends_what_is_in_flight(caplog: pytest.LogCaptureFixture) -> None:
    """A stop ends a request that waits at once, and logs nothing."""
    with (
        serving(sample_records(1), faults=[Fault.drip(interval=3600)]) as (emulator, api),
        api.http.stream("GET", RECORDS + RID) as response,
    ):
        emulator.stop()
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_many_run_at_once() -> None:
    """Each has its own port, its own records and its own counters."""
    before = threads()
    emulators = [Emulator(sample_records(n)) for n in range(1, 21)]
    try:
        for emulator in emulators:
            emulator.start()
        assert len({emulator.hostname for emulator in emulators}) == 20
        for n, emulator in enumerate(emulators, 1):
            api = Api(emulator)
            with api.http, api.bare:
                assert len(api.found()) == n
            assert len(emulator.requests) == 1
    finally:
        for emulator in emulators:
            emulator.stop()
    assert threads() == before


def test_a_port_can_be_chosen_and_must_be_free() -> None:
    """A port that is in use is an OSError. The port of a stopped emulator is free at once."""
    with Emulator() as first:
        port = int(first.hostname.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Emulator(port=port).start()
        httpx.get(first.hostname, trust_env=False)
    with Emulator(port=port) as second:
        assert second.hostname == f"http://127.0.0.1:{port}"


def test_it_listens_on_loopback_alone() -> None:
    """Other machines cannot reach it."""
    with Emulator() as emulator:
        port = int(emulator.hostname.rpartition(":")[2])
        with socket.socket() as other:
            assert other.connect_ex(("127.0.0.2", port)) != 0


def test_connections_are_kept_alive_and_send_at_once() -> None:
    """Requests share a connection, and Nagle's algorithm is off."""
    connections: set[Any] = set()

    async def look(exchange: Any) -> None:
        connections.add(exchange.transport.get_extra_info("socket"))
        await exchange.send(exchange.answer())

    with serving(sample_records(1), faults=[Fault("look", "get", 1.0, None, look)]) as (_, api):
        for _ in range(5):
            ok(api.get(RID))
        (connection,) = connections
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_stop_closes_connections_that_are_just_opened() -> None:
    """Connections that wait to be accepted when the emulator stops are closed, and no socket is left open."""
    blocked, released = threading.Event(), threading.Event()

    async def block(exchange: Any) -> None:
        blocked.set()
        released.wait(30)
        await exchange.send(exchange.answer())

    with Emulator(faults=[Fault("block", "get", 1.0, 1, block)]) as emulator:
        address = ("127.0.0.1", int(emulator.hostname.rpartition(":")[2]))
        callers = [socket.create_connection(address)]
        callers[0].sendall(f"GET {RECORDS}{RID} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        blocked.wait()
        callers += [socket.create_connection(address) for _ in range(100)]
        # The emulator accepts all of them in the iteration of its event loop in which it learns that it must stop.
        released.set()
        emulator.stop()
    gc.collect()
    for caller in callers:
        caller.settimeout(0.5)
    assert [caller for caller in callers if not is_closed(caller)] == []
    for caller in callers:
        caller.close()


def is_closed(caller: socket.socket) -> bool:
    """Whether the other side closed or reset a connection."""
    try:
        while caller.recv(1000):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def test_requests_are_served_concurrently() -> None:
    """A long request delays no other, and both count as in flight."""
    with serving(sample_records(1), faults=[Fault.drip(interval=3600)]) as (emulator, api):
        with api.http.stream("GET", RECORDS + RID):
            assert ok(api.get(RID))["rid"] == RID
        assert emulator.peak_in_flight == 2


@pytest.mark.anyio
async def test_latency_is_waited_concurrently() -> None:
    """Concurrent requests wait at the same time."""
    with Emulator(latency=0.3) as emulator:
        async with httpx.AsyncClient(base_url=emulator.hostname, trust_env=False) as http:
            await asyncio.gather(*(http.get("/") for _ in range(8)))
        assert 2 <= emulator.peak_in_flight <= 8
        emulator.latency = 0.0
        assert emulator.latency == 0.0


def test_consecutive_requests_are_never_in_flight_together() -> None:
    """A request isn't in flight any more when the caller has its response."""
    with serving(sample_records(200)) as (emulator, api):
        for _ in range(30):
            ok(api.search(pageSize=1))
        assert emulator.peak_in_flight == 1


def test_records_can_be_added_by_many_threads_while_it_serves() -> None:
    """Concurrent additions and searches lose nothing."""
    records = list(sample_records(400))

    def add(emulator: Emulator, part: list[dict[str, Any]]) -> None:
        for record in part:
            emulator.add([record])

    with serving() as (emulator, api):
        adders = [threading.Thread(target=add, args=(emulator, records[n::8])) for n in range(8)]
        for adder in adders:
            adder.start()
        while any(adder.is_alive() for adder in adders):
            found = api.found()
            assert len(found) == len(set(found))
        assert sorted(api.found()) == sorted(record["rid"] for record in records)


def test_it_runs_inside_an_event_loop() -> None:
    """An async test may start and stop it."""

    async def use() -> int:
        with Emulator(sample_records(2)) as emulator:
            async with httpx.AsyncClient(trust_env=False) as http:
                return (await http.get(emulator.hostname)).status_code

    assert asyncio.run(use()) == 404
