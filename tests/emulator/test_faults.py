"""Faults: what the caller sees, and when."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from foundry_checkpoints.emulator import Fault, sample_records
from foundry_checkpoints_api import models
from tests.emulator.api import RECORDS, Api, error, ok, serving

Json = dict[str, Any]

SAMPLES = list(sample_records(25))
RIDS = [record["rid"] for record in SAMPLES]
NEWEST_FIRST = [r["rid"] for r in sorted(SAMPLES, key=lambda r: (r["createdAt"], r["rid"]), reverse=True)]


def statuses(api: Api, n: int) -> list[int]:
    return [api.search(pageSize=1).status_code for _ in range(n)]


def test_a_status_comes_with_its_headers_and_body() -> None:
    """The response has the status, the headers and the body of the fault."""
    faults = [
        Fault.status(503, headers={"Retry-After": "2"}),
        Fault.status(502, headers={"Content-Type": "text/html"}, body="<h1>Bad gateway</h1>"),
        Fault.status(418, body=["a", None]),
        Fault.status(200, body=None),
    ]
    with serving(SAMPLES, faults=faults) as (emulator, api):
        first, second, third, fourth = (api.search() for _ in range(4))
        assert (first.status_code, first.headers["Retry-After"], first.content) == (503, "2", b"")
        assert (second.status_code, second.headers["Content-Type"]) == (502, "text/html")
        assert second.text == "<h1>Bad gateway</h1>"
        assert (third.status_code, third.json()) == (418, ["a", None])
        assert (fourth.status_code, fourth.content) == (200, b"null")
        assert [request.status for request in emulator.requests] == [503, 502, 418, 200]


def test_an_error_is_one_of_the_documented_ones() -> None:
    """The response has the documented body and status."""
    with serving(faults=[Fault.error("InvalidPageToken", {"pageToken": "old"})]) as (_, api):
        assert error(api.search()) == (400, "InvalidPageToken", {"pageToken": "old"})
    with pytest.raises(ValueError, match="unknown error 'NoSuchError'"):
        Fault.error("NoSuchError")


def test_faults_occur_once_and_in_order() -> None:
    """After each fault has occurred, the emulator answers soundly."""
    with serving(SAMPLES, faults=[Fault.status(500), Fault.status(429, times=2)]) as (_, api):
        assert statuses(api, 5) == [500, 429, 429, 200, 200]


def test_a_fault_waits_for_its_operation() -> None:
    """A fault of one operation doesn't affect the others, and those after it can occur before it."""
    faults = [Fault.status(500, operation="getBatch"), Fault.status(503), Fault.status(502, operation="get")]
    with serving(SAMPLES, faults=faults) as (_, api):
        assert statuses(api, 2) == [503, 200]
        assert api.get(RIDS[0]).status_code == 502
        assert [api.batch(RIDS).status_code for _ in range(2)] == [500, 200]


def test_faults_without_operation_spare_the_token_endpoint() -> None:
    """Only a fault of the operation `token` affects the token endpoint."""
    faults = [Fault.status(503, times=None), Fault.status(500, operation="token")]
    with serving(faults=faults) as (_, api):
        assert [api.bare.post("/multipass/api/oauth2/token").status_code for _ in range(2)] == [500, 400]


def test_a_rate_is_a_seeded_chance() -> None:
    """A fault with a rate has no end, occurs about that often, and in the same requests for the same seed."""
    seen = []
    for seed in (1, 1, 2):
        with serving(SAMPLES, faults=[Fault.status(503, rate=0.3)], seed=seed) as (_, api):
            seen.append(statuses(api, 40))
    assert seen[0] == seen[1] != seen[2]
    assert 4 < seen[0].count(503) < 20


def test_a_rate_may_be_limited_in_times() -> None:
    """With both, chance decides until the fault has occurred that often."""
    with serving(SAMPLES, faults=[Fault.status(503, rate=0.9, times=3)]) as (_, api):
        assert statuses(api, 60).count(503) == 3


def test_faults_can_be_injected_while_it_runs() -> None:
    """Injected faults come after those that are pending."""
    with serving(SAMPLES, faults=[Fault.status(500)]) as (emulator, api):
        emulator.inject(Fault.status(502), Fault.status(503))
        assert statuses(api, 4) == [500, 502, 503, 200]


def test_a_fault_that_could_never_occur_is_rejected() -> None:
    """A wrong operation, rate or number of times is a ValueError."""
    wrong: list[Any] = [{"operation": "put"}, {"rate": 1.5}, {"rate": -0.1}, {"times": 0}]
    for when in wrong:
        with pytest.raises(ValueError, match=f"{next(iter(when))} must be"):
            Fault.status(500, **when)


def test_faults_of_pages_are_for_search_alone() -> None:
    """Only a search has pages."""
    for fault in (Fault.token_loop, Fault.constant_token, Fault.empty_page):
        assert fault(operation="search").operation == "search"
        with pytest.raises(ValueError, match="operation must be one of search"):
            fault(operation="get")


def test_a_delay_is_followed_by_the_sound_answer() -> None:
    """The answer is complete, but late."""
    with serving(SAMPLES, faults=[Fault.delay(0.001)]) as (_, api):
        assert api.found() == NEWEST_FIRST


def test_a_throttle_limits_the_requests_in_flight() -> None:
    """While as many requests as the limit are in flight, the next one is 429."""
    with (
        serving(SAMPLES, faults=[Fault.drip(interval=3600), Fault.throttle(1)]) as (_, api),
        api.http.stream("GET", RECORDS + RIDS[0]),
    ):
        assert statuses(api, 2) == [429, 429]
    with serving(SAMPLES, faults=[Fault.throttle(1)]) as (_, api):
        assert statuses(api, 3) == [200, 200, 200]


def test_a_drip_sends_the_whole_body_in_pieces() -> None:
    """The headers come first, then chunks that make up the sound body."""
    with serving(SAMPLES, faults=[Fault.drip(chunks=4, interval=0.001)]) as (_, api):
        with api.http.stream("GET", RECORDS + RIDS[0]) as response:
            chunks = list(response.iter_raw())
        assert json.loads(b"".join(chunks)) == SAMPLES[0]
        assert int(response.headers["Content-Length"]) == sum(map(len, chunks))
        assert len(chunks) > 1


def test_a_drip_of_an_empty_body_ends() -> None:
    """There is no chunk to send."""
    with serving(faults=[Fault.drip(operation="revoke")]) as (emulator, api):
        form = {"client_id": emulator.client_id, "client_secret": emulator.client_secret}
        assert api.bare.post("/multipass/api/oauth2/revoke_token", data=form).content == b""


def test_a_caller_may_disconnect_during_a_drip() -> None:
    """The emulator continues to serve others, and stops at once."""
    with serving(SAMPLES, faults=[Fault.drip(interval=3600)]) as (emulator, api):
        with api.http.stream("GET", RECORDS + RIDS[0]) as response:
            assert response.status_code == 200
        assert statuses(api, 2) == [200, 200]
        assert emulator.peak_in_flight >= 1


def test_a_reset_comes_before_or_in_the_middle_of_the_answer() -> None:
    """The caller sees a reset connection, in the middle of the body after the headers."""
    with serving(SAMPLES, faults=[Fault.reset(), Fault.reset(mid_body=True)]) as (emulator, api):
        with pytest.raises(httpx.ReadError, match="reset"):
            api.search()
        with api.http.stream("GET", RECORDS + RIDS[0]) as response:
            assert response.status_code == 200
            with pytest.raises(httpx.ReadError, match="reset"):
                response.read()
        assert statuses(api, 1) == [200]
        assert [request.status for request in emulator.requests] == [None, 200, 200]


def test_a_truncated_body_is_shorter_than_announced() -> None:
    """The connection closes in good order after half of the body."""
    with serving(SAMPLES, faults=[Fault.truncate()]) as (_, api):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            api.search()
        assert statuses(api, 1) == [200]


def test_a_wrong_length_hides_or_promises_bytes() -> None:
    """Too small a length cuts the JSON off, too large a one lets the caller wait until the connection closes."""
    with serving(SAMPLES, faults=[Fault.wrong_length(), Fault.wrong_length(by=10)]) as (_, api):
        short = api.search()
        with pytest.raises(json.JSONDecodeError):
            short.json()
        with pytest.raises(httpx.RemoteProtocolError):
            api.search()
        assert statuses(api, 1) == [200]


def test_garbage_isnt_json() -> None:
    """The body is declared as JSON but doesn't parse."""
    with serving(SAMPLES, faults=[Fault.garbage()]) as (_, api):
        response = api.search()
        assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
        with pytest.raises(ValueError, match="utf-8"):
            response.json()


def test_a_token_loop_never_ends() -> None:
    """The page token of a page leads to the same page."""
    with serving(SAMPLES, faults=[Fault.token_loop()]) as (_, api):
        token, pages = None, []
        for _ in range(4):
            page = ok(api.search(pageSize=5, pageToken=token))
            token = page["nextPageToken"]
            pages.append([record["rid"] for record in page["data"]])
    assert pages == [NEWEST_FIRST[:5]] * 4


def test_a_token_loop_may_end() -> None:
    """With a number of times, the search continues afterwards."""
    with serving(SAMPLES, faults=[Fault.token_loop(times=2)]) as (_, api):
        assert api.found(pageSize=10) == NEWEST_FIRST[:10] * 2 + NEWEST_FIRST


def test_a_constant_token_leads_through_all_pages() -> None:
    """The token is always the same, each page is the next one, and the last has no token."""
    with serving(SAMPLES, faults=[Fault.constant_token()]) as (_, api):
        pages = list(api.pages(pageSize=10))
        assert [r["rid"] for page in pages for r in page["data"]] == NEWEST_FIRST
        assert len({page.get("nextPageToken") for page in pages[:-1]}) == 1
        assert "nextPageToken" not in pages[-1]
        assert api.found(sortDirection="ASC", pageSize=10) == NEWEST_FIRST[::-1]


def test_an_empty_page_leads_to_the_requested_page() -> None:
    """An empty page with a token costs the search no record, on the first page or a later one."""
    for direction, expected in {"DESC": NEWEST_FIRST, "ASC": NEWEST_FIRST[::-1]}.items():
        with serving(SAMPLES, faults=[Fault.empty_page(times=2)]) as (emulator, api):
            pages = list(api.pages(pageSize=10, sortDirection=direction))
            assert [len(page["data"]) for page in pages] == [0, 0, 10, 10, 5]
            assert [record["rid"] for page in pages for record in page["data"]] == expected
            emulator.inject(Fault.empty_page())
            assert ok(api.search(pageSize=10, sortDirection=direction))["data"] == []


def test_unknown_values_are_in_every_record() -> None:
    """Each record has enum values, variants and fields that the spec doesn't have, and its own RID and time."""
    with serving(SAMPLES, faults=[Fault.unknown_values(times=3)]) as (_, api):
        page = models.SearchCheckpointRecordsResponse.from_dict(ok(api.search()))
        batch = models.GetRecordsBatchResponse.from_dict(ok(api.batch(RIDS[:2])))
        record = models.Record.from_dict(ok(api.get(RIDS[0])))
        assert ok(api.get(RIDS[0])) == SAMPLES[0]
    assert [r.rid for r in page.data] == NEWEST_FIRST
    assert list(batch.data) == RIDS[:2]
    for changed in [*page.data, *batch.data.values(), record]:
        assert not changed.type_.is_known
        assert not changed.scope.is_known
        assert isinstance(changed.justification, models.UnknownVariant)
        assert isinstance(changed.checkpointed_items[-2], models.UnknownVariant)
        assert changed.additional_properties
    assert record.created_at == models.Record.from_dict(SAMPLES[0]).created_at


def test_changes_leave_errors_alone() -> None:
    """A fault that changes a page doesn't change an error."""
    with serving(SAMPLES, faults=[Fault.empty_page(), Fault.unknown_values()]) as (_, api):
        assert error(api.search(pageSize=0))[1] == "InvalidPageSize"
        assert error(api.get("no rid"))[1] == "Conjure:InvalidArgument"
        assert api.found() == NEWEST_FIRST


def test_a_fault_says_what_it_is() -> None:
    """The repr contains the fault, and when it occurs."""
    assert repr(Fault.drip(3, 0.5, operation="get")) == (
        "Fault(name='drip 3 x 0.5', operation='get', rate=1.0, times=1)"
    )
