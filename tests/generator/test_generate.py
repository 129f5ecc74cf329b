"""The driver: what it writes, what it says, and what it leaves alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.client.generate import difference, files, swap_in
from tests.generator.driver import GOLDEN_CLIENT, SMALL_SPEC, generate, tree


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """The client of the small spec, in a folder of its own."""
    package = tmp_path / "here" / "client"
    shutil.copytree(GOLDEN_CLIENT, package, ignore=shutil.ignore_patterns("__pycache__"))
    return package


@pytest.fixture
def old(client: Path) -> Path:
    """The same, but stale: one file changed, one added, one missing."""
    package = client
    with (package / "client.py").open("a", encoding="utf-8") as file:
        file.write("STALE = True\n")
    (package / "added.py").write_text("ADDED = True\n", encoding="utf-8")
    (package / "errors.py").unlink()
    return package


def assert_untouched(package: Path, before: dict[str, bytes]) -> None:
    """A package is as it was, and nothing lies beside it."""
    assert tree(package) == before
    assert list(package.parent.iterdir()) == [package]


def variant(folder: Path, right: str, wrong: str) -> Path:
    """The small spec with one change."""
    text = SMALL_SPEC.read_text(encoding="utf-8")
    assert text.count(right) == 1
    path = folder / "changed.yaml"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    return path


def test_the_committed_client_is_what_the_spec_gives() -> None:
    """The client in the repository is what the spec and the templates give, and the check says so."""
    done = generate("--check")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout == "The generated client is what the spec and the templates give.\n"


def test_nothing_changes_when_nothing_is_stale(client: Path) -> None:
    """Elsewhere, with another hash seed and where the terminal knows ASCII only, the same client comes out."""
    before, place = tree(client), client.stat().st_ino
    elsewhere = {"PYTHONHASHSEED": "2", "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "TZ": "Asia/Kathmandu"}
    done = generate("--spec", SMALL_SPEC, "--package", client, **elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(before)} files" in done.stdout
    assert done.stdout.endswith("nothing changed\n")
    assert client.stat().st_ino == place
    assert_untouched(client, before)


def test_the_check_shows_what_is_stale(old: Path) -> None:
    """The check fails with a diff of each file that changed, is too many or is missing, and writes nothing."""
    before = tree(old)
    done = generate("--check", "--spec", SMALL_SPEC, "--package", old)
    assert done.returncode == 1
    assert "\n-STALE = True\n" in done.stdout
    assert "\n-ADDED = True\n" in done.stdout
    assert "\n+class DecodeError(ValueError):\n" in done.stdout
    assert "make generate" in done.stderr
    assert_untouched(old, before)


def test_a_stale_client_is_replaced_whole(old: Path) -> None:
    """Generating puts the new client in the place of the old, and says which files changed."""
    done = generate("--spec", SMALL_SPEC, "--package", old)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("changed: added.py, client.py, errors.py\n")
    assert_untouched(old, tree(GOLDEN_CLIENT))


@pytest.mark.parametrize("mode", [[], ["--check"]], ids=["generate", "check"])
def test_an_invalid_spec_is_refused(old: Path, tmp_path: Path, mode: list[str]) -> None:
    """The message names file, line and pointer of the fault, and the old client stays."""
    before = tree(old)
    spec = variant(tmp_path, 'mood: {$ref: "#/components/schemas/Mood"}', 'mood: {$ref: "#/components/schemas/Moon"}')
    lines = spec.read_text(encoding="utf-8").splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if "Moon" in text)
    done = generate(*mode, "--spec", spec, "--package", old)
    pointer = "/components/schemas/Visit/properties/mood/$ref"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{spec}:{line}: {pointer}: #/components/schemas/Moon does not exist in this document\n"
    assert_untouched(old, before)


def test_what_the_tool_would_leave_out_is_refused(old: Path, tmp_path: Path) -> None:
    """A spec that the tool cannot generate whole is refused in the words of the tool, and the old client stays."""
    before = tree(old)
    xml = "          application/xml:\n            schema: {type: string}\n      responses"
    spec = variant(tmp_path, '{$ref: "#/components/schemas/Visit"}\n      responses', "{}\n      responses")
    spec.write_text(spec.read_text(encoding="utf-8").replace("{}\n      responses", "{}\n" + xml), encoding="utf-8")
    done = generate("--spec", spec, "--package", old)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("openapi-python-client rejected changed.yaml:\n")
    assert "Unsupported content type application/xml" in done.stderr
    assert_untouched(old, before)


@pytest.mark.parametrize(
    ("right", "wrong", "names"),
    [
        ("    Place:\n", "    place_:\n      type: object\n      properties: {}\n\n    Place:\n", "place_"),
        ("operationId: addVisits", "operationId: get_visit", "get_visit"),
    ],
    ids=["models", "operations"],
)
def test_names_that_clash_are_refused(old: Path, tmp_path: Path, right: str, wrong: str, names: str) -> None:
    """Two names that are one in Python are refused in few words that name them, and the old client stays."""
    before = tree(old)
    done = generate("--spec", variant(tmp_path, right, wrong), "--package", old)
    assert (done.returncode, done.stdout) == (1, "")
    assert names in done.stderr
    assert "Traceback" not in done.stderr
    assert_untouched(old, before)


def test_a_missing_formatter_is_refused(old: Path) -> None:
    """A post hook whose program cannot be found fails the run, though the tool takes it for a trifle."""
    before = tree(old)
    done = generate("--spec", SMALL_SPEC, "--package", old, PATH="")
    assert (done.returncode, done.stdout) == (1, "")
    assert "find is not in PATH" in done.stderr
    assert_untouched(old, before)


def test_a_failed_swap_restores_the_old_client(tmp_path: Path) -> None:
    """When the new client cannot be put in place, the old one is there again."""
    target = tmp_path / "client"
    target.mkdir()
    (target / "old.py").write_text("OLD = True\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        swap_in(tmp_path / "new", target)
    assert tree(target) == {"old.py": b"OLD = True\n"}


def test_caches_are_no_files_of_a_package(tmp_path: Path) -> None:
    """Bytecode is not compared, in whatever folder of the package."""
    for path in ("a.py", "__pycache__/a.pyc", "b/__pycache__/c.pyc", "b/d.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1\n", encoding="utf-8")
    assert files(tmp_path) == {"a.py": "x = 1\n", "b/d.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ({"a": "x\n"}, {"a": "x\n"}, []),
        ({"a": "x\n"}, {"a": "y\n"}, ["--- committed/a", "+++ generated/a", "@@ -1 +1 @@", "-x", "+y"]),
        ({}, {"a": "y\n"}, ["--- committed/a", "+++ generated/a", "@@ -0,0 +1 @@", "+y"]),
        ({"a": "x\n"}, {}, ["--- committed/a", "+++ generated/a", "@@ -1 +0,0 @@", "-x"]),
        ({}, {"py.typed": ""}, ["empty file py.typed is missing"]),
        ({"py.typed": ""}, {}, ["empty file py.typed should not exist"]),
    ],
    ids=["none", "changed", "missing", "added", "empty missing", "empty added"],
)
def test_the_difference_of_two_packages(old: dict[str, str], new: dict[str, str], lines: list[str]) -> None:
    """The difference is empty for equal packages, and shows every other kind."""
    assert difference(old, new).splitlines() == lines
