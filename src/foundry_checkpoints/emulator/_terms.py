"""Terms: the facts about a record that equality and item filters ask for, like `("actingUserId", "f05f…")`.

A record has a set of terms, a filter names one, and the store keeps the records of each term in order.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

from ._answers import invalid_argument, unprocessable

Term = tuple[str, Hashable]

_RID = re.compile(r"ri\.[a-z][a-z0-9-]*\.([a-z0-9][a-z0-9\-]*)?\.[a-z][a-z0-9-]*\.[a-zA-Z0-9._-]+")

RECORD_RID = "recordRid"
_ACTING_USER = "actingUserId"
_ITEM_TYPE = "checkpointedItemType"
_RECORD_FIELDS = {
    "configRid": "configRid",
    "checkpointType": "type",
    "delegateUserId": "delegateUserId",
    "organizationRid": "organizationRid",
    "namespaceRid": "namespaceRid",
    "interactionRid": "interactionRid",
}
EQUALS_FIELDS = frozenset({RECORD_RID, _ACTING_USER, _ITEM_TYPE, *_RECORD_FIELDS})

_OBJECT_SET = "checkpointedObjectSet"
_VERSIONED = "checkpointedObjectSetVersionedRid"
_TYPES_PROXY = "checkpointedObjectSetTypesProxyRids"
_ITEM_IDS = {
    "checkpointedActionTypeRid": ("checkpointedActionType", {"rid": "actionTypeRid"}),
    "checkpointedGroupId": ("checkpointedGroup", {"id": "groupId"}),
    "checkpointedInterventionRid": ("checkpointedIntervention", {"rid": "interventionRid"}),
    "checkpointedIssueRid": ("checkpointedIssue", {"rid": "issueRid"}),
    "checkpointedJobRid": ("checkpointedJob", {"rid": "jobRid"}),
    "checkpointedJobSpecRid": ("checkpointedJobSpecification", {"rid": "jobSpecRid"}),
    "checkpointedLanguageModelRid": ("checkpointedLanguageModel", {"rid": "modelRid"}),
    "checkpointedLanguageModelSessionRid": ("checkpointedLanguageModelSession", {"rid": "sessionRid"}),
    "checkpointedMarketplaceProductId": ("checkpointedMarketplaceProduct", {"id": "productId"}),
    "checkpointedMarkingId": ("checkpointedMarking", {"id": "markingId"}),
    "checkpointedPeeringJobId": (
        "checkpointedPeeringJob",
        {"id": "jobId", "relationshipRid": "relationshipRid"},
    ),
    "checkpointedPrincipalId": ("checkpointedPrincipal", {"id": "id"}),
    "checkpointedResourceRid": ("checkpointedResource", {"rid": "rid"}),
    "checkpointedRoleId": ("checkpointedRole", {"id": "roleId"}),
    "checkpointedScheduleRid": ("checkpointedSchedule", {"rid": "scheduleRid"}),
    "checkpointedTokenId": ("checkpointedToken", {"id": "tokenId"}),
    "checkpointedUserIntakeFormInputId": ("checkpointedUserIntakeFormInput", {"id": "inputId"}),
    "checkpointedUserIntakeSubmissionRid": ("checkpointedUserIntakeSubmission", {"rid": "submissionRid"}),
    _VERSIONED: (_OBJECT_SET, {"rid": "versionedObjectSetRid"}),
}
"""Which item an item id names, and under which name the item holds each field of the id.

`_VERSIONED` finds its field inside `versioned`. `_TYPES_PROXY` names a set of rids and stands apart.
"""

_ID_OF_ITEM = {item_type: (id_type, [*fields.values()]) for id_type, (item_type, fields) in _ITEM_IDS.items()}


def record_terms(record: Mapping[str, Any]) -> set[Term]:
    """All terms of a record, but for its rid, by which the store finds it anyway."""
    terms: set[Term] = set()
    for name, field in _RECORD_FIELDS.items():
        value = record.get(field)
        if value is not None:
            terms.add((name, value))
    terms.add((_ACTING_USER, (record.get("actingUser") or {}).get("userId")))
    for item in record.get("checkpointedItems") or ():
        terms.update(_item_terms(item))
    return terms


def _item_terms(item: Mapping[str, Any]) -> Iterator[Term]:
    item_type = item.get("type")
    if item_type is None:
        return
    yield _ITEM_TYPE, item_type
    holder = item
    if item_type == _OBJECT_SET:
        proxy = item.get("typesProxy")
        if proxy:
            yield _TYPES_PROXY, _distinct(_object_type_rids(proxy))
        holder = item.get("versioned") or {}
    if item_type in _ID_OF_ITEM:
        id_type, fields = _ID_OF_ITEM[item_type]
        yield id_type, tuple([holder.get(field) for field in fields])


def _object_type_rids(proxy: Mapping[str, Any]) -> Iterator[str]:
    for group in proxy.get("objectTypes") or ():
        yield from group.get("objectTypeRids") or ()


def item_id_term(raw: Any, where: str) -> Term:
    """The term that a checkpointed item id stands for.

    Rids of object types name the object set that consists of exactly these types, in any order.
    """
    id_type = raw.get("type") if isinstance(raw, dict) else None
    if id_type == _TYPES_PROXY:
        rids = raw.get("rids")
        if not isinstance(rids, list):
            raise unprocessable(f"{where}.rids", "expected a list")
        return _TYPES_PROXY, _distinct(check_rid(rid, f"{where}.rids") for rid in rids)
    if not isinstance(id_type, str) or id_type not in _ITEM_IDS:
        raise unprocessable(f"{where}.type", "expected the type of a checkpointed item id")
    return id_type, tuple(_id_value(raw, name, where) for name in _ITEM_IDS[id_type][1])


def _id_value(raw: Mapping[str, Any], name: str, where: str) -> str:
    check = _check_string if name == "id" else check_rid
    return check(raw.get(name), f"{where}.{name}")


def check_rid(value: Any, where: str) -> str:
    """`value`, if it is a well-formed rid."""
    if _RID.fullmatch(_check_string(value, where)) is None:
        raise invalid_argument(f"{where}: malformed rid")
    return str(value)


def _check_string(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise unprocessable(where, "expected a string")
    return value


def _distinct(rids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(rids)))
