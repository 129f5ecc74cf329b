"""What is asked for in batches, and what an answer means."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator, Mapping
from itertools import count, islice
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import InvalidRequestError, RecordBatch, ResponseDecodeError
from foundry_checkpoints._batching import BatchPlan, Chunk, chunks, matched, unique
from foundry_checkpoints.emulator import sample_records
from foundry_checkpoints.models import GetRecordsBatchResponse, Record

RECORD = Record.from_dict(next(sample_records(1)))
RECORDS = {rid: attrs.evolve(RECORD, rid=rid) for rid in ("ri.a", "ri.b", "ri.c")}

rids = st.lists(st.sampled_from([f"ri.{number}" for number in range(40)]), max_size=250)


@given(rids)
def test_unique_keeps_the_first_of_each_in_order(given_rids: list[str]) -> None:
    """Each rid is asked for once, where it came first."""
    found = unique(given_rids)
    assert set(found) == set(given_rids)
    assert [given_rids.index(rid) for rid in found] == sorted({given_rids.index(rid) for rid in given_rids})


@given(rids)
def test_chunks_lose_nothing_and_are_full_but_for_the_last(given_rids: list[str]) -> None:
    """Put together, the chunks are what was given; each but the last has 100 elements."""
    found = list(chunks(given_rids))
    assert [rid for chunk in found for rid in chunk] == given_rids
    assert [len(chunk) for chunk in found[:-1]] == [100] * (len(found) - 1)
    assert all(found)


def test_chunks_read_no_further_than_needed() -> None:
    """An endless source is read one chunk at a time."""
    taken: list[int] = []

    def source() -> Iterator[str]:
        for number in count():
            taken.append(number)
            yield f"ri.{number}"

    first = next(chunks(source()))
    assert first == [f"ri.{number}" for number in range(100)]
    assert len(taken) == 100


@pytest.mark.parametrize(
    "source", [["ri.a"], ("ri.a",), {"ri.a"}, {"ri.a": 1}, iter(["ri.a"]), RecordBatch([("ri.a", RECORD)])]
)
def test_rids_may_come_in_any_iterable(source: Any) -> None:
    """Lists, tuples, sets, mappings, iterators and an earlier batch all give rids."""
    assert unique(source) == ["ri.a"]


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("ri.checkpoints.main.checkpoint.a", "iterable of strings, not str"),
        (b"ri.a", "iterable of strings, not bytes"),
        (None, "iterable of strings, not NoneType"),
        (5, "iterable of strings, not int"),
        ([None], "not NoneType"),
        ([5], "not int"),
        ([b"ri.a"], "not bytes"),
        ([RECORD], "not Record"),
        ([["ri.a"]], "not list"),
        ([""], "no rid"),
        ([" "], "no rid"),
        (["."], "no rid"),
        ([".."], "no rid"),
        (["ri.a "], "no rid"),
        (["ri.a\n"], "no rid"),
        (["ri.\x00"], "no rid"),
        (["ri.a", ""], "no rid"),
    ],
)
def test_what_cannot_be_rids_is_refused(wrong: Any, hint: str) -> None:
    """A single string, a non-string and a text that no rid can be are refused with what they are."""
    with pytest.raises(InvalidRequestError, match=hint):
        unique(wrong)
    with pytest.raises(InvalidRequestError, match=hint):
        list(chunks(wrong))


def test_matched_gives_each_rid_of_the_chunk_in_its_order() -> None:
    """Pairs follow the chunk, whatever the order of the answer; None stands for what it left out."""
    response = GetRecordsBatchResponse(data={"ri.c": RECORDS["ri.c"], "ri.a": RECORDS["ri.a"]})
    pairs = matched(["ri.a", "ri.b", "ri.c", "ri.a"], response)
    assert [(rid, record and record.rid) for rid, record in pairs] == [
        ("ri.a", "ri.a"),
        ("ri.b", None),
        ("ri.c", "ri.c"),
        ("ri.a", "ri.a"),
    ]


@pytest.mark.parametrize("key", ["ri.other", "ri.b"])
def test_a_record_that_was_not_asked_for_or_under_another_rid_is_refused(key: str) -> None:
    """A service that mixes up records is an error that names the place, not the content."""
    with pytest.raises(ResponseDecodeError, match="record") as caught:
        matched(["ri.a", "ri.b"], GetRecordsBatchResponse(data={key: RECORDS["ri.a"]}))
    assert caught.value.path == "GetRecordsBatchResponse.data"
    assert key not in str(caught.value)


@given(st.integers(0, 1200), st.integers(1, 5), st.randoms(use_true_random=False))
def test_a_plan_gives_all_in_order_and_holds_few(total: int, width: int, random: Random) -> None:
    """In whatever order the answers come, pairs come in the order of the rids, and few chunks are held at a time."""
    asked = [f"ri.{number}" for number in range(total)]
    read: list[list[str]] = []

    def source() -> Iterator[list[str]]:
        for chunk in chunks(asked):
            read.append(chunk)
            yield chunk

    plan, under_way, given_rids = BatchPlan(source(), width), list[Chunk](), list[str]()
    while True:
        under_way += iter(plan.next_task, None)
        if (pairs := plan.take()) is not None:
            given_rids += [rid for rid, _ in pairs]
        elif under_way:
            done = under_way.pop(random.randrange(len(under_way)))
            plan.accept(done, matched(done.rids, GetRecordsBatchResponse()))
        else:
            break
        assert sum(map(len, read)) <= len(given_rids) + 100 * (width + 1)
    assert given_rids == asked


def batch() -> RecordBatch:
    return RecordBatch([("ri.b", RECORDS["ri.b"]), ("ri.x", None), ("ri.a", RECORDS["ri.a"]), ("ri.w", None)])


def test_a_batch_is_a_mapping_in_order_of_request() -> None:
    """Keys, values, items, length, membership and lookup are those of a mapping of what was found."""
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
    """A missing rid is in `missing`, and looking it up is a KeyError."""
    assert batch().missing == ("ri.x", "ri.w")
    with pytest.raises(KeyError, match=r"ri\.x"):
        batch()["ri.x"]


def test_an_empty_batch_is_falsy_and_misses_nothing() -> None:
    """A batch without records is an empty mapping."""
    empty = RecordBatch([])
    assert not empty
    assert empty.missing == ()


def test_the_repr_of_a_batch_counts_and_shows_no_content() -> None:
    """A batch of any size prints one short line."""
    assert repr(batch()) == "<RecordBatch of 2 records, 2 missing>"


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda found: pickle.loads(pickle.dumps(found))])
def test_a_batch_can_be_copied_and_pickled(clone: Any) -> None:
    """A copy has the same records and the same missing rids."""
    twin = clone(batch())
    assert twin == batch()
    assert list(twin) == list(batch())
    assert twin.missing == batch().missing


def test_an_endless_source_of_the_same_rid_still_makes_full_chunks() -> None:
    """Duplicates count towards a chunk: a stream is not searched for 100 different rids."""
    assert next(chunks("ri.a" for _ in count())) == ["ri.a"] * 100
    assert list(islice(chunks(iter(["ri.a"] * 150)), 2)) == [["ri.a"] * 100, ["ri.a"] * 50]
