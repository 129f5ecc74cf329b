"""Times as people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints.cli._times import parse_duration, parse_time, parse_zone, when

BERLIN = parse_zone("Europe/Berlin")
NOON = datetime(2026, 10, 27, 12, 0, tzinfo=BERLIN)
"""Two days after the end of summer time."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-01", "2026-09-30T22:00"),
        ("2026-10", "2026-09-30T22:00"),
        ("2026-10-01T12:30", "2026-10-01T10:30"),
        ("2026-10-01 12:30:15", "2026-10-01T10:30:15"),
        ("2026-10-01T12:30:00Z", "2026-10-01T12:30"),
        ("2026-10-01t12:30:00.5-05:00", "2026-10-01T17:30:00.500"),
        ("now", "2026-10-27T11:00"),
        (" Today ", "2026-10-26T23:00"),
        ("yesterday", "2026-10-25T23:00"),
        ("-1d", "2026-10-26T11:00"),
        ("-7d", "2026-10-20T10:00"),
        ("-1w", "2026-10-20T10:00"),
        ("-1mo", "2026-09-27T10:00"),
        ("-1y", "2025-10-27T11:00"),
        ("-72h", "2026-10-24T11:00"),
        ("-90min", "2026-10-27T09:30"),
        ("-30m", "2026-10-27T10:30"),
        ("7d", "2026-10-20T10:00"),
        ("7 days ago", "2026-10-20T10:00"),
        ("- 1 Month", "2026-09-27T10:00"),
        ("12 hours ago", "2026-10-26T23:00"),
        ("45 secs", "2026-10-27T10:59:15"),
    ],
)
def test_a_time_means_a_moment_in_the_zone(text: str, moment: str) -> None:
    """Without an offset it is in the zone; days and longer go by the calendar, hours and minutes by the clock."""
    assert parse_time(text, BERLIN, NOON) == utc(moment)


@pytest.mark.parametrize(
    "text", ["", "soon", "01.10.2026", "10/01/2026", "2026-13-01", "7", "-7", "7 fortnights", "+7d"]
)
def test_what_could_be_misread_is_rejected(text: str) -> None:
    """Nothing is guessed: not the order of day and month, not a missing unit."""
    with pytest.raises(ValueError, match="must be a time such as"):
        parse_time(text, BERLIN, NOON)


@pytest.mark.parametrize(
    "text", ["-9999y", "-999999y", "-999999mo", "-999999w", "0001-01-01", "9999-12-31T23:59-12:00", "0001-01-01T00:00Z"]
)
def test_what_is_out_of_range_is_rejected(text: str) -> None:
    """A moment must have a year from 1 to 9999 in UTC and in the zone."""
    zone = parse_zone("-05:00" if text.endswith("Z") else "+02:00")
    with pytest.raises(ValueError, match="must be a time in the years 1 to 9999"):
        parse_time(text, zone, NOON)


@given(st.text() | st.from_regex(r"-\d{1,6}(min|mo|[hdwy])|\d{4}-?\d\d(-?\d\d)?(T\d\d(:\d\d)?)?", fullmatch=True))
def test_a_text_is_a_moment_or_rejected(text: str) -> None:
    """No text raises anything but `ValueError`, and each moment can be sent."""
    with suppress(ValueError):
        assert parse_time(text, BERLIN, NOON).astimezone(UTC).tzinfo is UTC


def test_a_time_that_the_clocks_leave_out_is_moved_forward() -> None:
    """Half past two does not exist on the night that summer time begins."""
    assert parse_time("2026-03-29T02:30", BERLIN, NOON) == utc("2026-03-29T01:30")


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)),
    st.sampled_from(["UTC", "America/New_York"]),
)
def test_a_day_starts_at_midnight(now: datetime, zone: str) -> None:
    """`today` is at 0:00 in the zone, or at the first moment that the day has, and not after now."""
    here = parse_zone(zone)
    today = parse_time("today", here, now.replace(tzinfo=UTC))
    assert today <= now.replace(tzinfo=UTC) < today + timedelta(hours=25)
    assert today.astimezone(here).hour in (0, 1)


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("UTC", 0),
        ("utc", 0),
        ("Z", 0),
        ("+02:00", 120),
        ("-05:30", -330),
        ("Europe/Berlin", 60),
        ("America/New_York", -300),
    ],
)
def test_a_zone_has_a_name_or_an_offset(name: str, offset: int) -> None:
    """Names are those of the IANA database; an offset stands for itself."""
    assert datetime(2026, 1, 15, tzinfo=parse_zone(name)).utcoffset() == timedelta(minutes=offset)


@pytest.mark.parametrize("name", [None, "local", "Local"])
def test_without_a_zone_it_is_that_of_the_machine(name: str | None) -> None:
    """`local` and none at all are the same."""
    assert parse_zone(name) == tz.tzlocal()


@pytest.mark.parametrize(
    "name", ["Berlin", "CET3", "../etc/passwd", "/etc/localtime", "", "+25:00", "2", "Europe/Berlin\n"]
)
def test_an_unknown_zone_is_rejected(name: str) -> None:
    """No file is read by its path, and no zone is made up of a name with a number."""
    with pytest.raises(ValueError, match="must be a time zone such as"):
        parse_zone(name)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30), ("1.5", 1.5), ("30s", 30), ("2min", 120), ("2 m", 120), ("1 Hour", 3600), ("7d", 604800), ("0", 0)],
)
def test_a_duration_is_a_number_with_or_without_a_unit(text: str, seconds: float) -> None:
    """A number alone is seconds."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-1", "1mo", "1y", "s", "1h30"])
def test_other_durations_are_rejected(text: str) -> None:
    """Months and years have no fixed length."""
    with pytest.raises(ValueError, match="must be a duration such as"):
        parse_duration(text)


def test_a_shown_time_has_its_zone() -> None:
    """So that it can be given back as it is, and means the same moment. At the end of time the zone is its own."""
    assert when(NOON, BERLIN) == "2026-10-27 12:00:00+01:00"
    assert parse_time(when(NOON, BERLIN), parse_zone("UTC"), NOON) == NOON
    assert when(datetime.max.replace(tzinfo=UTC), parse_zone("+02:00")).startswith("9999-12-31 23:59:59+00:00")
