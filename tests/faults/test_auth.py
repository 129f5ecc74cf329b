"""Authentication: bearer tokens and OAuth 2.0 client credentials, when everything around them goes wrong."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import parse_qs

import anyio
import httpx
import pytest

from foundry_checkpoints import (
    AsyncCheckpointsClient,
    CheckpointsClient,
    ClientCredentialsAuth,
    ConfigurationError,
    InternalServerError,
    NetworkError,
    NotFoundError,
    RedirectError,
    TokenAuth,
    TokenRequestError,
    UnauthorizedError,
)
from foundry_checkpoints.emulator import Emulator, Fault
from tests.faults.wire import BOMB, Wire, http, say
from tests.faults.worlds import QUICK, RECORD, RID, TOKEN, Script, World, get, search, sound
from tests.worlds import FakeTime, Handler

SECRET = "s3cr3t-of-the-client"


def credentials(**options: Any) -> ClientCredentialsAuth:
    """Those of the emulator."""
    return ClientCredentialsAuth("emulator-client", SECRET, **options)


@pytest.fixture
def foundry() -> Iterator[Emulator]:
    """An emulator that knows `credentials`."""
    with Emulator([RECORD], client_secret=SECRET) as emulator:
        yield emulator


def tokens_of(requests: list[httpx.Request]) -> list[str]:
    return [request.headers["Authorization"].removeprefix("Bearer ") for request in requests]


# A bearer token

BAD_TOKENS: dict[str, Any] = {
    "empty": "",
    "white space": " \t\r\n",
    "with Bearer": f"Bearer {SECRET}",
    "with bearer": f"bearer {SECRET}",
    "two words": f"{SECRET} {SECRET}",
    "two lines": f"{SECRET}\n{SECRET}",
    "header injection": f"{SECRET}\r\nX-Evil: 1",
    "control character": f"{SECRET}\x00",
    "delete": f"{SECRET}\x7f",
    "not ASCII": f"{SECRET}é",
    "lone surrogate": f"{SECRET}\ud800",
    "bytes": SECRET.encode(),
    "None": None,
    "a pair": ("user", SECRET),
    "a number": 5,
}


def test_white_space_around_a_token_is_stripped(sync: World) -> None:
    """A token read from a file ends with a newline; given directly or by a callable, it is sent without."""
    for token in ("abc", " abc", "abc\n", "\tabc\r\n"):
        for auth in (token, TokenAuth(token), lambda token=token: token):
            script = Script()
            sync.run(get, handler=script, auth=auth)
            assert tokens_of(script.requests) == ["abc"]


def test_a_token_that_cannot_work_is_rejected_without_being_shown() -> None:
    """The constructor raises, and the message says what is wrong."""
    for token in BAD_TOKENS.values():
        with pytest.raises(ConfigurationError, match="token") as caught:
            TokenAuth(token)
        assert SECRET not in str(caught.value)


def test_a_callable_that_returns_such_a_token_sends_nothing(sync: World) -> None:
    """The call ends in a ConfigurationError, and isn't retried."""
    for token in BAD_TOKENS.values():
        script = Script()
        error = sync.errors(get, handler=script, auth=lambda token=token: token)
        assert (type(error), error.attempts, script.requests) == (ConfigurationError, 1, [])
        assert SECRET not in str(error)


def test_a_token_that_the_service_rejects_is_not_tried_again(world: World, emulator: Emulator) -> None:
    """A fixed token stays wrong."""
    error = world.errors(get, emulator.hostname, auth="wrong")
    assert (type(error), error.attempts, len(emulator.requests)) == (UnauthorizedError, 1, 1)


def counting() -> tuple[list[str], Callable[[], str]]:
    """Return the tokens given so far, and a callable that gives a new one each time."""
    given: list[str] = []

    def token() -> str:
        given.append(f"token-{len(given) + 1}")
        return given[-1]

    return given, token


def test_a_callable_is_called_for_each_request(world: World) -> None:
    """Retries count too: a token can change at any time."""
    given, token = counting()
    script = Script(httpx.Response(503))
    world.outcomes([get, get], handler=script, auth=token)
    assert tokens_of(script.requests) == given == ["token-1", "token-2", "token-3"]


def test_a_callable_is_called_again_after_a_401(world: World) -> None:
    """The client uses its next token at once."""
    given, token = counting()
    script = Script(httpx.Response(401))
    assert world.run(get, handler=script, auth=token, retry=0).rid == RID
    assert tokens_of(script.requests) == given == ["token-1", "token-2"]


def test_a_second_401_is_the_error(sync: World) -> None:
    """Another token of the callable can't help then."""
    given, token = counting()
    error = sync.errors(get, handler=Script(*[httpx.Response(401)] * 9), auth=token)
    assert (type(error), error.attempts, len(given)) == (UnauthorizedError, 2, 2)


def test_a_401_uses_up_no_retry(world: World) -> None:
    """A renewal leaves the faults all their attempts, and happens once in a call."""
    _, token = counting()
    answers = [httpx.Response(status) for status in (503, 401, 503)]
    assert world.run(get, handler=Script(*answers), auth=token).rid == RID
    again = [httpx.Response(status) for status in (401, 503, 401)]
    assert type(world.errors(get, handler=Script(*again), auth=token)) is UnauthorizedError


def test_a_callable_that_raises_is_retried(world: World) -> None:
    """The vault that it asks can be back for the next attempt; if it isn't, its own error is the cause."""
    sealed = LookupError("the vault is sealed")
    tokens: Iterator[Any] = iter([sealed, TOKEN, *[sealed] * 3, TOKEN])

    def token() -> str:
        if isinstance(found := next(tokens), Exception):
            raise found
        return str(found)

    first, second, third = world.outcomes([get] * 3, handler=sound, auth=token)
    assert (first.rid, third.rid) == (RID, RID)
    assert (type(second), second.__cause__, second.attempts) == (TokenRequestError, sealed, 3)
    assert "LookupError" in str(second)


def test_any_httpx_auth_will_do(sync: World) -> None:
    """Another identity provider has one of its own."""
    script = Script()
    sync.run(get, handler=script, auth=httpx.BasicAuth("user", "word"))
    assert script.requests[0].headers["Authorization"].startswith("Basic ")


# Client credentials: the token request


class Provider:
    """A handler with a token endpoint, which plays its answers, then issues token-1, token-2, and so on."""

    def __init__(self, *answers: httpx.Response | Handler, api: Handler = sound) -> None:
        self.token_requests: list[httpx.Request] = []
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        self._api = api

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/oauth2/token"):
            self.requests.append(request)
            return self._api(request)
        self.token_requests.append(request)
        if not self._answers:
            return granted(f"token-{len(self.token_requests)}")
        answer = self._answers.pop(0)
        return answer if isinstance(answer, httpx.Response) else answer(request)


def granted(token: Any = "token", **fields: Any) -> httpx.Response:
    return httpx.Response(200, json={"access_token": token, "token_type": "bearer", "expires_in": 3600} | fields)


@pytest.mark.parametrize("prefix", ["", "/a/prefix"])
def test_a_token_is_requested_as_the_platform_expects_it(prefix: str, world: World) -> None:
    """The client sends one form to the host of the service, below the same prefix, and no credentials in the URL."""
    provider = Provider()
    world.run(get, f"https://foundry.example{prefix}", handler=provider, auth=credentials(scopes=["one", "two"]))
    (request,) = provider.token_requests
    assert (request.method, str(request.url)) == ("POST", f"https://foundry.example{prefix}/multipass/api/oauth2/token")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["emulator-client"],
        "client_secret": [SECRET],
        "scope": ["one two"],
    }


def test_the_scope_is_that_of_checkpoints(sync: World) -> None:
    """This is the default."""
    provider = Provider()
    sync.run(get, handler=provider, auth=credentials())
    assert parse_qs(provider.token_requests[0].content.decode())["scope"] == ["api:checkpoints-read"]


def test_characters_of_any_kind_in_a_secret_arrive(sync: World) -> None:
    """The form is encoded."""
    provider = Provider()
    sync.run(get, handler=provider, auth=ClientCredentialsAuth("id", "a&b=c+d%e/~"))
    assert parse_qs(provider.token_requests[0].content.decode())["client_secret"] == ["a&b=c+d%e/~"]


def test_credentials_that_cannot_work_are_rejected() -> None:
    """The constructor raises, without showing them."""
    wrong: list[tuple[str, Any]] = [("", SECRET), ("id", ""), ("id", f"{SECRET}\ud800"), ("id", None)]
    for client_id, secret in wrong:
        with pytest.raises(ConfigurationError) as caught:
            ClientCredentialsAuth(client_id, secret)
        assert SECRET not in str(caught.value)


def test_credentials_come_from_the_environment(sync: World, foundry: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client uses them if there is no token."""
    monkeypatch.setenv("FOUNDRY_CLIENT_ID", "emulator-client")
    monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", SECRET)
    assert sync.run(get, foundry.hostname, auth=None).rid == RID
    assert foundry.token_requests == 1


# One token for all


def test_many_threads_fetch_one_token(foundry: Emulator) -> None:
    """They come while the token endpoint takes its time, and wait for the one request."""
    foundry.inject(Fault.delay(0.05, operation="token"))
    with (
        CheckpointsClient(foundry.hostname, auth=credentials(), max_concurrency=8) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        found = list(pool.map(lambda _: client.records.get(RID), range(8)))
    assert {record.rid for record in found} == {RID}
    assert (foundry.token_requests, foundry.request_counts["get"]) == (1, 8)


@pytest.mark.anyio
async def test_many_tasks_fetch_one_token(foundry: Emulator) -> None:
    """The same holds for tasks."""
    foundry.inject(Fault.delay(0.05, operation="token"))
    async with (
        AsyncCheckpointsClient(foundry.hostname, auth=credentials(), max_concurrency=8) as client,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(8):
            tasks.start_soon(client.records.get, RID)
    assert (foundry.token_requests, foundry.request_counts["get"]) == (1, 8)


def test_many_threads_replace_an_expired_token_once(foundry: Emulator) -> None:
    """Each meets a 401 with the old token; all continue with the same new one."""
    with (
        CheckpointsClient(foundry.hostname, auth=credentials(), max_concurrency=8) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        client.records.get(RID)
        foundry.expire_tokens()
        found = list(pool.map(lambda _: client.records.get(RID), range(8)))
    assert {record.rid for record in found} == {RID}
    assert foundry.token_requests == 2


@pytest.mark.anyio
async def test_many_tasks_replace_an_expired_token_once(foundry: Emulator) -> None:
    """The same holds for tasks."""
    async with AsyncCheckpointsClient(foundry.hostname, auth=credentials(), max_concurrency=8) as client:
        await client.records.get(RID)
        foundry.expire_tokens()
        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(client.records.get, RID)
    assert foundry.token_requests == 2


def test_one_instance_serves_all_worlds(foundry: Emulator) -> None:
    """A sync client, two event loops of asyncio, and one of trio share the token."""
    auth = credentials()
    for name in ("sync", "asyncio", "asyncio", "trio"):
        assert World(name).run(get, foundry.hostname, auth=auth).rid == RID
    assert foundry.token_requests == 1


def test_the_token_of_one_host_is_not_sent_to_another(world: World) -> None:
    """Clients of two hosts that share credentials by mistake give neither token nor secret away."""
    auth, first, second = credentials(), Provider(), Provider()
    world.run(get, "https://one.example", handler=first, auth=auth)
    error = world.errors(get, "https://two.example", handler=second, auth=auth)
    assert (type(error), second.requests, second.token_requests) == (ConfigurationError, [], [])


@pytest.mark.anyio
async def test_a_slow_token_endpoint_holds_up_no_other_task() -> None:
    """Meanwhile, another client of the same event loop does its work."""
    is_asked, is_done = anyio.Event(), anyio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            is_asked.set()
            await is_done.wait()
            return granted()
        return sound(request)

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(slow)) as http_client,
        httpx.AsyncClient(transport=httpx.MockTransport(sound)) as other_http_client,
    ):
        client = AsyncCheckpointsClient("foundry.example", auth=credentials(), http_client=http_client)
        other = AsyncCheckpointsClient("foundry.example", auth=TOKEN, http_client=other_http_client)
        with anyio.fail_after(5):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.records.get, RID)
                await is_asked.wait()
                assert (await other.records.get(RID)).rid == RID
                is_done.set()


@pytest.mark.anyio
async def test_who_waits_takes_over_when_the_fetching_task_is_cancelled() -> None:
    """The cancelled request returns no token, so the next task requests one."""
    is_asked = anyio.Event()
    asked: list[httpx.Request] = []

    async def handler(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/token"):
            return sound(request)
        asked.append(request)
        if len(asked) == 1:
            is_asked.set()
            await anyio.sleep_forever()
        return granted()

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http_client:
        client = AsyncCheckpointsClient("foundry.example", auth=credentials(), http_client=http_client)
        with anyio.fail_after(5):
            async with anyio.create_task_group() as tasks:
                with anyio.CancelScope() as scope:
                    tasks.start_soon(_cancel_when, is_asked, scope)
                    await client.records.get(RID)
                assert scope.cancelled_caught
                assert (await client.records.get(RID)).rid == RID
    assert len(asked) == 2


async def _cancel_when(event: anyio.Event, scope: anyio.CancelScope) -> None:
    await event.wait()
    scope.cancel()


# The life of a token


class Clock:
    """Seconds that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_token_is_replaced_before_it_expires(world: World) -> None:
    """The client does so a minute before, or a tenth of a short lifetime; until then, it uses the token."""
    for lifetime, good_for in ((3600, 3540), (600, 540), (100, 90), (10, 9)):
        clock, provider = Clock(), Provider(*[granted(f"token-{n}", expires_in=lifetime) for n in (1, 2)])
        auth = credentials(clock=clock)

        def later(seconds: float, clock: Clock = clock) -> Callable[[Any], Any]:
            def ask(records: Any) -> Any:
                clock.now += seconds
                return get(records)

            return ask

        world.outcomes([later(0), later(good_for - 0.5), later(1), later(0)], handler=provider, auth=auth)
        assert tokens_of(provider.requests) == ["token-1", "token-1", "token-2", "token-2"]


LIFETIMES: dict[str, str] = {
    "absent": "",
    "null": ', "expires_in": null',
    "a text of digits": ', "expires_in": "3600"',
    "a text": ', "expires_in": "soon"',
    "a list": ', "expires_in": [3600]',
    "true": ', "expires_in": true',
    "a fraction": ', "expires_in": 3599.5',
    "beyond all bounds": f', "expires_in": {10**400}',
    "zero": ', "expires_in": 0',
    "negative": ', "expires_in": -5',
}


def test_a_token_whose_lifetime_is_unknown_is_used(sync: World) -> None:
    """The specification only recommends to give one. A 401 ends its life."""
    for name, lifetime in LIFETIMES.items():
        body = f'{{"access_token": "token", "token_type": "bearer"{lifetime}}}'
        provider = Provider(httpx.Response(200, content=body.encode()))
        found = sync.outcomes([get, get, get], handler=provider, auth=credentials())
        assert (name, [record.rid for record in found]) == (name, [RID] * 3)
        assert (name, len(provider.token_requests)) == (name, 1)


def test_an_expired_token_is_replaced_and_the_request_replayed(world: World, foundry: Emulator) -> None:
    """The replay isn't a retry."""
    foundry.inject(Fault.expire_token())
    assert world.run(get, foundry.hostname, auth=credentials(), retry=0).rid == RID
    assert (foundry.token_requests, foundry.request_counts["get"]) == (2, 2)


def test_a_token_that_expires_between_pages_loses_no_record(world: World) -> None:
    """The client requests the page that met the 401 again."""
    pages = [
        httpx.Response(200, json={"data": [RECORD], "nextPageToken": "second"}),
        httpx.Response(401),
        httpx.Response(200, json={"data": [{**RECORD, "rid": f"{RID}-second"}]}),
    ]
    provider = Provider(api=Script(*pages))
    found = world.run(search, handler=provider, auth=credentials())
    assert [record.rid for record in found] == [RID, f"{RID}-second"]
    assert tokens_of(provider.requests) == ["token-1", "token-1", "token-2"]


def test_a_second_401_with_a_new_token_is_the_error(world: World, foundry: Emulator) -> None:
    """The token wasn't too old, then."""
    foundry.inject(Fault.status(401, times=None))
    error = world.errors(get, foundry.hostname, auth=credentials())
    assert (type(error), error.attempts) == (UnauthorizedError, 2)
    assert (foundry.token_requests, foundry.request_counts["get"]) == (2, 2)


# Failures of the token endpoint


def test_a_token_request_is_retried_under_the_same_policy(world: World, foundry: Emulator) -> None:
    """The third attempt returns a token, and the client sends one request to the API."""
    for fault in (
        Fault.status(503, operation="token", times=2),
        Fault.status(408, operation="token", times=2),
        Fault.status(429, operation="token", times=2),
        Fault.status(500, operation="token", times=2, body="<html>"),
        Fault.reset(operation="token", times=2),
        Fault.reset(mid_body=True, operation="token", times=2),
        Fault.truncate(operation="token", times=2),
    ):
        foundry.clear()
        foundry.inject(fault)
        assert world.run(get, foundry.hostname, auth=credentials()).rid == RID
        assert (fault.name, foundry.token_requests, foundry.request_counts["get"]) == (fault.name, 3, 1)


def test_a_token_request_waits_for_retry_after(world: World, foundry: Emulator) -> None:
    """It does so like any other request."""
    time = FakeTime()
    foundry.inject(Fault.status(429, operation="token", headers={"Retry-After": "7"}))
    assert World(world.name, time).run(get, foundry.hostname, auth=credentials()).rid == RID
    assert time.waits[0] == 7


def test_the_hint_not_to_retry_counts_for_a_token_request(sync: World, foundry: Emulator) -> None:
    """Its letter case doesn't matter."""
    foundry.inject(Fault.status(503, operation="token", headers={"QOS-Retry-Hint": "DO-NOT-RETRY"}))
    assert sync.errors(get, foundry.hostname, auth=credentials()).attempts == 1


def test_a_token_endpoint_that_stays_down_is_a_token_request_error(world: World, foundry: Emulator) -> None:
    """It has the status, the Retry-After, and the number of attempts; the client sends nothing to the API."""
    foundry.inject(Fault.status(503, operation="token", headers={"Retry-After": "0"}, times=None))
    error = world.errors(get, foundry.hostname, auth=credentials())
    assert type(error) is TokenRequestError
    assert (error.status_code, error.error_code, error.retry_after, error.attempts) == (503, None, 0, 3)
    assert "503" in str(error)
    assert foundry.request_counts["get"] == 0


def test_wrong_credentials_are_named_by_their_oauth_error_code(world: World, foundry: Emulator) -> None:
    """The caller can read which of them to correct, and the client doesn't retry."""
    error = world.errors(get, foundry.hostname, auth=ClientCredentialsAuth("emulator-client", "wrong-secret"))
    assert type(error) is TokenRequestError
    assert (error.status_code, error.error_code, error.attempts) == (401, "invalid_client", 1)
    assert "invalid_client" in str(error)
    assert "wrong-secret" not in str(error)


def test_every_oauth_error_code_is_kept(sync: World) -> None:
    """It is `error_code`, and in the message."""
    for code in (
        *("invalid_request", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"),
    ):
        error = sync.errors(get, handler=Provider(httpx.Response(400, json={"error": code})), auth=credentials())
        assert (type(error), error.error_code, error.status_code) == (TokenRequestError, code, 400)
        assert code in str(error)


NO_TOKENS: dict[str, httpx.Response] = {
    "HTML": httpx.Response(200, html="<html>Log in</html>"),
    "empty": httpx.Response(200),
    "null": httpx.Response(200, content=b"null"),
    "list": httpx.Response(200, json=["token"]),
    "no token": httpx.Response(200, json={"token_type": "bearer"}),
    "a number": granted(5),
    "an empty token": granted(""),
    "a token of two lines": granted("a\nb"),
    "a token beyond ASCII": granted("tökén"),
    "deep": httpx.Response(200, content=b"[" * 100_000),
    "binary": httpx.Response(200, content=bytes(range(256))),
    "an error without a code": httpx.Response(400, html="<html>"),
    "an error of another shape": httpx.Response(400, json={"error": {"code": 5}}),
    "an unknown status": httpx.Response(299, json={}),
}


def test_an_answer_without_a_usable_token_is_a_token_request_error(sync: World) -> None:
    """Whatever it is, the error is one line that says what is missing."""
    for name, answer in NO_TOKENS.items():
        provider = Provider(*[lambda _, answer=answer: httpx.Response(answer.status_code, content=answer.content)] * 9)
        error = sync.errors(get, handler=provider, auth=credentials())
        assert (name, type(error), error.status_code) == (name, TokenRequestError, answer.status_code)
        assert str(error).isascii()
        assert str(error).isprintable()
        assert provider.requests == []


def test_white_space_around_an_access_token_is_stripped(sync: World) -> None:
    """It can't be in a header."""
    provider = Provider(granted(" token\n"))
    sync.run(get, handler=provider, auth=credentials())
    assert tokens_of(provider.requests) == ["token"]


def test_a_token_endpoint_that_cannot_be_reached_is_a_network_error(world: World) -> None:
    """The host itself is down."""
    with Wire(say(b"", close=True)) as server:
        error = world.errors(get, server.hostname, auth=credentials())
    assert (type(error), error.attempts) == (NetworkError, 3)


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body without an end. To read 20 MB of it is too much."""

    def __iter__(self) -> Iterator[bytes]:
        return _pieces()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in _pieces():
            yield piece


def _pieces() -> Iterator[bytes]:
    for _ in range(10):
        yield b" " * 2_000_000
    raise AssertionError("far too much was read")


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # of httpx, where it stops in a body
def test_a_token_endpoint_that_sends_without_end_is_left(world: World) -> None:
    """The client reads up to a limit."""
    for status in (200, 400, 503):
        provider = Provider(*[lambda _, status=status: httpx.Response(status, stream=Endless())] * 9)
        error = world.errors(get, handler=provider, auth=credentials(), retry=0)
        assert isinstance(error, TokenRequestError | NetworkError)


def test_an_answer_of_the_token_endpoint_that_unpacks_without_end_is_left(world: World) -> None:
    """The limit counts what is in memory, not what came over the wire."""
    with Wire(say(http(BOMB, "Content-Encoding: gzip"))) as server:
        tracemalloc.start()
        try:
            error = world.errors(get, server.hostname, auth=credentials(), retry=0)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert isinstance(error, TokenRequestError | NetworkError)
    assert peak < 20_000_000


class Drips(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of which a byte comes every ten seconds. To wait a day for it is too long."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(8640):
            self._clock.now += 10
            yield b" "
        raise AssertionError("a day is over")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # of httpx, where it stops in a body
def test_a_token_that_comes_by_drips_is_not_waited_for_without_end(world: World) -> None:
    """Other threads wait for the same token, and a call can be without a deadline."""
    clock = Clock()
    provider = Provider(lambda _: httpx.Response(200, stream=Drips(clock)))
    error = world.errors(get, handler=provider, auth=credentials(clock=clock), retry=0)
    assert isinstance(error, TokenRequestError | NetworkError)


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # of httpx, where it stops in a body
@pytest.mark.parametrize("status", [200, 400])
def test_a_revocation_endpoint_that_sends_without_end_is_left(status: int, world: World) -> None:
    """The client closes."""

    def api(request: httpx.Request) -> httpx.Response:
        is_revocation = request.url.path.endswith("/revoke_token")
        return httpx.Response(status, stream=Endless()) if is_revocation else sound(request)

    expected: AbstractContextManager[object] = nullcontext() if status == 200 else pytest.raises(TokenRequestError)
    with expected:
        assert world.run(get, handler=Provider(api=api), auth=credentials(revoke_on_close=True)).rid == RID


def test_a_redirect_of_the_token_endpoint_is_not_followed(world: World) -> None:
    """The secret reaches neither the other host nor the first one twice."""
    for status in (301, 302, 307, 308):
        with Wire(say(http(b"{}"))) as other:
            moved = http(b"", f"Location: {other.hostname}/token", status=f"{status} Moved")
            with Wire(say(moved)) as server:
                error = world.errors(get, server.hostname, auth=credentials())
                assert (type(error), error.attempts, error.host) == (RedirectError, 1, "127.0.0.1")
                assert len(server.requests) == 1
            assert other.connections == 0


# Revocation


def revoked(emulator: Emulator) -> list[dict[str, list[str]]]:
    """Return the forms that the revocation endpoint received."""
    return [parse_qs(request.body.decode()) for request in emulator.requests if request.operation == "revoke"]


def sent_tokens(emulator: Emulator) -> list[str]:
    return [
        request.headers["authorization"].removeprefix("Bearer ")
        for request in emulator.requests
        if request.operation == "get"
    ]


def test_a_token_is_revoked_on_close_if_requested(world: World, foundry: Emulator) -> None:
    """The client sends the token with its credentials."""
    world.run(get, foundry.hostname, auth=credentials(revoke_on_close=True))
    (form,) = revoked(foundry)
    assert form["token"] == sent_tokens(foundry)
    assert (form["client_id"], form["client_secret"]) == (["emulator-client"], [SECRET])


def test_no_token_is_revoked_by_default(sync: World, foundry: Emulator) -> None:
    """Another client can still use it."""
    sync.run(get, foundry.hostname, auth=credentials())
    assert revoked(foundry) == []


def test_nothing_is_revoked_without_a_token(world: World, foundry: Emulator) -> None:
    """A client that sent nothing sends nothing when it closes."""
    world.outcomes([], foundry.hostname, auth=credentials(revoke_on_close=True))
    assert foundry.requests == []


def test_revocation_ends_a_token_and_the_next_call_fetches_another(foundry: Emulator) -> None:
    """The second revocation in a row does nothing."""
    auth = credentials()
    with CheckpointsClient(foundry.hostname, auth=auth) as client:
        client.records.get(RID)
        auth.revoke()
        auth.revoke()
        client.records.get(RID)
    first, second = sent_tokens(foundry)
    assert first != second
    assert [form["token"] for form in revoked(foundry)] == [[first]]


@pytest.mark.anyio
async def test_revocation_has_an_async_form(foundry: Emulator) -> None:
    """It does the same."""
    auth = credentials()
    async with AsyncCheckpointsClient(foundry.hostname, auth=auth) as client:
        await client.records.get(RID)
        await auth.arevoke()
        await auth.arevoke()
    assert [form["token"] for form in revoked(foundry)] == [sent_tokens(foundry)]


def test_a_token_that_is_not_revoked_is_a_token_request_error(world: World, foundry: Emulator) -> None:
    """The caller learns that it is still valid; the client closes."""
    for fault in (
        Fault.status(503, operation="revoke"),
        Fault.status(307, operation="revoke", headers={"Location": "https://other.example/"}),
        Fault.status(400, operation="revoke", body={"error": "invalid_client"}),
        Fault.status(400, operation="revoke", body="[" * 100_000),
        Fault.reset(operation="revoke"),
    ):
        foundry.inject(fault)
        with pytest.raises(TokenRequestError, match="not revoked") as caught:
            world.run(get, foundry.hostname, auth=credentials(revoke_on_close=True))
        assert SECRET not in str(caught.value)


def test_a_failed_revocation_hides_no_error_of_the_block(foundry: Emulator) -> None:
    """The caller sees what went wrong first."""
    foundry.inject(Fault.status(503, operation="revoke", times=None))

    def block() -> None:
        auth = credentials(revoke_on_close=True)
        with CheckpointsClient(foundry.hostname, auth=auth, retry=QUICK) as client:
            client.records.get(RID)
            client.records.get("ri.checkpoints.main.checkpoint.unknown")

    with pytest.raises(NotFoundError):
        block()


@pytest.mark.anyio
async def test_a_failed_revocation_hides_no_error_of_the_async_block(foundry: Emulator) -> None:
    """The same holds for the async client."""
    foundry.inject(Fault.status(503, operation="revoke", times=None))

    async def block() -> None:
        auth = credentials(revoke_on_close=True)
        async with AsyncCheckpointsClient(foundry.hostname, auth=auth, retry=QUICK) as client:
            await client.records.get(RID)
            await client.records.get("ri.checkpoints.main.checkpoint.unknown")

    with pytest.raises(NotFoundError):
        await block()


def test_tokens_are_requested_over_the_callers_own_http_client(sync: World) -> None:
    """Its proxy and its certificates serve the token endpoint too; its own auth doesn't."""
    provider = Provider()
    sync.run(get, handler=provider, auth=credentials())
    assert len(provider.token_requests) == 1
    assert "Authorization" not in provider.token_requests[0].headers


def test_an_error_of_the_api_is_not_one_of_the_token(world: World) -> None:
    """The client keeps the token: other failures say nothing about it."""
    answers = iter([500, 403, 404, 200])
    provider = Provider(api=lambda _: httpx.Response(next(answers), json=RECORD))
    outcomes = world.outcomes([get] * 4, handler=provider, auth=credentials(), retry=0)
    assert type(outcomes[0]) is InternalServerError
    assert set(tokens_of(provider.requests)) == {"token-1"}
