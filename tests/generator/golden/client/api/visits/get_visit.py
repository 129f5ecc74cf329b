# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""Get a visit"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ... import models
from ...client import AsyncSender, Request, Sender


def build_request(name: str, *, page_size: int | None = None, type_: str | None = None) -> Request:
    """Return the request as plain data, without sending it."""
    params: dict[str, Any] = {}
    if page_size is not None:
        params["pageSize"] = page_size
    if type_ is not None:
        params["type"] = type_
    path = "/enclosures/{name}/visits".format(name=quote(name, safe=""))
    return Request("GET", path, params)


def decode_success(data: Any) -> models.Visit:
    """Decode the body of a success. Raise `DecodeError` if it isn't what the spec says."""
    return models.Visit.from_dict(data)


def decode_error(data: Any) -> models.Problem:
    """Decode the body of an error. Raise `DecodeError` if it isn't one."""
    return models.problem_from_dict(data)


def sync(sender: Sender, name: str, *, page_size: int | None = None, type_: str | None = None) -> models.Visit:
    """Returns the last visit to an enclosure, with all that was seen there and whatever else the keeper
    wrote down at the end of the day.

    The path may need "quoting".

    Raises `UnexpectedStatus` for an error and `DecodeError` for a body that isn't what the spec says.
    """
    return sender.send(build_request(name, page_size=page_size, type_=type_), decode_success, decode_error)


async def asyncio(
    sender: AsyncSender, name: str, *, page_size: int | None = None, type_: str | None = None
) -> models.Visit:
    """Call the operation as `sync` does, in asyncio or trio."""
    return await sender.send_async(build_request(name, page_size=page_size, type_=type_), decode_success, decode_error)
