"""Versions of the client: which one follows, according to Semantic Versioning."""

from __future__ import annotations

import re

from .changes import Level

_LINE = re.compile(r'^__version__ = "(?P<version>[^"]*)"$', re.MULTILINE)


class VersionError(Exception):
    """A version that can't be read, or that doesn't fit."""


def version_in(text: str) -> str:
    """Return the version that a `_version.py` states."""
    if not (found := _LINE.search(text)):
        raise VersionError("_version.py must have a line `__version__ = ...`")
    return found["version"]


def with_version(text: str, version: str) -> str:
    """Return a `_version.py` with another version."""
    return _LINE.sub(f'__version__ = "{version}"', text)


def parts_of(version: str) -> tuple[int, int, int]:
    """Return major, minor, and patch."""
    if not (found := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)):
        raise VersionError(f"a version must have the form 1.2.3, not {version!r}")
    return int(found[1]), int(found[2]), int(found[3])


def next_version(current: str, level: Level) -> str:
    """Return the lowest version that may carry a change.

    Before 1.0 a minor version may break callers, and a patch may add. A new column always needs a minor version.
    """
    major, minor, patch = parts_of(current)
    if major and level is Level.BREAKING:
        return f"{major + 1}.0.0"
    if level >= (Level.ADDITIVE if major else Level.COLUMN):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
