"""Times in milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints.emulator._times import bound_millis, record_millis

offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=offsets)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@settings(derandomize=True, deadline=None)
@given(moment=moments)
def test_records_round_down_and_bounds_round_up(moment: datetime) -> None:
    """Of the same moment, a record takes the millisecond before and a bound the one after."""
    down = (moment - EPOCH) // timedelta(milliseconds=1)
    assert record_millis(moment.isoformat()) == down
    assert bound_millis(moment.isoformat()) == down + (moment.microsecond % 1000 != 0)


@pytest.mark.parametrize(
    "text", ["2025-06-01T12:00:00", "2025-06-01T14:00+02:00", "20250601T120000Z", "2025-06-01 12:00:00"]
)
def test_records_may_have_any_iso_form(text: str) -> None:
    """Without an offset, a record's time is in UTC."""
    assert record_millis(text) == record_millis("2025-06-01T12:00:00.000Z") == 1_748_779_200_000
