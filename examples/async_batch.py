"""Fetch records by RIDs from stdin, many at a time, and write them as JSON lines in the same order.

foundry-checkpoints search --since 7d -o rids | python async_batch.py > records.jsonl
"""

from __future__ import annotations

import asyncio
import json
import sys

from foundry_checkpoints import AsyncCheckpointsClient


async def main() -> int:
    rids = filter(None, map(str.strip, sys.stdin))
    missing = 0
    async with AsyncCheckpointsClient(max_concurrency=16, total_timeout=300) as client:
        async for rid, record in client.records.iter_batch(rids):
            if record is None:
                missing += 1
                print(f"missing: {rid}", file=sys.stderr)
            else:
                print(json.dumps(record.to_dict()))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
