"""A sink that writes one file after another.

At any moment at most one file is open, and no other one changes. Its name is committed before it is created, so that
what a crash leaves behind is known to belong to the export.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from ..feed import OutputError, Position, Sink, StateError
from ..feed._files import make_folder
from ..flat import COLUMNS, FIRST_SCHEMA, SCHEMA_VERSION, FlatSchema

if TYPE_CHECKING:
    from foundry_checkpoints_api.models import Record

Rotation: TypeAlias = int | Literal["day", "hour"] | None
"""When the next file begins: after so many bytes, or with the next day or hour of creation in UTC; None: never."""

PERIODS: Final = {"day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H"}
"""The rotations by time, each with the name of a file's part. The names are in the order of time."""

DATE: Final = "{date}"
"""Stands for the part in the path of a file."""

Compression: TypeAlias = Literal["gzip", "zstd"]

COMPRESSIONS: Final[Mapping[str, Compression]] = {".gz": "gzip", ".zst": "zstd"}


class OpenFile(Protocol):
    """A file that records are added to. Its *mark* is how much of it is committed: bytes, or rows of Parquet."""

    @property
    def size(self) -> int:
        """The bytes so far, as far as they are known."""
        ...

    def add(self, record: Record) -> None:
        """Write a record, perhaps only into memory."""

    def commit(self) -> int:
        """Make durable what was added, and return the new mark."""
        ...

    def close(self) -> None:
        """Go back to the last mark, and close."""


Opener: TypeAlias = Callable[[Path, int, FlatSchema], OpenFile]
"""Opens a file at a mark, and forgets what comes after it. The mark of a new file is 0."""


class FileSink(Sink):
    """Writes `path`, or with a rotation files that have a number or a day in their names.

    A format that is flat keeps the columns that the export was begun with, whatever this release has.
    """

    def __init__(
        self,
        path: Path,
        opener: Opener,
        form: str,
        rotation: Rotation,
        keep: timedelta | None,
        commit_every: int | None,
        *,
        is_flat: bool,
    ) -> None:
        self.commit_every = commit_every
        self._path = path
        self._opener = opener
        self._form = f"{form}, {'no' if rotation is None else rotation if rotation in PERIODS else 'size'} rotation"
        self._rotation: Rotation = rotation
        self._period = PERIODS.get(str(rotation))
        self._keep = keep
        self._is_flat = is_flat
        self._schema = FlatSchema(SCHEMA_VERSION, COLUMNS)
        self._part: str | None = None
        self._next: str | None = None
        self._mark = self._records = 0
        self._file: OpenFile | None = None

    def open(self, position: Position | None) -> None:
        self._part = self._next = None
        with self._output_errors():
            make_folder(self._name("").parent)
        if position is None:
            if self._period is None:
                self._announce("" if self._rotation is None else "000001")
            return
        # Release 0.1.0 had the version of the schema in the form.
        form = re.sub(r"^(csv|parquet) 1,", r"\1,", position["form"])
        if form != self._form:
            raise StateError(
                f"{self._path} was begun as {form}, and can't continue as {self._form}: "
                "use the options that it was begun with, or begin a new export"
            )
        schema = position.get("schema")
        self._schema = FIRST_SCHEMA if schema is None else FlatSchema(**schema)
        self._part, self._mark, self._records = position["part"], position["mark"], position["records"]
        if self._part is not None:
            path = self._name(self._part)
            if self._mark and not path.exists():
                raise OutputError(f"{path} is missing: put it back, or move the state away too and begin a new export")
            with self._output_errors():
                self._current(self._part)

    def write(self, records: Sequence[Record]) -> int:
        with self._output_errors():
            for count, record in enumerate(records):
                if (part := self._part_for(record)) is not None:
                    self._announce(part)
                if self._part is None or self._next is not None:
                    return count
                self._current(self._part).add(record)
                self._records += 1
        return len(records)

    def commit(self) -> Position:
        with self._output_errors():
            if self._part is not None and (self._next is None or self._file is not None):
                self._mark = self._current(self._part).commit()
            if self._next is not None:
                self.close()
                self._part, self._next, self._mark, self._records = self._next, None, 0, 0
                self._remove_old(self._part)
        position = {"form": self._form, "part": self._part, "mark": self._mark, "records": self._records}
        schema = {"version": self._schema.version, "columns": dict(self._schema.columns)}
        return {**position, "schema": schema} if self._is_flat else position

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _current(self, part: str) -> OpenFile:
        if self._file is None:
            make_folder(self._name(part).parent)
            self._file = self._opener(self._name(part), self._mark, self._schema)
        return self._file

    def _part_for(self, record: Record) -> str | None:
        """Return the part that begins with this record, if one does."""
        if self._period is not None:
            part = record.created_at.astimezone(UTC).strftime(self._period)
            return part if self._part is None or part > self._part else None
        if not isinstance(self._rotation, int) or not self._part or not self._records:
            return None
        return f"{int(self._part) + 1:06}" if self._current(self._part).size >= self._rotation else None

    def _announce(self, part: str) -> None:
        """Make this part the current one with the next commit."""
        path = self._name(part)
        if os.path.lexists(path):
            raise OutputError(f"{path} exists, and no state says that it belongs to this export: move it away")
        self._next = part

    def _remove_old(self, part: str) -> None:
        """Remove the files of the parts that are older than `keep`, seen from this part."""
        if self._keep is None or self._period is None:
            return
        oldest = (datetime.strptime(part, self._period) - self._keep).strftime(self._period)
        before, after = map(glob.escape, str(self._name(DATE)).rsplit(DATE, 1))
        for name in glob.glob(f"{before}*{after}"):
            found = name[len(str(self._name(DATE)).rsplit(DATE, 1)[0]) :][: len(part)]
            if name == str(self._name(found)) and found < oldest:
                os.unlink(name)

    def _name(self, part: str) -> Path:
        if DATE in str(self._path):
            return Path(str(self._path).replace(DATE, part))
        if not part:
            return self._path
        extension = "".join(self._path.suffixes[-2 if self._path.suffix in COMPRESSIONS else -1 :])
        return self._path.with_name(f"{self._path.name.removesuffix(extension)}-{part}{extension}")

    @contextmanager
    def _output_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError.of(self._name(self._part or ""), error) from error
