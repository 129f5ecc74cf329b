"""Failures of the service: which of them pass, and how long to wait for that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from ..errors import ApiError, CheckpointsError, NetworkError, ResponseDecodeError, TokenRequestError

T = TypeVar("T")

LONGEST_PAUSE: Final = timedelta(minutes=5)
"""Between two attempts, unless the interval is longer."""


class ServiceError(Exception):
    """Tells an error of the client from those of the sink and of the state."""

    def __init__(self, error: CheckpointsError) -> None:
        self.error = error


def asked(ask: Callable[[], T]) -> T:
    """The result of a call of the client; its error as a `ServiceError`."""
    try:
        return ask()
    except CheckpointsError as error:
        raise ServiceError(error) from None


def is_transient(error: CheckpointsError) -> bool:
    """Whether the same may work later, without anybody doing anything."""
    match error:
        case NetworkError() | ResponseDecodeError():
            return error.transient
        case ApiError(status_code=status) | TokenRequestError(status_code=int(status)):
            return status == 429 or status >= 500
    return isinstance(error, TokenRequestError)


def pause(interval: timedelta, failures: int, error: CheckpointsError) -> timedelta:
    """How long to wait after so many failures in a row; at least what the service asked for."""
    doubled = interval.total_seconds() * 2.0 ** min(failures - 1, 10)
    retry_after: float | None = getattr(error, "retry_after", None)
    wanted = doubled if retry_after is None else max(doubled, retry_after)
    return timedelta(seconds=min(wanted, max(interval, LONGEST_PAUSE).total_seconds()))
