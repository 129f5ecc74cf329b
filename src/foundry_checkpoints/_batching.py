"""Batches: what to ask for, in which chunks, and what an answer means. No I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from .errors import CheckpointsError, InvalidRequestError, ResponseDecodeError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import GetRecordsBatchResponse, Record

__all__ = ["RecordBatch"]

CHUNK_SIZE = 100
"""The most elements that one getBatch takes."""


Pair: TypeAlias = "tuple[str, Record | None]"


class RecordBatch(Mapping[str, "Record"]):
    """Records by rid, in the order in which they were first asked for.

    `missing` has the rids, in the same order, that the service left out: not found, or not visible to the caller.
    """

    __slots__ = ("_records", "missing")

    def __init__(self, pairs: Iterable[Pair]) -> None:
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


class AsyncChunks(Iterator[list[str]]):
    """`chunks` of an async source: what `refill` has read and nobody has taken."""

    def __init__(self, rids: AsyncIterable[str]) -> None:
        self._rids = aiter(rids)
        self._read: deque[list[str]] = deque()
        self._is_done = False
        self._error: Exception | None = None

    def __next__(self) -> list[str]:
        if self._read:
            return self._read.popleft()
        raise StopIteration if self._error is None else self._error

    async def refill(self) -> None:
        """Read one chunk, unless there is one, or no more."""
        if self._read or self._is_done:
            return
        chunk: list[str] = []
        while len(chunk) < CHUNK_SIZE and not self._is_done:
            try:
                chunk.append(checked_rid(await anext(self._rids)))
            except StopAsyncIteration:
                self._is_done = True
            except Exception as error:  # raised when what was read before it has been taken
                self._error = error
                self._is_done = True
        if chunk:
            self._read.append(chunk)


def width_for(max_concurrency: int, total: int) -> int:
    """How many chunks of a batch to work on: more than may be in flight, as those being decoded take no place there."""
    return min(max_concurrency + (max_concurrency + 1) // 2, total)


def matched(chunk: Iterable[str], response: GetRecordsBatchResponse) -> list[Pair]:
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


@dataclass(eq=False, slots=True)
class Chunk:
    """Rids to ask for together, and what came back."""

    rids: list[str]
    pairs: list[Pair] | None = None
    error: Exception | None = None


class BatchPlan:
    """Chunks in order, at most `width` of them held at a time. After a failure no other chunk is started."""

    def __init__(self, source: Iterator[list[str]], width: int) -> None:
        self._source = source
        self._width = width
        self._held: deque[Chunk] = deque()
        self._has_failed = False
        self.runs_ahead = width > 1

    is_finished = False

    @property
    def has_room(self) -> bool:
        """Whether another chunk of the source may be held."""
        return not self._has_failed and len(self._held) < self._width

    def next_task(self) -> Chunk | None:
        """The next chunk of the source, if there is room to hold it."""
        if not self.has_room:
            return None
        try:
            rids = next(self._source, None)
        except Exception as error:  # the caller's own, or a rid that is none: raised when its turn has come
            self._held.append(Chunk([], error=error))
            self._has_failed = True
            return None
        if rids is None:
            return None
        chunk = Chunk(rids)
        self._held.append(chunk)
        return chunk

    def accept(self, chunk: Chunk, pairs: list[Pair]) -> None:
        """Keep the pairs until their turn."""
        chunk.pairs = pairs

    def fail(self, chunk: Chunk, error: CheckpointsError) -> None:
        """Keep the error until all chunks before it were given."""
        chunk.error = error
        self._has_failed = True

    def take(self) -> list[Pair] | None:
        """The pairs of the chunk whose turn it is."""
        if not self._held:
            return None
        chunk = self._held[0]
        if chunk.error is not None:
            raise chunk.error
        if chunk.pairs is None:
            return None
        self._held.popleft()
        return chunk.pairs
