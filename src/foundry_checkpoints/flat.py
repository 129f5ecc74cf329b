"""Records as flat rows: the schema of CSV and Parquet, described in docs/export.md.

A row says all that its record says. Two things are summed up: an offset in `createdAt` (the time is in UTC here), and,
outside JSON, half of a surrogate pair, which no UTF-8 file can hold (it becomes `\\ud800` in letters).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import format_time

if TYPE_CHECKING:
    import pyarrow

__all__ = ["COLUMNS", "SCHEMA_VERSION", "Cell", "Kind", "Row", "arrow_schema", "csv_line", "flatten"]

Kind: TypeAlias = Literal["text", "time", "count", "texts", "json"]
Cell: TypeAlias = str | datetime | int | list[str] | list[str | None] | None
Row: TypeAlias = tuple[Cell, ...]

SCHEMA_VERSION: Final = 1
"""Grows with every change of `COLUMNS`."""

COLUMNS: Final[Mapping[str, Kind]] = {
    "rid": "text",
    "created_at": "time",
    "type": "text",
    "scope": "text",
    "acting_user_id": "text",
    "acting_user_name": "text",
    "acting_user_redaction": "text",
    "acting_user_organization_rid": "text",
    "delegate_user_id": "text",
    "config_rid": "text",
    "project_rid": "text",
    "organization_rid": "text",
    "namespace_rid": "text",
    "interaction_rid": "text",
    "approvals_task_id": "text",
    "approvals_subtask_ids": "texts",
    "justification_type": "text",
    "justification_title": "text",
    "justification_prompt": "text",
    "justification_description": "text",
    "justification_response": "text",
    "justification_selected_options": "texts",
    "justification_additional_responses": "texts",
    "justification_reauthentication_id": "text",
    "item_count": "count",
    "item_types": "texts",
    "item_ids": "texts",
    "item_names": "texts",
    "item_paths": "texts",
    "items": "json",
    "additional_fields": "json",
}
"""The columns in their order. `texts` is a list of texts, which may hold nulls; `json` is a text that holds JSON."""

_Item: TypeAlias = Callable[[Any], str | None]

ITEM_IDS: Final[Mapping[type, _Item]] = {
    models.CheckpointedActionType: attrgetter("action_type_rid"),
    models.CheckpointedGroup: attrgetter("group_id"),
    models.CheckpointedIntervention: attrgetter("intervention_rid"),
    models.CheckpointedIssue: attrgetter("issue_rid"),
    models.CheckpointedJob: attrgetter("job_rid"),
    models.CheckpointedJobSpecification: attrgetter("job_spec_rid"),
    models.CheckpointedLanguageModel: attrgetter("model_rid"),
    models.CheckpointedLanguageModelSession: attrgetter("session_rid"),
    models.CheckpointedMarketplaceProduct: attrgetter("product_id"),
    models.CheckpointedMarking: attrgetter("marking_id"),
    models.CheckpointedObjectSet: lambda item: item.versioned and item.versioned.versioned_object_set_rid,
    models.CheckpointedPeeringJob: attrgetter("job_id"),
    models.CheckpointedPrincipal: attrgetter("id"),
    models.CheckpointedResource: attrgetter("rid"),
    models.CheckpointedRole: attrgetter("role_id"),
    models.CheckpointedSchedule: attrgetter("schedule_rid"),
    models.CheckpointedToken: attrgetter("token_id"),
    models.CheckpointedUserIntakeFormInput: attrgetter("input_id"),
    models.CheckpointedUserIntakeSubmission: attrgetter("submission_rid"),
}
"""What names an item of each variant; None for the object sets that have no rid."""

_ITEM_NAMES: Final[Mapping[type, _Item]] = {
    models.CheckpointedPrincipal: attrgetter("username.value"),
    models.CheckpointedResource: lambda item: item.name and item.name.value,
}
_ITEM_PATHS: Final[Mapping[type, _Item]] = {models.CheckpointedResource: attrgetter("compass_path.value")}


def flatten(record: models.Record) -> Row:
    """The record as one row: a value for each of `COLUMNS`, None where the record has none."""
    user, approvals, items = record.acting_user, record.approvals_metadata, record.checkpointed_items
    redaction = user.username.redaction_type
    return (
        record.rid,
        record.created_at.astimezone(UTC),
        record.type_.value,
        record.scope.value,
        user.user_id,
        user.username.value,
        None if redaction is None else redaction.value,
        user.organization_rid,
        record.delegate_user_id,
        record.config_rid,
        record.project_rid,
        record.organization_rid,
        record.namespace_rid,
        record.interaction_rid,
        None if approvals is None else approvals.approvals_task_id,
        None if approvals is None else approvals.approvals_subtask_ids,
        *_justification(record.justification),
        len(items),
        [item.type_ for item in items],
        _of_each(ITEM_IDS, items),
        _of_each(_ITEM_NAMES, items),
        _of_each(_ITEM_PATHS, items),
        _json([item.to_dict() for item in items]),
        _additional_fields(record),
    )


def _justification(given: models.Justification) -> Row:
    if isinstance(given, models.UnknownVariant):
        return given.type_, None, None, None, None, None, None, None
    response = options = additional = reauthentication_id = None
    match given:
        case models.ResponseJustification():
            response = given.response
        case models.DropdownJustification():
            options = [selection.selected_option for selection in given.selected_options]
            additional = [selection.additional_response for selection in given.selected_options]
        case models.ReauthenticationJustification():
            reauthentication_id = given.reauthentication_id
    words = given.type_, given.title, given.prompt, given.description
    return *words, response, options, additional, reauthentication_id


def _of_each(getters: Mapping[type, _Item], items: Iterable[Any]) -> list[str | None]:
    found = [getters.get(type(item)) for item in items]
    return [None if get is None else get(item) for get, item in zip(found, items, strict=True)]


def _additional_fields(record: models.Record) -> str | None:
    """What no other column has, in the form of the record; None where there is nothing."""
    user, approvals = record.acting_user, record.approvals_metadata
    username = {"username": user.username.additional_properties}
    parts = {
        "actingUser": {**user.additional_properties, **_filled(username)},
        "approvalsMetadata": {} if approvals is None else approvals.additional_properties,
        "justification": _rest_of_justification(record.justification),
    }
    rest = {**record.additional_properties, **_filled(parts)}
    return _json(rest) if rest else None


def _rest_of_justification(given: models.Justification) -> Mapping[str, Any]:
    if isinstance(given, models.UnknownVariant):
        return given.to_dict()
    if not isinstance(given, models.DropdownJustification):
        return given.additional_properties
    selections = [dict(selection.additional_properties) for selection in given.selected_options]
    return {**given.additional_properties, **({"selectedOptions": selections} if any(selections) else {})}


def _filled(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: dict(part) for name, part in parts.items() if part}


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json(value: Any) -> str:
    text = _compact(value)
    return text if text.isascii() else encodable(text)


def encodable(text: str) -> str:
    """The text with each half of a surrogate pair escaped; in JSON that is the same text."""
    return text.encode("utf-8", "backslashreplace").decode()


# CSV

_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
"""What a spreadsheet program may take for the start of a formula, and the mark that keeps it from doing so."""
_SPECIAL = re.compile('[,"\r\n]')


def csv_line(cells: Iterable[Cell]) -> str:
    """One line of CSV with its line feed, for values of any columns or for their names.

    None is an empty cell, an empty text is `""`; times are in the documented form, lists in JSON. A text that a
    spreadsheet program might run as a formula has a `'` before it, and so has one that starts with a `'`: take one
    off to get the text.
    """
    return f"{','.join(map(_csv_cell, cells))}\n"


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _csv_text(cell)
    if isinstance(cell, list):
        return _quoted(_json(cell))
    return format_time(cell) if isinstance(cell, datetime) else str(cell)


def _csv_text(text: str) -> str:
    if not text:
        return '""'
    guarded = f"'{text}" if text[0] in _FORMULA else text
    return _quoted(guarded if guarded.isascii() else encodable(guarded))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


# Arrow


@cache
def arrow_schema() -> pyarrow.Schema:
    """The columns as Arrow types; the metadata has the version. Needs the extra `arrow`."""
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "time": pa.timestamp("us", tz="UTC"),
        "count": pa.int32(),
        "texts": pa.list_(pa.string()),
        "json": pa.string(),
    }
    fields = [pa.field(name, types[kind]) for name, kind in COLUMNS.items()]
    return pa.schema(fields, metadata={"foundry_checkpoints.schema_version": str(SCHEMA_VERSION)})
