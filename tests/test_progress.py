"""The progress that a search reports, and the bar that shows it."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from foundry_checkpoints import AsyncRecords, F, RecordPage, SearchProgress, progress_bar
from foundry_checkpoints.models import Record
from foundry_checkpoints.progress import Meter
from tests.samples import RECORDS, SAMPLES, SAMPLES_END
from tests.worlds import World, rids

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def page_of(*days: int) -> RecordPage:
    """Return a page whose records were created so many days after the start."""
    samples = [SAMPLES[0] | {"createdAt": (START + day * DAY).isoformat()} for day in days]
    return RecordPage([Record.from_dict(sample) for sample in samples], None, None)


@pytest.mark.parametrize(
    ("goal", "limit", "shares"),
    [
        (START + 10 * DAY, None, [0.2, 0.2, 0.5]),
        (START + 10 * DAY, 6, [2 / 6, 2 / 6, 4 / 6]),
        (START + 10 * DAY, 100, [0.2, 0.2, 0.5]),
        (None, 6, [2 / 6, 2 / 6, 4 / 6]),
        (None, None, [None, None, None]),
        (START, None, [None, None, None]),
        (START - DAY, None, [0.0, 0.0, 0.0]),
        (START + 2 * DAY, None, [1.0, 1.0, 1.0]),
    ],
)
def test_the_share_of_a_search_that_is_done(
    goal: datetime | None, limit: int | None, shares: list[float | None]
) -> None:
    """By time or by the limit, whichever is further, an empty page changes nothing; unknown if neither is known."""
    meter = Meter(goal, limit)
    found = [meter.after(page) for page in (page_of(0, 2), page_of(), page_of(3, 5))]
    assert [progress.records for progress in found] == [2, 2, 4]
    assert [progress.share for progress in found] == [pytest.approx(share) for share in shares]
    assert meter.end() == SearchProgress(4, 1.0, is_done=True)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "is_known"),
    [
        ({"sort_direction": "ASC"}, True),
        ({"sort_direction": "ASC", "concurrency": 4}, True),
        ({"where": F.created_at >= SAMPLES_END - 90 * DAY}, True),
        ({}, False),
        ({"concurrency": 4, "ordered": False, "where": F.created_at >= SAMPLES_END - 90 * DAY}, False),
        ({"limit": 250}, True),
    ],
)
async def test_a_search_reports_its_progress(records: AsyncRecords, options: dict[str, Any], is_known: bool) -> None:
    """After each page, with all records so far, and once at the end; each iteration counts from the beginning."""
    reports: list[SearchProgress] = []
    search = records.search(**options, on_progress=reports.append)
    for _ in range(2):
        reports.clear()
        number = len(await rids(search))
        *before, last = reports
        assert last == SearchProgress(number, 1.0, is_done=True)
        counts, shares = [each.records for each in before], [each.share for each in before]
        assert counts == sorted(counts)
        assert counts[-1] == number
        assert not any(each.is_done for each in before)
        known = [share for share in shares if share is not None]
        assert known == sorted(known)
        assert len(known) == (len(shares) if is_known else 0)
        assert all(0 <= share <= 1 for share in known)


@pytest.mark.anyio
async def test_a_search_that_is_stopped_reports_no_end(records: AsyncRecords) -> None:
    """An error of the callback ends the iteration where the caller iterates."""
    reports: list[SearchProgress] = []

    def stop(progress: SearchProgress) -> None:
        reports.append(progress)
        if len(reports) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rids(records.search(on_progress=stop))
    assert [progress.is_done for progress in reports] == [False, False]


@pytest.mark.anyio
async def test_a_progress_bar(records: AsyncRecords) -> None:
    """It counts records, estimates the total, is full at the end, and begins again with the next search."""
    shown = io.StringIO()
    show = progress_bar(file=shown, mininterval=0, ascii=True)
    search = records.search(sort_direction="ASC", on_progress=show)
    for _ in range(2):
        shown.truncate(0)
        assert len(await rids(search)) == len(RECORDS)
        *_, last = shown.getvalue().strip().splitlines()[-1].split("\r")
        assert f"{len(RECORDS)}/{len(RECORDS)}" in last
        assert "100%" in last


def test_a_bar_without_a_known_total(world: World) -> None:
    """It counts records alone."""
    shown = io.StringIO()
    show = progress_bar(file=shown, mininterval=0)
    show(SearchProgress(120, None))
    assert "120 records" in shown.getvalue()
    assert "%" not in shown.getvalue()
