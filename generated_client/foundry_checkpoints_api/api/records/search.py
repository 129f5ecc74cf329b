# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""Search records"""

from __future__ import annotations

from typing import Any

from ... import models
from ...client import AsyncSender, Request, Sender


def build_request(*, body: models.SearchRecordsRequest, preview: bool | None = None) -> Request:
    """Return the request as plain data, without sending it."""
    params: dict[str, Any] = {}
    if preview is not None:
        params["preview"] = preview
    path = "/v2/checkpoints/records/search"
    return Request("POST", path, params, body.to_dict())


def decode_success(data: Any) -> models.SearchCheckpointRecordsResponse:
    """Decode the body of a success. Raise `DecodeError` if it isn't what the spec says."""
    return models.SearchCheckpointRecordsResponse.from_dict(data)


def decode_error(data: Any) -> models.ErrorBody:
    """Decode the body of an error. Raise `DecodeError` if it isn't one."""
    return models.error_body_from_dict(data)


def sync(
    sender: Sender, *, body: models.SearchRecordsRequest, preview: bool | None = None
) -> models.SearchCheckpointRecordsResponse:
    """Returns one page of the records that match a filter, among those that the caller may see, ordered by
    creation time, newest first unless `sortDirection` says otherwise.

    The last page is the one without a `nextPageToken`, or with an empty one; a short or an empty page
    need not be the last. Paging is no snapshot: a record that is created meanwhile may appear or not.

    Raises `UnexpectedStatus` for an error and `DecodeError` for a body that isn't what the spec says.
    """
    return sender.send(build_request(body=body, preview=preview), decode_success, decode_error)


async def asyncio(
    sender: AsyncSender, *, body: models.SearchRecordsRequest, preview: bool | None = None
) -> models.SearchCheckpointRecordsResponse:
    """Call the operation as `sync` does, in asyncio or trio."""
    return await sender.send_async(build_request(body=body, preview=preview), decode_success, decode_error)
