"""The code of docs/how-to/frames.md, run as written, in order, against the emulator."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from foundry_checkpoints import CheckpointsClient, RecordPage
from foundry_checkpoints.emulator import Emulator, sample_records

PAGE: Final = (Path(__file__).parents[2] / "docs" / "how-to" / "frames.md").read_text(encoding="utf-8")


def test_the_page_runs_as_written(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block works, frames hold every record, and the last one is a page."""
    *blocks, last = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    scope: dict[str, Any] = {"__name__": "frames"}
    with Emulator(list(sample_records(250, end=datetime(2027, 1, 1, tzinfo=UTC)))) as emulator:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
        monkeypatch.setenv("FOUNDRY_TOKEN", emulator.token)
        for block in blocks:
            exec(compile(block, "frames.md", "exec"), scope)
            if "frame = " in block:
                assert len(scope.pop("frame")) == 250
        client = scope["client"]
        assert isinstance(client, CheckpointsClient)
        with client:
            assert isinstance(eval(last, scope), RecordPage)
    shown = capsys.readouterr()
    assert "250 records (100%)" in shown.out
    assert "since January" in shown.err
