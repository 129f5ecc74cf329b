"""One call: its attempts, the waits between them, and at last its value or its error.

A call is a `Sender` of the generated client: the operations send through it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from foundry_checkpoints_api.client import Request

from ..errors import ApiError, CheckpointsError, InvalidRequestError, RequestTimeoutError, UnauthorizedError
from .messages import Deadline, new_trace_id
from .response import decoded

if TYPE_CHECKING:
    from .transport import AsyncTransport, NewRequest, Transport

T = TypeVar("T")
TransportT = TypeVar("TransportT", "Transport", "AsyncTransport")

logger = logging.getLogger("foundry_checkpoints")


class BaseCall(Generic[TransportT]):
    """Decides, attempt by attempt, whether there is another one. Each attempt is a `with` block.

    The block returns what the call returns. If it fails with an error that another attempt can mend, the error goes no
    further, and `wait` is the time in seconds until that attempt. Any other error leaves the block.

    Once `stop` is set, the sync client makes no other attempt.
    """

    label = "call"
    """The method and the path, for logs."""
    attempts = 0
    wait = 0.0
    _status_code: int | None = None
    _started = 0.0
    _replays = 0

    def __init__(
        self, transport: TransportT, deadline: Deadline, trace_id: str | None, stop: threading.Event | None = None
    ) -> None:
        self._transport: TransportT = transport
        self._settings = transport.settings
        self._deadline = deadline
        self._stop = stop
        self.trace_id = new_trace_id() if trace_id is None else trace_id

    def _prepared(self, request: Request) -> NewRequest:
        self.label = f"{request.method} /api{request.path}"
        return self._transport.prepared(request, self.trace_id)

    def __enter__(self) -> None:
        self.attempts += 1
        self._started = self._settings.clock()
        self._status_code = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        spent = (self._settings.clock() - self._started) * 1000
        outcome: object = self._status_code or "stopped"
        if isinstance(error, CheckpointsError):
            outcome = error.status_code if isinstance(error, ApiError) else f"{type(error).__name__} ({error.args[0]})"
        details = (self.label, outcome, spent, self.attempts, self.trace_id)
        logger.debug("%s: %s in %.0f ms, attempt %d, trace %s", *details)
        if not isinstance(error, CheckpointsError):
            return False
        wait = self._next_wait(self.marked(error))
        if wait is None:
            return False
        self.wait = wait
        logger.info("%s: %s, next attempt in %.2f s, trace %s", self.label, outcome, wait, self.trace_id)
        return True

    def marked(self, error: CheckpointsError) -> CheckpointsError:
        """Return the error with what it says of its call."""
        error.attempts, error.trace_id = self.attempts, self.trace_id
        return error

    def _next_wait(self, error: CheckpointsError) -> float | None:
        """Return the seconds until the next attempt, None if there must not be one."""
        renewable = getattr(self._settings.auth, "renewable", False)
        if isinstance(error, UnauthorizedError) and renewable and not self._replays:
            self._replays = 1  # with another token, at once; this isn't a retry
            return 0.0
        delay = self._settings.retry.delay(error, self.attempts - self._replays, uniform=self._settings.uniform)
        remaining = self._deadline.remaining()
        if delay is None or remaining is None or delay < remaining:
            return delay
        if getattr(error, "retry_after", None) is not None:
            return None
        late = f"the total timeout leaves no time for another attempt after: {error.args[0]}"
        raise self.marked(RequestTimeoutError(late)) from error


class Call(BaseCall["Transport"]):
    """A call of the sync client."""

    def send(self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]) -> T:
        """Send a request until it succeeds, and decode the response; raise the error of the last attempt."""
        prepared = self._prepared(request)
        while True:
            with self:
                self._status_code, content = self._transport.exchange(prepared, self._deadline, decode_error)
                return decoded(content, decode, self._settings.drift)
            if self._settings.wait(self._stop or threading.Event(), self.wait):
                raise InvalidRequestError("the caller stopped iterating")


class AsyncCall(BaseCall["AsyncTransport"]):
    """A call of the async client."""

    async def send_async(
        self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]
    ) -> T:
        """Send a request until it succeeds, and decode the response; raise the error of the last attempt."""
        prepared = self._prepared(request)
        while True:
            with self:
                self._status_code, content = await self._transport.exchange(prepared, self._deadline, decode_error)
                return decoded(content, decode, self._settings.drift)
            await self._settings.sleep(self.wait)
