"""The token endpoint and the tokens that it issues."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

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


def refusal(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, response.json()["error"]


def test_client_credentials_give_a_token_that_the_api_accepts() -> None:
    """The answer has the token, its type, its lifetime in seconds and its scope; each request gives another token."""
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
        assert refusal(wrong) == (401, "invalid_client")
        garbled = api.bare.post(TOKEN, data=body, headers={"Authorization": "Basic %%%"})
        assert refusal(garbled) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"client_id": "wrong"}, (401, "invalid_client")),
        ({"client_secret": ""}, (401, "invalid_client")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": ""}, (400, "unsupported_grant_type")),
    ],
)
def test_a_refusal_has_the_oauth_error(form: dict[str, str], expected: tuple[int, str]) -> None:
    """Refusals count as requests too."""
    with serving() as (emulator, api):
        assert refusal(ask(emulator, api, **form)) == expected
        assert emulator.token_requests == 1


@pytest.mark.parametrize("request_body", [{"json": {}}, {"content": b"grant_type=client_credentials"}])
def test_the_request_must_be_a_form(request_body: dict[str, Any]) -> None:
    """Any other media type is an invalid_request."""
    with serving() as (_, api):
        assert refusal(api.bare.post(TOKEN, **request_body)) == (400, "invalid_request")


def test_a_form_must_be_text() -> None:
    """Bytes that are not UTF-8 are an invalid_request."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with serving() as (_, api):
        assert refusal(api.bare.post(TOKEN, content=b"\xff", headers=headers)) == (400, "invalid_request")


def test_a_token_without_the_scope_may_not_use_the_api() -> None:
    """The error names the scope that is missing."""
    with serving() as (emulator, api):
        token = ask(emulator, api, scope="api:datasets-read offline_access").json()["access_token"]
        assert error(search_with(api, token)) == (403, "ApiUsageDenied", {"missingScope": "api:checkpoints-read"})


def test_tokens_expire_after_their_lifetime() -> None:
    """A token with a lifetime of zero is never good."""
    with serving(token_lifetime=0) as (emulator, api):
        token = ask(emulator, api).json()["access_token"]
        assert error(search_with(api, token))[:2] == (401, "Default:Unauthorized")


def test_tokens_can_be_made_to_expire() -> None:
    """All tokens issued so far expire; later ones and the fixed one are good."""
    with serving() as (emulator, api):
        old = ask(emulator, api).json()["access_token"]
        emulator.expire_tokens()
        new = ask(emulator, api).json()["access_token"]
        assert [search_with(api, token).status_code for token in (old, new, emulator.token)] == [401, 200, 200]


def test_a_fault_can_let_tokens_expire() -> None:
    """The request that meets the fault is refused, and so are the issued tokens after it."""
    with serving() as (emulator, api):
        token = ask(emulator, api).json()["access_token"]
        emulator.inject(Fault.expire_token(operation="search"))
        assert [search_with(api, token).status_code for _ in range(2)] == [401, 401]
        assert search_with(api, emulator.token).status_code == 200


def test_a_revoked_token_is_refused() -> None:
    """Revocation needs the client's credentials, and says nothing about tokens that are not known."""
    with serving() as (emulator, api):
        token = ask(emulator, api).json()["access_token"]
        form = {"client_id": emulator.client_id, "client_secret": emulator.client_secret, "token": token}
        assert refusal(api.bare.post(REVOKE, data={**form, "client_secret": "x"})) == (401, "invalid_client")
        assert search_with(api, token).status_code == 200
        assert [api.bare.post(REVOKE, data=form).status_code for _ in range(2)] == [200, 200]
        assert search_with(api, token).status_code == 401
        assert [request.operation for request in emulator.requests].count("revoke") == 3
