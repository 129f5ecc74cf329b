"""A record in words: who acted, on what, and why.

    for record in client.records.search(where):
        print(user(record), what(record), why(record), sep=" | ")

Each text is one line that is safe to print: white space is a single space, and control characters and other characters
that a terminal may act on are shown as escapes such as `\\x1b`. A text that the service withholds is `(redacted)`.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from foundry_checkpoints_api import models
from foundry_checkpoints_api.table_types import Path
from foundry_checkpoints_api.tables import ITEM_ID_NAMES, ITEM_IDS, ITEM_NAMES, ITEM_PATHS

from ._redact import one_line

__all__ = ["user", "what", "why"]

_RID: Final = re.compile(r"ri\.[^.]*\.[^.]*\.[^.]*\.(?=.)")
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_ID: Final = 16
_ACTS: Final = {
    "acknowledgementJustification": "(acknowledged)",
    "reauthenticationJustification": "(logged in again)",
}
"""The words for a justification that consists of an act. Any other one without a text is shown as JSON."""


def user(record: models.Record) -> str:
    """Return the name of the user who acted, or the user's id if the record has no name."""
    name = record.acting_user.username
    if name is not None and name.value is None and name.redaction_type is not None:
        return "(redacted)"
    return one_line((None if name is None else name.value) or record.acting_user.user_id)


def what(record: models.Record) -> str:
    """Return what the action was about: the items, each by its name or path, or by its kind and a short id."""
    return one_line(", ".join(map(_item, record.checkpointed_items)))


def why(record: models.Record) -> str:
    """Return the justification: the response, the selected options, or what the user did, such as `(acknowledged)`.

    A kind of justification that the spec doesn't know is its JSON.
    """
    given = record.justification
    options = getattr(given, "selected_options", None)
    if isinstance(response := getattr(given, "response", None), str):
        return one_line(response)
    if options is not None:
        return one_line(", ".join(map(_option, options))) or "(no option)"
    return _ACTS.get(given.type_) or one_line(json.dumps(given.to_dict(), ensure_ascii=False, separators=(",", ":")))


def _option(selection: Any) -> str:
    more = selection.additional_response
    return selection.selected_option if more is None else f"{selection.selected_option} ({more})"


def _item(item: models.CheckpointedItem) -> str:
    """Return the name or path of an item, or its kind and the ids that a search can find it by."""
    data = item.to_dict()
    paths = [table[item.type_] for table in (ITEM_NAMES, ITEM_PATHS) if item.type_ in table]
    if shown := [text for path in paths for text in path.values(data) if text]:
        return str(shown[0])
    withheld = (Path((*path.json[:-1], "redactionType"), ()) for path in paths)
    if any(reason for path in withheld for reason in path.values(data)):
        return "(redacted)"
    named = (name for name in ITEM_ID_NAMES.values() if name.item == item.type_)
    ids = [value for name in named for path in name.fields.values() for value in path.values(data)]
    if item.type_ not in ITEM_IDS:
        ids = [value for name, value in data.items() if name != "type" and isinstance(value, str)][:1]
    kind = _WORDS.sub(" ", item.type_.removeprefix("checkpointed")).lower()
    shown_ids = [_RID.sub("", value, count=1) for value in ids]
    briefly = ", ".join(f"{text[:8]}…" if len(text) > _LONGEST_ID else text for text in shown_ids)
    return f"{kind} {briefly}".rstrip()
