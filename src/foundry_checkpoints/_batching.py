"""Batches: which RIDs to request together, and what a response means for them. No I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from ._frames import RecordTable
from .errors import CheckpointsError, InvalidRequestError, ResponseDecodeError

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import GetRecordsBatchResponse, Record

CHUNK_SIZE = 100
"""The most elements that one getBatch accepts."""

Pair: TypeAlias = "tuple[str, Record | None]"


class RecordBatch(RecordTable, Mapping[str, "Record"]):
    """Records by RID, in the order in which they were first requested; an Arrow stream of the records.

    `missing` has the RIDs, in the same order, that the service left out: not found, or not visible to the caller.
    """

    __slots__ = ("_found", "missing")

    def __init__(self, pairs: Iterable[Pair]) -> None:
        found = dict(pairs)
        self._found = {rid: record for rid, record in found.items() if record is not None}
        self.missing: tuple[str, ...] = tuple(rid for rid, record in found.items() if record is None)

    def __getitem__(self, rid: str) -> Record:
        return self._found[rid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def _records(self) -> Iterable[Record]:
        return self._found.values()

    def __repr__(self) -> str:
        return f"<RecordBatch of {len(self)} records, {len(self.missing)} missing>"


def checked_rid(rid: object) -> str:
    """Return the RID; raise `InvalidRequestError` if it can't be one."""
    if not isinstance(rid, str):
        raise InvalidRequestError(f"a RID must be a string, not {type(rid).__name__}")
    if not rid.strip(".") or not rid.isprintable() or " " in rid:
        raise InvalidRequestError(f"{rid[:80]!r} isn't a RID such as ri.checkpoints.main.checkpoint.…")
    return rid


def checked_rids(rids: Iterable[str]) -> Iterator[str]:
    """Return an iterator that checks each RID when it is read."""
    if isinstance(rids, str | bytes) or not isinstance(rids, Iterable):
        raise InvalidRequestError(f"rids must be an iterable of strings, not {type(rids).__name__}")
    return map(checked_rid, rids)


def matched(
    chunk: Iterable[str],
    response: GetRecordsBatchResponse,
    marked: Callable[[CheckpointsError], CheckpointsError],
) -> list[Pair]:
    """Return the records of a chunk in its order, None for a missing one.

    Raises `ResponseDecodeError`, as `marked` with its call, for a record that wasn't requested, or that stands under
    the RID of another.
    """
    requested = set(chunk)
    for rid, record in response.data.items():
        if rid not in requested or record.rid != rid:
            fault = "a record under the RID of another" if rid in requested else "a record that wasn't requested"
            raise marked(ResponseDecodeError("GetRecordsBatchResponse.data", fault))
    return [(rid, response.data.get(rid)) for rid in chunk]


class Chunks(Iterator[list[str]]):
    """Lists of at most 100 RIDs, read from the caller's source only as far as needed."""

    def __init__(self, rids: Iterable[str]) -> None:
        self.count = -(-len(rids) // CHUNK_SIZE) if isinstance(rids, Collection) else None
        """The number of lists; None if it is unknown, and reading from the source can take time, as from a pipe."""
        self._rids = checked_rids(rids)

    def __next__(self) -> list[str]:
        if chunk := list(islice(self._rids, CHUNK_SIZE)):
            return chunk
        raise StopIteration


class AsyncChunks(Iterator[list[str]]):
    """`Chunks` of an async source: what `refill` has read and nobody has taken."""

    count = None

    def __init__(self, rids: AsyncIterable[str]) -> None:
        self._rids = aiter(rids)
        self._chunk: list[str] = []
        self._end: Exception | None = None

    def __next__(self) -> list[str]:
        if self._chunk:
            chunk, self._chunk = self._chunk, []
            return chunk
        raise StopIteration if self._end is None else self._end

    async def refill(self) -> None:
        """Read one chunk, unless one is waiting or the source has ended. A failure waits for its turn."""
        while len(self._chunk) < CHUNK_SIZE and self._end is None:
            try:
                self._chunk.append(checked_rid(await anext(self._rids)))
            except StopAsyncIteration:
                self._end = StopIteration()
            except Exception as error:
                self._end = error


@dataclass(eq=False, slots=True)
class Chunk:
    """RIDs to request together, and what came back."""

    rids: list[str]
    outcome: list[Pair] | Exception | None = None


class BatchPlan:
    """Chunks in order, at most `buffered` of them requested and not yet returned. The first failure ends it."""

    is_finished = False

    def __init__(self, source: Chunks | AsyncChunks, buffered: int) -> None:
        self._source = source
        self._buffered = buffered
        self._held: deque[Chunk] = deque()
        self._has_failed = False

    @property
    def has_room(self) -> bool:
        """True if another chunk of the source can be read. If reading can block, ready chunks are returned before."""
        is_ready = bool(self._held) and self._held[0].outcome is not None
        can_block = self._source.count is None
        return not self._has_failed and len(self._held) < self._buffered and not (is_ready and can_block)

    def next_task(self) -> Chunk | None:
        """Return the next chunk of the source, if there is room to hold it."""
        if not self.has_room:
            return None
        try:
            rids = next(self._source, None)
        except Exception as error:  # the caller's own, or an invalid RID: raised when its turn has come
            self._held.append(Chunk([], error))
            self._has_failed = True
            return None
        if rids is None:
            return None
        chunk = Chunk(rids)
        self._held.append(chunk)
        return chunk

    def accept(self, chunk: Chunk, pairs: list[Pair]) -> None:
        """Keep the pairs until their turn."""
        chunk.outcome = pairs

    def fail(self, chunk: Chunk, error: CheckpointsError) -> None:
        """Keep the error until all chunks before it were returned."""
        chunk.outcome = error
        self._has_failed = True

    def take(self) -> list[Pair] | None:
        """Return the pairs of the chunk whose turn it is; raise its error if it failed."""
        if not self._held or self._held[0].outcome is None:
            return None
        outcome = self._held.popleft().outcome
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
