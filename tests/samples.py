"""The records of the shared emulator, and JSON as the service sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.models import Record

SAMPLES_END = datetime(2026, 1, 1, tzinfo=UTC)
"""The samples were created in the year before."""
SAMPLES = list(sample_records(350, end=SAMPLES_END))
RECORDS = [Record.from_dict(sample) for sample in SAMPLES]
RIDS = [record.rid for record in RECORDS]
UNKNOWN = [f"ri.checkpoints.main.checkpoint.unknown-{number}" for number in range(2)]
"""Well-formed RIDs of no record."""


def newest_first(records: Sequence[Record]) -> list[str]:
    """Return RIDs in the order of a search: by creation time, then by RID."""
    return [record.rid for record in sorted(records, key=lambda record: (record.created_at, record.rid), reverse=True)]


def page(numbers: Sequence[int] = (), token: str | None = None) -> dict[str, Any]:
    """Return a page that holds the samples of these numbers."""
    return {"data": [SAMPLES[number] for number in numbers], **({} if token is None else {"nextPageToken": token})}


def error_body(name: str, code: str = "INTERNAL", **parameters: Any) -> dict[str, Any]:
    """Return an error as the service writes it."""
    return {"errorCode": code, "errorName": name, "errorInstanceId": "5f1a3f1e", "parameters": parameters}
