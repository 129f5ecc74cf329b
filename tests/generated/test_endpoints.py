"""The operations, sync and async, over HTTP on loopback."""

from __future__ import annotations

import functools
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import pytest

from foundry_checkpoints.emulator import Emulator, sample_records
from foundry_checkpoints_api import models
from foundry_checkpoints_api.api.records import get, get_batch, search
from foundry_checkpoints_api.client import Client, Request
from foundry_checkpoints_api.errors import DecodeError, UnexpectedStatus
from tests.generated.components import RID, sample
from tests.strategies import Json

Call = Callable[..., Any]

README = Path(__file__).parents[2] / "generator" / "README.md"

NOT_FOUND = {"errorCode": "NOT_FOUND", "errorName": "RecordNotFound", "errorInstanceId": "i", "parameters": {}}
ALL = models.SearchRecordsRequest(
    models.SearchCheckpointRecordsRequest(
        models.SearchCheckpointRecordsEqualsFilter(models.SearchCheckpointRecordsEqualsFilterField.RECORD_RID, RID)
    )
)


class CannedServer(HTTPServer):
    """Answers every request with one status and body, keeps the last request, and counts its connections."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), CannedHandler)
        self.answer: tuple[int, bytes] = (200, b"{}")
        self.seen: tuple[str, str, str | None, Json] | None = None
        self.connections = 0

    def get_request(self) -> tuple[socket.socket, Any]:
        self.connections += 1
        return super().get_request()

    @property
    def client(self) -> Client:
        """A client of this server."""
        return Client(f"http://127.0.0.1:{self.server_port}/api/", "hunter2", timeout=10)


class CannedHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, CannedServer)
        size = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(size)) if size else None
        self.server.seen = (self.command, self.path, self.headers["Authorization"], body)
        status, content = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[CannedServer]:
    """A server that the tests of this module share."""
    with CannedServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, whatever the environment says."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def in_sync(operation: ModuleType, *args: Any, **options: Any) -> Any:
    """Call an operation."""
    return operation.sync(*args, **options)


def in_async(operation: ModuleType, *args: Any, backend: str, **options: Any) -> Any:
    """Call an operation in an event loop of its own."""
    return anyio.run(functools.partial(operation.asyncio, *args, **options), backend=backend)


@pytest.fixture(params=["sync", "asyncio", "trio"])
def call(request: pytest.FixtureRequest) -> Call:
    """Calls an operation in one of the worlds."""
    return in_sync if request.param == "sync" else functools.partial(in_async, backend=request.param)


def test_the_operations_against_the_emulator(call: Call) -> None:
    """Search, getBatch and get give the records of a service, and its errors."""
    records = list(sample_records(3))
    rids = [record["rid"] for record in records]
    with Emulator(records) as emulator:
        client = Client(f"{emulator.hostname}/api", emulator.token)
        where = {"where": {"filter": {"type": "eq", "field": "recordRid", "value": rids[0]}}}
        page = call(search, client, body=models.SearchRecordsRequest.from_dict(where), preview=True)
        assert page.to_dict()["data"] == records[:1]
        elements = [models.GetRecordsBatchRequestElement(rid) for rid in rids]
        batch = call(get_batch, client, body=elements, preview=True)
        assert batch.to_dict()["data"] == dict(zip(rids, records, strict=True))
        assert call(get, client, rids[2], preview=True).to_dict() == records[2]
        with pytest.raises(UnexpectedStatus) as caught:
            call(get, client, RID, preview=True)
        assert caught.value.status_code == 404
        assert isinstance(caught.value.error, models.CheckpointRecordNotFoundBody)


def test_a_search_on_the_wire(call: Call, server: CannedServer) -> None:
    """A search is a POST with its body, the token and the preview flag; the answer is a page."""
    server.answer = (200, json.dumps({"data": [sample("Record")], "nextPageToken": "t"}).encode())
    page = call(search, server.client, body=ALL, preview=True)
    assert page == models.SearchCheckpointRecordsResponse([models.Record.from_dict(sample("Record"))], "t")
    assert server.seen == ("POST", "/api/v2/checkpoints/records/search?preview=true", "Bearer hunter2", ALL.to_dict())


def test_a_batch_on_the_wire(call: Call, server: CannedServer) -> None:
    """A batch is a POST of a list, and an answer without data holds no records."""
    server.answer = (200, b"{}")
    elements = [models.GetRecordsBatchRequestElement(rid) for rid in ("a", "b")]
    assert call(get_batch, server.client, body=elements).data == {}
    body = [{"recordRid": "a"}, {"recordRid": "b"}]
    assert server.seen == ("POST", "/api/v2/checkpoints/records/getBatch", "Bearer hunter2", body)


def test_a_get_on_the_wire(call: Call, server: CannedServer) -> None:
    """A rid is one segment of the path, whatever it holds; a get has no body."""
    server.answer = (200, json.dumps(sample("Record")).encode())
    assert call(get, server.client, "ri/../?#%ä", preview=False).to_dict() == sample("Record")
    path = "/api/v2/checkpoints/records/ri%2F..%2F%3F%23%25%C3%A4?preview=false"
    assert server.seen == ("GET", path, "Bearer hunter2", None)


def test_an_error_has_its_model(call: Call, server: CannedServer) -> None:
    """An error body is decoded to the model of its name, and its bytes are kept."""
    server.answer = (404, json.dumps(NOT_FOUND).encode())
    with pytest.raises(UnexpectedStatus, match=r"^status 404$") as caught:
        call(get, server.client, RID)
    assert caught.value.error == models.RecordNotFoundBody(
        "NOT_FOUND", "i", parameters=models.RecordNotFoundParameters()
    )
    assert json.loads(caught.value.content) == NOT_FOUND


def test_an_unknown_error_is_kept(call: Call, server: CannedServer) -> None:
    """An error of a name that the spec does not know is an unknown variant, whatever its status."""
    body = {"errorName": "Coffee", "parameters": {"pot": 1}}
    server.answer = (599, json.dumps(body).encode())
    with pytest.raises(UnexpectedStatus) as caught:
        call(search, server.client, body=ALL)
    assert caught.value.error == models.UnknownVariant("Coffee", body)


NOT_JSON = [b"", b"<html>", b"{", b"\xff\xfe\xfd", b"[" * 100_000]


@pytest.mark.parametrize("content", [*NOT_JSON, b"[]", b"null", b'"text"', b"{}", b'{"errorName": 7}'])
@pytest.mark.parametrize("status", [302, 401, 503])
def test_an_error_without_a_body_that_says_why(server: CannedServer, status: int, content: bytes) -> None:
    """Whatever else stands in the body of an error, its status is told; a redirect is one, and not followed."""
    server.answer = (status, content)
    with pytest.raises(UnexpectedStatus, match=f"^status {status}$") as caught:
        get.sync(server.client, RID)
    assert caught.value.error is None
    assert caught.value.content == content


def test_a_success_that_is_not_what_the_spec_says(call: Call, server: CannedServer) -> None:
    """A 200 with a value of the wrong shape is a decode error with the path."""
    server.answer = (200, b'{"data": [{}]}')
    with pytest.raises(DecodeError, match=r"^SearchCheckpointRecordsResponse\.data\[0\]\.rid: missing$"):
        call(search, server.client, body=ALL)


@pytest.mark.parametrize("content", NOT_JSON)
def test_a_success_that_is_not_json(call: Call, server: CannedServer, content: bytes) -> None:
    """A 200 that is no JSON at all is a decode error, and does not show what it is."""
    server.answer = (200, content)
    with pytest.raises(DecodeError) as caught:
        call(get_batch, server.client, body=[])
    assert str(caught.value) == "body: not JSON"
    assert caught.value.__suppress_context__


def test_a_request_is_plain_data() -> None:
    """Requests are built, compared and decoded without a server; unset parameters are left out."""
    assert get.build_request("a b") == Request("GET", "/v2/checkpoints/records/a%20b", {})
    assert search.build_request(body=ALL, preview=True) == Request(
        "POST", "/v2/checkpoints/records/search", {"preview": True}, ALL.to_dict()
    )
    assert get_batch.decode_success({}) == models.GetRecordsBatchResponse()
    assert isinstance(get.decode_error(NOT_FOUND), models.RecordNotFoundBody)


def test_a_client_keeps_its_connections(server: CannedServer) -> None:
    """In a `with` block, calls share a connection; before and after it, each call has its own."""
    server.answer = (200, json.dumps(sample("Record")).encode())
    before, client = server.connections, server.client
    get.sync(client, RID)
    with client:
        assert get.sync(client, RID) == get.sync(client, RID)
    get.sync(client, RID)
    assert server.connections - before == 3


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_client_keeps_its_async_connections(server: CannedServer, backend: str) -> None:
    """So do they in an `async with` block."""
    server.answer = (200, json.dumps(sample("Record")).encode())
    before = server.connections

    async def calls() -> None:
        async with server.client as client:
            assert await get.asyncio(client, RID) == await get.asyncio(client, RID)
        await get.asyncio(client, RID)

    anyio.run(calls, backend=backend)
    assert server.connections - before == 2


def test_the_example_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """The lines that show the generated client alone find every record, over several pages."""
    (code,) = re.findall(r"```python\n(from .*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    records = list(sample_records(250))
    for number, record in enumerate(records):
        record["type"] = "CONTOUR_EXPORT" if number % 50 == 0 else "LOGIN"
    expected = [record["rid"] for record in records[::50]]
    with Emulator(records) as emulator:
        code = code.replace("https://example.palantirfoundry.com", emulator.hostname).replace("TOKEN", emulator.token)
        exec(compile(code.replace("page_size=100", "page_size=1"), "README.md", "exec"), {})
    found = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert sorted(found) == sorted(expected)
