"""The text of the generated `tables.py`."""

from __future__ import annotations

from typing import Any

from ..spec.document import Json
from ..spec.tables import tables

_HEAD = '''"""The items, columns, filters, and samples of the spec, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from .table_types import Column, Field, FilterField, ItemName, Path, Scalar, Union

Eq = TypeVar("Eq")
Time = TypeVar("Time")
Text = TypeVar("Text")


class FilterFields(Generic[Eq, Time, Text]):
    """The types of the fields that a search can compare, for a class that has an attribute for each."""

'''

# Name, type, and what it says.
_TABLES = (
    ("ITEM_IDS", "Mapping[str, Path]", "The path to the id of an item, by the discriminator of the item."),
    ("ITEM_NAMES", "Mapping[str, Path]", "The path to the name of an item, for the items that have one."),
    ("ITEM_PATHS", "Mapping[str, Path]", "The path to the path of an item, for the items that have one."),
    ("ITEM_ID_NAMES", "Mapping[str, ItemName]", "What an item id names, by the discriminator of the id."),
    ("COLUMNS", "tuple[Column, ...]", "The columns of a flat row, in order."),
    ("FILTER_FIELDS", "tuple[FilterField, ...]", "The fields that a search can compare."),
    ("OBJECTS", "Mapping[str, tuple[Field, ...]]", "The fields of each object that a record, item id or filter holds."),
    ("UNIONS", "Mapping[str, Union]", "The unions that a record, item id or filter holds."),
    ("SCALARS", "Mapping[str, Scalar]", "The named scalars that a record, item id or filter holds."),
    (
        "SAMPLES",
        "Mapping[str, tuple[Any, ...]]",
        "Values for samples, by scalar or by `Object.field`; of a list, for its elements. `{id}` stands for any id.",
    ),
)
_KINDS = {"eq": "Eq", "time": "Time", "text": "Text"}


def rendered(document: Json) -> str:
    """Return the module for a document, not yet formatted."""
    found = tables(document)
    text = _HEAD + "".join(f"    {each.attribute}: {_KINDS[each.kind]}\n" for each in found.filter_fields)
    for name, kind, words in _TABLES:
        literal = _literal(getattr(found, name.lower()))
        if name == "COLUMNS":
            shared = {"ITEM_IDS": found.item_ids, "ITEM_NAMES": found.item_names, "ITEM_PATHS": found.item_paths}
            for earlier, table in shared.items():
                literal = literal.replace(_literal(table), earlier) if table else literal
        text += f'\n{name}: Final[{kind}] = {literal}\n"""{words}"""\n'
    return text


def _literal(value: Any) -> str:
    """Return a value as Python code, without the last fields of a tuple if they have their defaults."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_literal(each)}' for key, each in value.items())}}}"
    if not isinstance(value, tuple | list):
        return repr(value)
    fields, defaults = list(value), list(getattr(value, "_field_defaults", {}).values())
    while defaults and fields[-1] == defaults.pop():
        fields.pop()
    inner = ", ".join(map(_literal, fields))
    if hasattr(value, "_fields"):
        return f"{type(value).__name__}({inner})"
    return f"({inner},)" if len(fields) == 1 else f"({inner})"
