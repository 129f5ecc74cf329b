"""Times in milliseconds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints.emulator._times import bound_millis, record_millis
from foundry_checkpoints_api.types import to_millis

offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=offsets)


@settings(derandomize=True, deadline=None)
@given(moment=moments)
def test_records_round_down_and_bounds_round_up(moment: datetime) -> None:
    """For the same moment, a record has the millisecond before it, and a bound the one after it."""
    down = to_millis(moment)
    assert record_millis(moment.isoformat()) == down
    assert bound_millis(moment.isoformat()) == down + (moment.microsecond % 1000 != 0)


def test_records_may_have_any_iso_form() -> None:
    """Without an offset, the time of a record is in UTC."""
    for text in ("2025-06-01T12:00:00.000Z", "2025-06-01T12:00:00", "2025-06-01T14:00+02:00", "20250601T120000Z"):
        assert record_millis(text) == 1_748_779_200_000
