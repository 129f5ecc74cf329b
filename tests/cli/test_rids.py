"""RIDs from text, CSV, and JSON lines."""

from __future__ import annotations

import io
import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints.cli._errors import Failure
from foundry_checkpoints.cli._output import csv_lines, jsonl_lines
from foundry_checkpoints.cli._rids import is_rid, read_rids
from tests.samples import RECORDS, RIDS


def read(text: str) -> tuple[list[str], list[str]]:
    """The RIDs of a text, and what was said about other lines."""
    said: list[str] = []
    return list(read_rids(io.StringIO(text), said.append)), said


def test_every_sample_has_a_rid() -> None:
    """The form that is checked is that of the service."""
    assert all(map(is_rid, RIDS))
    assert is_rid("ri.multipass..organization.26b18865")


@pytest.mark.parametrize(
    "text", ["", "ri.", "ri.a.b.c", "ri.a.b.c.", "rid", "ri.a.b.c.d e", "ri.a.b.c.d\n", "ri.a.b.c.d,"]
)
def test_other_texts_are_no_rids(text: str) -> None:
    """A RID has a service, a type, and a locator."""
    assert not is_rid(text)


def test_lines() -> None:
    """One RID a line, with blank lines and remarks."""
    assert read(f"\ufeff# exported\n\n  {RIDS[0]}\n{RIDS[1]}\r\n") == (RIDS[:2], [])
    assert read("\n# none\n") == ([], [])


def test_csv_of_a_search() -> None:
    """The column is found by its name, whatever the other cells contain."""
    assert read("".join(csv_lines(RECORDS, None, UTC))) == (RIDS, [])
    assert read("".join(csv_lines(RECORDS, ["why", "rid", "time"], UTC))) == (RIDS, [])
    assert read("".join(csv_lines(RECORDS, ["rid"], UTC))) == (RIDS, [])


def test_csv_of_a_spreadsheet() -> None:
    """With semicolons or tabs, quotation marks, and a header in upper case."""
    assert read(f'\ufeffTime;RID\n"1;2";"{RIDS[0]}"\n') == (RIDS[:1], [])
    assert read(f"time\trid\nx\t{RIDS[0]}\n") == (RIDS[:1], [])


def test_json_lines_of_a_search() -> None:
    """Each object has its RID, as a whole record and as chosen columns."""
    assert read("".join(jsonl_lines(RECORDS, None, UTC))) == (RIDS, [])
    assert read("".join(jsonl_lines(RECORDS, ["time", "rid"], UTC))) == (RIDS, [])


def test_malformed_lines_are_named_and_the_rest_continues() -> None:
    """By the number of the line; only a single word is repeated, as anything else may be part of a record."""
    secret = "the reason why"
    found, said = read(f"{RIDS[0]}\nri.broken\n{secret}\n{json.dumps({'why': secret})}\n{{{secret}\n{RIDS[1]}\n")
    assert found == RIDS[:2]
    assert [line.partition(":")[0] for line in said] == ["line 2", "line 3", "line 4", "line 5"]
    assert "'ri.broken'" in said[0]
    assert not any(secret in line for line in said)
    found, said = read(f"rid,why\n{RIDS[0]},x\nbad,{secret}\n\n,{secret}\n")
    assert (found, [line.partition(":")[0] for line in said]) == (RIDS[:1], ["line 3", "line 5"])
    assert not any(secret in line for line in said)


@pytest.mark.parametrize("text", ["type,why\nLOGIN,x\n", '[\n{"rid": "x"}\n]\n'])
def test_input_of_another_form_is_rejected(text: str) -> None:
    """CSV must have a column `rid`; JSON must be lines."""
    with pytest.raises(Failure, match=r"^line 1: .*must"):
        read(text)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """What is no RID is said or rejected, and never repeated as a whole."""
    try:
        found, said = read(text)
    except Failure:
        return
    assert all(map(is_rid, found))
    assert all(len(line) < 200 and line.isprintable() for line in said)


@pytest.mark.parametrize("text", ["a,\rrid\n", f"rid,a\n{RIDS[0]},\ra\n"])
def test_malformed_csv_is_rejected(text: str) -> None:
    """The line is named."""
    with pytest.raises(Failure, match=r"^line \d: the input must be CSV"):
        read(text)
