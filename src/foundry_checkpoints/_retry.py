"""Whether a failed request is sent again, and when: one pure decision, no I/O."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .errors import (
    ApiError,
    CheckpointsError,
    InvalidRequestError,
    NetworkError,
    ResponseDecodeError,
    TokenRequestError,
)

__all__ = ["RetryPolicy"]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How failed requests are retried. All times are in seconds. `max_retries=0` means one attempt.

    The three operations are reads, so all are safe to send again. Retried are the `statuses`, connection errors,
    resets, timeouts, and truncated or empty answers; never an answer with `Qos-Retry-Hint: do-not-retry`, a
    redirect, or a TLS certificate error. The wait before retry n is `backoff * 2**(n - 1)`, at most
    `backoff_max`, of which a random half is taken off; the platform's own clients use 250 ms and 4 retries.

    A `Retry-After` is waited for if it is at most `retry_after_max` and ends before the deadline; otherwise
    the error is raised at once, with `.retry_after`.
    """

    max_retries: int = 4
    backoff: float = 0.25
    backoff_max: float = 8.0
    retry_after_max: float = 60.0
    statuses: Collection[int] = frozenset({429, 500, 502, 503, 504})

    def __post_init__(self) -> None:
        if type(self.max_retries) is not int or self.max_retries < 0:
            raise InvalidRequestError("max_retries is a whole number, 0 or more")
        if not 0 < self.backoff <= self.backoff_max < math.inf:
            raise InvalidRequestError("backoff is above 0 and at most backoff_max")
        if not 0 <= self.retry_after_max < math.inf:
            raise InvalidRequestError("retry_after_max is a number of seconds, 0 or more")
        object.__setattr__(self, "statuses", frozenset(self.statuses))

    def delay(
        self,
        failure: Failure,
        attempt: int,
        *,
        uniform: Callable[[], float] = random.random,
    ) -> float | None:
        """Seconds to wait before the next attempt, always above 0; None when there should be none.

        `attempt` counts from 1; `uniform` gives numbers in [0, 1). The deadline is the caller's to mind.
        """
        if attempt > self.max_retries or not self._is_transient(failure):
            return None
        wait: float = min(self.backoff * 2.0 ** min(attempt - 1, 30), self.backoff_max) * (1 - uniform() / 2)
        if failure.retry_after is not None:
            if failure.retry_after > self.retry_after_max:
                return None
            wait = max(wait, failure.retry_after)
        return wait

    def _is_transient(self, failure: Failure) -> bool:
        if failure.refused:
            return False
        return failure.status_code is None or failure.status_code in self.statuses


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt. `status_code` is None where no usable answer came; `refused`: no retry can help."""

    status_code: int | None = None
    retry_after: float | None = None
    refused: bool = False

    @classmethod
    def of(cls, error: CheckpointsError) -> Failure:
        """The failure that an error stands for."""
        match error:
            case ApiError() | TokenRequestError():
                hints = error.headers.get("qos-retry-hint", "").lower().split(",")
                is_refused = any(hint.strip() == "do-not-retry" for hint in hints)
                return cls(error.status_code, error.retry_after, refused=is_refused or error.status_code is None)
            case NetworkError() | ResponseDecodeError():
                return cls(refused=not error.transient)
        return cls(refused=True)


def parse_retry_after(headers: Mapping[str, str], now: Callable[[], datetime] | None = None) -> float | None:
    """`Retry-After` in seconds, from seconds or an HTTP date; None where it is absent or means nothing."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value[:12])
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now() if now else datetime.now(UTC))).total_seconds())
