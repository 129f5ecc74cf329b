"""Drift: what the service returns and the spec doesn't know."""

from __future__ import annotations

import inspect
import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, TypeVar

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


_Key: TypeAlias = tuple[Kind, str, str]


def _key(unknown: Unknown) -> _Key:
    return "error" if unknown.name == _ERROR_UNION else unknown.kind, unknown.name, printable(unknown.value)


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
        met: Counter[Unknown | None] = Counter()  # None is what is dropped

        def count(unknown: Unknown) -> None:
            is_kept = unknown in met or (len(met) < _MOST_ENTRIES and not unknown.unreported)
            met[unknown if is_kept else None] += unknown.unreported or 1

        try:
            with observed(count):
                return decode(body)
        finally:
            for entry in self._added(met, lambda: located(decode, body)) if met else ():
                logger.warning("%s", entry)
                try:
                    if self._on_drift is not None:
                        self._on_drift(entry)
                except Exception:  # no record is lost to what is plugged in
                    logger.exception("on_drift failed")

    def _added(
        self, met: Mapping[Unknown | None, int], locate: Callable[[], Mapping[Unknown, str]]
    ) -> list[DriftEntry]:
        """Count what one response held, and return the new entries. `locate` finds paths: it decodes the body again."""
        counts: Counter[_Key] = Counter()
        for unknown, count in met.items():
            if unknown is not None:
                counts[_key(unknown)] += count
        paths: dict[_Key, str] = {}
        if len(self._entries) < _MOST_ENTRIES and not counts.keys() <= self._entries.keys():
            for unknown, path in locate().items():
                paths.setdefault(_key(unknown), printable(path))
        now, added = datetime.now(UTC), []
        with self._lock:
            for key, count in counts.items():
                if (entry := self._entries.get(key)) is not None:
                    self._entries[key] = replace(entry, count=entry.count + count)
                elif len(self._entries) < _MOST_ENTRIES:
                    self._entries[key] = DriftEntry(*key, count, now, paths.get(key, key[1]))
                    added.append(self._entries[key])
                else:
                    self._dropped += count
            self._dropped += met.get(None, 0)
        return added
