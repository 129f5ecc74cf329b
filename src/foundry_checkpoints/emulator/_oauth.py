"""The OAuth 2.0 token endpoint, for the client credentials grant."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus
from uuid import uuid4

from ._answers import Answer, Rejection, encode
from ._journal import SeenRequest

SCOPE = "api:checkpoints-read"
_FORM = "application/x-www-form-urlencoded"


class OAuthError(Rejection):
    """An error of RFC 6749."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(Answer.json(encode({"error": error, "error_description": description}), status))


class TokenService:
    """Issues access tokens that are valid for `lifetime` seconds."""

    def __init__(self, client_id: str, client_secret: str, lifetime: float) -> None:
        self._client = (client_id, client_secret)
        self._lifetime = lifetime
        self._tokens: dict[str, tuple[float, frozenset[str]]] = {}

    def issue(self, request: SeenRequest) -> Answer:
        """Answer `POST /multipass/api/oauth2/token`."""
        form = self._form(request)
        if form.get("grant_type") != "client_credentials":
            raise OAuthError("unsupported_grant_type", "only client_credentials is supported")
        scope = form.get("scope", SCOPE)
        token = f"emulator-{uuid4()}"
        self._tokens[token] = (time.monotonic() + self._lifetime, frozenset(scope.split()))
        body = {"access_token": token, "token_type": "bearer", "expires_in": int(self._lifetime), "scope": scope}
        return Answer.json(encode(body), headers={"cache-control": "no-store"})

    def revoke(self, request: SeenRequest) -> Answer:
        """Answer `POST /multipass/api/oauth2/revoke_token`. An unknown token counts as revoked."""
        self._tokens.pop(self._form(request).get("token", ""), None)
        return Answer(200)

    def scopes(self, token: str) -> frozenset[str] | None:
        """Return the scopes of a token, `None` if it was never issued, has expired or was revoked."""
        expires, scopes = self._tokens.get(token, (0.0, None))
        return scopes if time.monotonic() < expires else None

    def expire(self) -> None:
        """Let all tokens expire that were issued so far."""
        self._tokens.clear()

    def _form(self, request: SeenRequest) -> dict[str, str]:
        if request.media_type != _FORM:
            raise OAuthError("invalid_request", f"the body must be {_FORM}")
        try:
            form = dict(parse_qsl(request.body.decode("utf-8"), keep_blank_values=True))
        except ValueError:
            raise OAuthError("invalid_request", "the body must be UTF-8") from None
        if _credentials(form, request.headers) != self._client:
            raise OAuthError("invalid_client", "unknown client or wrong secret", 401)
        return form


def _credentials(form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return client ID and secret, from HTTP Basic or from the form: RFC 6749, section 2.3.1."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id"), form.get("client_secret")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return unquote_plus(client_id), unquote_plus(secret)
