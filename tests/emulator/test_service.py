"""Routes, methods, credentials and media types; and the journal."""

from __future__ import annotations

import re
from typing import Any, get_args

from starlette.datastructures import Headers, QueryParams

from foundry_checkpoints.emulator import Fault, SeenRequest
from foundry_checkpoints.emulator._journal import Journal
from foundry_checkpoints_api import models
from tests.emulator.api import ALL, RECORDS, Api, error, ok, serving

SEARCH = f"{RECORDS}search"
BODY: dict[str, Any] = {"where": {"filter": ALL}}

OPERATIONS = [("POST", SEARCH), ("POST", f"{RECORDS}getBatch"), ("GET", f"{RECORDS}ri.a.b.c.d")]
JSON = {"Content-Type": "application/json"}


def test_a_request_without_the_token_is_rejected(api: Api) -> None:
    """401 before anything else, for each operation and whatever isn't the bearer token."""
    wrong = ["", "Bearer", "Bearer wrong", "Bearer  emulator-token", "Basic emulator-token", "emulator-token"]
    for method, path in OPERATIONS:
        for headers in [{}, *({"Authorization": value} for value in wrong)]:
            response = api.bare.request(method, path, headers=headers)
            assert error(response) == (401, "Default:Unauthorized", {}), headers
            assert response.headers["WWW-Authenticate"] == "Bearer"


def test_the_scheme_is_case_insensitive(api: Api) -> None:
    """HTTP ignores the case of the scheme."""
    assert api.http.post(SEARCH, json=BODY, headers={"Authorization": "bearer emulator-token"}).status_code == 200


def test_a_request_without_preview_is_rejected(api: Api) -> None:
    """Each operation requires preview=true; any value but true and false is a wrong argument."""
    for method, path in OPERATIONS:
        for query in ("", "?preview=false", "?previews=true"):
            response = api.bare.request(method, path + query, headers=api.token)
            assert error(response) == (400, "ApiFeaturePreviewUsageOnly", {}), query
        for query in ("preview=1", "preview=", "preview=True", "preview=true&preview=true"):
            response = api.bare.request(method, f"{path}?{query}", headers=api.token)
            assert error(response)[:2] == (400, "Conjure:InvalidArgument"), query


def test_another_method_is_rejected(api: Api) -> None:
    """405, and the header contains the method that is allowed."""
    for allowed, path in [*OPERATIONS, ("POST", "/multipass/api/oauth2/token")]:
        for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - {allowed}:
            response = api.http.request(method, path)
            assert (response.status_code, response.headers["Allow"]) == (405, allowed)


def test_an_unknown_path_is_a_404_without_a_body(api: Api) -> None:
    """As on a stack that doesn't have the endpoint."""
    for path in (
        "/",
        "/api",
        RECORDS,
        RECORDS[:-1],
        f"{SEARCH}/",
        f"{RECORDS}a/b",
        "/api/v1/checkpoints/records/search",
    ):
        response = api.http.post(path, json=BODY)
        assert (response.status_code, response.content) == (404, b""), path


def test_a_body_must_be_json(api: Api) -> None:
    """No body and null, another media type, and a body that doesn't parse have an error each."""
    for path in (SEARCH, f"{RECORDS}getBatch"):
        for body in (b"", b" \n", b"null"):
            assert error(api.http.post(path, content=body, headers=JSON)) == (400, "MissingPostBody", {})
        for media_type in ("text/plain", "application/jsonl", "application/x-www-form-urlencoded"):
            response = api.http.post(path, content=b"{}", headers={"Content-Type": media_type})
            assert error(response) == (415, "Conjure:UnsupportedMediaType", {})
        assert error(api.http.post(path, content=b"{}"))[0] == 415
        for body in (b"{", b"\xff", b'{"where":NaN}', b"{}{}", b"[" * 100_000):
            assert error(api.http.post(path, content=body, headers=JSON))[:2] == (400, "Conjure:InvalidArgument")


def test_the_media_type_may_have_parameters_and_any_case(api: Api) -> None:
    """Parameters and case make no difference."""
    for media_type in ("application/json; charset=utf-8", "Application/JSON"):
        assert ok(api.http.post(SEARCH, json=BODY, headers={"Content-Type": media_type}))["data"]


def test_the_trace_id_comes_back(api: Api) -> None:
    """A success or an error has the X-B3-TraceId of its request."""
    for rid in ("ri.a.b.c.d", "no rid"):
        assert api.http.get(RECORDS + rid, headers={"X-B3-TraceId": "abc123"}).headers["X-B3-TraceId"] == "abc123"
    assert "X-B3-TraceId" not in api.search().headers


def test_every_documented_error_can_be_served() -> None:
    """Each error of the spec has its name, and the status that the spec gives in words."""
    for variant in get_args(models.ErrorBody):
        if variant is models.UnknownVariant:
            continue
        with serving(faults=[Fault.error(variant.error_name)]) as (_, caller):
            status, name, _ = error(caller.search())
        assert name == variant.error_name
        described = re.search(r"Status (\d+)", variant.__doc__)
        assert described is None or status == int(described[1]), f"the spec describes another status of {name}"


def test_requests_are_recorded_as_received() -> None:
    """A request is in the journal, with its status, when the caller has the response."""
    with serving() as (emulator, caller):
        caller.search(pageSize=7)
        caller.http.get("/elsewhere?a=1&a=2")
        first, second = emulator.requests
    assert (first.operation, first.method, first.path) == ("search", "POST", SEARCH)
    assert first.query["preview"] == "true"
    assert first.headers["AUTHORIZATION"] == "Bearer emulator-token"
    assert first.json == {"where": {"filter": ALL}, "pageSize": 7}
    assert first.status == 200
    assert (second.operation, second.status, second.body) == ("unknown", 404, b"")
    assert first.time <= second.time


def test_counters_can_be_read_and_reset() -> None:
    """Totals by operation and status, in this process and over HTTP. Clearing forgets the requests, too."""
    with serving() as (emulator, caller):
        for _ in range(3):
            caller.search()
        caller.get("no rid")
        assert emulator.request_counts == {"search": 3, "get": 1}
        assert emulator.status_counts == {200: 3, 400: 1}
        totals = {"requests": {"search": 3, "get": 1}, "statuses": {"200": 3, "400": 1}, "peakInFlight": 1}
        assert ok(caller.http.get("/emulator/counters")) == totals
        assert ok(caller.http.delete("/emulator/counters")) == totals
        assert emulator.requests == []
        assert ok(caller.http.get("/emulator/counters")) == {"requests": {}, "statuses": {}, "peakInFlight": 0}
        caller.search()
        emulator.clear()
        assert (emulator.requests, emulator.request_counts) == ([], {})


def test_only_the_latest_requests_are_kept() -> None:
    """Memory is bounded: the journal forgets old requests, but counts them."""
    journal = Journal(kept=2)
    for number in range(3):
        with journal.enter(SeenRequest("get", "GET", f"/{number}", QueryParams(), Headers(), b"", 0.0)):
            assert journal.in_flight == 1
    assert [request.path for request in journal.requests] == ["/1", "/2"]
    assert journal.operations == {"get": 3}
