"""The service as an ASGI application: routes, credentials, and the road of a request to its answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from ._answers import Answer, ServiceError, invalid_argument
from ._exchange import Exchange, read_request
from ._faults import Faults
from ._journal import Journal, SeenRequest
from ._oauth import SCOPE, TokenService
from ._records import Search, get, get_batch
from ._store import Store

_COUNTERS = "/emulator/counters"
_RECORDS = "/api/v2/checkpoints/records/"
_PATHS = {
    f"{_RECORDS}search": "search",
    f"{_RECORDS}getBatch": "getBatch",
    "/multipass/api/oauth2/token": "token",
    "/multipass/api/oauth2/revoke_token": "revoke",
}


class Service:
    """Everything behind the socket.

    Of access tokens, `token` is good for ever, those of `tokens` while they last. Each request waits
    `latency` seconds, side by side with the others.
    """

    def __init__(self, store: Store, tokens: TokenService, faults: Faults, token: str, latency: float) -> None:
        self.store = store
        self.tokens = tokens
        self.faults = faults
        self.token = token
        self.latency = latency
        self.journal = Journal()
        self.cursors: dict[str, str] = {}
        """Page tokens that were handed out under another name, by that name."""
        self._operations = {
            "search": ("POST", self._search),
            "getBatch": ("POST", self._get_batch),
            "get": ("GET", self._get),
            "token": ("POST", tokens.issue),
            "revoke": ("POST", tokens.revoke),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["path"] == _COUNTERS:
                await self._counters(scope["method"])(scope, receive, send)
            else:
                await self._exchange(scope, receive, send)
        except ClientDisconnect:
            pass  # The caller went away while it sent its request.
        except asyncio.CancelledError:
            pass  # The emulator stops. uvicorn would log this as a failure of the application.

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await read_request(scope, receive, _operation(scope["path"]))
        fault = self.faults.take(request.operation)
        with self.journal.enter(request) as ticket:
            exchange = Exchange(self, ticket, scope, receive, send)
            if self.latency:
                await asyncio.sleep(self.latency)
            await (exchange.send(exchange.answer()) if fault is None else fault.play(exchange))

    def _counters(self, method: str) -> Response:
        """Totals, for a process other than the emulator's. DELETE starts them afresh."""
        totals = {
            "requests": self.journal.operations,
            "statuses": self.journal.statuses,
            "peakInFlight": self.journal.peak_in_flight,
        }
        response = JSONResponse(totals)
        if method == "DELETE":
            self.journal.clear()
        return response

    def answer(self, request: SeenRequest) -> Answer:
        """What a sound service answers."""
        if request.operation not in self._operations:
            return Answer(404)
        method, operate = self._operations[request.operation]
        try:
            if request.method != method:
                raise invalid_argument(f"the method must be {method}", status=405, headers={"allow": method})
            return operate(request)
        except ServiceError as error:
            return error.answer()

    def _search(self, request: SeenRequest) -> Answer:
        self._admit(request)
        try:
            return Search.from_body(_json(request), self.cursors).answer(self.store)
        except RecursionError:
            raise invalid_argument("the filter is nested too deeply") from None

    def _get_batch(self, request: SeenRequest) -> Answer:
        self._admit(request)
        return get_batch(self.store, _json(request))

    def _get(self, request: SeenRequest) -> Answer:
        self._admit(request)
        return get(self.store, request.path.removeprefix(_RECORDS))

    def _admit(self, request: SeenRequest) -> None:
        self._check_token(request.headers.get("authorization", ""))
        match request.query.getlist("preview"):
            case ["true"]:
                return
            case [] | ["false"]:
                raise ServiceError("ApiFeaturePreviewUsageOnly")
        raise invalid_argument("preview: expected true or false")

    def _check_token(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        scopes = {SCOPE} if token == self.token else self.tokens.scopes(token)
        if scheme.lower() != "bearer" or scopes is None:
            raise ServiceError("Default:Unauthorized", headers={"www-authenticate": "Bearer"})
        if SCOPE not in scopes:
            raise ServiceError("ApiUsageDenied", {"missingScope": SCOPE})


def _operation(path: str) -> str:
    rid = path.removeprefix(_RECORDS)
    is_record = rid != path and rid != "" and "/" not in rid
    return _PATHS.get(path, "get" if is_record else "unknown")


def _json(request: SeenRequest) -> Any:
    if not request.body.strip():
        raise ServiceError("MissingPostBody")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ServiceError("Conjure:UnsupportedMediaType")
    try:
        body = json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise invalid_argument("the body is not JSON") from None
    if body is None:
        raise ServiceError("MissingPostBody")
    return body


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
