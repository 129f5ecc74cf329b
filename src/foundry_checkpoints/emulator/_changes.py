"""Changes to the decoded body of a sound answer."""

from __future__ import annotations

from typing import Any

from ._exchange import Exchange
from ._records import Search

_FIELD = {"added": ["in", "a", "later", "version"], "count": 1}


def repeat_page(exchange: Exchange, body: dict[str, Any]) -> None:
    """Let a page lead to itself."""
    body["nextPageToken"] = _token_of_this_page(exchange)


def empty_page(exchange: Exchange, body: dict[str, Any]) -> None:
    """Take the records out of a page, and let it lead to the page with them."""
    body["data"] = []
    body["nextPageToken"] = _token_of_this_page(exchange)


def keep_token(exchange: Exchange, body: dict[str, Any]) -> None:
    """Give the next page the token of all pages of its query; the service remembers the place."""
    if "nextPageToken" in body:
        cursor = f"cursor-{_search(exchange).digest}"
        exchange.service.cursors[cursor] = body["nextPageToken"]
        body["nextPageToken"] = cursor


def _token_of_this_page(exchange: Exchange) -> str:
    return str(exchange.request.json.get("pageToken") or _search(exchange).first_token())


def _search(exchange: Exchange) -> Search:
    """The search that a page is of, wherever the page starts."""
    return Search.from_body({**exchange.request.json, "pageToken": None})


def add_unknown_values(exchange: Exchange, body: dict[str, Any]) -> None:
    """Add what no client knows to every record, and a field to the body."""
    for record in _records(exchange, body):
        _make_unknown(record)
    body["emulatorField"] = _FIELD


def _records(exchange: Exchange, body: dict[str, Any]) -> list[dict[str, Any]]:
    match exchange.request.operation:
        case "search":
            return list(body["data"])
        case "getBatch":
            return list(body["data"].values())
        case "get":
            return [body]
        case _:
            return []


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
