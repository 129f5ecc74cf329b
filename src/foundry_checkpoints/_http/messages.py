"""The parts of one call: the settings that it shares with others, its deadline, and its message."""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from foundry_checkpoints_api.client import Request

from .._drift import DriftLog
from .._retry import RetryPolicy
from ..errors import InvalidRequestError


@dataclass(frozen=True)
class Settings:
    """The settings that the requests of a client share."""

    base_url: str
    auth: Any
    """An `httpx.Auth`, or what leaves it to the caller's own HTTP client."""
    timeout: httpx.Timeout
    total_timeout: float | None
    retry: RetryPolicy
    max_concurrency: int
    max_body_size: int
    user_agent: str
    drift: DriftLog
    preview: bool | None = True
    owns_http_client: bool = True
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event | threading.Condition, float | None], bool] = lambda on, timeout: on.wait(timeout)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    uniform: Callable[[], float] = random.random


class Deadline:
    """The point on a monotonic clock at which a call must be over, or never."""

    __slots__ = ("_at", "_clock")

    def __init__(self, total_timeout: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # What is longer than a lock can wait is no limit.
        is_limit = total_timeout is not None and total_timeout < threading.TIMEOUT_MAX
        self._at = clock() + total_timeout if is_limit and total_timeout is not None else None

    def remaining(self) -> float | None:
        """Return the seconds that are left, at least 0; None without a deadline."""
        return None if self._at is None else max(self._at - self._clock(), 0.0)

    @property
    def has_passed(self) -> bool:
        """True if the call must be over."""
        return self._at is not None and self._clock() >= self._at

    def allows(self, delay: float) -> bool:
        """Return whether another attempt can start after this many seconds."""
        return self._at is None or self._clock() + delay < self._at

    def bound(self, timeout: httpx.Timeout) -> dict[str, float | None]:
        """Return the timeouts of the steps of a request, none longer than what is left."""
        limits: dict[str, float | None] = timeout.as_dict()
        if (remaining := self.remaining()) is None:
            return limits
        remaining = max(remaining, 0.001)
        return {step: min(limit or remaining, remaining) for step, limit in limits.items()}


@dataclass(frozen=True, slots=True)
class Message:
    """A request, ready to be sent any number of times."""

    method: str
    url: str
    params: dict[str, Any]
    headers: dict[str, str]
    content: bytes | None
    decode_error: Callable[[Any], object]
    label: str
    """The method and the path, for logs."""


def new_trace_id() -> str:
    """Return a random `X-B3-TraceId`: 64 bits in hexadecimal."""
    return secrets.token_hex(8)


def is_header_text(text: object) -> bool:
    """Return whether a text can be the value of a header."""
    return isinstance(text, str) and text.isascii() and text.isprintable() and text == text.strip() != ""


def prepared(request: Request, decode_error: Callable[[Any], object], settings: Settings, trace_id: str) -> Message:
    """Turn a request of the generated client into what goes over the wire, credentials aside.

    Raises `InvalidRequestError` if the body isn't JSON or the trace ID can't be a header.
    """
    if not is_header_text(trace_id):
        raise InvalidRequestError(f"trace_id must be printable ASCII, such as 16 hexadecimal digits, not {trace_id!r}")
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": settings.user_agent,
        "X-B3-TraceId": trace_id,
    }
    content = None
    if request.json is not None:
        headers["Content-Type"] = "application/json"
        try:
            content = json.dumps(request.json, separators=(",", ":"), allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidRequestError(f"the request can't be encoded as JSON: {error}") from None
    url, label = f"{settings.base_url}/api{request.path}", f"{request.method} /api{request.path}"
    return Message(request.method, url, dict(request.params), headers, content, decode_error, label)
