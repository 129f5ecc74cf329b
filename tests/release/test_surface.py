"""The record of the public names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.release import surface

ROOT = Path(__file__).parents[2]
SOURCES = {
    "__init__.py": """
from ._thing import Thing
from .errors import AnError
__all__ = ["AnError", "Thing"]
""",
    "_thing.py": """
from typing import TypedDict, Unpack
class _Options(TypedDict):
    limit: int
class _Base:
    def shared(self) -> int: ...
    def _private(self) -> int: ...
class Thing(_Base):
    def __init__(self, size: int = 3) -> None:
        self.size: int = size
    async def find(self, **options: Unpack[_Options]) -> str: ...
    @property
    def half(self) -> float: ...
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
""",
    "errors.py": """
from typing import TypeAlias
__all__ = ["AnError", "Name"]
Name: TypeAlias = str | None
class AnError(ValueError): ...
class Unlisted: ...
""",
}


def surface_of(folder: Path) -> list[str]:
    """Return the surface of a small library."""
    package = folder / "src" / "foundry_checkpoints"
    package.mkdir(parents=True, exist_ok=True)
    for name, text in SOURCES.items():
        (package / name).write_text(text, encoding="utf-8")
    return surface.surface(folder)


def test_a_surface(tmp_path: Path) -> None:
    """Each public name has a line, with what a private base adds, and a class is described where it is public."""
    assert surface_of(tmp_path) == [
        "AnError = errors.AnError",
        "class Thing()",
        "def Thing.__init__(size: int = 3) -> None",
        "def Thing.__len__() -> int",
        "async def Thing.find(**options: Unpack[_Options]) -> str",
        "Thing.find(limit: int)",
        "Thing.half: float",
        "def Thing.shared() -> int",
        "Thing.size: int",
        "class errors.AnError(ValueError)",
        "errors.Name: TypeAlias = str | None",
    ]


@pytest.mark.parametrize(("kept", "added", "level"), [(2, 0, "documentation"), (2, 1, "additive"), (1, 1, "breaking")])
def test_the_level_of_a_change(
    kept: int,
    added: int,
    level: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A name that is gone or has changed is a breaking change, and one that is new an additive one."""
    now = surface.surface(ROOT)
    (tmp_path / "0.9.0.txt").write_text("older\n", encoding="utf-8")
    before = [*now[: len(now) - added], *["gone"] * (2 - kept)]
    (tmp_path / "0.10.0.txt").write_text("\n".join(before) + "\n", encoding="utf-8")
    monkeypatch.setattr(surface, "RECORDS", tmp_path)
    surface.main(["--level"])
    assert capsys.readouterr().out == f"{level}\n"


def test_each_record_is_sorted_by_name_without_repetition() -> None:
    """A record is easy to compare: each line is there once."""
    for record in surface.RECORDS.glob("*.txt"):
        lines = record.read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(set(lines)) > 100
