"""What the service answers: a status, headers and bytes, and the documented errors in that form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

_JSON = {"content-type": "application/json"}
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

_CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHORIZED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    422: "INVALID_ARGUMENT",
    500: "INTERNAL",
}

STATUSES = {
    "CheckpointRecordNotFound": 404,
    "RecordNotFound": 404,
    "CheckpointRecordPermissionDenied": 403,
    "SearchRecordsPermissionDenied": 403,
    "ApiFeaturePreviewUsageOnly": 400,
    "ApiUsageDenied": 403,
    "BatchRequestSizeExceededLimit": 400,
    "MissingBatchRequest": 400,
    "MissingPostBody": 400,
    "InvalidPageSize": 400,
    "InvalidPageToken": 400,
    "InvalidAndFilter": 400,
    "InvalidOrFilter": 400,
    "InvalidFilterValue": 400,
    "Conjure:InvalidArgument": 400,
    "Conjure:UnprocessableEntity": 422,
    "Conjure:UnsupportedMediaType": 415,
    "Default:Unauthorized": 401,
    "Default:PermissionDenied": 403,
    "Default:Internal": 500,
}
"""The documented errors, each with its HTTP status."""


def encode(value: Any) -> bytes:
    """Compact JSON. ASCII alone, so that a text is found in a body by its own encoding, byte by byte."""
    return _ENCODER.encode(value).encode("ascii")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response, whole."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def json(cls, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        """An answer whose body is encoded JSON already."""
        return cls(status, {**_JSON, **(headers or {})}, body)


class ServiceError(Exception):
    """A documented error. `status` and `headers` are for the few that differ from the table."""

    def __init__(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        description: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(name)
        self.name = name
        self.parameters = dict(parameters or {})
        self.description = description
        self.status = STATUSES[name] if status is None else status
        self.headers = headers

    def answer(self) -> Answer:
        """The error as the platform writes it, with a fresh instance id."""
        body = {
            "errorCode": _CODES[self.status],
            "errorName": self.name,
            "errorInstanceId": str(uuid4()),
            "parameters": self.parameters,
        }
        if self.description is not None:
            body["errorDescription"] = self.description
        return Answer.json(encode(body), self.status, self.headers)


def unprocessable(where: str, problem: str) -> ServiceError:
    """The body is JSON, yet not what the operation expects at `where`."""
    return ServiceError("Conjure:UnprocessableEntity", description=f"{where}: {problem}")


def invalid_argument(description: str, *, status: int = 400, headers: Mapping[str, str] | None = None) -> ServiceError:
    """An argument is wrong in itself: malformed JSON, a malformed rid, a query parameter, the method."""
    return ServiceError("Conjure:InvalidArgument", description=description, status=status, headers=headers)
