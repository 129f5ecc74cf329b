"""A change of the spec, and what it means for the callers of the generated client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from ...spec.document import Json, pointer_to
from ...spec.model import Use

Action = Literal["added", "changed", "deprecated", "removed"]


class Level(IntEnum):
    """The effect of a change on callers: nothing, an update, a new column in their tables, or a code change."""

    DOCUMENTATION = 0
    ADDITIVE = 1
    COLUMN = 2
    BREAKING = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Change:
    """One change. `pointer` leads into the old spec if something was removed, and into the new one otherwise.

    `names` are what the changelog must name. They are empty for a change that callers can't notice.
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
        """Return the place as people write it."""
        return ".".join(self.where)

    @property
    def usage(self) -> str:
        """Return the messages that the change affects, in words; empty if that is plain, or none."""
        found = {way: sorted(name for kind, name in self.used if kind == way) for way, _ in sorted(self.used)}
        return "; ".join(f"{way} of {', '.join(names)}" for way, names in found.items())


@dataclass(frozen=True)
class Place:
    """A place that both specs have, by name and pointer; `used` says in which messages it travels."""

    where: tuple[str, ...]
    pointer: str
    used: tuple[Use, ...] = ()

    def at(self, *names: str, pointer: str) -> Place:
        """Return a place within this one."""
        return replace(self, where=(*self.where, *names), pointer=pointer)

    def under(self, key: str) -> Place:
        """Return the place of a key that isn't a name, such as `/schema`."""
        return replace(self, pointer=f"{self.pointer}/{key}")

    @property
    def is_sent(self) -> bool:
        """True if callers make it. Anything that no operation uses counts as sent and received."""
        return not self.used or any(way == "request" for way, _ in self.used)

    def worst(self, *, request: Level, response: Level) -> Level:
        """Return the level of a change that means more in one direction."""
        is_received = not self.used or any(way == "response" for way, _ in self.used)
        return max(request if self.is_sent else response, response if is_received else request)

    def added(self, text: str, level: Level = Level.ADDITIVE) -> Change:
        """Report something new."""
        return self._change(level, "added", text)

    def removed(self, text: str, level: Level = Level.BREAKING) -> Change:
        """Report something that is gone."""
        return self._change(level, "removed", text)

    def changed(self, text: str, level: Level = Level.BREAKING) -> Change:
        """Report something that is no longer what it was."""
        return self._change(level, "changed", text)

    def _change(self, level: Level, action: Action, text: str) -> Change:
        names = self.where if level > Level.DOCUMENTATION else ()
        return Change(level, action, self.where, text, self.pointer, self.used, names)

    def keywords(self, old: Json, new: Json, known: set[str]) -> Iterator[Change]:
        """Report keywords that have no rule of their own: better a needless alarm than none."""
        for key in sorted((old.keys() | new.keys()) - known):
            was, now = old.get(key), new.get(key)
            if was == now:
                continue
            if key == "deprecated" and now:
                yield self._change(Level.ADDITIVE, "deprecated", "deprecated")
            elif key == "deprecated":
                yield self.changed("no longer deprecated", Level.ADDITIVE)
            elif isinstance(was, dict | list) or isinstance(now, dict | list):
                yield self.changed(f"`{key}` changes")
            else:
                yield self.changed(f"`{key}` changes from {shown(was)} to {shown(now)}")

    def gains_and_losses(self, old: Iterable[str], new: Iterable[str], what: str) -> Iterator[Change]:
        """Report the names that only one side has."""
        before, after = set(old), set(new)
        for name in (*sorted(before - after), *sorted(after - before)):
            here = self.at(name, pointer=self.pointer + pointer_to([name]))
            yield here.added(f"new {what}") if name in after else here.removed(f"the {what} is gone")

    def required(self, old: bool, new: bool, what: str, level: Level | None = None) -> Iterator[Change]:
        """Report that something must be given from now on, or no longer has to be."""
        if old != new:
            text = f"the {what} becomes {'required' if new else 'optional'}"
            yield self.changed(text, (Level.BREAKING if new else Level.ADDITIVE) if level is None else level)

    def in_both(self, old: Json, new: Json) -> Iterator[tuple[Place, Json, Json]]:
        """Yield what two mappings both have, with its place."""
        for name in old:
            if name in new:
                yield self.at(name, pointer=self.pointer + pointer_to([name])), old[name], new[name]


def shown(value: Json) -> str:
    """Return the value of a keyword as people read it."""
    return "none" if value is None else str(value)


def merged(found: Iterable[Change]) -> list[Change]:
    """Return each change once, with everything that uses it, the gravest first."""
    once: dict[Change, set[Use]] = {}
    for change in found:
        once.setdefault(replace(change, used=()), set()).update(change.used)
    whole = [replace(change, used=tuple(sorted(used))) for change, used in once.items()]
    return sorted(whole, key=lambda change: -change.level)
