"""The emulator, as its users see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Self

from ._application import Application
from ._faults import Fault, Faults
from ._journal import Journal, SeenRequest
from ._oauth import TokenService
from ._server import Server
from ._service import Service
from ._store import Store


class Emulator:
    """A Checkpoints service on a loopback address, for as long as the `with` block lasts.

    It answers as the documentation of the platform says: filters, page tokens, limits and errors included.
    All its methods may be called while it serves, from any thread. Many may run at once.

    Args:
        records: Record dicts to begin with, in any order; none without it. `sample_records` makes some.
        token: The access token that is always accepted.
        port: Port to listen on; 0 takes a free one.
        latency: Seconds that each request waits. Concurrent requests wait side by side.
        faults: What goes wrong, see `Fault`.
        seed: Of the chance by which faults with a rate strike.
        client_id: Of the client that the token endpoint knows.
        client_secret: Its secret.
        token_lifetime: Seconds for which an access token of the token endpoint is good.
    """

    def __init__(
        self,
        records: Iterable[Mapping[str, Any]] | None = None,
        *,
        token: str = "emulator-token",
        port: int = 0,
        latency: float = 0.0,
        faults: Iterable[Fault] = (),
        seed: int = 0,
        client_id: str = "emulator-client",
        client_secret: str = "emulator-secret",
        token_lifetime: float = 3600.0,
    ) -> None:
        self.token: Final = token
        self.client_id: Final = client_id
        self.client_secret: Final = client_secret
        self._port = port
        self._store = Store()
        self._faults = Faults(faults, seed)
        self._tokens = TokenService(client_id, client_secret, token_lifetime)
        self._journal = Journal()
        service = Service(self._store, self._tokens, token)
        self._application = Application(service, self._faults, self._journal, latency)
        self._server: Server | None = None
        if records is not None:
            self.add(records)

    def start(self) -> None:
        """Begin to serve. Raises `OSError` if the port is taken."""
        if self._server is not None:
            raise RuntimeError("the emulator runs already")
        self._server = Server(self._application, self._port)
        self._server.start()

    def stop(self) -> None:
        """End all that is in flight, close all connections and the port. Records and counters stay."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def hostname(self) -> str:
        """Where it serves, `http://127.0.0.1:PORT`."""
        if self._server is None:
            raise RuntimeError("the emulator does not run")
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def latency(self) -> float:
        """Seconds that each request waits; may be set while it serves."""
        return self._application.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._application.latency = seconds

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Store more records, all or, if one is refused with `ValueError`, none.

        A record needs a `rid` that is not stored yet and a `createdAt`, which counts to the millisecond; the
        rest is served as it is.
        """
        self._store.add(records)

    def hide(self, rids: Iterable[str]) -> None:
        """Make records invisible: left out of searches and batches, and refused with 403 by `get`."""
        self._store.hide(rids)

    def inject(self, *faults: Fault) -> None:
        """Queue faults behind those that wait."""
        self._faults.add(faults)

    def expire_tokens(self) -> None:
        """Let all access tokens expire that the token endpoint gave out. The fixed `token` stays good."""
        self._tokens.expire()

    def clear(self) -> None:
        """Forget `requests` and set the counters to zero."""
        self._journal.clear()

    @property
    def records(self) -> int:
        """How many records it holds, hidden ones included."""
        return len(self._store)

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests so far, in order of arrival; of many, the last 10,000."""
        return self._journal.requests

    @property
    def request_counts(self) -> Counter[str]:
        """How many requests there were, by operation; see `SeenRequest.operation`."""
        return Counter(self._journal.operations)

    @property
    def status_counts(self) -> Counter[int]:
        """How many answers there were, by status."""
        return Counter(self._journal.statuses)

    @property
    def token_requests(self) -> int:
        """How many requests the token endpoint had, refused ones included."""
        return self._journal.operations["token"]

    @property
    def peak_in_flight(self) -> int:
        """The largest number of requests that were being answered at one time."""
        return self._journal.peak_in_flight
