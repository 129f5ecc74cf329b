"""The links of README, docs, and the other pages for people lead somewhere. Building the site checks those in docs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("", "openapi", "generator", "docs", "docs/how-to", "docs/reference", "docs/explanation")
PAGES: Final = [page for folder in FOLDERS for page in sorted((ROOT / folder).glob("*.md"))]
SOURCE: Final = re.compile(r"https://github\.com/foundry-checkpoints/foundry-checkpoints/(?:blob|tree)/main/([^)#\s]+)")
LINK: Final = re.compile(r"(?<!`)\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_leads_somewhere(page: Path) -> None:
    """Relative links lead to a file, and to a heading if they name one; those to the source lead to a file of it."""
    text = page.read_text(encoding="utf-8")
    assert [path for path in SOURCE.findall(text) if not (ROOT / path).exists()] == []
    for path, anchor in LINK.findall(text):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"
