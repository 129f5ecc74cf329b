"""Paths below a schema: where one leads, all that there are, and the ones that a name can mean."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .document import Json, at, discriminator_of, parts_of
from .table_types import EACH, Path

Steps = tuple[str, ...]
Extended = Mapping[str, Mapping[str, Path]]
"""What steps such as `x-item-id` stand for: for each, the path in each variant of a union."""

_TAKEN = {*dir(builtins), "self", "datetime"} - {"id"}


class PathError(Exception):
    """A path that leads nowhere, or not where it must."""


@dataclass
class Place:
    """Where a path leads: its steps, and the schema there or, at a union, the rest of the way in each variant."""

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


def resolved(document: Json, schema: Json) -> Json:
    """Return what a schema stands for if it is a `$ref`."""
    while "$ref" in schema:
        schema = at(document, schema["$ref"])
    return schema


def properties(document: Json, schema: Json) -> dict[str, Json]:
    """Return the properties of an object, with those that `allOf` adds."""
    return {name: each for part in parts_of(document, schema) for name, each in part.get("properties", {}).items()}


def variants_of(schema: Json) -> tuple[str, dict[str, Json]]:
    """Return the discriminator of a union, and the `$ref` to each variant; nothing for another schema."""
    name, mapping = discriminator_of(schema) or ("", {})
    known = schema.get("oneOf", ())
    return name, {tag: {"$ref": target} for tag, target in mapping.items() if {"$ref": target} in known}


def follow(document: Json, schema: Json, steps: Steps, extended: Extended) -> Place:
    """Follow a path; at a union, in each variant that has the rest of it. Raises `PathError`."""
    for index, step in enumerate(steps):
        schema = resolved(document, schema)
        tag, variants = variants_of(schema)
        if variants and step != tag:
            found = dict(_in_variants(document, variants, steps[index:], extended))
            return Place(steps[:index], schema, found)
        if variants:
            schema = {"type": "string"}
        elif step == EACH and schema.get("type") == "array":
            schema = schema.get("items", {})
        elif step in (named := properties(document, schema)):
            schema = named[step]
        else:
            raise PathError(f"there is no {path_of(steps[: index + 1])}")
    return Place(steps, resolved(document, schema))


def _in_variants(
    document: Json, variants: Mapping[str, Json], steps: Steps, extended: Extended
) -> Iterator[tuple[str, Place]]:
    if steps[0] in extended:
        yield from ((tag, Place(path.json, {"type": "string"})) for tag, path in extended[steps[0]].items())
        return
    misses = 0
    for tag, variant in variants.items():
        try:
            place = follow(document, variant, steps, extended)
        except PathError:
            misses += 1
        else:
            if place.variants:
                raise PathError(f"{path_of(steps)} leads through a union within a union")
            yield tag, place
    if misses == len(variants):
        raise PathError(f"no variant has {path_of(steps)}")


def leaves(document: Json, schema: Json, before: Steps = (), within: Steps = ()) -> Iterator[Steps]:
    """Yield every path from a schema to a scalar, through lists and variants, without entering a schema twice."""
    name = schema.get("$ref", "")
    if name in within:
        return
    here, within = resolved(document, schema), (*within, name) if name else within
    tag, variants = variants_of(here)
    if variants:
        yield (*before, tag)
    inner = [(before, variant) for variant in variants.values()]
    inner += [((*before, key), each) for key, each in properties(document, here).items() if "const" not in each]
    if here.get("type") == "array":
        inner.append(((*before, EACH), here.get("items", {})))
    if not inner:
        yield before
    for path, each in inner:
        yield from leaves(document, each, path, within)


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
