"""Clients in processes that fork, and that end without closing them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.faults.worlds import RID

pytestmark = pytest.mark.slow


def python(script: str, *arguments: str) -> tuple[str, str]:
    """Return what a script prints in a process of its own, where every warning is an error: stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script), *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_client_is_rejected(emulator: Emulator) -> None:
    """The child gets a reason; the parent's connection stays sound, even if the child closes its copy."""
    script = """
        import os, sys
        from foundry_checkpoints import CheckpointsClient, ClientCredentialsAuth, InvalidRequestError

        hostname, rid = sys.argv[1:]
        auth = ClientCredentialsAuth("emulator-client", "emulator-secret", revoke_on_close=True)
        client = CheckpointsClient(hostname, auth=auth)
        client.records.get(rid)
        if (child := os.fork()) == 0:
            try:
                client.records.get(rid)
            except InvalidRequestError as error:
                client.close()
                os._exit(7 if "fork" in str(error) else 1)
            os._exit(2)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, client.records.get(rid).rid == rid)
        client.close()
    """
    assert python(script, emulator.hostname, RID) == ("7 True", "")
    counts = emulator.request_counts
    assert (counts["token"], counts["get"], counts["revoke"]) == (1, 2, 1)


def test_a_process_ends_while_iterators_are_alive() -> None:
    """It prints nothing on stderr, and doesn't wait for what is on its way."""
    script = """
        import sys
        from foundry_checkpoints import CheckpointsClient

        client = CheckpointsClient(sys.argv[1], auth=sys.argv[2])
        rids = (f"ri.checkpoints.main.checkpoint.{number}" for number in range(900))
        iterators = [
            iter(client.records.search(page_size=1)),
            client.records.search(page_size=1).pages(),
            iter(client.records.search(page_size=1, concurrency=4)),
            client.records.iter_batch(rids),
        ]
        print(len([next(iterator) for iterator in iterators]))
    """
    with Emulator(sample_records(20)) as emulator:
        assert python(script, emulator.hostname, emulator.token) == ("4", "")
