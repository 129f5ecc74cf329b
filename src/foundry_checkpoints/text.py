"""A record in words: who acted, on what, and why.

    for record in client.records.search(where):
        print(user(record), what(record), why(record), sep=" | ")

Each text is one line that is safe to print: white space is a single space, and control characters and other characters
that a terminal may act on are shown as escapes such as `\\x1b`. A text that the service withholds is `(redacted)`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from foundry_checkpoints_api import models

from ._redact import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["user", "what", "why"]

_RID = re.compile(r"ri\.[^.]*\.[^.]*\.[^.]*\.(?=.)")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_ID = 16


def user(record: models.Record) -> str:
    """Return the name of the user who acted, or the user's id if the record has no name."""
    return one_line(_redactable(record.acting_user.username) or record.acting_user.user_id)


def what(record: models.Record) -> str:
    """Return what the action was about: the items, each by its name or path, or by its kind and a short id."""
    return one_line(", ".join(map(_item, record.checkpointed_items)))


def why(record: models.Record) -> str:
    """Return the justification: the response, the selected options, or what the user did, such as `(acknowledged)`.

    A kind of justification that the spec doesn't know is its JSON.
    """
    match record.justification:
        case models.ResponseJustification(response=response):
            return one_line(response)
        case models.DropdownJustification(selected_options=options):
            return one_line(", ".join(map(_option, options))) or "(no option)"
        case models.ReauthenticationJustification():
            return "(logged in again)"
        case models.AcknowledgementJustification():
            return "(acknowledged)"
        case given:
            return one_line(json.dumps(given.to_dict(), ensure_ascii=False, separators=(",", ":")))


def _option(selection: models.DropdownSelection) -> str:
    more = selection.additional_response
    return selection.selected_option if more is None else f"{selection.selected_option} ({more})"


def _redactable(text: models.RedactableString | None) -> str:
    """Return the text, `(redacted)` if it is withheld, or nothing if there is none."""
    if text is None:
        return ""
    if text.value is not None:
        return text.value
    return "(redacted)" if text.redaction_type is not None else ""


def _item(item: models.CheckpointedItem) -> str:
    match item:
        case models.CheckpointedResource(name=name, compass_path=path, rid=rid):
            return next((text.value for text in (name, path) if text and text.value), None) or _redactable(path) or rid
        case models.CheckpointedPrincipal(username=username, id=user_id):
            return _redactable(username) or user_id
        case models.CheckpointedObjectSet(versioned=models.CheckpointedVersionedObjectSet() as versioned):
            return f"object set {_brief(versioned.versioned_object_set_rid)}"
        case models.CheckpointedObjectSet(types_proxy=models.CheckpointedObjectSetTypesProxy() as proxy):
            rids = (_brief(rid) for part in proxy.object_types for rid in part.object_type_rids)
            return f"object types {', '.join(rids)}"
    return _kind_and_id(item.to_dict())


def _kind_and_id(data: Mapping[str, Any]) -> str:
    kind = _WORDS.sub(" ", str(data.get("type", "item")).removeprefix("checkpointed")).lower()
    ids = [value for name, value in data.items() if name != "type" and isinstance(value, str)]
    return " ".join((kind, *map(_brief, ids[:1])))


def _brief(rid: str) -> str:
    """Return as much of an id as a person compares."""
    shown = _RID.sub("", rid, count=1)
    return f"{shown[:8]}…" if len(shown) > _LONGEST_ID else shown
