"""Records on stdout: their forms and columns, and what wire content cannot do to a terminal or a spreadsheet."""

from __future__ import annotations

import copy
import csv
import io
import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from foundry_checkpoints.cli._details import details
from foundry_checkpoints.cli._errors import USAGE
from foundry_checkpoints.cli._output import csv_lines, jsonl_lines
from foundry_checkpoints.cli._safe import one_line, visible
from foundry_checkpoints.cli._table import Table, column_widths, fit, wrap
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.flat import COLUMNS
from foundry_checkpoints.models import Record
from tests.cli.commands import Run
from tests.samples import RECORDS, SAMPLES, newest_first

ESCAPES = "\x1b[31mred\x1b[0m \x9b2J \u202egnp.exe \x07 \ud83d end"
"""What colours, clears, turns around or rings on a terminal, and half of a character."""


RESOURCE = {
    "type": "checkpointedResource",
    "rid": "ri.foundry.main.dataset.5f1a",
    "resourceType": "DATASET",
    "name": {"value": "Deliveries"},
    "compassPath": {"value": "/Operations/Deliveries"},
}


def record(number: int = 0, **changes: Any) -> Record:
    """A sample with other fields."""
    return Record.from_dict(copy.deepcopy(SAMPLES[number]) | changes)


def answered(response: str) -> Record:
    """A sample whose user wrote this."""
    words = {"type": "responseJustification", "title": "", "prompt": ""}
    return record(justification={**words, "response": response})


def test_a_pipe_gets_json_lines(run: Run, configured: Emulator) -> None:
    """Without `--output`, each line is a record just as the service sent it."""
    outcome = run("search", "--sort", "oldest", "--limit", "20")
    assert outcome.err == ""
    expected = sorted(SAMPLES, key=lambda sample: (sample["createdAt"], sample["rid"]))[:20]
    assert [json.loads(line) for line in outcome.out.splitlines()] == expected


def test_json_is_one_list(run: Run, configured: Emulator) -> None:
    """`--output json` is a list of the same records, also of one and of none."""
    for limit in (3, 1, 0):
        found = json.loads(run("search", "--output", "json", "--limit", str(limit)).out)
        assert [Record.from_dict(data).to_dict() for data in found] == found
        assert len(found) == limit


def test_csv_has_the_flat_schema(run: Run, configured: Emulator) -> None:
    """`--output csv` has a head and every column of the flat schema."""
    rows = list(csv.reader(io.StringIO(run("search", "--output", "csv", "--limit", "5").out)))
    assert rows[0] == list(COLUMNS)
    assert [len(row) for row in rows] == [len(COLUMNS)] * 6


def test_columns_are_chosen_in_every_form(run: Run, configured: Emulator) -> None:
    """`--columns` gives these columns in this order: flat ones, and those that sum up for people."""
    names = "why,rid,created_at,item_count,items,time"
    arguments = ("search", "--limit", "1", "--columns", names, "--tz", "+02:00")
    data = json.loads(run(*arguments).out)
    assert list(data) == names.split(",")
    assert isinstance(data["items"], list)
    assert data["created_at"].endswith("Z")
    assert data["item_count"] == len(data["items"])
    assert data["time"].endswith("+02:00")
    assert [data] == json.loads(run(*arguments, "--output", "json").out)
    assert run(*arguments, "-o", "csv").out.splitlines()[0] == names
    assert run(*arguments, "-o", "table").out.split("\n")[0].split() == names.split(",")


def test_an_unknown_column_is_rejected(run: Run, configured: Emulator) -> None:
    """The message suggests a similar one, and names all."""
    outcome = run("search", "--columns", "rid,RECORD_TYPE,creted_at")
    assert (outcome.status, outcome.err.count("\n")) == (USAGE, 1)
    outcome = run("search", "--columns", "rid", "--columns", "creted_at")
    assert "not 'creted_at'. Did you mean created_at?" in outcome.err
    assert all(name in outcome.err for name in COLUMNS)


def test_rids_are_for_pipes(run: Run, configured: Emulator) -> None:
    """`--output rids` has the RID of each record on a line."""
    assert run("search", "-o", "rids").out.split() == newest_first(RECORDS)


def test_a_table_is_for_people(run: Run, configured: Emulator) -> None:
    """When, what kind, who, what and why, one record after the other, within the width of the terminal."""
    outcome = run("search", "--output", "table", "--limit", "150", "--sort", "oldest", "--tz", "UTC")
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["time", "type", "user", "what", "why"]
    assert lines[1].startswith(f"{min(RECORDS, key=lambda one: one.created_at).created_at:%Y-%m-%d}")
    assert max(map(cell_len, lines)) <= 100
    assert sum(line.startswith("time") for line in lines) == 1
    assert sum(line.startswith("2025-") for line in lines) == 150


def test_details_have_every_field() -> None:
    """Each leaf of a record has a line: its path in the API and its value."""
    time = "2025-06-13T22:44:46.996Z"
    flat = dict(details(record(createdAt=time, checkpointedItems=[RESOURCE], newField={"a": [1, None, []]}), UTC))
    assert flat["actingUser.userId"] == SAMPLES[0]["actingUser"]["userId"]
    assert flat["createdAt"] == f"{time} (2025-06-13 22:44:46+00:00)"
    assert flat["checkpointedItems[0].type"] == "checkpointedResource"
    assert (flat["newField.a[0]"], flat["newField.a[1]"], flat["newField.a[2]"]) == ("1", "null", "[]")


@given(st.text())
def test_json_is_safe_and_lossless(text: str) -> None:
    """What a terminal may act on is an escape of JSON, and is still the same text; it can always be encoded."""
    [line] = jsonl_lines([answered(text)], None, UTC)
    assert json.loads(line)["justification"]["response"] == text
    assert not set(line.encode().decode()) & set(
        map(chr, [*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x202E])
    )


@given(st.text())
def test_shown_text_is_printable(text: str) -> None:
    """A shown text holds nothing that a terminal acts on, on one line; a printable text is shown as it is."""
    assert one_line(text).isprintable()
    assert "\n" not in visible(text)
    if text.isprintable():
        assert visible(text) == text


def test_tables_show_escapes_and_markup_as_text(run: Run, configured: Emulator) -> None:
    """Neither control characters nor the markup of rich have an effect."""
    table = io.StringIO()
    text = f"[bold]{ESCAPES}[/] :smile: [link=x]"
    console = Console(file=table, width=300, force_terminal=True, color_system=None, markup=False, emoji=False)
    Table.fitting(("why",), [(text,)], console).print([(text,)])
    shown = table.getvalue()
    assert one_line(text) in shown
    assert "\\x1b[31mred\\x1b[0m \\x9b2J \\u202egnp.exe \\x07 \\ud83d end" in shown
    assert "[bold]" in shown
    assert ":smile: [link=x]" in shown


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_csv_holds_no_formula(text: str) -> None:
    """A cell that a spreadsheet would calculate has an apostrophe before it."""
    lines = list(csv_lines([answered(text)], ("why", "justification_response"), UTC))
    assert lines == ["why,justification_response\n", f"'{text},'{text}\n"]


@given(st.lists(st.integers(1, 200), min_size=1, max_size=8), st.integers(20, 300))
def test_columns_share_the_room(natural: list[int], room: int) -> None:
    """No column is wider than it needs, none is squeezed for nothing, and together they fit where 8 each would."""
    widths = fit(natural, room)
    assert all(0 < width <= need for width, need in zip(widths, natural, strict=True))
    if sum(natural) <= room:
        assert widths == natural
    if 8 * len(natural) <= room:
        assert sum(widths) <= room


def test_room_that_wrapping_frees_goes_to_others() -> None:
    """A time that breaks in two lines leaves its room to the texts."""
    columns = [["2025-10-31 21:56:41"], ["x" * 60], ["y" * 60]]
    assert column_widths(columns, 46) == [10, 18, 18]


@given(st.text(alphabet="ab_./- é漢", max_size=60), st.integers(2, 20))
def test_wrapping_keeps_the_text(text: str, width: int) -> None:
    """Each line fits, and but for white space at the breaks nothing is lost."""
    lines = wrap(one_line(text), width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_names_break_where_people_read_them() -> None:
    """After an underline or a dot rather than in a word."""
    assert wrap("CODE_WORKSPACE_MOVE_DATA", 16) == ["CODE_WORKSPACE_", "MOVE_DATA"]
    assert wrap("Asked for by the customer", 12) == ["Asked for by", "the customer"]
