"""Faults: what goes wrong between a sound service and its caller, on demand."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from ._answers import DOCUMENTED_ERRORS, Answer, ServiceError, encode
from ._changes import add_unknown_values, empty_page, keep_token, repeat_page
from ._exchange import Exchange

_RECORD_OPERATIONS = frozenset({"search", "getBatch", "get"})
_OPERATIONS = _RECORD_OPERATIONS | {"token", "revoke"}


class When(TypedDict, total=False):
    """When a fault occurs."""

    operation: str | None
    """`search`, `getBatch`, `get`, `token` or `revoke`. The default is any of the first three."""
    rate: float
    """The probability for each matching request, from 0 to 1. The default is 1."""
    times: int | None
    """The number of times in total. `None` means no limit, the default with a rate. Otherwise the default is once."""


_Play = Callable[[Exchange], Awaitable[None]]


def _changed(change: Callable[[Exchange, dict[str, Any]], None]) -> _Play:
    """Send the sound answer with a change to its decoded body. Errors remain unchanged."""

    async def play(exchange: Exchange) -> None:
        answer = exchange.answer()
        if answer.status == 200:
            body = json.loads(answer.body)
            change(exchange, body)
            answer = Answer.json(encode(body))
        await exchange.send(answer)

    return play


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with a request. The methods make faults, and all take the keywords of `When`.

    For each request, the emulator asks its faults in order. The first one that applies occurs.
    """

    name: str
    operation: str | None
    rate: float
    times: int | None
    play: _Play = field(repr=False, compare=False)

    @classmethod
    def status(
        cls,
        status: int,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | list[Any] | dict[str, Any] | None = b"",
        **when: Unpack[When],
    ) -> Fault:
        """Answer with a status. A list, a dict or `None` is sent as JSON, bytes and text unchanged."""
        if isinstance(body, str | bytes):
            answer = Answer(status, headers or {}, body.encode() if isinstance(body, str) else body)
        else:
            answer = Answer.json(encode(body), status, headers)
        return cls._make(f"status {status}", lambda exchange: exchange.send(answer), when)

    @classmethod
    def error(cls, name: str, parameters: Mapping[str, Any] | None = None, **when: Unpack[When]) -> Fault:
        """Answer with a documented error, such as `SearchRecordsPermissionDenied`."""
        if name not in DOCUMENTED_ERRORS:
            raise ValueError(f"unknown error '{name}'; the documented ones are {', '.join(sorted(DOCUMENTED_ERRORS))}")
        return cls._make(f"error {name}", lambda exchange: exchange.send(ServiceError(name, parameters).answer), when)

    @classmethod
    def delay(cls, seconds: float, **when: Unpack[When]) -> Fault:
        """Answer later."""

        async def play(exchange: Exchange) -> None:
            await asyncio.sleep(seconds)
            await exchange.send(exchange.answer())

        return cls._make(f"delay {seconds}", play, when)

    @classmethod
    def throttle(cls, limit: int, **when: Unpack[When]) -> Fault:
        """Answer 429 while `limit` requests are in flight. Without `times`, it has no end.

        It occurs for every request, throttled or not, so that no fault after it can occur.
        """

        async def play(exchange: Exchange) -> None:
            is_full = exchange.journal.in_flight > limit
            await exchange.send(Answer(429) if is_full else exchange.answer())

        return cls._make(f"throttle {limit}", play, when, times=None)

    @classmethod
    def drip(cls, chunks: int = 10, interval: float = 0.1, **when: Unpack[When]) -> Fault:
        """Send the headers at once, then the body in `chunks`, after `interval` seconds each."""

        def play(exchange: Exchange) -> Awaitable[None]:
            return exchange.drip(exchange.answer(), chunks=chunks, interval=interval)

        return cls._make(f"drip {chunks} x {interval}", play, when)

    @classmethod
    def reset(cls, *, mid_body: bool = False, **when: Unpack[When]) -> Fault:
        """Reset the connection, before the response or in the middle of its body."""

        def play(exchange: Exchange) -> Awaitable[None]:
            if not mid_body:
                return exchange.reset()
            answer = exchange.answer()
            return exchange.break_off(answer, length=len(answer.body), share=0.5, reset=True)

        return cls._make("reset mid body" if mid_body else "reset", play, when)

    @classmethod
    def truncate(cls, **when: Unpack[When]) -> Fault:
        """Send half of the body, and close the connection in an orderly way."""

        def play(exchange: Exchange) -> Awaitable[None]:
            answer = exchange.answer()
            return exchange.break_off(answer, length=len(answer.body), share=0.5)

        return cls._make("truncate", play, when)

    @classmethod
    def wrong_length(cls, by: int = -10, **when: Unpack[When]) -> Fault:
        """Send a `Content-Length` that is wrong by `by` bytes, and close the connection after the body."""

        def play(exchange: Exchange) -> Awaitable[None]:
            answer = exchange.answer()
            return exchange.break_off(answer, length=max(0, len(answer.body) + by), share=1.0)

        return cls._make(f"wrong length {by:+}", play, when)

    @classmethod
    def garbage(cls, **when: Unpack[When]) -> Fault:
        """Answer 200 with a body that is declared as JSON but isn't."""
        answer = Answer.json(b'{"data":[{"rid":\xff\x00\xfe')
        return cls._make("garbage", lambda exchange: exchange.send(answer), when)

    @classmethod
    def token_loop(cls, **when: Unpack[When]) -> Fault:
        """Let the page token lead to the same page. Without `times`, it has no end."""
        return cls._make("token loop", _changed(repeat_page), when, only="search", times=None)

    @classmethod
    def constant_token(cls, **when: Unpack[When]) -> Fault:
        """Send the same token with every page, though each leads to the next page. Without `times`, it has no end.

        The emulator remembers one position for each query.
        """
        return cls._make("constant token", _changed(keep_token), when, only="search", times=None)

    @classmethod
    def empty_page(cls, **when: Unpack[When]) -> Fault:
        """Send a page without records whose token leads to the requested page."""
        return cls._make("empty page", _changed(empty_page), when, only="search")

    @classmethod
    def unknown_values(cls, **when: Unpack[When]) -> Fault:
        """Add enum values, union variants and fields to every record of the answer that no client knows."""
        return cls._make("unknown values", _changed(add_unknown_values), when)

    @classmethod
    def expire_token(cls, **when: Unpack[When]) -> Fault:
        """Answer 401, and let all access tokens of the token endpoint expire. The fixed token remains valid."""

        async def play(exchange: Exchange) -> None:
            exchange.service.tokens.expire()
            await exchange.send(ServiceError("Default:Unauthorized").answer)

        return cls._make("expire token", play, when)

    @classmethod
    def _make(cls, name: str, play: _Play, when: When, *, only: str | None = None, times: int | None = 1) -> Fault:
        operation = when.get("operation", only)
        rate = when.get("rate", 1.0)
        times = when.get("times", None if "rate" in when else times)
        possible = {only} if only else {None, *_OPERATIONS}
        if operation not in possible:
            raise ValueError(f"operation must be one of {', '.join(sorted(filter(None, possible)))}")
        if not 0 <= rate <= 1:
            raise ValueError("rate must be from 0 to 1")
        if times is not None and times < 1:
            raise ValueError("times must be at least 1")
        return cls(name, operation, rate, times, play)

    def applies_to(self, operation: str) -> bool:
        """Return True if the fault can occur in this operation."""
        return operation == self.operation or (self.operation is None and operation in _RECORD_OPERATIONS)


class Faults:
    """The pending faults. Chance is seeded: the same requests in the same order have the same faults."""

    def __init__(self, faults: Iterable[Fault], seed: int) -> None:
        self._random = random.Random(seed)
        self._pending: list[tuple[Fault, int | None]] = []
        self.add(faults)

    def add(self, faults: Iterable[Fault]) -> None:
        """Add faults after those that are still pending."""
        self._pending += [(fault, fault.times) for fault in faults]

    def take(self, operation: str) -> Fault | None:
        """Return the fault of a request to this operation, if any."""
        for place, (fault, left) in enumerate(self._pending):
            if fault.applies_to(operation) and self._random.random() < fault.rate:
                if left == 1:
                    del self._pending[place]
                elif left is not None:
                    self._pending[place] = (fault, left - 1)
                return fault
        return None
