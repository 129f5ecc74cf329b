"""Versions of the client: what the next one is, after Semantic Versioning."""

from __future__ import annotations

import re

from .changes import Level

_LINE = re.compile(r'^__version__ = "(?P<version>[^"]*)"$', re.MULTILINE)


class VersionError(Exception):
    """A version that cannot be read, or that does not suit."""


def version_in(text: str) -> str:
    """The version that a `_version.py` states."""
    if not (found := _LINE.search(text)):
        raise VersionError("there is no line `__version__ = ...`")
    return found["version"]


def with_version(text: str, version: str) -> str:
    """A `_version.py` with another version."""
    return _LINE.sub(f'__version__ = "{version}"', text)


def parts_of(version: str) -> tuple[int, int, int]:
    """Major, minor and patch."""
    if not (found := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)):
        raise VersionError(f"{version} is not of the form 1.2.3")
    return int(found[1]), int(found[2]), int(found[3])


def next_version(current: str, level: Level) -> str:
    """The lowest version that may carry a change. Before 1.0 a minor version may break, and a patch may add."""
    major, minor, patch = parts_of(current)
    step = level if major else level - 1
    if step == Level.BREAKING:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if step == Level.ADDITIVE else f"{major}.{minor}.{patch + 1}"
