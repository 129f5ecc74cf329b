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
    """A Checkpoints service on a loopback address, while the `with` block lasts.

    It behaves as the documentation of the platform says, including filters, page tokens, limits and errors. You can
    call its methods from any thread while it serves, and run many emulators at once.

    Args:
        records: Records as dicts, in any order. `sample_records` makes some. The default is none.
        token: An access token that is always valid.
        port: The port to listen on. 0 takes a free one.
        latency: The number of seconds that each request waits, concurrently with the others.
        faults: What goes wrong, see `Fault`.
        seed: The seed for faults with a rate.
        client_id: The client ID that the token endpoint accepts.
        client_secret: The client secret that the token endpoint accepts.
        token_lifetime: The number of seconds for which an access token of the token endpoint is valid.
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
        """Start serving. Raises `OSError` if the port is in use."""
        if self._server is not None:
            raise RuntimeError("the emulator is already running")
        self._server = Server(self._application, self._port)
        self._server.start()

    def stop(self) -> None:
        """Cancel all requests, and close all connections and the port. Records and counters remain."""
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
        """The address: `http://127.0.0.1:PORT`."""
        if self._server is None:
            raise RuntimeError("the emulator isn't running")
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def latency(self) -> float:
        """The number of seconds that each request waits. You can set it while the emulator serves."""
        return self._application.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._application.latency = seconds

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Store more records. Stores none and raises `ValueError` if it rejects one.

        A record must have a `rid` that is not yet stored, and a `createdAt`, whose precision is the millisecond. The
        emulator serves everything else unchanged.
        """
        self._store.add(records)

    def hide(self, rids: Iterable[str]) -> None:
        """Make records invisible: searches and batches leave them out, `get` answers 403."""
        self._store.hide(rids)

    def inject(self, *faults: Fault) -> None:
        """Add faults after those that are still pending."""
        self._faults.add(faults)

    def expire_tokens(self) -> None:
        """Let all access tokens of the token endpoint expire. The fixed `token` remains valid."""
        self._tokens.expire()

    def clear(self) -> None:
        """Forget `requests`, and reset the counters."""
        self._journal.clear()

    @property
    def records(self) -> int:
        """The number of stored records, including hidden ones."""
        return len(self._store)

    @property
    def requests(self) -> list[SeenRequest]:
        """The last 10,000 requests, in order of arrival."""
        return self._journal.requests

    @property
    def request_counts(self) -> Counter[str]:
        """The number of requests by operation, see `SeenRequest.operation`."""
        return Counter(self._journal.operations)

    @property
    def status_counts(self) -> Counter[int]:
        """The number of responses by status."""
        return Counter(self._journal.statuses)

    @property
    def token_requests(self) -> int:
        """The number of requests to the token endpoint, including rejected ones."""
        return self._journal.operations["token"]

    @property
    def peak_in_flight(self) -> int:
        """The largest number of requests that were in flight at one time."""
        return self._journal.peak_in_flight
