"""Records as events of the Open Cybersecurity Schema Framework (OCSF), for a SIEM or a security lake.

    for record in client.records.search(where):
        print(json.dumps(event(record)))

An event is a Web Resources Activity (6001) of OCSF 1.8.0, with the profile `host` for the user who acted:
https://schema.ocsf.io/1.8.0/classes/web_resources_activity. A record shows that a person gave a reason, not that the
action happened, so the status is always unknown. What OCSF has no place for is in `unmapped`, so that nothing is lost.
"""

from __future__ import annotations

from typing import Any, Final

from foundry_checkpoints_api import models
from foundry_checkpoints_api.tables import ITEM_IDS, ITEM_NAMES, ITEM_PATHS
from foundry_checkpoints_api.types import format_time, to_millis

from .text import why

__all__ = ["VERSION", "event"]

VERSION: Final = "1.8.0"
"""The version of OCSF."""

_CATEGORIES: Final = {"Web Resources Activity": 6, "Entity Management": 3, "Authentication": 3}
_CLASSES: Final = {"Web Resources Activity": 6001, "Entity Management": 3004, "Authentication": 3002}
_ACTIVITIES: Final = {
    "Create": (1, {"CREATE", "REGISTRATION"}),
    "Read": (2, {"LOAD", "DECRYPT", "VIEW", "READ"}),
    "Update": (3, {"EDIT", "MODIFY", "UPDATE", "ADD", "REMOVE", "AUTHORIZE", "RESET", "MERGE", "APPLY"}),
    "Delete": (4, {"DELETE", "ARCHIVE"}),
    "Search": (5, {"SEARCH"}),
    "Import": (6, {"IMPORT", "UPLOAD"}),
    "Export": (7, {"EXPORT", "DOWNLOAD"}),
    "Share": (8, {"SHARE"}),
}
"""The activities of the class 6001, each with the words of a checkpoint type that stand for it."""
_OTHER: Final = 99
_ENTITIES: Final = {"ROLE", "GROUP", "MARKING", "MFA"}
"""Words of a checkpoint type that changes what a principal may do."""


def event(record: models.Record, *, by_type: bool = False) -> dict[str, Any]:
    """Return a record as an event, ready for `json.dumps`.

    Args:
        record: The record.
        by_type: Use Authentication (3002) for a login, and Entity Management (3004) for a change of roles, groups, or
            markings. By default all events are of one class, as Amazon Security Lake wants it of a source.
    """
    words = set(record.type_.upper().split("_"))
    name, activity = next(
        ((name, number) for name, (number, verbs) in _ACTIVITIES.items() if words & verbs),
        (record.type_.replace("_", " ").capitalize(), _OTHER),
    )
    user = _user(record.acting_user)
    content: dict[str, Any]
    if by_type and "LOGIN" in words:
        kind, name, activity = "Authentication", "Logon", 1
        content = {"user": user, "service": {"name": "Palantir Foundry"}}
    elif by_type and name == "Update" and words & _ENTITIES:
        kind = "Entity Management"
        entity, *others = _resources(record)
        content = {"entity": entity, "comment": why(record), "actor": {"user": user}}
        if others:
            content["unmapped"] = {"entities": others}
    else:
        kind = "Web Resources Activity"
        content = {"web_resources": _resources(record), "actor": {"user": user}}
    rest = record.to_dict()
    for mapped in ("rid", "type", "createdAt", "checkpointedItems"):
        del rest[mapped]
    return {
        "activity_id": activity,
        "activity_name": name,
        "category_uid": _CATEGORIES[kind],
        "class_uid": _CLASSES[kind],
        "class_name": kind,
        "type_uid": _CLASSES[kind] * 100 + activity,
        "type_name": f"{kind}: {name}",
        "time": to_millis(record.created_at),
        "severity_id": 1,
        "status_id": 0,
        "message": why(record),
        "metadata": {
            "version": VERSION,
            "product": {"name": "Foundry", "vendor_name": "Palantir", "feature": {"name": "Checkpoints"}},
            "profiles": [] if kind == "Authentication" else ["host"],
            "uid": record.rid,
            "event_code": record.type_,
            "original_time": format_time(record.created_at),
        },
        **content,
        "unmapped": {**content.get("unmapped", {}), **rest},
    }


def _user(acting: models.ActingUser) -> dict[str, Any]:
    user: dict[str, Any] = {"uid": acting.user_id}
    if acting.username.value is not None:
        user["name"] = acting.username.value
    if acting.organization_rid is not None:
        user["org"] = {"uid": acting.organization_rid}
    return user


def _resources(record: models.Record) -> list[dict[str, Any]]:
    """Return the items of a record; for a record without any, the record."""
    return [*map(_resource, record.checkpointed_items)] or [{"uid": record.rid, "type": "checkpoint"}]


def _resource(item: models.CheckpointedItem) -> dict[str, Any]:
    """Return an item with its id and its name or path, and all that the service sent of it as `data`."""
    data = item.to_dict()
    ids = [*ITEM_IDS[item.type_].values(data)] if item.type_ in ITEM_IDS else []
    names = [
        name for table in (ITEM_NAMES, ITEM_PATHS) if item.type_ in table for name in table[item.type_].values(data)
    ]
    resource: dict[str, Any] = {"type": item.type_, "data": data}
    if names:
        resource["name"] = names[0]
    if ids:
        resource["uid"] = str(ids[0])
    return resource if ids or names else {**resource, "name": item.type_}
