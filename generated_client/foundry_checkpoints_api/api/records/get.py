# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""Get a record"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ... import models
from ...client import AsyncSender, Request, Sender


def build_request(record_rid: str, *, preview: bool | None = None) -> Request:
    """Return the request as plain data, without sending it."""
    params: dict[str, Any] = {}
    if preview is not None:
        params["preview"] = preview
    path = "/v2/checkpoints/records/{record_rid}".format(record_rid=quote(record_rid, safe=""))
    return Request("GET", path, params)


def decode_success(data: Any) -> models.Record:
    """Decode the body of a success. Raise `DecodeError` if it isn't what the spec says."""
    return models.Record.from_dict(data)


def decode_error(data: Any) -> models.ErrorBody:
    """Decode the body of an error. Raise `DecodeError` if it isn't one."""
    return models.error_body_from_dict(data)


def sync(sender: Sender, record_rid: str, *, preview: bool | None = None) -> models.Record:
    """Returns the record with the given rid.

    Raises `UnexpectedStatus` for an error and `DecodeError` for a body that isn't what the spec says.
    """
    return sender.send(build_request(record_rid, preview=preview), decode_success, decode_error)


async def asyncio(sender: AsyncSender, record_rid: str, *, preview: bool | None = None) -> models.Record:
    """Call the operation as `sync` does, in asyncio or trio."""
    return await sender.send_async(build_request(record_rid, preview=preview), decode_success, decode_error)
