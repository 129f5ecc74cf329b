"""The command `auth check`: what works, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final, Literal

from foundry_checkpoints import CheckpointsClient, errors

from ._connection import Connection, Credentials, checked_hostname
from ._errors import ERROR, describe
from ._options import TimeZone, command, zone_of
from ._table import row_lines, stdout
from ._times import when

Step = Literal["hostname", "token", "network", "login", "scope", "preview", "records"]
State = Literal["ok", "missing", "unknown"]

_STYLES: Final[dict[State, str]] = {"ok": "green", "missing": "bold red", "unknown": "dim"}
_WORKS: Final[dict[Step, str]] = {
    "network": "the service answers",
    "login": "the service accepts the token",
    "scope": "the token has api:checkpoints-read",
    "preview": "the service has the Checkpoints preview",
}
"""The requirements that an answer proves, in the order in which the service would reject a request."""

_NEEDED: Final[tuple[Step, ...]] = (*_WORKS, "records")


@dataclass(frozen=True, slots=True)
class Check:
    """The state of one requirement."""

    step: Step
    state: State
    words: str


@command
def check(connection: Connection, tz: TimeZone = None) -> int:
    """Check hostname, credentials, and access.

    The command checks the settings, then fetches the newest record, once. Checks after the first failure are reported
    as `unknown`. The exit status is 1 if something is missing.

    Examples:
        foundry-checkpoints auth check
        foundry-checkpoints auth check --token-file token.txt
    """
    zone = zone_of(tz)
    checks = [
        _tried("hostname", lambda: _hostname(connection.hostname)),
        _tried("token", lambda: _token(connection.credentials, zone)),
    ]
    if all(one.state == "ok" for one in checks):
        checks += _requested(connection, zone)
    else:
        checks += [Check(step, "unknown", "") for step in _NEEDED]
    _print(checks)
    return ERROR if any(one.state == "missing" for one in checks) else 0


def _tried(step: Step, words: Callable[[], str]) -> Check:
    try:
        return Check(step, "ok", words())
    except errors.ConfigurationError as error:
        return Check(step, "missing", describe(error).message)


def _hostname(hostname: str | None) -> str:
    CheckpointsClient(checked_hostname(hostname), auth="none").close()
    return hostname or ""


def _token(credentials: Credentials, zone: tzinfo) -> str:
    claims = credentials.claims()
    words = f"from {credentials.source}"
    if claims.user_id is not None:
        words += f", of the user {claims.user_id}"
    if claims.expires is not None:
        expires = when(claims.expires, zone)
        if claims.expires <= datetime.now(UTC):
            raise errors.ConfigurationError(f"{words}: it expired at {expires}. Get a new one")
        words += f", valid until {expires}"
    return words


def _requested(connection: Connection, zone: tzinfo) -> list[Check]:
    try:
        with connection.client(retry=1) as client:
            newest = client.records.search().first()
    except errors.CheckpointsError as error:
        return rejected(error)
    seen = "none, or none that you can read"
    if newest is not None:
        seen = f"visible; the newest was created at {when(newest.created_at, zone)}"
    return [*(Check(step, "ok", words) for step, words in _WORKS.items()), Check("records", "ok", seen)]


def rejected(error: errors.CheckpointsError) -> list[Check]:
    """Return what an error shows: some steps work, one doesn't, and the others are unknown."""
    failed, proven = _shown_by(error)
    return [
        Check(step, "missing", describe(error).message)
        if step == failed
        else Check(step, "ok", _WORKS[step])
        if step in proven
        else Check(step, "unknown", "")
        for step in _NEEDED
    ]


def _shown_by(error: errors.CheckpointsError) -> tuple[Step, Sequence[Step]]:
    match error:
        case errors.TokenRequestError() | errors.UnauthorizedError():
            return "login", ("network",)
        case errors.ApiUsageDenied():
            return "scope", ("network", "login")
        case errors.NotFoundError() | errors.ApiError(error_name="ApiFeaturePreviewUsageOnly"):
            return "preview", ("network",)
        case errors.SearchRecordsPermissionDenied():
            return "records", ("network", "login", "scope", "preview")
        case errors.PermissionDeniedError():
            return "records", ("network", "login")
    return "network", ()


def _print(checks: Sequence[Check]) -> None:
    console = stdout()
    state, step = len("unknown"), len("hostname")
    widths = (state, step, max(20, console.width - state - step - 4))
    for one in checks:
        for line in row_lines((one.state, one.step, one.words), widths, (_STYLES[one.state], "", "")):
            console.print(line, no_wrap=True, crop=False)
