"""The three operations on records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ._answers import Answer, ServiceError, encode, unprocessable
from ._filters import compile_filter
from ._store import Condition, Position, Store
from ._terms import check_text

MAX_PAGE_SIZE = 100
MAX_BATCH_SIZE = 100

_END_OF_TIME = 2**53


@dataclass(frozen=True, slots=True)
class Search:
    """A valid search request."""

    condition: Condition
    descending: bool
    size: int
    after: Position | None
    digest: str
    """Identifies filter and direction: a page token is valid for the query that it comes from."""

    @classmethod
    def from_body(cls, body: Any, cursors: Mapping[str, str] = {}) -> Search:
        """Read a request. Raises `ServiceError` if the service rejects it. `cursors` maps aliases to page tokens."""
        if not isinstance(body, dict):
            raise unprocessable("body", "expected an object")
        where = body.get("where")
        raw = where.get("filter") if isinstance(where, dict) else None
        if not isinstance(raw, dict):
            raise unprocessable("where.filter", "expected an object")
        condition = compile_filter(raw)
        direction = body.get("sortDirection")
        if direction not in (None, "ASC", "DESC"):
            raise unprocessable("sortDirection", "expected one of ASC, DESC")
        digest = sha256(json.dumps([raw, direction or "DESC"], sort_keys=True).encode()).hexdigest()[:16]
        after = _position(body.get("pageToken"), digest, cursors)
        return cls(condition, direction != "ASC", _page_size(body.get("pageSize")), after, digest)

    def token(self, after: Position) -> str:
        """Return the page token of the page that follows `after`."""
        millis, rid = after
        return encode({"token": str(millis), "recordRid": rid, "query": self.digest}).decode()

    def first_token(self) -> str:
        """Return a page token of the first page, which the service itself never sends."""
        return self.token((_END_OF_TIME if self.descending else -_END_OF_TIME, ""))

    def answer(self, store: Store) -> Answer:
        """Return a page. It has a token if more matches follow."""
        page, more = store.page(self.condition, after=self.after, descending=self.descending, size=self.size)
        body = b'{"data":[' + b",".join(entry.body for entry in page) + b"]"
        if more:
            last = page[-1]
            body += b',"nextPageToken":' + encode(self.token((last.millis, last.rid)))
        return Answer.json(body + b"}")


def _page_size(size: Any) -> int:
    if size is None:
        return MAX_PAGE_SIZE
    # In JSON Schema, 1.0 is an integer, too.
    if type(size) is not int and not (isinstance(size, float) and size.is_integer()):
        raise unprocessable("pageSize", "expected an integer")
    if size < 1:
        raise ServiceError("InvalidPageSize", {"pageSize": int(size)})
    return int(min(size, MAX_PAGE_SIZE))


def _position(token: Any, digest: str, cursors: Mapping[str, str]) -> Position | None:
    if token is None:
        return None
    if not isinstance(token, str):
        raise unprocessable("pageToken", "expected a string")
    try:
        match json.loads(cursors.get(token, token)):
            case {"token": str(millis), "recordRid": str(rid), "query": query} if query == digest:
                return int(millis), rid
    except (ValueError, RecursionError):
        pass
    raise ServiceError("InvalidPageToken", {"pageToken": token})


def get_batch(store: Store, body: Any) -> Answer:
    """Return the visible records among up to 100 RIDs, in the order of the request."""
    if not isinstance(body, list):
        raise unprocessable("body", "expected a list")
    if not body:
        raise ServiceError("MissingBatchRequest")
    if len(body) > MAX_BATCH_SIZE:
        sizes = {"maximumBatchSize": MAX_BATCH_SIZE, "providedBatchSize": len(body)}
        raise ServiceError("BatchRequestSizeExceededLimit", sizes)
    rids = dict.fromkeys(_record_rid(element, f"body[{i}]") for i, element in enumerate(body))
    found = [entry for rid in rids if (entry := store.get(rid)) is not None and not store.is_hidden(rid)]
    members = (encode(entry.rid) + b":" + entry.body for entry in found)
    return Answer.json(b'{"data":{' + b",".join(members) + b"}}")


def _record_rid(element: Any, where: str) -> str:
    if not isinstance(element, dict):
        raise unprocessable(where, "expected an object")
    return check_text(element.get("recordRid"), "RecordRid", f"{where}.recordRid")


def get(store: Store, rid: str) -> Answer:
    """Return one record."""
    entry = store.get(check_text(rid, "RecordRid", "recordRid"))
    if entry is None:
        raise ServiceError("CheckpointRecordNotFound", {"recordRid": rid})
    if store.is_hidden(rid):
        raise ServiceError("CheckpointRecordPermissionDenied", {"recordRid": rid})
    return Answer.json(entry.body)
