"""The command line: `python -m generator`, `python -m generator --check`, `python -m generator COMMAND`."""

from __future__ import annotations

import argparse
import io
import sys
from importlib import import_module
from pathlib import Path

from .client.generate import GenerationError, difference, files, generated, swap_in
from .paths import PACKAGE, SPEC, shortened
from .preview.diff.versions import VersionError
from .spec import Spec, SpecError, load, problems

# Each is a module with `configure(parser)` and `run(options)`, imported when it is asked for.
COMMANDS = {
    "upstream": "compare the spec with the published Python SDK",
    "diff": "compare two versions of the spec: what changed for callers, and the next version",
    "changelog": "check that the changelog names every change of the spec since the last release",
    "release": "set the version, date the changelog, record the spec",
}

_Formatter = argparse.RawDescriptionHelpFormatter


def main(arguments: list[str] | None = None) -> int:
    """Returns what the command returns; 2 for a file that it cannot use."""
    given = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # as stderr does: what is printed may hold any text of the spec
    if not given or given[0] not in COMMANDS:
        return _generate(_parser().parse_args(given))
    command = import_module(f".preview.{given[0]}", __package__)
    parser = argparse.ArgumentParser(f"python -m generator {given[0]}", formatter_class=_Formatter)
    command.configure(parser)
    try:
        return int(command.run(parser.parse_args(given[1:])))
    except (SpecError, VersionError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items())
    parser = argparse.ArgumentParser(
        "python -m generator",
        usage="python -m generator [--check] [--spec SPEC] [--package PACKAGE]\n"
        "       python -m generator COMMAND [--help] ...",
        description="Generate the client from the spec, or run a command.",
        epilog=f"commands:\n{commands}\n\n"
        "exit status: 0 all is well; 1 drift, an invalid spec, or a refusal of the tool; of a command: see its --help",
        formatter_class=_Formatter,
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail with a diff of what is stale")
    parser.add_argument("--spec", type=Path, default=shortened(SPEC), help="default: %(default)s")
    parser.add_argument("--package", type=Path, default=shortened(PACKAGE), help="default: %(default)s")
    return parser


def _generate(options: argparse.Namespace) -> int:
    try:
        spec = _validated(options.spec)
        with generated(spec, options.package.parent) as client:
            before, after = files(options.package), files(client)
            if options.check:
                return _report_drift(difference(before, after))
            if before != after:
                swap_in(client, options.package)
    except SpecError as error:
        print(error, file=sys.stderr)
        return 1
    except GenerationError as error:
        print(f"openapi-python-client refused {options.spec.name}:\n{error}", file=sys.stderr)
        return 1
    _report(spec, options.package, before, after)
    return 0


def _validated(path: Path) -> Spec:
    spec = load(path)
    if found := problems(spec):
        raise SpecError(found)
    return spec


def _report_drift(drift: str) -> int:
    if not drift:
        print("The generated client is what the spec and the templates give.")
        return 0
    print(drift, end="")
    print("The generated client is stale: run `make generate`.", file=sys.stderr)
    return 1


def _report(spec: Spec, package: Path, before: dict[str, str], after: dict[str, str]) -> None:
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    lines = sum(text.count("\n") for text in after.values())
    print(f"{spec.path} {spec.version} ({spec.digest}) -> {package}: {len(after)} files, {lines} lines")
    print(f"changed: {', '.join(changed)}" if changed else "nothing changed")


if __name__ == "__main__":
    sys.exit(main())
