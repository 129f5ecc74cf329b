"""The options of the data source, checked on the driver before a task starts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Final, Self

from foundry_checkpoints_api.types import EPOCH, MILLISECOND, from_millis

from .._client import CheckpointsClient
from .._search.query import Query
from ..auth import ClientCredentialsAuth, TokenAuth
from ..errors import ConfigurationError, InvalidRequestError
from ..filters import F, Filter

_NAMES: Final = (
    *("hostname", "token", "clientId", "clientSecret", "where", "since", "until"),
    *("numPartitions", "maxConcurrency", "overlapSeconds", "maxSpanSeconds", "pushdown"),
)
_BY_LOWER_CASE: Final = {name.lower(): name for name in _NAMES}
_MOST_SECONDS: Final = 1e9
"""About 30 years."""


@dataclass(frozen=True)
class SourceOptions:
    """Everything that a task needs. Spark pickles it; its repr shows no credentials."""

    hostname: str
    token: str | None = field(repr=False)
    token_file: str | None = field(repr=False)
    client_id: str | None = field(repr=False)
    client_secret: str | None = field(repr=False)
    where: Filter | None
    """The filter with `since` and `until`; None matches every record."""
    num_partitions: int
    max_concurrency: int
    overlap: int
    """Milliseconds."""
    max_span: int | None
    """Milliseconds."""
    pushdown: bool

    @classmethod
    def parse(cls, given: Mapping[str, str], environment: Mapping[str, str]) -> Self:
        """Return the checked options. Raises `ConfigurationError` with one line that names the option.

        Names are case-insensitive, as Spark passes them. `environment` is that of the driver, which the executors
        don't have.
        """
        options = _by_name(given)
        token, client_id, client_secret = (options.get(name) for name in ("token", "clientId", "clientSecret"))
        if (client_id is None) != (client_secret is None) or None not in (token, client_id):
            raise ConfigurationError("set the option token, or clientId with clientSecret")
        token_file = None
        if token is None and client_id is None:
            token, token_file = environment.get("FOUNDRY_TOKEN") or None, environment.get("FOUNDRY_TOKEN_FILE") or None
            client_id, client_secret = (environment.get(f"FOUNDRY_CLIENT_{name}") for name in ("ID", "SECRET"))
        if not (token or token_file or (client_id and client_secret)):
            raise ConfigurationError(
                "set the option token, or clientId with clientSecret, or FOUNDRY_TOKEN in the driver's environment"
            )
        hostname = options.get("hostname") or environment.get("FOUNDRY_HOSTNAME")
        if not hostname:
            raise ConfigurationError("set the option hostname, for example example.palantirfoundry.com")
        parsed = cls(
            hostname=hostname,
            token=token,
            token_file=token_file,
            client_id=client_id,
            client_secret=client_secret,
            where=_where(options),
            num_partitions=_count(options, "numPartitions", 2),
            max_concurrency=_count(options, "maxConcurrency", 8),
            overlap=_milliseconds(options, "overlapSeconds", least=0) if "overlapSeconds" in options else 120_000,
            max_span=_milliseconds(options, "maxSpanSeconds", least=1) if "maxSpanSeconds" in options else None,
            pushdown=_flag(options, "pushdown"),
        )
        parsed.client().close()  # checks the hostname and the credentials; nothing is sent
        return parsed

    def client(self) -> CheckpointsClient:
        """Return a new client. Each process has one of its own."""
        auth: TokenAuth | ClientCredentialsAuth
        if self.token is not None:
            auth = TokenAuth(self.token)
        elif self.token_file is not None:
            path = Path(self.token_file)
            auth = TokenAuth(lambda: path.read_text(encoding="utf-8"))
        else:
            auth = ClientCredentialsAuth(self.client_id or "", self.client_secret or "")
        return CheckpointsClient(
            self.hostname, auth=auth, max_concurrency=self.max_concurrency, user_agent="spark-data-source"
        )

    @property
    def end(self) -> int | None:
        """The time before which all records were created, as far as the filter says, in milliseconds; None is open."""
        end = Query(self.where, None).bounds.end
        return None if end is None else _millis(end)

    def narrowed(self, *parts: Filter) -> Self:
        """Return options that also require these filters."""
        every = parts if self.where is None else (self.where, *parts)
        return replace(self, where=reduce(and_, every) if every else None)

    def within(self, start: int, end: int) -> Filter:
        """Return the filter for the records created from `start`, included, to `end`, excluded, in milliseconds."""
        window = (F.created_at >= from_millis(start)) & (F.created_at < from_millis(end))
        return window if self.where is None else self.where & window


def _by_name(given: Mapping[str, str]) -> dict[str, str]:
    options = {}
    for key, value in given.items():
        name = _BY_LOWER_CASE.get(key.lower())
        if name is None:
            close = get_close_matches(key.lower(), _BY_LOWER_CASE, 1)
            hint = f" Did you mean {_BY_LOWER_CASE[close[0]]}?" if close else ""
            raise ConfigurationError(f"unknown option {key[:80]!r}.{hint} The options are {', '.join(_NAMES)}.")
        options[name] = value
    return options


def _where(options: Mapping[str, str]) -> Filter | None:
    parts = []
    if "where" in options:
        parts.append(_given_filter(options["where"]))
    since, until = (_time(options, name) for name in ("since", "until"))
    if since is not None:
        parts.append(F.created_at >= from_millis(since))
    if until is not None:
        parts.append(F.created_at < from_millis(until))
    if since is not None and until is not None and since >= until:
        raise ConfigurationError(f"option until must be later than since, not {options['until'][:80]!r}")
    return reduce(and_, parts) if parts else None


def _given_filter(text: str) -> Filter:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"option where must be JSON: {error}") from None
    if not isinstance(data, dict):
        raise ConfigurationError(f"option where must be a JSON object, not {text[:80]!r}")
    try:
        Query(data, None)
    except InvalidRequestError as error:
        raise ConfigurationError(f"option where can't be sent: {error}") from None
    return Filter(data)


def _time(options: Mapping[str, str], name: str) -> int | None:
    if name not in options:
        return None
    try:
        time = datetime.fromisoformat(options[name])
        # A time without an offset doesn't say in whose zone: that of the driver isn't that of the executors.
        return _millis(time)
    except (ValueError, TypeError):
        example = "must be an ISO 8601 time with an offset, such as 2026-01-01T00:00:00Z"
        raise ConfigurationError(f"option {name} {example}, not {options[name][:80]!r}") from None


def _millis(time: datetime) -> int:
    """Return milliseconds, rounded up: no record lies between two."""
    return -((EPOCH - time) // MILLISECOND)


def _count(options: Mapping[str, str], name: str, default: int) -> int:
    text = options.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:10]) < 10_000):
        raise ConfigurationError(f"option {name} must be an integer from 1 to 9999, not {text[:80]!r}")
    return int(text)


def _milliseconds(options: Mapping[str, str], name: str, least: int) -> int:
    try:
        seconds = float(options[name])
    except ValueError:
        seconds = math.nan
    if not least <= seconds <= _MOST_SECONDS:
        raise ConfigurationError(f"option {name} must be {least} or more seconds, not {options[name][:80]!r}")
    return int(seconds * 1000)


def _flag(options: Mapping[str, str], name: str) -> bool:
    text = options.get(name, "false").lower()
    if text not in ("true", "false"):
        raise ConfigurationError(f"option {name} must be true or false, not {text[:80]!r}")
    return text == "true"
