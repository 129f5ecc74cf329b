"""What every request goes through: routes, methods, credentials, media types; and what is noted of it."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from starlette.datastructures import Headers, QueryParams

from foundry_checkpoints import emulator as emulator_package
from foundry_checkpoints.emulator import Fault, SeenRequest
from foundry_checkpoints.emulator._journal import Journal
from foundry_checkpoints_api import models
from tests.emulator.api import ALL, RECORDS, Api, error, ok, serving

SEARCH = f"{RECORDS}search"
BODY: dict[str, Any] = {"where": {"filter": ALL}}

each_operation = pytest.mark.parametrize(
    ("method", "path"), [("POST", SEARCH), ("POST", f"{RECORDS}getBatch"), ("GET", f"{RECORDS}ri.a.b.c.d")]
)


@each_operation
@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", "Bearer  emulator-token", "Basic emulator-token", "emulator-token"]
)
def test_a_request_without_the_token_is_refused(api: Api, method: str, path: str, authorization: str) -> None:
    """Whatever is not the bearer token is 401, before anything else is looked at."""
    response = api.bare.request(method, path, headers={"Authorization": authorization})
    assert error(response) == (401, "Default:Unauthorized", {})
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_request_without_credentials_is_refused(api: Api) -> None:
    """No Authorization header is 401 too."""
    assert error(api.bare.post(SEARCH, params={"preview": "true"}, json=BODY))[0] == 401


def test_the_scheme_may_be_written_in_any_case(api: Api) -> None:
    """HTTP compares the name of the scheme without regard to case."""
    assert api.http.post(SEARCH, json=BODY, headers={"Authorization": "bearer emulator-token"}).status_code == 200


@each_operation
@pytest.mark.parametrize("query", ["", "?preview=false", "?previews=true"])
def test_a_request_without_preview_is_refused(api: Api, method: str, path: str, query: str) -> None:
    """The API is in preview: preview=true must be said."""
    response = api.bare.request(method, path + query, headers=api.token)
    assert error(response) == (400, "ApiFeaturePreviewUsageOnly", {})


@pytest.mark.parametrize("query", ["preview=1", "preview=", "preview=True", "preview=true&preview=true"])
def test_preview_is_a_boolean(api: Api, query: str) -> None:
    """Any other value is an argument that is wrong."""
    response = api.bare.post(f"{SEARCH}?{query}", json=BODY, headers=api.token)
    assert error(response)[:2] == (400, "Conjure:InvalidArgument")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", [SEARCH, f"{RECORDS}getBatch", "/multipass/api/oauth2/token"])
def test_another_method_is_refused(api: Api, method: str, path: str) -> None:
    """405, and the header says which method is allowed."""
    response = api.http.request(method, path)
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"


def test_another_method_on_a_record_is_refused(api: Api) -> None:
    """Records are read-only."""
    response = api.http.delete(f"{RECORDS}ri.a.b.c.d")
    assert error(response)[:2] == (405, "Conjure:InvalidArgument")
    assert response.headers["Allow"] == "GET"


@pytest.mark.parametrize(
    "path", ["/", "/api", RECORDS, RECORDS[:-1], f"{SEARCH}/", f"{RECORDS}a/b", "/api/v1/checkpoints/records/search"]
)
def test_an_unknown_path_is_a_404_without_a_body(api: Api, path: str) -> None:
    """As on a stack that does not have the endpoint."""
    response = api.http.post(path, json=BODY)
    assert (response.status_code, response.content) == (404, b"")


@pytest.mark.parametrize("operation", ["search", "getBatch"])
@pytest.mark.parametrize("body", [b"", b" \n", b"null"])
def test_a_missing_body_is_refused(api: Api, operation: str, body: bytes) -> None:
    """No body, and a null, are a MissingPostBody."""
    headers = {"Content-Type": "application/json"}
    assert error(api.http.post(RECORDS + operation, content=body, headers=headers)) == (400, "MissingPostBody", {})


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/jsonl", "application/x-www-form-urlencoded"])
def test_another_media_type_is_refused(api: Api, media_type: str | None) -> None:
    """A body must be declared as application/json."""
    headers = {} if media_type is None else {"Content-Type": media_type}
    response = api.http.post(SEARCH, content=b"{}", headers=headers)
    assert error(response) == (415, "Conjure:UnsupportedMediaType", {})


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_the_media_type_may_have_parameters_and_any_case(api: Api, media_type: str) -> None:
    """Parameters and letter case make no difference."""
    assert ok(api.http.post(SEARCH, json=BODY, headers={"Content-Type": media_type}))["data"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"where":NaN}', b"{}{}", b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(api: Api, body: bytes) -> None:
    """What does not parse is an argument that is wrong."""
    response = api.http.post(SEARCH, content=body, headers={"Content-Type": "application/json"})
    assert error(response)[:2] == (400, "Conjure:InvalidArgument")


def test_the_trace_id_comes_back(api: Api) -> None:
    """X-B3-TraceId is in the answer, a success or an error, if it was in the request."""
    for rid in ("ri.a.b.c.d", "no rid"):
        assert api.http.get(RECORDS + rid, headers={"X-B3-TraceId": "abc123"}).headers["X-B3-TraceId"] == "abc123"
    assert "X-B3-TraceId" not in api.search().headers


def test_the_emulator_imports_nothing_of_the_client() -> None:
    """It stands on the generated models and its server alone, so it cannot share a mistake with the client."""
    own = {"__future__", "foundry_checkpoints_api", "starlette", "uvicorn"} | sys.stdlib_module_names
    for path in Path(emulator_package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 1 or str(node.module).partition(".")[0] in own, path.name
            elif isinstance(node, ast.Import):
                assert {name.name.partition(".")[0] for name in node.names} <= own, path.name


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


def test_requests_are_noted_as_they_arrived() -> None:
    """A request is in the journal, with its status, once its answer is there."""
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


def test_counters_can_be_read_and_set_to_zero() -> None:
    """Totals by operation and status, in this process and over HTTP; clearing forgets requests too."""
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
