"""A bare HTTP caller, which knows the API and nothing of the client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from foundry_checkpoints.emulator import Emulator

Json = dict[str, Any]

RECORDS = "/api/v2/checkpoints/records/"
ALL: Json = {"type": "gte", "field": "createdAt", "value": "1970-01-01T00:00:00.000Z"}


class Api:
    """The operations of one emulator, with its token and `preview=true`; `bare` sends neither."""

    def __init__(self, emulator: Emulator) -> None:
        self.token = {"Authorization": f"Bearer {emulator.token}"}
        # Without TLS there is no need to load certificates, which takes longer than most tests.
        options: Json = {"base_url": emulator.hostname, "trust_env": False, "verify": False}
        self.bare = httpx.Client(**options)
        self.http = httpx.Client(headers=self.token, params={"preview": "true"}, **options)

    def search(self, where: Json = ALL, **rest: Any) -> httpx.Response:
        return self.http.post(f"{RECORDS}search", json={"where": {"filter": where}, **rest})

    def batch(self, rids: Iterable[str]) -> httpx.Response:
        return self.http.post(f"{RECORDS}getBatch", json=[{"recordRid": rid} for rid in rids])

    def get(self, rid: str) -> httpx.Response:
        return self.http.get(RECORDS + rid)

    def pages(self, where: Json = ALL, **rest: Any) -> Iterator[Json]:
        """Every page until one has no token."""
        while True:
            page = ok(self.search(where, **rest))
            yield page
            if "nextPageToken" not in page:
                return
            rest["pageToken"] = page["nextPageToken"]

    def found(self, where: Json = ALL, **rest: Any) -> list[str]:
        """The rids of all matches, page by page."""
        return [record["rid"] for page in self.pages(where, **rest) for record in page["data"]]


def ok(response: httpx.Response) -> Any:
    """The body of a success."""
    assert response.status_code == 200, response.text
    return response.json()


def error(response: httpx.Response) -> tuple[int, str, Mapping[str, Any]]:
    """Status, name and parameters of a documented error."""
    body = response.json()
    assert len(body["errorInstanceId"]) == 36
    assert body["errorCode"].isupper()
    return response.status_code, body["errorName"], body["parameters"]


@contextmanager
def serving(records: Iterable[Mapping[str, Any]] = (), **options: Any) -> Iterator[tuple[Emulator, Api]]:
    """An emulator of one's own, and a caller of it."""
    with Emulator(records, **options) as emulator:
        api = Api(emulator)
        with api.http, api.bare:
            yield emulator, api
