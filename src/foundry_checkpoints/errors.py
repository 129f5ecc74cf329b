"""Every error of this library.

CheckpointsError
├── ConfigurationError          hostname, credentials, plain http
├── InvalidRequestError         refused before it is sent; also a ValueError
├── NetworkError                no usable answer: connect, reset, TLS, proxy, truncated
│   └── RequestTimeoutError     also a TimeoutError
├── ResponseDecodeError         a 2xx body that is not what the spec says
├── PaginationError             the service repeats itself
├── TokenRequestError           the token endpoint refused or failed
└── ApiError                    any other status
    ├── RedirectError 3xx
    ├── BadRequestError 400
    ├── UnauthorizedError 401
    ├── PermissionDeniedError 403
    │   ├── CheckpointRecordPermissionDenied
    │   ├── SearchRecordsPermissionDenied
    │   └── ApiUsageDenied
    ├── NotFoundError 404
    │   ├── CheckpointRecordNotFound
    │   ├── RecordNotFound
    │   └── EndpointNotAvailableError
    ├── ConflictError 409
    ├── RequestEntityTooLargeError 413
    ├── UnprocessableEntityError 422
    ├── RateLimitError 429
    └── InternalServerError 5xx
        └── ServiceUnavailableError 503
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from datetime import datetime

    from foundry_checkpoints_api.models import ErrorBody

__all__ = [
    "ApiError",
    "ApiUsageDenied",
    "BadRequestError",
    "CheckpointRecordNotFound",
    "CheckpointRecordPermissionDenied",
    "CheckpointsError",
    "ConfigurationError",
    "ConflictError",
    "EndpointNotAvailableError",
    "InternalServerError",
    "InvalidRequestError",
    "NetworkError",
    "NotFoundError",
    "PaginationError",
    "PermissionDeniedError",
    "RateLimitError",
    "RecordNotFound",
    "RedirectError",
    "RequestEntityTooLargeError",
    "RequestTimeoutError",
    "ResponseDecodeError",
    "SearchRecordsPermissionDenied",
    "ServiceUnavailableError",
    "TokenRequestError",
    "UnauthorizedError",
    "UnprocessableEntityError",
]

_EXCERPT = 200


class CheckpointsError(Exception):
    """Base of every error of this library. Each can be pickled, copied and hashed, and holds no secret."""

    attempts: int = 0
    """How often the request was sent, retries included."""
    trace_id: str | None = None
    """The `X-B3-TraceId` that the call was sent with; support can find the call by it."""
    page_token: str | None = None
    """While paging: the token of the page that failed, to resume from. None means the first page."""
    windows: tuple[tuple[datetime | None, datetime | None], ...] = ()
    """In a parallel search: the parts of the time line, `(start, end)`, whose records were not all given."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args), self.__dict__


def _rebuild(cls: type[CheckpointsError], args: tuple[Any, ...]) -> CheckpointsError:
    error = cls.__new__(cls)
    error.args = args
    return error


class ConfigurationError(CheckpointsError):
    """The client cannot work as it was set up; the message names what to set."""


class InvalidRequestError(CheckpointsError, ValueError):
    """What the caller gave was refused before anything was sent."""


class NetworkError(CheckpointsError):
    """No usable answer came back: connection, TLS, proxy, reset, or a body that ended early."""

    transient: bool = True
    """Whether another attempt may help; False for a certificate that is not trusted."""


class RequestTimeoutError(NetworkError, TimeoutError):
    """A `timeout` or the `deadline` passed before the answer was there."""


class ResponseDecodeError(CheckpointsError):
    """A success whose body is not what the spec says. `path` says where; no content is kept."""

    transient: bool = False
    """Whether another attempt may help: the body was empty or cut off."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path: str = path
        self.reason: str = reason


class PaginationError(CheckpointsError):
    """The service repeats itself: following its page tokens would never end."""


class TokenRequestError(CheckpointsError):
    """The token endpoint refused or failed. `error_code` is its OAuth error code, such as `invalid_client`."""

    status_code: int | None = None
    error_code: str | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    retry_after: float | None = None


class ApiError(CheckpointsError):
    """An answer that is not a success. What the body does not have is None, or empty."""

    status_code: int
    headers: dict[str, str]
    """By lower-case name, without cookies."""
    error: ErrorBody | None
    """The generated model of the body; None where it is not one that the spec documents."""
    retry_after: float | None
    """Seconds that the service asked to wait."""
    error_code: str | None
    error_name: str | None
    error_instance_id: str | None
    error_description: str | None
    parameters: dict[str, Any]

    def __init__(
        self,
        status_code: int,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        excerpt: str = "",
        error: ErrorBody | None = None,
        retry_after: float | None = None,
    ) -> None:
        fields: dict[str, Any] = body if isinstance(body, dict) else {}
        parameters = fields.get("parameters")
        self.status_code = status_code
        self.headers = {} if headers is None else dict(headers)
        self.error = error
        self.retry_after = retry_after
        self.error_code = _text(fields.get("errorCode"))
        self.error_name = _text(fields.get("errorName"))
        self.error_instance_id = _text(fields.get("errorInstanceId"))
        self.error_description = _text(fields.get("errorDescription"))
        self.parameters = parameters if isinstance(parameters, dict) and _is_shallow(parameters) else {}
        super().__init__(self._message(excerpt))

    def _message(self, excerpt: str) -> str:
        parts = [f"{self.status_code} {printable(self.error_name or type(self).__name__)}"]
        if self.error_code:
            parts.append(f" ({printable(self.error_code)})")
        if self.error_description:
            parts.append(f": {printable(self.error_description)}")
        if self.parameters:
            parts.append(f" {printable(str(self.parameters))}")
        if self.error_instance_id:
            parts.append(f" [instance {printable(self.error_instance_id)}]")
        if self.retry_after is not None:
            parts.append(f" [retry after {self.retry_after:g} s]")
        if excerpt and not self.error_name:
            parts.append(f": {excerpt}")
        return "".join(parts)

    def __str__(self) -> str:
        trace = f" [trace {self.trace_id}]" if self.trace_id else ""
        sent = f" [{self.attempts} attempts]" if self.attempts > 1 else ""
        return f"{self.args[0]}{trace}{sent}"


class RedirectError(ApiError):
    """Status 3xx: redirects are never followed. `host` is where this one leads, None for the same host."""

    host: str | None

    def __init__(self, status_code: int, **details: Any) -> None:
        # A gateway's page, and some headers, repeat the address, whose query may hold a secret.
        details["excerpt"] = ""
        super().__init__(status_code, **details)
        self.host = redirect_host(self.headers.pop("location", ""))
        for name in ("content-location", "link", "refresh"):
            self.headers.pop(name, None)

    def __str__(self) -> str:
        return f"{super().__str__()}: the answer redirects to {self.host or 'the same host'}; it was not followed"


class BadRequestError(ApiError):
    """Status 400."""


class UnauthorizedError(ApiError):
    """Status 401: the token is missing, wrong or expired."""


class PermissionDeniedError(ApiError):
    """Status 403."""


class CheckpointRecordPermissionDenied(PermissionDeniedError):
    """The caller may not see this record."""


class SearchRecordsPermissionDenied(PermissionDeniedError):
    """The caller may not search records."""


class ApiUsageDenied(PermissionDeniedError):
    """The token lacks a scope; `parameters["missingScope"]` may name it."""


class NotFoundError(ApiError):
    """Status 404."""


class CheckpointRecordNotFound(NotFoundError):
    """There is no such record, or the caller may not know of it."""


class RecordNotFound(NotFoundError):
    """There is no such record, or the caller may not know of it."""


class EndpointNotAvailableError(NotFoundError):
    """A 404 with an empty body: this stack does not have the endpoint, or the hostname is not a Foundry's."""


class ConflictError(ApiError):
    """Status 409."""


class RequestEntityTooLargeError(ApiError):
    """Status 413."""


class UnprocessableEntityError(ApiError):
    """Status 422."""


class RateLimitError(ApiError):
    """Status 429: too many requests."""


class InternalServerError(ApiError):
    """Status 5xx."""


class ServiceUnavailableError(InternalServerError):
    """Status 503."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: RequestEntityTooLargeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    503: ServiceUnavailableError,
}
_BY_NAME: dict[object, type[ApiError]] = {
    named.__name__: named
    for named in (
        CheckpointRecordPermissionDenied,
        SearchRecordsPermissionDenied,
        ApiUsageDenied,
        CheckpointRecordNotFound,
        RecordNotFound,
    )
}


def api_error_class(status_code: int, error_name: object, *, empty: bool) -> type[ApiError]:
    """The class for an answer: that of its error name, where the status fits, else that of its status."""
    by_status = _BY_STATUS.get(status_code)
    if by_status is None:
        by_status = {3: RedirectError, 5: InternalServerError}.get(status_code // 100, ApiError)
    if status_code == 404 and empty:
        return EndpointNotAvailableError
    by_name = _BY_NAME.get(error_name) if isinstance(error_name, str) else None
    return by_name if by_name and issubclass(by_name, by_status) else by_status


_CREDENTIAL = re.compile(r"(?i)(bearer|basic|token|secret|password)([\s\"':=]+)[^\s\"'<>,;&]+")


def printable(text: str) -> str:
    """A short excerpt that is safe to log: one line, printable ASCII, no credentials."""
    line = _CREDENTIAL.sub(r"\1\2…", " ".join(text[: 4 * _EXCERPT].split()))
    safe = line.encode("ascii", "backslashreplace").decode("ascii")
    shown = "".join(character if character.isprintable() else "?" for character in safe)
    return shown if len(shown) <= _EXCERPT else f"{shown[:_EXCERPT]}..."


def _is_shallow(value: Any, depth: int = 50) -> bool:
    """Whether it can be shown, compared and pickled: Python does so by recursion."""
    if not isinstance(value, dict | list):
        return True
    return depth > 0 and all(
        _is_shallow(part, depth - 1) for part in (value.values() if isinstance(value, dict) else value)
    )


def redirect_host(location: str) -> str | None:
    """The host that a Location names; None for a relative one."""
    try:
        host = urlsplit(location).hostname
    except ValueError:
        return "an invalid address"
    return None if host is None else printable(host)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
