"""RIDs and ids: what they look like, and how they are read from text, CSV, and JSON lines."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from foundry_checkpoints_api.tables import SCALARS

from ._errors import USAGE, Failure
from ._safe import quoted

_RID: Final = re.compile(SCALARS["RID"].pattern)
_USER_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WORD: Final = re.compile(r"[\w.:/+-]{1,80}")
"""A value that a message may repeat. Anything else may be part of a record."""
_DELIMITERS: Final = ",;\t"


def is_rid(text: str) -> bool:
    """Return whether the text has the form of a RID."""
    return _RID.fullmatch(text) is not None


def rid(text: str) -> str:
    """Return a RID. Raises `ValueError` with the rest of a sentence."""
    if not is_rid(text):
        raise ValueError(f"must be a RID such as ri.checkpoints.main.checkpoint.…, not {quoted(text)}")
    return text


def user_id(text: str) -> str:
    """Return a user id. Raises `ValueError` with the rest of a sentence."""
    if not _USER_ID.fullmatch(text):
        raise ValueError(
            f"must be a user id (a UUID), not {quoted(text)}. To find the id of a user, run: "
            "foundry-checkpoints summary --by user -o csv. To search by name, use --user-name"
        )
    return text


def read_rids(lines: Iterable[str], malformed: Callable[[str], object]) -> Iterator[str]:
    """Return the RIDs in lines of text, in CSV that has a column `rid`, or in JSON lines with a field `rid`.

    Blank lines and lines that start with `#` are skipped. `malformed` is called with what is wrong with any other line
    that has no RID, and its number; the message has no content of a record. Raises `Failure` for CSV without a column
    `rid` and for a JSON list.
    """
    numbered = enumerate(lines, 1)
    for number, line in numbered:
        text = line.lstrip("\ufeff").strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("["):
            raise Failure(
                f"line {number}: the input must be RIDs, CSV, or JSON lines (-o jsonl), not a JSON list", USAGE
            )
        is_header = text.lower() == "rid" or (
            not is_rid(text) and not text.startswith("{") and _delimiter(text) in text
        )
        if is_header:
            return _from_csv(text, number, (rest for _, rest in numbered), malformed)
        return _from_lines(chain([(number, text)], numbered), malformed)
    return iter(())


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _from_csv(header: str, first: int, lines: Iterable[str], malformed: Callable[[str], object]) -> Iterator[str]:
    delimiter = _delimiter(header)
    rows = csv.reader(chain([header], lines), delimiter=delimiter)
    try:
        names = [name.strip().lower() for name in next(rows)]
        if "rid" not in names:
            raise Failure(f"line {first}: the CSV header must have a column 'rid'", USAGE)
        column = names.index("rid")
        for row in rows:
            text = row[column].strip() if len(row) > column else ""
            if is_rid(text):
                yield text
            elif row:
                malformed(_problem(first - 1 + rows.line_num, text))
    except csv.Error as error:
        raise Failure(f"line {first - 1 + rows.line_num}: the input must be CSV: {error}", USAGE) from None


def _from_lines(lines: Iterable[tuple[int, str]], malformed: Callable[[str], object]) -> Iterator[str]:
    for number, line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = _field(text) if text.startswith("{") else text
        if found is not None and is_rid(found):
            yield found
        else:
            malformed(_problem(number, text if found is None else found))


def _field(text: str) -> str | None:
    """Return the field `rid` of a JSON object, or None if it has none."""
    try:
        found = json.loads(text).get("rid")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def _problem(number: int, text: str) -> str:
    if text.startswith("{"):
        return f"line {number}: the JSON object must have a field 'rid' with a RID"
    shown = f", not {quoted(text)}" if _WORD.fullmatch(text) else ""
    return f"line {number}: must be a RID such as ri.checkpoints.main.checkpoint.…{shown}"
