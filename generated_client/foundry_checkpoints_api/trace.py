# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""Containers that note the path of each read, to say where a decoder failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_RID = re.compile(r"ri\.[\w.-]{1,200}", re.ASCII)
_JSON_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


class Trace:
    """The path and the value of the last read, over all containers that `wrap` returns."""

    def __init__(self, path: str, value: Any) -> None:
        self.path: str = path
        self.value: Any = value

    def wrap(self, value: Any, path: str) -> Any:
        """Note a read, and return the value as a container that notes further reads."""
        self.path = path
        self.value = value
        if isinstance(value, dict):
            return TracedDict(value, self, path)
        return TracedList(value, self, path) if isinstance(value, list) else value

    def reason(self, fault: Exception) -> str:
        """Return why the last read failed."""
        if isinstance(fault, KeyError):
            return "missing"
        if isinstance(fault, (ValueError, OverflowError)):
            return "not a time"
        return f"unexpected {_JSON_TYPES.get(type(self.value), 'value')}"


class TracedDict(dict[str, Any]):
    """A JSON object whose reads a trace notes."""

    def __init__(self, data: dict[str, Any], trace: Trace, path: str) -> None:
        super().__init__(data)
        self._trace = trace
        self._path = path

    def __getitem__(self, key: str) -> Any:
        self._trace.path = f"{self._path}.{key}"
        return self._trace.wrap(super().__getitem__(key), self._trace.path)

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def items(self) -> Any:
        """Yield the entries of a map. Its keys are content, so the path shows only RIDs."""
        for key, value in super().items():
            yield key, self._trace.wrap(value, f"{self._path}.{key if _RID.fullmatch(key) else '*'}")


class TracedList(list[Any]):
    """A JSON array whose reads a trace notes."""

    def __init__(self, data: list[Any], trace: Trace, path: str) -> None:
        super().__init__(data)
        self._trace = trace
        self._path = path

    def __iter__(self) -> Iterator[Any]:
        for index, value in enumerate(super().__iter__()):
            yield self._trace.wrap(value, f"{self._path}[{index}]")
