"""Batches: what to ask for, in which chunks, and what an answer means. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from .errors import InvalidRequestError, ResponseDecodeError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import GetRecordsBatchResponse, Record

__all__ = ["RecordBatch"]

CHUNK_SIZE = 100
"""The most elements that one getBatch takes."""


class RecordBatch(Mapping[str, "Record"]):
    """Records by rid, in the order in which they were first asked for.

    `missing` has the rids, in the same order, that the service left out: not found, or not visible to the caller.
    """

    __slots__ = ("_records", "missing")

    def __init__(self, pairs: Iterable[tuple[str, Record | None]]) -> None:
        found = dict(pairs)
        self._records = {rid: record for rid, record in found.items() if record is not None}
        self.missing: tuple[str, ...] = tuple(rid for rid, record in found.items() if record is None)

    def __getitem__(self, rid: str) -> Record:
        return self._records[rid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        return f"<RecordBatch of {len(self)} records, {len(self.missing)} missing>"


def checked_rid(rid: object) -> str:
    """The rid, if it can be one."""
    if not isinstance(rid, str):
        raise InvalidRequestError(
            f"a rid is a string such as ri.checkpoints.main.checkpoint.…, not {type(rid).__name__}"
        )
    if not rid.strip(".") or not rid.isprintable() or " " in rid:
        raise InvalidRequestError(f"{rid!r} is no rid such as ri.checkpoints.main.checkpoint.…")
    return rid


def unique(rids: Iterable[str]) -> list[str]:
    """The rids, each once, in the order in which they first came."""
    return list(dict.fromkeys(_checked(rids)))


def chunks(rids: Iterable[str]) -> Iterator[list[str]]:
    """Lists of at most 100 rids, read from the source only as far as needed."""
    source = iter(_checked(rids))
    while chunk := list(islice(source, CHUNK_SIZE)):
        yield chunk


def _checked(rids: Iterable[str]) -> Iterator[str]:
    if isinstance(rids, str | bytes) or not isinstance(rids, Iterable):
        raise InvalidRequestError(f"rids is an iterable of strings, not {type(rids).__name__}")
    return map(checked_rid, rids)


def matched(chunk: Iterable[str], response: GetRecordsBatchResponse) -> list[tuple[str, Record | None]]:
    """The records of a chunk in its order, None for a missing one.

    Raises `ResponseDecodeError` for a record that was not asked for, or that stands under the rid of another.
    """
    asked = set(chunk)
    for rid, record in response.data.items():
        if rid not in asked:
            raise ResponseDecodeError("GetRecordsBatchResponse.data", "a record that was not asked for")
        if record.rid != rid:
            raise ResponseDecodeError("GetRecordsBatchResponse.data", "a record under the rid of another")
    return [(rid, response.data.get(rid)) for rid in chunk]
