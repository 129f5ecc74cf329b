"""What may be absent, and null, which means the same."""

from __future__ import annotations

from typing import Any

import pytest

from foundry_checkpoints_api import models
from tests.generated.components import OBJECTS, attribute, decode, sample
from tests.strategies import is_container, is_optional, schemas

FIELDS = [(name, field) for name in OBJECTS for field in schemas()[name]["properties"]]
CONTAINERS = [(name, field) for name, field in FIELDS if is_container(schemas()[name]["properties"][field])]
OPTIONALS = [(name, field) for name, field in FIELDS if is_optional(schemas()[name], field)]


def without(name: str, field: str) -> tuple[Any, Any]:
    """A model decoded without a field, and the same with null in its place."""
    data = sample(name)
    null = decode(name, data | {field: None})
    del data[field]
    return decode(name, data), null


@pytest.mark.parametrize(("name", "field"), CONTAINERS)
def test_an_absent_list_or_map_is_empty(name: str, field: str) -> None:
    """A list or map that is absent or null is an empty one, required or not, and is encoded so."""
    absent, null = without(name, field)
    empty: Any = [] if schemas()[name]["properties"][field].get("type") == "array" else {}
    assert getattr(absent, attribute(field)) == getattr(null, attribute(field)) == empty
    assert absent == null
    assert absent.to_dict() == null.to_dict() == sample(name) | {field: empty}


@pytest.mark.parametrize(("name", "field"), OPTIONALS)
def test_an_absent_optional_is_none(name: str, field: str) -> None:
    """An optional field that is absent or null is None, and is not encoded."""
    absent, null = without(name, field)
    assert getattr(absent, attribute(field)) is None
    assert absent == null
    data = sample(name)
    del data[field]
    assert absent.to_dict() == null.to_dict() == data


def test_an_empty_list_is_each_models_own() -> None:
    """Two models without a list do not share the empty one."""
    first, second = (models.SearchCheckpointRecordsResponse.from_dict({}) for _ in range(2))
    first.data.append(models.Record.from_dict(sample("Record")))
    assert second.data == []


def test_an_unknown_field_that_is_null_is_kept() -> None:
    """Null is dropped where the spec knows the field, and kept where it does not."""
    data = {"value": None, "unknown": None}
    assert models.RedactableString.from_dict(data).to_dict() == {"unknown": None}
