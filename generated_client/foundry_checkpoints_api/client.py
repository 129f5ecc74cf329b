# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""A plain client: one request, one response. It doesn't retry, page, or split batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self, TypeVar

import httpx
from attrs import define, field

from .errors import DecodeError, UnexpectedStatus

T = TypeVar("T")


@define(frozen=True)
class Request:
    """A call as plain data: the path below the base URL, the query parameters, and the JSON body."""

    method: str
    path: str
    params: Mapping[str, Any]
    json: Any = None


class Sender(Protocol):
    """Sends a request and returns the decoded response. The `sync` of an operation takes one, such as `Client`."""

    def send(self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object], /) -> T: ...


class AsyncSender(Protocol):
    """Sends a request as `Sender` does, for the `asyncio` of an operation."""

    async def send_async(
        self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object], /
    ) -> T: ...


@define
class Client:
    """A client of one server, for sync and async calls.

    In a `with` or `async with` block, it keeps its connections; outside, each call opens and closes one.
    """

    base_url: str
    """The URL that the paths of the spec are relative to. It ends in `/api`: `https://example.palantirfoundry.com/api`."""
    token: str = field(repr=False)
    """The bearer token."""
    timeout: float = 30.0
    """The timeout of each step of a request, in seconds: to connect, to write, to read."""
    _http: httpx.Client | None = field(default=None, init=False, repr=False, eq=False)
    _async_http: httpx.AsyncClient | None = field(default=None, init=False, repr=False, eq=False)

    def send(self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]) -> T:
        """Send a request and decode the response. Raise `UnexpectedStatus` if it isn't a success."""
        send = httpx.request if self._http is None else self._http.request
        return _parse(send(**self._arguments(request)), decode, decode_error)

    async def send_async(
        self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]
    ) -> T:
        """Send a request as `send` does, in asyncio or trio."""
        if self._async_http is not None:
            return _parse(await self._async_http.request(**self._arguments(request)), decode, decode_error)
        async with httpx.AsyncClient() as http:
            return _parse(await http.request(**self._arguments(request)), decode, decode_error)

    def _arguments(self, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": self.base_url.rstrip("/") + request.path,
            "params": request.params,
            "json": request.json,
            "headers": {"Authorization": f"Bearer {self.token}"},
            "timeout": self.timeout,
        }

    def __enter__(self) -> Self:
        self._http = httpx.Client()
        return self

    def __exit__(self, *_: object) -> None:
        if self._http is not None:
            self._http.close()
        self._http = None

    async def __aenter__(self) -> Self:
        self._async_http = httpx.AsyncClient()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._async_http is not None:
            await self._async_http.aclose()
        self._async_http = None


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
