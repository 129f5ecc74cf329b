"""What each expression says on the wire, and what is rejected before it could be sent."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from operator import gt, le
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import F, Filter, InvalidRequestError, models
from foundry_checkpoints_api.tables import FILTER_FIELDS
from foundry_checkpoints_api.types import MILLISECOND
from tests.strategies import wire

EQUALS_FIELDS = {field.attribute: field.name for field in FILTER_FIELDS if field.kind == "eq"}
TEXT_FIELDS = {field.attribute: field.name for field in FILTER_FIELDS if field.kind == "text"}

A, B, C, D = (F.checkpoint_type == letter for letter in "ABCD")
fields: Any = F
"""`F` without its types, for what a type checker would reject."""


def equals(wire_name: str, value: str) -> dict[str, Any]:
    return {"type": "eq", "field": wire_name, "value": value}


def rejected(match: str, *uses: Callable[[], object]) -> None:
    """Assert that each use is rejected, with a message that matches."""
    for use in uses:
        with pytest.raises(InvalidRequestError, match=match):
            use()


def item_id(data: dict[str, Any]) -> models.CheckpointedItemId:
    return models.checkpointed_item_id_from_dict(data)


offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=offsets)
equalities = st.builds(
    lambda field, value: getattr(F, field) == value, st.sampled_from([*EQUALS_FIELDS]), st.text(max_size=8)
)
memberships = st.builds(
    lambda field, values: getattr(F, field).is_in(values),
    st.sampled_from([*EQUALS_FIELDS]),
    st.lists(st.text(max_size=4), min_size=1, max_size=3),
)
bounds = st.builds(lambda is_end, time: F.created_at < time if is_end else F.created_at >= time, st.booleans(), times)
texts = st.builds(
    lambda field, method, text: getattr(getattr(F, field), method)(text),
    st.sampled_from([*TEXT_FIELDS]),
    st.sampled_from(["contains", "equals"]),
    st.text(min_size=1, max_size=8),
)
items = wire("CheckpointedItemId").map(lambda data: F.item(item_id(data)))
expressions: st.SearchStrategy[Filter] = st.recursive(
    equalities | memberships | bounds | texts | items,
    lambda inner: (
        st.builds(lambda left, right: left & right, inner, inner)
        | st.builds(lambda left, right: left | right, inner, inner)
        | inner.map(lambda filter_: ~filter_)
    ),
    max_leaves=5,
)


def test_the_fields_are_those_of_the_api() -> None:
    """Every field that the API can filter by has a name on `F`, and no other has."""
    public = {name for name in dir(F) if not name.startswith("_")}
    assert public == {*EQUALS_FIELDS, *TEXT_FIELDS, "created_at", "item"}


def test_equality() -> None:
    """`==`, `!=`, and `is_in` of each equality field say exactly this."""
    for name, wire_name in EQUALS_FIELDS.items():
        field = getattr(F, name)
        assert (field == "a").to_dict() == equals(wire_name, "a")
        assert (field != "a").to_dict() == {"type": "not", "filter": equals(wire_name, "a")}
        assert field.is_in(["a", "b"]).to_dict() == {
            "type": "or",
            "filters": [equals(wire_name, "a"), equals(wire_name, "b")],
        }


def test_text_search() -> None:
    """`contains` and `equals` of each text field say exactly this."""
    for name, wire_name in TEXT_FIELDS.items():
        field = getattr(F, name)
        search = {"type": "textSearch", "field": wire_name, "query": " a"}
        assert field.contains(" a").to_dict() == {**search, "matchType": "CONTAINS"}
        assert field.equals(" a").to_dict() == {**search, "matchType": "EXACT"}


@pytest.mark.parametrize(
    ("given_time", "sent"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01T00:00:00.125-00:30", "2026-01-01T00:30:00.125Z"),
        ("2026-01-01 00:00:00.000125+00:00", "2026-01-01T00:00:00.000125Z"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00.000Z"),
        (datetime(2026, 1, 1, 5, 30, 0, 7000, timezone(timedelta(hours=5, minutes=30))), "2026-01-01T00:00:00.007Z"),
        (datetime(99, 1, 1, tzinfo=UTC), "0099-01-01T00:00:00.000Z"),
    ],
)
def test_times_are_sent_in_utc(given_time: datetime | str, sent: str) -> None:
    """Aware datetimes and ISO strings with an offset are sent in the documented form."""
    assert (F.created_at >= given_time).to_dict() == {"type": "gte", "field": "createdAt", "value": sent}
    assert (F.created_at < given_time).to_dict() == {"type": "lt", "field": "createdAt", "value": sent}


def test_between_includes_its_start_only() -> None:
    """`between` is from a time and before another, also across offsets."""
    start, end = "2026-01-01T00:30:00+01:00", "2026-01-01T00:00:00Z"
    assert F.created_at.between(start, end) == (F.created_at >= start) & (F.created_at < end)


def test_comparisons_can_stand_the_other_way_round() -> None:
    """`time <= F.created_at` means the same as `F.created_at >= time`."""
    time = "2026-01-01T00:00:00Z"
    assert (time <= fields.created_at) == (F.created_at >= time)
    assert (time > fields.created_at) == (F.created_at < time)


def test_enum_members_are_sent_as_their_values() -> None:
    """A member says what its value says, known or not, and plain text is kept."""
    known, unknown = models.CheckpointType("CONTOUR_EXPORT"), models.CheckpointType("BRAND_NEW")
    assert (F.checkpoint_type == known) == (F.checkpoint_type == "CONTOUR_EXPORT")
    assert (F.checkpoint_type == unknown).to_dict() == equals("checkpointType", "BRAND_NEW")
    assert type((F.checkpoint_type == known).to_dict()["value"]) is str


def test_is_in_of_one_value_is_an_equality() -> None:
    """One value needs no `or`, a value that occurs twice counts once, and any iterable works."""
    assert F.config_rid.is_in(["a"]) == F.config_rid.is_in(iter(["a", "a"])) == (F.config_rid == "a")


def test_an_item_is_named_by_each_kind_of_id() -> None:
    """`F.item` sends any item ID model as its own dict."""
    for variant in {*get_args(models.CheckpointedItemId)} - {models.UnknownVariant}:
        fields = [field.name for field in variant.__attrs_attrs__ if field.name != "additional_properties"]
        named = variant(**{name: ["ri.a"] if name == "rids" else "ri.a" for name in fields})
        assert F.item(named).to_dict() == {"type": "checkpointedItemId", "checkpointedItemId": named.to_dict()}


def test_an_item_id_that_the_spec_doesnt_know_is_sent_unchanged() -> None:
    """An `UnknownVariant` names an item of a later kind."""
    named = item_id({"type": "checkpointedNoveltyRid", "rid": "ri.a", "parts": [{"b": 1}]})
    assert F.item(named).to_dict()["checkpointedItemId"] == named.to_dict()


@pytest.mark.parametrize(
    ("expression", "kind", "parts"),
    [
        (A & B, "and", [A, B]),
        (A & B & C, "and", [A, B, C]),
        (A & (B & C), "and", [A, B, C]),
        ((A & B) & (C & D), "and", [A, B, C, D]),
        (A | B | C, "or", [A, B, C]),
        (A | (B | C) | D, "or", [A, B, C, D]),
        (A | B & C, "or", [A, B & C]),
        ((A | B) & C, "and", [A | B, C]),
        (A & ~(B & C), "and", [A, ~(B & C)]),
        (~~(A & B) & C, "and", [A, B, C]),
        (A & A, "and", [A, A]),
    ],
)
def test_and_and_or_are_flat(expression: Filter, kind: str, parts: list[Filter]) -> None:
    """The same operator in a row makes one list, in order; another one nests."""
    assert expression.to_dict() == {"type": kind, "filters": [part.to_dict() for part in parts]}


@given(expressions)
def test_a_double_negation_is_none(expression: Filter) -> None:
    """`~~x` is `x`, and `~x` is `not` of it, or what is inside its `not`."""
    assert ~~expression == expression
    data, negated = expression.to_dict(), (~expression).to_dict()
    assert negated == (data["filter"] if data["type"] == "not" else {"type": "not", "filter": data})


def test_not_of_an_equality_is_the_inequality() -> None:
    """`~(field == value)` and `field != value` are one filter."""
    assert (F.checkpoint_type != "A") == ~A


@given(expressions)
def test_an_expression_decodes_as_a_filter_of_the_spec(expression: Filter) -> None:
    """What is sent is a filter model, and nothing of it is unknown to the spec or lost."""
    decoded = models.search_checkpoint_records_filter_from_dict(expression.to_dict())
    assert not isinstance(decoded, models.UnknownVariant)
    assert decoded.to_dict() == expression.to_dict()


@given(expressions)
def test_the_repr_evaluates_back(expression: Filter) -> None:
    """The repr is an expression that creates an equal filter."""
    assert eval(repr(expression), {"F": F, "models": models, **vars(models)}) == expression


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (A, "F.checkpoint_type == 'A'"),
        (~A, "F.checkpoint_type != 'A'"),
        (A & B, "(F.checkpoint_type == 'A') & (F.checkpoint_type == 'B')"),
        (~(A | B), "~((F.checkpoint_type == 'A') | (F.checkpoint_type == 'B'))"),
        (F.created_at >= "2026-01-01T00:00:00Z", "F.created_at >= '2026-01-01T00:00:00.000Z'"),
        (F.created_at < "2026-01-01T00:00:00Z", "F.created_at < '2026-01-01T00:00:00.000Z'"),
        (~F.justification_response.contains("it's"), '~F.justification_response.contains("it\'s")'),
        (F.justification_selected_option.equals("A"), "F.justification_selected_option.equals('A')"),
        (Filter({"type": "novelty"}), "Filter({'type': 'novelty'})"),
    ],
)
def test_the_repr_reads_like_the_code(expression: Filter, text: str) -> None:
    """A filter in a log is what a person could have written."""
    assert repr(expression) == text


def test_fields_have_a_readable_repr() -> None:
    """`F` and its fields show themselves as they are written."""
    assert [repr(F), repr(F.created_at), repr(F.config_rid)] == ["F", "F.created_at", "F.config_rid"]
    assert repr(F.justification_response) == "F.justification_response"


def test_fields_can_be_keys() -> None:
    """A table can say something about each field, though their `==` creates filters."""
    table = {F.config_rid: 1, F.created_at: 2, F.justification_response: 3}
    assert [table[F.config_rid], table[F.created_at], table[F.justification_response]] == [1, 2, 3]


@given(expressions, expressions)
def test_filters_are_equal_by_what_they_send(left: Filter, right: Filter) -> None:
    """Equality and hash follow the dict; a filter differs from its dict."""
    assert (left == right) == (left.to_dict() == right.to_dict())
    assert (left != right) == (left.to_dict() != right.to_dict())
    assert left == Filter(left.to_dict())
    assert hash(left) == hash(Filter(left.to_dict()))
    assert left != left.to_dict()


def test_filters_can_be_members_of_a_set() -> None:
    """Equal filters are one key; order of operands counts."""
    assert len({A & B, A & B, B & A, A}) == 3


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda filter_: pickle.loads(pickle.dumps(filter_))])
def test_filters_can_be_copied_and_pickled(clone: Callable[[Filter], Filter]) -> None:
    """A filter goes to another process unchanged."""
    expression = A & ~F.item(models.CheckpointedResourceRid(rid="ri.a"))
    assert clone(expression) == expression


def test_to_dict_is_a_copy() -> None:
    """Changing the dict, at any depth, doesn't change the filter."""
    proxy = models.CheckpointedObjectSetTypesProxyRids(rids=["ri.a"])
    expression = A & ~F.item(proxy)
    data, untouched = expression.to_dict(), expression.to_dict()
    data["filters"][1]["filter"]["checkpointedItemId"]["rids"].append("ri.b")
    data["filters"][0]["value"] = "B"
    data["filters"].pop()
    assert expression.to_dict() == untouched


def test_a_filter_doesnt_follow_the_models_that_it_was_created_from() -> None:
    """An item id that is changed later, known to the spec or not, leaves the filter as it was."""
    proxy = models.CheckpointedObjectSetTypesProxyRids(rids=["ri.a"])
    novelty = models.UnknownVariant("novelty", {"type": "novelty", "parts": [1]})
    expression = F.item(proxy) & F.item(novelty)
    untouched = expression.to_dict()
    proxy.rids.append("ri.b")
    novelty.data["parts"].append(2)
    assert expression.to_dict() == untouched


def test_operators_leave_their_operands_alone() -> None:
    """Combining creates new filters."""
    both = A & B
    before = [A.to_dict(), both.to_dict()]
    assert both & C != both
    assert ~both != both
    assert [A.to_dict(), both.to_dict()] == before


def test_a_filter_has_no_truth_value() -> None:
    """`and`, `or`, `not` and chained comparisons would drop half of the filter; the error says what to write."""
    one: Any = A
    rejected(
        r"write & for `and`, \| for `or`, ~ for `not`",
        lambda: one and B,
        lambda: one or B,
        lambda: not one,
        lambda: bool(one),
        lambda: "2026-01-01T00:00:00Z" <= fields.created_at < "2026-02-01T00:00:00Z",
    )


@pytest.mark.parametrize("other", [True, None, "B", {"type": "eq"}, 5, [A]], ids=repr)
def test_a_filter_combines_with_filters_only(other: Any) -> None:
    """Anything else is rejected on either side, with a hint at the parentheses that are often missing."""
    rejected("parentheses", lambda: A & other, lambda: A | other, lambda: other & A, lambda: other | A)


def test_forgotten_parentheses_are_explained() -> None:
    """`&` binds closer than `==`: without parentheses it meets a value and a field, and says so."""
    time = "2026-01-01T00:00:00Z"
    rejected(
        "parentheses",
        lambda: fields.checkpoint_type == "A" & fields.config_rid == "B",
        lambda: fields.checkpoint_type == "A" | fields.created_at >= time,
        lambda: fields.created_at >= time & fields.justification_response.contains("a"),
        lambda: fields.config_rid & fields.checkpoint_type == "A",
        lambda: fields.config_rid | fields.checkpoint_type == "A",
    )


def test_an_equality_field_is_compared_with_strings_only() -> None:
    """A value of another type is rejected, and the message names the field and the type."""
    for name in EQUALS_FIELDS:
        field = getattr(F, name)
        for value in (None, 5, b"a", ["a"], A, F.created_at):
            rejected(
                rf"F\.{name} .*string.*{type(value).__name__}",
                lambda: field == value,  # noqa: B023 - called in the same round
                lambda: field != value,  # noqa: B023
                lambda: field.is_in([value]),  # noqa: B023
            )


@pytest.mark.parametrize(
    ("values", "hint"),
    [([], "at least one"), (iter(()), "at least one"), ("ri.a", "=="), (None, "list"), (5, "list"), (b"a", "string")],
)
def test_is_in_takes_some_strings(values: Any, hint: str) -> None:
    """No values, a single string, and what isn't a list are rejected with a hint."""
    with pytest.raises(InvalidRequestError, match=rf"F\.config_rid.*{hint}"):
        F.config_rid.is_in(values)


def test_a_text_search_needs_a_text() -> None:
    """An empty text, which every record would match, and anything but text are rejected."""
    for name in TEXT_FIELDS:
        field = getattr(fields, name)
        for text in ("", None, 5, b"a"):
            rejected(rf"F\.{name} .*text", lambda: field.contains(text), lambda: field.equals(text))  # noqa: B023


def test_a_text_field_has_no_equality() -> None:
    """`==` and `!=` would be a plain True or False; they are rejected, and the message says what to write."""
    for name in TEXT_FIELDS:
        field = getattr(fields, name)
        rejected(rf"F\.{name}\.equals", lambda: field == "a", lambda: field != "a")  # noqa: B023


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (datetime(2026, 1, 1), "offset"),
        ("2026-01-01T00:00:00", "offset"),
        ("2026-01-01", "offset"),
        ("yesterday", "ISO 8601"),
        ("", "ISO 8601"),
        (date(2026, 1, 1), "not date"),
        (1767225600, "not int"),
        (None, "not NoneType"),
        ("0001-01-01T00:00:00+01:00", "time"),
        ("9999-12-31T23:59:59-01:00", "time"),
        (datetime.max.replace(tzinfo=timezone(-MILLISECOND * 60_000)), "time"),
    ],
    ids=repr,
)
def test_what_isnt_a_certain_time_is_rejected(wrong: Any, hint: str) -> None:
    """A naive time, a text that isn't a time, and a time beyond the calendar are rejected, whatever the comparison."""
    later = "2026-06-01T00:00:00Z"
    rejected(
        hint,
        lambda: fields.created_at >= wrong,
        lambda: fields.created_at < wrong,
        lambda: fields.created_at > wrong,
        lambda: fields.created_at <= wrong,
        lambda: F.created_at.between(wrong, later),
        lambda: F.created_at.between("2026-01-01T00:00:00Z", wrong),
    )


@pytest.mark.parametrize("end", ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59.999Z", "2026-01-01T00:30:00+01:00"])
def test_between_needs_a_start_before_its_end(end: str) -> None:
    """An empty or a reversed span is a mistake, not a search that finds nothing."""
    with pytest.raises(InvalidRequestError, match="start before its end"):
        F.created_at.between("2026-01-01T00:00:00Z", end)


@given(times, st.integers(-3, 3))
def test_the_hint_for_a_missing_operator_means_the_same(time: datetime, steps: int) -> None:
    """The API has no `>` and no `<=`; what the message says to write finds the same records, to the millisecond."""
    record_time = time.replace(microsecond=time.microsecond // 1000 * 1000) + steps * MILLISECOND
    for compare, meant in ((gt, record_time > time), (le, record_time <= time)):
        with pytest.raises(InvalidRequestError, match="the API has no") as caught:
            compare(fields.created_at, time)
        written = re.search(r'write F\.created_at (>=|<) "(.+?)"', str(caught.value))
        assert written is not None
        bound = datetime.fromisoformat(written[2])
        assert (record_time >= bound if written[1] == ">=" else record_time < bound) == meant


def test_the_last_moment_of_the_calendar_is_rejected_too() -> None:
    """There is no time after it to suggest."""
    rejected(
        "time",
        lambda: fields.created_at > "9999-12-31T23:59:59.999Z",
        lambda: fields.created_at <= datetime.max.replace(tzinfo=UTC),
    )


def test_times_have_no_equality() -> None:
    """`==` and `!=` on a time are rejected, and the message says what to write."""
    rejected(
        "between",
        lambda: fields.created_at == "2026-01-01T00:00:00Z",
        lambda: fields.created_at != "2026-01-01T00:00:00Z",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        models.CheckpointedResourceRid,
        {"type": "checkpointedResourceRid", "rid": "ri.a"},
        "ri.a",
        None,
        models.CheckpointedIssue(issue_rid="ri.a"),
        models.GetRecordsBatchRequestElement(record_rid="ri.a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_item_is_named_by_an_item_id_model(wrong: Any) -> None:
    """An item itself, another model, a dict, or a bare RID is rejected, and the message names what is wanted."""
    with pytest.raises(InvalidRequestError, match=f"CheckpointedResourceRid, not {type(wrong).__name__}"):
        F.item(wrong)


def test_a_rejection_is_a_value_error() -> None:
    """A caller who doesn't know this library's errors can catch a built-in one."""
    with pytest.raises(ValueError, match="text"):
        F.justification_response.contains("")
