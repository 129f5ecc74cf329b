"""The code blocks of README and docs, run as printed against the emulator.

A page runs from top to bottom in a folder of its own: its Python blocks share their names, and each shell block is a
script. A block with a title is a file. A block that isn't run has the reason on the line before:
`<!-- not run: REASON -->`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from ruamel.yaml import YAML

from foundry_checkpoints.emulator import Emulator, sample_records

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TESTED_ELSEWHERE: Final = {
    "docs/how-to/dlt.md": "tests/spark/test_recipes.py",
    "docs/how-to/foundry-transform.md": "tests/spark/test_recipes.py",
    "docs/how-to/frames.md": "tests/docs/test_frames.py",
    "docs/how-to/proxies-and-certificates.md": "tests/docs/test_proxies.py",
    "docs/how-to/run-unattended.md": "tests/examples/test_unattended.py",
    "docs/how-to/summary-for-a-regulator.md": "tests/docs/test_summary_for_a_regulator.py",
    "docs/how-to/upgrade.md": "tests/docs/test_upgrade.py",
}
"""Pages that need more than this, and the tests that run them."""
FENCE: Final = re.compile(
    r"^(?:(?P<mark><!-- not run: (?P<reason>\S.*?) -->)\n\n?)?"
    r'^(?P<indent> *)```(?P<language>\w*)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^(?P=indent)```$',
    re.MULTILINE | re.DOTALL,
)
OUTPUTS: Final = {"", "diff", "dockerfile", "ini", "json", "mermaid", "promql", "sql", "text", "toml", "yaml"}
"""The languages of blocks that show something and run nothing."""
COMMAND: Final = re.compile(r"^(\$ |foundry-checkpoints |make |pip |python3? )", re.MULTILINE)
HANGS: Final = 120.0
"""Seconds after which a process hangs for sure."""


class Block(NamedTuple):
    language: str
    text: str
    line: int
    title: str | None
    reason: str | None


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            found["language"],
            re.sub(f"^{found['indent']}", "", found["text"], flags=re.MULTILINE),
            text.count("\n", 0, found.start("text")),
            found["title"],
            found["reason"],
        )
        for found in FENCE.finditer(text)
    ]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def runnable(page: Path, *languages: str) -> bool:
    return any(block.language in languages and not block.reason for block in blocks(page))


ELSEWHERE: Final = [page for page in PAGES if name(page) in TESTED_ELSEWHERE]
HERE: Final = [page for page in PAGES if page not in ELSEWHERE and runnable(page, "python", "sh")]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_block_runs_or_says_why_it_does_not(page: Path) -> None:
    """A block is Python or a shell script, or it shows something: then it holds no command. Data can be parsed."""
    for block in blocks(page):
        where = f"{name(page)}:{block.line}"
        assert block.language in {"python", "sh", *OUTPUTS}, where
        if block.language in OUTPUTS and not block.reason:
            assert not COMMAND.search(block.text), f"{where} holds a command"
        match block.language:
            case "json":
                json.loads(block.text)
            case "toml":
                tomllib.loads(block.text)
            case "yaml":
                YAML(typ="safe").load(block.text)


@pytest.mark.parametrize("page", ELSEWHERE, ids=name)
def test_a_page_that_needs_more_has_tests_of_its_own(page: Path) -> None:
    """The test that runs it names it."""
    assert page.name in (ROOT / TESTED_ELSEWHERE[name(page)]).read_text(encoding="utf-8")


def test_the_extras_that_the_docs_install_exist() -> None:
    """So does each extra of an installation that isn't run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {
        extra
        for page in PAGES
        for extras in re.findall(r"foundry-checkpoints\[([\w,]+)\]", page.read_text(encoding="utf-8"))
        for extra in extras.split(",")
    }
    assert named <= project["optional-dependencies"].keys()


class Reader:
    """Someone who pastes the blocks of a page, with an emulator in place of the stack."""

    def __init__(self, page: Path, folder: Path, emulator: Emulator, patch: pytest.MonkeyPatch) -> None:
        self.page = page
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.patch = patch
        self.terminals = ExitStack()
        self.replaced = {
            "example.palantirfoundry.com": emulator.hostname,
            '"TOKEN"': repr(emulator.token),
            '"CLIENT_ID"': repr(emulator.client_id),
            '"CLIENT_SECRET"': repr(emulator.client_secret),
            "FOUNDRY_TOKEN=…": f"FOUNDRY_TOKEN={emulator.token}",
            "FOUNDRY_CLIENT_ID=…": f"FOUNDRY_CLIENT_ID={emulator.client_id}",
            "FOUNDRY_CLIENT_SECRET=…": f"FOUNDRY_CLIENT_SECRET={emulator.client_secret}",
            " --follow": "",
        }
        self._use(emulator.hostname, emulator.token)
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    def _use(self, hostname: str, token: str) -> None:
        self.patch.setenv("FOUNDRY_HOSTNAME", hostname)
        self.patch.setenv("FOUNDRY_TOKEN", token)

    def run(self, block: Block) -> None:
        text = block.text
        for shown, real in self.replaced.items():
            text = text.replace(shown, real)
        if block.title:
            (self.folder / block.title).write_text(text, encoding="utf-8")
        elif block.language == "python":
            exec(compile("\n" * block.line + text, name(self.page), "exec"), self.names)
        elif text.startswith("foundry-checkpoints emulator"):
            self._serve(text.strip())
        else:
            self._paste(text, block.line)

    def _paste(self, script: str, line: int) -> None:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=HANGS,
            check=False,
        )
        assert done.returncode == 0, f"{name(self.page)}:{line}\n{done.stdout}{done.stderr}"

    def _serve(self, command: str) -> None:
        """Run an emulator in another terminal until the page ends, on a free port."""
        process = self.terminals.enter_context(terminated(f"exec {command} --port 0"))
        assert process.stdout is not None
        exported = next(line for line in process.stdout if line.startswith("export "))
        hostname, token = re.findall(r"=(\S+)", exported)
        self.replaced |= {"http://127.0.0.1:8080": hostname, "emulator-token": token}
        self._use(hostname, token)


@contextmanager
def terminated(command: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(["bash", "-c", command], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.slow if runnable(page, "sh") else [], id=name(page)) for page in HERE],
)
def test_the_page_works_as_printed(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block runs without an error after those before it."""
    monkeypatch.chdir(tmp_path)
    with Emulator(sample_records(1_000, seed=7)) as emulator:
        reader = Reader(page, tmp_path, emulator, monkeypatch)
        with reader.terminals:
            for block in blocks(page):
                if block.language in ("python", "sh") and not block.reason:
                    reader.run(block)
