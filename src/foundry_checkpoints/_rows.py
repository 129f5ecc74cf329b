"""Make flat rows of records, by the tables of the generated client.

The tables say where in a record each column stands. From them, this module writes a function in Python once, as
dataclasses do: straight code makes rows twice as fast as a walk over the tables for each record. The function also
finds out whether the columns hold everything. Only a record that holds more is encoded as a whole, to find the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import EnumMeta
from itertools import count
from types import NoneType
from typing import Any, TypeAlias

from foundry_checkpoints_api import models
from foundry_checkpoints_api.table_types import EACH, Column, Field, Kind
from foundry_checkpoints_api.tables import COLUMNS, OBJECTS, UNIONS
from foundry_checkpoints_api.types import NO_FIELDS, format_time

try:
    from orjson import dumps as _fast_dumps
except ImportError:
    _fast_dumps = None  # type: ignore[assignment]

Cell: TypeAlias = str | datetime | int | list[str] | list[str | None] | None
Row: TypeAlias = dict[str, Cell]

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_bytes(value: Any) -> bytes:
    """Return compact JSON in UTF-8. Half of a surrogate pair is escaped."""
    if _fast_dumps is not None:
        try:
            return _fast_dumps(value)
        except TypeError:
            pass  # half of a surrogate pair, or a number beyond 64 bits
    return _dumps(value).encode("utf-8", "backslashreplace")


def to_json(value: Any) -> str:
    """Return compact JSON, byte for byte the same with and without orjson. Half of a surrogate pair is escaped."""
    return encodable(_dumps(value)) if _has_float(value) else json_bytes(value).decode()


def _has_float(value: Any) -> bool:
    """Return whether orjson may write a number differently: 0.00001 for 1e-05."""
    kind = type(value)
    for each in value.values() if kind is dict else value if kind is list else ():
        kind = type(each)
        if kind is str:
            continue
        if kind is float or ((kind is dict or kind is list) and _has_float(each)):
            return True
    return kind is float


def encodable(text: str) -> str:
    """Return the text with each half of a surrogate pair, which UTF-8 can't hold, escaped as in JSON."""
    return text.encode("utf-8", "backslashreplace").decode()


@dataclass
class _Place:
    """A place in records: the columns that hold it, the fields below it, and the variants if it is a union."""

    columns: list[Column] = field(default_factory=list)
    fields: dict[str, _Place] = field(default_factory=dict)
    variants: dict[str, _Place] = field(default_factory=dict)
    tag: str | None = None
    """The discriminator, if it is a union."""
    lists: set[str] = field(default_factory=set)
    """The lists and maps below it that no column holds. An empty one is as good as absent."""

    def add(self, column: Column) -> None:
        """Add a column to the places that it holds, below this one."""
        if column.variants is None:
            self._at(column.path.json).columns.append(column)
        for tag, path in (column.variants or {}).items():
            variants = self._at(column.path.json).variants
            variants.setdefault(tag, _Place())._at(path.json).columns.append(column)

    def _at(self, steps: tuple[str, ...]) -> _Place:
        place = self
        for step in steps:
            if step != EACH:
                place = place.fields.setdefault(step, _Place())
        return place

    @property
    def is_held(self) -> bool:
        """True if a column holds all of it."""
        return any(column.kind != "count" for column in self.columns)

    @property
    def is_divided(self) -> bool:
        """True if columns hold something below it."""
        return bool(self.fields or self.variants)

    def names(self) -> Iterator[str]:
        """Yield the names of the columns below it."""
        for place in (*self.fields.values(), *self.variants.values()):
            yield from (column.name for column in place.columns)
            yield from place.names()

    def rest(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what no column holds of an object: its other fields, then what is left of its parts."""
        variant = _Place() if self.tag is None else self.variants.get(data[self.tag])
        if variant is None:
            return data
        fields, lists = {**self.fields, **variant.fields}, self.lists | variant.lists
        rest = {name: value for name, value in data.items() if name not in fields and (value or name not in lists)}
        for name, place in fields.items():
            if not place.is_held and (left := place._left(data.get(name))):
                rest[name] = left
        return rest

    def _left(self, value: Any) -> Any:
        if not value or not self.is_divided:
            return value
        if isinstance(value, list):
            left = [self.rest(element) for element in value]
            return left if any(left) else None
        return self.rest(value)


def flattener(columns: Mapping[str, Kind]) -> Callable[[models.Record], Row]:
    """Return a function that makes a row of these columns of a record: a cell for each, None where it has no value.

    A column that the tables don't know, or know as another kind, stays empty. What no column holds is in the one that
    holds the rest.
    """
    root, rest_name = _Place(), None
    for column in COLUMNS:
        if columns.get(column.name) == column.kind:
            if column.path.json:
                root.add(column)
            else:
                rest_name = column.name

    def rest(record: models.Record) -> str | None:
        found = root.rest(record.to_dict())
        return to_json(found) if found else None

    writer, body = _Writer(), _Body()
    writer.read_object(body, "Record", root, "o")
    if rest_name is not None:
        body.cells[rest_name] = f"None if {body.is_whole} else rest(o)"
    cells = (f"{name!r}: {body.cells.get(name)}" for name in columns)
    name = writer.define(body, f"{{{', '.join(cells)}}}")
    return writer.compiled(rest=rest)[name]  # type: ignore[no-any-return]


@dataclass
class _Body:
    """A function in the making: its lines, the expression of each column, and what holds if the columns hold all."""

    lines: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> str:
        return " and ".join(self.checks) or "True"


class _Writer:
    """Writes functions that read objects.

    Each takes an object `o` and returns the cells of the columns below it and, last, whether they hold all of it.
    """

    def __init__(self) -> None:
        self._functions: list[str] = []
        self._readers: dict[str, dict[type, str]] = {}
        """For each part that may be absent, differ in type, or be a list, the function for each type."""
        self._numbers = count()

    def compiled(self, **scope: Any) -> dict[str, Any]:
        """Return the functions by name."""
        scope |= {"UTC": UTC, "NO_FIELDS": NO_FIELDS, "to_json": to_json, "on_the_wire": _on_the_wire}
        exec("\n".join(self._functions), scope)
        for name, readers in self._readers.items():
            scope[name] = {kind: scope[function] for kind, function in readers.items()}
        return scope

    def define(self, body: _Body, result: str) -> str:
        """Write a function and return its name."""
        name = self._new("read")
        self._functions.append("\n    ".join([f"def {name}(o):", *body.lines, f"return {result}"]))
        return name

    def read_object(self, body: _Body, name: str, place: _Place, value: str, *, is_held: bool = False) -> None:
        """Read an object, and the objects that are always part of it."""
        if not is_held:
            body.checks.append(f"{value}.additional_properties is NO_FIELDS")
        for each in OBJECTS[name]:
            below = place.fields.get(each.name)
            if below is None:
                # A new field, to which no column leads yet.
                if not is_held:
                    body.checks.append(f"{value}.{each.attribute} {'in ([], {})' if each.containers else 'is None'}")
                if each.containers:
                    place.lists.add(each.name)
                continue
            variable, is_below_held = self._new("v"), is_held or below.is_held
            body.lines.append(f"{variable} = {value}.{each.attribute}")
            for column in below.columns:
                body.cells[column.name] = _cell(column, each, variable)
            if below.is_divided and each.type in OBJECTS and not each.containers:
                read = self.read_object if each.is_required else self._read_optional
                read(body, each.type, below, variable, is_held=is_below_held)
            elif below.is_divided:
                self._read_part(body, each, below, variable, is_held=is_below_held)
            elif not is_below_held:
                body.checks.append(f"not {variable}")  # a list that is only counted

    def _read_optional(self, body: _Body, name: str, place: _Place, value: str, *, is_held: bool) -> None:
        inner = _Body()
        self.read_object(inner, name, place, value, is_held=is_held)
        cells = {column: self._new("v") for column in inner.cells}
        is_whole = self._new("v")
        present = [*inner.lines, *(f"{cells[column]} = {cell}" for column, cell in inner.cells.items())]
        body.lines += [
            f"if {value} is None:",
            f"    {' = '.join(cells.values())} = None",
            f"    {is_whole} = True",
            "else:",
        ]
        body.lines += [f"    {line}" for line in (*present, f"{is_whole} = {inner.is_whole}")]
        body.cells |= cells
        if not is_held:
            body.checks.append(is_whole)

    def _read_part(self, body: _Body, part: Field, place: _Place, value: str, *, is_held: bool) -> None:
        names = tuple(dict.fromkeys(place.names()))
        readers, result = self._new("READERS"), self._new("v")
        self._readers[readers] = self._readers_of(part.type, place, names, is_held=is_held)
        if part.containers:
            body.lines.append(f"{result} = [{readers}[type(e)](e) for e in {value}]")
            body.cells |= {name: f"[e[{index}] for e in {result}]" for index, name in enumerate(names)}
            is_whole = f"False not in [e[-1] for e in {result}]"
        else:
            body.lines.append(f"{result} = {readers}[type({value})]({value})")
            body.cells |= {name: f"{result}[{index}]" for index, name in enumerate(names)}
            is_whole = f"{result}[-1]"
        if not is_held:
            body.checks.append(is_whole)

    def _readers_of(self, name: str, place: _Place, names: Sequence[str], *, is_held: bool) -> dict[type, str]:
        """Write a function for each type that a part may have."""
        union = UNIONS.get(name)
        variants = {"": name} if union is None else union.variants
        tag = {}
        if union is not None:
            place.tag = union.tag
            tag = {column.name: f"o.{union.attribute}" for column in place.fields.get(union.tag, _Place()).columns}
        readers: dict[type, str] = {
            NoneType: self._define(_Body(), names),
            models.UnknownVariant: self._define(_Body(cells=tag, checks=["False"]), names),
        }
        for key, variant in variants.items():
            body, within = _Body(cells={**tag}), place if union is None else place.variants.get(key)
            if within is None:
                body.checks.append("False")  # a variant that no column reads
            else:
                self.read_object(body, variant, within, "o", is_held=is_held)
            readers[getattr(models, variant)] = self._define(body, names)
        return readers

    def _define(self, body: _Body, names: Sequence[str]) -> str:
        return self.define(body, ", ".join([*(str(body.cells.get(name)) for name in names), body.is_whole]))

    def _new(self, kind: str) -> str:
        return f"{kind}{next(self._numbers)}"


def _cell(column: Column, read: Field, value: str) -> str:
    """Return the expression that makes a cell of the value of a field."""
    is_many, is_enum = bool(read.containers), isinstance(vars(models).get(read.type), EnumMeta)
    match column.kind:
        case "count":
            return f"len({value})"
        case "json" if read.containers == ("list",) and (read.type in OBJECTS or read.type in UNIONS):
            return f"to_json([e.to_dict() for e in {value}])"
        case "json":
            cell = f"to_json(on_the_wire({value}))"
        case "time":
            cell = f"{value}.astimezone(UTC)"
        case _ if is_enum:
            cell = f"[e._value_ for e in {value}]" if is_many else f"{value}._value_"
        case _:
            return value
    return cell if read.is_required else f"None if {value} is None else {cell}"


def _on_the_wire(value: Any) -> Any:
    if isinstance(value, list):
        return [_on_the_wire(each) for each in value]
    if isinstance(value, dict):
        return {name: _on_the_wire(each) for name, each in value.items()}
    if isinstance(value, datetime):
        return format_time(value)
    return value.to_dict() if hasattr(value, "to_dict") else value
