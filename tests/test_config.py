"""What a caller gives a client: the hostname, the credentials, the limits, and the HTTP client below."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

import foundry_checkpoints
from foundry_checkpoints import (
    CheckpointsClient,
    ConfigurationError,
    RetryPolicy,
    ServiceUnavailableError,
    TokenAuth,
)
from foundry_checkpoints.emulator import Emulator
from tests.samples import RECORDS, RIDS, SAMPLES
from tests.worlds import BOTH, HOST, HTTP_CLIENTS, FakeTime, Stub, answered

both = pytest.mark.parametrize("make", BOTH, ids=["sync", "async"])


class Wire:
    """An HTTP client that answers with a record and keeps the requests."""

    def __init__(self, **options: Any) -> None:
        self.stub = Stub(SAMPLES[0])
        self.http = httpx.Client(transport=httpx.MockTransport(self.stub), **options)

    def sent(self, hostname: str | None = HOST, **options: Any) -> httpx.Request:
        """Return the request that one `get` of a client with these options sends."""
        CheckpointsClient(hostname, http_client=self.http, **options).records.get(RIDS[0])
        return self.stub.requests[-1]


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    with made.http:
        yield made


# The hostname


def test_requests_go_to_the_hostname(wire: Wire) -> None:
    """A bare name means https, a URL keeps its port and prefix, and plain http is for loopback."""
    for hostname, base in {
        "example.palantirfoundry.com": "https://example.palantirfoundry.com",
        "  example.palantirfoundry.com\n": "https://example.palantirfoundry.com",
        "EXAMPLE.palantirfoundry.com": "https://example.palantirfoundry.com",
        "example.palantirfoundry.com:8443": "https://example.palantirfoundry.com:8443",
        "example.palantirfoundry.com/": "https://example.palantirfoundry.com",
        "example.palantirfoundry.com/prefix": "https://example.palantirfoundry.com/prefix",
        "https://example.palantirfoundry.com": "https://example.palantirfoundry.com",
        "HTTPS://example.palantirfoundry.com/": "https://example.palantirfoundry.com",
        "https://example.palantirfoundry.com/a/b//": "https://example.palantirfoundry.com/a/b",
        "foundry": "https://foundry",
        "192.0.2.1": "https://192.0.2.1",
        "https://[2001:db8::1]:8443": "https://[2001:db8::1]:8443",
        "localhost": "https://localhost",
        "http://localhost:8080": "http://localhost:8080",
        "http://127.0.0.1:8080/prefix": "http://127.0.0.1:8080/prefix",
        "http://127.8.9.10": "http://127.8.9.10",
        "http://[::1]:8080": "http://[::1]:8080",
    }.items():
        url = str(wire.sent(hostname, auth="a").url)
        assert url == f"{base}/api/v2/checkpoints/records/{RIDS[0]}?preview=true", hostname


@pytest.mark.parametrize(
    ("hostname", "hint"),
    [
        ("", "FOUNDRY_HOSTNAME"),
        ("   ", "FOUNDRY_HOSTNAME"),
        *((wrong, "must be a string") for wrong in (5, b"example.com", httpx.URL("https://example.com"))),
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
        ("https://example.com?preview=false", r"\?"),
        ("https://example.com/a#b", r"#"),
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
def test_a_hostname_that_cant_work_is_rejected(hostname: Any, hint: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(ConfigurationError, match=hint):
        CheckpointsClient(hostname, auth="a")


@both
def test_a_password_in_the_hostname_isnt_repeated(make: Any) -> None:
    """A URL with credentials is rejected without showing them."""
    with pytest.raises(ConfigurationError) as caught:
        make("https://user:s3cr3t@example.com", auth="a")
    assert "s3cr3t" not in str(caught.value)


@both
def test_without_a_hostname_the_message_says_what_to_set(make: Any) -> None:
    """It names the argument and the variable."""
    with pytest.raises(ConfigurationError, match=r"hostname=.*FOUNDRY_HOSTNAME"):
        make(auth="a")


# The credentials


def test_arguments_come_before_the_environment(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments, the client takes the hostname and the token of the environment."""
    monkeypatch.setenv("FOUNDRY_HOSTNAME", "from-environment.example")
    monkeypatch.setenv("FOUNDRY_TOKEN", "token-from-environment\n")
    request = wire.sent(None)
    assert request.url.host == "from-environment.example"
    assert request.headers["authorization"] == "Bearer token-from-environment"
    monkeypatch.setenv("FOUNDRY_HOSTNAME", "http://not-allowed.example")
    request = wire.sent(HOST, auth="given")
    assert request.url.host == HOST
    assert request.headers["authorization"] == "Bearer given"


def test_a_token_file_is_read_for_each_request(wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A sidecar can replace the token of `FOUNDRY_TOKEN_FILE`; a token in the environment comes before it."""
    path = tmp_path / "token"
    monkeypatch.setenv("FOUNDRY_TOKEN_FILE", str(path))
    client = CheckpointsClient(HOST, http_client=wire.http)
    for token in ("first", "second"):
        path.write_text(f"{token}\n")
        client.records.get(RIDS[0])
        assert wire.stub.requests[-1].headers["authorization"] == f"Bearer {token}"
    monkeypatch.setenv("FOUNDRY_TOKEN", "third")
    assert wire.sent().headers["authorization"] == "Bearer third"


def test_client_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token, the client exchanges `FOUNDRY_CLIENT_ID` and `FOUNDRY_CLIENT_SECRET` for one."""
    with Emulator(SAMPLES[:1]) as emulator:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
        monkeypatch.setenv("FOUNDRY_CLIENT_ID", emulator.client_id)
        monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", emulator.client_secret)
        with CheckpointsClient() as client:
            assert client.records.get(RIDS[0]) == RECORDS[0]
        assert emulator.token_requests == 1


def test_a_token_comes_before_client_credentials(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both in the environment, the client takes the token."""
    monkeypatch.setenv("FOUNDRY_TOKEN", "a")
    monkeypatch.setenv("FOUNDRY_CLIENT_ID", "b")
    monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", "c")
    assert wire.sent().headers["authorization"] == "Bearer a"
    assert len(wire.stub.requests) == 1


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
    """It names the argument and the variables, also for half of the credentials."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=r"auth=.*FOUNDRY_TOKEN.*FOUNDRY_CLIENT_ID with FOUNDRY_CLIENT_SECRET"):
        make(HOST)


class Bearer:
    """The auth of foundry-platform-sdk: a new token whenever it is requested."""

    def __init__(self) -> None:
        self.count = 0

    def get_token(self) -> Any:
        self.count += 1
        return SimpleNamespace(access_token=f"token-{self.count}")


def test_auth_comes_in_many_kinds(wire: Wire) -> None:
    """A string, a callable, a `TokenAuth`, any httpx auth, and those of the two other libraries of the platform."""
    for auth, header in (
        (" a\n", "Bearer a"),
        (lambda: "b", "Bearer b"),
        (TokenAuth("c"), "Bearer c"),
        (httpx.BasicAuth("d", "e"), "Basic ZDpl"),
        (Bearer(), "Bearer token-1"),
        (SimpleNamespace(token="f"), "Bearer f"),
    ):
        assert wire.sent(auth=auth).headers["authorization"] == header


def test_the_auth_of_another_library_is_asked_for_each_request(wire: Wire) -> None:
    """Such a token can change at any time."""
    client = CheckpointsClient(HOST, auth=Bearer(), http_client=wire.http)
    for number in (1, 2):
        client.records.get(RIDS[0])
        assert wire.stub.requests[-1].headers["authorization"] == f"Bearer token-{number}"


@both
@pytest.mark.parametrize("auth", ["", "  ", "Bearer a", "a b", "ä", "a\x00", 5, ("a", "b"), b"a"], ids=repr)
def test_auth_that_cant_work_is_rejected(make: Any, auth: Any) -> None:
    """A token that no service issues is rejected when the client is created."""
    with pytest.raises(ConfigurationError, match="token"):
        make(HOST, auth=auth)


# The HTTP client


def test_an_http_client_of_the_caller_is_used_unchanged() -> None:
    """Its own headers and parameters go with each request."""
    wire = Wire(headers={"X-Team": "security"}, params={"team": "security"})
    with wire.http:
        request = wire.sent(auth="a")
    assert request.headers["x-team"] == "security"
    assert dict(request.url.params) == {"team": "security", "preview": "true"}


@pytest.mark.parametrize(
    "options", [{"auth": ("user", "password")}, {"headers": {"Authorization": "Custom own"}}], ids=["auth", "header"]
)
def test_an_http_client_of_the_caller_can_bring_the_credentials(options: Any) -> None:
    """If it authenticates automatically, `auth` isn't needed; a given one replaces its own."""
    wire = Wire(**options)
    with wire.http:
        assert wire.sent().headers["authorization"].startswith(("Basic", "Custom own"))
        assert wire.sent(auth="a").headers["authorization"] == "Bearer a"


@both
def test_an_http_client_of_another_kind_is_rejected(make: Any) -> None:
    """The message says which kind it must be."""
    kind = HTTP_CLIENTS[make]
    (other,) = {*HTTP_CLIENTS.values()} - {kind}
    for wrong in (other(), httpx, object()):
        with pytest.raises(ConfigurationError, match=rf"http_client must be an httpx\.{kind.__name__}"):
            make(HOST, auth="a", http_client=wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("SSL_CERT_DIR", "/nowhere"),
        ("HTTPS_PROXY", "http://user:s3cr3t@proxy.example:99999"),
        ("https_proxy", "http://user:s3cr3t@"),
        ("ALL_PROXY", "ftp://user:s3cr3t@proxy.example"),
    ],
)
def test_an_environment_that_cant_work_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The message names the variable, and shows no password of a proxy."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name.upper()) as caught:
        CheckpointsClient(HOST, auth="a")
    assert "s3cr3t" not in str(caught.value)


# The limits


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
    """A number is for each step, but at most 5 s to connect; an `httpx.Timeout` says all."""
    assert wire.sent(auth="a", timeout=timeout).extensions["timeout"] == sent


def test_timeouts_are_finite_by_default() -> None:
    """A request has 5 s to connect and 30 s for each other step, unless the caller's HTTP client says otherwise."""
    stub = Stub(SAMPLES[0])
    with answered(stub) as records:
        records.get(RIDS[0])
    assert stub.requests[0].extensions["timeout"] == {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}
    wire = Wire(timeout=httpx.Timeout(7, connect=9))
    with wire.http:
        assert wire.sent(auth="a").extensions["timeout"] == {"connect": 9, "read": 7, "write": 7, "pool": 7}
        assert wire.sent(auth="a", timeout=2).extensions["timeout"]["read"] == 2


async def _coroutine(entry: object) -> None:
    """Is what nobody would await."""


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("timeout", [0, -1, float("nan"), "5"]),
        ("total_timeout", [0, -1, float("nan"), "5"]),
        ("retry", [-1, None, "3", True]),
        ("max_concurrency", [0, -1, 1.5, "8", True]),
        ("max_body_size", [0, -1, None]),
        ("user_agent", ["a\r\nb", "ä", ""]),
        ("on_drift", [5, "print", _coroutine]),
    ],
)
def test_an_option_that_cant_work_is_rejected(option: str, values: list[Any]) -> None:
    """Both clients reject it when they are created, by its name."""
    for make in BOTH:
        for value in values:
            with pytest.raises(ConfigurationError, match=option):
                make(HOST, auth="a", **{option: value})


@pytest.mark.parametrize(
    ("retry", "attempts"),
    [(0, 1), (RetryPolicy(max_retries=0), 1), (RetryPolicy(2, 0.001), 3)],
    ids=["number", "none", "policy"],
)
def test_retry_says_how_often(retry: Any, attempts: int) -> None:
    """0 means one attempt; a policy says more."""
    stub = Stub({}, status=503)
    with answered(stub, FakeTime(), retry=retry) as records, pytest.raises(ServiceUnavailableError) as caught:
        records.get(RIDS[0])
    assert caught.value.attempts == len(stub.requests) == attempts


def test_the_user_agent_names_library_api_and_python(wire: Wire) -> None:
    """The caller can add to it, not replace it."""
    version, api_version = foundry_checkpoints.__version__, foundry_checkpoints.__api_version__
    python = ".".join(platform.python_version_tuple()[:2])
    own = f"foundry-checkpoints/{version} (API {api_version}) python/{python}"
    assert wire.sent(auth="a").headers["user-agent"] == own
    assert wire.sent(auth="a", user_agent="siem-export/2.1").headers["user-agent"] == f"{own} siem-export/2.1"
