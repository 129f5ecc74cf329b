"""Times as people write them: `2026-10-01`, `2026-10-01T12:30`, `yesterday`, `-7d`, `now`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

FORMS: Final = "2026-10-01, 2026-10-01T12:30, 2026-10-01T12:30:00+02:00, today, yesterday, now, -7d or -12h"

_MIDNIGHT = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
_DAYS_AGO = {"today": 0, "yesterday": 1}
_AGO = re.compile(r"-(\d{1,6})(min|mo|[hdwy])")
_CLOCK = {"h": "hours", "min": "minutes"}
_CALENDAR = {"d": "days", "w": "weeks", "mo": "months", "y": "years"}
_OFFSET = re.compile(r"([+-])([01]\d|2[0-3]):([0-5]\d)")
_ZONE = re.compile(r"[A-Za-z][\w+-]*(/[\w+-]+)*", re.ASCII)


def parse_zone(name: str | None) -> tzinfo:
    """`Europe/Berlin`, `UTC`, `+02:00`; the zone of this machine for None or `local`. Raises `ValueError`."""
    from dateutil import tz

    if name is None or name.lower() == "local":
        return tz.tzlocal()
    if name.upper() in ("UTC", "Z"):
        return UTC
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    zone = tz.gettz(name) if _ZONE.fullmatch(name) else None
    # Of "CET3" dateutil makes a zone of its own: more likely it is a slip.
    if zone is None or isinstance(zone, tz.tzstr):
        raise ValueError(f"{name!r} is no time zone such as Europe/Berlin, UTC or +02:00")
    return zone


def parse_time(text: str, zone: tzinfo, now: datetime) -> datetime:
    """The moment that a text means in a zone, where it names no offset itself. Raises `ValueError`.

    A day means its start. Days, weeks, months and years ago go by the calendar: the same time of day; hours and
    minutes go by the clock.
    """
    try:
        time = _parsed(text.strip().lower(), zone, now.astimezone(zone))
        time.astimezone(UTC)
        time.astimezone(zone)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside of the years 1 to 9999") from None
    return time


def _parsed(text: str, zone: tzinfo, here: datetime) -> datetime:
    if text == "now":
        return here
    if text in _DAYS_AGO:
        return _real(here.replace(tzinfo=None, **_MIDNIGHT) - timedelta(days=_DAYS_AGO[text]), zone)
    if match := _AGO.fullmatch(text):
        return _ago(int(match[1]), match[2], here, zone)
    return _iso(text, zone)


def _ago(number: int, unit: str, here: datetime, zone: tzinfo) -> datetime:
    from dateutil.relativedelta import relativedelta

    if unit in _CLOCK:
        return (here.astimezone(UTC) - timedelta(**{_CLOCK[unit]: number})).astimezone(zone)
    try:
        wall = here.replace(tzinfo=None) - relativedelta(**{_CALENDAR[unit]: number})  # type: ignore[arg-type]
    except ValueError:  # a year below 1
        raise OverflowError from None
    return _real(wall, zone)


def _iso(text: str, zone: tzinfo) -> datetime:
    from dateutil.parser import isoparse

    try:
        time = isoparse(text.upper())
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time such as {FORMS}") from None
    return time if time.tzinfo is not None else _real(time, zone)


def _real(wall: datetime, zone: tzinfo) -> datetime:
    """A time of day that a change of clocks leaves out is moved forward by that change."""
    from dateutil import tz

    return tz.resolve_imaginary(wall.replace(tzinfo=zone))
