"""Read an emulator with the official SDK, in an environment that has it: print what it finds, as JSON.

`python read_with_sdk.py HOST:PORT TOKEN CLIENT_ID CLIENT_SECRET`
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

# Only .venv-bench has it, where no types are checked.
from foundry_sdk import (  # type: ignore[import-not-found]
    AsyncFoundryClient,
    ConfidentialClientAuth,
    Config,
    FoundryClient,
    UserTokenAuth,
)
from foundry_sdk.v2.checkpoints.models import (  # type: ignore[import-not-found]
    GetRecordsBatchRequestElement,
    SearchCheckpointRecordsGteFilter,
    SearchCheckpointRecordsRequest,
)

_EVERY_RECORD = SearchCheckpointRecordsGteFilter(field="createdAt", value=datetime(1970, 1, 1, tzinfo=UTC))
_PLAIN = Config(scheme="http")


def _searched(records: Any) -> Iterator[Any]:
    where, token = SearchCheckpointRecordsRequest(filter=_EVERY_RECORD), None
    while True:
        page = records.search(where=where, page_token=token, preview=True)
        yield from page.data
        token = page.next_page_token
        if token is None:
            return


def _chunks(rids: list[str]) -> list[list[Any]]:
    elements = [GetRecordsBatchRequestElement(record_rid=rid) for rid in rids]
    return [elements[start : start + 100] for start in range(0, len(elements), 100)]


async def _batched(hostname: str, token: str, rids: list[str]) -> list[str]:
    client = AsyncFoundryClient(auth=UserTokenAuth(token), hostname=hostname, config=_PLAIN, preview=True)
    records = client.checkpoints.Record
    answers = await asyncio.gather(*(records.get_batch(chunk, preview=True) for chunk in _chunks(rids)))
    return [rid for answer in answers for rid in answer.data]


def main(hostname: str, token: str, client_id: str, client_secret: str) -> None:
    """Search, then batch what was found: in threads, asynchronously, and with client credentials."""
    records = FoundryClient(auth=UserTokenAuth(token), hostname=hostname, config=_PLAIN).checkpoints.Record
    found = list(_searched(records))
    rids = [record.rid for record in found]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda chunk: records.get_batch(chunk, preview=True), _chunks(rids)))
    auth = ConfidentialClientAuth(client_id, client_secret, hostname, ["api:checkpoints-read"], config=_PLAIN)
    service_user = FoundryClient(auth=auth, hostname=hostname, config=_PLAIN).checkpoints.Record
    outcome = {
        "search": [record.model_dump(mode="json", by_alias=True, exclude_none=True) for record in found],
        "threads": [rid for answer in answers for rid in answer.data],
        "asyncio": asyncio.run(_batched(hostname, token, rids)),
        "credentials": [record.rid for record in _searched(service_user)],
    }
    json.dump(outcome, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
