"""A small SDK, made up in the notation of the real one, and the spec that says the same as it."""

from __future__ import annotations

import zipfile
from pathlib import Path

HERE = Path(__file__).with_name("sdk")
SPEC = HERE / "spec.yaml"

MODELS = "v2/checkpoints/models.py"
ERRORS = "v2/checkpoints/errors.py"
GENERAL_ERRORS = "v2/core/errors.py"
GENERAL_MODELS = "v2/core/models.py"
CLIENT = "v2/checkpoints/record.py"
VERSION = "_version.py"

Change = tuple[str, str, str]
"""A file, a text in it, and what stands there instead."""


def sources(*changes: Change) -> dict[str, str]:
    """The text of each file by its path; the first place of each changed text is changed."""
    files = {path.relative_to(HERE).as_posix().removesuffix(".txt"): path for path in HERE.rglob("*.txt")}
    texts = {name: path.read_text(encoding="utf-8") for name, path in sorted(files.items())}
    for name, old, new in changes:
        assert old in texts[name], f"{name} does not hold {old!r}"
        texts[name] = texts[name].replace(old, new, 1)
    return {f"foundry_sdk/{name}": text for name, text in texts.items()}


def older_notation() -> dict[str, str]:
    """The same SDK, with names of types as plain assignments."""
    texts = sources()
    return {name: text.replace(": typing_extensions.TypeAlias", "") for name, text in texts.items()}


def folder(place: Path, files: dict[str, str]) -> Path:
    """A folder that the SDK is unpacked in."""
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place


def wheel(place: Path, files: dict[str, str], version: str = "9.1.0") -> Path:
    """A wheel of the SDK, with the name of the real one."""
    name = f"foundry_platform_sdk-{version}"
    about = f"{name}.dist-info"
    path = place / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        metadata = f"Metadata-Version: 2.1\nName: foundry-platform-sdk\nVersion: {version}\nRequires-Dist: nowhere>=1\n"
        archive.writestr(f"{about}/METADATA", metadata)
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return path
