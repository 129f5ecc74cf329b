"""The two clients: where they send, with which credentials and limits, and when they refuse to."""

from __future__ import annotations

import copy
import inspect
import pickle
import platform
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

import foundry_checkpoints
from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    ClientCredentialsAuth,
    RetryPolicy,
    TokenAuth,
)
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.errors import (
    CheckpointsError,
    ConfigurationError,
    InvalidRequestError,
    ServiceUnavailableError,
)
from tests.samples import RECORDS, RIDS, SAMPLES, page
from tests.worlds import Stub

HOST = "example.palantirfoundry.com"
BOTH: list[Any] = [CheckpointsClient, AsyncCheckpointsClient]
HTTP_CLIENTS: dict[Any, Any] = {CheckpointsClient: httpx.Client, AsyncCheckpointsClient: httpx.AsyncClient}

both = pytest.mark.parametrize("make", BOTH)


class Wire:
    """An httpx client that answers with a record and keeps what it was asked."""

    def __init__(self, **options: Any) -> None:
        self.stub = Stub(SAMPLES[0])
        self.http = httpx.Client(transport=httpx.MockTransport(self.stub), **options)

    def ask(self, hostname: str | None = HOST, **options: Any) -> httpx.Request:
        """The request that one `get` of a client of these options sends."""
        CheckpointsClient(hostname, http_client=self.http, **options).records.get(RIDS[0])
        return self.stub.requests[-1]


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    with made.http:
        yield made


@pytest.mark.parametrize(
    ("hostname", "base"),
    [
        ("example.palantirfoundry.com", "https://example.palantirfoundry.com"),
        ("  example.palantirfoundry.com\n", "https://example.palantirfoundry.com"),
        ("EXAMPLE.palantirfoundry.com", "https://example.palantirfoundry.com"),
        ("example.palantirfoundry.com:8443", "https://example.palantirfoundry.com:8443"),
        ("example.palantirfoundry.com/", "https://example.palantirfoundry.com"),
        ("example.palantirfoundry.com/prefix", "https://example.palantirfoundry.com/prefix"),
        ("https://example.palantirfoundry.com", "https://example.palantirfoundry.com"),
        ("HTTPS://example.palantirfoundry.com/", "https://example.palantirfoundry.com"),
        ("https://example.palantirfoundry.com/a/b//", "https://example.palantirfoundry.com/a/b"),
        ("foundry", "https://foundry"),
        ("192.0.2.1", "https://192.0.2.1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("localhost", "https://localhost"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/prefix", "http://127.0.0.1:8080/prefix"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_requests_go_to_the_hostname(wire: Wire, hostname: str, base: str) -> None:
    """A bare name means https; a URL keeps its port and prefix; plain http is for loopback."""
    assert str(wire.ask(hostname, auth="a").url) == f"{base}/api/v2/checkpoints/records/{RIDS[0]}?preview=true"


@both
@pytest.mark.parametrize(
    ("hostname", "hint"),
    [
        ("", "FOUNDRY_HOSTNAME"),
        ("   ", "FOUNDRY_HOSTNAME"),
        ("https://", "example.palantirfoundry.com"),
        ("https:///prefix", "example.palantirfoundry.com"),
        ("exa mple.com", "example.palantirfoundry.com"),
        ("example.com\nHost: other", "example.palantirfoundry.com"),
        ("exämple.com", "example.palantirfoundry.com"),
        ("example.com:port", "example.palantirfoundry.com"),
        ("example.com:0", "example.palantirfoundry.com"),
        ("example.com:99999", "example.palantirfoundry.com"),
        ("-example.com", "example.palantirfoundry.com"),
        ("https://[::1", "example.palantirfoundry.com"),
        ("https://user@example.com", "example.palantirfoundry.com"),
        ("https://example.com?preview=false", r"not by \? or #"),
        ("https://example.com/a#b", r"not by \? or #"),
        ("http://example.com", "https://example.com"),
        ("http://127.0.0.1.example.com", "loopback"),
        ("http://localhost.example.com", "loopback"),
        ("http://192.168.0.1", "loopback"),
        ("http://0.0.0.0", "loopback"),
        ("http://[2001:db8::1]", "loopback"),
        ("ftp://example.com", "https://example.com"),
        ("file:///etc/passwd", "example.palantirfoundry.com"),
    ],
)
def test_a_hostname_that_cannot_work_is_refused(make: Any, hostname: str, hint: str) -> None:
    """What is no hostname, and plain http beyond loopback, is refused when the client is made."""
    with pytest.raises(ConfigurationError, match=hint):
        make(hostname, auth="a")


@both
def test_a_password_in_the_hostname_is_not_repeated(make: Any) -> None:
    """The refusal of a URL with credentials does not show them."""
    with pytest.raises(ConfigurationError) as caught:
        make("https://user:s3cr3t@example.com", auth="a")
    assert "s3cr3t" not in str(caught.value)


def test_hostname_and_token_come_from_the_environment(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments, `FOUNDRY_HOSTNAME` and `FOUNDRY_TOKEN` are taken."""
    monkeypatch.setenv("FOUNDRY_HOSTNAME", "from-environment.example")
    monkeypatch.setenv("FOUNDRY_TOKEN", "token-from-environment\n")
    request = wire.ask(None)
    assert request.url.host == "from-environment.example"
    assert request.headers["authorization"] == "Bearer token-from-environment"


def test_arguments_come_before_the_environment(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the caller gives is taken, whatever the environment says."""
    monkeypatch.setenv("FOUNDRY_HOSTNAME", "http://refused.example")
    monkeypatch.setenv("FOUNDRY_TOKEN", "token-from-environment")
    request = wire.ask(HOST, auth="given")
    assert request.url.host == HOST
    assert request.headers["authorization"] == "Bearer given"


def test_client_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token, `FOUNDRY_CLIENT_ID` and `FOUNDRY_CLIENT_SECRET` are exchanged for one."""
    with Emulator(SAMPLES[:1]) as emulator:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
        monkeypatch.setenv("FOUNDRY_CLIENT_ID", emulator.client_id)
        monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", emulator.client_secret)
        with CheckpointsClient() as client:
            assert client.records.get(RIDS[0]) == RECORDS[0]
        assert emulator.token_requests == 1


def test_a_token_comes_before_client_credentials(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both in the environment, the token is taken."""
    monkeypatch.setenv("FOUNDRY_TOKEN", "a")
    monkeypatch.setenv("FOUNDRY_CLIENT_ID", "b")
    monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", "c")
    assert wire.ask().headers["authorization"] == "Bearer a"
    assert len(wire.stub.requests) == 1


@both
def test_without_a_hostname_the_message_says_what_to_set(make: Any) -> None:
    """No hostname anywhere is an error that names the argument and the variable."""
    with pytest.raises(ConfigurationError, match=r"hostname=.*FOUNDRY_HOSTNAME"):
        make(auth="a")


@both
@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"FOUNDRY_TOKEN": ""},
        {"FOUNDRY_CLIENT_ID": "a"},
        {"FOUNDRY_CLIENT_SECRET": "a"},
        {"FOUNDRY_CLIENT_ID": "a", "FOUNDRY_CLIENT_SECRET": ""},
    ],
    ids=["none", "empty token", "id only", "secret only", "empty secret"],
)
def test_without_credentials_the_message_says_what_to_set(
    make: Any, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No credentials, or half of them, are an error that names the argument and the variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=r"auth=.*FOUNDRY_TOKEN.*FOUNDRY_CLIENT_ID with FOUNDRY_CLIENT_SECRET"):
        make(HOST)


def test_auth_may_be_a_token_a_callable_or_any_auth(wire: Wire) -> None:
    """A string, a callable, a `TokenAuth` and an auth of httpx itself all work."""
    assert wire.ask(auth=" a\n").headers["authorization"] == "Bearer a"
    assert wire.ask(auth=lambda: "b").headers["authorization"] == "Bearer b"
    assert wire.ask(auth=TokenAuth("c")).headers["authorization"] == "Bearer c"
    assert wire.ask(auth=httpx.BasicAuth("d", "e")).headers["authorization"].startswith("Basic ")


@both
@pytest.mark.parametrize("auth", ["", "  ", "Bearer a", "a b", "ä", "a\x00", 5, ("a", "b"), b"a"], ids=repr)
def test_auth_that_cannot_work_is_refused(make: Any, auth: Any) -> None:
    """A token that no service gives out is refused when the client is made."""
    with pytest.raises(ConfigurationError, match="token"):
        make(HOST, auth=auth)


def test_an_http_client_of_the_caller_is_used_as_it_is() -> None:
    """Its own headers and parameters go with each request."""
    wire = Wire(headers={"X-Team": "security"}, params={"team": "security"})
    with wire.http:
        request = wire.ask(auth="a")
    assert request.headers["x-team"] == "security"
    assert dict(request.url.params) == {"team": "security", "preview": "true"}


@pytest.mark.parametrize(
    "options", [{"auth": ("user", "password")}, {"headers": {"Authorization": "Custom own"}}], ids=["auth", "header"]
)
def test_an_http_client_of_the_caller_may_bring_the_credentials(options: Any) -> None:
    """Where it authenticates by itself, no `auth` is needed."""
    wire = Wire(**options)
    with wire.http:
        assert wire.ask().headers["authorization"].startswith(("Basic", "Custom own"))


def test_given_auth_comes_before_that_of_the_http_client() -> None:
    """`auth=` replaces the credentials of the caller's HTTP client."""
    wire = Wire(auth=("user", "password"))
    with wire.http:
        assert wire.ask(auth="a").headers["authorization"] == "Bearer a"


def test_an_http_client_of_the_caller_is_left_open(wire: Wire) -> None:
    """Closing the client does not close what is not its own."""
    with CheckpointsClient(HOST, auth="a", http_client=wire.http) as client:
        client.records.get(RIDS[0])
    assert not wire.http.is_closed


@pytest.mark.anyio
async def test_an_async_http_client_of_the_caller_is_left_open() -> None:
    """Closing the async client does not close what is not its own."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(Stub(SAMPLES[0]))) as http:
        async with AsyncCheckpointsClient(HOST, auth="a", http_client=http) as client:
            await client.records.get(RIDS[0])
        assert not http.is_closed


def test_a_closed_client_refuses_every_call(wire: Wire) -> None:
    """After `close`, which may be called again, each method says so, and nothing is sent."""
    client = CheckpointsClient(HOST, auth="a", http_client=wire.http)
    search = client.records.search()
    client.close()
    client.close()
    for call in (
        lambda: client.records.get(RIDS[0]),
        lambda: client.records.get_batch(RIDS),
        lambda: list(client.records.iter_batch(RIDS)),
        lambda: list(search),
        search.first,
    ):
        with pytest.raises(InvalidRequestError, match="closed"):
            call()
    assert wire.stub.requests == []


@pytest.mark.anyio
async def test_a_closed_async_client_refuses_every_call() -> None:
    """After `aclose`, which may be called again, each method says so, and nothing is sent."""
    stub = Stub(page())
    async with httpx.AsyncClient(transport=httpx.MockTransport(stub)) as http:
        async with AsyncCheckpointsClient(HOST, auth="a", http_client=http) as client:
            search = client.records.search()
        await client.aclose()
        for call in (
            lambda: client.records.get(RIDS[0]),
            lambda: client.records.get_batch(RIDS),
            lambda: anext(client.records.iter_batch(RIDS)),
            lambda: anext(search.pages()),
            search.first,
        ):
            with pytest.raises(InvalidRequestError, match="closed"):
                await call()
    assert stub.requests == []


def test_with_gives_the_client_itself_and_closes_it(wire: Wire) -> None:
    """The block has the client; after it the client is closed."""
    client = CheckpointsClient(HOST, auth="a", http_client=wire.http)
    with client as entered:
        assert entered is client
    with pytest.raises(InvalidRequestError, match="closed"):
        client.records.get(RIDS[0])


@both
def test_the_repr_shows_where_and_no_secret(make: Any) -> None:
    """The repr is the class and the address."""
    client = make(HOST, auth="s3cr3t", http_client=HTTP_CLIENTS[make](headers={"X-Api-Key": "s3cr3t"}))
    assert repr(client) == f"{make.__name__}('https://{HOST}')"
    assert "s3cr3t" not in repr([client, client.records, vars(client), vars(client.records)])


@both
@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_neither_pickled_nor_copied(make: Any, duplicate: Callable[[object], object]) -> None:
    """Connections and credentials do not leave the process; the message says what to do instead."""
    auth = ClientCredentialsAuth("id", "s3cr3t")
    client = make(HOST, auth=auth, http_client=HTTP_CLIENTS[make](transport=httpx.MockTransport(Stub(page()))))
    with pytest.raises(TypeError, match="make one in each process"):
        duplicate(client)


@pytest.mark.parametrize(
    ("timeout", "sent"),
    [
        (2, {"connect": 2, "read": 2, "write": 2, "pool": 2}),
        (60.0, {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 60.0}),
        (httpx.Timeout(7, connect=9), {"connect": 9, "read": 7, "write": 7, "pool": 7}),
    ],
    ids=["short", "long", "httpx"],
)
def test_a_timeout_can_be_set(wire: Wire, timeout: Any, sent: dict[str, float]) -> None:
    """A number is for each step, but never more than 5 s to connect; an `httpx.Timeout` says all."""
    assert wire.ask(auth="a", timeout=timeout).extensions["timeout"] == sent


def test_timeouts_are_finite_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word from the caller a request has 5 s to connect and 30 s for each other step."""
    stub = Stub(SAMPLES[0])
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: stub(request))
    with CheckpointsClient(HOST, auth="a") as client:
        client.records.get(RIDS[0])
    expected = {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}
    assert stub.requests[0].extensions["timeout"] == expected


def test_the_timeout_of_an_http_client_of_the_caller_is_kept() -> None:
    """Used as it is: without `timeout=` its own timeouts hold, with it the given ones."""
    wire = Wire(timeout=httpx.Timeout(7, connect=9))
    with wire.http:
        assert wire.ask(auth="a").extensions["timeout"] == {"connect": 9, "read": 7, "write": 7, "pool": 7}
        assert wire.ask(auth="a", timeout=2).extensions["timeout"]["read"] == 2


@both
@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("timeout", value) for value in (0, -1, float("nan"))),
        *(("deadline", value) for value in (0, -1, float("nan"))),
        *(("retry", value) for value in (-1, None, "3")),
        *(("max_concurrency", value) for value in (0, -1)),
        *(("max_body_size", value) for value in (0, -1)),
        *(("user_agent", value) for value in ("a\r\nb", "ä")),
    ],
)
def test_a_setting_that_cannot_work_is_refused(make: Any, option: str, value: Any) -> None:
    """A limit of nothing, and what no header can hold, is refused when the client is made, by its name."""
    name = f"{option.replace('_', '[_ -]')}|max_retries"
    with pytest.raises(CheckpointsError, match=re.compile(name, re.IGNORECASE)):
        make(HOST, auth="a", **{option: value})


@pytest.mark.parametrize(("retry", "attempts"), [(0, 1), (RetryPolicy(max_retries=0), 1), (RetryPolicy(2, 0.001), 3)])
def test_retry_says_how_often(retry: Any, attempts: int) -> None:
    """0 means one attempt; a policy says more."""
    stub = Stub({}, status=503)
    with httpx.Client(transport=httpx.MockTransport(stub)) as http:
        client = CheckpointsClient(HOST, auth="a", retry=retry, http_client=http)
        with pytest.raises(ServiceUnavailableError) as caught:
            client.records.get(RIDS[0])
    assert caught.value.attempts == len(stub.requests) == attempts


def test_the_user_agent_names_library_api_and_python(wire: Wire) -> None:
    """The caller can add to it, not replace it."""
    version, api_version = foundry_checkpoints.__version__, foundry_checkpoints.__api_version__
    python = ".".join(platform.python_version_tuple()[:2])
    own = f"foundry-checkpoints/{version} (API {api_version}) python/{python}"
    assert wire.ask(auth="a").headers["user-agent"] == own
    assert wire.ask(auth="a", user_agent="siem-export/2.1").headers["user-agent"] == f"{own} siem-export/2.1"


def test_a_client_can_be_shared_by_calls_of_any_kind() -> None:
    """One client of its own connections serves `get`, batches and searches in turn."""
    with Emulator(SAMPLES) as emulator, CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        assert client.records.get(RIDS[1]) == RECORDS[1]
        assert len(client.records.get_batch(RIDS[:150])) == 150
        assert sum(1 for _ in client.records.search(limit=150)) == 150


@pytest.mark.anyio
async def test_an_async_client_can_be_shared_by_calls_of_any_kind() -> None:
    """One async client of its own connections serves `get`, batches and searches in turn."""
    with Emulator(SAMPLES) as emulator:
        async with AsyncCheckpointsClient(emulator.hostname, auth=emulator.token) as client:
            assert await client.records.get(RIDS[1]) == RECORDS[1]
            assert len(await client.records.get_batch(RIDS[:150])) == 150
            assert len([record async for record in client.records.search(limit=150)]) == 150


@both
def test_the_defaults_are_the_documented_ones(make: Any) -> None:
    """A client and a search that are told nothing behave as the documentation says."""
    assert {name: parameter.default for name, parameter in inspect.signature(make).parameters.items()} == {
        "hostname": None,
        "auth": None,
        "preview": True,
        "timeout": None,
        "deadline": None,
        "retry": RetryPolicy(),
        "max_concurrency": 8,
        "http_client": None,
        "user_agent": None,
        "max_body_size": 64 * 1024 * 1024,
        "on_drift": None,
    }
    search = inspect.signature(make(HOST, auth="a", http_client=HTTP_CLIENTS[make]()).records.search)
    assert {name: parameter.default for name, parameter in search.parameters.items()} == {
        **dict.fromkeys(["where", "sort_direction", "page_size", "page_token", "limit", "deadline", "trace_id"]),
        "prefetch": 1,
        "concurrency": 1,
        "ordered": True,
    }
