"""Which RIDs are requested together, and what a response means: decisions without I/O."""

from __future__ import annotations

import copy
import pickle
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import count
from random import Random
from typing import Any, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import CheckpointsError, InvalidRequestError, RecordBatch, ResponseDecodeError
from foundry_checkpoints._batching import AsyncChunks, BatchPlan, Chunk, Chunks, checked_rid, checked_rids, matched
from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.errors import ApiError
from foundry_checkpoints.models import GetRecordsBatchResponse, Record

RECORD = Record.from_dict(next(sample_records(1)))
RECORDS = {rid: attrs.evolve(RECORD, rid=rid) for rid in ("ri.a", "ri.b", "ri.c")}
EMPTY = GetRecordsBatchResponse()


def unmarked(error: CheckpointsError) -> CheckpointsError:
    return error


some_rids = st.lists(st.sampled_from([f"ri.{number}" for number in range(40)]), max_size=250)


@given(some_rids)
def test_chunks_lose_nothing_and_are_full_but_for_the_last(rids: list[str]) -> None:
    """Put together, the chunks are what the caller gave; each but the last has 100 RIDs, duplicates counted."""
    found = list(Chunks(rids))
    assert [rid for chunk in found for rid in chunk] == rids
    assert [len(chunk) for chunk in found[:-1]] == [100] * (len(found) - 1)
    assert all(found)


def test_chunks_read_no_further_than_needed() -> None:
    """An endless source is read one chunk at a time."""
    source = count()
    chunks = Chunks(f"ri.{number}" for number in source)
    assert next(chunks) == [f"ri.{number}" for number in range(100)]
    assert next(source) == 100


def test_rids_can_come_in_any_iterable() -> None:
    """Lists, tuples, sets, mappings, iterators, and an earlier batch all contain RIDs."""
    sources: list[Any] = [["ri.a"], ("ri.a",), {"ri.a"}, {"ri.a": 1}, iter(["ri.a"]), RecordBatch([("ri.a", RECORD)])]
    assert [list(checked_rids(source)) for source in sources] == [["ri.a"]] * len(sources)


WRONG_RIDS: list[Any] = [None, 5, b"ri.a", RECORD, ["ri.a"], "", " ", ".", "..", "ri.a ", "ri.a\n", "ri.\x00"]


@pytest.mark.parametrize("wrong", WRONG_RIDS, ids=lambda value: repr(value)[:12])
def test_what_cant_be_a_rid_is_rejected(wrong: Any) -> None:
    """The message names the type or quotes the text, alone and in a list."""
    hint = "isn't a RID" if isinstance(wrong, str) else f"not {type(wrong).__name__}"
    with pytest.raises(InvalidRequestError, match=hint):
        checked_rid(wrong)
    with pytest.raises(InvalidRequestError, match=hint):
        list(Chunks(["ri.a", wrong]))


@pytest.mark.parametrize("wrong", ["ri.checkpoints.main.checkpoint.a", b"ri.a", None, 5], ids=repr)
def test_what_isnt_an_iterable_of_rids_is_rejected(wrong: Any) -> None:
    """A single string isn't taken for a list of characters."""
    with pytest.raises(InvalidRequestError, match=f"iterable of strings, not {type(wrong).__name__}"):
        Chunks(wrong)


def test_matched_returns_each_rid_of_the_chunk_in_its_order() -> None:
    """Pairs follow the chunk, whatever the order of the response; None stands for what it left out."""
    response = GetRecordsBatchResponse(data={"ri.c": RECORDS["ri.c"], "ri.a": RECORDS["ri.a"]})
    pairs = matched(["ri.a", "ri.b", "ri.c", "ri.a"], response, unmarked)
    assert [(rid, record and record.rid) for rid, record in pairs] == [
        ("ri.a", "ri.a"),
        ("ri.b", None),
        ("ri.c", "ri.c"),
        ("ri.a", "ri.a"),
    ]


@pytest.mark.parametrize("key", ["ri.other", "ri.b"])
def test_a_record_that_doesnt_fit_is_an_error(key: str) -> None:
    """A record that wasn't requested, or under the RID of another: the error names the place, not the content."""
    with pytest.raises(ResponseDecodeError, match="record") as caught:
        matched(["ri.a", "ri.b"], GetRecordsBatchResponse(data={key: RECORDS["ri.a"]}), unmarked)
    assert caught.value.path == "GetRecordsBatchResponse.data"
    assert key not in str(caught.value)


@given(st.integers(0, 1200), st.integers(1, 5), st.booleans(), st.randoms(use_true_random=False))
def test_a_plan_returns_all_in_order_and_holds_few(total: int, buffered: int, blocking: bool, random: Random) -> None:
    """In whatever order the responses come, pairs are in the order of the RIDs, and few chunks are held at a time."""
    rids = [f"ri.{number}" for number in range(total)]
    plan, under_way, returned, read = BatchPlan(Chunks(iter(rids) if blocking else rids), buffered), [], [], 0
    while True:
        started = list(iter(plan.next_task, None))
        under_way += started
        read += sum(len(chunk.rids) for chunk in started)
        if (pairs := plan.take()) is not None:
            returned += [rid for rid, _ in pairs]
        elif under_way:
            done = under_way.pop(random.randrange(len(under_way)))
            plan.accept(done, matched(done.rids, EMPTY, unmarked))
        else:
            break
        assert read <= len(returned) + 100 * buffered
    assert returned == rids


def started(plan: BatchPlan) -> list[Chunk]:
    """Return the chunks that can be requested now."""
    return list(iter(plan.next_task, None))


def test_a_slow_chunk_holds_up_as_many_as_may_be_buffered() -> None:
    """The others are requested while the first is under way, up to the bound, and wait for it."""
    plan = BatchPlan(Chunks(f"ri.{number}" for number in count()), 4)
    first, *others = started(plan)
    for chunk in others:
        plan.accept(chunk, [])
    assert len(others) == 3
    assert (plan.take(), started(plan)) == (None, [])
    plan.accept(first, [])
    assert [plan.take() for _ in range(5)] == [[], [], [], [], None]
    assert len(started(plan)) == 4


def test_what_is_ready_is_returned_before_more_is_read() -> None:
    """This is for a source whose reading can block; a list is read at once."""
    for source, more in ((iter, 0), (list, 1)):
        plan = BatchPlan(Chunks(cast(Any, source)(f"ri.{number}" for number in range(400))), 2)
        first, second = started(plan)
        plan.accept(first, [])
        assert plan.take() == []
        plan.accept(second, [])
        assert len(started(plan)) == more
        assert plan.take() == []


def test_a_failure_waits_for_its_turn_and_ends_the_plan() -> None:
    """The chunks before it are returned, no other is requested, and its error is raised."""
    plan = BatchPlan(Chunks(f"ri.{number}" for number in count()), 3)
    first, second, _ = started(plan)
    plan.fail(second, ApiError(500))
    plan.accept(first, [])
    assert plan.take() == []
    assert started(plan) == []
    with pytest.raises(ApiError):
        plan.take()


def test_an_error_of_the_source_waits_for_its_turn() -> None:
    """An invalid RID, and what the caller's own iterator raises, come after the chunks before them, and end it."""

    def broken() -> Iterator[str]:
        yield from ["ri.a"] * 100
        raise LookupError("no more")

    for source, kind in ((broken(), LookupError), (["ri.a"] * 100 + [""] + ["ri.b"] * 300, InvalidRequestError)):
        plan = BatchPlan(Chunks(source), 3)
        (first,) = started(plan)
        plan.accept(first, [])
        assert plan.take() == []
        assert started(plan) + started(plan) == []
        with pytest.raises(kind):
            plan.take()


async def emitted(items: list[Any]) -> AsyncIterator[Any]:
    """Yield the items; raise those that are errors."""
    for item in items:
        if isinstance(item, Exception):
            raise item
        yield item


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_an_async_source_makes_the_same_chunks(anyio_backend: str) -> None:
    """Each refill reads one chunk, once, and the last can be short."""
    rids = [f"ri.{number}" for number in range(250)]
    chunks, found = AsyncChunks(emitted(rids)), list[list[str]]()
    for _ in range(4):
        await chunks.refill()
        await chunks.refill()
        found += list(chunks)
    assert found == [rids[:100], rids[100:200], rids[200:]]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(("fault", "kind"), [("", InvalidRequestError), (LookupError("no more"), LookupError)])
async def test_an_error_of_an_async_source_comes_after_the_rids_before_it(
    anyio_backend: str, fault: Any, kind: type[Exception]
) -> None:
    """The chunk that was being read is returned first."""
    chunks = AsyncChunks(emitted(["ri.a", "ri.b", fault]))
    await chunks.refill()
    assert next(chunks) == ["ri.a", "ri.b"]
    with pytest.raises(kind):
        next(chunks)


def batch() -> RecordBatch:
    return RecordBatch([("ri.b", RECORDS["ri.b"]), ("ri.x", None), ("ri.a", RECORDS["ri.a"]), ("ri.w", None)])


def test_a_batch_is_a_mapping_in_order_of_request() -> None:
    """Keys, values, items, length, membership, and lookup are those of a mapping of what was found."""
    found = batch()
    assert isinstance(found, Mapping)
    assert list(found) == ["ri.b", "ri.a"]
    assert list(found.values()) == [RECORDS["ri.b"], RECORDS["ri.a"]]
    assert dict(found) == {"ri.a": RECORDS["ri.a"], "ri.b": RECORDS["ri.b"]}
    assert len(found) == 2
    assert found["ri.a"] is RECORDS["ri.a"]
    assert "ri.a" in found
    assert "ri.x" not in found
    assert found.get("ri.x") is None


def test_a_batch_names_what_is_missing_in_order_of_request() -> None:
    """A missing RID is in `missing`, and looking it up is a KeyError."""
    assert batch().missing == ("ri.x", "ri.w")
    with pytest.raises(KeyError, match=r"ri\.x"):
        batch()["ri.x"]
    assert not RecordBatch([])
    assert RecordBatch([]).missing == ()


def test_the_repr_of_a_batch_counts_and_shows_no_content() -> None:
    """A batch of any size prints one short line."""
    assert repr(batch()) == "<RecordBatch of 2 records, 2 missing>"


def test_a_batch_can_be_copied_and_pickled() -> None:
    """A copy has the same records and the same missing RIDs."""
    for twin in (copy.copy(batch()), copy.deepcopy(batch()), pickle.loads(pickle.dumps(batch()))):
        assert twin == batch()
        assert list(twin) == list(batch())
        assert twin.missing == batch().missing


def test_a_plan_returns_what_is_ready_before_it_reads_a_source_that_can_block() -> None:
    """Reading a pipe can take long, so the caller gets what is ready first; a list is read ahead at once."""
    rids = [f"ri.checkpoints.main.checkpoint.{number}" for number in range(500)]
    for source, reads_ahead in ((Chunks(iter(rids)), False), (Chunks(rids), True)):
        plan = BatchPlan(source, 8)
        first, second = plan.next_task(), plan.next_task()
        assert first is not None
        assert second is not None
        plan.accept(second, [])
        assert plan.has_room
        plan.accept(first, [])
        assert plan.has_room is reads_ahead
        assert plan.take() == []
        assert plan.take() == []
        assert plan.has_room
