"""What pyproject.toml and requirements/ promise to those who install the project."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^(\S+==[^\\\n]+)(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n", re.MULTILINE)

every_lock = pytest.mark.parametrize("lock", LOCKS, ids=[lock.stem for lock in LOCKS])


def from_project(name: str) -> list[str]:
    """Return what a lock takes from pyproject.toml, as in the target `lock` of the Makefile."""
    match name:
        case "runtime":
            return [*PROJECT["dependencies"], *EXTRAS["emulator"]]
        case "bench" | "dev":
            return [*PROJECT["dependencies"], *chain.from_iterable(EXTRAS.values())]
        case "spark":
            return [*PROJECT["dependencies"], *EXTRAS["emulator"], *EXTRAS["spark"], *EXTRAS["speed"]]
        case _:
            return []


def from_input(name: str) -> list[str]:
    source = ROOT / "requirements" / f"{name}.in"
    lines = source.read_text().splitlines() if source.exists() else []
    return [line for line in lines if not line.startswith("#")]


@every_lock
def test_a_lock_holds_pins_and_hashes_only(lock: Path) -> None:
    """Without its hashed pins, nothing is left of a lock file: no address, no option, and no comment."""
    assert PIN.sub("", lock.read_text()) == ""


@every_lock
def test_a_lock_gives_what_its_sources_ask_for(lock: Path) -> None:
    """A requirement that was added or changed without `make lock` is detected."""
    pins = [Requirement(pin) for pin in PIN.findall(lock.read_text())]
    versions = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    for wanted in map(Requirement, from_project(lock.stem) + from_input(lock.stem)):
        assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)]), str(wanted)


def test_users_get_four_distributions_and_no_more() -> None:
    """The run-time dependencies are anyio, attrs, httpx, and python-dateutil: nothing of the generator."""
    assert {Requirement(line).name for line in PROJECT["dependencies"]} == {
        "anyio",
        "attrs",
        "httpx",
        "python-dateutil",
    }


def test_the_generator_is_pinned_exactly() -> None:
    """The tool and its formatter decide the bytes of the generated client, so neither has a range."""
    exact = {Requirement(line).name for line in from_input("generator") if "==" in line}
    assert exact == {"openapi-python-client", "ruff"}
