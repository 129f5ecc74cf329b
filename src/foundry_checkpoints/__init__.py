"""The Python client for the Checkpoints preview API of Palantir Foundry.

with CheckpointsClient("example.palantirfoundry.com", auth="TOKEN") as client:
    for record in client.records.search(F.checkpoint_type == "CONTOUR_EXPORT"):
        print(record.created_at, record.acting_user.username.value)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foundry_checkpoints_api import __api_version__

from . import errors
from ._batching import RecordBatch
from ._drift import Drift, DriftEntry
from ._pagination import AsyncRecordPager, RecordPage, RecordPager
from ._retry import RetryPolicy
from ._version import __version__
from .errors import (
    ApiError,
    ApiUsageDenied,
    BadRequestError,
    CheckpointRecordNotFound,
    CheckpointRecordPermissionDenied,
    CheckpointsError,
    ConfigurationError,
    ConflictError,
    EndpointNotAvailableError,
    InternalServerError,
    InvalidRequestError,
    NetworkError,
    NotFoundError,
    PaginationError,
    PermissionDeniedError,
    RateLimitError,
    RecordNotFound,
    RedirectError,
    RequestEntityTooLargeError,
    RequestTimeoutError,
    ResponseDecodeError,
    SearchRecordsPermissionDenied,
    ServiceUnavailableError,
    TokenRequestError,
    UnauthorizedError,
    UnprocessableEntityError,
)
from .filters import F

if TYPE_CHECKING:
    from . import models
    from ._client import AsyncCheckpointsClient, CheckpointsClient
    from .auth import ClientCredentialsAuth, TokenAuth

__all__ = [
    "ApiError",
    "ApiUsageDenied",
    "AsyncCheckpointsClient",
    "AsyncRecordPager",
    "BadRequestError",
    "CheckpointRecordNotFound",
    "CheckpointRecordPermissionDenied",
    "CheckpointsClient",
    "CheckpointsError",
    "ClientCredentialsAuth",
    "ConfigurationError",
    "ConflictError",
    "Drift",
    "DriftEntry",
    "EndpointNotAvailableError",
    "F",
    "InternalServerError",
    "InvalidRequestError",
    "NetworkError",
    "NotFoundError",
    "PaginationError",
    "PermissionDeniedError",
    "RateLimitError",
    "RecordBatch",
    "RecordNotFound",
    "RecordPage",
    "RecordPager",
    "RedirectError",
    "RequestEntityTooLargeError",
    "RequestTimeoutError",
    "ResponseDecodeError",
    "RetryPolicy",
    "SearchRecordsPermissionDenied",
    "ServiceUnavailableError",
    "TokenAuth",
    "TokenRequestError",
    "UnauthorizedError",
    "UnprocessableEntityError",
    "__api_version__",
    "__version__",
    "errors",
    "models",
]


_LAZY = {
    "AsyncCheckpointsClient": "_client",
    "CheckpointsClient": "_client",
    "ClientCredentialsAuth": "auth",
    "TokenAuth": "auth",
    "auth": "auth",
    "models": "models",
}
"""The module of a name: httpx and the models load when they are first asked for."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f".{_LAZY[name]}", __name__)
    return globals().setdefault(name, module if name == _LAZY[name] else getattr(module, name))
