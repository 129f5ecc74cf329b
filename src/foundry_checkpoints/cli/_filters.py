"""From options to one filter of the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import reduce
from operator import and_, or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foundry_checkpoints import F, models
from foundry_checkpoints.filters import Filter

from ._completion import checkpoint_types, item_ids, item_types
from ._errors import say
from ._options import usage_error

if TYPE_CHECKING:
    from ._options import Filters

_TEXTS = (F.justification_response, F.justification_selected_option, F.justification_additional_response)


def build(options: Filters) -> Filter | None:
    """All that is asked for, joined with and; the values of one option with or. None for no filter."""
    for option, values, known in (
        ("--type", options.type_, checkpoint_types("")),
        ("--item-type", options.item_type, item_types("")),
    ):
        _warn_of_slips(option, values or (), known)
    parts = list(_parts(options))
    return reduce(and_, parts) if parts else None


def _parts(options: Filters) -> Iterator[Filter]:
    for field, values in (
        (F.checkpoint_type, options.type_),
        (F.acting_user_id, options.user),
        (F.delegate_user_id, options.delegate),
        (F.checkpointed_item_type, options.item_type),
        (F.organization_rid, options.organization),
        (F.namespace_rid, options.namespace),
        (F.interaction_rid, options.interaction),
        (F.config_rid, options.config),
        (F.record_rid, options.record),
    ):
        if values:
            yield field.is_in(values)
    if options.item:
        yield reduce(or_, map(item_filter, options.item))
    yield from _text_parts(options)
    yield from _times(*options.period)
    if options.where_json is not None:
        yield given_filter(options.where_json)


def _text_parts(options: Filters) -> Iterator[Filter]:
    texts = (options.response, options.selected_option, options.additional_response)
    for fields, values in ((_TEXTS, options.text), *zip(((field,) for field in _TEXTS), texts, strict=True)):
        found = [
            field.equals(text) if options.exact else field.contains(text) for text in values or () for field in fields
        ]
        if found:
            yield reduce(or_, found)


def _times(since: Any, until: Any) -> Iterator[Filter]:
    if since is not None and until is not None and since >= until:
        raise usage_error("--until", "it comes before --since, or at the same time: nothing lies between")
    if since is not None:
        yield F.created_at >= since
    if until is not None:
        yield F.created_at < until


def item_filter(text: str) -> Filter:
    """Records about one item: `KIND:ID`, or the rid of a resource alone. An id of several parts has commas."""
    kind, colon, value = text.partition(":")
    if not colon:
        kind, value = "resource", text
    model = item_ids().get(kind)
    if model is None or not value:
        raise usage_error("--item", f"{text!r} is not like ri.foundry.main.dataset.… or KIND:ID, of {_kinds()}")
    names = [field.name for field in model.__attrs_attrs__ if field.name != "additional_properties"]  # type: ignore[attr-defined]
    parts: list[Any] = [value.split(",")] if names == ["rids"] else value.split(",", len(names) - 1)
    if len(parts) != len(names):
        raise usage_error("--item", f"{kind} takes {','.join(names).upper()}")
    return F.item(model(*parts))


def _kinds() -> str:
    return ", ".join(sorted(item_ids()))


def given_filter(text: str) -> Filter:
    """The filter of `--where`: JSON, or `@FILE` that holds it."""
    try:
        data = json.loads(Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text)
    except (OSError, UnicodeDecodeError) as error:
        raise usage_error("--where", f"{text[1:]} cannot be read: {getattr(error, 'strerror', 'no UTF-8')}") from None
    except (ValueError, RecursionError) as error:
        raise usage_error("--where", f"no JSON: {error}") from None
    try:
        models.search_checkpoint_records_filter_from_dict(data)
        return Filter(data)
    except (models.DecodeError, RecursionError) as error:
        raise usage_error("--where", f"no filter of the API: {error}") from None


def _warn_of_slips(option: str, values: Iterable[str], known: list[str]) -> None:
    for value in values:
        if value not in known:
            similar = get_close_matches(value, known, n=1)
            hint = f"; did you mean {similar[0]}?" if similar else ""
            say(f"note: {option} {value} is none that this version knows{hint}")
