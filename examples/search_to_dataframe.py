"""Search records into a DataFrame, and count them by type. Needs the extra `arrow`, and pandas or polars.

python search_to_dataframe.py 365
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from foundry_checkpoints import CheckpointsClient, F


def table_of(days: int) -> pa.Table:
    """Return the records of the last days as an Arrow table: a row for each, with the columns of the flat schema."""
    since = F.created_at >= datetime.now(UTC) - timedelta(days=days)
    with CheckpointsClient() as client:
        return pa.table(client.records.search(since, concurrency=8))


def main() -> None:
    table = table_of(int(sys.argv[1]))
    counts = table.group_by("type").aggregate([("rid", "count")])
    for row in counts.sort_by([("rid_count", "descending")]).to_pylist():
        print(row["rid_count"], row["type"])
    # A DataFrame is one call away: `table.to_pandas()`, or `polars.from_arrow(table)`.


if __name__ == "__main__":
    main()
