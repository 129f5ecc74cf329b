"""From the options of a search to the filter that is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

from foundry_checkpoints import F, models
from foundry_checkpoints.cli._completion import checkpoint_types, item_ids, item_kinds, item_types
from foundry_checkpoints.cli._errors import USAGE, Failure
from foundry_checkpoints.cli._filters import item_filter
from foundry_checkpoints.cli._options import Filters
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.filters import Filter
from tests.cli.commands import Run

RID = "ri.foundry.main.dataset.1"


def sent_by(run: Run, emulator: Emulator, *arguments: str) -> Any:
    """The filter of the request that a search sends."""
    assert run("search", "--limit", "1", *arguments).status == 0
    return emulator.requests[-1].json["where"]["filter"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--type", "LOGIN"], F.checkpoint_type == "LOGIN"),
        (["--type", "LOGIN", "--type", "RUN_BUILD"], F.checkpoint_type.is_in(["LOGIN", "RUN_BUILD"])),
        (["--user", "u1", "--user", "u2"], F.acting_user_id.is_in(["u1", "u2"])),
        (["--delegate", "u1"], F.delegate_user_id == "u1"),
        (["--organization", RID], F.organization_rid == RID),
        (["--namespace", RID], F.namespace_rid == RID),
        (["--interaction", RID], F.interaction_rid == RID),
        (["--config", RID], F.config_rid == RID),
        (["--record", RID], F.record_rid == RID),
        (["--item-type", "checkpointedMarking"], F.checkpointed_item_type == "checkpointedMarking"),
        (["--item", RID], F.item(models.CheckpointedResourceRid(rid=RID))),
        (
            ["--item", "marking:m", "--item", "group:g"],
            F.item(models.CheckpointedMarkingId(id="m")) | F.item(models.CheckpointedGroupId(id="g")),
        ),
        (["--response", "audit"], F.justification_response.contains("audit")),
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
            ["--type", "LOGIN", "--user", "u1", "--since", "2025-10-01T00:00Z"],
            (F.checkpoint_type == "LOGIN") & (F.acting_user_id == "u1") & (F.created_at >= "2025-10-01T00:00:00Z"),
        ),
        (
            ["--type", "LOGIN", "--where", json.dumps((~(F.acting_user_id == "u1")).to_dict())],
            (F.checkpoint_type == "LOGIN") & (F.acting_user_id != "u1"),
        ),
    ],
)
def test_options_become_a_filter(run: Run, configured: Emulator, arguments: Sequence[str], expected: Filter) -> None:
    """Each option has its field; different ones are joined with and, the values of one with or."""
    assert Filter(sent_by(run, configured, *arguments)) == expected


def test_no_options_mean_every_record() -> None:
    """Without a filter there is none."""
    assert Filters().where is None


def test_a_filter_may_come_from_a_file(run: Run, configured: Emulator, tmp_path: Path) -> None:
    """`--where @FILE` reads the JSON from a file."""
    file = tmp_path / "filter.json"
    file.write_text(json.dumps((F.checkpoint_type == "LOGIN").to_dict()))
    assert Filter(sent_by(run, configured, "--where", f"@{file}")) == (F.checkpoint_type == "LOGIN")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--since", "soon"], "--since: 'soon' is no time such as 2026-10-01"),
        (["--until", "31.10.2025"], "--until: '31.10.2025' is no time such as"),
        (["--since", "today", "--until", "yesterday"], "--until: it comes before --since"),
        (["--since", "today", "--tz", "Berlin"], "--tz: 'Berlin' is no time zone such as Europe/Berlin"),
        (["--item", "dataset:x"], "--item: 'dataset:x' is not like"),
        (["--item", "marking:"], "--item: 'marking:' is not like"),
        (["--item", "peering-job:x"], "--item: peering-job takes ID,RELATIONSHIP_RID"),
        (["--where", "{"], "--where: no JSON"),
        (["--where", "[]"], "--where: no filter of the API"),
        (["--where", '{"type": "eq"}'], "--where: no filter of the API"),
        (["--where", '{"type": "like"}'], "the API has no filter of type 'like'"),
        (["--where", "@missing.json"], "--where: missing.json cannot be read"),
        (["--text", ""], "not empty"),
        (["--limit", "-1"], "--limit"),
        (["--sort", "random"], "--sort"),
        (["--concurrency", "0"], "--concurrency"),
        (["--tpye", "LOGIN"], "--tpye"),
    ],
)
def test_wrong_options_send_nothing(run: Run, configured: Emulator, arguments: Sequence[str], problem: str) -> None:
    """They are usage errors: one line that names the option, and status 2."""
    outcome = run("search", *arguments)
    assert (outcome.status, outcome.out) == (USAGE, "")
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1
    assert configured.requests == []


def test_a_slip_in_a_type_is_pointed_out(run: Run, configured: Emulator) -> None:
    """An unknown type finds nothing and would pass for an answer; it is sent all the same, as it may be new."""
    outcome = run("search", "--type", "CONTOUR_EXPROT")
    assert outcome.status == 0
    assert "CONTOUR_EXPROT is none that this version knows; did you mean CONTOUR_EXPORT?" in outcome.err


@pytest.mark.parametrize("kind", sorted(item_ids()))
def test_every_kind_of_item_can_be_named(kind: str) -> None:
    """An item id of each kind is made from text: one id, a list of rids, or an id of two parts."""
    made = item_filter(f"{kind}:a,b").to_dict()["checkpointedItemId"]
    assert made["type"].startswith("checkpointed")
    assert list(made.values())[1:] in (["a,b"], [["a", "b"]], ["a", "b"])


def test_item_kinds_are_those_of_the_api() -> None:
    """The kinds follow the names of the models, and are all there."""
    kinds = item_ids()
    assert kinds["resource"] is models.CheckpointedResourceRid
    assert kinds["language-model-session"] is models.CheckpointedLanguageModelSessionRid
    assert set(kinds.values()) == set(get_args(models.CheckpointedItemId)) - {models.UnknownVariant}


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    """The message lists the kinds."""
    with pytest.raises(Failure, match=r"of .*group, .*user-intake-submission"):
        item_filter("dataset:x")


def test_values_complete() -> None:
    """What a shell offers begins with what was typed; the case of a checkpoint type does not matter."""
    assert "CONTOUR_EXPORT" in checkpoint_types("contour_")
    assert all(name.startswith("CONTOUR_") for name in checkpoint_types("CONTOUR_"))
    assert item_types("checkpointedR") == ["checkpointedResource", "checkpointedRole"]
    assert item_kinds("lang") == ["language-model-session:", "language-model:"]


def test_a_filter_can_be_said_in_words() -> None:
    """A report names each filter and its values."""
    filters = Filters(
        since="2025-10-01", until="2025-11-01", tz="UTC", type_=["LOGIN", "RUN_BUILD"], item_type=["checkpointedRole"],
        exact=True, where_json="{}",
    )  # fmt: skip
    assert list(filters.described()) == [
        ("since", "2025-10-01 00:00:00"),
        ("until", "2025-11-01 00:00:00"),
        ("type", "LOGIN or RUN_BUILD"),
        ("item type", "checkpointedRole"),
        ("texts", "compared whole"),
        ("where", "{}"),
    ]
