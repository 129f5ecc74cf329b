"""Changes as people, programs, and the changelog read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from .changes import Change, Level
from .sources import Source

_HEADINGS = ("added", "changed", "deprecated", "removed")


def for_people(changes: list[Change], old: Source, new: Source, version: str | None) -> str:
    """Return the changes by level, each with its line, and the version that they require."""
    lines = [" -> ".join(f"{source.name} ({source.spec.version})" for source in (old, new))]
    for level in reversed(Level):
        found = [change for change in changes if change.level is level]
        if found:
            lines += ["", f"{str(level).capitalize()}: {len(found)}"]
            lines += [line for change in found for line in _lines(change, old, new)]
    verdict = f"Next version: {version}, after {old.client}." if version else "No difference."
    return "\n".join([*lines, "", verdict])


def _lines(change: Change, old: Source, new: Source) -> Iterator[str]:
    yield f"  {change.title}: {change.text}" if change.title else f"  {change.text}"
    place = (old if change.action == "removed" else new).place(change.pointer)
    yield f"    {place}, {change.usage}" if change.used else f"    {place}"


def for_programs(changes: list[Change], old: Source, new: Source, version: str | None) -> str:
    """Return the changes as one JSON object."""
    sides = {"old": old, "new": new}
    found = {
        **{side: {"name": source.name, "api": source.spec.version} for side, source in sides.items()},
        "version": {"current": old.client, "next": version},
        "class": str(max(change.level for change in changes)) if changes else None,
        "changes": [_object(change, old, new) for change in changes],
    }
    return json.dumps(found, indent=2, ensure_ascii=False)


def _object(change: Change, old: Source, new: Source) -> dict[str, object]:
    return {
        "class": str(change.level),
        "action": change.action,
        "where": change.title,
        "text": change.text,
        "place": (old if change.action == "removed" else new).place(change.pointer),
        "pointer": change.pointer,
        "used": [{"in": way, "operation": name} for way, name in change.used],
    }


def for_the_changelog(changes: Iterable[Change]) -> str:
    """Return the changes that users notice, as parts of a section in the manner of Keep a Changelog."""
    return "\n\n".join(f"### {heading}\n\n" + "\n".join(lines) for heading, lines in sections(changes).items())


def sections(changes: Iterable[Change]) -> dict[str, list[str]]:
    """Return the entries for the changes that users notice, by heading."""
    noticed = [change for change in changes if change.names]
    found = {name: _entries(change for change in noticed if change.action == name) for name in _HEADINGS}
    return {name.capitalize(): entries for name, entries in found.items() if entries}


def _entries(changes: Iterable[Change]) -> list[str]:
    """Return one line for the changes of one thing that have the same words."""
    groups: dict[tuple[Level, str, tuple[str, ...]], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.level, change.text, change.where[:-1]), []).append(change)
    return [_entry(level, text, found) for (level, text, _), found in groups.items()]


def _entry(level: Level, text: str, changes: list[Change]) -> str:
    names = ", ".join(f"`{change.title}`" for change in changes if change.title)
    entry = f"{names}: {text}" if names else text[:1].upper() + text[1:]
    return f"- {'**Breaking.** ' if level is Level.BREAKING else ''}{entry}."
