"""Report what the service returns and this release doesn't know yet. Exit status 1 if there is anything, for cron.

python drift_report.py 30
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from foundry_checkpoints import CheckpointsClient, F, __api_version__, __version__


def main() -> int:
    since = F.created_at >= datetime.now(UTC) - timedelta(days=int(sys.argv[1]))
    with CheckpointsClient() as client:
        read = sum(1 for _ in client.records.search(since, concurrency=4))
        drift = client.drift
    print(f"foundry-checkpoints {__version__}, API {__api_version__}: {read} records read, {len(drift)} things unknown")
    print(drift)
    return 1 if drift else 0


if __name__ == "__main__":
    sys.exit(main())
