# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""A plain client: one request, one answer. Retries, paging and batching belong to the wrapper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import httpx
from attrs import define, field

from .errors import DecodeError, UnexpectedStatus

T = TypeVar("T")


@define(frozen=True)
class Request:
    """One call as plain data: the path below the server's base URL, the query, and the JSON body."""

    method: str
    path: str
    params: Mapping[str, Any]
    json: Any = None


class Sender(Protocol):
    """Sends a request and returns its decoded answer: `Client`, or what else the `sync` of an operation can use."""

    def send(self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object], /) -> T: ...


class AsyncSender(Protocol):
    """`Sender` for the `asyncio` of an operation."""

    async def send_async(
        self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object], /
    ) -> T: ...


@define
class Client:
    """Where the API is and the bearer token to use; `timeout` is in seconds."""

    base_url: str
    token: str = field(repr=False)
    timeout: float = 30.0

    def send(self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]) -> T:
        """Send a request and decode its answer; raise `UnexpectedStatus` where that is not a success."""
        return _parse(httpx.request(**self._arguments(request)), decode, decode_error)

    async def send_async(
        self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]
    ) -> T:
        """`send` for asyncio and trio."""
        async with httpx.AsyncClient() as client:
            return _parse(await client.request(**self._arguments(request)), decode, decode_error)

    def _arguments(self, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": self.base_url.rstrip("/") + request.path,
            "params": request.params,
            "json": request.json,
            "headers": {"Authorization": f"Bearer {self.token}"},
            "timeout": self.timeout,
        }


def _parse(response: httpx.Response, decode: Callable[[Any], T], decode_error: Callable[[Any], object]) -> T:
    if response.is_success:
        return decode(_json(response))
    try:
        error = decode_error(_json(response))
    except DecodeError:
        error = None
    raise UnexpectedStatus(response.status_code, response.content, error)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise DecodeError("body", "not JSON") from None
