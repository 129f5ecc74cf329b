"""Run with an older generated client first on the path: `python older_client.py HOSTNAME TOKEN TYPE < records.jsonl`.

Prints as JSON what the wrapper makes of an emulator that knows more than that client.
"""

from __future__ import annotations

import json
import sys

from foundry_checkpoints import CheckpointsClient, F, __api_version__
from foundry_checkpoints.models import Record


def main(hostname: str, token: str, later_type: str) -> None:
    decoded = [Record.from_dict(json.loads(line)).to_dict() for line in sys.stdin]
    with CheckpointsClient(hostname, auth=token) as client:
        found = list(client.records.search())
        of_type = list(client.records.search(F.checkpoint_type == later_type))
        drift = [[entry.kind, entry.name, entry.value] for entry in client.drift]
    result = {
        "version": __api_version__,
        "decoded": decoded,
        "found": [record.to_dict() for record in found],
        "of_type": [record.rid for record in of_type],
        "drift": drift,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
