"""The Python client for the Checkpoints preview API of Palantir Foundry.

with CheckpointsClient("example.palantirfoundry.com", auth="TOKEN") as client:
    for record in client.records.search(F.checkpoint_type == "CONTOUR_EXPORT"):
        print(record.created_at, record.acting_user.username.value)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from foundry_checkpoints_api import __api_version__

from . import errors
from ._retry import RetryPolicy
from ._version import __version__
from .errors import *  # noqa: F403 - its `__all__` is the list
from .filters import F, Filter

if TYPE_CHECKING:
    from . import models
    from ._batching import RecordBatch
    from ._client import AsyncCheckpointsClient, CheckpointsClient
    from ._drift import Drift, DriftEntry
    from ._records import AsyncRecords, Records
    from ._search.cursor import RecordPage
    from ._search.pager import AsyncRecordPager, RecordPager
    from ._search.query import SortDirection, Where
    from .auth import ClientCredentialsAuth, TokenAuth
    from .progress import SearchProgress, progress_bar

__all__ = [
    "AsyncCheckpointsClient",
    "AsyncRecordPager",
    "AsyncRecords",
    "CheckpointsClient",
    "ClientCredentialsAuth",
    "Drift",
    "DriftEntry",
    "F",
    "Filter",
    "RecordBatch",
    "RecordPage",
    "RecordPager",
    "Records",
    "RetryPolicy",
    "SearchProgress",
    "SortDirection",
    "TokenAuth",
    "Where",
    "__api_version__",
    "__version__",
    "errors",
    "models",
    "progress_bar",
]
__all__ += errors.__all__

_LAZY = {
    "AsyncCheckpointsClient": "_client",
    "AsyncRecordPager": "_search.pager",
    "AsyncRecords": "_records",
    "CheckpointsClient": "_client",
    "ClientCredentialsAuth": "auth",
    "Drift": "_drift",
    "DriftEntry": "_drift",
    "RecordBatch": "_batching",
    "RecordPage": "_search.cursor",
    "RecordPager": "_search.pager",
    "Records": "_records",
    "SearchProgress": "progress",
    "SortDirection": "_search.query",
    "TokenAuth": "auth",
    "Where": "_search.query",
    "auth": "auth",
    "models": "models",
    "progress_bar": "progress",
}
"""The module of a name. httpx and the models load when one is first used: building filters alone needs neither."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_LAZY[name]}", __name__)
    return globals().setdefault(name, module if name == _LAZY[name] else getattr(module, name))
