"""Records as one argument of a data frame library, and as a table in a notebook.

Pagers, pages, and batches are Arrow streams: https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow

    from foundry_checkpoints_api.models import Record

    from ._search.cursor import RecordPage

_SHOWN: Final = 20
"""Records in the table of a notebook, as many as a screen holds."""


class ArrowStream:
    """An Arrow stream of records, with the columns of `foundry_checkpoints.flat`."""

    __slots__ = ()

    def _records(self) -> Iterable[Record]:
        """Return the records of the stream."""
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the records as an Arrow stream, read batch by batch. Needs the extra `arrow`."""
        import pyarrow

        from .flat import arrow_schema, record_batches

        batches = record_batches(self._records())
        return pyarrow.RecordBatchReader.from_batches(arrow_schema(), batches).__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.Table:
        """Return all records as one Arrow table, and raise the errors of the client. Needs the extra `arrow`."""
        import pyarrow

        from .flat import arrow_schema, record_batches

        return pyarrow.Table.from_batches(record_batches(self._records()), arrow_schema())


class AsyncArrowStream:
    """`to_arrow` for the async client. A reader of an Arrow stream can't wait for an event loop."""

    def pages(self) -> AsyncGenerator[RecordPage]:
        """Return the pages, in order."""
        raise NotImplementedError

    async def to_arrow(self) -> pyarrow.Table:
        """Return all records as one Arrow table, and raise the errors of the client. Needs the extra `arrow`."""
        import pyarrow

        from .flat import arrow_schema, record_batches

        async with aclosing(self.pages()) as pages:
            batches = [batch async for page in pages for batch in record_batches(page)]
        return pyarrow.Table.from_batches(batches, arrow_schema())


class RecordTable(ArrowStream):
    """Records in memory: an Arrow stream, and an HTML table in a notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return the first records as a table: when, what, who, on what, and why."""
        from foundry_checkpoints_api.types import format_time

        from .text import user, what, why

        records = list(self._records())
        rows = [
            (format_time(record.created_at), record.type_, user(record), what(record), why(record))
            for record in islice(records, _SHOWN)
        ]
        head = "".join(f"<th>{name}</th>" for name in ("when", "what", "who", "on what", "why"))
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        more = "" if len(records) <= _SHOWN else f"<p>… and {len(records) - _SHOWN:,} more</p>"
        return f"<p>{escape(repr(self))}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
