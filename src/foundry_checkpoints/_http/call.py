"""One call: its attempts, the waits between them, and at last its value or its error.

A call is a `Sender` of the generated client: the operations send through it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from foundry_checkpoints_api.client import Request

from ..errors import ApiError, CheckpointsError, InvalidRequestError, RequestTimeoutError, UnauthorizedError
from .messages import Deadline, Settings, new_trace_id, prepared
from .response import decoded

if TYPE_CHECKING:
    from .transport import AsyncTransport, Transport

T = TypeVar("T")

logger = logging.getLogger("foundry_checkpoints")


class Attempts:
    """Decides, attempt by attempt, whether there is another one. Each attempt is a `with` block.

    The block returns what the call returns. If it fails with an error that another attempt can mend, the error goes no
    further, and `wait` is the time in seconds until that attempt. Any other error leaves the block.
    """

    def __init__(self, settings: Settings, label: str, deadline: Deadline, trace_id: str) -> None:
        self._settings = settings
        self._label = label
        self._deadline = deadline
        self._trace_id = trace_id
        self._count = 0
        self._replays = 0
        self._started = 0.0
        self.status_code: int | None = None
        self.wait = 0.0

    def __enter__(self) -> None:
        self._count += 1
        self._started = self._settings.clock()
        self.status_code = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        spent = (self._settings.clock() - self._started) * 1000
        outcome: object = _outcome(error) if isinstance(error, CheckpointsError) else self.status_code or "stopped"
        details = (self._label, outcome, spent, self._count, self._trace_id)
        logger.debug("%s: %s in %.0f ms, attempt %d, trace %s", *details)
        if not isinstance(error, CheckpointsError):
            return False
        error.attempts, error.trace_id = self._count, self._trace_id
        wait = self._next_wait(error)
        if wait is None:
            return False
        self.wait = wait
        logger.info("%s: %s, next attempt in %.2f s, trace %s", self._label, outcome, wait, self._trace_id)
        return True

    def _next_wait(self, error: CheckpointsError) -> float | None:
        """Return the seconds until the next attempt, None if there must not be one."""
        renewable = getattr(self._settings.auth, "renewable", False)
        if isinstance(error, UnauthorizedError) and renewable and not self._replays:
            self._replays = 1  # with another token, at once; this isn't a retry
            return 0.0
        delay = self._settings.retry.delay(error, self._count - self._replays, uniform=self._settings.uniform)
        if delay is None or self._deadline.allows(delay):
            return delay
        if getattr(error, "retry_after", None) is not None:
            return None
        late = RequestTimeoutError(f"the total timeout leaves no time for another attempt after: {error.args[0]}")
        late.attempts, late.trace_id = self._count, self._trace_id
        raise late from error


def _outcome(error: CheckpointsError) -> str:
    return str(error.status_code) if isinstance(error, ApiError) else f"{type(error).__name__} ({error.args[0]})"


class Call:
    """A call of the sync client. Once `stop` is set there is no other attempt."""

    def __init__(
        self, transport: Transport, deadline: Deadline, trace_id: str | None = None, stop: threading.Event | None = None
    ) -> None:
        self._transport = transport
        self._deadline = deadline
        self._stop = threading.Event() if stop is None else stop
        self.trace_id = new_trace_id() if trace_id is None else trace_id

    def send(self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]) -> T:
        """Send a request until it succeeds, and decode the response; raise the error of the last attempt."""
        settings = self._transport.settings
        message = prepared(request, decode_error, settings, self.trace_id)
        attempts = Attempts(settings, message.label, self._deadline, self.trace_id)
        while True:
            with attempts:
                attempts.status_code, content = self._transport.exchange(message, self._deadline)
                return decoded(content, decode, settings.drift)
            if settings.wait(self._stop, attempts.wait):
                raise InvalidRequestError("the caller stopped iterating")


class AsyncCall:
    """A call of the async client."""

    def __init__(self, transport: AsyncTransport, deadline: Deadline, trace_id: str | None = None) -> None:
        self._transport = transport
        self._deadline = deadline
        self.trace_id = new_trace_id() if trace_id is None else trace_id

    async def send_async(
        self, request: Request, decode: Callable[[Any], T], decode_error: Callable[[Any], object]
    ) -> T:
        """Send a request until it succeeds, and decode the response; raise the error of the last attempt."""
        settings = self._transport.settings
        message = prepared(request, decode_error, settings, self.trace_id)
        attempts = Attempts(settings, message.label, self._deadline, self.trace_id)
        while True:
            with attempts:
                attempts.status_code, content = await self._transport.exchange(message, self._deadline)
                return decoded(content, decode, settings.drift)
            await settings.sleep(attempts.wait)
