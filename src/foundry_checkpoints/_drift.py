"""Drift: what the service returns and the spec doesn't know."""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, TypeVar

from foundry_checkpoints_api import __api_version__
from foundry_checkpoints_api.types import Unknown, located, observed

from ._redact import printable
from .errors import ConfigurationError

T = TypeVar("T")

_MOST_ENTRIES = 1_000
"""Entries that one client keeps, and different unknown things of one response that it tells apart."""
_ERROR_UNION = "ErrorBody"

logger = logging.getLogger("foundry_checkpoints.drift")

Kind = Literal["value", "variant", "field", "error"]


@dataclass(frozen=True, slots=True)
class DriftEntry:
    """Something that the service returns and the spec doesn't know. Its `str` is a sentence to report.

    Texts are one line of printable ASCII of about 200 characters at most.
    """

    kind: Kind
    """`value` of an enum, `variant` of a union, `field` of a model, or `error`, the name of one."""
    name: str
    """The enum, union, or model in the spec; of an error `ErrorBody`."""
    value: str
    """The value, the discriminator, the name of the field, or the name of the error."""
    count: int
    """The number of times that it occurred."""
    first_seen: datetime
    """When the client first decoded it, in UTC."""
    path: str
    """The path at which it first occurred, as in `ResponseDecodeError.path`."""

    def __str__(self) -> str:
        what = f"{self.kind} {self.name}{'.' if self.kind == 'field' else ' '}{self.value}"
        first = f"first {self.first_seen:%Y-%m-%dT%H:%M:%SZ} at {self.path}"
        return f"{what} is not in the spec of API {__api_version__}: count {self.count}, {first}"


@dataclass(frozen=True, slots=True, repr=False)
class Drift(Collection[DriftEntry]):
    """The drift that a client has met so far, in the order of arrival; empty if the spec is up to date.

    It is a snapshot: it doesn't change when the client meets more.
    """

    entries: tuple[DriftEntry, ...] = ()
    dropped: int = 0
    """The number of occurrences of other things when there were 1,000 entries already."""

    def __iter__(self) -> Iterator[DriftEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, entry: object) -> bool:
        return entry in self.entries

    def __str__(self) -> str:
        return "\n".join(map(str, self.entries))

    def __repr__(self) -> str:
        return f"<Drift: {len(self)} entries, {self.dropped} dropped>"


class _Key(NamedTuple):
    kind: Kind
    name: str
    value: str


def _key(unknown: Unknown) -> _Key:
    return _Key("error" if unknown.name == _ERROR_UNION else unknown.kind, unknown.name, printable(unknown.value))


class DriftLog:
    """Counts the drift that one client meets, in any number of threads and tasks."""

    def __init__(self, on_drift: Callable[[DriftEntry], object] | None = None) -> None:
        if on_drift is not None and (not callable(on_drift) or inspect.iscoroutinefunction(on_drift)):
            raise ConfigurationError("on_drift must be a plain function of one argument")
        self._on_drift = on_drift
        self._lock = threading.Lock()
        self._entries: dict[_Key, DriftEntry] = {}
        self._dropped = 0

    def snapshot(self) -> Drift:
        """Return the drift so far."""
        with self._lock:
            return Drift(tuple(self._entries.values()), self._dropped)

    def observe(self, decode: Callable[[Any], T], body: Any) -> T:
        """Decode a body, count what is unknown in it, and report what is new."""
        met: dict[Unknown, int] = {}
        dropped = 0

        def count(unknown: Unknown) -> None:
            nonlocal dropped
            if unknown in met or len(met) < _MOST_ENTRIES:
                met[unknown] = met.get(unknown, 0) + 1
            else:
                dropped += 1

        try:
            with observed(count):
                return decode(body)
        finally:
            if met:
                self._note(met, dropped, lambda: located(decode, body))

    def _note(self, met: Mapping[Unknown, int], dropped: int, locate: Callable[[], Mapping[Unknown, str]]) -> None:
        """Add what one response held, and report the new entries. `locate` finds paths: it decodes the body again."""
        counts: dict[_Key, int] = {}
        for unknown, count in met.items():
            counts[_key(unknown)] = counts.get(_key(unknown), 0) + count
        paths: dict[_Key, str] = {}
        if len(self._entries) < _MOST_ENTRIES and not counts.keys() <= self._entries.keys():
            for unknown, path in locate().items():
                paths.setdefault(_key(unknown), printable(path))
        now, added = datetime.now(UTC), []
        with self._lock:
            self._dropped += dropped
            for key, count in counts.items():
                if (entry := self._entries.get(key)) is not None:
                    self._entries[key] = replace(entry, count=entry.count + count)
                elif len(self._entries) < _MOST_ENTRIES:
                    self._entries[key] = DriftEntry(*key, count, now, paths.get(key, key.name))
                    added.append(self._entries[key])
                else:
                    self._dropped += count
        for entry in added:
            self._report(entry)

    def _report(self, entry: DriftEntry) -> None:
        logger.warning("%s", entry)
        if self._on_drift is None:
            return
        try:
            self._on_drift(entry)
        except Exception:  # no record is lost to what is plugged in
            logger.exception("on_drift failed")
