"""Names that the API knows, for completion and suggestions: checkpoint types, item types, kinds of item ids."""

from __future__ import annotations

import re
from typing import Final

from foundry_checkpoints_api.tables import OBJECTS, UNIONS

ITEM_TYPES: Final = sorted(UNIONS["CheckpointedItem"].variants)
"""The types of checkpointed items."""

_ENDS: Final = re.compile(r"^checkpointed|(Rids|Rid|Id)$")
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

ITEM_KINDS: Final = {
    _CAPITAL.sub("-", _ENDS.sub("", tag)).lower(): tag for tag in sorted(UNIONS["CheckpointedItemId"].variants)
}
"""The types of item ids by kind: `checkpointedLanguageModelSessionRid` by `language-model-session`."""


def parts_of(kind: str) -> dict[str, bool]:
    """Return the fields of the item id of a kind, and whether each is a list."""
    fields = OBJECTS[UNIONS["CheckpointedItemId"].variants[ITEM_KINDS[kind]]]
    return {field.name: bool(field.containers) for field in fields}


def checkpoint_types(incomplete: str = "") -> list[str]:
    """Return the checkpoint types that the API documents, and that begin with a text in upper or lower case."""
    from foundry_checkpoints_api.models import CheckpointType  # which takes longer than the rest of a completion

    return [member.value for member in CheckpointType if member.value.startswith(incomplete.upper())]


def item_types(incomplete: str) -> list[str]:
    """Return the types of checkpointed items that begin with a text."""
    return [name for name in ITEM_TYPES if name.startswith(incomplete)]


def item_kinds(incomplete: str) -> list[str]:
    """Return the kinds of item ids that begin with a text, with the colon that follows one."""
    return [f"{kind}:" for kind in ITEM_KINDS if kind.startswith(incomplete)]
