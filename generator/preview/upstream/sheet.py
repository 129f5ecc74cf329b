"""The text of a spec, edited by pointer. What no edit touches stays byte for byte."""

from __future__ import annotations

import io
import json
import re
from itertools import zip_longest
from pathlib import Path

from ruamel.yaml import YAML

from ...spec import Problem, SpecError, parse
from ...spec.document import Json, at, keys_of, pointer_to

_PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off)$)(?:/[\w/{}.-]*|\$?[A-Za-z_][\w:/.-]*(?: \w+)*(?<!:)\.?)", re.IGNORECASE
)
_NAMED = {"mapping", "paths", "properties", "responses", "schemas", "x-filter"}
"""Mappings whose keys are names: each key has a line of its own."""
_LISTS = {"allOf", "enum", "oneOf", "parameters", "x-enum-varnames"}
"""Lists that have a line for each element."""
_SPACED = {"/components/responses", "/components/schemas", "/paths"}
"""Mappings with a blank line between their entries."""


def written(content: str, path: Path, document: Json) -> str:
    """Return the text of a spec after the edits that make another document of it."""
    sheet = _Sheet(content, path)
    sheet.write("", sheet.document, document)
    return sheet.text()


class _Sheet:
    """The lines of a spec, and the edits to make. Pointers are those of the spec before all edits."""

    def __init__(self, content: str, path: Path) -> None:
        spec = parse(content.encode(), path)
        self.document, self._at = spec.document, spec.lines
        self._lines = content.split("\n")
        self._edits: list[tuple[int, int, int, list[str]]] = []

    def text(self) -> str:
        """Return the text with all edits made."""
        lines = list(self._lines)
        for start, end, _, new in sorted(self._edits, key=lambda edit: edit[:3])[::-1]:
            lines[start:end] = new
        return "\n".join(lines).rstrip("\n") + "\n"

    def write(self, pointer: str, old: Json, new: Json) -> None:
        """Edit what differs between two values, in the smallest parts that have lines of their own."""
        if old == new:
            return
        if isinstance(old, str) and isinstance(new, str):
            (before, space, last), (after, _, word), (_, end) = (
                old.rpartition(" "),
                new.rpartition(" "),
                self._extent(pointer),
            )
            if space and before == after and last in (line := self._lines[end - 1]):  # words keep their layout
                return self._edit(pointer, end - 1, end, [line.replace(last, word)])
        is_same_kind = type(old) is type(new) and isinstance(old, dict | list) and old and new
        if not is_same_kind or not self._is_block(pointer):
            self._replace(pointer, new)
        elif isinstance(old, list) and len(old) == len(new):
            for index, both in enumerate(zip(old, new, strict=True)):
                self.write(f"{pointer}/{index}", *both)
        elif [each for each in old if each in new] != [each for each in new if each in old]:
            self._replace(pointer, new)
        elif isinstance(old, list) and isinstance(new, list):
            self._write_list(pointer, old, new)
        elif self._is_item(pointer) and next(iter(old)) != next(iter(new)):
            self._replace(pointer, new)
        else:
            self._write_mapping(pointer, old, new)

    def _write_list(self, pointer: str, old: list[Json], new: list[Json]) -> None:
        for index, each in enumerate(old):
            if each not in new:
                self._remove(f"{pointer}/{index}")
        behind = None
        for each in new:
            if each in old:
                behind = f"{pointer}/{old.index(each)}"
            else:
                self._insert(behind or f"{pointer}/0", _item(each), in_front=behind is None)

    def _write_mapping(self, pointer: str, old: Json, new: Json) -> None:
        gone = [key for key in old if key not in new]
        behind = None
        for key, value in new.items():
            here = pointer + pointer_to([key])
            if key in old:
                self.write(here, old[key], value)
                behind = here
            elif len(gone) == 1 and old[gone[0]] == value and list(old).index(gone[0]) == list(new).index(key):
                behind = pointer + pointer_to([gone.pop()])
                self._rename(behind, key)
            else:
                first = pointer + pointer_to([next(iter(old))])
                self._insert(behind or first, _entry(key, value), in_front=behind is None, gap=pointer in _SPACED)
        for key in gone:
            self._remove(pointer + pointer_to([key]))

    def _insert(self, beside: str, lines: list[str], *, in_front: bool, gap: bool = False) -> None:
        """Add lines behind an entry or in front of it; `gap` puts a blank line between the two."""
        start, end = self._extent(beside)
        place, blank = start if in_front else end, [""] if gap else []
        lines = self._indented(beside, lines)
        self._edit(beside, place, place, [*lines, *blank] if in_front else [*blank, *lines])

    def _replace(self, pointer: str, value: Json) -> None:
        start, end = self._extent(pointer)
        lines = self._indented(pointer, _item(value) if self._is_item(pointer) else _entry(keys_of(pointer)[-1], value))
        if not self._is_item(pointer) and self._lines[start].lstrip().startswith("- "):  # the first key of an element
            lines[0] = self._lines[start][: self._column(pointer)] + lines[0].lstrip()
        self._edit(pointer, start, end, lines)

    def _rename(self, pointer: str, key: str) -> None:
        start, _ = self._extent(pointer)
        line = self._lines[start].replace(f"{_word(keys_of(pointer)[-1])}:", f"{_word(key)}:", 1)
        self._edit(pointer, start, start + 1, [line])

    def _remove(self, pointer: str) -> None:
        """Remove a key or an element, and the blank line behind it."""
        start, end = self._extent(pointer)
        before_is_blank = start == 0 or not self._lines[start - 1].strip()
        if before_is_blank and end < len(self._lines) and not self._lines[end].strip():
            end += 1
        self._edit(pointer, start, end, [])

    def _is_item(self, pointer: str) -> bool:
        return isinstance(at(self.document, pointer.rpartition("/")[0]), list)

    def _edit(self, pointer: str, start: int, end: int, lines: list[str]) -> None:
        # Of two insertions in one place, the one that is deeper in the document comes first.
        self._edits.append((start, end, -self._column(pointer), lines))

    def _is_block(self, pointer: str) -> bool:
        """Return whether a mapping or a list has lines of its own, instead of standing between brackets."""
        line = self._lines[self._at[pointer] - 1][self._column(pointer) :]
        value = re.sub(r"^(- |[^\s\"]+: |\"[^\"]*\": )", "", line)
        return not value.startswith(("{", "["))

    def _column(self, pointer: str) -> int:
        line = self._lines[self._at[pointer] - 1]
        indent = len(line) - len(line.lstrip())
        return indent if self._is_item(pointer) or not line.lstrip().startswith("- ") else indent + 2

    def _extent(self, pointer: str) -> tuple[int, int]:
        """Return the first line of an entry, and the one behind its last; blank lines and comments are not its own."""
        start, column = self._at[pointer] - 1, self._column(pointer)
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
