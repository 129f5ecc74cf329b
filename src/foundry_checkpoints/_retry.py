"""Decide if a failed request is sent again, and when: one pure decision, no I/O."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass

from .errors import CheckpointsError, InvalidRequestError

__all__ = ["RetryPolicy"]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The rules for retrying failed requests. All times are in seconds.

    The three operations are reads, so all are safe to repeat. The client retries errors that are `transient`: of the
    statuses, those in `statuses`; resets, timeouts, and truncated or empty responses. It never retries a response with
    `Qos-Retry-Hint: do-not-retry`, a redirect, or a TLS certificate error.

    The wait before retry n is `backoff * 2**(n - 1)`, at most `backoff_max`, minus a random part of up to half of it.
    The platform's own clients use 250 ms and 4 retries: https://github.com/palantir/dialogue. The client waits for a
    `Retry-After` of at most `retry_after_max` that ends before the deadline. Otherwise it raises the error at once,
    with `.retry_after`.

    Args:
        max_retries: Retries after the first attempt; 0 means one attempt.
        backoff: The longest wait before the first retry.
        backoff_max: The longest wait between two attempts, unless the service asks for more.
        retry_after_max: The longest `Retry-After` to wait for.
        statuses: The transient statuses to retry.
    """

    max_retries: int = 4
    backoff: float = 0.25
    backoff_max: float = 8.0
    retry_after_max: float = 60.0
    statuses: Collection[int] = frozenset({408, 429, 500, 502, 503, 504})

    def __post_init__(self) -> None:
        if type(self.max_retries) is not int or self.max_retries < 0:
            raise InvalidRequestError(f"max_retries must be an integer of 0 or more, not {self.max_retries!r}")
        if not 0 < self.backoff <= self.backoff_max < math.inf:
            raise InvalidRequestError("backoff must be above 0 and at most backoff_max")
        if not 0 <= self.retry_after_max < math.inf:
            raise InvalidRequestError(f"retry_after_max must be 0 or more seconds, not {self.retry_after_max!r}")
        object.__setattr__(self, "statuses", frozenset(self.statuses))

    def delay(
        self, error: CheckpointsError, attempt: int, *, uniform: Callable[[], float] = random.random
    ) -> float | None:
        """Return the seconds to wait before the next attempt, always above 0; None if there must not be one.

        `attempt` is the number of attempts so far, from 1; `uniform` returns a random number in [0, 1).
        """
        status_code = getattr(error, "status_code", None)
        # `QosReason` of https://github.com/palantir/dialogue; it compares case-insensitively.
        hints = getattr(error, "headers", {}).get("qos-retry-hint", "").lower().split(",")
        is_excluded = status_code is not None and status_code not in self.statuses
        is_excluded = is_excluded or "do-not-retry" in map(str.strip, hints)
        worthwhile = getattr(error, "worthwhile_retries", None)
        most = self.max_retries if worthwhile is None else min(self.max_retries, worthwhile)
        if attempt > most or not error.transient or is_excluded:
            return None
        wait: float = min(self.backoff * 2.0 ** min(attempt - 1, 30), self.backoff_max) * (1 - uniform() / 2)
        retry_after: float | None = getattr(error, "retry_after", None)
        if retry_after is None:
            return wait
        return None if retry_after > self.retry_after_max else max(wait, retry_after)
