"""Times: every form of ISO 8601 is read, and the documented form is written."""

from __future__ import annotations

import copy
import datetime
import pickle
from collections.abc import Iterator
from time import tzset

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints_api import models, types
from foundry_checkpoints_api.errors import DecodeError
from tests.generated.components import sample
from tests.strategies import TIMES

UTC = datetime.UTC
NOON = datetime.datetime(2023, 11, 14, 12, tzinfo=UTC)

fractions = st.text("0123456789", max_size=9)
moments = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30)).map(
    lambda moment: moment.replace(microsecond=0)
)


@pytest.fixture
def _kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own time is not UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Kathmandu")
        tzset()
        yield
    tzset()


def decoded(text: object) -> datetime.datetime:
    """A time as it comes out of a record."""
    return models.Record.from_dict(sample("Record") | {"createdAt": text}).created_at


def encoded(time: datetime.datetime) -> str:
    """A time as it goes out in a record."""
    record = models.Record.from_dict(sample("Record"))
    record.created_at = time
    return str(record.to_dict()["createdAt"])


def with_fraction(moment: datetime.datetime, digits: str) -> datetime.datetime:
    """A moment with the first six digits of a fraction of its second."""
    return moment.replace(microsecond=int(digits[:6].ljust(6, "0")))


def offset(minutes: int, form: str) -> str:
    """An offset as `±hhmm` or `±hh:mm`."""
    sign = "-" if minutes < 0 else "+"
    return sign + form.format(*divmod(abs(minutes), 60))


DATES = {
    "extended": "%Y-%m-%d",
    "basic": "%Y%m%d",
    "week": "%G-W%V-%u",
    "basic week": "%GW%V%u",
    "ordinal": "%Y-%j",
    "basic ordinal": "%Y%j",
}


def written(moment: datetime.datetime, form: str) -> str:
    """A date in a form of ISO 8601; years have four digits, which strftime leaves to the platform."""
    year, week_year = f"{moment.year:04}", f"{moment.isocalendar().year:04}"
    return moment.strftime(DATES[form].replace("%Y", year).replace("%G", week_year))


@given(
    moment=moments,
    form=st.sampled_from(sorted(DATES)),
    mark=st.sampled_from(".,"),
    digits=fractions,
    minutes=st.none() | st.integers(-23 * 60 - 59, 23 * 60 + 59),
    separator=st.sampled_from("Tt "),
    zulu=st.sampled_from(["", "Z", "z", "+00", "-00:00"]),
)
def test_every_form_is_read(
    moment: datetime.datetime, form: str, mark: str, digits: str, minutes: int | None, separator: str, zulu: str
) -> None:
    """Any date form, 0 to 9 digits after a point or a comma, and any offset; none means UTC."""
    clock, shift = ("%H%M%S", "{:02}{:02}") if "basic" in form else ("%H:%M:%S", "{:02}:{:02}")
    text = written(moment, form) + separator + moment.strftime(clock) + (mark + digits if digits else "")
    text += zulu if minutes is None else offset(minutes, shift)
    time = decoded(text)
    assert time.utcoffset() == datetime.timedelta(minutes=minutes or 0)
    assert time.replace(tzinfo=None) == with_fraction(moment, digits)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2023-11-14T12:00Z", NOON),
        ("2023-11-14T12Z", NOON),
        ("20231114T1200Z", NOON),
        ("20231114T12", NOON),
        ("2023-11-14T12:00:00.000", NOON),
        ("2023-11-14T12:00:00+00", NOON),
        ("2023-11-14T17:30:00+0530", NOON),
        ("2023-11-14T07:00-05", NOON),
        ("2023-11-14", NOON.replace(hour=0)),
        ("20231114", NOON.replace(hour=0)),
        ("2023-318", NOON.replace(hour=0)),
        ("2023-W46-2", NOON.replace(hour=0)),
        ("2020-W53-7", datetime.datetime(2021, 1, 3, tzinfo=UTC)),
        ("2024-366", datetime.datetime(2024, 12, 31, tzinfo=UTC)),
        ("2023-11-14T24:00:00.000Z", datetime.datetime(2023, 11, 15, tzinfo=UTC)),
        ("20231114T2400Z", datetime.datetime(2023, 11, 15, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime.datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60.250Z", datetime.datetime(2017, 1, 1, microsecond=250_000, tzinfo=UTC)),
        ("2016-12-31T18:59:60-05:00", datetime.datetime(2017, 1, 1, tzinfo=UTC)),
        ("20161231T235960Z", datetime.datetime(2017, 1, 1, tzinfo=UTC)),
        ("2023-11-14T12:00:00.123456789123Z", NOON.replace(microsecond=123_456)),
    ],
)
def test_a_rare_form_is_read(text: str, time: datetime.datetime) -> None:
    """Short forms, midnight as hour 24 and leap seconds are read; a leap second is the next second."""
    assert decoded(text) == time


@pytest.mark.parametrize("text", ["2023-11-14T12:00:00", "20231114T12", "2023-318T12:00"])
@pytest.mark.usefixtures("_kathmandu")
def test_no_offset_means_utc_everywhere(text: str) -> None:
    """The time zone of the machine has no say."""
    assert decoded(text) == NOON


@pytest.mark.parametrize("text", ["2023-11-14T12:30.5Z", "2023-11-14T12.5Z", "20231114T1230.5Z"])
def test_a_fraction_of_a_minute_is_not_misread(text: str) -> None:
    """A fraction of an hour or a minute is read as such or refused, never taken for one of a second."""
    right = NOON.replace(minute=30, second=30 if "30" in text else 0)
    try:
        time = decoded(text)
    except DecodeError:
        return
    assert time == right


def test_digits_beyond_the_microsecond_are_cut_off() -> None:
    """A time is never rounded up into the next second."""
    assert decoded("2023-11-14T12:00:00.9999999Z") == NOON.replace(microsecond=999_999)


@given(TIMES)
def test_the_documented_form_comes_back(text: str) -> None:
    """UTC with milliseconds and a Z, or with microseconds where there are any, comes back letter by letter."""
    assert encoded(decoded(text)) == text


@given(moments, fractions, st.integers(-1439, 1439))
def test_a_time_with_an_offset_comes_back(moment: datetime.datetime, digits: str, minutes: int) -> None:
    """The offset of a time is kept, and UTC is a Z."""
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    time = with_fraction(moment, digits).replace(tzinfo=zone)
    assert decoded(encoded(time)) == time
    assert encoded(time).endswith(offset(minutes, "{:02}:{:02}") if minutes else "Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "12:00",
        "1699963200",
        "1699963200000",
        "14-11-2023",
        "2023-1-4",
        "2023-02-29T00:00:00Z",
        "2023-366",
        "0000-01-01T00:00:00Z",
        "2023-11-14T25:00:00Z",
        "2023-11-14T24:00:01Z",
        "2023-11-14T12:60:00Z",
        "2023-11-14T12:00:61Z",
        "2023-11-14T12:00:00+24:00",
        "2023-11-14T12:00:00Z[UTC]",
        " 2023-11-14T12:00:00Z",
        "2023-11-14T12:00:00Z\n",
        "9999-12-31T23:59:60Z",
        "9999-12-31T24:00:00Z",
        "\u0662\u0660\u0662\u0663-11-14T12:00:00Z",
        "\ud800" * 20,
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """Text that is not a time, or one that Python cannot hold, is an error that names the path."""
    with pytest.raises(DecodeError) as caught:
        decoded(text)
    assert str(caught.value) == "Record.createdAt: not a time"


@given(st.text())
def test_no_text_does_worse_than_a_decode_error(text: str) -> None:
    """Any text is a time with an offset, or a decode error."""
    try:
        time = decoded(text)
    except DecodeError:
        return
    assert time.tzinfo is not None


@pytest.mark.parametrize("value", [1699963200, 1699963200.5, True, ["2023"], {"time": 1}])
def test_a_time_is_text(value: object) -> None:
    """A number of seconds is not a time."""
    with pytest.raises(DecodeError, match=r"^Record\.createdAt: unexpected "):
        decoded(value)


def test_a_naive_time_is_not_encoded() -> None:
    """A time without an offset could mean anything, so it is refused, in records and in filters."""
    naive = datetime.datetime(2023, 11, 14)
    with pytest.raises(ValueError, match="offset"):
        encoded(naive)
    field = models.SearchCheckpointRecordsGteFilterField.CREATED_AT
    with pytest.raises(ValueError, match="offset"):
        models.SearchCheckpointRecordsGteFilter(field, naive).to_dict()


@pytest.mark.parametrize("text", ["2023-11-14T12:00:00.000Z", "2023-11-14T24:00:00-05:00", "2016-12-31T23:59:60Z"])
def test_times_are_copied_whole(text: str) -> None:
    """A time of any form comes back from pickle and deepcopy."""
    time = decoded(text)
    assert pickle.loads(pickle.dumps(time)) == copy.deepcopy(time) == time


@given(st.datetimes(timezones=st.just(UTC)))
def test_milliseconds_round_down(time: datetime.datetime) -> None:
    """The milliseconds of a time are whole, never later than the time, and give it back less than one before."""
    again = types.from_millis(types.to_millis(time))
    assert datetime.timedelta(0) <= time - again < types.MILLISECOND
    assert types.to_millis(again) == types.to_millis(time)
    assert (types.to_millis(types.EPOCH), types.from_millis(-1)) == (0, types.EPOCH - types.MILLISECOND)
