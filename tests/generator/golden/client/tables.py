# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""The items, columns, filters, and samples of the spec, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from .table_types import Column, Field, FilterField, ItemName, Path, Scalar, Union

Eq = TypeVar("Eq")
Time = TypeVar("Time")
Text = TypeVar("Text")


class FilterFields(Generic[Eq, Time, Text]):
    """The types of the fields that a search can compare, for a class that has an attribute for each."""


ITEM_IDS: Final[Mapping[str, Path]] = {}
"""The path to the id of an item, by the discriminator of the item."""

ITEM_NAMES: Final[Mapping[str, Path]] = {}
"""The path to the name of an item, for the items that have one."""

ITEM_PATHS: Final[Mapping[str, Path]] = {}
"""The path to the path of an item, for the items that have one."""

ITEM_ID_NAMES: Final[Mapping[str, ItemName]] = {}
"""What an item id names, by the discriminator of the id."""

COLUMNS: Final[tuple[Column, ...]] = (
    Column("place", "text", Path(("place", "name"), ("place", "name"))),
    Column("animal_count", "count", Path(("animals",), ("animals",))),
    Column("animal_kinds", "texts", Path(("animals", "[]", "kind"), ("animals", "[]", "kind"))),
    Column("wings", "json", Path(("animal",), ("animal",)), {"bird:small": Path(("wings",), ("wings",))}),
    Column("keeper", "text", Path(("keeper",), ("keeper",))),
)
"""The columns of a flat row, in order."""

FILTER_FIELDS: Final[tuple[FilterField, ...]] = ()
"""The fields that a search can compare."""

OBJECTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "Visit": (
        Field("at", "at", "time", True),
        Field("keeper", "keeper", "string", True),
        Field("deputy", "deputy", "string", False),
        Field("count", "count", "integer", True),
        Field("limit", "limit", "integer", False),
        Field("weight", "weight", "number", True),
        Field("height", "height", "number", False),
        Field("fed", "fed", "boolean", True),
        Field("washed", "washed", "boolean", False),
        Field("left", "left", "time", False),
        Field("mood", "mood", "Mood", True),
        Field("moodBefore", "mood_before", "Mood", False),
        Field("animal", "animal", "Animal", True),
        Field("other", "other", "Animal", False),
        Field("place", "place", "Place", True),
        Field("origin", "origin", "Place", False),
        Field("note", "note", "any", True),
        Field("remark", "remark", "any", False),
        Field("route", "route", "string", True, ("list",)),
        Field("words", "words", "string", False, ("list",)),
        Field("counts", "counts", "integer", False, ("list",)),
        Field("weights", "weights", "number", False, ("list",)),
        Field("times", "times", "time", False, ("list",)),
        Field("moods", "moods", "Mood", False, ("list",)),
        Field("animals", "animals", "Animal", False, ("list",)),
        Field("places", "places", "Place", False, ("list",)),
        Field("table", "table", "string", False, ("list", "list")),
        Field("rows", "rows", "boolean", False, ("list", "map")),
        Field("textByName", "text_by_name", "string", False, ("map",)),
        Field("placeByName", "place_by_name", "Place", False, ("map",)),
        Field("placesByName", "places_by_name", "Place", False, ("map", "list")),
        Field("animalByName", "animal_by_name", "Animal", False, ("map",)),
        Field("anyByName", "any_by_name", "any", False, ("map",)),
        Field("type", "type_", "string", False),
        Field("self", "self_", "string", False),
    ),
    "Snake": (),
    "Bird": (Field("wings", "wings", "integer", True),),
    "Herd": (Field("animals", "animals", "Animal", True, ("list",)),),
    "Place": (Field("name", "name", "string", False),),
}
"""The fields of each object that a record, item id or filter holds."""

UNIONS: Final[Mapping[str, Union]] = {
    "Animal": Union("kind", "kind", {"snake": "Snake", "bird:small": "Bird", "herd": "Herd"})
}
"""The unions that a record, item id or filter holds."""

SCALARS: Final[Mapping[str, Scalar]] = {}
"""The named scalars that a record, item id or filter holds."""

SAMPLES: Final[Mapping[str, tuple[Any, ...]]] = {"Visit.keeper": ("Ada", "Bo")}
"""Values for samples, by scalar or by `Object.field`; of a list, for its elements. `{id}` stands for any id."""
