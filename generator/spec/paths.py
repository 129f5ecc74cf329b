"""Paths below a schema: where one leads, all that there are, and the ones that a name can mean."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .document import Json
from .model import BASE, Model, Schema, component
from .table_types import EACH, Path

Steps = tuple[str, ...]
Extended = Mapping[str, Mapping[str, Path]]
"""The meaning of steps such as `x-item-id`: for each, the path in each variant of a union."""

_TAKEN = {*dir(builtins), "self", "datetime"} - {"id"}


class PathError(Exception):
    """A path that leads nowhere, or not where it must."""


@dataclass
class Place:
    """The target of a path: its steps, and the schema there or, at a union, the rest of the way in each variant."""

    steps: Steps
    schema: Json
    variants: dict[str, Place] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The steps in JSON, and as attributes."""
        return path_of(self.steps)


def path_of(steps: Steps) -> Path:
    """The steps in JSON, and as attributes."""
    return Path(steps, tuple(map(attribute, steps)))


def attribute(name: str) -> str:
    """Return the attribute of a model that holds a field, named as openapi-python-client does."""
    if name == EACH:
        return name
    words = re.sub("([A-Z]?[a-z]+)", r" \1 ", name) if name != name.lower() else name
    snake = "_".join(re.findall(r"[^\s._-]+", words)).lower()
    return f"{snake}_" if keyword.iskeyword(snake) or snake in _TAKEN else snake


def steps_of(path: str) -> Steps:
    """Split a path such as `justification.selectedOptions[].selectedOption`; an empty one has no steps."""
    return tuple(step for step in path.replace(EACH, f".{EACH}").split(".") if step)


def follow(model: Model, schema: Json, steps: Steps, extended: Extended) -> Place:
    """Follow a path; at a union, in each variant that has the rest of it. Raises `PathError`."""
    for index, step in enumerate(steps):
        here = model.schema(model.resolved(schema))
        if here.variants and step != here.tag:
            return Place(steps[:index], here.node, dict(_in_variants(model, here, steps[index:], extended)))
        if here.variants:
            schema = {"type": "string"}
        elif step == EACH and here.node.get("type") == "array":
            schema = here.node.get("items", {})
        elif step in here.fields:
            schema = here.fields[step].schema
        else:
            raise PathError(f"there is no {path_of(steps[: index + 1])}")
    return Place(steps, model.resolved(schema))


def _in_variants(model: Model, union: Schema, steps: Steps, extended: Extended) -> Iterator[tuple[str, Place]]:
    if steps[0] in extended:
        yield from ((tag, Place(path.json, {"type": "string"})) for tag, path in extended[steps[0]].items())
        return
    misses = 0
    for tag, variant in union.variants.items():
        try:
            place = follow(model, {"$ref": BASE + variant}, steps, extended)
        except PathError:
            misses += 1
        else:
            if place.variants:
                raise PathError(f"{path_of(steps)} leads through a union within a union")
            yield tag, place
    if misses == len(union.variants):
        raise PathError(f"no variant has {path_of(steps)}")


def leaves(model: Model, schema: Json, before: Steps = (), within: Steps = ()) -> Iterator[Steps]:
    """Yield every path from a schema to a scalar, through lists and variants, without entering a schema twice."""
    name = component(schema) or ""
    if name in within:
        return
    here, within = model.schema(model.resolved(schema)), (*within, name) if name else within
    inner = [(before, {"$ref": BASE + variant}) for variant in here.variants.values()]
    inner += [((*before, key), each.schema) for key, each in here.fields.items() if "const" not in each.schema]
    if here.node.get("type") == "array":
        inner.append(((*before, EACH), here.node.get("items", {})))
    if here.variants or not inner:
        yield (*before, here.tag) if here.variants else before
    for path, each in inner:
        yield from leaves(model, each, path, within)


def meant(name: str, paths: Iterable[Steps]) -> list[Steps]:
    """Return the paths that a name means, by the first convention by which it means any.

    `configRid` is the field of that name, `recordRid` the field `rid`, `actingUserId` the field `userId` of
    `actingUser`, `justificationAdditionalResponse` a field anywhere below `justification`, and `approvalsTaskId` any
    field of that name.
    """
    words = {path: _words(path) for path in paths}
    for convention in _CONVENTIONS:
        if found := [path for path, steps in words.items() if convention(steps) == name.lower()]:
            return found
    return []


def _words(path: Steps) -> list[list[str]]:
    """Return the words of each step; a step to a list is in the singular."""
    following = (*path[1:], "")
    singular = [step.removesuffix("s") if after == EACH else step for step, after in zip(path, following, strict=True)]
    return [re.sub("([A-Z])", r" \1", step).lower().split() for step in singular if step != EACH]


def _joined(steps: Sequence[list[str]]) -> str:
    """Join the words of all steps; words that end one step and start the next occur once."""
    words: list[str] = []
    for step in steps:
        shared = max(size for size in range(len(step) + 1) if words[len(words) - size :] == step[:size])
        words += step[shared:]
    return "".join(words)


_CONVENTIONS: tuple[Callable[[list[list[str]]], str], ...] = (
    lambda steps: _joined(steps) if len(steps) == 1 else "",
    lambda steps: _joined([["record"], *steps]) if len(steps) == 1 else "",
    _joined,
    lambda steps: _joined([steps[0], steps[-1]]),
    lambda steps: _joined(steps[-1:]),
)
