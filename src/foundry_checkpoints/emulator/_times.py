"""Times as milliseconds since 1970, the resolution in which the service sorts and pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from foundry_checkpoints_api.types import parse_time, to_millis

_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)


def record_millis(text: str) -> int:
    """Return the time of a record, rounded down. Any ISO 8601 form; without an offset it means UTC."""
    return to_millis(parse_time(text))


def bound_millis(text: str) -> int | None:
    """Return the time in a filter, rounded up: the comparison with whole milliseconds is then exact.

    Returns None if it isn't an RFC 3339 time, which has an offset.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        return None
    *numbers, fraction, sign, hours, minutes = match.groups(default="0")
    year, month, day, hour, minute, second = map(int, numbers)
    # RFC 3339 has a year 0 and leap seconds, datetime doesn't. No record is that old.
    is_leap = second == 60
    try:
        time = datetime(max(year, 1), month, day, hour, minute, second - is_leap, tzinfo=UTC)
    except ValueError:
        return None
    millis = to_millis(time) + 1000 * is_leap + int(fraction[:3].ljust(3, "0")) + (fraction[3:].strip("0") != "")
    offset = (int(hours) * 60 + int(minutes)) * 60_000
    return millis + offset if sign == "-" else millis - offset
