"""A sound service: routes, credentials, and the operations, without HTTP connections and faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from ._answers import Answer, Rejection, ServiceError, invalid_argument
from ._journal import SeenRequest
from ._oauth import SCOPE, TokenService
from ._records import Search, get, get_batch
from ._store import Store

_RECORDS = "/api/v2/checkpoints/records/"
_PATHS = {
    f"{_RECORDS}search": "search",
    f"{_RECORDS}getBatch": "getBatch",
    "/multipass/api/oauth2/token": "token",
    "/multipass/api/oauth2/revoke_token": "revoke",
}


def operation_of(path: str) -> str:
    """Return the operation that a path belongs to, see `SeenRequest.operation`."""
    rid = path.removeprefix(_RECORDS)
    is_record = rid != path and rid != "" and "/" not in rid
    return _PATHS.get(path, "get" if is_record else "unknown")


class Service:
    """Answers requests. `token` is always valid, the access tokens of `tokens` until they expire."""

    def __init__(self, store: Store, tokens: TokenService, token: str) -> None:
        self.tokens = tokens
        self.cursors: dict[str, str] = {}
        """Page tokens by the text that callers send instead."""
        self._token = token
        self._records: dict[str, tuple[str, Callable[[SeenRequest], Answer]]] = {
            "search": ("POST", lambda request: Search.from_body(_json(request), self.cursors).answer(store)),
            "getBatch": ("POST", lambda request: get_batch(store, _json(request))),
            "get": ("GET", lambda request: get(store, request.path.removeprefix(_RECORDS))),
        }
        self._operations = {**self._records, "token": ("POST", tokens.issue), "revoke": ("POST", tokens.revoke)}

    def answer(self, request: SeenRequest) -> Answer:
        """Return the answer to a request."""
        if request.operation not in self._operations:
            return Answer(404)
        method, operate = self._operations[request.operation]
        try:
            if request.method != method:
                raise invalid_argument(f"the method must be {method}", status=405, headers={"allow": method})
            if request.operation in self._records:
                self._check_access(request)
            return operate(request)
        except Rejection as rejection:
            return rejection.answer
        except RecursionError:
            return invalid_argument("the filter is nested too deeply").answer

    def _check_access(self, request: SeenRequest) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        scopes = {SCOPE} if token == self._token else self.tokens.scopes(token)
        if scheme.lower() != "bearer" or scopes is None:
            raise ServiceError("Default:Unauthorized", headers={"www-authenticate": "Bearer"})
        if SCOPE not in scopes:
            raise ServiceError("ApiUsageDenied", {"missingScope": SCOPE})
        match request.query.getlist("preview"):
            case ["true"]:
                return
            case [] | ["false"]:
                raise ServiceError("ApiFeaturePreviewUsageOnly")
        raise invalid_argument("preview: expected true or false")


def _json(request: SeenRequest) -> Any:
    if not request.body.strip():
        raise ServiceError("MissingPostBody")
    if request.media_type != "application/json":
        raise ServiceError("Conjure:UnsupportedMediaType")
    try:
        body = json.loads(request.body, parse_constant=_reject)
    except (ValueError, RecursionError):
        raise invalid_argument("the body isn't valid JSON") from None
    if body is None:
        raise ServiceError("MissingPostBody")
    return body


def _reject(constant: str) -> NoReturn:
    raise ValueError(f"{constant} isn't valid JSON")
