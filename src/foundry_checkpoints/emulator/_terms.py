"""The terms of a record, and the terms that filters name. The store keeps the records of each term in order."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

from foundry_checkpoints_api.table_types import EACH, Field, Path
from foundry_checkpoints_api.tables import FILTER_FIELDS, ITEM_ID_NAMES, OBJECTS, SCALARS, UNIONS

from ._answers import invalid_argument, unprocessable

Term = tuple[str, Hashable]
"""A fact about a record that equality and item filters look for, such as `("actingUserId", "f05f…")`."""

RECORD_RID = "recordRid"

_EQUALITY = [field for field in FILTER_FIELDS if field.kind == "eq" and field.name != RECORD_RID]
_IDS_OF_ITEM = {
    item: [(id_type, named) for id_type, named in ITEM_ID_NAMES.items() if named.item == item]
    for item in UNIONS["CheckpointedItem"].variants
}
_ITEM_IDS = UNIONS["CheckpointedItemId"]
_ITEMS = Path(("checkpointedItems", EACH), ("checkpointed_items", EACH))


def record_terms(record: Mapping[str, Any]) -> set[Term]:
    """Return the terms of a record except its RID, by which the store finds it anyway.

    A record that is malformed on purpose has the terms that can be read.
    """
    terms: set[Term] = set()
    for field in _EQUALITY:
        terms.update((field.name, value) for value in field.path.values(record) if isinstance(value, str))
    for item in _ITEMS.values(record):
        item_type = item.get("type") if isinstance(item, Mapping) else None
        for id_type, named in _IDS_OF_ITEM.get(item_type, ()) if isinstance(item_type, str) else ():
            values = tuple([_value(item, path) for path in named.fields.values()])
            if None not in values:
                terms.add((id_type, values))
    return terms


def _value(item: Mapping[str, Any], path: Path) -> str | tuple[str, ...] | None:
    found = [value for value in path.values(item) if isinstance(value, str)]
    if EACH in path.json:
        return tuple(sorted(set(found))) or None
    return found[0] if found else None


def item_id_term(raw: Any, where: str) -> Term:
    """Return the term that a checkpointed item ID stands for. A list in it is a set: order makes no difference."""
    id_type = raw.get("type") if isinstance(raw, dict) else None
    if not isinstance(id_type, str) or id_type not in ITEM_ID_NAMES:
        raise unprocessable(f"{where}.type", "expected the type of a checkpointed item ID")
    fields = {field.name: field for field in OBJECTS[_ITEM_IDS.variants[id_type]]}
    return id_type, tuple(
        _given(raw.get(name), fields[name], f"{where}.{name}") for name in ITEM_ID_NAMES[id_type].fields
    )


def _given(value: Any, field: Field, where: str) -> str | tuple[str, ...]:
    if not field.containers:
        return check_text(value, field.type, where)
    if not isinstance(value, list):
        raise unprocessable(where, "expected a list")
    return tuple(sorted({check_text(element, field.type, where) for element in value}))


def check_text(value: Any, type_name: str, where: str) -> str:
    """Return `value` if it is a well-formed text of the type, and raise `ServiceError` otherwise."""
    if not isinstance(value, str):
        raise unprocessable(where, "expected a string")
    pattern = SCALARS[type_name].pattern if type_name in SCALARS else ""
    if pattern and re.fullmatch(pattern, value) is None:
        raise invalid_argument(f"{where}: malformed {type_name}")
    return value
