"""The commands beside the generator: what they print, what they write, and how they end."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from generator import spec
from generator.__main__ import COMMANDS, main
from generator.preview import diff, docs
from generator.preview.diff import sources
from generator.preview.release import record
from generator.spec.model import Model
from generator.spec.words import split
from tests.generator.driver import ROOT, SMALL_SPEC, generate
from tests.generator.edits import GONE, Edits, edited

SMALL = spec.load(SMALL_SPEC).document
SCHEMAS = "/components/schemas"
PREVIEW_CHANGE: Edits = {
    f"{SCHEMAS}/Mood/enum": ["calm", "veryCalm", "fastAsleep"],
    f"{SCHEMAS}/Mood/x-enum-varnames": ["CALM", "VERY_CALM", "FAST_ASLEEP"],
    f"{SCHEMAS}/Place/properties/floorPlan": {"description": "New.", "type": "string"},
    f"{SCHEMAS}/Mood/description": "Other words.",
    "/info/version": "8.1",
}
CHANGELOG = """\
# Changelog

## [Unreleased]

### Removed

- **Breaking.** `Mood.wild`.

### Added

- `Mood.FAST_ASLEEP`; `Place.floor_plan`.
- API document `8.1`.

## [0.1.0] - 2026-01-31

### Added

- The client.
"""


class Project:
    """A repository on the eve of a release: the spec has changed since 0.1.0, and the changelog says so."""

    def __init__(self, folder: Path) -> None:
        self.spec, self.released = folder / "small.json", folder / "released.json"
        self.changelog, self.version = folder / "CHANGELOG.md", folder / "_version.py"
        self.edit(PREVIEW_CHANGE)
        self.released.write_text(record(SMALL, "0.1.0"), encoding="utf-8")
        self.changelog.write_text(CHANGELOG, encoding="utf-8")
        self.version.write_text('__version__ = "0.1.0"\n', encoding="utf-8")

    def edit(self, edits: Edits) -> None:
        self.spec.write_text(json.dumps(edited(SMALL, edits)), encoding="utf-8")

    def say(self, text: str, instead: str) -> None:
        """Change the changelog."""
        assert text in CHANGELOG
        self.changelog.write_text(CHANGELOG.replace(text, instead), encoding="utf-8")

    def run(self, command: str, *arguments: str) -> int:
        files = {"--spec": self.spec, "--released": self.released, "--changelog": self.changelog}
        if command == "release":
            files["--version-file"] = self.version
        return main([command, *arguments, *(str(part) for pair in files.items() for part in pair)])

    def diff(self, *arguments: str) -> int:
        return main(["diff", str(self.released), str(self.spec), *arguments])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_the_commands_are_listed() -> None:
    """The help names every command and every exit status, in the environment of the generator too."""
    done = generate("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert "exit status: 0" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The help of a command says what it does, how it is called and how it ends."""
    with pytest.raises(SystemExit, match=r"^0$"):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert f"usage: python -m generator {command}" in said
    assert "exit status: 0" in said


# diff


def test_differences_for_people(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """People see the classes from grave to harmless, each change with its line and its use, and the next version."""
    assert project.diff() == 1
    said = capsys.readouterr().out
    assert re.findall(r"^\w+: \d+$", said, re.MULTILINE) == ["Breaking: 1", "Additive: 2", "Documentation: 1"]
    lines = enumerate(project.released.read_text(encoding="utf-8").splitlines(), start=1)
    (line,) = (number for number, text in lines if '"wild"' in text)
    assert "  Mood.wild: the member is gone\n" in said
    assert f"    {project.released}:{line}, request of addVisits; response of addVisits, getVisit\n" in said
    assert said.endswith("\nNext version: 0.2.0, after 0.1.0.\n")


def test_differences_for_programs(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get one JSON object with the same."""
    assert project.diff("--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["old"] == {"name": str(project.released), "api": "7"}
    assert said["new"] == {"name": str(project.spec), "api": "8.1"}
    assert said["version"] == {"current": "0.1.0", "next": "0.2.0"}
    assert said["class"] == "breaking"
    (member, *_) = said["changes"]
    assert member.pop("place").startswith(f"{project.released}:")
    assert member == {
        "class": "breaking",
        "action": "removed",
        "where": "Mood.wild",
        "text": "the member is gone",
        "pointer": "/components/schemas/Mood/enum/0",
        "used": [
            {"in": "request", "operation": "addVisits"},
            {"in": "response", "operation": "addVisits"},
            {"in": "response", "operation": "getVisit"},
        ],
    }


def test_differences_for_the_changelog(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The changelog gets what users notice, in the sections of Keep a Changelog, and names each change."""
    assert project.diff("--markdown") == 1
    said = capsys.readouterr().out
    assert said == (
        "### Added\n\n"
        "- `Place.floorPlan`: new optional field, str.\n"
        "- `Mood.fastAsleep`: new member.\n\n"
        "### Changed\n\n"
        "- The API document is `8.1`, and no longer `7`.\n\n"
        "### Removed\n\n"
        "- **Breaking.** `Mood.wild`: the member is gone.\n"
    )
    project.changelog.write_text(f"## [Unreleased]\n\n{said}\n## [0.1.0]\n", encoding="utf-8")
    assert project.run("changelog") == 0


def test_no_difference(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A spec whose words alone differ from those of a release is no different from it."""
    project.edit({f"{SCHEMAS}/Mood/description": "Other words."})
    assert project.diff() == 0
    assert capsys.readouterr().out.endswith("\nNo difference.\n")
    assert project.diff("--json") == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_an_invalid_spec_is_not_compared(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A new spec that the generator would refuse is refused with its fault, and an old one that leads nowhere."""
    project.edit({f"{SCHEMAS}/Mood/title": "Mood"})
    assert project.diff() == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("a title would rename the generated class")) == ("", 1)
    project.edit({f"{SCHEMAS}/Mood": GONE})
    assert main(["diff", str(project.spec), str(project.released)]) == 2
    assert "#/components/schemas/Mood does not exist in this document" in capsys.readouterr().err


def test_nothing_to_compare_with(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is neither a file nor a revision is one clear line."""
    assert main(["diff", "no-such-thing", str(project.spec)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("no-such-thing:openapi/checkpoints.yaml:1: no such file, and git ")
    assert main(["diff", str(ROOT / "generator" / "client" / "config.yaml"), str(project.spec)]) == 2
    assert "config.yaml:1: this isn't a spec" in capsys.readouterr().err


def test_no_release_and_no_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a release OLD has to be named, and without git it can only be a file: each is one clear line."""
    monkeypatch.setattr(diff, "RELEASED", tmp_path / "released.json")
    assert main(["diff"]) == 2
    assert capsys.readouterr().err.endswith("no release is recorded yet: name a file or a revision\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["diff", "HEAD"]) == 2
    assert "no such file, and git does not run" in capsys.readouterr().err


def git(folder: Path, *arguments: str) -> None:
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *settings, "-c", f"core.hooksPath={folder}", *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository where the commands look for revisions: a commit without a version, and one of version 0.3.0."""
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    text = SMALL_SPEC.read_text(encoding="utf-8")
    files = {
        "openapi/checkpoints.yaml": text,
        "old.yaml": text.replace("        self: {type: string}\n", ""),
        "src/foundry_checkpoints/_version.py": '__version__ = "0.3.0"\n',
    }
    git(tmp_path, "init")
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
        git(tmp_path, "add", name)
        git(tmp_path, "commit", f"--message={name}")
    (tmp_path / "src" / "foundry_checkpoints" / "_version.py").write_text('__version__ = "1.0.0"\n', encoding="utf-8")
    for name in ("ROOT", "SPEC", "VERSION"):
        monkeypatch.setattr(sources, name, tmp_path / getattr(sources, name).relative_to(ROOT))
    return tmp_path


def test_a_revision(repository: Path, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A revision means its spec and its version, if it states one; another file at a revision can be named."""
    assert main(["diff", "HEAD", str(project.spec)]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"HEAD:openapi/checkpoints.yaml (7) -> {project.spec} (8.1)\n")
    assert said.endswith("Next version: 0.4.0, after 0.3.0.\n")
    assert "\nDocumentation: 2\n" in said
    assert main(["diff", "HEAD:old.yaml", "HEAD"]) == 1
    said = capsys.readouterr().out
    assert "Visit.self: new optional field, str" in said
    assert said.endswith("Next version: 0.3.1, after 0.3.0.\n")
    assert main(["diff", "HEAD~1", str(project.spec)]) == 1
    assert capsys.readouterr().out.endswith("Next version: 2.0.0, after 1.0.0.\n")


# changelog


def test_a_changelog_that_names_each_change(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A name may be written as in the spec or as in Python, and changes may share a line."""
    assert project.run("changelog") == 0
    said = f"{project.changelog} names each change of the spec since 0.1.0.\nNothing is left to write.\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("text", "instead", "entry"),
    [
        ("`Place.floor_plan`", "a field", "- `Place.floorPlan`: new optional field, str."),
        ("`Place.floor_plan`", "Place.floor_plan", "- `Place.floorPlan`: new optional field, str."),
        ("FAST_ASLEEP", "FAST_ASLEEPISH", "- `Mood.fastAsleep`: new member."),
        ("Mood.wild", "Mood", "- **Breaking.** `Mood.wild`: the member is gone."),
        ("`8.1`", "`8.1.1`", "- The API document is `8.1`, and no longer `7`."),
    ],
    ids=["absent", "no code", "another name", "removed", "document"],
)
def test_a_change_that_the_changelog_lacks(
    project: Project, capsys: pytest.CaptureFixture[str], text: str, instead: str, entry: str
) -> None:
    """A change that is not named fails the check, which prints the entry to add and no other."""
    project.say(text, instead)
    assert project.run("changelog") == 1
    said = capsys.readouterr()
    assert [line for line in said.out.splitlines() if line.startswith("-")] == [entry]
    assert "adds them under [Unreleased]" in said.err


def test_what_an_older_section_names(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The section of the last release, and what is below, does not count; a newer section does."""
    project.say("## [Unreleased]", "## [0.1.0]")
    assert project.run("changelog") == 1
    assert "`Mood.wild`" in capsys.readouterr().out
    project.say("## [Unreleased]", "## [Unreleased]\n\n## [0.2.0] - 2026-02-01")
    assert project.run("changelog") == 0


def test_before_the_first_release(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """As long as nothing is released, all is new: the changelog has to name the API document alone."""
    project.released.unlink()
    project.say("`Mood.wild`", "Wild")
    assert project.run("changelog") == 0
    project.say("8.1", "7")
    assert project.run("changelog") == 1
    assert "- The API document is `8.1`." in capsys.readouterr().out


WRITTEN = """\
# Changelog

## [Unreleased]

Some words.

### Added

- A thing of ours.
- `Place.floorPlan`: new optional field, str.
- `Mood.fastAsleep`: new member.

### Changed

- The API document is `8.1`, and no longer `7`.

### Removed

- **Breaking.** `Mood.wild`: the member is gone.

## [0.1.0] - 2026-01-31
"""


def test_the_missing_entries_are_written(project: Project) -> None:
    """`--write` adds the entries under their headings, once, and replaces that of an API document never released."""
    before = "# Changelog\n\n## [Unreleased]\n\nSome words.\n\n### Added\n\n- A thing of ours.\n\n"
    before += "### Changed\n\n- The API document is `7.9`, and no longer `7`.\n\n## [0.1.0] - 2026-01-31\n"
    project.changelog.write_text(before, encoding="utf-8")
    for _ in range(2):
        assert project.run("changelog", "--write") == 0
        assert project.changelog.read_text(encoding="utf-8") == WRITTEN
    assert project.run("changelog") == 0


def test_what_is_left_to_write(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A TODO in the spec is listed with its line, and only the release rejects it."""
    project.edit({**PREVIEW_CHANGE, f"{SCHEMAS}/Mood/description": "TODO"})
    assert project.run("changelog") == 0
    assert "Left to write before a release (1):\n" in capsys.readouterr().out
    assert project.run("release") == 1
    assert f"{SCHEMAS}/Mood/description: TODO" in capsys.readouterr().err


def test_a_new_column_needs_a_minor_version(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A column is additive for callers, yet never part of a patch: the changelog and the release say so."""
    column = f"{SCHEMAS}/Visit/properties/self/x-column"
    text = record(edited(SMALL, {f"{SCHEMAS}/Visit/properties/at/x-column": "at"}), "0.1.0")
    project.released.write_text(text, encoding="utf-8")
    project.edit({f"{SCHEMAS}/Visit/properties/at/x-column": "at", column: "self_"})
    project.changelog.write_text("## [Unreleased]\n\n## [0.1.0]\n", encoding="utf-8")
    assert project.run("changelog", "--write") == 0
    assert "the next release must be a minor version" in capsys.readouterr().out
    assert "- `flat.self_`: new column." in project.changelog.read_text(encoding="utf-8")
    assert project.run("release", "0.1.1") == 1
    assert "the new columns of the flat schema (flat.self_) require 0.2.0" in capsys.readouterr().err


# docs

PAGE = """\
The fields:

<!-- spec:{0} -->
{1}<!-- /spec -->

The end.
"""
LISTS = {
    "enum Mood": "`wild`, `calm`, and `veryCalm`\n",
    "version": "API document 7\n",
    "errors": "| error | status | meaning |\n| --- | --- | --- |\n",
}


@pytest.mark.parametrize(("name", "text"), LISTS.items(), ids=LISTS)
def test_a_list_is_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str) -> None:
    """A list that follows from the spec is written between its markers; until then it is stale."""
    page = tmp_path / "docs" / "how-to" / "page.md"
    page.parent.mkdir(parents=True)
    (tmp_path / "README.md").write_text("No list.\n", encoding="utf-8")
    page.write_text(PAGE.format(name, "Something else.\n"), encoding="utf-8")
    arguments = ["docs", "--spec", str(SMALL_SPEC), "--root", str(tmp_path)]
    assert main([*arguments, "--check"]) == 1
    assert f"stale lists in {page}" in capsys.readouterr().err
    assert main(arguments) == 0
    filled = page.read_text(encoding="utf-8")
    assert filled.startswith(PAGE.format(name, text).partition("<!-- /spec")[0])
    assert filled.endswith("<!-- /spec -->\n\nThe end.\n")
    assert main([*arguments, "--check"]) == 0


@pytest.mark.parametrize("name", ["enum Nothing", "nothing"])
def test_a_list_of_something_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A marker that names nothing in the spec is one clear line."""
    (tmp_path / "README.md").write_text(PAGE.format(name, ""), encoding="utf-8")
    assert main(["docs", "--spec", str(SMALL_SPEC), "--root", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"no list for '{name.removeprefix('enum ')}' in the spec" in said


def test_the_lists_of_this_spec() -> None:
    """Each list can be made from the spec of the API, and contains what the spec gained last."""
    model = Model(spec.load(ROOT / "openapi" / "checkpoints.yaml").document)
    made = {
        name: make(model, "CheckpointType" if name == "enum" else "CheckpointedItem")
        for name, make in docs.LISTS.items()
    }
    assert "`OBJECT_EXPLORER_SEARCH`" in made["enum"]
    assert "`checkpointedPeeringJob`" in made["union"]
    assert "`peering-job` (`ID,RELATIONSHIP_RID`)" in made["item-kinds"].replace("\n", " ")
    assert "| `item_count` | count | number of `checkpointedItems` |" in made["columns"]
    assert "| `actingUserId` | `F.acting_user_id` | `eq` | `actingUser.userId` |" in made["filter-fields"]
    assert "| `Default:Unauthorized` | 401 | " in made["errors"]


def test_no_changelog(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is missing is one clear line."""
    project.changelog.unlink()
    assert project.run("changelog") == 2
    assert str(project.changelog) in capsys.readouterr().err


# release


def test_a_release(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A release sets the version that the changes ask for, dates the changelog, and records the spec."""
    assert project.run("release") == 0
    assert project.version.read_text(encoding="utf-8") == '__version__ = "0.2.0"\n'
    dated = re.sub(r"\d{4}-\d\d-\d\d", "DAY", project.changelog.read_text(encoding="utf-8"))
    assert dated == re.sub(
        r"\d{4}-\d\d-\d\d", "DAY", CHANGELOG.replace("[Unreleased]", "[Unreleased]\n\n## [0.2.0] - DAY")
    )
    assert capsys.readouterr().out.startswith("0.2.0: wrote ")
    assert project.diff() == 0
    assert project.run("changelog") == 0


def test_a_release_without_changes_of_the_spec(project: Project) -> None:
    """When the spec is as it was, a patch is the least, and a higher version may be asked for."""
    project.edit({})
    assert project.run("release") == 0
    assert project.version.read_text(encoding="utf-8") == '__version__ = "0.1.1"\n'
    project.changelog.write_text(CHANGELOG, encoding="utf-8")
    assert project.run("release", "1.0.0") == 0
    assert project.version.read_text(encoding="utf-8") == '__version__ = "1.0.0"\n'


def test_a_release_with_other_changes(project: Project) -> None:
    """What changed beside the spec counts too: a public name that is gone needs a minor version, a new one a patch."""
    project.edit({})
    assert project.run("release", "0.1.1", "--level", "breaking") == 1
    assert project.run("release", "0.1.1", "--level", "additive") == 0


def test_the_first_release(project: Project) -> None:
    """The first release is of the version as it stands."""
    project.released.unlink()
    project.version.write_text('__version__ = "0.1.0"\n', encoding="utf-8")
    assert project.run("release") == 0
    assert json.loads(project.released.read_text(encoding="utf-8"))["x-released"] == "0.1.0"


@pytest.mark.parametrize(
    ("arguments", "text", "instead", "reason"),
    [
        (["0.1.1"], "", "", "0.1.1 is too low: the changes since 0.1.0 require 0.2.0"),
        (["next"], "", "", "a version must have the form 1.2.3, not 'next'"),
        ([], "`Place.floor_plan`", "a field", "doesn't name each change"),
        ([], "## [Unreleased]", "## [0.2.0]", "nothing under [Unreleased]"),
        ([], "## [Unreleased]\n", "## [Unreleased]\n\n## [0.2.0]\n", "nothing under [Unreleased]"),
    ],
    ids=["too low", "no version", "unnamed", "no section", "empty section"],
)
def test_a_release_that_is_refused(
    project: Project,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    text: str,
    instead: str,
    reason: str,
) -> None:
    """A release that would say less than happened is refused with the reason, and nothing is written."""
    project.changelog.write_text(CHANGELOG.replace(text, instead) if text else CHANGELOG, encoding="utf-8")
    before = [path.read_bytes() for path in (project.changelog, project.version, project.released)]
    assert project.run("release", *arguments) == 1
    assert reason in capsys.readouterr().err
    assert [path.read_bytes() for path in (project.changelog, project.version, project.released)] == before


def test_a_record_is_easy_to_compare() -> None:
    """A record is the spec less its words, and a change of the spec is a change of few of its lines."""
    text, changed = (record(edited(SMALL, edits), "0.1.0") for edits in ({}, PREVIEW_CHANGE))
    assert "description" not in text
    assert json.loads(text) == {"x-released": "0.1.0", **split(SMALL)[0]}
    lines = zip(text.splitlines(), changed.splitlines(), strict=True)
    assert len([before for before, after in lines if before != after]) == 4
