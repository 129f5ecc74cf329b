"""A page beyond its counts: a digest of the data, what the service withholds, and how reasons were given."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final, NamedTuple

from foundry_checkpoints import text
from foundry_checkpoints.models import Record
from foundry_checkpoints_api.table_types import EACH
from foundry_checkpoints_api.tables import FILTER_FIELDS, ITEM_IDS, ITEM_NAMES, ITEM_PATHS

from ._safe import to_json
from ._times import when

SHORT: Final = 10
"""Characters below which a written reason is very short."""

_TEXTS: Final = [each.path for each in FILTER_FIELDS if each.kind == "text"]
_WRITTEN: Final = [path for path in _TEXTS if EACH not in path.attributes]
"""The texts of people in their own words. The others belong to a list that people choose from."""
_CHOSEN: Final = [path for path in _TEXTS if EACH in path.attributes]


class Entry(NamedTuple):
    """A record in the annex, in words."""

    when: str
    type: str
    user: str
    what: str
    why: str


@dataclass
class Evidence:
    """The notes on the records while they are counted. Its size depends on the number of different reasons.

    The annex, if there is one, has an entry for each record.
    """

    zone: tzinfo
    annex: list[Entry] | None = None
    withheld: int = 0
    """Records in which the service withholds a text."""
    withheld_users: int = 0
    """Records in which the service withholds the name of the user."""
    given: Counter[str] = field(default_factory=Counter)
    """Records by how their reason was given: written, chosen, or neither; of the written ones, empty and short."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Written reasons, in lower case and with single spaces."""
    projects: dict[str, str] = field(default_factory=dict)
    """Names of projects by RID, from items that are projects themselves."""
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        """The SHA-256 of the records as JSON lines, in the order in which they were noted."""
        return self._digest.hexdigest()

    @property
    def repeated(self) -> int:
        """The number of records whose written reason another record has too."""
        return sum(number for number in self.reasons.values() if number > 1)

    def most_repeated(self, most: int) -> Sequence[tuple[str, int]]:
        """Return the reasons that more than one record has, the most frequent first."""
        ranked = sorted(self.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(reason, number) for reason, number in ranked[:most] if number > 1]

    def noted(self, records: Iterable[Record]) -> Iterator[Record]:
        """Return the records as they arrive, and note each."""
        for record in records:
            self._note(record)
            yield record

    def _note(self, record: Record) -> None:
        line = to_json(record.to_dict())
        self._digest.update(f"{line}\n".encode())
        # Within a text, JSON escapes the quotation marks.
        self.withheld += '"redactionType":"' in line
        username = record.acting_user.username
        self.withheld_users += username.value is None and username.redaction_type is not None
        self._note_reason(record)
        self._note_project(record)
        if self.annex is not None:
            created = when(record.created_at, self.zone)
            self.annex.append(
                Entry(created, record.type_.value, text.user(record), text.what(record), text.why(record))
            )

    def _note_reason(self, record: Record) -> None:
        written = next((found for path in _WRITTEN if (found := path.read(record)) is not None), None)
        if written is None:
            self.given["chosen" if any(path.read(record) for path in _CHOSEN) else "neither"] += 1
            return
        reason = " ".join(written.split())
        self.given["written"] += 1
        self.given["empty"] += not reason
        self.given["short"] += 0 < len(reason) < SHORT
        if reason:
            self.reasons[reason.lower()] += 1

    def _note_project(self, record: Record) -> None:
        if record.project_rid is None or record.project_rid in self.projects:
            return
        for item in record.checkpointed_items:
            if item.type_ in ITEM_IDS and ITEM_IDS[item.type_].read(item) == record.project_rid:
                paths = [table[item.type_] for table in (ITEM_NAMES, ITEM_PATHS) if item.type_ in table]
                if name := next((found for path in paths if (found := path.read(item))), None):
                    self.projects[record.project_rid] = name
