"""From bytes to models and back: a page of 100 records."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from importlib.metadata import version
from typing import Any

import orjson
from foundry_sdk._core.api_client import BaseApiClient
from foundry_sdk.v2.checkpoints import models as official

from foundry_checkpoints import models
from foundry_checkpoints.emulator import sample_records

from . import stock
from .report import Table, Target
from .timing import medians

PAGE_SIZE = 100

_OURS = "foundry-checkpoints"
_SDK = f"foundry-platform-sdk {version('foundry-platform-sdk')}"
_STOCK = "stock openapi-python-client"

Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def run(quick: bool) -> Iterator[Table]:
    rounds = 5 if quick else 60
    page = _page()
    with stock.generated():
        codecs = _codecs()
        for name, (decode, encode) in codecs.items():
            if _canonical(encode(decode(page))) != _canonical(page):
                raise AssertionError(f"{name} does not give back the page that it was given")
        yield _decode(page, codecs, rounds)
        yield _encode(page, codecs, rounds)


def _page() -> dict[str, Any]:
    """Mixed records: of those that hold every variant, some."""
    records = random.Random(0).sample(list(sample_records(300)), PAGE_SIZE)
    return {"data": records, "nextPageToken": "v1.eyJ0IjoxNzM1Njg5NjAwMDAwfQ"}


def _codecs() -> dict[str, Codec]:
    """Of each library, how it makes models of JSON values, and JSON values of models."""
    ours = models.SearchCheckpointRecordsResponse
    sdk = official.SearchCheckpointRecordsResponse
    plain = import_module(f"{stock.NAME}.models").SearchCheckpointRecordsResponse
    return {
        _OURS: (ours.from_dict, ours.to_dict),
        _SDK: (sdk.model_validate, lambda model: model.model_dump(mode="json", by_alias=True, exclude_none=True)),
        _STOCK: (plain.from_dict, plain.to_dict),
    }


def _canonical(value: Any, name: str = "") -> Any:
    """The same for all spellings of a time."""
    if isinstance(value, dict):
        return {key: _canonical(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    return datetime.fromisoformat(value) if name == "createdAt" else value


def _decode(page: dict[str, Any], codecs: dict[str, Codec], rounds: int) -> Table:
    raw = _compact(page)
    ours, sdk, plain = (codecs[name][0] for name in (_OURS, _SDK, _STOCK))
    parse_and_validate = official.SearchCheckpointRecordsResponse.model_validate_json
    spent = medians(
        {
            "json": lambda: json.loads(raw),
            "orjson": lambda: orjson.loads(raw),
            f"{_OURS}, from_dict alone": lambda: ours(page),
            f"{_OURS}, json": lambda: ours(json.loads(raw)),
            f"{_OURS}, orjson": lambda: ours(orjson.loads(raw)),
            f"{_SDK}, as it decodes": lambda: sdk(json.loads(raw)),
            f"{_SDK}, pydantic's own parser": lambda: parse_and_validate(raw),
            f"{_STOCK}, json": lambda: plain(json.loads(raw)),
        },
        rounds,
    )
    reference = spent[f"{_SDK}, as it decodes"]
    table = _table(f"Decode a page of {PAGE_SIZE} records, {len(raw):,} bytes", spent, reference)
    table.targets = [
        Target("decode, speed over the SDK, json", 4.5, reference / spent[f"{_OURS}, json"]),
        Target("decode, speed over the SDK, orjson", 6.0, reference / spent[f"{_OURS}, orjson"]),
        Target(
            "from_dict, time over json.loads", 1.0, spent[f"{_OURS}, from_dict alone"] / spent["json"], is_most=True
        ),
    ]
    return table


def _encode(page: dict[str, Any], codecs: dict[str, Codec], rounds: int) -> Table:
    ours, sdk, plain = (codecs[name][0](page) for name in (_OURS, _SDK, _STOCK))
    # The class with which the SDK encodes what it sends.
    sdk_encoder = BaseApiClient._BaseModelJSONEncoder
    spent = medians(
        {
            "json": lambda: _compact(page),
            "orjson": lambda: orjson.dumps(page),
            f"{_OURS}, to_dict alone": lambda: ours.to_dict(),
            f"{_OURS}, json": lambda: _compact(ours.to_dict()),
            f"{_OURS}, orjson": lambda: orjson.dumps(ours.to_dict()),
            f"{_SDK}, as it encodes": lambda: json.dumps(sdk, cls=sdk_encoder).encode(),
            f"{_SDK}, pydantic's own writer": lambda: sdk.model_dump_json(by_alias=True, exclude_none=True).encode(),
            f"{_STOCK}, json": lambda: _compact(plain.to_dict()),
        },
        rounds,
    )
    reference = spent[f"{_SDK}, as it encodes"]
    table = _table(f"Encode a page of {PAGE_SIZE} records", spent, reference)
    table.targets = [Target("encode, speed over the SDK, json", 1.0, reference / spent[f"{_OURS}, json"])]
    return table


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _table(title: str, spent: dict[str, float], reference: float) -> Table:
    table = Table(
        title, {"": "", "µs a page": ",.0f", "µs a record": ".2f", "speed over the SDK": ".2f", "time over json": ".2f"}
    )
    for name, seconds in spent.items():
        row = (name, seconds * 1e6, seconds * 1e6 / PAGE_SIZE, reference / seconds, seconds / spent["json"])
        table.rows.append(row)
    table.notes.append("Median CPU time, all in one process, taking turns. All of them agree on the data.")
    return table
