"""Names that the API knows, for completion and suggestions: checkpoint types, item types, kinds of item ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

# The models are imported where they are used: a shell asks for completion, too.


def checkpoint_types(incomplete: str = "") -> list[str]:
    """Return the checkpoint types that the API documents."""
    from foundry_checkpoints.models import CheckpointType

    return [member.value for member in CheckpointType if member.value.startswith(incomplete.upper())]


def item_types(incomplete: str = "") -> list[str]:
    """Return the types of checkpointed items that the API documents."""
    from foundry_checkpoints.models import CheckpointedItem

    tags = (variant.__name__[0].lower() + variant.__name__[1:] for variant in _variants(CheckpointedItem))
    return sorted(tag for tag in tags if tag.startswith(incomplete))


def item_kinds(incomplete: str = "") -> list[str]:
    """Return the kinds that stand before the id of an item, with the colon."""
    return sorted(f"{kind}:" for kind in item_ids() if kind.startswith(incomplete))


def item_ids() -> dict[str, type]:
    """Return the models of item ids by kind: `language-model-session` for `CheckpointedLanguageModelSessionRid`."""
    from foundry_checkpoints.models import CheckpointedItemId

    return {_kind(variant.__name__): variant for variant in _variants(CheckpointedItemId)}


def _variants(union: object) -> Iterator[type]:
    from foundry_checkpoints.models import UnknownVariant

    return (variant for variant in get_args(union) if variant is not UnknownVariant)


def _kind(name: str) -> str:
    stem = name.removeprefix("Checkpointed")
    for suffix in ("Rids", "Rid", "Id"):
        if stem.endswith(suffix):
            stem = stem.removesuffix(suffix)
            break
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in stem).lstrip("-")
