"""Summaries: what is counted, and how it is shown on a terminal and on a page."""

from __future__ import annotations

import csv
import hashlib
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

from foundry_checkpoints import __api_version__, __version__
from foundry_checkpoints.cli._bars import bar, bars, cut, time_line
from foundry_checkpoints.cli._charts import ticks, week
from foundry_checkpoints.cli._counts import UNITS, Bucket, Counts, Row, Unit, count, floor, following, share, top
from foundry_checkpoints.cli._errors import USAGE
from foundry_checkpoints.cli._evidence import Evidence
from foundry_checkpoints.cli._html import Report, page
from foundry_checkpoints.cli._report import Reading
from foundry_checkpoints.cli._search import NamedFilters
from foundry_checkpoints.cli._times import parse_zone
from foundry_checkpoints.emulator import Emulator
from foundry_checkpoints.models import Record
from foundry_checkpoints.text import why
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
    assert "from 2025-01-01 00:00:00+00:00 (included) to the last record" in made.texts
    assert {"By type", "By user", "By project", "By justification"} <= set(made.texts)
    assert made.tags["svg"] == 1 + text.count('<svg class="bar"')


def test_a_page_goes_to_stdout(run: Run, configured: Emulator) -> None:
    """`--html -` writes the page to stdout, and nothing else."""
    outcome = run("summary", "--html", "-", "--by", "type")
    assert outcome.out.startswith("<!DOCTYPE html>")
    assert outcome.out.endswith("</html>\n")


def report(records: list[Record], text: str) -> Report:
    """Return what a page is made of, with all its sections and a text in its head."""
    evidence, names = Evidence(UTC, []), ("type", "user", "project")
    counts, before = count(evidence.noted(records), names, UTC), count([], names, UTC)
    filters = NamedFilters(since="2025-01-01", record=[text], tz="UTC")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    reading = Reading(filters, moment, moment, counts, before, evidence, [text])
    return Report(reading, text, text, text, names, "day", 10)


@given(st.text(min_size=1))
def test_a_page_shows_wire_content_as_text(text: str) -> None:
    """Names and types cannot become markup, whatever they are."""
    hostile = f"A_</th><script>alert(1)</script>&amp;\"'{text}"
    user = {"userId": f"id of {hostile}", "username": {"value": hostile}}
    records = [Record.from_dict(SAMPLES[0] | {"type": hostile, "actingUser": user})]
    made = Page(page(report(records, hostile)))
    expected = Page(page(report(created("2025-06-13T22:44:46.996Z"), "x")))
    assert made.tags == expected.tags


def test_a_page_says_what_it_is_of(run: Run, configured: Emulator) -> None:
    """Title, issuer, stack, bounds, and zone; how complete it is, and what made it."""
    period = ("--since", "2025-03-01", "--until", "2025-04-01", "--tz", "UTC")
    shown = Page(run("summary", "--html", "-", "--title", "March <1>", "--issuer", "Example & Co", *period).out)
    number = sum(record.created_at.month == 3 for record in RECORDS)
    facts = dict(pairwise(shown.texts))
    assert shown.texts.count("March <1>") == 2
    assert facts["issued by"] == "Example & Co"
    assert facts["stack"] == configured.hostname
    assert facts["created"] == "from 2025-03-01 00:00:00+00:00 (included) to 2025-04-01 00:00:00+00:00 (excluded)"
    assert facts["time zone"] == "UTC"
    assert facts["period"] == "over before the reading began"
    assert facts["unknown to the spec"] == "nothing"
    assert __version__ in facts["program"]
    assert __api_version__ in facts["program"]
    assert any(text.startswith(f"{number:,} records, 2025-03-") for text in shown.texts)


def test_the_digest_is_that_of_the_records(run: Run, configured: Emulator) -> None:
    """Whoever searches again and gets the same records gets the same digest."""
    options = ("--since", "2025-03-01", "--type", "CONTOUR_EXPORT,LOGIN")
    facts = dict(pairwise(Page(run("summary", "--html", "-", *options).out).texts))
    lines = run("search", "--sort", "oldest", "-o", "jsonl", *options).out
    assert facts["SHA-256"] == hashlib.sha256(lines.encode()).hexdigest()


def test_an_open_period_is_called_open(run: Run, configured: Emulator) -> None:
    """Without an end, or with one that is to come, records can follow."""
    for until in ((), ("--until", "2100-01-01")):
        facts = dict(pairwise(Page(run("summary", "--html", "-", *until).out).texts))
        assert facts["period"].startswith("still open")


def test_drift_is_on_the_page(run: Run, own_emulator: Emulator) -> None:
    """What the service returned and the spec doesn't know is named."""
    own_emulator.add([SAMPLES[0] | {"rid": f"{SAMPLES[0]['rid']}-new", "type": "MADE_UP_TYPE"}])
    facts = dict(pairwise(Page(run("summary", "--html", "-").out).texts))
    assert "MADE_UP_TYPE" in facts["unknown to the spec"]


def test_a_page_compares_with_the_period_before(run: Run, configured: Emulator) -> None:
    """Each value has its count in as many days before; users who have none there are listed."""
    text = run("summary", "--html", "-", "--since", "2025-03-01", "--until", "2025-04-01", "--tz", "UTC").out
    before = [record for record in RECORDS if "2025-01-29" <= record.created_at.isoformat() < "2025-03-01"]
    march = [record for record in RECORDS if record.created_at.month == 3]
    assert dict(pairwise(Page(text).texts))["period before"].startswith(f"{len(before):,} records from 2025-01-29 ")
    users = {record.acting_user.user_id for record in march}
    newcomers = users - {record.acting_user.user_id for record in before}
    assert f"{len(newcomers)} of {len(users)} users" in Page(text).texts
    assert "period before" not in Page(run("summary", "--html", "-", "--until", "2025-04-01").out).texts


def test_an_annex_has_every_record(run: Run, configured: Emulator) -> None:
    """With `--annex`, each record is a row, with its reason in words. Without it, none is."""
    shown = Page(run("summary", "--html", "-", "--annex", "--type", "CONTOUR_EXPORT").out)
    expected = [record for record in RECORDS if record.type_ == "CONTOUR_EXPORT"]
    start = shown.texts.index("Annex: every record")
    assert sum(text == "EXPORT" for text in shown.texts[start:]) == len(expected)
    assert {why(record) for record in expected} <= set(shown.texts[start:])
    assert "Annex: every record" not in Page(run("summary", "--html", "-").out).texts


@pytest.mark.parametrize("options", [("--annex",), ("--title", "October"), ("--issuer", "Example")])
def test_options_of_a_page_need_one(run: Run, configured: Emulator, options: tuple[str, ...]) -> None:
    """They would be lost in a table."""
    outcome = run("summary", *options)
    assert outcome.status == USAGE
    assert "--html" in outcome.err


def test_reasons_are_told_apart() -> None:
    """Empty, very short, and repeated ones, whatever their case and spaces; chosen ones and none are others."""
    texts = ["", "  ", "test", "Monthly report", "monthly  REPORT ", "An incident in Hamburg"]
    written = [{"type": "responseJustification", "response": text, "prompt": "p", "title": "t"} for text in texts]
    others: list[Any] = [
        {
            "type": "dropdownJustification",
            "selectedOptions": [{"selectedOption": "Audit"}],
            "prompt": "p",
            "title": "t",
        },
        {"type": "acknowledgementJustification", "prompt": "p", "title": "t"},
    ]
    evidence = Evidence(UTC)
    samples = [SAMPLES[0] | {"justification": given} for given in written + others]
    assert len(list(evidence.noted(map(Record.from_dict, samples)))) == 8
    assert evidence.given == {"written": 6, "empty": 2, "short": 1, "chosen": 1, "neither": 1}
    assert (evidence.repeated, evidence.most_repeated(5)) == (2, [("monthly report", 2)])


def test_withheld_texts_are_counted() -> None:
    """A record counts once, whichever of its texts is withheld. A text that looks like JSON is a text."""
    named = {"userId": "u", "username": {"value": '"redactionType":"x"'}}
    hidden = {"userId": "u", "username": {"redactionType": "USER_REDACTED"}}
    plain = SAMPLES[0] | {"checkpointedItems": []}
    evidence = Evidence(UTC)
    samples = [plain | {"actingUser": user} for user in (named, hidden, hidden)]
    list(evidence.noted(map(Record.from_dict, samples)))
    assert (evidence.withheld, evidence.withheld_users) == (2, 2)


def test_a_project_has_the_name_that_an_item_carries() -> None:
    """An item that is the project itself names it; others don't."""
    rid = "ri.compass.main.folder.1"
    item = {
        "type": "checkpointedResource",
        "resourceType": "PROJECT",
        "orgMarkings": [],
        "compassPath": {"value": "/A"},
    }
    items = [item | {"rid": "ri.compass.main.folder.2"}, item | {"rid": rid, "name": {"value": "Turbines"}}]
    record = Record.from_dict(SAMPLES[0] | {"projectRid": rid, "checkpointedItems": items})
    evidence = Evidence(UTC)
    list(evidence.noted([record]))
    assert evidence.projects == {rid: "Turbines"}


def test_hours_of_a_week_add_up() -> None:
    """Each record is in one cell of the heat map: of its hour and weekday in the zone."""
    counts = count(RECORDS, (), UTC)
    assert sum(week(counts.hours).values()) == counts.total
    assert week({datetime(2026, 10, 5, 9): 2, datetime(2026, 10, 12, 9): 3, datetime(2026, 10, 11, 9): 1}) == {
        (9, 0): 5,
        (9, 6): 1,
    }


@given(st.integers(1, 10**9))
def test_the_axis_has_round_numbers(largest: int) -> None:
    """Between two and five of them, from 0 to not far above the largest, evenly spaced."""
    marks = ticks(largest)
    assert marks[0] == 0
    assert largest <= marks[-1] < 2 * largest + 1
    assert 2 <= len(marks) <= 5
    assert len({later - earlier for earlier, later in pairwise(marks)}) == 1
