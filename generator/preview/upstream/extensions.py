"""The extensions of a spec, mended after its fields have changed: a path follows a field that was renamed."""

from __future__ import annotations

from ...spec.document import Json, at, pointer_to
from ...spec.model import BASE, Model
from ...spec.paths import PathError, follow, steps_of
from ...spec.tables import tables
from .sheet import Sheet

Renames = list[tuple[str, str]]
"""Names of fields, before and after."""

_OF_ITEMS = ("x-item-id", "x-item-name", "x-item-path")


def mend_extensions(sheet: Sheet, renames: Renames) -> list[str]:
    """Edit the extensions that no longer lead anywhere, and return what a person should look at."""
    document, notes = sheet.spec.document, list[str]()
    for pointer in dict.fromkeys(pointer for pointer, _ in tables(document).faults):
        owner, _, key = pointer.rpartition("/")
        node = at(document, owner)
        if key in ("x-column", "x-filter") and isinstance(node.get(key, {}), dict):
            notes += _mend_paths(sheet, pointer, node.get(key, {}), renames)
        elif key in _OF_ITEMS and key in node:
            sheet.remove(pointer)
        elif key == "x-item-id":
            sheet.insert(owner, "type", key, None)
            notes.append(
                f"{pointer}: no single field is the ID of the item, so it is null; name one if it should have one"
            )
    return notes


def _mend_paths(sheet: Sheet, pointer: str, paths: Json, renames: Renames) -> list[str]:
    """Let the paths of columns or filter fields follow renamed fields; a column without a field goes."""
    notes = []
    for name, value in paths.items():
        path = value["path"] if isinstance(value, dict) else value
        if _leads(sheet.spec.document, path):
            continue
        moved = next((path.replace(old, new) for old, new in renames if old in steps_of(path)), "")
        if moved and _leads(sheet.spec.document, moved):
            sheet.replace(pointer + pointer_to([name]), {**value, "path": moved} if isinstance(value, dict) else moved)
            notes.append(f"{pointer}/{name}: {path} was renamed, and the path is now {moved}")
        else:
            sheet.remove(pointer + pointer_to([name]))
            notes.append(f"{pointer}/{name}: {path} is gone, and so is this entry")
    owner, _, key = pointer.rpartition("/")
    if key == "x-filter" and not paths:
        found = {old: new for old, new in renames if _leads(sheet.spec.document, new)}
        if found:
            sheet.insert(owner, "type", key, found)
    return notes


def _leads(document: Json, path: str) -> bool:
    record = document.get("x-tables", {}).get("record", "")
    try:
        follow(Model(document), {"$ref": BASE + record}, steps_of(path), {key: {} for key in _OF_ITEMS})
    except PathError:
        return False
    return True
