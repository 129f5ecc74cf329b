"""The command `auth check`: who and what works, and what is missing, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Final, Literal

from foundry_checkpoints import errors

from ._errors import ERROR, describe
from ._options import Connection, TimeZone, command, zone_of

if TYPE_CHECKING:
    from ._token import Credentials

Step = Literal["hostname", "token", "network", "login", "scope", "preview", "records"]
State = Literal["ok", "missing", "unknown"]

_STYLES: Final[dict[State, str]] = {"ok": "green", "missing": "bold red", "unknown": "dim"}
_WORKS: Final[dict[Step, str]] = {
    "network": "the service answers",
    "login": "the service accepts the token",
    "scope": "the token has api:checkpoints-read",
    "preview": "the service has the Checkpoints preview",
}
"""What the service shows by its answer, in the order in which it would refuse."""

_NEEDED: Final[tuple[Step, ...]] = (*_WORKS, "records")


@dataclass(frozen=True, slots=True)
class Check:
    """What is known of one thing that is needed."""

    step: Step
    state: State
    words: str


@command
def check(connection: Connection, tz: TimeZone = None) -> int:
    """Say who and what works, and what is missing: hostname, token, scope, preview.

    It asks for the newest record, once. The exit status is 1 where something is missing.
    """
    checks = [*_configured(connection, zone_of(tz))]
    if all(one.state == "ok" for one in checks):
        checks += _asked(connection, zone_of(tz))
    else:
        checks += [Check(step, "unknown", "") for step in _NEEDED]
    _print(checks)
    return ERROR if any(one.state == "missing" for one in checks) else 0


def _configured(connection: Connection, zone: tzinfo) -> Iterator[Check]:
    yield _tried("hostname", lambda: _hostname(connection.hostname))
    yield _tried("token", lambda: _token(connection.credentials, zone))


def _tried(step: Step, words: Callable[[], str]) -> Check:
    try:
        return Check(step, "ok", words())
    except errors.ConfigurationError as error:
        return Check(step, "missing", str(error))


def _hostname(hostname: str | None) -> str:
    from foundry_checkpoints import CheckpointsClient

    from ._token import checked_hostname

    CheckpointsClient(checked_hostname(hostname), auth="none").close()
    return hostname or ""


def _token(credentials: Credentials, zone: tzinfo) -> str:
    claims = credentials.claims()
    words = f"from {credentials.source}"
    if claims.user_id is not None:
        words += f", of the user {claims.user_id}"
    if claims.expires is not None:
        expires = f"{claims.expires.astimezone(zone):%Y-%m-%d %H:%M}"
        if claims.expires <= datetime.now(UTC):
            raise errors.ConfigurationError(f"{words}: it expired at {expires}; get a new one")
        words += f", good until {expires}"
    return words


def _asked(connection: Connection, zone: tzinfo) -> list[Check]:
    try:
        with connection.client(retry=1) as client:
            newest = client.records.search().first()
    except errors.CheckpointsError as error:
        return refused(error)
    seen = "there are none, or you may see none"
    if newest is not None:
        seen = f"visible; the newest is of {newest.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return [*(Check(step, "ok", words) for step, words in _WORKS.items()), Check("records", "ok", seen)]


def refused(error: errors.CheckpointsError) -> list[Check]:
    """What an error shows: that some things work, that one does not, and nothing of the others."""
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
    from ._table import row_lines, stdout

    console = stdout()
    state, step = len("unknown"), len("hostname")
    widths = (state, step, max(20, console.width - state - step - 4))
    for one in checks:
        for line in row_lines((one.state, one.step, one.words), widths, (_STYLES[one.state], "", "")):
            console.print(line, no_wrap=True, crop=False)
