"""The command line: `python -m benchmarks`, `python -m benchmarks decode imports --quick`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from .report import Table, machine, summary

NAMES = ("decode", "releases", "imports", "batches", "search", "export", "memory", "soak")

_ROOT = Path(__file__).parents[1]
_RESULTS = _ROOT / "benchmarks" / "results.json"
_DOCS = _ROOT / "docs" / "performance.md"
_HEADING = "## The last run\n"


def main() -> None:
    options = _options()
    tables = {name: list(_run(name, options.quick)) for name in options.names or NAMES}
    targets = [target for group in tables.values() for table in group for target in table.targets]
    print(summary(targets))
    if options.json:
        _write_json(options.json, tables)
    if not options.names and not options.quick:
        _write_json(_RESULTS, tables)
        _write_docs([summary(targets), *(table for group in tables.values() for table in group)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description="Measure, side by side with others. A complete run replaces benchmarks/results.json "
        "and the last run in docs/performance.md.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and records: to try the benchmarks")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results of any run here")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    return options


def _run(name: str, quick: bool) -> Iterator[Table]:
    started = time.monotonic()
    # Loaded here, so that the processes of one benchmark are not burdened with the imports of another.
    for table in import_module(f"benchmarks.{name}").run(quick):
        print(f"{table}\n", flush=True)
        yield table
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)


def _write_json(path: Path, tables: dict[str, list[Table]]) -> None:
    results = {name: [table.to_dict() for table in group] for name, group in tables.items()}
    report = {"machine": machine(), "benchmarks": results}
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_docs(tables: list[Table]) -> None:
    before = _DOCS.read_text(encoding="utf-8").partition(_HEADING)[0]
    facts = "\n".join(f"- {name}: {value}" for name, value in machine().items())
    _DOCS.write_text("\n\n".join([before + _HEADING + "\n" + facts, *map(str, tables)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
