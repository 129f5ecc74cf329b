"""The spec and the emulator agree: generated requests, valid and invalid, against every check of schemathesis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData

from foundry_checkpoints.emulator import Emulator, sample_records
from tests.emulator.api import serving

SPEC = Path(__file__).parents[2] / "openapi" / "checkpoints.yaml"

schema = schemathesis.openapi.from_path(
    SPEC, config=SchemathesisConfig.from_dict({"seed": 1, "parameters": {"preview": "true"}})
)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(sample_records(200)) as running:
        yield running


@schema.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Two rules of the service that a schema cannot state."""
    match failure:
        case RejectedPositiveData():  # which page tokens are good, only the service can say
            return "InvalidPageToken" not in response.text
        case AcceptedNegativeData():  # null is the same as absent for an optional
            optionals = case.body if isinstance(case.body, dict) else {}
            return None not in (optionals.get(name, "") for name in ("pageToken", "pageSize", "sortDirection"))
    return True


@schema.parametrize()
@settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_the_emulator_is_what_the_spec_says(case: Any, emulator: Emulator) -> None:
    """A request that the spec allows is served, any other refused, and each answer is as described."""
    case.call_and_validate(base_url=f"{emulator.hostname}/api", headers={"Authorization": f"Bearer {emulator.token}"})


def test_every_sample_record_is_what_the_spec_says() -> None:
    """Each sample record, as each operation serves it, is valid by the schema of the answer."""
    rids = [record["rid"] for record in sample_records(300)]
    with serving(sample_records(300)) as (_, api):
        for page in api.pages():
            operation("search", "POST").validate_response(api.search(pageToken=page.get("nextPageToken")))
        for start in range(0, 300, 100):
            operation("getBatch", "POST").validate_response(api.batch(rids[start : start + 100]))
        operation("{recordRid}", "GET").validate_response(api.get(rids[0]))


def operation(path: str, method: str) -> Any:
    return schema[f"/v2/checkpoints/records/{path}"][method]
