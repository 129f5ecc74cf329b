"""The commands that fetch records: get, batch, and search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foundry_checkpoints.cli import main
from foundry_checkpoints.cli._errors import ERROR
from foundry_checkpoints.emulator import Emulator, Fault
from tests.cli.commands import Outcome, Run
from tests.samples import RECORDS, RIDS, SAMPLES, UNKNOWN, newest_first

NO_RETRY = {"Qos-Retry-Hint": "do-not-retry"}


def rids(outcome: Outcome) -> list[str]:
    """The RIDs of the records that were written as JSON lines."""
    return [json.loads(line)["rid"] for line in outcome.out.splitlines()]


def test_get_fetches_each_record_and_names_those_it_cannot(run: Run, configured: Emulator) -> None:
    """Records come in order. A missing and a malformed RID are an error line each, and make it status 1."""
    outcome = run("get", RIDS[3], UNKNOWN[0], "nonsense", f"{RIDS[1]},{RIDS[2]}")
    assert (outcome.status, rids(outcome)) == (ERROR, [RIDS[3], RIDS[1], RIDS[2]])
    missing, malformed = outcome.err.splitlines()
    assert missing.startswith(f"foundry-checkpoints: '{UNKNOWN[0]}': 404 CheckpointRecordNotFound")
    assert "'nonsense' must be a RID" in malformed
    assert run("get", RIDS[0]).status == 0


def test_get_shows_a_record_in_full(run: Run, configured: Emulator) -> None:
    """In a table each field has a line; with columns it is a table like any other."""
    outcome = run("get", RIDS[0], RIDS[1], "--output", "table")
    assert outcome.out.count("actingUser.userId") == 2
    assert "justification.prompt" in outcome.out
    assert run("get", RIDS[0], "-o", "table", "--columns", "type").out.split() == ["type", RECORDS[0].type_]


def test_batch_reads_a_file(run: Run, configured: Emulator, tmp_path: Path) -> None:
    """Records come in the order of the RIDs, in requests of up to 100."""
    file = tmp_path / "rids.txt"
    file.write_text("# exported\n\n" + "".join(f"  {rid}\n" for rid in RIDS[:150]))
    outcome = run("batch", str(file))
    assert (outcome.status, rids(outcome), outcome.err) == (0, RIDS[:150], "")
    assert configured.request_counts == {"getBatch": 2}


@pytest.mark.parametrize("arguments", [("batch",), ("batch", "-")])
def test_batch_reads_stdin(run: Run, configured: Emulator, arguments: tuple[str, ...]) -> None:
    """`-` and no file mean stdin. Missing RIDs are named on stderr, and make it status 1."""
    outcome = run(*arguments, stdin=f"{RIDS[2]}\n{UNKNOWN[0]}\n{RIDS[0]}\n")
    assert (outcome.status, rids(outcome)) == (ERROR, [RIDS[2], RIDS[0]])
    assert outcome.err.count("\n") == 1
    assert f"'{UNKNOWN[0]}' is missing" in outcome.err


@pytest.mark.parametrize("form", [("-o", "rids"), ("-o", "jsonl"), ("-o", "csv"), ("-o", "csv", "--columns", "rid")])
def test_batch_reads_what_search_writes(run: Run, configured: Emulator, form: tuple[str, ...]) -> None:
    """In each form that has one record after the other."""
    found = run("search", "--limit", "20", *form)
    outcome = run("batch", stdin=found.out)
    assert (outcome.status, outcome.err) == (0, "")
    assert rids(outcome) == newest_first(RECORDS)[:20]


def test_batch_continues_after_malformed_lines(run: Run, configured: Emulator) -> None:
    """They are named, 20 at most, and make it status 1; a record is never on stderr."""
    lines = [json.dumps(SAMPLES[0] | {"rid": None})] * 30
    outcome = run("batch", stdin="\n".join([RIDS[0], *lines, RIDS[1]]))
    assert (outcome.status, rids(outcome)) == (ERROR, RIDS[:2])
    assert outcome.err.count("\n") == 21
    assert "30 lines without a RID" in outcome.err
    assert "actingUser" not in outcome.err


def test_batch_of_no_rids_sends_nothing(run: Run, configured: Emulator) -> None:
    """It says so, and is done."""
    outcome = run("batch", stdin="\n")
    assert (outcome.status, outcome.err) == (0, "foundry-checkpoints: 0 records found\n")
    assert configured.requests == []


@pytest.mark.parametrize(("sort", "step"), [("newest", 1), ("oldest", -1)])
@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_search_finds_every_record_in_order(
    run: Run, configured: Emulator, sort: str, step: int, concurrency: str
) -> None:
    """By creation time, newest first by default, also when it reads concurrently."""
    found = rids(run("search", "--sort", sort, "--concurrency", concurrency))
    assert found == newest_first(RECORDS)[::step]


def test_search_stops_at_its_limit(run: Run, configured: Emulator) -> None:
    """Exactly so many records are written, without a word on stderr."""
    outcome = run("search", "--limit", "7")
    assert (rids(outcome), outcome.err) == (newest_first(RECORDS)[:7], "")
    assert len(rids(run("search", "--limit", "all"))) == len(RECORDS)


def test_a_table_on_a_terminal_has_a_limit(
    configured: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops after 100 records unless `--limit` is given, and says so."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for arguments, number, said in (((), 100, "stopped at the newest 100"), (("--limit", "all"), 350, "")):
        assert main(["search", "--columns", "rid", *arguments]) == 0
        captured = capsys.readouterr()
        assert captured.out.count("ri.checkpoints") == number
        assert said in captured.err


def test_search_compares_names(run: Run, configured: Emulator) -> None:
    """`--user-name` matches the whole name in any case. The limit counts matches, not what was read for them."""
    name = next(record.acting_user.username.value for record in RECORDS if record.acting_user.username.value)
    named = [record for record in RECORDS if record.acting_user.username.value == name]
    outcome = run("search", "--user-name", f"nobody,{name.upper()}")
    assert rids(outcome) == newest_first(named)
    assert rids(run("search", "--user-name", name, "--limit", "2")) == newest_first(named)[:2]
    assert run("search", "--user-name", "nobody", "--limit", "2").err == (
        "foundry-checkpoints: 0 records match (350 compared by name)\n"
    )


def test_search_says_when_nothing_matches(run: Run, configured: Emulator) -> None:
    """Also in a pipe, on stderr."""
    outcome = run("search", "--since", "2100-01-01")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "foundry-checkpoints: 0 records match\n")


def test_search_says_when_it_is_incomplete(run: Run, own_emulator: Emulator) -> None:
    """Records before an error are written. The error says how many they are, and the status is 1."""
    own_emulator.inject(Fault.token_loop())
    outcome = run("search")
    written = rids(outcome)
    assert outcome.status == ERROR
    assert 0 < len(written) < len(RIDS)
    incomplete, error = outcome.err.splitlines()
    assert f"incomplete: it failed after {len(written)} records" in incomplete
    assert error.endswith("--since and --until.")


def test_a_failure_is_one_line_with_advice(run: Run, own_emulator: Emulator) -> None:
    """The status of the service, what to do next, and status 1."""
    own_emulator.inject(Fault.status(503, headers=NO_RETRY))
    outcome = run("search")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (ERROR, "", 1)
    assert "503 ServiceUnavailableError" in outcome.err
