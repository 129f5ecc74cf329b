# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""Add visits"""

from __future__ import annotations

from typing import Any

from ... import models
from ...client import AsyncSender, Request, Sender


def build_request(*, body: list[models.Visit]) -> Request:
    """Return the request as plain data, without sending it."""
    params: dict[str, Any] = {}
    path = "/visits"
    return Request("POST", path, params, [i.to_dict() for i in body])


def decode_success(data: Any) -> models.Visit:
    """Decode the body of a success. Raise `DecodeError` if it isn't what the spec says."""
    return models.Visit.from_dict(data)


def decode_error(data: Any) -> models.Problem:
    """Decode the body of an error. Raise `DecodeError` if it isn't one."""
    return models.problem_from_dict(data)


def sync(sender: Sender, *, body: list[models.Visit]) -> models.Visit:
    """Adds visits, and returns the last of them.

    Raises `UnexpectedStatus` for an error and `DecodeError` for a body that isn't what the spec says.
    """
    return sender.send(build_request(body=body), decode_success, decode_error)


async def asyncio(sender: AsyncSender, *, body: list[models.Visit]) -> models.Visit:
    """Call the operation as `sync` does, in asyncio or trio."""
    return await sender.send_async(build_request(body=body), decode_success, decode_error)
