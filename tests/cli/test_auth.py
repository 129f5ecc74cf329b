"""`auth check`: what works, and what is missing."""

from __future__ import annotations

import base64
import json
import uuid

import pytest

from foundry_checkpoints.cli._check import rejected
from foundry_checkpoints.cli._errors import ERROR
from foundry_checkpoints.emulator import Emulator, Fault
from foundry_checkpoints.errors import CheckpointsError, NetworkError, TokenRequestError
from tests.cli.commands import Outcome, Run

STEPS = ["hostname", "token", "network", "login", "scope", "preview", "records"]


def states(outcome: Outcome) -> dict[str, str]:
    """The state of each step. Lines that only continue a text are left out."""
    return {line.split()[1]: line.split()[0] for line in outcome.out.splitlines() if not line.startswith(" ")}


def expected(missing: str, *unknown: str) -> dict[str, str]:
    """All is well but for these."""
    return {step: "missing" if step == missing else "unknown" if step in unknown else "ok" for step in STEPS}


def test_all_is_well(run: Run, configured: Emulator) -> None:
    """Each step is said to work, after one request for one record."""
    outcome = run("auth", "check", "--tz", "UTC")
    assert (outcome.status, outcome.err) == (0, "")
    assert states(outcome) == dict.fromkeys(STEPS, "ok")
    assert "from FOUNDRY_TOKEN" in outcome.out
    assert "the newest was created at 2025-12-" in outcome.out
    assert configured.token not in outcome.out
    assert [request.json["pageSize"] for request in configured.requests] == [1]


def test_no_records_are_no_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be none, or none that the caller can read."""
    with Emulator() as emulator:
        monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
        monkeypatch.setenv("FOUNDRY_TOKEN", emulator.token)
        outcome = run("auth", "check")
    assert outcome.status == 0
    assert "none, or none that you can read" in outcome.out


@pytest.mark.parametrize(
    ("fault", "missing", "unknown"),
    [
        (Fault.status(401), "login", ["scope", "preview", "records"]),
        (Fault.error("ApiUsageDenied"), "scope", ["preview", "records"]),
        (Fault.error("ApiFeaturePreviewUsageOnly"), "preview", ["login", "scope", "records"]),
        (Fault.status(404), "preview", ["login", "scope", "records"]),
        (Fault.error("SearchRecordsPermissionDenied"), "records", []),
        (Fault.status(403), "records", ["scope", "preview"]),
        (Fault.status(500, times=2), "network", ["login", "scope", "preview", "records"]),
        (Fault.garbage(times=2), "network", ["login", "scope", "preview", "records"]),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_rejection_shows_what_is_missing(
    run: Run, own_emulator: Emulator, fault: Fault, missing: str, unknown: list[str]
) -> None:
    """Steps before the rejected one work, and those after it are unknown."""
    own_emulator.inject(fault)
    outcome = run("auth", "check")
    assert outcome.status == ERROR
    assert states(outcome) == expected(missing, *unknown)


def test_both_settings_are_checked_before_anything_is_sent(run: Run) -> None:
    """Without hostname and token, both are named, with the variables to set."""
    outcome = run("auth", "check")
    assert outcome.status == ERROR
    assert states(outcome) == dict.fromkeys(STEPS, "unknown") | {"hostname": "missing", "token": "missing"}
    assert "FOUNDRY_HOSTNAME" in outcome.out
    assert "FOUNDRY_CLIENT_SECRET" in outcome.out


def test_a_wrong_hostname_is_told_from_a_wrong_token(
    run: Run, configured: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the two is blamed for itself."""
    assert states(run("auth", "check", "--hostname", "http://example.com"))["token"] == "ok"
    monkeypatch.setenv("FOUNDRY_TOKEN", "Bearer x")
    assert states(run("auth", "check"))["hostname"] == "ok"
    assert configured.requests == []


def test_a_token_says_whose_it_is_and_until_when(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An expired one is missing, though it is there."""
    user = uuid.UUID(int=7)
    for expires, state in ((4_000_000_000, "ok"), (1_000_000_000, "missing")):
        claims = {"sub": base64.b64encode(user.bytes).decode(), "exp": expires}
        token = f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"
        with Emulator(token=token) as emulator:
            monkeypatch.setenv("FOUNDRY_HOSTNAME", emulator.hostname)
            monkeypatch.setenv("FOUNDRY_TOKEN", token)
            outcome = run("auth", "check")
        assert states(outcome)["token"] == state
        assert f"of the user {user}" in " ".join(outcome.out.split())
        assert token not in outcome.out


@pytest.mark.parametrize(
    ("error", "missing"),
    [(NetworkError("connection refused"), "network"), (TokenRequestError("invalid_client"), "login")],
)
def test_each_failure_belongs_to_a_step(error: CheckpointsError, missing: str) -> None:
    """No answer is a matter of the network, no token for client credentials one of the login."""
    [check] = [check for check in rejected(error) if check.state == "missing"]
    assert check.step == missing
