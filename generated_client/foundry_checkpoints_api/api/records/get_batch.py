# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""Get a batch of records"""

from __future__ import annotations

from typing import Any

from ... import models
from ...client import AsyncSender, Request, Sender


def build_request(*, body: list[models.GetRecordsBatchRequestElement], preview: bool | None = None) -> Request:
    """Return the request as plain data, without sending it."""
    params: dict[str, Any] = {}
    if preview is not None:
        params["preview"] = preview
    path = "/v2/checkpoints/records/getBatch"
    return Request("POST", path, params, [i.to_dict() for i in body])


def decode_success(data: Any) -> models.GetRecordsBatchResponse:
    """Decode the body of a success. Raise `DecodeError` if it isn't what the spec says."""
    return models.GetRecordsBatchResponse.from_dict(data)


def decode_error(data: Any) -> models.ErrorBody:
    """Decode the body of an error. Raise `DecodeError` if it isn't one."""
    return models.error_body_from_dict(data)


def sync(
    sender: Sender, *, body: list[models.GetRecordsBatchRequestElement], preview: bool | None = None
) -> models.GetRecordsBatchResponse:
    """Returns up to 100 records by their rids. Records that do not exist, or that the caller may not see,
    are left out of the answer without an error.

    Raises `UnexpectedStatus` for an error and `DecodeError` for a body that isn't what the spec says.
    """
    return sender.send(build_request(body=body, preview=preview), decode_success, decode_error)


async def asyncio(
    sender: AsyncSender, *, body: list[models.GetRecordsBatchRequestElement], preview: bool | None = None
) -> models.GetRecordsBatchResponse:
    """Call the operation as `sync` does, in asyncio or trio."""
    return await sender.send_async(build_request(body=body, preview=preview), decode_success, decode_error)
