"""The differ: each change of the spec is found, once, and is of the class that callers of the client would give it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from generator import spec
from generator.preview.diff.changes import Level
from generator.preview.diff.compare import compare
from generator.preview.diff.versions import VersionError, next_version, version_in, with_version
from generator.spec.document import children, exists, mappings, pointer_to
from generator.spec.words import split
from tests.generator.driver import ROOT, SMALL_SPEC
from tests.generator.edits import GONE, edited
from tests.generator.seeds import (
    ERROR,
    ITEM,
    RECORD,
    REQUEST,
    SEEDS,
    TEXT_FILTER,
    WIDGET,
    S,
    Seed,
    ref,
    variant,
)

CHECKPOINTS = spec.load(ROOT / "openapi" / "checkpoints.yaml").document
SMALL = spec.load(SMALL_SPEC).document


def found(*edits: dict[str, Any]) -> list[tuple[str, str]]:
    """The class and the place of each change that edits of the spec make."""
    changes = compare(CHECKPOINTS, edited(CHECKPOINTS, {key: value for each in edits for key, value in each.items()}))
    return [(str(change.level), change.title) for change in changes]


def name_of(seed: Seed) -> str:
    return f"{seed.level} {seed.where} {seed.text}"


@pytest.mark.parametrize("seed", SEEDS, ids=name_of)
def test_a_seeded_change_is_found(seed: Seed) -> None:
    """A change of the real spec is found once, with its class, its place and what uses it."""
    (change,) = compare(CHECKPOINTS, edited(CHECKPOINTS, seed.edits))
    assert (change.level, change.title, change.usage) == (seed.level, seed.where, seed.usage)
    assert seed.text in change.text


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if seed.text.startswith(("new", "a new"))], ids=name_of)
def test_what_was_added_is_taken_away(seed: Seed) -> None:
    """What is no name of a type alone breaks callers when it goes, whatever it meant when it came."""
    (change,) = compare(edited(CHECKPOINTS, seed.edits), CHECKPOINTS)
    level = Level.DOCUMENTATION if seed.level is Level.DOCUMENTATION else Level.BREAKING
    assert (change.level, change.action, change.title) == (level, "removed", seed.where)


def test_a_deprecation_is_taken_back() -> None:
    """What may be used again gives callers something."""
    old = edited(CHECKPOINTS, {f"{RECORD}/deprecated": True})
    assert [(change.level, change.text) for change in compare(old, CHECKPOINTS)] == [
        (Level.ADDITIVE, "no longer deprecated")
    ]


def test_a_spec_does_not_differ_from_itself() -> None:
    """Equal specs have no changes, also where one of them is written with anchors and the other without."""
    assert compare(CHECKPOINTS, edited(CHECKPOINTS, {})) == []


def test_what_changes_at_once_is_found_at_once() -> None:
    """All changes are found, the gravest first, and the words of what is new or gone are no change."""
    edits = {f"{S}/Scope/enum/0": GONE, f"{RECORD}/properties/title": {"type": "string", "description": "New."}}
    assert found({f"{RECORD}/description": "Other.", "/info/version": "2"}, edits, WIDGET) == [
        ("breaking", "Scope.USER_SCOPED"),
        ("additive", "Record.title"),
        ("additive", "CheckpointedItem.CheckpointedWidget"),
        ("documentation", ""),
        ("documentation", "Record"),
    ]


def test_a_model_beside_a_new_variant() -> None:
    """A model that a new variant alone uses is named, since it is a class that users can import."""
    details = {f"{S}/WidgetDetails": variant("x", size={"type": "integer"})}
    used = {f"{S}/CheckpointedWidget": variant("checkpointedWidget", details=ref("WidgetDetails"))}
    assert found(details, WIDGET, used) == [
        ("additive", "CheckpointedItem.CheckpointedWidget"),
        ("additive", "WidgetDetails"),
    ]


def test_a_variant_that_stays_as_a_model() -> None:
    """A variant that leaves its union breaks callers, though its class is still there."""
    gone = {f"{ITEM}/oneOf/0": GONE, f"{ITEM}/discriminator/mapping/checkpointedIssue": GONE}
    assert found(gone) == [("breaking", "CheckpointedItem.CheckpointedIssue")]


def test_another_discriminator() -> None:
    """A union that tells its variants apart by another field breaks callers, whatever the variants say."""
    changes = compare(CHECKPOINTS, edited(CHECKPOINTS, {f"{ERROR}/discriminator/propertyName": "name"}))
    assert [change.text for change in changes] == [
        "the variants are told apart by `name`, and no longer by `errorName`"
    ]


def test_a_new_field_between_old_ones_of_a_request() -> None:
    """In a request the arguments may be positional: a new one in between breaks callers, unless it comes last."""
    fields = dict(CHECKPOINTS["components"]["schemas"]["SearchRecordsRequest"]["properties"])
    assert found({f"{REQUEST}/properties": {"more": {"type": "string"}, **fields}}) == [
        ("breaking", "SearchRecordsRequest"),
        ("additive", "SearchRecordsRequest.more"),
    ]


def test_a_new_field_between_old_ones_of_a_response() -> None:
    """Nobody builds a record by position: there the place of a new field is all one."""
    fields = dict(CHECKPOINTS["components"]["schemas"]["Record"]["properties"])
    assert found({f"{RECORD}/properties": {"more": {"type": "string"}, **fields}}) == [("additive", "Record.more")]


def test_an_optional_argument_moves_behind_the_required_ones() -> None:
    """A field of a request that becomes optional is no longer where it was among the arguments."""
    assert found({f"{TEXT_FILTER}/required": ["query", "matchType", "type"]}) == [
        ("breaking", "SearchCheckpointRecordsTextSearchFilter"),
        ("additive", "SearchCheckpointRecordsTextSearchFilter.field"),
    ]


def test_a_change_of_a_base_is_one_change() -> None:
    """What twenty errors inherit is reported once, where it is; what one of them alters, at that one."""
    own = {f"{S}/MissingPostBodyBody/allOf/1/required/-": "errorDescription"}
    assert found({f"{S}/ErrorBase/properties/errorDescription/type": "integer"}) == [
        ("breaking", "ErrorBase.errorDescription")
    ]
    assert found(own) == [("additive", "MissingPostBodyBody.errorDescription")]


def test_a_schema_that_is_written_out() -> None:
    """A name for a type that makes way for the type itself changes nothing for callers."""
    pattern = CHECKPOINTS["components"]["schemas"]["ProjectRid"]["pattern"]
    edits = {f"{RECORD}/properties/projectRid": {"type": "string", "pattern": pattern}}
    (change,) = compare(CHECKPOINTS, edited(CHECKPOINTS, edits))
    assert (change.level, change.text) == (
        Level.DOCUMENTATION,
        "ProjectRid becomes a type without a name, in Python the same",
    )


def test_a_path_that_moves() -> None:
    """Another path or method of an operation breaks what stands between the client and the service."""
    search = "/v2/checkpoints/records/search"
    moved = edited(CHECKPOINTS, {pointer_to(("paths", search)): GONE, "/paths/~1v3": CHECKPOINTS["paths"][search]})
    (change,) = compare(CHECKPOINTS, moved)
    assert (change.level, change.title) == (Level.BREAKING, "search")
    assert change.text == "POST /v2/checkpoints/records/search becomes POST /v3"


def test_parameters_of_a_path() -> None:
    """A parameter may stand at the operation or at its path: the function is the same."""
    item = CHECKPOINTS["paths"]["/v2/checkpoints/records/{recordRid}"]
    get = {key: value for key, value in item["get"].items() if key != "parameters"}
    edits = {"/paths/~1v2~1checkpoints~1records~1{recordRid}": {"parameters": item["get"]["parameters"], "get": get}}
    assert found(edits) == [("documentation", "")]


def nodes(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    for key, child in children(node):
        here = pointer + pointer_to([key])
        yield here, child
        yield from nodes(child, here)


def is_whole(document: Any) -> bool:
    """Whether every `$ref` leads somewhere, and every parameter has a name and a place."""
    parameters = [node for pointer, node in mappings(document) if pointer.split("/")[-2:-1] == ["parameters"]]
    targets = [node["$ref"] for _, node in mappings(document) if isinstance(node.get("$ref"), str)]
    return all(exists(document, target) for target in targets) and all(
        "$ref" in parameter or {"name", "in"} <= parameter.keys() for parameter in parameters
    )


def test_nothing_goes_unnoticed() -> None:
    """Whatever is taken out of a spec with one of each shape is a change, and so is putting it back."""
    silent = []
    for pointer, _ in nodes(SMALL):
        less = edited(SMALL, {pointer: GONE})
        if pointer not in ("/info", "/info/version") and is_whole(less):
            silent += [pointer for sides in ((SMALL, less), (less, SMALL)) if not compare(*sides)]
    assert silent == []


def test_words_are_kept_apart() -> None:
    """A spec without its words still has the fields that are called as words are, and no other text."""
    surface, words = split(CHECKPOINTS)
    assert "description" in surface["components"]["schemas"]["ResponseJustification"]["properties"]
    assert words[f"{S}/ResponseJustification/description"] == "The user wrote an answer."
    assert "The user wrote an answer." not in json.dumps(surface)


@pytest.mark.parametrize(
    ("current", "level", "following"),
    [
        ("0.1.0", Level.BREAKING, "0.2.0"),
        ("0.1.4", Level.BREAKING, "0.2.0"),
        ("0.1.0", Level.ADDITIVE, "0.1.1"),
        ("0.1.9", Level.DOCUMENTATION, "0.1.10"),
        ("1.2.3", Level.BREAKING, "2.0.0"),
        ("1.2.3", Level.ADDITIVE, "1.3.0"),
        ("1.2.3", Level.DOCUMENTATION, "1.2.4"),
    ],
)
def test_the_next_version(current: str, level: Level, following: str) -> None:
    """The next version follows Semantic Versioning, below 1.0 one place further to the right."""
    assert next_version(current, level) == following


def test_a_version_that_is_none() -> None:
    """A version of another form is refused, and so is a file that states none."""
    with pytest.raises(VersionError, match=r"not '0\.2\.0rc1'"):
        next_version("0.2.0rc1", Level.ADDITIVE)
    with pytest.raises(VersionError, match="must have a line"):
        version_in("version = 1\n")


def test_a_version_file() -> None:
    """The version of a file is read and replaced, and the rest of the file stays."""
    text = '"""The version."""\n\n__version__ = "0.1.0"\n'
    assert version_in(text) == "0.1.0"
    assert with_version(text, "0.2.0") == '"""The version."""\n\n__version__ = "0.2.0"\n'
