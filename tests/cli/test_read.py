"""The commands that give records: get, batch and search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foundry_checkpoints.cli._errors import ERROR, USAGE
from foundry_checkpoints.cli._progress import by_time
from foundry_checkpoints.emulator import Emulator, Fault
from tests.cli.commands import Outcome, Run
from tests.samples import RECORDS, RIDS, UNKNOWN, newest_first

NO_RETRY = {"Qos-Retry-Hint": "do-not-retry"}


def rids(outcome: Outcome) -> list[str]:
    """The rids of the records that were written as JSON lines."""
    return [json.loads(line)["rid"] for line in outcome.out.splitlines()]


def test_get_gives_each_record_and_says_which_are_missing(run: Run, configured: Emulator) -> None:
    """What is there is given, in order; the rest is an error line each, and status 1."""
    outcome = run("get", RIDS[3], UNKNOWN[0], RIDS[1])
    assert (outcome.status, rids(outcome)) == (ERROR, [RIDS[3], RIDS[1]])
    assert outcome.err.startswith(f"foundry-checkpoints: {UNKNOWN[0]}: 404 CheckpointRecordNotFound")
    assert run("get", RIDS[0]).status == 0


def test_get_shows_a_record_in_full(run: Run, configured: Emulator) -> None:
    """In a table each field has a line; with columns it is a table like any other."""
    outcome = run("get", RIDS[0], RIDS[1], "--output", "table")
    assert outcome.out.count("actingUser.userId") == 2
    assert "justification.prompt" in outcome.out
    assert run("get", RIDS[0], "-o", "table", "--columns", "type").out.split() == ["type", RECORDS[0].type_]


def test_get_refuses_what_is_no_rid(run: Run, configured: Emulator) -> None:
    """It ends with status 2, and nothing is sent."""
    outcome = run("get", "")
    assert outcome.status == USAGE
    assert configured.requests == []


def test_batch_reads_rids_from_a_file(run: Run, configured: Emulator, tmp_path: Path) -> None:
    """One a line, with blank lines and remarks; records come in that order, in requests of up to 100 rids."""
    file = tmp_path / "rids.txt"
    file.write_text("# exported\n\n" + "".join(f"  {rid}\n" for rid in RIDS[:150]))
    outcome = run("batch", str(file))
    assert (outcome.status, rids(outcome), outcome.err) == (0, RIDS[:150], "")
    assert configured.request_counts == {"getBatch": 2}


@pytest.mark.parametrize("arguments", [("batch",), ("batch", "-")])
def test_batch_reads_rids_from_stdin(run: Run, configured: Emulator, arguments: tuple[str, ...]) -> None:
    """`-` and no file mean stdin. Missing rids are named on stderr, and make it status 1."""
    outcome = run(*arguments, stdin=f"{RIDS[2]}\n{UNKNOWN[0]}\n{RIDS[0]}\n")
    assert (outcome.status, rids(outcome)) == (ERROR, [RIDS[2], RIDS[0]])
    assert outcome.err == (
        f"foundry-checkpoints: {UNKNOWN[0]} is missing: there is no such record, or you may not see it\n"
    )


def test_batch_of_no_rids_sends_nothing(run: Run, configured: Emulator) -> None:
    """It is done at once."""
    assert run("batch", stdin="\n").status == 0
    assert configured.requests == []


def test_batch_names_a_file_that_is_not_there(run: Run, configured: Emulator) -> None:
    """The error is one line with the name."""
    assert run("batch", "nowhere.txt").err == "foundry-checkpoints: nowhere.txt: No such file or directory.\n"


@pytest.mark.parametrize(("sort", "step"), [("newest", 1), ("oldest", -1)])
@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_search_gives_every_record_in_order(
    run: Run, configured: Emulator, sort: str, step: int, concurrency: str
) -> None:
    """By creation time, newest first unless said otherwise, also where it reads side by side."""
    found = rids(run("search", "--sort", sort, "--concurrency", concurrency))
    assert found == newest_first(RECORDS)[::step]


def test_search_stops_at_its_limit(run: Run, configured: Emulator) -> None:
    """Just so many records are written."""
    assert rids(run("search", "--limit", "7")) == newest_first(RECORDS)[:7]


def test_search_says_when_it_is_incomplete(run: Run, own_emulator: Emulator) -> None:
    """What came before an error is written; the error says how much that is, and status 1 that it is not all."""
    own_emulator.inject(Fault.token_loop())
    outcome = run("search")
    written = rids(outcome)
    assert outcome.status == ERROR
    assert 0 < len(written) < len(RIDS)
    incomplete, error = outcome.err.splitlines()
    assert incomplete.endswith(f"the search is incomplete: this came after {len(written)} records")
    assert error.endswith("Search a shorter time with --since and --until.")


def test_a_failure_is_one_line_with_advice(run: Run, own_emulator: Emulator) -> None:
    """The status of the service, what to do next, and status 1."""
    own_emulator.inject(Fault.status(503, headers=NO_RETRY))
    outcome = run("search")
    assert (outcome.status, outcome.out) == (ERROR, "")
    assert outcome.err.count("\n") == 1
    assert "503 ServiceUnavailableError" in outcome.err
    assert outcome.err.endswith("The service failed: try again later.\n")


def test_the_share_of_a_search_that_is_done() -> None:
    """By its limit, by its time, whichever is further; unknown where neither is given."""
    oldest, newest = min(record.created_at for record in RECORDS), max(record.created_at for record in RECORDS)
    first = next(record for record in RECORDS if record.created_at == oldest)
    assert by_time(None, None, ascending=True)(5, first) is None
    assert by_time(None, None, ascending=True, limit=10)(5, first) == 0.5
    assert by_time(oldest, newest, ascending=True)(5, first) == 0.0
    assert by_time(oldest, newest, ascending=False)(5, first) == 1.0
    assert by_time(oldest, newest, ascending=True, limit=10)(5, first) == 0.5
    assert by_time(newest, oldest, ascending=True)(5, first) is None
