"""The text of a spec, edited by pointer. What no edit touches stays byte for byte."""

from __future__ import annotations

import copy
import io
import json
import re
from itertools import zip_longest
from pathlib import Path

from ruamel.yaml import YAML

from ...spec import Problem, SpecError, parse
from ...spec.document import Json, at, pointer_to

_PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off)$)(?:/[\w/{}.-]*|\$?[A-Za-z_][\w:/.-]*(?: \w+)*(?<!:)\.?)", re.IGNORECASE
)
_NAMED = {"mapping", "paths", "properties", "responses", "schemas", "x-filter"}
"""Mappings whose keys are names: each key has a line of its own."""
_LISTS = {"allOf", "enum", "oneOf", "parameters", "x-enum-varnames"}
"""Lists that have a line for each element."""


class Sheet:
    """The lines of a spec, and the edits to make. Pointers are those of the spec before all edits."""

    def __init__(self, content: str, path: Path) -> None:
        self.spec = parse(content.encode(), path)
        self._lines = content.split("\n")
        self._edits: list[tuple[int, int, int, list[str]]] = []

    def text(self) -> str:
        """Return the text with all edits made."""
        lines = list(self._lines)
        for start, end, _, new in sorted(self._edits, key=lambda edit: edit[:3])[::-1]:
            lines[start:end] = new
        return "\n".join(lines).rstrip("\n") + "\n"

    def insert(self, owner: str, after: str | None, key: str, value: Json, *, gap: bool = False) -> None:
        """Add a key to a mapping, behind another key or in front; `gap` puts a blank line between the two."""
        first = next(iter(at(self.spec.document, owner)))
        behind = owner + pointer_to([first if after is None else after])
        start, end = self._extent(behind)
        lines = [*([""] if gap and after is not None else []), *self._indented(behind, _entry(key, value))]
        place = start if after is None else end
        self._edit(behind, place, place, [*lines, *([""] if gap and after is None else [])])

    def insert_item(self, owner: str, after: int | None, value: Json) -> None:
        """Add an element to a list, behind another or in front."""
        behind = f"{owner}/{0 if after is None else after}"
        start, end = self._extent(behind)
        place = start if after is None else end
        self._edit(behind, place, place, self._indented(behind, _item(value)))

    def replace(self, pointer: str, value: Json) -> None:
        """Put another value in the place of one; between brackets, together with all that they enclose."""
        steps = pointer.split("/")
        for depth in range(1, len(steps)):
            around, rest = "/".join(steps[:depth]), steps[depth:]
            if around and not self.is_block(around):
                whole = copy.deepcopy(at(self.spec.document, around))
                holder, key = at(whole, "/".join(["", *rest[:-1]])), rest[-1].replace("~1", "/").replace("~0", "~")
                holder[int(key) if isinstance(holder, list) else key] = value
                return self.replace(around, whole)
        start, end = self._extent(pointer)
        owner, _, key = pointer.rpartition("/")
        is_item = isinstance(at(self.spec.document, owner), list)
        new = _item(value) if is_item else _entry(key.replace("~1", "/").replace("~0", "~"), value)
        lines = self._indented(pointer, new)
        if not is_item and self._lines[start].lstrip().startswith("- "):  # the first key of an element
            lines[0] = self._lines[start][: self._column(pointer)] + lines[0].lstrip()
        self._edit(pointer, start, end, lines)

    def substitute(self, pointer: str, old: str, new: str) -> None:
        """Replace words within a value."""
        start, end = self._extent(pointer)
        self._edit(pointer, start, end, [line.replace(old, new) for line in self._lines[start:end]])

    def rename(self, pointer: str, key: str) -> None:
        """Give a key another name."""
        start, _ = self._extent(pointer)
        old = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        line = self._lines[start].replace(f"{_word(old)}:", f"{_word(key)}:", 1)
        self._edit(pointer, start, start + 1, [line])

    def remove(self, pointer: str) -> None:
        """Remove a key or an element, and the blank line behind it."""
        start, end = self._extent(pointer)
        before_is_blank = start == 0 or not self._lines[start - 1].strip()
        if before_is_blank and end < len(self._lines) and not self._lines[end].strip():
            end += 1
        self._edit(pointer, start, end, [])

    def _edit(self, pointer: str, start: int, end: int, lines: list[str]) -> None:
        # Of two insertions in one place, the one that is deeper in the document comes first.
        self._edits.append((start, end, -self._column(pointer), lines))

    def is_block(self, pointer: str) -> bool:
        """Return whether a mapping or a list has lines of its own, instead of standing between brackets."""
        line = self._lines[self.spec.lines[pointer] - 1][self._column(pointer) :]
        value = re.sub(r"^(- |[^\s\"]+: |\"[^\"]*\": )", "", line)
        return not value.startswith(("{", "["))

    def _column(self, pointer: str) -> int:
        line = self._lines[self.spec.lines[pointer] - 1]
        indent = len(line) - len(line.lstrip())
        is_item = isinstance(at(self.spec.document, pointer.rpartition("/")[0]), list)
        return indent if is_item or not line.lstrip().startswith("- ") else indent + 2

    def _extent(self, pointer: str) -> tuple[int, int]:
        """Return the first line of an entry, and the one behind its last; blank lines and comments are not its own."""
        start, column = self.spec.lines[pointer] - 1, self._column(pointer)
        end = start + 1
        for number, line in enumerate(self._lines[start + 1 :], start=start + 1):
            if line.strip() and len(line) - len(line.lstrip()) <= column:
                break
            if line.strip() and not line.lstrip().startswith("#"):
                end = number + 1
        return start, end

    def _indented(self, pointer: str, lines: list[str]) -> list[str]:
        return [" " * self._column(pointer) + line for line in lines]


def require_layout(content: str, path: Path) -> None:
    """Raise `SpecError` for a text that a round trip through ruamel.yaml changes: its layout isn't one to edit."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    null = ("tag:yaml.org,2002:null", "null")
    yaml.representer.add_representer(type(None), lambda representer, _: representer.represent_scalar(*null))
    written = io.StringIO()
    yaml.dump(yaml.load(content), written)
    lines = zip_longest(content.splitlines(), written.getvalue().splitlines())
    for number, (line, rewritten) in enumerate(lines, start=1):
        if line != rewritten:
            why = f"a round trip through ruamel.yaml changes this line, so the file can't be edited: {line!r}"
            raise SpecError([Problem(path, number, "", why)])


# Values as YAML


def _entry(key: str, value: Json) -> list[str]:
    """Return the lines of a key and its value."""
    if isinstance(value, dict) and value and (key in _NAMED or not _is_leaf(value)):
        lines = [line for name, child in value.items() for line in _entry(name, child)]
    elif isinstance(value, list) and value and (key in _LISTS or not all(isinstance(each, str) for each in value)):
        lines = [line for each in value for line in _item(each)]
    else:
        return [f"{_word(key)}: {_flow(value)}"]
    return [f"{_word(key)}:", *(f"  {line}" for line in lines)]


def _item(value: Json) -> list[str]:
    """Return the lines of an element."""
    if isinstance(value, dict) and (set(value) == {"$ref"} or not _is_leaf(value)):
        first, *rest = [line for name, child in value.items() for line in _entry(name, child)]
        return [f"- {first}", *(f"  {line}" for line in rest)]
    return [f"- {_flow(value)}"]


def _is_leaf(value: dict[str, Json]) -> bool:
    """Return whether a mapping fits on one line: a reference, a schema or a parameter that contains no structure."""
    is_component = value.get("description") == "TODO"
    has_structure = value.keys() & {"allOf", "content", "enum", "oneOf", "properties"}
    return not is_component and not has_structure and bool(value.keys() & {"$ref", "description", "in", "type"})


def _flow(value: Json) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_word(key)}: {_flow(child)}' for key, child in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _word(value) if isinstance(value, str) else json.dumps(value)


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'" if "\\" in text else json.dumps(text, ensure_ascii=False)
