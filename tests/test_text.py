"""Records in words: who acted, on what, and why."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints.models import Record
from foundry_checkpoints.text import user, what, why
from tests.samples import RECORDS, SAMPLES

RESOURCE = {
    "type": "checkpointedResource",
    "rid": "ri.foundry.main.dataset.5f1a",
    "resourceType": "DATASET",
    "name": {"value": "Deliveries"},
    "compassPath": {"value": "/Operations/Deliveries"},
}


def record(**changes: Any) -> Record:
    """A sample with other fields."""
    return Record.from_dict(copy.deepcopy(SAMPLES[0]) | changes)


def test_items_have_their_names() -> None:
    """A resource or principal is shown by its name, a resource without a name by its path."""
    principal = {"type": "checkpointedPrincipal", "id": "5f1a", "username": {"value": "ada.berg"}, "role": "MEMBER"}
    assert what(record(checkpointedItems=[RESOURCE, principal])) == "Deliveries, ada.berg"
    assert what(record(checkpointedItems=[RESOURCE | {"name": None}])) == "/Operations/Deliveries"


def test_every_record_has_words() -> None:
    """Each variant of item and justification has words, and none of them is a Python repr."""
    for one in RECORDS:
        assert bool(what(one)) == bool(one.checkpointed_items)
        for words in (user(one), what(one), why(one)):
            assert words or not one.checkpointed_items
            assert "Checkpointed" not in words
            assert "(value=" not in words


@pytest.mark.parametrize(
    ("justification", "words"),
    [
        ({"type": "responseJustification", "response": "For the\n audit"}, "For the audit"),
        ({"type": "acknowledgementJustification"}, "(acknowledged)"),
        ({"type": "reauthenticationJustification", "reauthenticationId": "1"}, "(logged in again)"),
        ({"type": "dropdownJustification", "selectedOptions": []}, "(no option)"),
        (
            {
                "type": "dropdownJustification",
                "selectedOptions": [{"selectedOption": "A"}, {"selectedOption": "B", "additionalResponse": "b"}],
            },
            "A, B (b)",
        ),
        (
            {"type": "voiceJustification", "clip": "é"},
            '{"type":"voiceJustification","clip":"é","title":"","prompt":""}',
        ),
    ],
)
def test_why_is_what_the_user_gave(justification: dict[str, Any], words: str) -> None:
    """The response, the options, or what the user did. A kind that the spec doesn't know is JSON."""
    assert why(record(justification=justification | {"title": "", "prompt": ""})) == words


def test_a_withheld_text_says_so() -> None:
    """A redacted name isn't empty. A name that is neither there nor redacted is the id."""
    acting = SAMPLES[0]["actingUser"]
    assert user(record(actingUser=acting | {"username": {"redactionType": "USER_REDACTED"}})) == "(redacted)"
    assert user(record(actingUser=acting | {"username": {}})) == acting["userId"]


def test_an_unknown_item_is_shown_by_its_kind_and_first_text() -> None:
    """An item of a variant that the spec doesn't know isn't left out."""
    items = [
        {"type": "checkpointedDigitalTwin", "size": 1, "twinRid": "ri.twins.main.twin.7"},
        {"type": "checkpointedX"},
    ]
    assert what(record(checkpointedItems=items)) == "digital twin 7, x"


@given(st.text(min_size=1))
def test_each_text_is_one_line_that_is_safe_to_print(text: str) -> None:
    """Whatever the record holds, no character acts on a terminal, and a printable text is unchanged."""
    acting = SAMPLES[0]["actingUser"] | {"username": {"value": text}}
    response = {"type": "responseJustification", "title": "", "prompt": "", "response": text}
    one = record(actingUser=acting, justification=response, checkpointedItems=[RESOURCE | {"name": {"value": text}}])
    for words in (user(one), what(one), why(one)):
        assert words.isprintable()
        if text.isprintable():
            assert words == " ".join(text.split())
