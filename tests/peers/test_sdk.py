"""The official SDK reads the same records from the emulator as this client."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints import CheckpointsClient
from foundry_checkpoints.emulator import Emulator
from tests.peers.conftest import Figures

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]


@cache
def _python_with_sdk() -> str | None:
    for python in (Path(sys.executable), _ROOT / ".venv-bench" / "bin" / "python"):
        if python.exists():
            test = [str(python), "-c", "import foundry_sdk"]
            if subprocess.run(test, capture_output=True, check=False, timeout=60).returncode == 0:
                return str(python)
    return None


def test_the_official_sdk_reads_the_same(emulator: Emulator, figures: Figures) -> None:
    """By search, by batches in threads and tasks, and with client credentials: every field of every record is equal."""
    python = _python_with_sdk()
    if python is None:
        pytest.skip("foundry-platform-sdk isn't installed: `make test-peers` installs it into .venv-bench")
    script = Path(__file__).with_name("read_with_sdk.py")
    address = emulator.hostname.removeprefix("http://")
    command = [python, str(script), address, emulator.token, emulator.client_id, emulator.client_secret]
    outcome = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert outcome.returncode == 0, outcome.stderr.decode()[-2000:]
    theirs = json.loads(outcome.stdout)
    with CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        ours = [record.to_dict() for record in client.records.search()]
    rids = [record["rid"] for record in ours]
    assert [_comparable(record) for record in theirs["search"]] == [_comparable(record) for record in ours]
    assert [theirs[way] for way in ("threads", "asyncio", "credentials")] == [rids] * 3
    figures(f"{len(ours)} records are equal, {emulator.token_requests} token request")


def _comparable(value: Any) -> Any:
    """Return a JSON value with times in one form: the SDK writes no milliseconds where they are 0."""
    if isinstance(value, dict):
        return {name: _comparable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    try:
        return datetime.fromisoformat(value).isoformat() if isinstance(value, str) and "T" in value else value
    except ValueError:
        return value
