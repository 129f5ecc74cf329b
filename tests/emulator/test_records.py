"""Search, getBatch and get."""

from __future__ import annotations

import json
from typing import Any

import pytest

from foundry_checkpoints.emulator import sample_records
from tests.emulator.api import ALL, RECORDS, Api, error, ok, serving

Json = dict[str, Any]

UNKNOWN_RID = "ri.checkpoints.main.checkpoint.unknown"


def in_order(records: list[Json]) -> list[str]:
    """Return the RIDs, oldest record first."""
    return [record["rid"] for record in sorted(records, key=lambda record: (record["createdAt"], record["rid"]))]


def test_search_pages_through_every_record_newest_first(api: Api, records: list[Json]) -> None:
    """The tokens lead to each record once, by creation time and rid, descending."""
    assert api.found() == in_order(records)[::-1]


def test_search_order_follows_the_sort_direction(api: Api, records: list[Json]) -> None:
    """Either direction finds each record once, for any page size."""
    recent = {"type": "gte", "field": "createdAt", "value": "2025-12-01T00:00:00Z"}
    expected = in_order([record for record in records if record["createdAt"] >= "2025-12"])
    for size in (1, 7, 100):
        assert api.found(recent, sortDirection="ASC", pageSize=size) == expected
        assert api.found(recent, sortDirection="DESC", pageSize=size) == expected[::-1]


def test_records_of_one_millisecond_are_split_over_pages() -> None:
    """Records that share a time are told apart by RID, so pages lose none and repeat none."""
    records = [{**record, "createdAt": "2025-06-01T12:00:00.000Z"} for record in sample_records(25)]
    with serving(records) as (_, api):
        assert api.found(sortDirection="ASC", pageSize=4) == in_order(records)
        assert api.found(sortDirection="DESC", pageSize=4) == in_order(records)[::-1]


def test_search_serves_records_as_they_were_given(records: list[Json]) -> None:
    """Whatever a record holds comes back unchanged, unknown fields and odd letters included."""
    odd = {**records[0], "later": [1, None, {"é": '\U0001f600 \\ " \u2028'}]}
    with serving([odd]) as (_, api):
        assert ok(api.search())["data"] == [odd]
        assert ok(api.get(odd["rid"])) == odd
        assert ok(api.batch([odd["rid"]])) == {"data": {odd["rid"]: odd}}


def test_a_page_holds_at_most_100_records(api: Api) -> None:
    """100 is the default page size, and the service reduces a larger one."""
    for size in (None, 100, 101, 10**9):
        assert len(ok(api.search(pageSize=size))["data"]) == 100


def test_the_last_page_has_no_token(api: Api, records: list[Json]) -> None:
    """A full page that happens to be the last one carries no token."""
    pages = list(api.pages(pageSize=100))
    assert len(pages[-1]["data"]) == 100 == len(records) / len(pages)
    assert "nextPageToken" not in pages[-1]


def test_a_search_without_matches_is_an_empty_page(api: Api) -> None:
    """Nothing found is an empty list without a token."""
    assert ok(api.search({"type": "eq", "field": "recordRid", "value": UNKNOWN_RID})) == {"data": []}


def test_page_tokens_have_the_documented_form(api: Api) -> None:
    """A token is JSON with the milliseconds and the RID of the last record."""
    page = ok(api.search(pageSize=3, sortDirection="ASC"))
    token = json.loads(page["nextPageToken"])
    assert token["recordRid"] == page["data"][-1]["rid"]
    assert token["token"].isdigit()
    assert len(token["token"]) == 13


def test_the_page_size_may_change_between_pages(api: Api, records: list[Json]) -> None:
    """A token is bound to filter and direction alone."""
    first = ok(api.search(pageSize=2))
    second = ok(api.search(pageSize=3, pageToken=first["nextPageToken"]))
    rids = [record["rid"] for record in first["data"] + second["data"]]
    assert rids == in_order(records)[::-1][:5]


def test_a_token_is_rejected_with_another_filter_or_direction(api: Api) -> None:
    """A token that belongs to another query is an InvalidPageToken."""
    token = ok(api.search(pageSize=1))["nextPageToken"]
    other = {"type": "lt", "field": "createdAt", "value": "2030-01-01T00:00:00Z"}
    rejected = (400, "InvalidPageToken", {"pageToken": token})
    assert error(api.search(other, pageToken=token)) == rejected
    assert error(api.search(pageToken=token, sortDirection="ASC")) == rejected


def test_a_malformed_token_is_rejected(api: Api) -> None:
    """A text that isn't a token is an InvalidPageToken that quotes it."""
    for token in ("", "v1.abc", "{}", "[]", "7", '{"token":"1","recordRid":"ri"}', '{"token":1e999}', "[" * 9999):
        assert error(api.search(pageToken=token)) == (400, "InvalidPageToken", {"pageToken": token})


def test_a_page_size_below_one_is_rejected(api: Api) -> None:
    """The error contains the page size."""
    for size in (0, -1):
        assert error(api.search(pageSize=size)) == (400, "InvalidPageSize", {"pageSize": size})


def test_a_search_request_of_another_shape_is_rejected(api: Api) -> None:
    """JSON that isn't a search request is a Conjure:UnprocessableEntity."""
    where = {"filter": ALL}
    wrong: list[Any] = [[], "search", {}, {"where": None}, {"where": {}}, {"where": []}, {"where": {"filter": None}}]
    wrong += [{"where": where, "pageSize": value} for value in ("10", 1.5, True)]
    wrong += [{"where": where, "sortDirection": value} for value in ("asc", ["ASC"])]
    for body in [*wrong, {"where": where, "pageToken": 7}]:
        response = api.http.post(f"{RECORDS}search", json=body)
        assert error(response)[:2] == (422, "Conjure:UnprocessableEntity"), body


def test_a_whole_number_is_an_integer(api: Api) -> None:
    """JSON Schema makes no difference between 2 and 2.0."""
    assert len(ok(api.search(pageSize=2.0))["data"]) == 2
    assert error(api.search(pageSize=-1.0)) == (400, "InvalidPageSize", {"pageSize": -1})


def test_null_optionals_count_as_absent(api: Api) -> None:
    """Null for token, size and direction is the same as leaving them out."""
    assert ok(api.search(pageToken=None, pageSize=None, sortDirection=None)) == ok(api.search())


def test_records_that_are_added_meanwhile_appear_where_they_belong(records: list[Json]) -> None:
    """A search under way meets new records that are still ahead of it, and no others."""
    ahead, behind = (dict(records[0], rid=f"{UNKNOWN_RID}-{place}") for place in ("ahead", "behind"))
    ahead["createdAt"], behind["createdAt"] = "2024-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"
    with serving(records[:10]) as (emulator, api):
        first = ok(api.search(pageSize=5))
        emulator.add([ahead, behind])
        assert emulator.records == 12
        rest = api.found(pageSize=5, pageToken=first["nextPageToken"])
    expected = [*in_order(records[:10])[::-1][5:], ahead["rid"]]
    assert rest == expected


def test_times_of_any_iso_form_are_sorted(records: list[Json]) -> None:
    """Records may have other offsets, fractions or none: they sort by the moment they mean."""
    times = ["2025-01-01T12:00:00Z", "2025-01-01T12:30:00.5+01:00", "2025-01-01T12:00:00.000001-01:00", "2025-01-02"]
    made = [{**records[0], "rid": f"{UNKNOWN_RID}-{n}", "createdAt": time} for n, time in enumerate(times)]
    with serving(made) as (_, api):
        assert [rid[-1] for rid in api.found(sortDirection="ASC")] == ["1", "0", "2", "3"]


def test_a_batch_answers_in_the_order_of_the_request(api: Api, records: list[Json]) -> None:
    """A batch is a map by RID, in request order; what is asked twice comes once."""
    asked = [records[n]["rid"] for n in (5, 3, 5, 9)]
    data = ok(api.batch(asked))["data"]
    assert list(data) == [records[n]["rid"] for n in (5, 3, 9)]
    assert data[asked[0]] == records[5]


def test_a_batch_leaves_out_what_is_unknown_or_hidden(records: list[Json]) -> None:
    """Unknown and invisible records are missing from a batch, without an error."""
    with serving(records[:3]) as (emulator, api):
        emulator.hide([records[1]["rid"]])
        rids = [record["rid"] for record in records[:3]]
        assert list(ok(api.batch([*rids, UNKNOWN_RID]))["data"]) == [rids[0], rids[2]]
        assert ok(api.batch([rids[1]])) == {"data": {}}


def test_a_batch_of_100_is_served_and_one_of_101_rejected(api: Api, records: list[Json]) -> None:
    """The limit is 100 elements, and the error gives both sizes."""
    rids = [record["rid"] for record in records[:101]]
    assert list(ok(api.batch(rids[:100]))["data"]) == rids[:100]
    sizes = {"maximumBatchSize": 100, "providedBatchSize": 101}
    assert error(api.batch(rids)) == (400, "BatchRequestSizeExceededLimit", sizes)


def test_an_empty_batch_is_rejected(api: Api) -> None:
    """A batch of none is a MissingBatchRequest."""
    assert error(api.batch([])) == (400, "MissingBatchRequest", {})


def test_a_wrong_batch_is_rejected(api: Api) -> None:
    """One malformed RID fails the batch, and so does JSON that isn't a batch request."""
    for rid in ("", "rid", "ri.a.b.c", "ri.a.b.c.d\n", "RI.a.b.c.d", " ri.a.b.c.d"):
        assert error(api.batch([UNKNOWN_RID, rid]))[:2] == (400, "Conjure:InvalidArgument"), rid
    wrong: list[Any] = [{}, "x", 3, [None], ["ri.a.b.c.d"], [{}], [{"recordRid": 1}], [{"rid": "ri.a.b.c.d"}]]
    for body in wrong:
        response = api.http.post(f"{RECORDS}getBatch", json=body)
        assert error(response)[:2] == (422, "Conjure:UnprocessableEntity"), body


def test_get_returns_the_record(api: Api, records: list[Json]) -> None:
    """A record is served whole under its rid."""
    assert ok(api.get(records[42]["rid"])) == records[42]


def test_get_says_what_is_unknown_hidden_or_malformed(records: list[Json]) -> None:
    """404 for a record that does not exist, 403 for one that the caller may not see, 400 for what isn't a RID."""
    rid = records[0]["rid"]
    with serving(records[:2]) as (emulator, api):
        emulator.hide([rid, UNKNOWN_RID])
        hidden = (403, "CheckpointRecordPermissionDenied", {"recordRid": rid})
        assert error(api.get(rid)) == hidden
        assert error(api.get(UNKNOWN_RID)) == (404, "CheckpointRecordNotFound", {"recordRid": UNKNOWN_RID})
        assert error(api.get("rid"))[:2] == (400, "Conjure:InvalidArgument")
        assert api.found() == [records[1]["rid"]]
        assert emulator.records == 2


def test_a_record_must_have_a_rid_and_a_time(records: list[Json]) -> None:
    """The emulator rejects any other record, and with it all that came along."""
    with serving() as (emulator, _):
        for missing in ("rid", "createdAt"):
            broken = {name: value for name, value in records[1].items() if name != missing}
            with pytest.raises(ValueError, match="a rid and a createdAt"):
                emulator.add([records[0], broken])
        assert emulator.records == 0


def test_a_record_cannot_be_stored_twice(records: list[Json]) -> None:
    """A RID that occurs twice or is already stored is rejected."""
    with serving(records[:1]) as (emulator, _):
        with pytest.raises(ValueError, match="already stored"):
            emulator.add(records[:2])
        with pytest.raises(ValueError, match="two records have the RID"):
            emulator.add([records[1], records[1]])
        assert emulator.records == 1


def test_malformed_records_are_served_to_try_a_client_with(records: list[Json]) -> None:
    """A record must have a RID and a time. Everything else in it may be wrong."""
    broken: list[Json] = [
        {"checkpointedItems": "none", "justification": 7},
        {"checkpointedItems": [3], "actingUser": "someone"},
        {"type": ["LOGIN"], "checkpointedItems": None},
        {"checkpointedItems": [{"rid": "no type"}, {"type": "checkpointedObjectSet"}], "justification": None},
    ]
    text = {"type": "textSearch", "field": "justificationSelectedOption", "query": "", "matchType": "CONTAINS"}
    for fields in broken:
        record = {**records[0], **fields}
        with serving([record]) as (_, api):
            assert ok(api.search())["data"] == [record]
            assert ok(api.search(text))["data"] == []
