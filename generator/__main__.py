"""The command line: `python -m generator [COMMAND]`."""

from __future__ import annotations

import argparse
import io
import sys
from importlib import import_module
from pathlib import Path

from .client.generate import GenerationError, difference, files, generated, swap_in
from .paths import PACKAGE, SPEC, shortened
from .preview.diff.versions import VersionError
from .spec import SpecError, load, problems

# Each of the later ones is a module with `configure(parser)` and `run(options)`, imported when it is used.
COMMANDS = {
    "generate": "write the client from the spec (the default)",
    "check": "write nothing; print a diff of what is stale",
    "upstream": "compare the spec with the published Python SDK, and edit it",
    "diff": "compare two versions of the spec: what changed for callers, and the next version",
    "changelog": "check that the changelog names every change of the spec since the last release",
    "docs": "fill the lists in the docs that follow from the spec",
    "release": "set the version, date the changelog, record the spec",
}
_EPILOG = """\
exit status: 0 done; 1 an invalid spec, or the tool rejects it; of `check`: 1 also if the client is stale; of the other
commands: see their --help"""


def main(arguments: list[str] | None = None) -> int:
    """Return what the command returns; 2 for a file that it can't use."""
    given = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As stderr does: what is printed may contain any text of the spec.
        sys.stdout.reconfigure(errors="backslashreplace")
    name, rest = (given[0], given[1:]) if given and given[0] in COMMANDS else ("generate", given)
    parser = argparse.ArgumentParser(
        f"python -m generator{f' {name}' if rest is not given else ''}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if name in ("generate", "check"):
        _configure(parser, check=name == "check")
        return _generate(parser.parse_args(rest))
    command = import_module(f".preview.{name}", __package__)
    command.configure(parser)
    try:
        return int(command.run(parser.parse_args(rest)))
    except (SpecError, VersionError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _configure(parser: argparse.ArgumentParser, *, check: bool) -> None:
    commands = "\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items())
    parser.description = "Generate the client from the spec, or run another command."
    parser.epilog = f"commands:\n{commands}\n\n{_EPILOG}"
    parser.add_argument("--check", action="store_true", default=check, help="the same as the command `check`")
    parser.add_argument("--spec", type=Path, default=shortened(SPEC), help="default: %(default)s")
    parser.add_argument("--package", type=Path, default=shortened(PACKAGE), help="default: %(default)s")


def _generate(options: argparse.Namespace) -> int:
    try:
        spec = load(options.spec)
        if found := problems(spec):
            raise SpecError(found)
        with generated(spec, options.package.parent) as client:
            before, after = files(options.package), files(client)
            if options.check:
                if not (drift := difference(before, after)):
                    print("The generated client is what the spec and the templates give.")
                    return 0
                print(drift, end="")
                print("The generated client is stale: run `make generate`.", file=sys.stderr)
                return 1
            if before != after:
                swap_in(client, options.package)
    except SpecError as error:
        print(error, file=sys.stderr)
        return 1
    except GenerationError as error:
        print(f"openapi-python-client rejected {options.spec.name}:\n{error}", file=sys.stderr)
        return 1
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    lines = sum(text.count("\n") for text in after.values())
    print(f"{spec.path} {spec.version} ({spec.digest}) -> {options.package}: {len(after)} files, {lines} lines")
    print(f"changed: {', '.join(changed)}" if changed else "nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
