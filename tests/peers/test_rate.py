"""Gateways that accept so many requests a second, and the default retries."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foundry_checkpoints.emulator import Emulator
from tests.peers.conftest import Figures
from tests.peers.gateways import nginx, statuses
from tests.peers.ways import WORLDS, all_ways

pytestmark = pytest.mark.slow

_LIMITS = {
    "bare 503": "limit_req_status 503;",
    "429 with Retry-After": "limit_req_status 429; add_header Retry-After $retry_after always;",
}
_BURSTS = {"no burst": "", "a burst of a second": "burst=9 nodelay"}
_HTTP = """
map $status $retry_after { 429 1; default ""; }
limit_req_zone $server_port zone=ten:1m rate=10r/s;
limit_req_zone $server_port zone=service:1m rate=4980r/m;
"""
_MOST = 0.15
_WAYS = ("parallel search", "get_batch", "iter_batch")


def test_ten_requests_a_second(emulator: Emulator, tmp_path: Path, figures: Figures) -> None:
    """A parallel search and batches of 10,000 RIDs get through, with at most 15 % of the requests rejected.

    Each client has a limit of its own. All run concurrently.
    """
    runs = [
        (way, world, limit, burst)
        for way in all_ways(page_size=10, unknown=9)
        if way.name in _WAYS
        for world in WORLDS
        for limit in _LIMITS
        for burst in _BURSTS
    ]
    servers = [f"; limit_req zone=ten {_BURSTS[burst]}; {_LIMITS[limit]}" for _, _, limit, burst in runs]
    peer = nginx(tmp_path, emulator.hostname, *servers, http=_HTTP)

    def read(number: int) -> tuple[str | None, float]:
        way, world, _, _ = runs[number]
        start = time.monotonic()
        return way.mistake(world, f"http://127.0.0.1:{peer.ports[number]}"), time.monotonic() - start

    with peer, ThreadPoolExecutor(len(runs)) as pool:
        outcomes = list(pool.map(read, range(len(runs))))
    too_many = []
    for (way, world, limit, burst), (_, seconds), counts in zip(runs, outcomes, statuses(peer).values(), strict=True):
        name = f"{way.name}, {world}, {limit}, {burst}"
        figures(f"{name}: {_described(counts, seconds)}")
        too_many += [name] if _rejected(counts) > _MOST else []
    assert [mistake for mistake, _ in outcomes if mistake is not None] == []
    assert too_many == []


def test_the_limit_of_the_service(emulator: Emulator, tmp_path: Path, figures: Figures) -> None:
    """A batch of 100,000 RIDs gets through 83 requests a second, with at most 15 % of the requests rejected."""
    (way,) = (way for way in all_ways(unknown=99) if way.name == "get_batch")
    with nginx(
        tmp_path,
        emulator.hostname,
        f"; limit_req zone=service burst=82 nodelay; {_LIMITS['429 with Retry-After']}",
        http=_HTTP,
    ) as peer:
        start = time.monotonic()
        mistake = way.mistake("sync", peer.hostname)
        seconds = time.monotonic() - start
    (counts,) = statuses(peer).values()
    figures(_described(counts, seconds))
    assert mistake is None
    assert _rejected(counts) <= _MOST


def _rejected(counts: Counter[int]) -> float:
    return 1 - counts[200] / counts.total()


def _described(counts: Counter[int], seconds: float) -> str:
    return (
        f"{counts.total()} requests, {_rejected(counts):.1%} rejected, "
        f"{counts[200] / seconds:.1f} accepted a second in {seconds:.1f} s"
    )
