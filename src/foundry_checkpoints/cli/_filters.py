"""The filters that commands share, and the filter of the API that they make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from functools import cached_property, reduce
from operator import and_, or_
from pathlib import Path
from typing import Annotated, Any, Final

from foundry_checkpoints import F, models
from foundry_checkpoints.filters import Filter

from ._errors import usage_error
from ._logs import warn
from ._names import ITEM_KINDS, ITEM_TYPES, checkpoint_types, item_kinds, item_types, parts_of
from ._options import Options, TimeZone, Values, flag, option, split, zone_of
from ._rids import is_rid, rid, user_id
from ._safe import did_you_mean, quoted
from ._times import parse_time, when

FILTERS: Final = "Filters"

_TEXTS: Final = (F.justification_response, F.justification_selected_option, F.justification_additional_response)


def _rids(name: str, what: str) -> Any:
    return option(name, metavar="RID", help=f"{what}.", panel=FILTERS, parse=split(rid))


def _text(name: str, help: str) -> Any:
    def parse(text: str) -> str:
        if not text:
            raise ValueError("must be a text that isn't empty")
        return text

    return option(name, metavar="TEXT", help=help, panel=FILTERS, parse=parse)


@dataclass(frozen=True, kw_only=True)
class Filters(Options):
    """The options that filter records: all filters must match, and any of the values of one."""

    since: Annotated[
        str | None,
        option(
            "--since",
            metavar="TIME",
            help="Created then or later: 2026-10-01, 2026-10-01T12:30, yesterday, 7d, '12 hours ago'.",
            panel=FILTERS,
        ),
    ] = None
    until: Annotated[
        str | None,
        option(
            "--until",
            metavar="TIME",
            help="Created before that time. A day means its start: 2026-11-01 ends October.",
            panel=FILTERS,
        ),
    ] = None
    tz: TimeZone = None
    type_: Annotated[
        Values,
        option(
            "--type",
            metavar="TYPE",
            help="Checkpoint type, such as CONTOUR_EXPORT.",
            panel=FILTERS,
            parse=split(),
            complete=checkpoint_types,
        ),
    ] = None
    user: Annotated[
        Values,
        option("--user", metavar="ID", help="Id of the user who acted.", panel=FILTERS, parse=split(user_id)),
    ] = None
    delegate: Annotated[
        Values, option("--delegate", metavar="ID", help="Id of the delegate.", panel=FILTERS, parse=split(user_id))
    ] = None
    item: Annotated[
        Values,
        option(
            "--item",
            metavar="[KIND:]ID",
            help="What the action was about: the RID of a resource, or a kind and an id, such as marking:ID.",
            panel=FILTERS,
            complete=item_kinds,
        ),
    ] = None
    item_type: Annotated[
        Values,
        option(
            "--item-type",
            metavar="TYPE",
            help="Type of what the action was about, such as checkpointedResource.",
            panel=FILTERS,
            parse=split(),
            complete=item_types,
        ),
    ] = None
    text: Annotated[
        Values, _text("--text", "Part of any text that the user gave or chose. To give several, repeat the option.")
    ] = None
    response: Annotated[Values, _text("--response", "Part of the response.")] = None
    selected_option: Annotated[Values, _text("--selected-option", "Part of a selected option.")] = None
    additional_response: Annotated[
        Values, _text("--additional-response", "Part of the response to a selected option.")
    ] = None
    exact: Annotated[bool, flag("--exact", help="Compare whole texts.", panel=FILTERS)] = False
    organization: Annotated[Values, _rids("--organization", "Organization")] = None
    namespace: Annotated[Values, _rids("--namespace", "Namespace, also called space")] = None
    interaction: Annotated[Values, _rids("--interaction", "Interaction")] = None
    config: Annotated[Values, _rids("--config", "Checkpoint configuration")] = None
    record: Annotated[Values, _rids("--record", "The record itself")] = None
    where_json: Annotated[
        str | None,
        option(
            "--where",
            metavar="JSON|@FILE",
            help="A filter as the API takes it, in addition to the others.",
            panel=FILTERS,
        ),
    ] = None

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of `--tz`."""
        return zone_of(self.tz)

    @cached_property
    def period(self) -> tuple[datetime | None, datetime | None]:
        """`--since` and `--until`. The latter is excluded."""
        now = datetime.now(UTC)
        since, until = self._time("--since", self.since, now), self._time("--until", self.until, now)
        if since is not None and until is not None and since >= until:
            raise usage_error("--until", f"must be later than --since, not {quoted(str(self.until))}")
        return since, until

    def _time(self, option: str, text: str | None, now: datetime) -> datetime | None:
        try:
            return None if text is None else parse_time(text, self.zone, now)
        except ValueError as error:
            raise usage_error(option, error) from None

    @cached_property
    def where(self) -> Filter | None:
        """All of them as one filter. None matches every record."""
        _warn_of_typos("checkpoint type", self.type_ or (), checkpoint_types())
        _warn_of_typos("item type", self.item_type or (), ITEM_TYPES)
        return self.within(*self.period)

    def within(self, since: datetime | None, until: datetime | None) -> Filter | None:
        """Return all of them as one filter, with another period."""
        parts = list(self._parts())
        if since is not None:
            parts.append(F.created_at >= since)
        if until is not None:
            parts.append(F.created_at < until)
        return reduce(and_, parts) if parts else None

    def _parts(self) -> Iterator[Filter]:
        for field, values in (
            (F.checkpoint_type, self.type_),
            (F.acting_user_id, self.user),
            (F.delegate_user_id, self.delegate),
            (F.checkpointed_item_type, self.item_type),
            (F.organization_rid, self.organization),
            (F.namespace_rid, self.namespace),
            (F.interaction_rid, self.interaction),
            (F.config_rid, self.config),
            (F.record_rid, self.record),
        ):
            if values:
                yield field.is_in(values)
        if self.item:
            yield reduce(or_, item_filters(self.item))
        for texts, values in (
            (_TEXTS, self.text),
            (_TEXTS[:1], self.response),
            (_TEXTS[1:2], self.selected_option),
            (_TEXTS[2:], self.additional_response),
        ):
            if values:
                compared = (
                    text.equals(value) if self.exact else text.contains(value) for value in values for text in texts
                )
                yield reduce(or_, compared)
        if self.where_json is not None:
            yield given_filter(self.where_json)

    def described(self) -> Iterator[tuple[str, str]]:
        """Describe the query in words: the name and the values of each filter."""
        since, until = self.period
        start = "the first record" if since is None else f"{when(since, self.zone)} (included)"
        end = "the last record" if until is None else f"{when(until, self.zone)} (excluded)"
        yield "created", f"from {start} to {end}"
        for field in fields(self):
            values = getattr(self, field.name)
            if values and isinstance(values, list):
                yield field.name.strip("_").replace("_", " "), " or ".join(values)
        if self.exact:
            yield "texts", "compared whole"
        if self.where_json is not None:
            yield "where", self.where_json


def item_filters(values: Iterable[str]) -> Iterator[Filter]:
    """Return a filter for each item that the values of `--item` name: `KIND:ID` or the RID of a resource.

    A comma separates two items, or two parts of an id of several parts.
    """
    for value in values:
        kind, parts = "", list[str]()
        for piece in map(str.strip, value.split(",")):
            head, colon, rest = piece.partition(":")
            names = parts_of(kind) if kind in ITEM_KINDS else {}
            if parts and not colon and (len(parts) < len(names) or any(names.values())):
                parts.append(piece)
                continue
            if parts:
                yield _item_filter(kind, parts)
            kind, parts = (head, [rest]) if colon else ("resource", [piece])
        yield _item_filter(kind, parts)


def _item_filter(kind: str, parts: list[str]) -> Filter:
    given = quoted(f"{kind}:{','.join(parts)}")
    if kind not in ITEM_KINDS or not all(parts) or (kind == "resource" and not is_rid(parts[0])):
        hint = "" if kind in ITEM_KINDS else did_you_mean(kind, list(ITEM_KINDS))
        problem = f"must be the RID of a resource or KIND:ID, not {given}."
        raise usage_error("--item", " ".join(filter(None, (problem, hint, f"Kinds: {', '.join(ITEM_KINDS)}"))))
    names = parts_of(kind)
    if any(names.values()):
        item_id: dict[str, Any] = dict.fromkeys(names, parts)
    elif len(parts) == len(names):
        item_id = dict(zip(names, parts, strict=True))
    else:
        raise usage_error("--item", f"must be {kind}:{','.join(names)}, not {given}")
    return F.item(models.checkpointed_item_id_from_dict({"type": ITEM_KINDS[kind], **item_id}))


def given_filter(text: str) -> Filter:
    """Return the filter of `--where`: JSON, or `@FILE` that contains it."""
    try:
        data = json.loads(Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "it isn't UTF-8")
        raise usage_error("--where", f"can't be read from {quoted(text[1:])}: {reason}") from None
    except (ValueError, RecursionError) as error:
        raise usage_error("--where", f"must be JSON: {error}") from None
    try:
        models.search_checkpoint_records_filter_from_dict(data)
        return Filter(data)
    except (models.DecodeError, RecursionError) as error:
        raise usage_error("--where", f"must be a filter of the API: {error}") from None


def _warn_of_typos(what: str, values: Iterable[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            hint = f" {similar}" if (similar := did_you_mean(value, known)) else ""
            warn(f"unknown {what} {quoted(value)} (searching for it anyway).{hint}")
