"""The parts of one call: the settings that it shares with others, its deadline, and what a header can hold."""

from __future__ import annotations

import math
import random
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from .._drift import DriftLog
from .._retry import RetryPolicy
from ..errors import ConfigurationError, InvalidRequestError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that the requests of a client share. Raises `ConfigurationError` for one that can't work."""

    base_url: str
    auth: Any
    """An `httpx.Auth`, or what leaves it to the caller's own HTTP client."""
    timeout: httpx.Timeout
    total_timeout: float | None
    retry: RetryPolicy
    max_concurrency: int
    max_body_size: int
    user_agent: str | None
    drift: DriftLog
    preview: bool | None
    owns_http_client: bool
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event | threading.Condition, float | None], bool] = lambda on, timeout: on.wait(timeout)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    uniform: Callable[[], float] = random.random

    def __post_init__(self) -> None:
        for name in ("max_concurrency", "max_body_size"):
            number = getattr(self, name)
            if type(number) is not int or number < 1:
                raise ConfigurationError(f"{name} must be a positive integer, not {number!r}")
        if not _is_duration(self.total_timeout):
            raise ConfigurationError(f"total_timeout must be a number of seconds above 0, not {self.total_timeout!r}")
        if self.user_agent is not None and not is_header_text(self.user_agent):
            raise ConfigurationError(f"user_agent must be printable ASCII, not {self.user_agent!r}")

    def deadline(self, total_timeout: float | None) -> Deadline:
        """Return the deadline of a call that starts now. None takes the timeout of the client."""
        if not _is_duration(total_timeout):
            raise InvalidRequestError(f"total_timeout must be a number of seconds above 0, not {total_timeout!r}")
        return Deadline(self.total_timeout if total_timeout is None else total_timeout, self.clock)


class Deadline:
    """The point on a monotonic clock at which a call must be over, or never."""

    __slots__ = ("_at", "_clock")

    def __init__(self, total_timeout: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        seconds = math.inf if total_timeout is None else total_timeout
        self._at = clock() + seconds if seconds < threading.TIMEOUT_MAX else None  # no lock can wait for longer

    def remaining(self) -> float | None:
        """Return the seconds that are left, at least 0; None without a deadline."""
        return None if self._at is None else max(self._at - self._clock(), 0.0)

    def bound(self, timeout: httpx.Timeout) -> dict[str, float | None]:
        """Return the timeouts of the steps of a request, none longer than what is left."""
        limits: dict[str, float | None] = timeout.as_dict()
        if (remaining := self.remaining()) is None:
            return limits
        remaining = max(remaining, 0.001)
        return {step: min(limit or remaining, remaining) for step, limit in limits.items()}


def _is_duration(seconds: object) -> bool:
    return seconds is None or (isinstance(seconds, int | float) and seconds > 0)


def new_trace_id() -> str:
    """Return a random `X-B3-TraceId`: 64 bits in hexadecimal."""
    return secrets.token_hex(8)


def is_header_text(text: object) -> bool:
    """Return whether a text can be the value of a header."""
    return isinstance(text, str) and text.isascii() and text.isprintable() and text == text.strip() != ""
