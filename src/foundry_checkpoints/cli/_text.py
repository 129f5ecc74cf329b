"""Records in words: what a table shows of them. Whatever comes from the wire is made safe for a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any

from foundry_checkpoints import models

_RID = re.compile(r"^ri\.[^.]*\.[^.]*\.[^.]*\.(?=.)")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSAFE = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What JSON leaves as it is and a terminal may act on: controls, marks of direction, halves of characters."""


def when(time: datetime, zone: tzinfo) -> str:
    """A time to the second."""
    return f"{local(time, zone):%Y-%m-%d %H:%M:%S}"


def local(time: datetime, zone: tzinfo) -> datetime:
    """The time in the zone; in its own where that would leave the years 1 to 9999."""
    try:
        return time.astimezone(zone)
    except OverflowError:
        return time


def user(record: models.Record) -> str:
    """The name of the user who acted, or that it is withheld."""
    return redactable(record.acting_user.username) or record.acting_user.user_id


def redactable(text: models.RedactableString | None) -> str:
    """The text, else that it is withheld; empty where nothing is said."""
    if text is None:
        return ""
    if text.value is not None:
        return text.value
    return "(redacted)" if text.redaction_type is not None else ""


def items(record: models.Record) -> str:
    """What the action was about."""
    return ", ".join(map(item, record.checkpointed_items))


def item(one: models.CheckpointedItem) -> str:
    """The name of an item; its kind and id where it has none."""
    match one:
        case models.CheckpointedResource(name=name, compass_path=path, rid=rid):
            return next((text.value for text in (name, path) if text and text.value), None) or redactable(path) or rid
        case models.CheckpointedPrincipal(username=username, id=user_id):
            return redactable(username) or user_id
        case models.CheckpointedObjectSet(versioned=models.CheckpointedVersionedObjectSet() as versioned):
            return f"object set {brief(versioned.versioned_object_set_rid)}"
        case models.CheckpointedObjectSet(types_proxy=models.CheckpointedObjectSetTypesProxy() as proxy):
            rids = (brief(rid) for part in proxy.object_types for rid in part.object_type_rids)
            return f"object types {', '.join(rids)}"
    return _kind_and_id(one.to_dict())


def _kind_and_id(data: Mapping[str, Any]) -> str:
    kind = words(str(data.get("type", "item")).removeprefix("checkpointed"))
    ids = (value for name, value in data.items() if name != "type" and isinstance(value, str))
    return " ".join((kind, *map(brief, islice(ids, 1))))


def short(rid: str) -> str:
    """The last part of a rid, which tells one from another."""
    return _RID.sub("", rid)


def brief(rid: str) -> str:
    """Of an id, no more than a person compares."""
    shown = short(rid)
    return f"{shown[:8]}…" if len(shown) > 16 else shown


def words(name: str) -> str:
    """`languageModelSession` as `language model session`."""
    return _WORDS.sub(" ", name).lower()


def justification_kind(record: models.Record) -> str:
    """Response, dropdown, reauthentication, acknowledgement, or one that is newer."""
    return words(record.justification.type_.removesuffix("Justification"))


def justification(record: models.Record) -> str:
    """What the user gave: the response, the options, or that the prompt was acknowledged."""
    match record.justification:
        case models.ResponseJustification(response=response):
            return response
        case models.DropdownJustification(selected_options=options):
            return ", ".join(map(_option, options)) or "(no option)"
        case models.ReauthenticationJustification():
            return "(logged in again)"
        case models.AcknowledgementJustification():
            return "(acknowledged)"
        case models.UnknownVariant(data=data):
            return to_json(data)
    raise AssertionError(record.justification)


def _option(selection: models.DropdownSelection) -> str:
    more = selection.additional_response
    return selection.selected_option if more is None else f"{selection.selected_option} ({more})"


def to_json(value: Any) -> str:
    """Compact JSON on one line. What a terminal may act on is written as an escape, so nothing is lost."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() and "\x7f" not in text else _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
