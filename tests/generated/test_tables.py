"""The tables: what they say about items, columns, filters and samples is true of the spec and of the models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from foundry_checkpoints_api import models, tables
from foundry_checkpoints_api.table_types import EACH, Column, Field, FilterField, Path
from tests.generated.components import ENUMS, RID, UNIONS, attribute, fields, sample, tag
from tests.strategies import name_of, resolved, schemas

ITEMS = tables.UNIONS["CheckpointedItem"].variants
ITEM_IDS = tables.UNIONS["CheckpointedItemId"].variants
JUSTIFICATIONS = tables.UNIONS["Justification"].variants
NO_ID = {"typesProxy": {}, "type": "checkpointedObjectSet"}


def records() -> Iterator[dict[str, Any]]:
    """A record with every field and every item, for each justification."""
    record = sample("Record", RID)
    items = [sample(name, RID) for name in ITEMS.values()]
    for name in JUSTIFICATIONS.values():
        yield record | {"checkpointedItems": items, "justification": sample(name, RID)}


@pytest.mark.parametrize("item", tables.ITEM_IDS)
def test_ids_of_items(item: str) -> None:
    """The path to the id of an item leads to one text, in JSON and in the model."""
    data = sample(ITEMS[item], RID)
    path = tables.ITEM_IDS[item]
    assert list(path.values(data)) == [path.read(models.checkpointed_item_from_dict(data))] == [RID]


@pytest.mark.parametrize("table", [tables.ITEM_NAMES, tables.ITEM_PATHS], ids=["names", "paths"])
def test_names_and_paths_of_items(table: dict[str, Path]) -> None:
    """So do the paths to names and paths, where an item has one; one that is withheld has no value."""
    assert table
    for item, path in table.items():
        data = sample(ITEMS[item])
        assert list(path.values(data)) == [path.read(models.checkpointed_item_from_dict(data))] == ["content"]
        withheld = data | {path.json[0]: {"redactionType": "USER_REDACTED"}}
        assert list(path.values(withheld)) == []
        assert path.read(models.checkpointed_item_from_dict(withheld)) is None


def test_items_and_their_ids() -> None:
    """Written down by hand: the ids, names and paths that follow from no convention, and one of each that does."""
    ids = {item: str(path) for item, path in tables.ITEM_IDS.items()}
    assert ids["checkpointedObjectSet"] == "versioned.versionedObjectSetRid"
    assert (ids["checkpointedPeeringJob"], ids["checkpointedJobSpecification"]) == ("jobId", "jobSpecRid")
    assert list(tables.ITEM_IDS["checkpointedObjectSet"].values(NO_ID)) == []
    names = {
        name: (named.item, {key: str(path) for key, path in named.fields.items()})
        for name, named in tables.ITEM_ID_NAMES.items()
    }
    assert names["checkpointedObjectSetTypesProxyRids"] == (
        "checkpointedObjectSet",
        {"rids": "typesProxy.objectTypes[].objectTypeRids[]"},
    )
    assert names["checkpointedObjectSetVersionedRid"] == (
        "checkpointedObjectSet",
        {"rid": ids["checkpointedObjectSet"]},
    )
    assert names["checkpointedJobSpecRid"] == ("checkpointedJobSpecification", {"rid": "jobSpecRid"})
    assert names["checkpointedPeeringJobId"] == (
        "checkpointedPeeringJob",
        {"id": "jobId", "relationshipRid": "relationshipRid"},
    )
    assert str(tables.ITEM_NAMES["checkpointedResource"]) == "name.value"
    assert str(tables.ITEM_NAMES["checkpointedPrincipal"]) == "username.value"
    assert str(tables.ITEM_PATHS["checkpointedResource"]) == "compassPath.value"


@pytest.mark.parametrize("name", ITEM_IDS)
def test_every_item_id_names_an_item(name: str) -> None:
    """Each field of an id has a path in its item that leads to a value; only of a field that is a list, to several."""
    named = tables.ITEM_ID_NAMES[name]
    given = {field.name: field for field in tables.OBJECTS[ITEM_IDS[name]]}
    assert named.fields.keys() == given.keys()
    for key, path in named.fields.items():
        assert set(path.values(sample(ITEMS[named.item], RID))) == {RID}
        assert (EACH in path.json) == (given[key].containers == ("list",))


# Columns


def values(column: Column, record: dict[str, Any]) -> list[Any]:
    """What a column finds in the JSON of a record."""
    ends = column.path.values(record)
    if column.variants is None:
        return list(ends)
    return [
        value for end in ends if end["type"] in column.variants for value in column.variants[end["type"]].values(end)
    ]


@pytest.mark.parametrize("column", tables.COLUMNS, ids=lambda column: column.name)
def test_every_column_finds_something(column: Column) -> None:
    """Each column has a value in a record that has everything, of the kind that it says."""
    found = [value for record in records() for value in values(column, record)]
    assert found
    kinds = {"text": str, "time": str, "texts": str | list, "count": list, "json": list | dict}
    assert all(isinstance(value, kinds[column.kind]) for value in found)


@pytest.mark.parametrize("column", tables.COLUMNS, ids=lambda column: column.name)
def test_columns_read_models(column: Column) -> None:
    """The attributes of a path lead to what its names in JSON lead to."""
    for data in records():
        found = column.path.read(models.Record.from_dict(data))
        ends = found if EACH in column.path.json else [found]
        assert len(ends) == len(list(column.path.values(data)))
        assert all(end is not None for end in ends)


def test_the_columns() -> None:
    """The names are distinct, and one column is the record itself: it holds what the others do not."""
    names = [column.name for column in tables.COLUMNS]
    assert len(set(names)) == len(names)
    assert [column.name for column in tables.COLUMNS if not column.path.json] == ["additional_fields"]


# Filters


def test_every_filter_field_is_there() -> None:
    """The fields are those of the enums in the spec, with the filters that take them."""
    found: dict[str, set[str]] = {}
    for operator, name in tables.UNIONS["SearchCheckpointRecordsFilter"].variants.items():
        field = schemas()[name]["properties"].get("field")
        for value in resolved(field)["enum"] if field else ():
            found.setdefault(value, set()).add(operator)
    assert {field.name: set(field.operators) for field in tables.FILTER_FIELDS} == found
    assert [field.attribute for field in tables.FILTER_FIELDS] == list(tables.FilterFields.__annotations__)


@pytest.mark.parametrize("field", tables.FILTER_FIELDS, ids=lambda field: field.attribute)
def test_every_filter_field_finds_something(field: FilterField) -> None:
    """What a filter field searches is in a record, and is a text."""
    found = [value for record in records() for value in field.path.values(record)]
    assert found
    assert all(type(value) is str for value in found)


def test_the_filter_fields() -> None:
    """Written down by hand: a field of each kind, and the paths that are more than the field of the same name."""
    found = {field.name: (field.kind, str(field.path)) for field in tables.FILTER_FIELDS}
    selected = "justification.selectedOptions[]"
    assert (
        found.items()
        >= {
            "configRid": ("eq", "configRid"),
            "createdAt": ("time", "createdAt"),
            "recordRid": ("eq", "rid"),
            "checkpointType": ("eq", "type"),
            "actingUserId": ("eq", "actingUser.userId"),
            "checkpointedItemType": ("eq", "checkpointedItems[].type"),
            "justificationResponse": ("text", "justification.response"),
            "justificationSelectedOption": ("text", f"{selected}.selectedOption"),
            "justificationAdditionalResponse": ("text", f"{selected}.additionalResponse"),
        }.items()
    )


# Samples and schemas


@pytest.mark.parametrize("name", tables.OBJECTS)
def test_objects_are_those_of_the_spec(name: str) -> None:
    """The fields are those of the model in the order of the spec, with their names in both, and whether required."""
    schema = schemas()[name]
    plain = {key: each for key, each in schema["properties"].items() if "const" not in each}
    described = {field.name: field for field in tables.OBJECTS[name]}
    assert list(described) == list(plain)
    assert {field.attribute for field in described.values()} == {each.name for each in fields(name)} - {
        "additional_properties"
    }
    for key, field in described.items():
        assert field.attribute == attribute(key)
        assert field.is_required == (key in schema.get("required", ()))
        assert_type(field, plain[key])


def assert_type(field: Field, schema: dict[str, Any]) -> None:
    """The type and the containers of a field are those of its schema."""
    for container in field.containers:
        schema = resolved(schema)["items" if container == "list" else "additionalProperties"]
    known = tables.OBJECTS.keys() | tables.UNIONS.keys() | tables.SCALARS.keys() | set(ENUMS)
    if "$ref" in schema:
        assert field.type == name_of(schema)
        assert field.type in known
    else:
        assert field.type == ("time" if "format" in schema else schema["type"])


def test_unions_are_those_of_the_spec() -> None:
    """The variants are those of the alias, in its order, by their discriminators."""
    assert tables.UNIONS.keys() == set(UNIONS) - {"ErrorBody"}
    for name, union in tables.UNIONS.items():
        *known, _ = get_args(getattr(models, name))
        assert [getattr(models, variant) for variant in union.variants.values()] == known
        assert list(union.variants) == [tag(name, variant) for variant in union.variants.values()]
        assert all(getattr(variant, union.attribute) in union.variants for variant in known)


def test_samples_fit_the_patterns() -> None:
    """A sample of a scalar, or of a field that is one, fits its pattern."""
    types = {f"{name}.{field.name}": field.type for name, described in tables.OBJECTS.items() for field in described}
    for key, samples in tables.SAMPLES.items():
        scalar = tables.SCALARS.get(types.get(key, key))
        assert samples
        assert all(re.search(scalar.pattern if scalar else "", value.replace("{id}", "1")) for value in samples)
