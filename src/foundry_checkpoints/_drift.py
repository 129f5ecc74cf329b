"""Drift: what the service answers and the spec does not know."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from foundry_checkpoints_api import __api_version__

from .errors import printable

if TYPE_CHECKING:
    from foundry_checkpoints_api.types import Unknown

_MOST_ENTRIES = 1_000
_ERROR_UNION = "ErrorBody"

logger = logging.getLogger("foundry_checkpoints.drift")

Kind = Literal["value", "variant", "field", "error"]


@dataclass(frozen=True, slots=True)
class DriftEntry:
    """One thing that the service answers and the spec does not know; its `str` is a sentence to report.

    Texts are one line of printable ASCII and about 200 characters at most.
    """

    kind: Kind
    """`value` of an enum, `variant` of a union, `field` of a model, or `error`, the name of one."""
    name: str
    """The enum, union or model in the spec; of an error `ErrorBody`."""
    value: str
    """The value, the discriminator, the name of the field or of the error."""
    count: int
    """How often it came."""
    first_seen: datetime
    """When the client decoded the first one, in UTC."""
    path: str
    """Where the first one was, as in `ResponseDecodeError.path`."""

    def __str__(self) -> str:
        what = f"{self.kind} {self.name}{'.' if self.kind == 'field' else ' '}{self.value}"
        first = f"first {self.first_seen:%Y-%m-%dT%H:%M:%SZ} at {self.path}"
        return f"{what} is not in the spec of API {__api_version__}: count {self.count}, {first}"


@dataclass(frozen=True, slots=True)
class Drift(Collection[DriftEntry]):
    """The drift that a client has met so far, in the order in which it came; empty where the spec is up to date.

    It stays as it is when the client meets more.
    """

    entries: tuple[DriftEntry, ...] = ()
    dropped: int = 0
    """How often something else came when there were already 1,000 entries."""

    def __iter__(self) -> Iterator[DriftEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, entry: object) -> bool:
        return entry in self.entries

    def __str__(self) -> str:
        return "\n".join(map(str, self.entries))


class _Key(NamedTuple):
    kind: Kind
    name: str
    value: str


def _key(unknown: Unknown) -> _Key:
    return _Key("error" if unknown.name == _ERROR_UNION else unknown.kind, unknown.name, printable(unknown.value))


class DriftLog:
    """Counts the drift that one client meets, in any number of threads and event loops."""

    def __init__(self, on_drift: Callable[[DriftEntry], object] | None = None) -> None:
        self._on_drift = on_drift
        self._lock = threading.Lock()
        self._entries: dict[_Key, DriftEntry] = {}
        self._dropped = 0

    def snapshot(self) -> Drift:
        """What there is up to now."""
        with self._lock:
            return Drift(tuple(self._entries.values()), self._dropped)

    def note(self, met: Iterable[Unknown], locate: Callable[[], Mapping[Unknown, str]]) -> None:
        """Count what one answer held, and tell what is new. `locate` finds the paths; it is only called for news."""
        counts: Counter[_Key] = Counter()
        for unknown, count in Counter(met).items():
            counts[_key(unknown)] += count
        paths: dict[_Key, str] = {}
        if len(self._entries) < _MOST_ENTRIES and any(key not in self._entries for key in counts):
            for unknown, path in locate().items():
                paths.setdefault(_key(unknown), printable(path))
        for entry in self._add(counts, paths):
            self._tell(entry)

    def _add(self, counts: Mapping[_Key, int], paths: Mapping[_Key, str]) -> list[DriftEntry]:
        """Count, and return the new entries."""
        now, added = datetime.now(UTC), []
        with self._lock:
            for key, count in counts.items():
                if (entry := self._entries.get(key)) is not None:
                    self._entries[key] = replace(entry, count=entry.count + count)
                elif len(self._entries) < _MOST_ENTRIES:
                    self._entries[key] = DriftEntry(*key, count, now, paths.get(key, key.name))
                    added.append(self._entries[key])
                else:
                    self._dropped += count
        return added

    def _tell(self, entry: DriftEntry) -> None:
        logger.warning("%s", entry)
        if self._on_drift is None:
            return
        try:
            self._on_drift(entry)
        except Exception:  # no record is lost to what is plugged in
            logger.exception("on_drift failed")
