"""The command line: `python -m generator`, `python -m generator --check`."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from .generate import GenerationError, difference, files, generated, swap_in
from .spec import Spec, SpecError, load, problems

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "openapi" / "checkpoints.yaml"
PACKAGE = ROOT / "generated_client" / "foundry_checkpoints_api"


def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when all is well, 1 for drift, an invalid spec, or a refusal of the tool."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr does: a diff may hold any text of the spec
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m generator", description="Generate the client from the spec.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail with a diff of what is stale")
    parser.add_argument("--spec", type=Path, default=_shortened(SPEC), help="default: %(default)s")
    parser.add_argument("--package", type=Path, default=_shortened(PACKAGE), help="default: %(default)s")
    return parser


def _shortened(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


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
