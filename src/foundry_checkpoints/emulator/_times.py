"""Times as milliseconds since 1970, the resolution in which the service sorts and pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)
_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)


def record_millis(text: str) -> int:
    """The time of a record, rounded down. Any ISO 8601 form; without an offset it means UTC."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is not None:
        time = time.astimezone(UTC).replace(tzinfo=None)
    return (time - _EPOCH) // _MILLISECOND


def bound_millis(text: str) -> int:
    """The time in a filter, rounded up: a record in whole milliseconds is then compared exactly.

    RFC 3339, so an offset is required. Raises `ValueError` for anything else.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 time")
    *numbers, fraction, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    leap = second == 60
    # Year 0 is valid there and unknown to datetime; no record is that old.
    time = datetime(max(year, 1), month, day, hour, minute, second - leap) + leap * timedelta(seconds=1)
    millis = (time - _EPOCH) // _MILLISECOND + _fraction_millis(fraction or "")
    return millis - _offset_millis(sign, hours, minutes)


def _fraction_millis(digits: str) -> int:
    return int(digits[:3].ljust(3, "0")) + any(digit != "0" for digit in digits[3:])


def _offset_millis(sign: str | None, hours: str, minutes: str) -> int:
    if sign is None:
        return 0
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("not an offset")
    millis = (int(hours) * 60 + int(minutes)) * 60_000
    return -millis if sign == "-" else millis
