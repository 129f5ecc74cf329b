"""Made-up checkpoint records that look like real ones."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from foundry_checkpoints_api.models import CheckpointType, Scope

from ._sample_items import items_of_type
from ._sample_world import World

_START = datetime(2025, 1, 1)
_YEAR = timedelta(days=365) // timedelta(milliseconds=1)

_TYPES = [checkpoint_type.value for checkpoint_type in CheckpointType]
_SCOPES = [scope.value for scope in Scope]

_REASONS = (
    "Monthly report to the regulator",
    "Asked for by the customer",
    "Data quality check",
    "Handover to the night shift",
    "Investigation of an incident",
    "Access review",
    "Correction of a wrong entry",
    "Training of new staff",
)
_OPTIONS = ("Audit", "Customer request", "Incident", "Maintenance", "Research", "Other")

_MISSING = {
    "configRid": (11, {0}),
    "delegateUserId": (7, {0, 1, 2, 4, 5}),
    "projectRid": (5, {0}),
    "organizationRid": (13, {0}),
    "namespaceRid": (6, {1}),
    "interactionRid": (9, {4}),
    "approvalsMetadata": (8, {0, 1, 3, 4, 5, 6}),
}
"""When an optional field is missing: the number of the record, divided, leaves one of these."""


def sample_records(n: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield `n` records in the form in which the service sends them. No two share anything mutable.

    The same seed gives the same records, and a smaller `n` the first of them. The first 300 hold every
    checkpoint type, item variant, justification variant and enum value, and every optional field, present and
    missing. They were created in 2025, evenly spread and in no order, a few in the same millisecond.
    """
    rng = random.Random(seed)
    world = World(rng)
    common = rng.sample(_TYPES, len(_TYPES))
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(common))))
    millis, interaction = 0, ""
    for number in range(n):
        if number % 50 != 49:  # else it shares the time of the record before
            millis = rng.randrange(_YEAR)
        if number % 3 == 0:  # an interaction may pass several checkpoints
            interaction = world.new_rid("checkpoints.main.checkpointable-interaction")
        # At first each type once, then some types more often than others.
        kind = _TYPES[number] if number < len(_TYPES) else common[bisect(weights, rng.random() * weights[-1])]
        record = {
            "rid": world.new_rid("checkpoints.main.checkpoint"),
            "configRid": world.pick(world.configs),
            "type": kind,
            "scope": _SCOPES[number // 2 % len(_SCOPES)],
            "actingUser": _acting_user(world),
            "delegateUserId": world.pick(world.users)[0],
            "createdAt": (_START + timedelta(milliseconds=millis)).isoformat(timespec="milliseconds") + "Z",
            "checkpointedItems": items_of_type(world, kind),
            "justification": _justification(world, number),
            "projectRid": world.pick(world.projects),
            "organizationRid": world.pick(world.organizations),
            "namespaceRid": world.pick(world.namespaces),
            "interactionRid": interaction,
            "approvalsMetadata": {
                "approvalsTaskId": world.new_id(),
                "approvalsSubtaskIds": [world.new_id() for _ in range(number % 3)],
            },
        }
        for name, (divisor, remainders) in _MISSING.items():
            if number % divisor in remainders:
                del record[name]
        yield record


def _acting_user(world: World) -> dict[str, Any]:
    user_id, name = world.pick(world.users)
    user: dict[str, Any] = {"userId": user_id, "username": world.redactable(name)}
    return user if world.nth("user") % 4 == 0 else {**user, "organizationRid": world.pick(world.organizations)}


def _justification(world: World, number: int) -> dict[str, Any]:
    given = _answer(world, number)
    if number // 4 % 3 == 0:
        given["description"] = "Your answer is kept and may be reviewed."
    return given


def _answer(world: World, number: int) -> dict[str, Any]:
    """Each justification variant in turn."""
    match number % 4:
        case 0:
            return {
                "response": f"{world.pick(_REASONS)}, ticket {1000 + number % 9000}",
                "prompt": "Why do you need this?",
                "title": "Justification",
                "type": "responseJustification",
            }
        case 1:
            return {
                "selectedOptions": [_selection(world, number + place) for place in range(number // 4 % 3)],
                "prompt": "Choose what applies",
                "title": "Purpose",
                "type": "dropdownJustification",
            }
        case 2:
            return {
                "reauthenticationId": world.new_id(),
                "prompt": "Log in again to go on",
                "title": "Confirm that it is you",
                "type": "reauthenticationJustification",
            }
        case _:
            return {
                "prompt": "I acknowledge that this action is recorded",
                "title": "Acknowledgement",
                "type": "acknowledgementJustification",
            }


def _selection(world: World, number: int) -> dict[str, Any]:
    selection = {"selectedOption": _OPTIONS[number % len(_OPTIONS)]}
    if number % 3 != 0:
        selection["additionalResponse"] = world.pick(_REASONS)
    return selection
