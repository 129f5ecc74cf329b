"""The tables of a spec: what its schemas give by convention, what extensions change, and what is wrong with these."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from generator.spec import parse
from generator.spec.paths import attribute
from generator.spec.table_types import Column, Field, FilterField, ItemName, Path, Scalar, Union
from generator.spec.tables import Tables, tables
from tests.generator.edits import GONE, Edits, edited

SHELF = parse(
    b"""
x-tables: {record: Loan, item: Thing, itemId: ThingId, filter: Filter}
components:
  schemas:
    Loan:
      required: [rid, lender]
      x-column: {rid: rid, lender: lender.name.value, names: "things[].x-item-name", things: things}
      properties:
        rid: {$ref: "#/components/schemas/Rid"}
        lender: {$ref: "#/components/schemas/Person"}
        lentAt: {type: string, format: date-time}
        things: {type: array, items: {$ref: "#/components/schemas/Thing"}}
        notes: {type: array, items: {type: string}}
    Person: {properties: {userId: {type: string}, name: {$ref: "#/components/schemas/Text"}}}
    Text: {properties: {value: {type: string}}}
    Rid: {type: string, pattern: "^ri[.]", x-sample: "ri.{id}"}
    Thing:
      oneOf: [{$ref: "#/components/schemas/Book"}, {$ref: "#/components/schemas/ToolBox"}]
      discriminator:
        propertyName: type
        mapping: {book: "#/components/schemas/Book", box: "#/components/schemas/ToolBox"}
    Book:
      required: [type, bookRid, title]
      properties: {type: {const: book}, bookRid: {$ref: "#/components/schemas/Rid"}, title: {type: string}}
    ToolBox:
      required: [type, boxId, ownerId]
      properties:
        type: {const: box}
        boxId: {type: string}
        ownerId: {type: string}
        path: {$ref: "#/components/schemas/Text"}
        size: {type: integer}
    ThingId:
      oneOf: [{$ref: "#/components/schemas/BookRid"}, {$ref: "#/components/schemas/ToolBoxId"}]
      discriminator:
        propertyName: type
        mapping: {rid: "#/components/schemas/BookRid", id: "#/components/schemas/ToolBoxId"}
    BookRid: {properties: {type: {const: rid}, rid: {$ref: "#/components/schemas/Rid"}}}
    ToolBoxId: {properties: {type: {const: id}, id: {type: string}, ownerId: {type: string}}}
    Filter:
      oneOf: [{$ref: "#/components/schemas/Since"}, {$ref: "#/components/schemas/Equals"}]
      discriminator:
        propertyName: type
        mapping: {gte: "#/components/schemas/Since", eq: "#/components/schemas/Equals"}
    Equals: {properties: {type: {const: eq}, field: {$ref: "#/components/schemas/Name"}, value: {type: string}}}
    Since: {properties: {type: {const: gte}, field: {enum: [lentAt]}, value: {type: string, format: date-time}}}
    Name: {type: string, enum: [recordRid, lenderUserId, thingTitle]}
""",
    pathlib.Path("shelf.yaml"),
).document

S = "/components/schemas"
BOOK = Path(("title",), ("title",))


def changed(edits: Edits) -> Tables:
    """The tables after edits, which are right."""
    found = tables(edited(SHELF, edits))
    assert found.faults == []
    return found


def test_the_defaults() -> None:
    """Ids, names and paths of items, and what item ids name, follow from the names of the fields."""
    found = changed({})
    rid, box = Path(("bookRid",), ("book_rid",)), Path(("boxId",), ("box_id",))
    assert found.item_ids == {"book": rid, "box": box}
    assert found.item_names == {"book": BOOK}
    assert found.item_paths == {"box": Path(("path", "value"), ("path", "value"))}
    assert found.item_id_names == {
        "rid": ItemName("book", {"rid": rid}),
        "id": ItemName("box", {"id": box, "ownerId": Path(("ownerId",), ("owner_id",))}),
    }


def test_columns() -> None:
    """The kind of a column follows from what is at the end of its path; at a union, from each variant."""
    columns = {
        "since": "lentAt",
        "notes": "notes",
        "count": {"path": "things", "kind": "count"},
        "size": "things[].size",
        "kinds": "things[].type",
        "all": "",
        "raw": {"path": "notes", "kind": "json"},
    }
    found = {each.name: each for each in changed({f"{S}/Loan/x-column": columns}).columns}
    assert list(found) == list(columns)
    things = Path(("things", "[]"), ("things", "[]"))
    assert found["since"] == Column("since", "time", Path(("lentAt",), ("lent_at",)))
    assert found["size"] == Column("size", "json", things, {"box": Path(("size",), ("size",))})
    assert found["kinds"] == Column("kinds", "texts", Path(("things", "[]", "type"), ("things", "[]", "type_")))
    kinds = {name: column.kind for name, column in found.items()}
    assert (kinds["notes"], kinds["count"], kinds["all"], kinds["raw"]) == ("texts", "count", "json", "json")


def test_columns_of_fields() -> None:
    """A field declares columns too, itself or what is below it; they come after those of the record."""
    lender = {"$ref": "#/components/schemas/Person", "x-column": {"lender_id": "userId"}}
    edits = {f"{S}/Loan/properties/lentAt/x-column": "lent_at", f"{S}/Loan/properties/lender": lender}
    columns = changed(edits).columns
    assert [column.name for column in columns] == ["rid", "lender", "names", "things", "lender_id", "lent_at"]
    assert columns[2].variants == {"book": BOOK}
    assert columns[4].path == Path(("lender", "userId"), ("lender", "user_id"))


def test_a_variant_of_another_kind_has_no_part_in_a_column() -> None:
    """A column takes the values of one kind; the record still holds the others."""
    numbered = {
        f"{S}/ToolBox/properties/title": {"type": "integer"},
        f"{S}/Loan/x-column": {"titles": "things[].title"},
    }
    (column,) = changed(numbered).columns
    assert (column.kind, column.variants) == ("texts", {"book": BOOK})


def test_filters() -> None:
    """A filter field searches the path that its name means, and is of the kind of the filters that take it."""
    title = Path(("things", "[]", "title"), ("things", "[]", "title"))
    assert changed({}).filter_fields == [
        FilterField("record_rid", "recordRid", "eq", ("eq",), Path(("rid",), ("rid",))),
        FilterField("lender_user_id", "lenderUserId", "eq", ("eq",), Path(("lender", "userId"), ("lender", "user_id"))),
        FilterField("thing_title", "thingTitle", "eq", ("eq",), title),
        FilterField("lent_at", "lentAt", "time", ("gte",), Path(("lentAt",), ("lent_at",))),
    ]
    lender = {"$ref": "#/components/schemas/Person", "x-filter": {"who": "name.value"}}
    who = changed({f"{S}/Name/enum": ["who"], f"{S}/Loan/properties/lender": lender}).filter_fields[0]
    assert str(who.path) == "lender.name.value"


def test_schemas_and_samples() -> None:
    """Objects, unions and scalars are described as far as records, ids and filters reach."""
    found = changed({})
    assert found.objects["Loan"][0] == Field("rid", "rid", "Rid", True)
    assert found.objects["Loan"][3:] == (
        Field("things", "things", "Thing", False, ("list",)),
        Field("notes", "notes", "string", False, ("list",)),
    )
    assert found.unions["Thing"] == Union("type", "type_", {"book": "Book", "box": "ToolBox"})
    assert found.scalars == {"Rid": Scalar("string", "^ri[.]")}
    assert found.samples == {"Rid": ("ri.{id}",)}


def test_nothing_without_roles() -> None:
    """A document that names no record, items and filters has empty tables."""
    bare = edited(SHELF, {"/x-tables": GONE, f"{S}/Loan/x-column": GONE})
    assert tables(bare) == Tables(samples={"Rid": ("ri.{id}",)})


FAULTS: list[tuple[Edits, str, str]] = [
    ({"/x-tables": []}, "/x-tables", "a component for each role"),
    ({"/x-tables/record": "Thing"}, "/x-tables/record", "a record is an object"),
    ({"/x-tables/person": "Person"}, "/x-tables/person", "the roles are record, item"),
    ({f"{S}/Book/x-item-id": 3}, f"{S}/Book/x-item-id", "one of the forms"),
    ({f"{S}/Book/x-item-id": "isbn"}, f"{S}/Book/x-item-id", "there is no isbn"),
    ({f"{S}/Book/required": ["type"]}, f"{S}/Book/x-item-id", "no required field is a rid or an id"),
    (
        {f"{S}/Book/required": ["type", "shelfId", "ownerId"], f"{S}/Book/properties/shelfId": {"type": "string"}}
        | {f"{S}/Book/properties/ownerId": {"type": "string"}},
        f"{S}/Book/x-item-id",
        "shelfId and ownerId can be the id",
    ),
    ({f"{S}/ToolBox/x-item-name": "size"}, f"{S}/ToolBox/x-item-name", "size must lead to one text"),
    ({f"{S}/BookRid/x-names": "Journal"}, f"{S}/BookRid/x-names", "there is no item Journal"),
    ({f"{S}/BookRid/x-names": {"fields": {"rid": "rid"}}}, f"{S}/BookRid/x-names", "there is no rid"),
    ({f"{S}/Loan/x-column": {"A": "rid"}}, f"{S}/Loan/x-column", "A must be in lower case"),
    ({f"{S}/Loan/x-column": {"a": "lender.age"}}, f"{S}/Loan/x-column", "there is no lender.age"),
    ({f"{S}/Loan/x-column": {"a": "things[].age"}}, f"{S}/Loan/x-column", "no variant has age"),
    (
        {
            f"{S}/ToolBox/properties/parts": {"type": "array", "items": {"$ref": f"#{S}/Person"}},
            f"{S}/Loan/x-column": {"a": "things[].parts[].userId"},
        },
        f"{S}/Loan/x-column",
        "things[].parts[].userId crosses two lists",
    ),
    ({f"{S}/Loan/x-column": {"a": {"path": "rid", "kind": "count"}}}, f"{S}/Loan/x-column", "the path of a list"),
    ({f"{S}/Loan/properties/lentAt/x-column": "rid"}, f"{S}/Loan/properties/lentAt/x-column", "the only column"),
    (
        {f"{S}/Name/enum": ["color"]},
        f"{S}/Loan/x-filter",
        "color searches: add its path in x-filter, as in `x-filter: {color: PATH}`",
    ),
    ({f"{S}/Name/enum": ["value", "id"]}, f"{S}/Loan/x-filter", "no field can be what id searches"),
    ({f"{S}/Loan/x-filter": {"color": "rid"}}, f"{S}/Loan/x-filter", "no filter has the field color"),
    ({f"{S}/Rid/x-sample": ["ri.{id}", "3"]}, f"{S}/Rid/x-sample", "'3' does not match"),
    ({f"{S}/Person/x-item-id": "userId"}, f"{S}/Person/x-item-id", "x-item-id has no effect here"),
    ({f"{S}/Person/x-column": {"a": "userId"}}, f"{S}/Person/x-column", "x-column has no effect here"),
    (
        {f"{S}/Loan/properties/notes/items/x-sample": "a"},
        f"{S}/Loan/properties/notes/items/x-sample",
        "x-sample has no effect here",
    ),
]


@pytest.mark.parametrize(("edits", "pointer", "message"), FAULTS, ids=[message for *_, message in FAULTS])
def test_faults(edits: dict[str, Any], pointer: str, message: str) -> None:
    """Each fault of an extension is reported where it stands, or where it should."""
    found = dict(tables(edited(SHELF, edits)).faults)
    assert message in found[pointer]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("type", "type_"), ("id", "id"), ("compassPath", "compass_path"), ("class", "class_"), ("self", "self_")],
)
def test_attributes(name: str, expected: str) -> None:
    """An attribute is named as the generated models name it."""
    assert attribute(name) == expected


def test_paths() -> None:
    """A path finds every value in JSON, however little of it there is, and reads one from a model."""
    path = Path(("a", "[]", "b"), ("a", "[]", "b"))
    assert str(path) == "a[].b"
    assert list(path.values({"a": [{"b": 1}, {}, {"b": None}, 7, {"b": 2}]})) == [1, 2]
    assert [list(path.values(data)) for data in ({}, {"a": {"b": 1}}, None, 7)] == [[], [], [], []]
