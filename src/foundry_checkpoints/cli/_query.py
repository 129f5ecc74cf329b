"""Keep the query that an export was begun with, to reject another one and name the options that differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from foundry_checkpoints.feed import Position, Sink, StateFile
from foundry_checkpoints.models import Record

from ._connection import Connection, normal_hostname
from ._errors import Failure
from ._filters import Filters, given_filter
from ._safe import quoted, to_json

Query = Mapping[str, Any]
"""Values of options by the name of their field. A relative time such as `7d` is the same query tomorrow."""


def query_of(connection: Connection, filters: Filters) -> Query:
    """Return the options of a query as given, with the hostname in one spelling."""
    given = {name: value for name, value in asdict(filters).items() if value}
    if filters.where_json is not None:
        given["where_json"] = given_filter(filters.where_json).to_dict()
    return {"hostname": normal_hostname(connection.hostname), **given}


def begun_query(state_file: Path, query: Query, hostname: str | None) -> Query:
    """Return the query that an export resumes: the given one, in the spelling with which it was begun.

    Raises `Failure` for another one.
    """
    state = StateFile(state_file).load()
    if state is None or not state.records:
        return query
    begun = state.position.get("query") if isinstance(state.position, Mapping) else None
    if begun is None:  # begun by release 0.1.0, which kept a digest of the options only, and the hostname as given
        return {**query, "hostname": hostname}
    names = [name for name in {**begun, **query} if _normal(name, begun.get(name)) != _normal(name, query.get(name))]
    if names:
        differences = "; ".join(
            f"{_option(name)} was {_shown(begun.get(name))} and is now {_shown(query.get(name))}" for name in names
        )
        raise Failure(
            f"{state_file} belongs to another query: {differences}. Use the options that the export was begun with, "
            "or another destination"
        )
    return dict(begun)


def query_key(query: Query) -> str:
    """Name a query for `RecordFeed`."""
    return json.dumps(query, sort_keys=True)


def _normal(name: str, value: Any) -> Any:
    if name == "hostname":
        return normal_hostname(value)
    return sorted(set(value)) if isinstance(value, list) else value


def _option(name: str) -> str:
    return "--where" if name == "where_json" else f"--{name.strip('_').replace('_', '-')}"


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    return quoted(value if isinstance(value, str) else ",".join(value) if isinstance(value, list) else to_json(value))


class NamedSink(Sink):
    """Keeps the query beside the position of another sink."""

    def __init__(self, sink: Sink, query: Query) -> None:
        self.commit_every = sink.commit_every
        self._sink = sink
        self._query = query

    def open(self, position: Position | None) -> None:
        """Open the other sink at its own position."""
        own = None if position is None else {name: value for name, value in position.items() if name != "query"}
        self._sink.open(own)

    def write(self, records: Sequence[Record]) -> int:
        """Write to the other sink."""
        return self._sink.write(records)

    def commit(self) -> Position:
        """Return the position of the other sink, with the query."""
        return {**self._sink.commit(), "query": self._query}

    def close(self) -> None:
        """Close the other sink."""
        self._sink.close()
