"""Safe output: text that can't act on a terminal, and streams that may be closed, full, or not UTF-8."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final, TextIO

from foundry_checkpoints._redact import one_line, visible

__all__ = [
    "did_you_mean",
    "flush_or_silence_stdout",
    "one_line",
    "prepare_streams",
    "quoted",
    "shown_line",
    "silence_stdout",
    "to_json",
    "visible",
]

_CUT: Final = 80
"""Characters of a wrong value that a message repeats."""
_UNSAFE: Final = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""Characters that JSON leaves unescaped and a terminal may act on: controls, text direction marks, lone surrogates."""


def shown_line(line: str) -> str:
    """Return a line of CSV, which may have line feeds within a cell, as `visible` text."""
    return "\n".join(map(visible, line.split("\n")))


def quoted(value: str) -> str:
    """Return a wrong value as a message repeats it: on one line, in quotation marks, cut at 80 characters."""
    line = one_line(value)
    return f"'{line if len(line) <= _CUT else line[: _CUT - 1] + '…'}'"


def did_you_mean(text: str, known: Sequence[str]) -> str:
    """Return `Did you mean …?` if a known value is similar, in upper or lower case, else nothing."""
    by_fold = {one.casefold(): one for one in known}
    similar = get_close_matches(text.casefold(), by_fold, n=1)
    return f"Did you mean {by_fold[similar[0]]}?" if similar else ""


def to_json(value: Any) -> str:
    """Return compact JSON on one line. Characters that a terminal may act on are escaped, so nothing is lost."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() and "\x7f" not in text else _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def prepare_streams() -> None:
    """Open what the process was started without (`>&-`), and make stdout UTF-8 with line feeds on every system.

    On a terminal a `?` stands for a character that it can't show.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (stays open)
    stdout: TextIO = sys.stdout
    if isinstance(stdout, io.TextIOWrapper) and stdout.isatty():
        stdout.reconfigure(errors="replace")
    elif isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(encoding="utf-8", newline="\n")


def flush_or_silence_stdout() -> None:
    """Write buffered output if possible. Otherwise drop it, so that it doesn't fail again when Python exits."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        silence_stdout()


def silence_stdout() -> None:
    """Send buffered output nowhere: nobody reads it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
