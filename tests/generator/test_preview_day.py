"""The day the preview changes: made-up changes, carried out by the commands alone, and the tests after them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.preview.upstream.edits import edited as edited_text
from generator.preview.upstream.sdk import read
from generator.spec import load, parse, problems
from generator.spec.document import at, exists
from tests.generator.driver import ROOT, generator_python
from tests.generator.edits import GONE, Edits, edited
from tests.generator.made_up_sdk import folder, wheel
from tests.generator.sdk_of_spec import sources
from tests.generator.seeds import S, ref, variant

SPEC = ROOT / "openapi" / "checkpoints.yaml"
DOCUMENT = load(SPEC).document
ROOMS = [
    *("tests/generated/test_package.py", "tests/generated/test_round_trips.py", "tests/generated/test_tables.py"),
    *("tests/emulator/test_filters.py", "tests/emulator/test_samples.py", "tests/generator/test_spec.py"),
    *("tests/test_filters.py", "tests/test_flat.py", "tests/search/test_filters.py", "tests/cli/test_filters.py"),
    "tests/contract",
]
"""The tests of what follows from the spec."""


def gained(union: str, tag: str, **properties: Any) -> Edits:
    """A variant that a union gains."""
    name = tag[:1].upper() + tag[1:]
    return {
        f"{S}/{name}": variant(tag, **properties),
        f"{S}/{union}/oneOf/-": ref(name),
        f"{S}/{union}/discriminator/mapping/{tag}": ref(name)["$ref"],
    }


FIELDS = f"{S}/SearchCheckpointRecordsEqualsFilterField"
ARCHIVED = {
    "description": "New. Status 409.",
    "allOf": [
        ref("ErrorBase"),
        {
            "type": "object",
            "required": ["errorName"],
            "properties": {
                "errorName": {"type": "string", "const": "RecordArchived"},
                "parameters": ref("RecordArchivedParameters"),
            },
        },
    ],
}
DAYS: dict[str, Edits] = {
    "a variant with its id and a filter": {
        **gained("CheckpointedItem", "checkpointedMadeUp", madeUpRid=ref("RID"), name=ref("RedactableString")),
        **gained("CheckpointedItemId", "checkpointedMadeUpRid", rid=ref("RID")),
        f"{FIELDS}/enum/-": "approvalsTaskId",
        f"{FIELDS}/x-enum-varnames/-": "APPROVALS_TASK_ID",
        f"{S}/CheckpointType/enum/-": "MADE_UP_EXPORT",
    },
    "a field and a nested field": {
        f"{S}/Record/properties/madeUpBy": ref("UserId"),
        f"{S}/Record/properties/device": ref("Device"),
        f"{S}/ActingUser/properties/department": {"type": "string"},
        f"{S}/Device": {
            "type": "object",
            "required": ["deviceId"],
            "properties": {"deviceId": {"type": "string"}, "kind": ref("DeviceKind")},
        },
        f"{S}/DeviceKind": {"type": "string", "enum": ["LAPTOP", "PHONE"]},
    },
    "a removed value, a new error, and a new justification": {
        f"{S}/CheckpointType/enum/1": GONE,
        **gained("Justification", "madeUpJustification", ticket={"type": "string"}, title={"type": "string"}),
        f"{S}/RecordArchivedBody": ARCHIVED,
        f"{S}/RecordArchivedParameters": {"type": "object", "properties": {"since": {"type": "string"}}},
        f"{S}/ErrorBody/oneOf/-": ref("RecordArchivedBody"),
        f"{S}/ErrorBody/discriminator/mapping/RecordArchived": ref("RecordArchivedBody")["$ref"],
        "/paths/~1v2~1checkpoints~1records~1{recordRid}/get/responses/409": {"$ref": "#/components/responses/Error"},
    },
}


def test_an_sdk_made_from_the_spec_says_what_the_spec_says(tmp_path: Path) -> None:
    """The SDK that the other tests change is equal to the spec before that."""
    text = SPEC.read_text(encoding="utf-8")
    sdk = read(folder(tmp_path, sources(DOCUMENT)))
    assert edited_text(text, SPEC, sdk) == (text, [])


RECORD = DOCUMENT["components"]["schemas"]["Record"]["properties"]
RENAMED = {"delegateId" if name == "delegateUserId" else name: schema for name, schema in RECORD.items()}


@pytest.mark.parametrize(
    ("changes", "pointer", "value", "note"),
    [
        (
            {f"{S}/Record/properties": RENAMED},
            f"{S}/Record/x-column/delegate_user_id",
            "delegateId",
            "delegateUserId was renamed, and the path is now delegateId",
        ),
        (
            {f"{S}/Record/properties/projectRid": GONE},
            f"{S}/Record/x-column/project_rid",
            GONE,
            "projectRid is gone, and so is this entry",
        ),
        (
            gained("CheckpointedItem", "checkpointedNote", text={"type": "string"}),
            f"{S}/CheckpointedNote/x-item-id",
            None,
            "no single field is the ID of the item, so it is null",
        ),
    ],
    ids=["a renamed field", "a field that is gone", "an item without an ID"],
)
def test_extensions_follow(changes: Edits, pointer: str, value: Any, note: str, tmp_path: Path) -> None:
    """Extensions follow a renamed field, and what leads nowhere goes: the spec stays valid, and a note says so."""
    sdk = read(folder(tmp_path, sources(edited(DOCUMENT, changes))))
    text, notes = edited_text(SPEC.read_text(encoding="utf-8"), SPEC, sdk)
    spec = parse(text.encode(), SPEC)
    assert problems(spec) == []
    assert [line.removeprefix(f"{pointer}: ").partition(";")[0] for line in notes] == [note]
    assert at(spec.document, pointer) == value if exists(spec.document, pointer) else value is GONE
    assert edited_text(text, SPEC, sdk) == (text, [])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, without its environments."""
    skipped = shutil.ignore_patterns(".venv*", ".git", ".*_cache", "__pycache__", ".hypothesis", "dist", "docs/images")
    return Path(shutil.copytree(ROOT, tmp_path / "project", ignore=skipped))


def run(project: Path, *command: str) -> str:
    """Run a command in a copy of the project, and return what it prints."""
    paths = os.pathsep.join(str(project / name) for name in ("src", "generated_client"))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("changes", DAYS.values(), ids=DAYS)
def test_a_day(project: Path, changes: Edits) -> None:
    """The commands of `make preview` carry out a change of the preview, and the tests pass without another edit."""
    document = edited(DOCUMENT, {**changes, "/info/version": "1.1900.0"})
    sdk = str(wheel(project.parent, sources(document), "9.9.0"))
    generator = [generator_python(), "-m", "generator"]
    assert "Edited openapi/checkpoints.yaml." in run(project, *generator, "upstream", "--wheel", sdk, "--apply")
    assert "says what foundry-platform-sdk 9.9.0 says" in run(project, *generator, "upstream", "--wheel", sdk)
    run(project, *generator)
    run(project, *generator, "docs")
    run(project, *generator, "changelog", "--write")
    run(project, *generator, "check")
    run(project, *generator, "docs", "--check")
    assert "Left to write before a release" in run(project, *generator, "changelog")
    tests = ["-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "no:cacheprovider", *ROOMS]
    run(project, sys.executable, *tests)
