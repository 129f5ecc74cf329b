"""What `import foundry_checkpoints` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import foundry_checkpoints
from foundry_checkpoints import errors


def test_every_name_is_exported_once() -> None:
    """`__all__` is sorted, each name is there, and every error is one of them."""
    assert foundry_checkpoints.__all__ == sorted(set(foundry_checkpoints.__all__))
    for name in foundry_checkpoints.__all__:
        assert getattr(foundry_checkpoints, name) is not None, name
    assert {*errors.__all__} <= {*foundry_checkpoints.__all__}


def test_every_result_type_is_exported() -> None:
    """A caller who annotates what a method returns or takes needs no private module."""
    assert {
        "AsyncRecordPager",
        "AsyncRecords",
        "Drift",
        "DriftEntry",
        "Filter",
        "RecordBatch",
        "RecordPage",
        "RecordPager",
        "Records",
        "SortDirection",
        "Where",
    } <= {*foundry_checkpoints.__all__}


def test_another_name_is_an_attribute_error() -> None:
    """It is named, as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'Novelty'"):
        _ = foundry_checkpoints.Novelty


@pytest.mark.slow
def test_filters_need_no_network() -> None:
    """Neither httpx nor the models load until something needs them."""
    script = """
import sys
from foundry_checkpoints import F, NotFoundError
print((F.checkpoint_type == "A").to_dict()["type"], {"httpx", "foundry_checkpoints_api.models"} & {*sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "eq set()\n"
