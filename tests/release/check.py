"""Check what a release would publish, from the outside: `make dist-check`.

The sdist and the wheel are the same bytes wherever and whenever they are built, their metadata and their long
description are valid, and the wheel works in empty environments: with the lowest and the newest Python here, without
an extra and with each alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from zipfile import ZipFile

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.release.recipe import differences
from tests.release.smoke import EXTRAS

ROOT = Path(__file__).parents[2]
UV = ROOT / ".venv-uv" / "bin" / "uv"
TOOLS = ROOT / ".venv-dist" / "bin"
DIST = ROOT / "dist"
SBOM = ROOT / "foundry-checkpoints.cdx.json"
OLD = 1_000_000_000
"""A time of modification: 2001."""


def run(*command: str | Path, **environment: str) -> str:
    """Run a command quietly. Show what it printed if it fails."""
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\n{' '.join(map(str, command))}: exit status {done.returncode}")
    return done.stdout


def build(source: Path, output: Path) -> dict[str, bytes]:
    """Return the sdist and the wheel of a folder, by name."""
    run(UV, "build", "--no-build-isolation", "--python", sys.executable, "--out-dir", output, source)
    return {path.name: path.read_bytes() for path in output.iterdir() if path.suffix in (".gz", ".whl")}


def check_reproducible(folder: Path) -> None:
    """Build here and in a copy elsewhere, whose files are older, with another umask, and in another time zone."""
    shutil.rmtree(DIST, ignore_errors=True)
    here = build(ROOT, DIST)
    copy = folder / "elsewhere" / "a copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "dist", "__pycache__", ".*_cache"))
    for path in copy.rglob("*"):
        os.utime(path, (OLD, OLD))
    umask, zone = os.umask(0o077), os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Auckland"
    there = build(copy, folder / "there")
    os.umask(umask)
    os.environ |= {"TZ": zone} if zone else {}
    assert here.keys() == there.keys()
    different = [name for name in here if here[name] != there[name]]
    assert not different, f"two builds differ: {different}"
    print(f"reproducible: {', '.join(here)}")


def check_metadata(wheel: Path, folder: Path) -> EmailMessage:
    """Run the usual checkers, and return the metadata."""
    artifacts = [path for path in DIST.iterdir() if path.suffix in (".gz", ".whl")]
    run(TOOLS / "twine", "check", "--strict", *artifacts)
    run(TOOLS / "check-wheel-contents", wheel)
    run(TOOLS / "validate-pyproject", ROOT / "pyproject.toml")
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name), EmailMessage, policy=policy.default.clone(utf8=True))
    assert isinstance(metadata, EmailMessage)
    description = folder / "description.md"
    description.write_text(str(metadata.get_payload()), encoding="utf-8")
    check_links(run(TOOLS / "python", "-m", "readme_renderer", "-f", "md", description))
    different = differences(metadata)
    assert not different, "the recipe differs from the wheel:\n" + "\n".join(different)
    print(f"valid: {metadata['Name']} {metadata['Version']}, its description, and its recipe")
    return metadata


class Links(HTMLParser):
    """Collects the targets of links and images."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def check_links(html: str) -> None:
    """Check that each link of the rendered description is absolute, and names a file that exists if it is ours."""
    links = Links()
    links.feed(html)
    ours = re.compile(r"https://github\.com/foundry-checkpoints/foundry-checkpoints/(?:blob|raw)/v[\d.]+/([^#]+)")
    assert any("/raw/" in link for link in links.found), "the description has no image"
    for link in links.found:
        assert link.startswith(("https://", "#")), f"{link} is a relative link"
        if found := ours.match(link):
            assert (ROOT / found[1]).exists(), f"{link} leads to no file"


def check_sbom(folder: Path) -> None:
    """Compare two lists of the dependencies, made in different places."""
    first, second = SBOM.read_bytes(), folder / "again.json"
    run("make", "-C", ROOT, "sbom", f"SBOM={second}")
    assert first == second.read_bytes(), "two lists of the dependencies differ"
    print(f"reproducible: {SBOM.name}, {len(json.loads(first)['components'])} components")


def pythons() -> list[str]:
    """Return the lowest and the newest Python here that the wheel supports, those of pyenv included."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    # A shim of pyenv is a Python only for the versions that its user has chosen.
    path = [folder for folder in os.environ["PATH"].split(os.pathsep) if Path(folder).name != "shims"]
    path += map(str, versions.glob("*/bin"))
    listed = json.loads(
        subprocess.run(
            [UV, "python", "list", "--only-installed", "--output-format", "json"],
            env={**os.environ, "PATH": os.pathsep.join(path)},
            capture_output=True,
            check=True,
        ).stdout
    )
    found = {
        (parts["major"], parts["minor"], parts["patch"]): str(python["path"])
        for python in listed
        if python["implementation"] == "cpython" and python["variant"] == "default"
        if "rc" not in python["version"] and (parts := python["version_parts"])["minor"] >= 11
    }
    return list(dict.fromkeys([found[min(found)], found[max(found)]]))


def environments(wheel: Path, extras: list[str], folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield a Python, an extra or nothing, and an environment with the wheel and that extra."""
    for number, (python, extra) in enumerate(product(pythons(), ["", *extras])):
        place = folder / f"environment-{number}"
        run(UV, "venv", "--python", python, place)
        target = f"{wheel}[{extra}]" if extra else str(wheel)
        run(UV, "pip", "install", "--python", place, "--constraint", ROOT / "requirements" / "runtime.txt", target)
        run(UV, "pip", "check", "--python", place)
        yield run(place / "bin" / "python", "--version").strip(), extra, place
        shutil.rmtree(place)


def main() -> None:
    """Check everything, and print what was checked."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        check_reproducible(folder)
        (wheel,) = DIST.glob("*.whl")
        extras = check_metadata(wheel, folder).get_all("Provides-Extra", [])
        assert EXTRAS.keys() >= set(extras), "tests/release/smoke.py must try each extra"
        check_sbom(folder)
        with Emulator(sample_records(250)) as emulator:
            service = {"FOUNDRY_HOSTNAME": emulator.hostname, "FOUNDRY_TOKEN": emulator.token}
            for python, extra, place in environments(wheel, extras, folder):
                smoke = ROOT / "tests" / "release" / "smoke.py"
                run(place / "bin" / "python", "-I", smoke, *filter(None, [extra]), **service)
                print(f"works: {python}, {extra or 'no extra'}")
    print(f"The wheel can be published. It took {time.monotonic() - start:.0f} s to see.")


if __name__ == "__main__":
    main()
