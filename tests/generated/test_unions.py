"""Unions are open: an unknown variant is kept as it came."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints_api import models
from foundry_checkpoints_api.errors import DecodeError
from tests.generated.components import UNIONS, VARIANTS, attribute, decode, fields, model, sample, tag, tag_field
from tests.strategies import JSON, Json, Object

each_variant = pytest.mark.parametrize(("union", "variant"), VARIANTS)
unknown_objects = st.dictionaries(st.text(max_size=8), JSON, max_size=3)


def unknown(union: str, data: Object) -> Object:
    """A variant of a union that the spec does not know."""
    return {**data, tag_field(union): "fromTheFuture"}


@each_variant
def test_the_discriminator_says_which_variant(union: str, variant: str) -> None:
    """Each tag decodes to the model that the spec maps it to, by the union and by the model alike."""
    data = sample(variant)
    assert data[tag_field(union)] == tag(union, variant)
    assert type(decode(union, data)) is model(variant)
    assert decode(union, data) == decode(variant, data)


@each_variant
def test_a_discriminator_is_no_argument(union: str, variant: str) -> None:
    """The tag is a constant of the class, neither an argument of the constructor nor a field of its own."""
    name = attribute(tag_field(union))
    assert getattr(model(variant), name) == tag(union, variant)
    assert name not in inspect.signature(model(variant)).parameters
    assert name not in [field.name for field in fields(variant)]


@each_variant
def test_another_variant_is_refused(union: str, variant: str) -> None:
    """A model does not decode a value with the tag of another, with a tag that is no text, or with none."""
    field = tag_field(union)
    data = sample(variant)
    others: list[Json] = ["fromTheFuture", "", None, 7, [], {}]
    for other in others:
        with pytest.raises(DecodeError) as caught:
            decode(variant, data | {field: other})
        assert str(caught.value) == f"{variant}.{field}: another variant"
    del data[field]
    with pytest.raises(DecodeError) as caught:
        decode(variant, data)
    assert str(caught.value) == f"{variant}.{field}: missing"


@given(st.sampled_from(UNIONS), unknown_objects)
def test_an_unknown_variant_is_kept(union: str, data: Object) -> None:
    """It has its tag and its JSON, and is encoded as it came."""
    decoded = decode(union, unknown(union, data))
    assert isinstance(decoded, models.UnknownVariant)
    assert decoded.type_ == "fromTheFuture"
    assert decoded.data == decoded.to_dict() == unknown(union, data)


@given(st.sampled_from(UNIONS), unknown_objects)
def test_an_unknown_variant_is_copied_whole(union: str, data: Object) -> None:
    """It comes back equal from copy, deepcopy and every pickle protocol."""
    decoded = decode(union, unknown(union, data))
    assert copy.copy(decoded) == copy.deepcopy(decoded) == decoded
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(decoded, protocol)) == decoded


def test_unknown_variants_compare_by_content() -> None:
    """The same tag with other content is another value, and so is a model."""
    assert models.UnknownVariant("a", {"type": "a"}) == models.UnknownVariant("a", {"type": "a"})
    assert models.UnknownVariant("a", {"type": "a"}) != models.UnknownVariant("a", {"type": "a", "b": 1})
    assert models.UnknownVariant("checkpointedRole", sample("CheckpointedRole")) != decode(
        "CheckpointedRole", sample("CheckpointedRole")
    )


def test_a_known_variant_is_as_open_as_the_unknown() -> None:
    """A record with an unknown item between known ones and an unknown justification keeps the order and all."""
    record = sample("Record")
    record["checkpointedItems"].insert(1, {"type": "checkpointedDream", "dreamId": {"deep": [1]}})
    record["justification"] = {"type": "oathJustification", "oath": "I do"}
    decoded = models.Record.from_dict(record)
    assert [item.type_ for item in decoded.checkpointed_items] == [i["type"] for i in record["checkpointedItems"]]
    assert decoded.justification == models.UnknownVariant("oathJustification", record["justification"])
    assert decoded.to_dict() == record


@pytest.mark.parametrize("union", UNIONS)
@pytest.mark.parametrize(
    ("value", "reason"),
    [(None, "null"), (7, "number"), (1.5, "number"), (True, "boolean"), (["not"], "array"), ({}, "object")],
)
def test_a_discriminator_that_is_no_text_is_refused(union: str, value: Json, reason: str) -> None:
    """Whatever is not text in the place of the tag is an error that names its path."""
    field = tag_field(union)
    with pytest.raises(DecodeError) as caught:
        decode(union, {field: value})
    assert str(caught.value) == f"{union}.{field}: unexpected {reason}"


@pytest.mark.parametrize("union", UNIONS)
def test_a_value_without_discriminator_is_refused(union: str) -> None:
    """A value without the tag is an error that names its path, however much else it holds."""
    for data in ({}, {"other": "text"}):
        with pytest.raises(DecodeError) as caught:
            decode(union, data)
        assert str(caught.value) == f"{union}.{tag_field(union)}: missing"
