"""What may be used in one event loop only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import anyio.lowlevel

T = TypeVar("T")


class PerLoop(Generic[T]):
    """One value for each event loop, made where it is first asked for: a client may outlive its loop, or serve two."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: dict[Any, T] = {}

    def get(self) -> T:
        """The value of the running loop."""
        loop = anyio.lowlevel.current_token()
        if loop not in self._values:
            self._values = {other: value for other, value in self._values.items() if not _is_closed(other)}
            self._values[loop] = self._make()
        return self._values[loop]


def _is_closed(loop: Any) -> bool:
    is_closed = getattr(getattr(loop, "native_token", loop), "is_closed", None)
    return is_closed is not None and bool(is_closed())
