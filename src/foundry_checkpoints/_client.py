"""The two clients."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Generic, NoReturn, Self

import httpx
from anyio.lowlevel import checkpoint

from ._config import MAX_BODY_SIZE, base_url_of, http_client_of, retry_of, timeout_of
from ._drift import Drift, DriftEntry, DriftLog
from ._http.messages import Settings
from ._http.transport import AsyncTransport, HttpT, Transport
from ._records import AsyncRecords, Records
from ._redact import Secret
from ._retry import RetryPolicy
from .auth import auth_of
from .errors import CheckpointsError

logger = logging.getLogger("foundry_checkpoints")

_RETRY: Final = RetryPolicy()


class _BaseClient(Generic[HttpT]):
    """The part that the sync and the async client share."""

    def __init__(
        self,
        hostname: str | None = None,
        *,
        auth: str | Callable[[], str] | httpx.Auth | object | None = None,
        preview: bool = True,
        timeout: float | httpx.Timeout | None = None,
        total_timeout: float | None = None,
        retry: RetryPolicy | int = _RETRY,
        max_concurrency: int = 8,
        http_client: HttpT | None = None,
        user_agent: str | None = None,
        max_body_size: int = MAX_BODY_SIZE,
        on_drift: Callable[[DriftEntry], object] | None = None,
    ) -> None:
        """Create a client. Nothing is sent.

        Args:
            hostname: `example.palantirfoundry.com`, or a URL with an optional prefix. Default `FOUNDRY_HOSTNAME`.
            auth: A token, a callable that returns one, a `TokenAuth`, a `ClientCredentialsAuth`, any `httpx.Auth`, an
                object of foundry-platform-sdk with `get_token()`, or one of foundry-dev-tools with `token`. Default
                `FOUNDRY_TOKEN`, `FOUNDRY_TOKEN_FILE`, or `FOUNDRY_CLIENT_ID` with `FOUNDRY_CLIENT_SECRET`.
            preview: Send `preview=true`, which the API requires while it is in preview.
            timeout: Seconds, or an `httpx.Timeout`, for each step of a request. Default 5 to connect and 30 to read,
                or what `http_client` has.
            total_timeout: Seconds for a whole call with its retries. None means no limit.
            retry: A `RetryPolicy`, or the number of retries; 0 means one attempt.
            max_concurrency: The most requests in flight, over all threads or tasks. The service allows a user 30.
            http_client: An httpx client of your own. It is used unchanged and never closed.
            user_agent: Added to the `User-Agent`.
            max_body_size: The most bytes of a response to read, unpacked.
            on_drift: Called with each new entry of `drift`, in the thread that decodes. What it raises is logged.

        Raises:
            ConfigurationError: The hostname, the credentials, or another argument is missing or can't work.
        """
        secret = Secret(auth)
        del auth  # a traceback that shows locals would show it
        self._settings = Settings(
            base_url=base_url_of(hostname),
            auth=auth_of(secret, http_client),
            timeout=timeout_of(timeout, http_client),
            total_timeout=total_timeout,
            retry=retry_of(retry),
            max_concurrency=max_concurrency,
            max_body_size=max_body_size,
            user_agent=user_agent,
            drift=DriftLog(on_drift),
            preview=True if preview else None,
            owns_http_client=http_client is None,
        )
        self._start(http_client)

    def _start(self, http_client: HttpT | None) -> None:
        raise NotImplementedError

    @property
    def drift(self) -> Drift:
        """Everything in the responses so far that the spec doesn't know. Report it: `print(client.drift)`."""
        return self._settings.drift.snapshot()

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)
        return f"{type(self).__name__}({getattr(settings, 'base_url', None)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client can't be pickled: create one in each process")


@contextmanager
def _leaving(exc_info: tuple[object, ...]) -> Iterator[None]:
    """Don't let what closing raises hide the error that ended the block."""
    try:
        yield
    except CheckpointsError as error:
        if exc_info[0] is None:
            raise
        logger.warning("while closing after another error: %s", error)


class CheckpointsClient(_BaseClient[httpx.Client]):
    """A client of the Checkpoints preview API. Use it as a context manager, or close it.

    Threads can share one client; processes can't. `help(CheckpointsClient.__init__)` describes the arguments.
    """

    records: Records

    def _start(self, http_client: httpx.Client | None) -> None:
        http = http_client_of(httpx.Client, http_client, self._settings.base_url)
        self._transport = Transport(self._settings, http)
        self.records = Records(self._transport)

    def close(self) -> None:
        """Close the connections. Any later call raises `ClientClosedError`."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with _leaving(exc_info):
            self.close()


class AsyncCheckpointsClient(_BaseClient[httpx.AsyncClient]):
    """A client of the Checkpoints preview API for asyncio and trio. Use it as a context manager, or close it.

    Tasks of one event loop can share one client; event loops and processes can't.
    `help(AsyncCheckpointsClient.__init__)` describes the arguments.
    """

    records: AsyncRecords

    def _start(self, http_client: httpx.AsyncClient | None) -> None:
        http = http_client_of(httpx.AsyncClient, http_client, self._settings.base_url)
        self._transport = AsyncTransport(self._settings, http)
        self.records = AsyncRecords(self._transport)

    async def aclose(self) -> None:
        """Close the connections. Any later call raises `ClientClosedError`."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        await checkpoint()  # loads what anyio needs for this event loop, so that the first call doesn't wait for it
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        with _leaving(exc_info):
            await self.aclose()
