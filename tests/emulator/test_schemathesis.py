"""The spec and the emulator agree: valid and invalid requests, and every check of schemathesis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.emulator.api import serving

SPEC = Path(__file__).parents[2] / "openapi" / "checkpoints.yaml"


def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Allow for two rules of the service that a schema can't express."""
    match failure:
        case RejectedPositiveData():  # Only the service knows which page tokens are valid.
            return "InvalidPageToken" not in response.text
        case AcceptedNegativeData():  # For an optional, null is the same as absent.
            optionals = case.body if isinstance(case.body, dict) else {}
            return None not in (optionals.get(name, "") for name in ("pageToken", "pageSize", "sortDirection"))
    return True


def loaded(*, coverage: bool) -> schemathesis.BaseSchema:
    """Return the spec. With `coverage`, the requests include every value at a limit and every kind of fault."""
    config = {"seed": 1, "parameters": {"preview": "true"}, "phases": {"coverage": {"enabled": coverage}}}
    schema = schemathesis.openapi.from_path(SPEC, config=SchemathesisConfig.from_dict(config))
    schema.hook(filter_failure)
    return schema


random_requests, systematic_requests = loaded(coverage=False), loaded(coverage=True)
bounded = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def call() -> Iterator[Any]:
    """Return what sends a case and checks the response."""
    # Without a session, each request would load the certificates of the machine.
    with Emulator(sample_records(200)) as emulator, requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {emulator.token}"
        yield lambda case: case.call_and_validate(base_url=f"{emulator.hostname}/api", session=session)


@random_requests.parametrize()
@bounded
def test_the_emulator_is_what_the_spec_says(case: Any, call: Any) -> None:
    """The emulator serves a request that the spec allows, rejects any other, and answers as described."""
    call(case)


@pytest.mark.slow
@systematic_requests.parametrize()
@bounded
def test_the_emulator_is_all_that_the_spec_says(case: Any, call: Any) -> None:
    """It does so for every value at a limit, and for every kind of fault."""
    call(case)


def test_every_sample_record_is_what_the_spec_says() -> None:
    """Each sample record is valid by the schema of each operation."""
    paths = {path.rpartition("/")[2]: path for path in random_requests}
    records = list(sample_records(300))
    rids = [record["rid"] for record in records]
    with serving(records) as (_, api):
        for start in range(0, 300, 100):
            random_requests[paths["getBatch"]]["POST"].validate_response(api.batch(rids[start : start + 100]))
        random_requests[paths["search"]]["POST"].validate_response(api.search())
        random_requests[paths["{recordRid}"]]["GET"].validate_response(api.get(rids[0]))
