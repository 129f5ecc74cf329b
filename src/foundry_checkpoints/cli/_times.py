"""Times, durations, and zones as people write them: `2026-10-01`, `yesterday`, `12 hours ago`, `Europe/Berlin`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from ._safe import quoted

# dateutil is imported where it is used: it takes as long as the rest of the program's start.

_UNITS: Final = {
    unit: names.split()[0]
    for names in (
        "seconds s sec secs second",
        "minutes m min mins minute",
        "hours h hr hrs hour",
        "days d day",
        "weeks w week",
        "months mo month",
        "years y yr yrs year",
    )
    for unit in names.split()
}
"""The field of a `timedelta` or `relativedelta` by the ways to write its unit."""
_CLOCK: Final = ("seconds", "minutes", "hours")

_AGO: Final = re.compile(r"-?\s*(\d{1,6})\s*([a-z]+)(?:\s+ago)?")
_DURATION: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]*)")
_MIDNIGHT: Final = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
_DAYS_AGO: Final = {"today": 0, "yesterday": 1}
_OFFSET: Final = re.compile(r"([+-])([01]\d|2[0-3]):([0-5]\d)")
_ZONE: Final = re.compile(r"[A-Za-z][\w+-]*(/[\w+-]+)*", re.ASCII)

_TIMES: Final = (
    "must be a time such as 2026-10-01, 2026-10-01T12:30, 2026-10-01T12:30:00+02:00, today, yesterday, now, 7d, or "
    "'12 hours ago' (units: s, m, h, d, w, mo, y)"
)


def when(time: datetime, zone: tzinfo) -> str:
    """Return a time to the second, with its offset from UTC: `2026-10-01 12:30:00+02:00`."""
    return local(time, zone).isoformat(sep=" ", timespec="seconds")


def local(time: datetime, zone: tzinfo) -> datetime:
    """Return the time in the zone, or in its own if it would leave the years 1 to 9999."""
    try:
        return time.astimezone(zone)
    except OverflowError:
        return time


def parse_zone(name: str | None) -> tzinfo:
    """Return the zone `Europe/Berlin`, `UTC`, or `+02:00`; the machine's for None or `local`. Raises `ValueError`."""
    from dateutil import tz

    if name is None or name.lower() == "local":
        return tz.tzlocal()
    if name.upper() in ("UTC", "Z"):
        return UTC
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    zone = tz.gettz(name) if _ZONE.fullmatch(name) else None
    # dateutil takes "CET3" for a zone in the form of POSIX. It is more likely a typo.
    if zone is None or isinstance(zone, tz.tzstr):
        raise ValueError(f"must be a time zone such as Europe/Berlin, UTC, or +02:00, not {quoted(name)}")
    return zone


def parse_duration(text: str) -> timedelta:
    """Return a duration: `30` and `30s` are seconds, `2min`, `1.5 hours`, `7d`. Raises `ValueError`."""
    match = _DURATION.fullmatch(text.strip().lower())
    unit = _UNITS.get(match[2] or "seconds") if match else None
    if match is None or unit is None or unit in ("months", "years"):
        raise ValueError(
            f"must be a duration such as 30, 30s, 2min, 1h, or 7d (units: s, m, h, d, w), not {quoted(text)}"
        )
    return timedelta(**{unit: float(match[1])})


def parse_time(text: str, zone: tzinfo, now: datetime) -> datetime:
    """Return the moment that a text means, in a zone if it has no offset of its own. Raises `ValueError`.

    A day means its start. Days, weeks, months, and years ago go by the calendar: the same time of day. Hours, minutes,
    and seconds go by the clock.
    """
    try:
        time = _parsed(text.strip().lower(), text, zone, now.astimezone(zone))
        time.astimezone(UTC)
        time.astimezone(zone)
    except OverflowError:
        raise ValueError(f"must be a time in the years 1 to 9999, not {quoted(text)}") from None
    return time


def _parsed(text: str, given: str, zone: tzinfo, here: datetime) -> datetime:
    from dateutil.parser import isoparse

    if text == "now":
        return here
    if text in _DAYS_AGO:
        return _real(here.replace(tzinfo=None, **_MIDNIGHT) - timedelta(days=_DAYS_AGO[text]), zone)
    if (match := _AGO.fullmatch(text)) and (unit := _UNITS.get(match[2])):
        return _ago(int(match[1]), unit, here, zone)
    try:
        time = isoparse(text.upper())
    except (ValueError, OverflowError):
        raise ValueError(f"{_TIMES}, not {quoted(given)}") from None
    return time if time.tzinfo is not None else _real(time, zone)


def _ago(number: int, unit: str, here: datetime, zone: tzinfo) -> datetime:
    from dateutil.relativedelta import relativedelta

    if unit in _CLOCK:
        return (here.astimezone(UTC) - timedelta(**{unit: number})).astimezone(zone)
    try:
        wall = here.replace(tzinfo=None) - relativedelta(**{unit: number})  # type: ignore[arg-type]
    except ValueError:  # a year below 1
        raise OverflowError from None
    return _real(wall, zone)


def _real(wall: datetime, zone: tzinfo) -> datetime:
    """Return a time of day in the zone, moved forward if a change of clocks leaves it out."""
    from dateutil import tz

    return tz.resolve_imaginary(wall.replace(tzinfo=zone))
