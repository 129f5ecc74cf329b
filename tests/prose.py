"""Look for words that the project doesn't use, in what people read: pages, docstrings, comments, messages, and help.

`python -m tests.prose` prints each place with what to write instead, and ends with status 1 if there is one.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("*.md", "docs/**/*.md", "generator/**/*.md", "openapi/*.md")
CODE: Final = ("src/**/*.py", "generator/**/*.py", "examples/*.py")
INSTEAD: Final = {
    r"(go|goes|going|went) on(?! (a|the|to) )": "resume, continue",
    r"as (it|they) came": "unchanged, as received",
    r"(?<!an\serror\s)by (itself|themselves)": "automatically",
    r"all the same|anyway so": "still",
    r"up to now|so far as is known": "so far",
    r"anew|once more": "again",
    r"a slip": "a typo",
    r"to be had": "available",
    r"there (is|are) none|is none that": "unknown, doesn't exist, is empty",
    r"(is|was|are) no (?!longer|more|less)[a-z]+(?=[.,;:])": "isn't a valid, doesn't exist, means no",
    r"(?<!onnection\s)refus(e|ed|es|al|als|ing)": "rejected, not allowed",
    r"asked for": "requested",
    r"side by side": "concurrently, beside",
    r"(?<!\.)time line": "time range",
    r"(in )?both worlds|in each world": "in the sync and the async client",
    r"(is|are|was|were|be) told(?! apart)": "is reported, receives",
    r"reader of (a|the) pipe|had enough": "a downstream command closed the pipe",
    r"one's own": "of your own",
}
"""Regular expressions, and the words to use instead."""
WRONG: Final = re.compile(
    "|".join(rf"(?P<p{number}>\b(?:{words})\b)".replace(" ", r"\s+") for number, words in enumerate(INSTEAD)),
    re.IGNORECASE,
)
OPENING: Final = re.compile(r"(What|Whether|How|Where|Which|Of)\b")
"""The words that no docstring opens with."""


def blank(found: re.Match[str]) -> str:
    """Return as many lines as were found, with nothing in them."""
    return "…" + "\n" * found[0].count("\n")


def of_page(text: str) -> Iterator[tuple[int, str]]:
    """Yield the text of a page, without its code and what it quotes."""
    without_blocks = re.sub(r"^( *)```.*?^\1```$", blank, text, flags=re.MULTILINE | re.DOTALL)
    yield 1, re.sub(r"\]\([^)]*\)|\"[^\"]*\"", blank, without_blocks)


def of_code(text: str) -> Iterator[tuple[int, str]]:
    """Yield the comments and the texts with a space in them, docstrings included, each with its first line."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def openings(text: str) -> Iterator[tuple[int, str]]:
    """Yield docstrings that don't say what a thing is or does, by line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = OPENING.match(ast.get_docstring(node) or "")
            if found:
                yield node.body[0].lineno, found[0]


def findings(path: Path) -> Iterator[str]:
    """Yield what is wrong in a file."""
    text, where = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
    is_page = path.suffix == ".md"
    for line, prose in of_page(text) if is_page else of_code(text):
        shown = re.sub(r"`[^`]*`", blank, prose)
        for found in WRONG.finditer(shown):
            instead = list(INSTEAD.values())[int(str(found.lastgroup)[1:])]
            number = line + shown.count("\n", 0, found.start())
            yield f"{where}:{number}: not {' '.join(found[0].split())!r}, but: {instead}"
    for line, word in [] if is_page else openings(text):
        yield f"{where}:{line}: a docstring that opens with {word!r}"


def main() -> int:
    """Print the findings, and return the exit status."""
    paths = sorted({path for pattern in (*PAGES, *CODE) for path in ROOT.glob(pattern)})
    found = [finding for path in paths for finding in findings(path)]
    print("\n".join(found) or "The prose has none of the words to avoid.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
