"""From `where` and a direction to the body of a request: pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from foundry_checkpoints import F, Filter, InvalidRequestError, models
from foundry_checkpoints._search.cursor import ALWAYS, PageRequest, Window
from foundry_checkpoints._search.query import Query
from tests.samples import RECORDS

SENT = {"type": "eq", "field": "checkpointType", "value": "X"}
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


FIRST_PAGE = PageRequest(None, None)


def sent(query: Query, page: PageRequest = FIRST_PAGE) -> Any:
    """Return the body of the request for a page."""
    return query.body(page).to_dict()


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (F.checkpoint_type == "X", SENT),
        (models.search_checkpoint_records_filter_from_dict(SENT), SENT),
        (SENT, SENT),
        (MappingProxyType(SENT), SENT),
        ({**SENT, "novelty": [1]}, {**SENT, "novelty": [1]}),
        ({**SENT, "field": "novelField"}, {**SENT, "field": "novelField"}),
        (models.UnknownVariant("novelty", {"type": "novelty", "a": [1]}), {"type": "novelty", "a": [1]}),
        (None, {"type": "gte", "field": "createdAt", "value": "1970-01-01T00:00:00.000Z"}),
    ],
    ids=["F", "model", "dict", "mapping", "unknown field", "unknown value", "unknown variant", "none"],
)
def test_where_is_sent_unchanged(where: Any, expected: dict[str, Any]) -> None:
    """An expression, a model, and a dict say the same. What the spec doesn't know is sent too."""
    assert sent(Query(where, None)) == {"where": {"filter": expected}}


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("checkpointType", "str"),
        (5, "int"),
        (True, "bool"),
        ([SENT], "list"),
        (F.checkpoint_type, "EqualsField"),
        (RECORDS[0], "Record"),
        ({}, "type"),
        ({"type": None}, "type"),
        ({"type": "eq", "field": "checkpointType"}, "value"),
        ({"type": "gte", "field": "createdAt", "value": "yesterday"}, "value"),
        ({"type": "novelty"}, "novelty"),
        ({"type": "not", "filter": {"type": "novelty"}}, "novelty"),
        ({"type": "or", "filters": [SENT, {"type": "and", "filters": [{"type": "novelty"}]}]}, "novelty"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_isnt_a_filter_is_rejected(where: Any, named: str) -> None:
    """The message names the type or the field; a misspelt filter type isn't taken for a new one."""
    with pytest.raises(InvalidRequestError, match=named):
        Query(where, None)


def test_a_filter_nested_too_deeply_is_rejected() -> None:
    """What is too deep to be sent is an error of the caller, not a crash, in each form of a filter."""
    where: dict[str, Any] = SENT
    model = models.search_checkpoint_records_filter_from_dict(SENT)
    for _ in range(100_000):
        where = {"type": "not", "filter": where}
        model = models.SearchCheckpointRecordsNotFilter(filter_=model)
    for each in (where, Filter(where), model):
        with pytest.raises(InvalidRequestError):
            Query(each, None)
    with pytest.raises(InvalidRequestError, match="nested too deeply"):
        Filter(where).to_dict()


def test_the_direction_is_a_text_or_a_member() -> None:
    """Without one the service decides, which is newest first."""
    for query in (Query(SENT, "ASC"), Query(SENT, models.SortDirection.ASC)):
        assert (sent(query)["sortDirection"], query.ascending) == ("ASC", True)
    assert (sent(Query(SENT, "DESC"))["sortDirection"], Query(SENT, "DESC").ascending) == ("DESC", False)
    assert "sortDirection" not in sent(Query(SENT, None))


@pytest.mark.parametrize("direction", ["asc", "", 5, "UP", True], ids=repr)
def test_another_direction_is_rejected(direction: Any) -> None:
    """The message names the argument."""
    with pytest.raises(InvalidRequestError, match="sort_direction"):
        Query(SENT, direction)


def test_a_page_has_a_token_and_a_size_if_there_are_any() -> None:
    """What isn't set is left to the service."""
    assert sent(Query(SENT, None), PageRequest("a", 5)) == {
        "where": {"filter": SENT},
        "pageToken": "a",
        "pageSize": 5,
    }


def test_a_probe_goes_in_the_other_direction() -> None:
    """It starts at the far end of the search."""
    probe = PageRequest(None, 1, is_probe=True)
    for direction in (None, models.SortDirection.DESC):
        assert sent(Query(SENT, direction), probe)["sortDirection"] == "ASC"
    assert sent(Query(SENT, "ASC"), probe)["sortDirection"] == "DESC"


def test_a_window_narrows_the_filter() -> None:
    """The start is included, the end isn't, and an open side adds nothing."""
    query, start, end = Query(SENT, None), (F.created_at >= EARLY).to_dict(), (F.created_at < LATE).to_dict()
    for window, parts in (
        (Window(EARLY, LATE), [SENT, start, end]),
        (Window(EARLY, None), [SENT, start]),
        (Window(None, LATE), [SENT, end]),
    ):
        assert sent(query, PageRequest(None, None, window))["where"]["filter"] == {"type": "and", "filters": parts}
    assert sent(query, PageRequest(None, None, ALWAYS))["where"]["filter"] == SENT


@pytest.mark.parametrize(
    ("where", "bounds"),
    [
        (F.created_at >= EARLY, Window(EARLY, None)),
        (F.created_at < LATE, Window(None, LATE)),
        ((F.created_at >= EARLY) & (F.checkpoint_type == "X") & (F.created_at < LATE), Window(EARLY, LATE)),
        ((F.created_at >= EARLY) & (F.created_at >= LATE), Window(LATE, None)),
        ((F.created_at < EARLY) & (F.created_at < LATE), Window(None, EARLY)),
        ((F.created_at >= EARLY) | (F.created_at < LATE), ALWAYS),
        (~(F.created_at >= EARLY), ALWAYS),
        (SENT, ALWAYS),
    ],
    ids=["start", "end", "both", "two starts", "two ends", "or", "not", "neither"],
)
def test_the_bounds_are_those_of_the_outermost_level(where: Any, bounds: Window) -> None:
    """A parallel search needs no probe where the filter bounds the creation time itself."""
    assert Query(where, None).bounds == bounds
