"""The places of things in the repository."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "openapi" / "checkpoints.yaml"
RELEASED = ROOT / "openapi" / "released.json"
PACKAGE = ROOT / "generated_client" / "foundry_checkpoints_api"
VERSION = ROOT / "src" / "foundry_checkpoints" / "_version.py"
CHANGELOG = ROOT / "CHANGELOG.md"


def shortened(path: Path) -> Path:
    """Return a path as people would write it here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
