"""Keep secrets, and other people's text, out of errors, logs, and reprs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import urlsplit

EXCERPT = 200
"""The longest text, in characters, that an error or a log line quotes."""

# A scheme of the Authorization header or the name of a field, what separates it from its value, and the value. Also
# the user and password of a URL: httpx quotes a proxy's URL in its own messages.
_CREDENTIAL = re.compile(r"(?i)(bearer|basic|token|secret|password)([\s\"':=]+)[^\s\"'<>,;&]+")
_USERINFO = re.compile(r"(?<=://)[^\s\"']*@")


class Secret:
    """A value that shows itself only on request: in no repr, log line, or traceback with local variables."""

    __slots__ = ("reveal",)

    def __init__(self, value: Any) -> None:
        self.reveal: Any = value

    def __repr__(self) -> str:
        return "…"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials can't be pickled: create a client in each process")


def printable(text: str, limit: int = EXCERPT) -> str:
    """Return an excerpt that is safe to log: one line of printable ASCII without credentials, cut at `limit`."""
    line = " ".join(text[: 4 * limit].split())
    line = _CREDENTIAL.sub(r"\1\2…", _USERINFO.sub("…@", line))
    ascii_line = line.encode("ascii", "backslashreplace").decode("ascii")
    shown = "".join(character if character.isprintable() else "?" for character in ascii_line)
    return shown if len(shown) <= limit else f"{shown[:limit]}..."


def visible(text: str) -> str:
    """Return the text with spaces for white space and escapes for other characters that a terminal may act on."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else ascii(each)[1:-1] for each in text)


def one_line(text: str) -> str:
    """Return `visible` text with each run of white space as one space."""
    return visible(" ".join(text.split()))


def safe_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by lower-case name, without cookies."""
    named = ((name.lower(), value) for name, value in headers)
    return {name: value for name, value in named if name != "set-cookie"}


def redirect_host(location: str) -> str | None:
    """Return the host that a `Location` names, None for a relative one. The rest of a URL may hold a secret."""
    try:
        host = urlsplit(location).hostname
    except ValueError:
        return "an invalid address"
    return None if host is None else printable(host)


def is_shallow(value: Any, depth: int = 50) -> bool:
    """Return whether JSON is nested no deeper: Python shows, compares, and pickles nested values by recursion."""
    if not isinstance(value, dict | list):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(is_shallow(part, depth - 1) for part in parts)
