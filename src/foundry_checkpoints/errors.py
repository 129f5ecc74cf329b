"""Every error of this library.

CheckpointsError
├── ConfigurationError          hostname, credentials, proxies, certificates
├── InvalidRequestError         rejected before it is sent; also a ValueError
│   └── ClientClosedError       used after close
├── NetworkError                no usable response: connect, reset, TLS, proxy, truncated
│   └── RequestTimeoutError     also a TimeoutError
├── ResponseDecodeError         a success whose body doesn't match the spec
├── PaginationError             the service repeats itself
├── TokenRequestError           the token endpoint rejected the request or failed
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

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ._redact import is_shallow, printable, redirect_host

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import ErrorBody

__all__ = [
    "ApiError",
    "ApiUsageDenied",
    "BadRequestError",
    "CheckpointRecordNotFound",
    "CheckpointRecordPermissionDenied",
    "CheckpointsError",
    "ClientClosedError",
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


class CheckpointsError(Exception):
    """Base of every error of this library. Each can be pickled, copied, and hashed, and holds no secret."""

    transient: bool = False
    """True if the same call can succeed later without any change on the caller's side."""
    attempts: int = 0
    """The number of times that the request was sent, retries included."""
    trace_id: str | None = None
    """The `X-B3-TraceId` of the call. Quote it to support."""
    page_token: str | None = None
    """While paging: the token of the page that failed, to resume from. None is the first page."""
    windows: tuple[tuple[datetime | None, datetime | None], ...] = ()
    """In a parallel search: the time ranges, `(start, end)`, whose records were not all returned."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)

    def __str__(self) -> str:
        trace = f" [trace {self.trace_id}]" if self.trace_id else ""
        sent = f" [{self.attempts} attempts]" if self.attempts > 1 else ""
        return f"{self.args[0]}{trace}{sent}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).__new__, (type(self),), {"args": self.args, **self.__dict__}


class ConfigurationError(CheckpointsError):
    """The client can't work as it was set up. The message names what to set."""


class InvalidRequestError(CheckpointsError, ValueError):
    """An argument was rejected before anything was sent."""


class ClientClosedError(InvalidRequestError):
    """The client, or the HTTP client below it, is closed."""


class NetworkError(CheckpointsError):
    """No usable response came back: connection, TLS, proxy, reset, or a body that ended early.

    Not transient if a retry can't help: an untrusted certificate, a proxy that rejects the request, a wrong port.
    """

    worthwhile_retries: int | None = None
    """Retries that make sense within one call; None leaves it to the `RetryPolicy`."""

    def __init__(self, message: str = "", *, transient: bool = True) -> None:
        super().__init__(message)
        self.transient: bool = transient


class RequestTimeoutError(NetworkError, TimeoutError):
    """The `timeout` of a step or the `total_timeout` of the call passed before the response was complete."""


class ResponseDecodeError(CheckpointsError):
    """A success whose body doesn't match the spec. Transient if the body was empty or cut off.

    `path` says where, and `reason` why. Neither holds content of a record.
    """

    def __init__(self, path: str, reason: str, *, transient: bool = False) -> None:
        super().__init__(f"{path}: {reason}")
        self.path: str = path
        self.reason: str = reason
        self.transient: bool = transient


class PaginationError(CheckpointsError):
    """The service repeats itself: following its page tokens would never end."""


class TokenRequestError(CheckpointsError):
    """No token is available: the token endpoint rejected the request or failed, or a callable raised.

    `error_code` is the OAuth error code, such as `invalid_client`.
    """

    status_code: int | None = None
    error_code: str | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    retry_after: float | None = None
    transient: bool = True

    def answered(self, status_code: int, error_code: str | None, headers: Mapping[str, str]) -> None:
        """Take over what the token endpoint answered."""
        self.status_code = status_code
        self.error_code = error_code
        self.headers = headers
        self.retry_after = parse_retry_after(headers)
        self.transient = is_transient(status_code)


class ApiError(CheckpointsError):
    """A response that isn't a success. Fields that the body doesn't have are None, or empty."""

    status_code: int
    headers: dict[str, str]
    """By lower-case name, without cookies."""
    error: ErrorBody | None
    """The generated model of the body; None if the body isn't one that the spec documents."""
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
        texts = {name: value for name, value in fields.items() if isinstance(value, str)}
        parameters = fields.get("parameters")
        self.status_code = status_code
        self.headers = {} if headers is None else dict(headers)
        self.error = error
        self.retry_after = parse_retry_after(self.headers) if retry_after is None else retry_after
        self.transient: bool = is_transient(status_code)
        self.error_code = texts.get("errorCode")
        self.error_name = texts.get("errorName")
        self.error_instance_id = texts.get("errorInstanceId")
        self.error_description = texts.get("errorDescription")
        self.parameters = parameters if isinstance(parameters, dict) and is_shallow(parameters) else {}
        super().__init__(self._message(excerpt))

    def _message(self, excerpt: str) -> str:
        name = printable(self.error_name or type(self).__name__)
        details = (
            (" ({})", self.error_code),
            (": {}", self.error_description),
            (" {}", self.parameters),
            (" [instance {}]", self.error_instance_id),
            (" [retry after {}]", None if self.retry_after is None else f"{self.retry_after:g} s"),
        )
        shown = [form.format(printable(str(value))) for form, value in details if value]
        return "".join(
            [f"{self.status_code} {name}", *shown, f": {excerpt}" if excerpt and not self.error_name else ""]
        )


class RedirectError(ApiError):
    """Status 3xx: the client never follows a redirect. `host` is where this one leads, None for the same host."""

    host: str | None

    def __init__(self, status_code: int, *, headers: Mapping[str, str] | None = None, **details: Any) -> None:
        given = {} if headers is None else headers
        self.host = redirect_host(given.get("location", ""))
        # A gateway's page and these headers repeat the address, whose query may hold a secret.
        telling = ("location", "content-location", "link", "refresh")
        kept = {name: value for name, value in given.items() if name not in telling}
        super().__init__(status_code, headers=kept, **{**details, "excerpt": ""})
        where = self.host or "the same host"
        self.args: tuple[Any, ...] = (f"{self.args[0]}: the client doesn't follow the redirect to {where}",)


class BadRequestError(ApiError):
    """Status 400."""


class UnauthorizedError(ApiError):
    """Status 401: the token is missing, wrong, or expired."""


class PermissionDeniedError(ApiError):
    """Status 403."""


class CheckpointRecordPermissionDenied(PermissionDeniedError):
    """The caller can't read this record."""


class SearchRecordsPermissionDenied(PermissionDeniedError):
    """The caller can't search records."""


class ApiUsageDenied(PermissionDeniedError):
    """The token lacks a scope; `parameters["missingScope"]` can name it."""


class NotFoundError(ApiError):
    """Status 404."""


class CheckpointRecordNotFound(NotFoundError):
    """The record doesn't exist, or the caller can't know of it."""


class RecordNotFound(NotFoundError):
    """The record doesn't exist, or the caller can't know of it."""


class EndpointNotAvailableError(NotFoundError):
    """A 404 with an empty body: this stack doesn't have the endpoint, or the hostname isn't that of a Foundry."""


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
    3: RedirectError,
    5: InternalServerError,
}
"""The class of a status, or of its hundreds."""
_BY_NAME: dict[object, type[ApiError]] = {
    named.__name__: named for named in (*PermissionDeniedError.__subclasses__(), *NotFoundError.__subclasses__())
}


def api_error_class(status_code: int, error_name: object, *, empty: bool) -> type[ApiError]:
    """Return the class for a response: that of its error name if the status fits, else that of its status."""
    by_status = _BY_STATUS.get(status_code, _BY_STATUS.get(status_code // 100, ApiError))
    if status_code == 404 and empty:
        return EndpointNotAvailableError
    by_name = _BY_NAME.get(error_name) if isinstance(error_name, str) else None
    return by_name if by_name and issubclass(by_name, by_status) else by_status


def is_transient(status_code: int) -> bool:
    """Return whether a status can pass: 408, 429, or 5xx."""
    return status_code in (408, 429) or status_code >= 500


def parse_retry_after(
    headers: Mapping[str, str], now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> float | None:
    """Return `Retry-After` in seconds, from seconds or an HTTP date; None if it is absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value[:12])
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now()).total_seconds())
