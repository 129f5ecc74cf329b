"""From the options of a search to the filter that is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from foundry_checkpoints import F, models
from foundry_checkpoints.cli._errors import USAGE, Failure
from foundry_checkpoints.cli._filters import Filters, item_filters
from foundry_checkpoints.cli._names import ITEM_KINDS, checkpoint_types, item_kinds, item_types
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.filters import Filter
from tests.cli.commands import Run

RID = "ri.foundry.main.dataset.1"
OTHER = "ri.foundry.main.dataset.2"
U1, U2 = "7c8765b6-b04a-4620-a9ab-05a8806094aa", "346eba31-7ad5-4f81-a267-8417ec023a99"


def sent_by(run: Run, emulator: Emulator, *arguments: str) -> Any:
    """The filter of the request that a search sends."""
    assert run("search", "--limit", "1", *arguments).status == 0
    return emulator.requests[-1].json["where"]["filter"]


def test_options_become_a_filter(run: Run, configured: Emulator) -> None:
    """Each option has its field. Different ones are joined with and, the values of one with or."""
    for arguments, expected in OPTIONS:
        assert Filter(sent_by(run, configured, *arguments)) == expected, arguments


OPTIONS: Sequence[tuple[list[str], Filter]] = [
    (["--type", "LOGIN"], F.checkpoint_type == "LOGIN"),
    (["--type", "LOGIN", "--type", "RUN_BUILD"], F.checkpoint_type.is_in(["LOGIN", "RUN_BUILD"])),
    (["--type", "LOGIN, RUN_BUILD"], F.checkpoint_type.is_in(["LOGIN", "RUN_BUILD"])),
    (["--user", f"{U1},{U2}"], F.acting_user_id.is_in([U1, U2])),
    (["--delegate", U1], F.delegate_user_id == U1),
    (["--organization", RID], F.organization_rid == RID),
    (["--namespace", RID], F.namespace_rid == RID),
    (["--interaction", RID], F.interaction_rid == RID),
    (["--config", RID], F.config_rid == RID),
    (["--record", f"{RID},{OTHER}"], F.record_rid.is_in([RID, OTHER])),
    (["--item-type", "checkpointedMarking"], F.checkpointed_item_type == "checkpointedMarking"),
    (["--item", RID], F.item(models.CheckpointedResourceRid(rid=RID))),
    (
        ["--item", "marking:m", "--item", f"group:g,{RID}"],
        F.item(models.CheckpointedMarkingId(id="m"))
        | F.item(models.CheckpointedGroupId(id="g"))
        | F.item(models.CheckpointedResourceRid(rid=RID)),
    ),
    (["--response", "audit, please"], F.justification_response.contains("audit, please")),
    (["--response", "audit", "--exact"], F.justification_response.equals("audit")),
    (["--selected-option", "Other"], F.justification_selected_option.contains("Other")),
    (["--additional-response", "x"], F.justification_additional_response.contains("x")),
    (
        ["--text", "audit"],
        F.justification_response.contains("audit")
        | F.justification_selected_option.contains("audit")
        | F.justification_additional_response.contains("audit"),
    ),
    (["--since", "2025-10-01", "--tz", "UTC"], F.created_at >= "2025-10-01T00:00:00Z"),
    (["--until", "2025-11-01", "--tz", "+02:00"], F.created_at < "2025-10-31T22:00:00Z"),
    (
        ["--type", "LOGIN", "--user", U1, "--since", "2025-10-01T00:00Z"],
        (F.checkpoint_type == "LOGIN") & (F.acting_user_id == U1) & (F.created_at >= "2025-10-01T00:00:00Z"),
    ),
    (
        ["--type", "LOGIN", "--where", json.dumps((~(F.acting_user_id == U1)).to_dict())],
        (F.checkpoint_type == "LOGIN") & (F.acting_user_id != U1),
    ),
]


def test_no_options_match_every_record() -> None:
    """Without options there is no filter."""
    assert Filters().where is None


def test_a_filter_may_come_from_a_file(run: Run, configured: Emulator, tmp_path: Path) -> None:
    """`--where @FILE` reads the JSON from a file."""
    file = tmp_path / "filter.json"
    file.write_text(json.dumps((F.checkpoint_type == "LOGIN").to_dict()))
    assert Filter(sent_by(run, configured, "--where", f"@{file}")) == (F.checkpoint_type == "LOGIN")


@pytest.mark.parametrize("where", ["[]", '{"type": "eq"}', '{"type": "like"}'])
def test_a_wrong_filter_is_not_sent(run: Run, configured: Emulator, where: str) -> None:
    """It is a usage error: one line, and status 2."""
    outcome = run("search", "--where", where)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (USAGE, "", 1)
    assert configured.requests == []


LONGEST = max(models.CheckpointType, key=len).value


@pytest.mark.parametrize("typo", [f"{LONGEST}S", LONGEST.lower(), LONGEST[1:]], ids=["more", "case", "less"])
def test_a_typo_in_a_type_is_pointed_out(run: Run, configured: Emulator, typo: str) -> None:
    """An unknown type matches nothing and would pass for an answer. It is sent all the same: it may be new."""
    outcome = run("search", "--type", typo)
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        f"foundry-checkpoints: warning: unknown checkpoint type '{typo}' (searching for it anyway). "
        f"Did you mean {LONGEST}?",
        "foundry-checkpoints: 0 records match",
    ]


def test_every_kind_of_item_can_be_named() -> None:
    """An item id of each kind is made from text: one id, a list of RIDs, or an id of two parts."""
    for kind in ITEM_KINDS:
        made = next(item_filters([f"{kind}:{RID},{OTHER}"])).to_dict()["checkpointedItemId"]
        assert list(made.values())[1:] in ([RID], [[RID, OTHER]], [RID, OTHER]), kind


@pytest.mark.parametrize("text", ["dataset:x", "markng:x", "marking:", "foo", "resource:foo", "peering-job:x"])
def test_a_wrong_item_is_rejected(text: str) -> None:
    """The message repeats it, and suggests a similar kind."""
    with pytest.raises(Failure, match=f"^--item must be .*{text}") as rejection:
        list(item_filters([text]))
    assert ("Did you mean marking?" in str(rejection.value)) == text.startswith("markng")


def test_values_complete() -> None:
    """A shell offers what begins with the text so far. The case of a checkpoint type doesn't matter."""
    assert LONGEST in checkpoint_types(LONGEST[:5].lower())
    assert all(name.startswith(LONGEST[:5]) for name in checkpoint_types(LONGEST[:5]))
    assert {"checkpointedResource", "checkpointedRole"} <= set(item_types("checkpointedR"))
    assert {"language-model-session:", "language-model:"} <= set(item_kinds("lang"))


def test_a_filter_can_be_described() -> None:
    """A report names the bounds of the period, and each filter with its values."""
    filters = Filters(
        since="2025-10-01", until="2025-11-01", tz="UTC", type_=["LOGIN", "RUN_BUILD"], item_type=["checkpointedRole"],
        exact=True, where_json="{}",
    )  # fmt: skip
    assert list(filters.described()) == [
        ("created", "from 2025-10-01 00:00:00+00:00 (included) to 2025-11-01 00:00:00+00:00 (excluded)"),
        ("type", "LOGIN or RUN_BUILD"),
        ("item type", "checkpointedRole"),
        ("texts", "compared whole"),
        ("where", "{}"),
    ]
