"""The token endpoint and the tokens that it issues."""

from __future__ import annotations

from typing import Any

import httpx

from foundry_checkpoints.emulator import Emulator, Fault
from tests.emulator.api import Api, error, ok, serving

TOKEN = "/multipass/api/oauth2/token"
REVOKE = "/multipass/api/oauth2/revoke_token"


def ask(emulator: Emulator, api: Api, **form: str) -> httpx.Response:
    credentials = {"client_id": emulator.client_id, "client_secret": emulator.client_secret}
    return api.bare.post(TOKEN, data={"grant_type": "client_credentials", **credentials, **form})


def search_with(api: Api, token: str) -> httpx.Response:
    api.http.headers["Authorization"] = f"Bearer {token}"
    return api.search()


def rejection(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, response.json()["error"]


def test_client_credentials_give_a_token_that_the_api_accepts() -> None:
    """The answer contains the token, its type, its lifetime in seconds and its scope. Each one has another token."""
    with serving(token_lifetime=90) as (emulator, api):
        first = ask(emulator, api, scope="api:checkpoints-read")
        assert first.headers["Cache-Control"] == "no-store"
        token = first.json().pop("access_token")
        rest = {"token_type": "bearer", "expires_in": 90, "scope": "api:checkpoints-read"}
        assert ok(first) == {"access_token": token, **rest}
        assert ask(emulator, api).json()["access_token"] != token
        assert search_with(api, token).status_code == 200
        assert emulator.token_requests == 2


def test_credentials_may_come_by_basic_authentication() -> None:
    """RFC 6749 prefers HTTP Basic, with both parts form-encoded."""
    with serving(client_id="a b", client_secret="s:c/%") as (_, api):
        body = {"grant_type": "client_credentials"}
        assert ok(api.bare.post(TOKEN, data=body, auth=("a+b", "s%3Ac%2F%25")))["access_token"]
        wrong = api.bare.post(TOKEN, data=body, auth=("a+b", "other"))
        assert rejection(wrong) == (401, "invalid_client")
        garbled = api.bare.post(TOKEN, data=body, headers={"Authorization": "Basic %%%"})
        assert rejection(garbled) == (401, "invalid_client")


def test_a_rejection_has_the_oauth_error() -> None:
    """Wrong credentials, another grant, and a body that isn't a form have an error each, and count as requests."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with serving() as (emulator, api):
        for form in ({"client_secret": "wrong"}, {"client_id": "wrong"}, {"client_secret": ""}):
            assert rejection(ask(emulator, api, **form)) == (401, "invalid_client")
        for grant in ("password", ""):
            assert rejection(ask(emulator, api, grant_type=grant)) == (400, "unsupported_grant_type")
        assert emulator.token_requests == 5
        bodies: list[Any] = [{"json": {}}, {"content": b"grant_type=x"}, {"content": b"\xff", "headers": headers}]
        for body in bodies:
            assert rejection(api.bare.post(TOKEN, **body)) == (400, "invalid_request")


def test_a_token_without_the_scope_may_not_use_the_api() -> None:
    """The error contains the missing scope."""
    with serving() as (emulator, api):
        token = ask(emulator, api, scope="api:datasets-read offline_access").json()["access_token"]
        assert error(search_with(api, token)) == (403, "ApiUsageDenied", {"missingScope": "api:checkpoints-read"})


def test_tokens_expire_after_their_lifetime() -> None:
    """A token with a lifetime of zero is never valid."""
    with serving(token_lifetime=0) as (emulator, api):
        token = ask(emulator, api).json()["access_token"]
        assert error(search_with(api, token))[:2] == (401, "Default:Unauthorized")


def test_tokens_can_be_made_to_expire() -> None:
    """All tokens issued so far expire. Later ones and the fixed one are valid."""
    with serving() as (emulator, api):
        old = ask(emulator, api).json()["access_token"]
        emulator.expire_tokens()
        new = ask(emulator, api).json()["access_token"]
        assert [search_with(api, token).status_code for token in (old, new, emulator.token)] == [401, 200, 200]


def test_a_fault_can_let_tokens_expire() -> None:
    """The emulator rejects the request with the fault, and then the issued tokens."""
    with serving() as (emulator, api):
        token = ask(emulator, api).json()["access_token"]
        emulator.inject(Fault.expire_token(operation="search"))
        assert [search_with(api, token).status_code for _ in range(2)] == [401, 401]
        assert search_with(api, emulator.token).status_code == 200


def test_a_revoked_token_is_rejected() -> None:
    """A revocation needs the client's credentials, and succeeds for unknown tokens."""
    with serving() as (emulator, api):
        token = ask(emulator, api).json()["access_token"]
        form = {"client_id": emulator.client_id, "client_secret": emulator.client_secret, "token": token}
        assert rejection(api.bare.post(REVOKE, data={**form, "client_secret": "x"})) == (401, "invalid_client")
        assert search_with(api, token).status_code == 200
        assert [api.bare.post(REVOKE, data=form).status_code for _ in range(2)] == [200, 200]
        assert search_with(api, token).status_code == 401
        assert [request.operation for request in emulator.requests].count("revoke") == 3
