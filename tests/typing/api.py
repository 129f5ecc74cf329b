"""What a type checker makes of the public API. mypy and pyright check it, both strict; it never runs."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Literal, assert_type

import httpx

from foundry_checkpoints import (
    ApiError,
    AsyncCheckpointsClient,
    AsyncRecordPager,
    AsyncRecords,
    CheckpointsClient,
    CheckpointsError,
    ClientClosedError,
    ClientCredentialsAuth,
    Drift,
    DriftEntry,
    F,
    Filter,
    InvalidRequestError,
    RecordBatch,
    RecordPage,
    RecordPager,
    Records,
    RequestTimeoutError,
    ResponseDecodeError,
    RetryPolicy,
    SortDirection,
    TokenAuth,
    TokenRequestError,
    Where,
    __api_version__,
    __version__,
    errors,
    models,
)
from foundry_checkpoints.emulator import Emulator, Fault, SeenRequest, sample_records


class PlatformAuth:
    """The auth of another library of the platform."""

    def get_token(self) -> object:
        """Return an object with `access_token`."""
        raise NotImplementedError


def make_clients() -> None:
    """Use every argument of the clients, and every kind of `auth`, `timeout`, and `retry`."""
    CheckpointsClient()
    CheckpointsClient("example.palantirfoundry.com", auth="token")
    CheckpointsClient("h", auth=lambda: "token")
    CheckpointsClient("h", auth=TokenAuth("token"))
    CheckpointsClient("h", auth=ClientCredentialsAuth("id", "secret", revoke_on_close=True))
    CheckpointsClient("h", auth=httpx.BasicAuth("user", "password"))
    CheckpointsClient("h", auth=PlatformAuth())
    CheckpointsClient(
        hostname="h",
        auth="token",
        preview=False,
        timeout=httpx.Timeout(5),
        total_timeout=60,
        retry=RetryPolicy(max_retries=2),
        max_concurrency=4,
        http_client=httpx.Client(),
        user_agent="siem-export/1",
        max_body_size=1 << 20,
        on_drift=print,
    )
    AsyncCheckpointsClient(
        hostname="h",
        auth="token",
        preview=False,
        timeout=2.5,
        total_timeout=None,
        retry=0,
        max_concurrency=4,
        http_client=httpx.AsyncClient(),
        user_agent=None,
        max_body_size=1 << 20,
        on_drift=lambda entry: print(entry.path),
    )
    CheckpointsClient("h", "token")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CheckpointsClient("h", http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AsyncCheckpointsClient("h", http_client=httpx.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    versions: list[str] = [__version__, __api_version__]
    assert_type(versions, list[str])


def sync_calls(client: CheckpointsClient, rids: list[str]) -> None:
    """Call every method of the sync client."""
    with client as entered:
        assert_type(entered, CheckpointsClient)
    records = client.records
    assert_type(records, Records)
    assert_type(records.get("ri.a"), models.Record)
    assert_type(records.get("ri.a", total_timeout=5, trace_id="463ac35c9f6413ad"), models.Record)
    assert_type(records.get_batch(rids), RecordBatch)
    assert_type(records.get_batch(rid for rid in rids), RecordBatch)
    assert_type(records.iter_batch(rids), Iterator[tuple[str, models.Record | None]])
    pager = records.search()
    assert_type(pager, RecordPager)
    assert_type(iter(pager), Iterator[models.Record])
    assert_type(pager.first(), models.Record | None)
    for page in pager.pages():
        assert_type(page, RecordPage)
    for record in pager:
        assert_type(record, models.Record)
    assert_type(client.close(), None)
    records.get(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    records.get_batch([5])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


async def async_calls(client: AsyncCheckpointsClient, rids: list[str]) -> None:
    """Call every method of the async client."""
    async with client as entered:
        assert_type(entered, AsyncCheckpointsClient)
    records = client.records
    assert_type(records, AsyncRecords)
    assert_type(await records.get("ri.a"), models.Record)
    assert_type(await records.get("ri.a", total_timeout=5, trace_id="463ac35c9f6413ad"), models.Record)
    assert_type(await records.get_batch(rids), RecordBatch)
    assert_type(records.iter_batch(rids), AsyncIterator[tuple[str, models.Record | None]])
    async for rid, found in records.iter_batch(rid for rid in rids):
        assert_type(rid, str)
        assert_type(found, models.Record | None)
    pager = records.search()
    assert_type(pager, AsyncRecordPager)
    assert_type(await pager.first(), models.Record | None)
    async for page in pager.pages():
        assert_type(page, RecordPage)
    async for record in pager:
        assert_type(record, models.Record)
    assert_type(await client.aclose(), None)


async def async_sources(client: AsyncCheckpointsClient, rids: AsyncIterator[str]) -> None:
    """Give the async client RIDs from an async iterable."""
    assert_type(client.records.iter_batch(rids), AsyncIterator[tuple[str, models.Record | None]])


def drifts(client: CheckpointsClient, other: AsyncCheckpointsClient) -> None:
    """Read what the spec doesn't know from both clients."""
    assert_type(client.drift, Drift)
    assert_type(other.drift, Drift)
    assert_type(len(client.drift), int)
    assert_type(client.drift.dropped, int)
    for entry in client.drift:
        assert_type(entry, DriftEntry)
        assert_type(entry.kind, Literal["value", "variant", "field", "error"])
        assert_type(entry.name, str)
        assert_type(entry.value, str)
        assert_type(entry.count, int)
        assert_type(entry.first_seen, datetime.datetime)
        assert_type(entry.path, str)
    client.drift = Drift()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def searches(client: CheckpointsClient, model: models.SearchCheckpointRecordsFilter, data: dict[str, Any]) -> None:
    """Use every kind of `where`, and every option of a search."""
    search = client.records.search
    assert_type(search(F.checkpoint_type == "CONTOUR_EXPORT"), RecordPager)
    assert_type(search(model), RecordPager)
    assert_type(search(data), RecordPager)
    assert_type(search(None), RecordPager)
    assert_type(search(sort_direction="ASC"), RecordPager)
    search(
        where=F.config_rid == "ri.a",
        sort_direction=models.SortDirection.DESC,
        page_size=50,
        page_token="next",
        limit=10,
        prefetch=False,
        concurrency=1,
        ordered=False,
        total_timeout=5.0,
        trace_id="463ac35c9f6413ad",
    )
    search(deadline=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    search(prefetch=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    search(sort_direction="asc")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    search("checkpointType")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def find(records: Records, where: Where | None, direction: SortDirection) -> RecordPager:
    """Annotate a function of one's own with the exported types."""
    return records.search(where, sort_direction=direction)


def results(batch: RecordBatch, page: RecordPage) -> None:
    """Use a batch as a mapping, and a page as a sized iterable."""
    mapping: Mapping[str, models.Record] = batch
    assert_type(mapping["ri.a"], models.Record)
    assert_type(batch["ri.a"], models.Record)
    assert_type(batch.get("ri.a"), models.Record | None)
    assert_type(batch.missing, tuple[str, ...])
    assert_type(len(batch), int)
    assert_type(page.records, Sequence[models.Record])
    assert_type(page.page_token, str | None)
    assert_type(page.next_page_token, str | None)
    assert_type(len(page), int)
    for record in page:
        assert_type(record, models.Record)


def filters(item: models.CheckpointedItemId) -> None:
    """Create a filter from every field and operator."""
    now = datetime.datetime.now(datetime.UTC)
    for field in (
        F.record_rid,
        F.config_rid,
        F.checkpoint_type,
        F.acting_user_id,
        F.delegate_user_id,
        F.organization_rid,
        F.namespace_rid,
        F.interaction_rid,
        F.checkpointed_item_type,
    ):
        assert_type(field == "a", Filter)
        assert_type(field != "a", Filter)
        assert_type(field.is_in(["a", "b"]), Filter)
    for text in (F.justification_response, F.justification_selected_option, F.justification_additional_response):
        assert_type(text.contains("a"), Filter)
        assert_type(text.equals("a"), Filter)
    assert_type(F.created_at >= now, Filter)
    assert_type(F.created_at < "2026-01-01T00:00:00Z", Filter)
    assert_type(F.created_at.between("2026-01-01T00:00:00Z", now), Filter)
    assert_type(F.item(item), Filter)
    assert_type(F.item(models.CheckpointedResourceRid(rid="ri.a")), Filter)
    one, other = F.checkpoint_type == models.CheckpointType("LOGIN"), F.created_at < now
    assert_type(one & other, Filter)
    assert_type(one | other, Filter)
    assert_type(~one, Filter)
    assert_type(one.to_dict(), dict[str, Any])
    F.created_at.between(now, 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    F.justification_response.contains(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    F.item("ri.a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    F.unheard_of  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnusedExpression]  # noqa: B018


def record_fields(record: models.Record) -> None:
    """Read the fields: required ones have a value, optional ones can be None, lists are lists."""
    assert_type(record.rid, str)
    assert_type(record.type_, models.CheckpointType)
    assert_type(record.scope, models.Scope)
    assert_type(record.created_at, datetime.datetime)
    assert_type(record.acting_user, models.ActingUser)
    assert_type(record.acting_user.username.value, str | None)
    assert_type(record.acting_user.username.redaction_type, models.RedactionType | None)
    assert_type(record.config_rid, str | None)
    assert_type(record.checkpointed_items, list[models.CheckpointedItem])
    assert_type(record.justification, models.Justification)
    assert_type(record.approvals_metadata, models.ApprovalsMetadata | None)
    assert_type(record.additional_properties, Mapping[str, Any])
    assert_type(models.Record.from_dict({}), models.Record)
    assert_type(record.to_dict(), dict[str, Any])


def narrow_by_match(justification: models.Justification) -> str:
    """Match some variants and `UnknownVariant`: what is left has what all variants have."""
    match justification:
        case models.ResponseJustification():
            return assert_type(justification.response, str)
        case models.UnknownVariant(type_=name):
            return assert_type(name, str)
        case _:
            assert_type(justification.to_dict(), dict[str, Any])
            return justification.type_


def narrow_by_isinstance(item: models.CheckpointedItem) -> str | None:
    """Narrow a union with `isinstance` to one variant, whose discriminator is a literal."""
    if isinstance(item, models.CheckpointedResource):
        assert_type(item.type_, Literal["checkpointedResource"])
        return item.rid
    if isinstance(item, models.UnknownVariant):
        assert_type(item.type_, str)
        assert_type(item.data, dict[str, Any])
    assert_type(item.to_dict(), dict[str, Any])
    return None


def unions() -> None:
    """Decode the unions."""
    assert_type(models.justification_from_dict({}), models.Justification)
    assert_type(models.checkpointed_item_from_dict({}), models.CheckpointedItem)
    assert_type(models.checkpointed_item_id_from_dict({}), models.CheckpointedItemId)
    assert_type(models.search_checkpoint_records_filter_from_dict({}), models.SearchCheckpointRecordsFilter)
    assert_type(models.error_body_from_dict({}), models.ErrorBody)


def enums(scope: models.Scope) -> None:
    """Use enums: members are declared, a value gives a member, and a member is a string."""
    assert_type(models.SortDirection.ASC, Literal[models.SortDirection.ASC])
    assert_type(models.SortDirection("ASC"), models.SortDirection)
    assert_type(scope.is_known, bool)
    texts: list[str] = [scope, scope.value]
    assert_type(texts, list[str])


def caught(client: CheckpointsClient) -> None:
    """Catch errors: they are classes of one tree with typed attributes."""
    try:
        client.records.get("ri.a")
    except errors.CheckpointRecordNotFound as error:
        assert_type(error.parameters, dict[str, Any])
    except ApiError as error:
        assert_type(error.status_code, int)
        assert_type(error.error_code, str | None)
        assert_type(error.error_name, str | None)
        assert_type(error.error_instance_id, str | None)
        assert_type(error.error_description, str | None)
        assert_type(error.error, models.ErrorBody | None)
        assert_type(error.headers, dict[str, str])
        assert_type(error.retry_after, float | None)
    except ResponseDecodeError as error:
        assert_type(error.path, str)
    except TokenRequestError as error:
        assert_type(error.error_code, str | None)
    except ClientClosedError as error:
        closed: InvalidRequestError = error
        assert_type(closed.transient, bool)
    except (RequestTimeoutError, InvalidRequestError) as error:
        builtin: TimeoutError | ValueError = error
        assert_type(builtin.args, tuple[Any, ...])
    except CheckpointsError as error:
        assert_type(error.attempts, int)
        assert_type(error.trace_id, str | None)
        assert_type(error.transient, bool)
        assert_type(error.page_token, str | None)
        assert_type(error.windows, tuple[tuple[datetime.datetime | None, datetime.datetime | None], ...])


def emulate() -> None:
    """Start an emulator with records and faults."""
    with Emulator(sample_records(10, seed=1), token="token", latency=0.01, faults=[Fault.status(503)]) as emulator:
        assert_type(emulator.hostname, str)
        assert_type(emulator.token, str)
        assert_type(emulator.requests, list[SeenRequest])
    assert_type(sample_records(1), Iterator[dict[str, Any]])
