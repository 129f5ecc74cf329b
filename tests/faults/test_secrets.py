"""No token, client secret, or cookie shows anywhere: not in errors, tracebacks, logs, reprs, or pickles."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest

import foundry_checkpoints
from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    CheckpointsError,
    ClientCredentialsAuth,
    ConfigurationError,
    TokenAuth,
)
from foundry_checkpoints.emulator import Emulator, Fault
from tests.faults.wire import Wire, hang, http, say
from tests.faults.worlds import EVERY_CALL, HOST, RECORD, RID, Script, World, get, search, sound
from tests.worlds import Handler

# httpx leaves the generators below it to the garbage collector when it stops in the middle of a body.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'http(x|core):ResourceWarning")

TOKEN = "t0k3n-of-a-person"
CLIENT_SECRET = "cl13nt+s3cr3t/of=a%service"
ACCESS_TOKEN = "acc3ss-t0k3n-of-a-service"
COOKIE = "c00kie-of-a-session"
SECRETS = (TOKEN, CLIENT_SECRET, quote_plus(CLIENT_SECRET), ACCESS_TOKEN, COOKIE)

OURS = Path(foundry_checkpoints.__file__).parent


def service_auth() -> ClientCredentialsAuth:
    return ClientCredentialsAuth("client-id", CLIENT_SECRET)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error with all that caused it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def frames(error: BaseException) -> Iterator[FrameType]:
    """Yield the frames of this library that an error went through."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if OURS in Path(frame.f_code.co_filename).parents:
            yield frame


def leaks(error: BaseException) -> list[str]:
    """Return where a secret shows in an error: its texts, state, traceback, pickle, and the locals of our frames.

    Each local must have a repr, half-made objects included: a debugger shows them.
    """
    texts = {
        "text": str(error),
        "repr": repr(error),
        "state": repr(error.args) + repr(vars(error)),
        "traceback": "".join(traceback.format_exception(error)),
        "pickle": repr(pickle.dumps(error)) if isinstance(error, CheckpointsError) else "",
    }
    for link in chain(error):
        for frame in frames(link):
            place = f"{frame.f_code.co_name}, line {frame.f_lineno}"
            texts |= {f"{name} in {place}": repr(value) for name, value in frame.f_locals.items()}
    return [where for where, text in texts.items() if any(secret in text for secret in SECRETS)]


def granted(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"access_token": ACCESS_TOKEN, "expires_in": 3600})


def echo(request: httpx.Request) -> httpx.Response:
    """Answer as a gateway that shows the whole request to those who debug it."""
    authorization = request.headers.get("Authorization", "")
    seen = [f"{name}: {value}" for name, value in request.headers.items()] + [request.content.decode()]
    body = f"<pre>{' '.join(seen)}</pre> {authorization.removeprefix('Bearer ')}".encode()
    headers = {"X-Echo": authorization, "X-Token": authorization.removeprefix("Bearer ")}
    return httpx.Response(418, content=body, headers=headers)


def echo_as_json(request: httpx.Request) -> httpx.Response:
    """Answer so in the form of a documented error."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    body = {
        "errorCode": token,
        "errorName": f"Bad {token}",
        "errorInstanceId": token,
        "errorDescription": f"the token {token}, or {token}, was refused",
        "parameters": {"token": token, token: [token, {"headers": dict(request.headers)}]},
    }
    return httpx.Response(403, json=body)


def raising(error: Exception) -> Handler:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error

    return handler


ELSEWHERE = f"https://other.example/?state={COOKIE}"
API_FAULTS: dict[str, Handler] = {
    "refusal": lambda _: httpx.Response(401),
    "redirect": lambda _: httpx.Response(302, headers={"Location": ELSEWHERE}, html=f'<a href="{ELSEWHERE}">Moved</a>'),
    "no JSON": lambda _: httpx.Response(200, content=b"<html>"),
    "wrong shape": lambda _: httpx.Response(200, json={"rid": 5}),
    "network": raising(httpx.ConnectError("refused")),
    "timeout": raising(httpx.ReadTimeout("slow")),
    "header refused": raising(httpx.LocalProtocolError(f"Illegal header value b'Bearer {TOKEN}'")),
    "echo": echo,
    "echo as JSON": echo_as_json,
    "cookies": lambda _: httpx.Response(403, headers=[("Set-Cookie", f"sid={COOKIE}"), ("Set-Cookie", f"b={COOKIE}")]),
}


@pytest.mark.parametrize("kind", ["token", "callable", "service"])
def test_no_error_of_the_api_shows_a_secret(kind: str, world: World, log: pytest.LogCaptureFixture) -> None:
    """No line of the log does either, at any level, even if a gateway returns what it received."""
    auth: Any = {"token": TOKEN, "callable": lambda: TOKEN, "service": service_auth()}[kind]

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return granted(request)
        return API_FAULTS[request.headers["X-B3-TraceId"]](request)

    asks = [partial(_traced, name) for name in API_FAULTS]
    errors = world.outcomes(asks, handler=handler, auth=auth, retry=0)
    assert {name: found for name, error in zip(API_FAULTS, errors, strict=True) if (found := leaks(error))} == {}
    assert not any(secret in log.text for secret in SECRETS)


def _traced(name: str, records: Any) -> Any:
    return records.get(RID, trace_id=name)


def echo_form(status: int) -> Handler:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            status,
            json={"error": f"unknown client {CLIENT_SECRET}", "error_description": request.content.decode()},
            headers={"X-Echo": request.content.decode(), "X-Secret": CLIENT_SECRET},
        )

    return handler


TOKEN_FAULTS: dict[str, Handler] = {
    "refusal": lambda _: httpx.Response(401, json={"error": "invalid_client"}),
    "redirect": lambda request: httpx.Response(
        307, headers={"Location": f"https://other.example/?{request.content.decode()}"}, content=request.content
    ),
    "not JSON": lambda request: httpx.Response(200, content=request.content),
    "network": raising(httpx.ConnectError("refused")),
    "a token of two lines": lambda _: httpx.Response(200, json={"access_token": f"{ACCESS_TOKEN}\n{ACCESS_TOKEN}"}),
    "a token in vain": lambda _: httpx.Response(500, json={"access_token": ACCESS_TOKEN}),
    "a token in a list": lambda _: httpx.Response(200, json={"access_token": [ACCESS_TOKEN]}),
    "no number": lambda _: httpx.Response(200, json={"access_token": "\x00", "expires_in": ACCESS_TOKEN}),
    "nesting": lambda _: httpx.Response(200, content=f'{{"access_token": "{ACCESS_TOKEN}"'.encode() + b"[" * 100_000),
    "echo 400": echo_form(400),
    "echo 200": echo_form(200),
    "echo 503": echo_form(503),
}


def test_no_error_of_the_token_endpoint_shows_a_secret(world: World, log: pytest.LogCaptureFixture) -> None:
    """It shows neither the secret that was sent nor a token that came back."""
    for name, handler in TOKEN_FAULTS.items():
        error = world.errors(get, handler=handler, auth=service_auth())
        assert (name, leaks(error)) == (name, [])
    assert not any(secret in log.text for secret in SECRETS)


def test_no_error_of_a_revocation_shows_a_secret(world: World, log: pytest.LogCaptureFixture) -> None:
    """It doesn't name the token that stays valid."""
    for name in ("network", "echo 400", "echo 503", "redirect"):

        def handler(request: httpx.Request, name: str = name) -> httpx.Response:
            if request.url.path.endswith("/revoke_token"):
                return TOKEN_FAULTS[name](request)
            return granted(request) if request.url.path.endswith("/token") else sound(request)

        auth = ClientCredentialsAuth("client-id", CLIENT_SECRET, revoke_on_close=True)
        with pytest.raises(CheckpointsError) as caught:
            world.run(get, handler=handler, auth=auth)
        assert (name, leaks(caught.value)) == (name, [])
    assert not any(secret in log.text for secret in SECRETS)


REJECTED: dict[str, Callable[[], object]] = {
    "a token of two lines": lambda: CheckpointsClient(HOST, auth=f"{TOKEN}\n{TOKEN}"),
    "a token in bytes": lambda: CheckpointsClient(HOST, auth=TOKEN.encode()),
    "a pair": lambda: AsyncCheckpointsClient(HOST, auth=("user", TOKEN)),
    "a lone surrogate": lambda: AsyncCheckpointsClient(HOST, auth=f"{TOKEN}\ud800"),
    "a TokenAuth": lambda: TokenAuth(f"Bearer {TOKEN}"),
    "a secret of two lines": lambda: ClientCredentialsAuth("id", f"{CLIENT_SECRET}\n"),
    "a secret that is no text": lambda: ClientCredentialsAuth("id", [CLIENT_SECRET]),  # type: ignore[arg-type]
    "a secret with a lone surrogate": lambda: ClientCredentialsAuth("id", f"{CLIENT_SECRET}\ud800"),
    "no id": lambda: ClientCredentialsAuth("", CLIENT_SECRET),
    "no hostname": lambda: CheckpointsClient("", auth=TOKEN),
    "plain http": lambda: CheckpointsClient("http://foundry.example", auth=TOKEN),
    "a timeout": lambda: CheckpointsClient(HOST, auth=TOKEN, timeout=-1),
}


def test_credentials_that_are_rejected_are_not_shown() -> None:
    """They are neither in the error nor in the locals of the constructor that failed."""
    for name, construct in REJECTED.items():
        with pytest.raises(ConfigurationError) as caught:
            construct()
        assert (name, leaks(caught.value)) == (name, [])


@pytest.mark.parametrize("variable", ["FOUNDRY_TOKEN", "FOUNDRY_CLIENT_SECRET"])
def test_credentials_of_the_environment_are_not_shown(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same holds for the environment."""
    monkeypatch.setenv("FOUNDRY_CLIENT_ID", "id")
    monkeypatch.setenv(variable, f"{TOKEN}\n{TOKEN}")
    with pytest.raises(ConfigurationError) as caught:
        CheckpointsClient(HOST)
    assert leaks(caught.value) == []


def test_a_token_of_a_callable_that_is_rejected_is_not_shown(world: World, log: pytest.LogCaptureFixture) -> None:
    """This happens in the middle of a call."""
    error = world.errors(get, handler=sound, auth=lambda: f"{TOKEN}\n{TOKEN}")
    assert leaks(error) == []
    assert TOKEN not in log.text


def test_a_call_that_works_logs_no_secret(world: World, log: pytest.LogCaptureFixture) -> None:
    """This holds at DEBUG, for this library and those below it, over real HTTP."""
    with Emulator([RECORD], client_id="client-id", client_secret=CLIENT_SECRET) as emulator:
        for auth in (emulator.token, service_auth()):
            for outcome in world.outcomes(EVERY_CALL.values(), emulator.hostname, auth=auth):
                assert not isinstance(outcome, Exception)
        tokens = {request.headers.get("authorization", "Bearer none")[7:] for request in emulator.requests}
    assert len(log.records) > 0
    assert not any(secret in log.text for secret in tokens | {CLIENT_SECRET, quote_plus(CLIENT_SECRET)})


def test_retries_and_renewals_log_no_secret(world: World, log: pytest.LogCaptureFixture) -> None:
    """What goes wrong on the way doesn't either."""
    faults = [Fault.reset(), Fault.expire_token(), Fault.status(503, headers={"Set-Cookie": f"sid={COOKIE}"})]
    with Emulator([RECORD], client_id="client-id", client_secret=CLIENT_SECRET, faults=faults) as emulator:
        world.run(get, emulator.hostname, auth=service_auth())
        tokens = {request.headers.get("authorization", "Bearer none")[7:] for request in emulator.requests}
    ours = "".join(record.getMessage() for record in log.records if record.name.startswith("foundry_checkpoints"))
    assert not any(secret in log.text for secret in tokens | {CLIENT_SECRET, quote_plus(CLIENT_SECRET)})
    assert COOKIE not in ours


def test_no_repr_shows_a_secret() -> None:
    """Everything that holds one is checked, at any depth."""
    for auth in (TOKEN, TokenAuth(TOKEN), lambda: TOKEN, service_auth()):
        with CheckpointsClient(HOST, auth=auth) as client:
            things = [client, client.records, client.records.search(), *_inside(client), *_inside(client.records)]
        shown = "".join(f"{thing!r} {thing!s} {thing:}" for thing in things)
        assert not any(secret in shown for secret in SECRETS)


def _inside(thing: object, depth: int = 4) -> Iterator[object]:
    """Yield what an object of ours holds, and what that holds."""
    if depth and type(thing).__module__.startswith("foundry_checkpoints"):
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ()) if name != "reveal"]
        for value in [*getattr(thing, "__dict__", {}).values(), *(getattr(thing, name, None) for name in slots)]:
            yield value
            yield from _inside(value, depth - 1)


def test_credentials_are_not_pickled() -> None:
    """The error says what to do instead."""
    for auth in (TokenAuth(TOKEN), TokenAuth(str), service_auth()):
        for clone in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match=r"pickle"):
                clone(auth)


# Other hosts


def test_nothing_reaches_the_host_that_a_redirect_names(world: World) -> None:
    """The client doesn't even connect to it."""
    statuses = [301, 302, 303, 307, 308]
    with Wire(say(http(json.dumps({"data": []}).encode()))) as other:
        where = f"Location: {other.hostname}/elsewhere"
        with Wire(*(say(http(b"", where, status=f"{status} Moved")) for status in statuses * 2)) as server:
            errors = world.outcomes([get, search] * len(statuses), server.hostname, auth=TOKEN)
            assert len(server.requests) == 2 * len(statuses)
        assert other.connections == 0
    assert [leaks(error) for error in errors] == [[]] * 2 * len(statuses)


def test_an_http_client_that_follows_redirects_does_not_follow_ours(world: World) -> None:
    """In everything else, the client uses a client of the caller's own unchanged."""
    for ask in (get, search):
        script = Script(*[httpx.Response(307, headers={"Location": "https://other.example/elsewhere"})] * 9)
        world.errors(ask, handler=script, auth=TOKEN)
        assert [request.url.host for request in script.requests] == ["foundry.example"]


def test_a_proxy_learns_no_token_of_an_https_request(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sees where the tunnel leads and its own password, which no error shows."""
    with Wire(say(http(b"", status="407 Proxy Authentication Required"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.hostname.replace("://", f"://user:{COOKIE}@"))
        error = world.errors(get, "https://foundry.example", auth=TOKEN)
        heads = [request.head for request in proxy.requests]
    assert all(head.startswith(b"CONNECT foundry.example:443 ") for head in heads)
    assert heads
    assert not any(TOKEN.encode() in head or b"uthorization: Bearer" in head for head in heads)
    assert leaks(error) == []


UNUSABLE_PROXIES = [
    *(f"http://alice:{COOKIE}{mark}x@127.0.0.1:3128" for mark in "/#?"),
    f"alice:{COOKIE}/x@127.0.0.1:3128",
    f"http://alice:{COOKIE}@127.0.0.1:99999",
    f"http://alice:{COOKIE}@127.0.0.1:{COOKIE}",
    f"http://alice:{COOKIE}@",
    f"nonsense://alice:{COOKIE}@proxy.example",
    f"socks5://alice:{COOKIE}@proxy.example:1080",
]


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_that_cannot_be_used_is_not_shown(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the constructor names the variable, not its value."""
    for url in UNUSABLE_PROXIES:
        monkeypatch.setenv(variable, url)
        for kind in (CheckpointsClient, AsyncCheckpointsClient):
            with pytest.raises(ConfigurationError, match=variable.upper()) as caught:
                kind(HOST, auth=TOKEN)
            assert (url, leaks(caught.value)) == (url, [])


def test_a_password_in_the_hostname_is_not_shown() -> None:
    """The error doesn't repeat the hostname."""
    for hostname in (f"https://user:{TOKEN}@foundry.example", f"https://{TOKEN} {TOKEN}/", f"ftp://x/?{TOKEN}"):
        with pytest.raises(ConfigurationError) as caught:
            CheckpointsClient(hostname, auth=TOKEN)
        assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_nothing_is_sent_in_the_clear_beyond_loopback() -> None:
    """The constructor rejects it, whatever the letter case or the form of the address."""
    for hostname in ("http://foundry.example", "HTTP://FOUNDRY.example", "http://10.0.0.1", "http://127.0.0.1.example"):
        with pytest.raises(ConfigurationError, match="loopback"):
            CheckpointsClient(hostname, auth=TOKEN)


def test_no_more_than_needed_is_sent(world: World) -> None:
    """A request has these headers and no others, and no secret in its URL."""
    script = Script()
    world.run(search, handler=script, auth=TOKEN)
    (request,) = script.requests
    assert {name.lower() for name in request.headers} == {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-b3-traceid",
    }
    assert TOKEN not in str(request.url)


def test_an_error_holds_no_request(world: World) -> None:
    """A pickle of it goes to another process without the filter, the token, or the connection."""
    with Wire(hang()) as server:
        error = world.errors(
            lambda records: records.get_batch(["ri.confidential"]), server.hostname, timeout=0.05, retry=0, auth=TOKEN
        )
    assert b"ri.confidential" not in pickle.dumps(error)
    assert leaks(error) == []
