"""A local Checkpoints service, for demonstrations and for tests.

    with Emulator(sample_records(1000)) as emulator:
        client = CheckpointsClient(emulator.hostname, auth=emulator.token)

It needs the extra `emulator`. On the command line: `python -m foundry_checkpoints.emulator --help`. Other
processes read its counters by `GET /emulator/counters`, and set them to zero by `DELETE`.
"""

from ._emulator import Emulator
from ._faults import Fault
from ._journal import SeenRequest
from ._samples import sample_records

__all__ = ["Emulator", "Fault", "SeenRequest", "sample_records"]
