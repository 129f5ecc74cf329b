"""The tables of an API, from its schemas and the extensions in them. generator/README.md describes the extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from .document import Fault, Json
from .extensions import form_faults, place_faults
from .model import BASE, Model, Schema, component, is_object, values
from .model import Field as Property
from .paths import PathError, Place, Steps, attribute, follow, leaves, meant, path_of, steps_of
from .table_types import EACH, Column, Field, FilterField, FilterKind, ItemName, Kind, Path, Scalar, Union

_ROLES = ("record", "item", "itemId", "filter")
_KINDS: tuple[FilterKind, ...] = ("eq", "time", "text")
_TEXTS = {"x-item-name": ("name", "username", "displayName", "title"), "x-item-path": ("compassPath", "path")}
"""The fields that are the name and the path of an item by default."""
_MADE_UP_ID = "00000000-0000-4000-a000-000000000000"


@dataclass
class Tables:
    """The contents of the generated `tables.py`, and the faults of the extensions that it follows from."""

    item_ids: dict[str, Path] = field(default_factory=dict)
    item_names: dict[str, Path] = field(default_factory=dict)
    item_paths: dict[str, Path] = field(default_factory=dict)
    item_id_names: dict[str, ItemName] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    filter_fields: list[FilterField] = field(default_factory=list)
    samples: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    objects: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    unions: dict[str, Union] = field(default_factory=dict)
    scalars: dict[str, Scalar] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def tables(document: Json) -> Tables:
    """Return the tables of a document. They are empty without `x-tables` at its top."""
    if faults := list(form_faults(document)):
        return Tables(faults=faults)
    reader = _Reader(document)
    reader.read_items()
    reader.read_item_ids()
    reader.read_columns()
    reader.read_filters()
    reader.read_samples()
    for name in reader.roles.values():
        reader.read_schema(name)
    reader.found.faults += place_faults(document, reader.by_role)
    return reader.found


class _Reader:
    """Reads the tables one by one. `roles` are the components that `x-tables` names, `by_role` the schemas of each."""

    def __init__(self, document: Json) -> None:
        self.found = Tables()
        self.roles: dict[str, str] = {}
        self._model = Model(document)
        for role, name in document.get("x-tables", {}).items():
            kind = "object" if role == "record" else "union"
            if role in _ROLES and name in self._model.schemas and self._model.schemas[name].kind == kind:
                self.roles[role] = name
            else:
                what = "a record is an object with properties, and the others are unions"
                self._fault(f"/x-tables/{role}", f"the roles are {', '.join(_ROLES)}: {what}")
        self._record = self._of_role("record")
        self._items = self._of_role("item").variants
        self._ids = self._of_role("itemId").variants
        self.by_role = {
            "record": [self.roles.get("record", "")],
            "item": self._items.values(),
            "itemId": self._ids.values(),
        }
        self._extended = {
            "x-item-id": self.found.item_ids,
            "x-item-name": self.found.item_names,
            "x-item-path": self.found.item_paths,
        }

    def _fault(self, pointer: str, message: str) -> None:
        self.found.faults.append((pointer, message))

    @contextmanager
    def _blaming(self, pointer: str) -> Iterator[None]:
        """Within the block, a `PathError` is a fault at the pointer."""
        try:
            yield
        except PathError as error:
            self._fault(pointer, str(error))

    def _of_role(self, role: str) -> Schema:
        return self._model.schemas.get(self.roles.get(role, ""), Schema("scalar", {}, {}))

    def _follow(self, schema: str, steps: Steps) -> Place:
        return follow(self._model, {"$ref": BASE + schema}, steps, self._extended)

    def _fields(self, schema: str) -> dict[str, Property]:
        """Return the fields of an object, without its discriminator."""
        return {name: each for name, each in self._model.schemas[schema].fields.items() if "const" not in each.schema}

    # Items

    def read_items(self) -> None:
        for tag, name in self._items.items():
            schema = self._model.schemas[name].node
            for key, table in self._extended.items():
                with self._blaming(f"{BASE[1:]}{name}/{key}"):
                    if key in schema:
                        steps = steps_of(schema[key] or "")
                    else:
                        steps = self._first_text(name, _TEXTS[key]) if key in _TEXTS else self._id(name)
                    if steps:
                        table[tag] = self._text(name, steps)

    def _text(self, schema: str, steps: Steps) -> Path:
        place = self._follow(schema, steps)
        if EACH in steps or place.schema.get("type") != "string":
            raise PathError(f"{place.path} must lead to one text")
        return place.path

    def _id(self, name: str) -> Steps:
        """Return the one required field that is a rid or an id; of several, the one that is named like the item."""
        rids = [key for key, each in self._fields(name).items() if each.required and re.search("^r?id$|Rid$|Id$", key)]
        own = [
            key for key in rids if (stem := re.sub("r?id$|Rid$|Id$", "", key)) and name.lower().endswith(stem.lower())
        ]
        match rids, own:
            case ([only], _) | (_, [only]):
                return (only,)
        found = f"{' and '.join(rids)} can be" if rids else "no required field is a rid or an id, so nothing is"
        raise PathError(f"{found} the id of the item: add x-item-id with its path, or with null if it has no id")

    def _first_text(self, schema: str, names: tuple[str, ...]) -> Steps:
        """Return the way to the first of these fields that is a text, or an object with the text as its `value`."""
        for steps in [(name, *rest) for name in names for rest in ((), ("value",))]:
            try:
                self._text(schema, steps)
            except PathError:
                continue
            return steps
        return ()

    def read_item_ids(self) -> None:
        for tag, name in self._ids.items():
            given = self._model.schemas[name].node.get("x-names", {})
            with self._blaming(f"{BASE[1:]}{name}/x-names"):
                self.found.item_id_names[tag] = self._named(name, {"item": given} if isinstance(given, str) else given)

    def _named(self, name: str, given: Mapping[str, Any]) -> ItemName:
        item = given.get("item", re.sub("(Rids?|Ids?)$", "", name))
        tag = next((tag for tag, each in self._items.items() if each == item), None)
        if tag is None:
            raise PathError(f"there is no item {item}: name the item of this id in x-names")
        paths = {key: steps_of(path) for key, path in given.get("fields", {}).items()}
        own = self.found.item_ids.get(tag)
        if own:
            paths = {**dict.fromkeys(("rid", "rids", "id", "ids"), own.json), **paths}
        fields = {key: self._follow(item, paths.get(key, (key,))).path for key in self._fields(name)}
        return ItemName(tag, fields)

    # Columns and filters

    def _declared(self, key: str) -> Iterator[tuple[str, str, Steps, Any]]:
        """Yield what an extension of the record and of its fields declares: pointer, name, the way there, the rest."""
        owners: list[tuple[str, Steps, Json]] = [(BASE[1:] + self.roles.get("record", ""), (), self._record.node)]
        owners += [(each.pointer, (name,), each.schema) for name, each in self._record.fields.items()]
        for pointer, way, schema in owners:
            given = schema.get(key, {})
            for name, value in ({given: ""} if isinstance(given, str) else given).items():
                yield f"{pointer}/{key}", name, way, value

    def read_columns(self) -> None:
        for pointer, name, way, value in self._declared("x-column"):
            with self._blaming(pointer):
                taken = {column.name for column in self.found.columns}
                if name in taken or not re.fullmatch("[a-z][a-z0-9_]*", name):
                    raise PathError(f"{name} must be in lower case, and the only column of this name")
                given = value if isinstance(value, dict) else {"path": value}
                self.found.columns.append(self._column(name, way + steps_of(given["path"]), given.get("kind")))

    def _column(self, name: str, steps: Steps, kind: Kind | None) -> Column:
        if steps.count(EACH) > 1:
            raise PathError(f"{path_of(steps)} crosses two lists: end it at the second, to have {name} hold it as JSON")
        place = self._follow(self.roles["record"], steps)
        if kind == "count" and place.schema.get("type") != "array":
            raise PathError(f"{name} must be the path of a list, to be its count")
        kinds: dict[str, Kind] = {}
        for tag, each in place.variants.items():
            kinds[tag] = self._kind((*steps, *each.steps), each.schema)
        found = next(iter(kinds.values())) if kinds else self._kind(steps, place.schema)
        variants = {tag: each.path for tag, each in place.variants.items() if kind or kinds[tag] == found}
        return Column(name, kind or found, place.path, variants or None)

    def _kind(self, steps: Steps, schema: Json) -> Kind:
        if schema.get("type") == "array" and EACH not in steps:
            schema, steps = self._model.resolved(schema.get("items", {})), (EACH,)
        if schema.get("type") != "string":
            return "json"
        if schema.get("format") == "date-time":
            return "json" if EACH in steps else "time"
        return "texts" if EACH in steps else "text"

    def read_filters(self) -> None:
        declared = {name: (pointer, way + steps_of(path)) for pointer, name, way, path in self._declared("x-filter")}
        found = self._operators() if self._record.fields else {}
        for kind in _KINDS:
            for name, operators in found.items():
                pointer, steps = declared.get(name, (f"{BASE[1:]}{self.roles['record']}/x-filter", None))
                with self._blaming(pointer):
                    if kind == max(operators.values(), key=_KINDS.index):
                        path = self._searched(name, steps)
                        self.found.filter_fields.append(
                            FilterField(attribute(name), name, kind, tuple(operators), path)
                        )
        for name in declared.keys() - found.keys():
            self._fault(declared[name][0], f"no filter has the field {name}")

    def _searched(self, name: str, declared: Steps | None) -> Path:
        """Return the path to what a filter field searches: the declared one, or the only one that its name means."""
        known = dict.fromkeys(leaves(self._model, self._record.node))
        paths = meant(name, known) if declared is None else [declared]
        if len(paths) != 1:
            several = " and ".join(str(path_of(path)) for path in paths) or "no field"
            form = f"x-filter: {{{name}: PATH}}"
            raise PathError(f"{several} can be what {name} searches: add its path in x-filter, as in `{form}`")
        self._follow(self.roles["record"], paths[0])
        return path_of(paths[0])

    def _operators(self) -> dict[str, dict[str, FilterKind]]:
        """Return the filters that take each field, and what each compares it with."""
        found: dict[str, dict[str, FilterKind]] = {}
        for tag, filter_name in self._of_role("filter").variants.items():
            fields = {key: self._model.resolved(each.schema) for key, each in self._fields(filter_name).items()}
            is_time = fields.get("value", {}).get("format") == "date-time"
            for name in fields.get("field", {}).get("enum", ()):
                found.setdefault(name, {})[tag] = "text" if "query" in fields else "time" if is_time else "eq"
        return found

    # Samples and schemas

    def read_samples(self) -> None:
        for name, schema in self._model.schemas.items():
            self._read_sample(name, BASE[1:] + name, schema.node)
            for key, each in self._fields(name).items():
                self._read_sample(f"{name}.{key}", each.pointer, each.schema)

    def _read_sample(self, name: str, pointer: str, schema: Json) -> None:
        if "x-sample" not in schema:
            return
        given = schema["x-sample"]
        samples = self.found.samples[name] = tuple(given if isinstance(given, list) else [given])
        schema = self._model.resolved(schema)
        while schema.get("type") == "array":
            schema = self._model.resolved(schema.get("items", {}))
        validator = Draft202012Validator({**schema, "components": self._model.document["components"]})
        for value in samples:
            filled = value.replace("{id}", _MADE_UP_ID) if isinstance(value, str) else value
            for error in validator.iter_errors(filled):
                self._fault(f"{pointer}/x-sample", error.message)

    def read_schema(self, name: str) -> None:
        """Describe a component and all that it consists of."""
        found, schema = self.found, self._model.schemas[name]
        if name in found.objects or name in found.unions or schema.kind == "enum":
            return
        if schema.kind == "union":
            found.unions[name] = Union(schema.tag, attribute(schema.tag), schema.variants)
            for each in schema.variants.values():
                self.read_schema(each)
        elif schema.kind == "object":
            found.objects[name] = ()  # it may contain itself
            described = [(key, each.required, *self._type(each.schema)) for key, each in self._fields(name).items()]
            found.objects[name] = tuple(
                Field(key, attribute(key), kind, is_required, around) for key, is_required, kind, around in described
            )
        else:
            found.scalars[name] = Scalar(_json_type(schema.node), schema.node.get("pattern", ""))

    def _type(self, schema: Json) -> tuple[str, tuple[Literal["list", "map"], ...]]:
        """Return the type of a field, and the containers around it."""
        target = self._model.resolved(schema)
        if target.get("type") == "array":
            kind, around = self._type(target.get("items", {}))
            return kind, ("list", *around)
        if target.get("type") == "object" and not is_object(target):
            kind, around = self._type(values(target))
            return kind, ("map", *around)
        name = component(schema)
        if name is None:
            return _json_type(schema), ()
        self.read_schema(name)
        return name, ()


def _json_type(schema: Json) -> str:
    return "time" if schema.get("format") == "date-time" else str(schema.get("type", "any"))
