# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""The types of the tables of an API: paths, columns, filter fields, and the fields of its objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

EACH: Final = "[]"
"""A step of a path that leads to each element of a list."""

Kind: TypeAlias = Literal["text", "time", "count", "texts", "json"]
"""The kind of a column. `texts` is a list of texts, which may hold nulls; `json` is a text that holds JSON."""

FilterKind: TypeAlias = Literal["eq", "time", "text"]
"""The kind of value that a search compares a field with: a whole value, a time, or a text to look for."""


class Path(NamedTuple):
    """The way from an object to a value: the names in JSON, and the attributes of the models. Both may hold `EACH`."""

    json: tuple[str, ...]
    attributes: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.json).replace(f".{EACH}", EACH)

    def values(self, data: Any) -> Iterator[Any]:
        """Yield the values in JSON. Whatever is absent, null, or another kind of JSON on the way has none."""
        if not self.json:
            if data is not None:
                yield data
            return
        rest = Path(self.json[1:], self.attributes[1:])
        if self.json[0] == EACH:
            for element in data if isinstance(data, list) else ():
                yield from rest.values(element)
        elif isinstance(data, Mapping):
            yield from rest.values(data.get(self.json[0]))

    def read(self, model: Any) -> Any:
        """Return the value in a model, None if there isn't one. After `EACH` it is a list, one value an element."""
        for index, name in enumerate(self.attributes):
            if name == EACH:
                rest = Path(self.json[index + 1 :], self.attributes[index + 1 :])
                return [rest.read(element) for element in model]
            if (model := getattr(model, name, None)) is None:
                return None
        return model


class Column(NamedTuple):
    """A column of a flat row. One of the record itself (an empty path) holds what no other column has.

    `path` leads from the record. Where it ends at a union, `variants` leads on from there, by discriminator; in a
    variant that is not among them, the column has no value.
    """

    name: str
    kind: Kind
    path: Path
    variants: Mapping[str, Path] | None = None


class FilterField(NamedTuple):
    """A field that a search can compare, and the path in a record to what it compares.

    `operators` are the discriminators of the filters that take it.
    """

    attribute: str
    name: str
    kind: FilterKind
    operators: tuple[str, ...]
    path: Path


class ItemName(NamedTuple):
    """The item that an item id names: its discriminator, and the path in it to each field of the id.

    A field that is a list names the item that has just these values, in any order.
    """

    item: str
    fields: Mapping[str, Path]


class Field(NamedTuple):
    """A field of an object, in JSON and as an attribute. A discriminator is none: see `Union`.

    `type` is a key of `OBJECTS`, `UNIONS` or `SCALARS`, an enum in `models`, a type of JSON, `time` or `any`;
    `containers` are the lists and maps around it, outermost first.
    """

    name: str
    attribute: str
    type: str
    is_required: bool
    containers: tuple[Literal["list", "map"], ...] = ()


class Union(NamedTuple):
    """A union: the field that tells its variants apart, also as an attribute, and the object of each discriminator."""

    tag: str
    attribute: str
    variants: Mapping[str, str]


class Scalar(NamedTuple):
    """A named type of JSON, or `time`. `pattern` is that of the text, if it has one."""

    type: str
    pattern: str = ""
