"""Changes to the decoded body of a successful answer."""

from __future__ import annotations

from typing import Any

from ._exchange import Exchange
from ._records import Search

_FIELD = {"added": ["in", "a", "later", "version"], "count": 1}


def repeat_page(exchange: Exchange, body: dict[str, Any]) -> None:
    """Let the page token lead to the same page."""
    body["nextPageToken"] = _token_of_this_page(exchange)


def empty_page(exchange: Exchange, body: dict[str, Any]) -> None:
    """Remove the records of a page, and let its token lead to the page with them."""
    body["data"] = []
    body["nextPageToken"] = _token_of_this_page(exchange)


def keep_token(exchange: Exchange, body: dict[str, Any]) -> None:
    """Give all pages of a query the same token. The service remembers the position."""
    if "nextPageToken" in body:
        cursor = f"cursor-{_search(exchange).digest}"
        exchange.service.cursors[cursor] = body["nextPageToken"]
        body["nextPageToken"] = cursor


def _token_of_this_page(exchange: Exchange) -> str:
    return str(exchange.request.json.get("pageToken") or _search(exchange).first_token())


def _search(exchange: Exchange) -> Search:
    """Return the search that a page belongs to, from its start."""
    return Search.from_body({**exchange.request.json, "pageToken": None})


def add_unknown_values(exchange: Exchange, body: dict[str, Any]) -> None:
    """Add a field to the body, and unknown values, variants and fields to every record."""
    match exchange.request.operation:
        case "search":
            records = list(body["data"])
        case "getBatch":
            records = list(body["data"].values())
        case "get":
            records = [body]
        case _:
            records = []
    for record in records:
        _make_unknown(record)
    body["emulatorField"] = _FIELD


def _make_unknown(record: dict[str, Any]) -> None:
    record["type"] = "EMULATOR_TYPE"
    record["scope"] = "EMULATOR_SCOPED"
    record["justification"] = {"type": "emulatorJustification", "answers": [1, 2.5, None, {"nested": True}]}
    record["emulatorField"] = _FIELD
    user = record.setdefault("actingUser", {"userId": "emulator"})
    user["username"] = {"redactionType": "EMULATOR_REDACTED"}
    user["emulatorField"] = None
    record["checkpointedItems"] = [
        *(record.get("checkpointedItems") or ()),
        {"type": "emulatorItem", "itemRid": record["rid"], "parts": [{"type": "emulatorPart"}]},
        {
            "type": "checkpointedResource",
            "rid": record["rid"],
            "resourceType": "EMULATOR_RESOURCE_TYPE",
            "compassPath": {"value": "/Emulator", "emulatorField": False},
            "orgMarkings": [],
        },
    ]
