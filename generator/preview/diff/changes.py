"""A change of the spec, and what it means for the callers of the generated client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from ...spec.document import Json, pointer_to

Action = Literal["added", "changed", "deprecated", "removed"]
Use = tuple[str, str]
"""`request` or `response`, and the operation."""


class Level(IntEnum):
    """What a change asks of callers: nothing, nothing but an update, or a change of their own code."""

    DOCUMENTATION = 0
    ADDITIVE = 1
    BREAKING = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Change:
    """One change. `pointer` leads into the old spec where something was removed, and into the new one otherwise.

    `names` are what the changelog has to name; empty for a change that callers cannot notice.
    """

    level: Level
    action: Action
    where: tuple[str, ...]
    text: str
    pointer: str
    used: tuple[Use, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Where it is, as people write it."""
        return ".".join(self.where)

    @property
    def usage(self) -> str:
        """Where it is used, in words; empty where that is plain or nowhere."""
        found = {way: sorted(name for kind, name in self.used if kind == way) for way, _ in sorted(self.used)}
        return "; ".join(f"{way} of {', '.join(names)}" for way, names in found.items())


@dataclass(frozen=True)
class Place:
    """A place that both specs have, by its name and its pointer; `used` says in which messages it travels."""

    where: tuple[str, ...]
    pointer: str
    used: tuple[Use, ...] = ()

    def at(self, *names: str, pointer: str) -> Place:
        """A place within this one."""
        return replace(self, where=(*self.where, *names), pointer=pointer)

    @property
    def is_sent(self) -> bool:
        """Whether callers make it. What no operation uses counts as sent and received."""
        return not self.used or any(way == "request" for way, _ in self.used)

    @property
    def is_received(self) -> bool:
        """Whether callers get it."""
        return not self.used or any(way == "response" for way, _ in self.used)

    def worst(self, *, request: Level, response: Level) -> Level:
        """The level of a change that means more in one direction."""
        return max(request if self.is_sent else response, response if self.is_received else request)

    def added(self, text: str, level: Level = Level.ADDITIVE) -> Change:
        """Something is there that was not."""
        return self._change(level, "added", text)

    def removed(self, text: str, level: Level = Level.BREAKING) -> Change:
        """Something is no longer there."""
        return self._change(level, "removed", text)

    def changed(self, text: str, level: Level = Level.BREAKING) -> Change:
        """Something is there, and is not what it was."""
        return self._change(level, "changed", text)

    def deprecated(self) -> Change:
        """Something is there, and is not to be used any longer."""
        return self._change(Level.ADDITIVE, "deprecated", "deprecated")

    def _change(self, level: Level, action: Action, text: str) -> Change:
        names = self.where if level > Level.DOCUMENTATION else ()
        return Change(level, action, self.where, text, self.pointer, self.used, names)


def keyword_changes(place: Place, old: Json, new: Json, known: set[str]) -> Iterator[Change]:
    """The changes of keywords that have no rule of their own: better a needless alarm than none."""
    for key in sorted((old.keys() | new.keys()) - known):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if key == "deprecated":
            yield place.deprecated() if now else place.changed("no longer deprecated", Level.ADDITIVE)
        elif isinstance(was, dict | list) or isinstance(now, dict | list):
            yield place.changed(f"`{key}` changes")
        else:
            yield place.changed(f"`{key}` changes from {_shown(was)} to {_shown(now)}")


def gains_and_losses(place: Place, old: Json, new: Json, what: str) -> Iterator[Change]:
    """What one mapping has by name, and the other has not."""
    for name in (*sorted(old.keys() - new.keys()), *sorted(new.keys() - old.keys())):
        here = place.at(name, pointer=place.pointer + pointer_to([name]))
        yield here.added(f"new {what}") if name in new else here.removed(f"the {what} is gone")


def in_both(place: Place, old: Json, new: Json) -> Iterator[tuple[Place, Json, Json]]:
    """What two mappings both have, by its place."""
    for name in old:
        if name in new:
            yield place.at(name, pointer=place.pointer + pointer_to([name])), old[name], new[name]


def _shown(value: Json) -> str:
    return "none" if value is None else str(value)


def merged(found: Iterator[Change]) -> list[Change]:
    """Each change once, with everything that uses it; those that ask the most of callers come first."""
    once: dict[Change, set[Use]] = {}
    for change in found:
        once.setdefault(replace(change, used=()), set()).update(change.used)
    whole = [replace(change, used=tuple(sorted(used))) for change, used in once.items()]
    return sorted(whole, key=lambda change: -change.level)
