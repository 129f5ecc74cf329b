"""A local Checkpoints service, for demonstrations and tests. It needs the extra `emulator`.

    with Emulator(sample_records(1000)) as emulator:
        client = CheckpointsClient(emulator.hostname, auth=emulator.token)

To run it in a process of its own, use `foundry-checkpoints emulator`. Other processes can read its counters with
`GET /emulator/counters`, and reset them with `DELETE`.
"""

from ._emulator import Emulator
from ._faults import Fault
from ._journal import SeenRequest
from ._samples import sample_records

__all__ = ["Emulator", "Fault", "SeenRequest", "sample_records"]
