"""The main job, on a machine with no Foundry: a local service, every record paged, some of them in one batch."""

from __future__ import annotations

import time
from collections import Counter

from foundry_checkpoints import CheckpointsClient, F, NotFoundError, __api_version__
from foundry_checkpoints.emulator import Emulator, sample_records

RECORDS = 3_000
BATCH = 250


def main() -> None:
    print(f"Checkpoints API document {__api_version__}; a local service holds {RECORDS} records.\n")
    records = list(sample_records(RECORDS, seed=7))
    with Emulator(records) as emulator, CheckpointsClient(emulator.hostname, auth=emulator.token) as client:
        started = time.perf_counter()
        found = list(client.records.search())
        spent = time.perf_counter() - started
        print(f"search: {len(found)} records in {len(emulator.requests)} pages, {spent:.2f} s")
        assert {record.rid for record in found} == {record["rid"] for record in records}

        for checkpoint_type, count in Counter(record.type_ for record in found).most_common(3):
            print(f"  {count:5} {checkpoint_type}")

        exports = (F.checkpoint_type == "CONTOUR_EXPORT") & (F.created_at >= found[-1].created_at)
        print(f"\n{exports}:")
        for record in client.records.search(exports, limit=3):
            who = record.acting_user.username.value or "(redacted)"
            print(f"  {record.created_at:%Y-%m-%d %H:%M} {who:16} {type(record.justification).__name__}")

        unknown = "ri.checkpoints.main.checkpoint.00000000-0000-0000-0000-000000000000"
        batch = client.records.get_batch([record.rid for record in found[:BATCH]] + [unknown])
        print(f"\nbatch: {len(batch)} of {BATCH + 1} records, missing {', '.join(batch.missing)}")
        try:
            client.records.get(unknown)
        except NotFoundError as error:
            print(f"get: {error}")


if __name__ == "__main__":
    main()
