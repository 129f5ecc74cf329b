# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""The models, unions, and enums of the API, under their names in the spec."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias

from attrs import define as _define
from attrs import field as _field

from ..types import (
    NO_FIELDS,
    Model,
    OpenEnum,
    UnknownVariant,
    Values,
    Variants,
    additional,
    checked,
    checked_strings,
    decode,
    elements,
    entries,
    format_time,
    number,
    parse_time,
)

__all__ = [
    "Animal",
    "Bird",
    "Closed",
    "Escaped",
    "Herd",
    "Mood",
    "Place",
    "Pond",
    "Problem",
    "Snake",
    "UnknownVariant",
    "Visit",
    "Winged",
    "animal_from_dict",
    "problem_from_dict",
]

_new = object.__new__

# How a model decodes: it creates an instance without `__init__`, stores each field, and counts in `n` the fields of `d`
# that it knows. If `len(d) == n`, there are no others, and `additional_properties` is the empty mapping that all share.


class Mood(OpenEnum):
    """How it feels, worst last."""

    WILD = "wild"
    CALM = "calm"
    VERY_CALM = "veryCalm"


_MOOD = Values(Mood)


@_define(eq=False, repr=False)
class Visit(Model):
    """One property of every kind, required or not. A \\d is no digit here, and \"\"\" no end of the text."""

    at: datetime.datetime
    keeper: str
    count: int
    weight: float
    fed: bool
    mood: Mood
    """How it feels, worst last."""
    animal: Animal
    """Something that lives in an enclosure."""
    place: Place
    note: Any
    """Any JSON."""
    route: list[str]
    """Required, yet empty when absent."""
    deputy: str | None = None
    """Who else was there. The text is long enough that it does not fit on one line of a docstring with its
    quotes.
    """
    limit: int | None = None
    height: float | None = None
    washed: bool | None = None
    left: datetime.datetime | None = None
    mood_before: Mood | None = None
    """How it feels, worst last."""
    other: Animal | None = None
    """Something that lives in an enclosure."""
    origin: Place | None = None
    remark: Any | None = None
    """Any JSON."""
    words: list[str] = _field(factory=list)
    counts: list[int] = _field(factory=list)
    weights: list[float] = _field(factory=list)
    times: list[datetime.datetime] = _field(factory=list)
    moods: list[Mood] = _field(factory=list)
    animals: list[Animal] = _field(factory=list)
    places: list[Place] = _field(factory=list)
    table: list[list[str]] = _field(factory=list)
    rows: list[dict[str, bool]] = _field(factory=list)
    text_by_name: dict[str, str] = _field(factory=dict)
    place_by_name: dict[str, Place] = _field(factory=dict)
    places_by_name: dict[str, list[Place]] = _field(factory=dict)
    animal_by_name: dict[str, Animal] = _field(factory=dict)
    any_by_name: dict[str, Any] = _field(factory=dict)
    type_: str | None = None
    self_: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset(
        {
            "at",
            "keeper",
            "count",
            "weight",
            "fed",
            "mood",
            "animal",
            "place",
            "note",
            "route",
            "deputy",
            "limit",
            "height",
            "washed",
            "left",
            "moodBefore",
            "other",
            "origin",
            "remark",
            "words",
            "counts",
            "weights",
            "times",
            "moods",
            "animals",
            "places",
            "table",
            "rows",
            "textByName",
            "placeByName",
            "placesByName",
            "animalByName",
            "anyByName",
            "type",
            "self",
        }
    )

    @staticmethod
    def _decode(d: dict[str, Any]) -> Visit:
        self = _new(Visit)
        n = 9
        self.at = parse_time(d["at"])
        if type(v := d["keeper"]) is not str:
            raise TypeError
        self.keeper = v
        if type(v := d["count"]) is not int:
            raise TypeError
        self.count = v
        self.weight = number(d["weight"])
        if type(v := d["fed"]) is not bool:
            raise TypeError
        self.fed = v
        self.mood = _MOOD[d["mood"]]
        self.animal = _ANIMAL[(v := d["animal"])["kind"]](v)
        self.place = _place(d["place"])
        self.note = d["note"]
        v = d.get("route")
        if v is None:
            self.route = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.route = checked_strings(v)
            n += 1
        v = d.get("words")
        if v is None:
            self.words = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.words = checked_strings(v)
            n += 1
        v = d.get("counts")
        if v is None:
            self.counts = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.counts = [checked(i, int) for i in v]
            n += 1
        v = d.get("weights")
        if v is None:
            self.weights = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.weights = [number(i) for i in v]
            n += 1
        v = d.get("times")
        if v is None:
            self.times = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.times = [parse_time(i) for i in v]
            n += 1
        v = d.get("moods")
        if v is None:
            self.moods = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.moods = [_MOOD[i] for i in v]
            n += 1
        v = d.get("animals")
        if v is None:
            self.animals = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.animals = [_ANIMAL[i["kind"]](i) for i in v]
            n += 1
        v = d.get("places")
        if v is None:
            self.places = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.places = [_place(i) for i in v]
            n += 1
        v = d.get("table")
        if v is None:
            self.table = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.table = [checked_strings(elements(i)) for i in v]
            n += 1
        v = d.get("rows")
        if v is None:
            self.rows = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.rows = [{k: checked(i, bool) for k, i in entries(i).items()} for i in v]
            n += 1
        v = d.get("textByName")
        if v is None:
            self.text_by_name = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.text_by_name = {k: checked(i, str) for k, i in v.items()}
            n += 1
        v = d.get("placeByName")
        if v is None:
            self.place_by_name = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.place_by_name = {k: _place(i) for k, i in v.items()}
            n += 1
        v = d.get("placesByName")
        if v is None:
            self.places_by_name = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.places_by_name = {k: [_place(i) for i in elements(i)] for k, i in v.items()}
            n += 1
        v = d.get("animalByName")
        if v is None:
            self.animal_by_name = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.animal_by_name = {k: _ANIMAL[i["kind"]](i) for k, i in v.items()}
            n += 1
        v = d.get("anyByName")
        if v is None:
            self.any_by_name = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.any_by_name = dict(v)
            n += 1
        if (v := d.get("deputy")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.deputy = v
        if (v := d.get("limit")) is not None:
            if type(v) is not int:
                raise TypeError
            n += 1
        self.limit = v
        if (v := d.get("height")) is not None:
            v = number(v)
            n += 1
        self.height = v
        if (v := d.get("washed")) is not None:
            if type(v) is not bool:
                raise TypeError
            n += 1
        self.washed = v
        if (v := d.get("left")) is not None:
            v = parse_time(v)
            n += 1
        self.left = v
        if (v := d.get("moodBefore")) is not None:
            v = _MOOD[v]
            n += 1
        self.mood_before = v
        if (v := d.get("other")) is not None:
            v = _ANIMAL[v["kind"]](v)
            n += 1
        self.other = v
        if (v := d.get("origin")) is not None:
            v = _place(v)
            n += 1
        self.origin = v
        if (v := d.get("remark")) is not None:
            n += 1
        self.remark = v
        if (v := d.get("type")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.type_ = v
        if (v := d.get("self")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.self_ = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Visit)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "at": format_time(self.at),
            "keeper": self.keeper,
            "count": self.count,
            "weight": self.weight,
            "fed": self.fed,
            "mood": self.mood._value_,
            "animal": self.animal.to_dict(),
            "place": self.place.to_dict(),
            "note": self.note,
            "route": self.route[:],
            "words": self.words[:],
            "counts": self.counts[:],
            "weights": self.weights[:],
            "times": [format_time(i) for i in self.times],
            "moods": [i._value_ for i in self.moods],
            "animals": [i.to_dict() for i in self.animals],
            "places": [i.to_dict() for i in self.places],
            "table": [i[:] for i in self.table],
            "rows": [dict(i) for i in self.rows],
            "textByName": dict(self.text_by_name),
            "placeByName": {k: i.to_dict() for k, i in self.place_by_name.items()},
            "placesByName": {k: [i.to_dict() for i in i] for k, i in self.places_by_name.items()},
            "animalByName": {k: i.to_dict() for k, i in self.animal_by_name.items()},
            "anyByName": dict(self.any_by_name),
        }
        if self.deputy is not None:
            d["deputy"] = self.deputy
        if self.limit is not None:
            d["limit"] = self.limit
        if self.height is not None:
            d["height"] = self.height
        if self.washed is not None:
            d["washed"] = self.washed
        if self.left is not None:
            d["left"] = format_time(self.left)
        if self.mood_before is not None:
            d["moodBefore"] = self.mood_before._value_
        if self.other is not None:
            d["other"] = self.other.to_dict()
        if self.origin is not None:
            d["origin"] = self.origin.to_dict()
        if self.remark is not None:
            d["remark"] = self.remark
        if self.type_ is not None:
            d["type"] = self.type_
        if self.self_ is not None:
            d["self"] = self.self_
        return {**self.additional_properties, **d} if self.additional_properties else d


_visit = Visit._decode


@_define(eq=False, repr=False)
class Place(Model):
    name: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"name"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> Place:
        self = _new(Place)
        n = 0
        if (v := d.get("name")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.name = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Place)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.name is not None:
            d["name"] = self.name
        return {**self.additional_properties, **d} if self.additional_properties else d


_place = Place._decode


@_define(eq=False, repr=False)
class Snake(Model):
    kind: ClassVar[Literal["snake"]] = "snake"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"kind"})
    _constants: ClassVar[Mapping[str, str]] = {"kind": "snake"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> Snake:
        self = _new(Snake)
        if not isinstance(d, dict):
            raise TypeError
        self.additional_properties = NO_FIELDS if len(d) == 1 else additional(d, Snake)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"kind": "snake"}
        return {**self.additional_properties, **d} if self.additional_properties else d


_snake = Snake._decode


@_define(eq=False, repr=False)
class Winged(Model):
    wings: int
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"wings"})

    def _read(self, d: dict[str, Any]) -> int:
        n = 1
        if type(v := d["wings"]) is not int:
            raise TypeError
        self.wings = v
        return n

    @staticmethod
    def _decode(d: dict[str, Any]) -> Winged:
        self = _new(Winged)
        n = Winged._read(self, d)
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Winged)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"wings": self.wings}
        return {**self.additional_properties, **d} if self.additional_properties else d


_winged = Winged._decode


@_define(eq=False, repr=False)
class Pond(Model):
    """A place that doesn't inherit `Place`, because `depth` has no default."""

    depth: int
    name: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"depth", "name"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> Pond:
        self = _new(Pond)
        n = 1
        if type(v := d["depth"]) is not int:
            raise TypeError
        self.depth = v
        if (v := d.get("name")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.name = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Pond)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"depth": self.depth}
        if self.name is not None:
            d["name"] = self.name
        return {**self.additional_properties, **d} if self.additional_properties else d


_pond = Pond._decode


@_define(eq=False, repr=False)
class Herd(Model):
    kind: ClassVar[Literal["herd"]] = "herd"
    animals: list[Animal]
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"kind", "animals"})
    _constants: ClassVar[Mapping[str, str]] = {"kind": "herd"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> Herd:
        self = _new(Herd)
        n = 1
        v = d.get("animals")
        if v is None:
            self.animals = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.animals = [_ANIMAL[i["kind"]](i) for i in v]
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Herd)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"kind": "herd", "animals": [i.to_dict() for i in self.animals]}
        return {**self.additional_properties, **d} if self.additional_properties else d


_herd = Herd._decode


@_define(eq=False, repr=False)
class Closed(Model):
    name: ClassVar[Literal["Closed"]] = "Closed"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"name"})
    _constants: ClassVar[Mapping[str, str]] = {"name": "Closed"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> Closed:
        self = _new(Closed)
        if not isinstance(d, dict):
            raise TypeError
        self.additional_properties = NO_FIELDS if len(d) == 1 else additional(d, Closed)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"name": "Closed"}
        return {**self.additional_properties, **d} if self.additional_properties else d


_closed = Closed._decode


@_define(eq=False, repr=False)
class Escaped(Model):
    name: ClassVar[Literal["Escaped"]] = "Escaped"
    animal: Animal | None = None
    """Something that lives in an enclosure."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"name", "animal"})
    _constants: ClassVar[Mapping[str, str]] = {"name": "Escaped"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> Escaped:
        self = _new(Escaped)
        n = 1
        if (v := d.get("animal")) is not None:
            v = _ANIMAL[v["kind"]](v)
            n += 1
        self.animal = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Escaped)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"name": "Escaped"}
        if self.animal is not None:
            d["animal"] = self.animal.to_dict()
        return {**self.additional_properties, **d} if self.additional_properties else d


_escaped = Escaped._decode


@_define(eq=False, repr=False)
class Bird(Winged):
    kind: ClassVar[Literal["bird:small"]] = "bird:small"
    _known: ClassVar[frozenset[str]] = Winged._known | frozenset({"kind"})
    _constants: ClassVar[Mapping[str, str]] = {"kind": "bird:small"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> Bird:
        self = _new(Bird)
        n = 1 + Winged._read(self, d)
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Bird)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**Winged.to_dict(self), "kind": "bird:small"}
        return d


_bird = Bird._decode

Animal: TypeAlias = Snake | Bird | Herd | UnknownVariant

_ANIMAL: Variants[Animal] = Variants(
    "Animal",
    {
        "snake": _snake,
        "bird:small": _bird,
        "herd": _herd,
    },
)


def animal_from_dict(data: Mapping[str, Any]) -> Animal:
    """Decode a value of `Animal`. Raise `DecodeError` if the data isn't one."""
    return decode("Animal", lambda d: _ANIMAL[d["kind"]](d), data)


Problem: TypeAlias = Closed | Escaped | UnknownVariant

_PROBLEM: Variants[Problem] = Variants(
    "Problem",
    {
        "Closed": _closed,
        "Escaped": _escaped,
    },
)


def problem_from_dict(data: Mapping[str, Any]) -> Problem:
    """Decode a value of `Problem`. Raise `DecodeError` if the data isn't one."""
    return decode("Problem", lambda d: _PROBLEM[d["name"]](d), data)
