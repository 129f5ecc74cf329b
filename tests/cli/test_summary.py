"""Summaries: what is counted, and how it is shown on a terminal and on a page."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from foundry_checkpoints.cli._bars import bar, bars, cut, time_line
from foundry_checkpoints.cli._counts import UNITS, Bucket, Counts, Row, Unit, count, floor, following, share, top
from foundry_checkpoints.cli._html import page, ticks
from foundry_checkpoints.cli._times import parse_zone
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.models import Record
from tests.cli.commands import Run
from tests.samples import RECORDS, SAMPLES

DIMENSIONS = ("type", "user", "project", "justification", "organization", "scope")
times = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1))
units = st.sampled_from(UNITS)


def created(*moments: str) -> list[Record]:
    """Samples of these times of creation."""
    return [Record.from_dict(SAMPLES[0] | {"createdAt": moment}) for moment in moments]


def counted_at(hours: list[datetime]) -> Counts:
    """As many records as hours, each created in its hour."""
    return Counts(UTC, total=len(hours), first=min(hours), last=max(hours), hours=Counter(hours))


def test_every_record_is_counted_once() -> None:
    """In each dimension, and over time, the numbers add up to the total."""
    counts = count(RECORDS, DIMENSIONS, UTC)
    assert counts.total == len(RECORDS)
    for dimension in DIMENSIONS:
        assert sum(row.number for row in counts.rows(dimension)) == counts.total
    for unit in UNITS:
        assert sum(bucket.number for bucket in counts.buckets(unit)) == counts.total


def test_rows_are_the_most_frequent_first() -> None:
    """Equal ones come in the order of their values, so that a summary is the same each time."""
    rows = count(RECORDS, ["type"], UTC).rows("type")
    expected = Counter(record.type_.value for record in RECORDS)
    assert [(row.value, row.number) for row in rows] == sorted(expected.items(), key=lambda pair: (-pair[1], pair[0]))


def test_users_are_counted_by_id_and_called_by_name() -> None:
    """A name that is withheld in one record is known from another; records without a project have a line."""
    user: dict[str, Any] = {"userId": "u1", "username": {"value": "ada"}}
    hidden = user | {"username": {"redactionType": "USER_REDACTED"}}
    sample = {name: value for name, value in SAMPLES[0].items() if name != "projectRid"}
    records = [Record.from_dict(sample | {"actingUser": one}) for one in (hidden, user, hidden)]
    counts = count(records, ["user", "project"], UTC)
    assert counts.rows("user") == [Row("u1", "ada", 3)]
    assert counts.rows("project") == [Row(None, "(no project)", 3)]


def test_hours_are_those_of_the_zone() -> None:
    """A record of 23:30 in UTC is one of the next day in Berlin."""
    counts = count(created("2025-06-30T23:30:00.000Z"), (), parse_zone("Europe/Berlin"))
    assert counts.buckets("day") == [Bucket(datetime(2025, 7, 1), 1)]
    assert counts.buckets("hour") == [Bucket(datetime(2025, 7, 1, 1), 1)]


def test_quiet_days_are_on_the_time_line() -> None:
    """Days without a record have a bucket of none."""
    counts = count(created("2025-06-28T10:00:00.000Z", "2025-07-01T10:00:00.000Z"), (), UTC)
    assert [bucket.number for bucket in counts.buckets("day")] == [1, 0, 0, 1]


@given(times, units)
def test_units_tile_the_time(time: datetime, unit: Unit) -> None:
    """Each moment lies in just one unit, from its start up to the start of the next."""
    start = floor(time, unit)
    assert start <= time < following(start, unit)
    assert floor(following(start, unit), unit) == following(start, unit)
    assert floor(following(start, unit) - timedelta(microseconds=1), unit) == start


@given(st.lists(times, min_size=1, max_size=5), units, st.integers(10, 200))
def test_a_time_line_fits(moments: list[datetime], unit: Unit, most: int) -> None:
    """The unit is the one asked for or a larger one, as small as fits; only years may be too many."""
    counts = counted_at([floor(moment, "hour") for moment in moments])
    larger, buckets = counts.time_line(unit, most)
    assert UNITS.index(larger) >= UNITS.index(unit)
    assert len(buckets) <= most or larger == "year"
    if larger not in (unit, "year"):
        smaller = UNITS[UNITS.index(larger) - 1]
        assert len(counts.buckets(smaller)) > most * 0.8


def test_the_rest_is_summed_up() -> None:
    """What is not among the first is one row; there is none where nothing is left."""
    rows = [Row(name, name, 4 - index) for index, name in enumerate("abc")]
    assert top(rows, 1) == (rows[:1], Row(None, "(2 others)", 5))
    assert top(rows, 3) == (rows, None)


@given(st.lists(st.tuples(st.text(max_size=60), st.integers(1, 10**9)), min_size=1, max_size=20), st.integers(40, 200))
def test_bars_fit_the_terminal(values: list[tuple[str, int]], width: int) -> None:
    """Whatever the labels are, no line is wider than the terminal, and none holds what a terminal acts on."""
    rows = sorted((Row(label, label, number) for label, number in values), key=lambda row: -row.number)
    for line in bars(rows, sum(row.number for row in rows), width, 10):
        assert cell_len(line.plain) <= width
        assert line.plain.isprintable()


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=70).filter(any), st.integers(80, 200))
def test_the_time_line_fits_the_terminal(numbers: list[int], width: int) -> None:
    """Its lines are no wider than the terminal; every bucket in which something was created is seen."""
    buckets = [Bucket(datetime(2025, 1, 1) + timedelta(days=index), number) for index, number in enumerate(numbers)]
    *columns, times_below = time_line(buckets, "day", width)
    assert all(cell_len(line.plain) <= width for line in [*columns, times_below])
    bottom = columns[-1].plain.split("0 ", 1)[1]
    each = max(1, min(8, (width - len(f"{max(numbers):,}") - 1) // len(numbers)))
    for index, number in enumerate(numbers):
        assert (bottom[index * each] != " ") == (number > 0)
    assert times_below.plain.split()[0] == "2025-01-01"


@given(st.text(max_size=40), st.integers(8, 30))
def test_a_label_is_cut_in_its_middle(text: str, width: int) -> None:
    """Both ends tell one from another: `ri.compass…89a`. The result has just that width."""
    text = "".join(filter(str.isprintable, text))
    assert cell_len(cut(text, width)) == width
    assert ("…" in cut(text, width)) >= (cell_len(text) > width)


def test_shares_and_bars_tell_small_from_nothing() -> None:
    """A bar has an eighth at least; percents below ten have a decimal."""
    assert [share(1, 3), share(1, 30), share(3, 3), share(1, 10)] == ["33%", "3.3%", "100%", "10%"]
    assert [bar(1, 4), bar(0.5, 4), bar(0.01, 4), bar(0.3, 4)] == ["████", "██", "▏", "█▎"]


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_a_summary_fits_every_terminal(
    run: Run, configured: Emulator, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    """On a narrow and on a wide terminal there are the total, the time line and the tables."""
    monkeypatch.setenv("COLUMNS", width)
    outcome = run("summary", "--output", "table", "--top", "3", "--tz", "UTC")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("350 records, 2025-01-0")
    assert max(map(cell_len, lines)) <= int(width)
    assert [line for line in lines if line.startswith("by ")][1:] == [
        "by type",
        "by user",
        "by project",
        "by justification",
    ]


def test_a_summary_of_nothing_says_so(run: Run, configured: Emulator) -> None:
    """On stderr, also in a pipe. It is no error."""
    outcome = run("summary", "--output", "table", "--since", "2100-01-01")
    assert (outcome.status, outcome.out) == (0, "0 records\n")
    outcome = run("summary", "--since", "2100-01-01")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "foundry-checkpoints: 0 records match\n")


def test_a_pipe_gets_every_value(run: Run, configured: Emulator) -> None:
    """In a pipe each value and each day is a JSON line. `--by` says what is counted. Hours have their zone."""
    rows = [json.loads(line) for line in run("summary", "--by", "scope,hour", "--tz", "UTC").out.splitlines()]
    assert {row["by"] for row in rows} == {"scope", "hour"}
    for name in ("scope", "hour"):
        assert sum(row["count"] for row in rows if row["by"] == name) == 350
    assert re.fullmatch(r"2025-01-\d\dT\d\d:00\+00:00", rows[2]["value"])


def test_json_and_csv_have_the_same_counts(run: Run, configured: Emulator) -> None:
    """The forms differ in nothing but form."""
    lines = [json.loads(line) for line in run("summary").out.splitlines()]
    data = json.loads(run("summary", "-o", "json").out)
    assert data["total"] == 350
    assert [{"by": by} | row for by, rows in data["by"].items() for row in rows] == lines
    rows = list(csv.DictReader(io.StringIO(run("summary", "-o", "csv").out)))
    assert [(row["by"], row["value"], row["count"]) for row in rows] == [
        (line["by"], line["value"] or "", str(line["count"])) for line in lines
    ]


def test_names_of_users_apply(run: Run, configured: Emulator) -> None:
    """Only records of users with that name are counted."""
    name = next(record.acting_user.username.value for record in RECORDS if record.acting_user.username.value)
    data = json.loads(run("summary", "-o", "json", "--user-name", name, "--by", "user").out)
    assert {row["label"] for row in data["by"]["user"]} == {name}
    assert data["total"] == sum(record.acting_user.username.value == name for record in RECORDS)


def test_filters_apply(run: Run, configured: Emulator) -> None:
    """Only records that the filters let through are counted."""
    data = json.loads(run("summary", "-o", "json", "--type", "LOGIN", "--by", "type").out)
    assert data["by"]["type"] == [
        {"value": "LOGIN", "label": "LOGIN", "count": sum(record.type_ == "LOGIN" for record in RECORDS)}
    ]


class Page(HTMLParser):
    """The texts of a page by element, and whatever it would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += tag != "wbr"  # where a long name may break
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_page_stands_alone(run: Run, configured: Emulator, tmp_path: Path) -> None:
    """`--html` writes one page that loads and runs nothing, with the counts, the filters, and charts in SVG.

    It makes the folder."""
    file = tmp_path / "reports" / "report.html"
    outcome = run("summary", "--html", str(file), "--since", "2025-01-01", "--tz", "UTC")
    assert (outcome.status, outcome.out) == (0, "")
    assert "350 records counted" in outcome.err
    text = file.read_text(encoding="utf-8")
    made = Page(text)
    assert not made.tags.keys() & {"script", "link", "img", "iframe", "a"}
    assert not [name for name, _ in made.attributes if name in ("src", "href", "style") or name.startswith("on")]
    assert "url(" not in text
    assert "default-src 'none'" in text
    assert "2025-01-01 00:00:00+00:00" in made.texts
    assert {"By type", "By user", "By project", "By justification"} <= set(made.texts)
    assert made.tags["svg"] == 1 + sum(line.count('class="bar"><svg') for line in text.splitlines())


def test_a_page_goes_to_stdout(run: Run, configured: Emulator) -> None:
    """`--html -` writes the page to stdout, and nothing else."""
    outcome = run("summary", "--html", "-", "--by", "type")
    assert outcome.out.startswith("<!DOCTYPE html>")
    assert outcome.out.endswith("</html>\n")


@given(st.text(min_size=1))
def test_a_page_shows_wire_content_as_text(text: str) -> None:
    """Names and types cannot become markup, whatever they are."""
    hostile = f"</th><script>alert(1)</script>&amp;\"'{text}"
    user = {"userId": f"id of {hostile}", "username": {"value": hostile}}
    records = [Record.from_dict(SAMPLES[0] | {"type": hostile, "actingUser": user})]
    plain = count(created("2025-06-13T22:44:46.996Z"), ("type", "user"), UTC)
    made = Page(page(count(records, ("type", "user"), UTC), ("type", "user"), "day", 10, [("filter", hostile)]))
    expected = Page(page(plain, ("type", "user"), "day", 10, [("filter", "x")]))
    assert made.tags == expected.tags


@given(st.integers(1, 10**9))
def test_the_axis_has_round_numbers(largest: int) -> None:
    """Between two and five of them, from 0 to not far above the largest, evenly spaced."""
    marks = ticks(largest)
    assert marks[0] == 0
    assert largest <= marks[-1] < 2 * largest + 1
    assert 2 <= len(marks) <= 5
    assert len({later - earlier for earlier, later in pairwise(marks)}) == 1
