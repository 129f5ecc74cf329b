"""Fill the lists in the docs that follow from the spec."""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

from ..paths import ROOT, SPEC, shortened
from ..spec import load
from ..spec.model import Model, Schema
from ..spec.tables import tables

_EPILOG = """\
A list stands between two comments, each on a line of its own, in README.md or in a file below docs/:

  <!-- spec:enum CheckpointType -->
  <!-- /spec -->

Lists: {names}. `enum` and `union` take the name of a schema.

exit status: 0 done; 1 a list is stale, or unknown; 2 a file can't be read
"""
_REGION = re.compile(
    r"^(?P<start><!-- spec:(?P<name>[\w-]+)(?: (?P<schema>\w+))? -->\n)(?P<text>.*?)(?P<end>^<!-- /spec -->$)",
    re.MULTILINE | re.DOTALL,
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description, parser.epilog = __doc__, _EPILOG.format(names=", ".join(LISTS))
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a list is stale")
    parser.add_argument("--spec", metavar="FILE", type=Path, default=shortened(SPEC), help="default: %(default)s")
    parser.add_argument("--root", metavar="FOLDER", type=Path, default=shortened(ROOT), help="default: %(default)s")


def run(options: argparse.Namespace) -> int:
    """Write the lists, or say which are stale."""
    model, stale = Model(load(options.spec).document), list[str]()
    for path in [options.root / "README.md", *sorted((options.root / "docs").rglob("*.md"))]:
        before = path.read_text(encoding="utf-8")
        try:
            after = filled(before, model)
        except LookupError as error:
            print(f"{path}: no list for {error} in the spec; known lists: {', '.join(LISTS)}", file=sys.stderr)
            return 1
        if after != before:
            stale.append(str(path))
            if not options.check:
                path.write_text(after, encoding="utf-8")
    if stale and options.check:
        print(f"stale lists in {', '.join(stale)}: run `python -m generator docs`", file=sys.stderr)
        return 1
    print(f"wrote {', '.join(stale)}" if stale else "The lists in the docs follow from the spec.")
    return 0


def filled(text: str, model: Model) -> str:
    """Return a text with its lists filled. Raises `LookupError` for one that the spec has not."""

    def fill(found: re.Match[str]) -> str:
        return f"{found['start']}{LISTS[found['name']](model, found['schema'])}\n{found['end']}"

    return _REGION.sub(fill, text)


def _sentence(names: Iterable[str]) -> str:
    """Return names in code, as one sentence part in wrapped lines."""
    *others, last = names
    joined = f"{', '.join(others)}, and {last}" if len(others) > 1 else " and ".join([*others, last])
    return textwrap.fill(joined, 118, break_on_hyphens=False, break_long_words=False)


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    columns = head.split(" | ")
    return "\n".join(f"| {' | '.join(row)} |" for row in [columns, ["---"] * len(columns), *rows])


def _item_kinds(model: Model, _: str) -> str:
    """List the kinds of `--item`, each with its arguments if it takes more than one ID."""
    kinds = {}
    for tag, name in model.schemas[model.document["x-tables"]["itemId"]].variants.items():
        kind = re.sub(r"^checkpointed|(Rids|Rid|Id)$", "", tag)
        kinds[re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind).lower()] = _arguments(model.schemas[name])
    return _sentence(f"`{kind}`{arguments}" for kind, arguments in sorted(kinds.items()))


def _arguments(item_id: Schema) -> str:
    names = [name for name, field in item_id.fields.items() if "const" not in field.schema]
    if names == ["rids"]:
        return " (RIDs with commas)"
    upper = ",".join(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper() for name in names)
    return f" (`{upper}`)" if len(names) > 1 else ""


def _columns(model: Model, _: str) -> str:
    """List the columns of the flat schema, with the path in a record that each comes from."""
    rows = []
    for column in tables(model.document).columns:
        pointer, given = model.columns[column.name]
        path = given["path"] if isinstance(given, dict) else given
        field = pointer.removesuffix("/x-column").partition("/properties/")[2]
        source = f"`{'.'.join(filter(None, (field, path)))}`" if field or path else "whatever no other column contains"
        source = re.sub(
            r"\[\]\.x-item-(\w+)`", lambda found: f"[]`: the {found[1].replace('id', 'ID')} of each", source
        )
        rows.append([f"`{column.name}`", column.kind, f"number of {source}" if column.kind == "count" else source])
    return _table("column | kind | from the record", rows)


def _filter_fields(model: Model, _: str) -> str:
    """List the fields that a filter can compare, in the API and in Python, with what each searches."""
    fields = tables(model.document).filter_fields
    return _table(
        "field | in Python | filters | searches",
        (
            [f"`{each.name}`", f"`F.{each.attribute}`", ", ".join(map("`{}`".format, each.operators)), f"`{each.path}`"]
            for each in fields
        ),
    )


def _errors(model: Model, _: str) -> str:
    """List the errors by status, with the first line of their descriptions."""
    rows = []
    for name, error in sorted(model.errors.items(), key=lambda item: item[1].status):
        meaning = re.sub(r"\s*Status \d+\.$", "", model.schemas[error.body].node.get("description", ""))
        rows.append([f"`{name}`", str(error.status), " ".join(meaning.split())])
    return _table("error | status | meaning", rows)


LISTS: dict[str, Callable[[Model, str], str]] = {
    "columns": _columns,
    "enum": lambda model, name: _sentence(f"`{value}`" for value in model.schemas[name].members),
    "union": lambda model, name: _sentence(f"`{tag}`" for tag in model.schemas[name].variants),
    "item-kinds": _item_kinds,
    "filter-fields": _filter_fields,
    "errors": _errors,
    "version": lambda model, _: f"API document {model.document['info']['version']}",
}
