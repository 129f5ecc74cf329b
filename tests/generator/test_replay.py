"""A real change of the preview, replayed: a client of the older API document meets all that came later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints.emulator import Emulator
from generator.preview.upstream.edits import edited
from generator.spec import parse
from generator.spec.words import split
from tests.generator.driver import ROOT, generate
from tests.generator.history import committed, everything

SPEC = ROOT / "openapi" / "checkpoints.yaml"
OLDER, NEWER = committed("1.1497"), committed("1.1871")
LATER_TYPES = [
    "AIP_ANALYST_APP_LOAD",
    "PEER_MANAGER_CDS_PAYLOAD_EXPORT",
    "PEER_MANAGER_OBJECT_TYPE_SCHEMAS_EXPORT",
    "AIP_ANALYST_EXPORT",
    "OBJECT_EXPLORER_SEARCH",
]
LATER = [["value", "CheckpointType", value] for value in LATER_TYPES]
LATER += [["value", "CheckpointedResourceType", "PEERING_CONNECTION"]]
LATER += [["variant", "CheckpointedItem", "checkpointedPeeringJob"]]

RECORDS = [
    {**record, "rid": f"ri.checkpoints.main.checkpoint.{number}"}
    for number, record in enumerate(everything(NEWER, "Record"))
]


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec of the older API document, with a client generated from it beside it."""
    spec = tmp_path_factory.mktemp("older") / "checkpoints.yaml"
    spec.write_text(edited(SPEC.read_text(encoding="utf-8"), SPEC, OLDER)[0], encoding="utf-8")
    done = generate("--spec", spec, "--package", spec.with_name("foundry_checkpoints_api"))
    assert done.returncode == 0, done.stderr
    return spec


@pytest.fixture(scope="module")
def seen(older: Path) -> dict[str, Any]:
    """What the wrapper makes of everything that the newer API knows, on top of the older client."""
    packages = os.pathsep.join(map(str, (older.parent, ROOT / "src")))
    script = Path(__file__).with_name("older_client.py")
    with Emulator(RECORDS) as emulator:
        done = subprocess.run(
            [sys.executable, str(script), emulator.hostname, emulator.token, LATER_TYPES[0]],
            env={**os.environ, "PYTHONPATH": packages, "PYTHONUTF8": "1"},
            input="\n".join(map(json.dumps, RECORDS)),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert result["version"] == OLDER["info"]["version"]
    return result


def test_the_way_back_and_forth(older: Path) -> None:
    """The edits of the older SDK and then those of the newer one lead back to the same spec, words aside."""
    text = older.read_text(encoding="utf-8")
    assert edited(text, older, OLDER) == (text, [])
    there_and_back, left = edited(text, older, NEWER)
    assert left == []
    newer, _ = edited(SPEC.read_text(encoding="utf-8"), SPEC, NEWER)
    assert split(parse(there_and_back.encode(), older).document)[0] == split(parse(newer.encode(), SPEC).document)[0]


def test_each_record_survives_an_older_client(seen: dict[str, Any]) -> None:
    """Records with everything that came later decode one by one and in a page, and encode as they came."""
    assert seen["decoded"] == RECORDS
    assert sorted(seen["found"], key=by_rid) == sorted(RECORDS, key=by_rid)


def test_what_came_later_can_be_searched_for(seen: dict[str, Any]) -> None:
    """An older client filters by a checkpoint type that it does not know."""
    assert seen["of_type"] == [record["rid"] for record in RECORDS if record["type"] == LATER_TYPES[0]]
    assert seen["of_type"]


def test_drift_names_what_came_later(seen: dict[str, Any]) -> None:
    """The drift of an older client is what the newer API has and its spec has not: each once, and nothing else."""
    assert sorted(seen["drift"]) == sorted(LATER)


def by_rid(record: dict[str, Any]) -> str:
    return str(record["rid"])
