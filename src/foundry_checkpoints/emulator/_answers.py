"""Responses, and the documented errors as responses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args
from uuid import uuid4

from foundry_checkpoints_api import models

_CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHORIZED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "INVALID_ARGUMENT",
    409: "CONFLICT",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "INVALID_ARGUMENT",
    422: "INVALID_ARGUMENT",
    500: "INTERNAL",
}
_STATUSES = {
    "Unauthorized": 401,
    "Denied": 403,
    "NotFound": 404,
    "Conflict": 409,
    "TooLarge": 413,
    "UnsupportedMediaType": 415,
    "UnprocessableEntity": 422,
    "Internal": 500,
}
_encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

DOCUMENTED_ERRORS = frozenset(
    variant.error_name for variant in get_args(models.ErrorBody) if variant is not models.UnknownVariant
)

_STATED = {
    variant.error_name: int(stated[1])
    for variant in get_args(models.ErrorBody)
    if variant is not models.UnknownVariant and (stated := re.search(r"\bStatus (\d{3})\.", variant.__doc__ or ""))
}
"""The statuses that the spec states, at the end of what it says about each error."""


def status_of(error_name: str) -> int:
    """Return the HTTP status of an error: the one that the spec states, or what the end of the name suggests."""
    if error_name in _STATED:
        return _STATED[error_name]
    return next((status for ending, status in _STATUSES.items() if error_name.endswith(ending)), 400)


def encode(value: Any) -> bytes:
    """Return compact JSON in ASCII, so that a text in it is found by its own encoding, byte by byte."""
    return _encoder.encode(value).encode("ascii")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def json(cls, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        """Return a response with a body that is already encoded."""
        return cls(status, {"content-type": "application/json", **(headers or {})}, body)


class Rejection(Exception):
    """Ends a request with an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


class ServiceError(Rejection):
    """A documented error as the platform sends it. `status` overrides the usual one."""

    def __init__(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        description: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        status = status_of(name) if status is None else status
        body = {
            "errorCode": _CODES[status],
            "errorName": name,
            "errorInstanceId": str(uuid4()),
            "parameters": dict(parameters or {}),
            **({} if description is None else {"errorDescription": description}),
        }
        super().__init__(Answer.json(encode(body), status, headers))


def unprocessable(where: str, problem: str) -> ServiceError:
    """Return the error for JSON that isn't what the operation expects at `where`."""
    return ServiceError("Conjure:UnprocessableEntity", description=f"{where}: {problem}")


def invalid_argument(description: str, *, status: int = 400, headers: Mapping[str, str] | None = None) -> ServiceError:
    """Return the error for an argument that can't be right: malformed JSON, a malformed RID, the method."""
    return ServiceError("Conjure:InvalidArgument", description=description, status=status, headers=headers)
