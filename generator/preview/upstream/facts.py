"""What an API is made of, names and types only: what our spec and an SDK have in common.

A type is text: `string`, `integer`, `double`, `boolean`, `datetime`, `any`, `const X`, `list<T>`, `map<string, T>`,
`optional<T>`, or the name of a schema. Limits stand behind it: `string /PATTERN/`, `list<T>[1..100]`, `integer[1..]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TypedDict

Fields = dict[str, str]
"""Types by the name on the wire, in the order of the source."""


class Union(TypedDict):
    """`variants` are names of schemas, by their value of the discriminator."""

    discriminator: str
    variants: dict[str, str]


class Error(TypedDict):
    """`status` is 0 where the source states none."""

    status: int
    parameters: Fields


class Operation(TypedDict):
    """`parameters` are keyed `path.name`, `query.name`. `statuses` are those of documented errors, in order.

    `scopes` is `None` where the source does not speak of them.
    """

    operationId: str
    parameters: Fields
    body: str | None
    returns: str
    statuses: list[int]
    scopes: list[str] | None


@dataclass(frozen=True)
class Facts:
    """The facts of one source. `version` is that of the API document. Operations are keyed `METHOD /path`.

    `shared` are the scalars that an SDK takes from its other parts. A spec may name them, or write them in full.
    """

    source: str
    version: str
    objects: dict[str, Fields] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)
    unions: dict[str, Union] = field(default_factory=dict)
    scalars: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Error] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)

    def schemas(self) -> dict[str, str]:
        """The kind of each schema: an object, an enum, a union or a scalar."""
        kinds: dict[str, Mapping[str, object]] = {
            "object": self.objects,
            "enum": self.enums,
            "union": self.unions,
            "scalar": self.scalars,
        }
        return {name: kind for kind, named in kinds.items() for name in named}

    def to_json(self) -> str:
        """The form of the committed fact files."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Facts:
        """The inverse of `to_json`."""
        return cls(**json.loads(text))


def optional(kind: str) -> str:
    """The type of a value that may be absent."""
    return f"optional<{kind}>" if is_required(kind) else kind


def is_required(kind: str) -> bool:
    """Whether a value must be there."""
    return not kind.startswith("optional<")


def required(kind: str) -> str:
    """The type of a value when it is there."""
    return kind if is_required(kind) else kind[len("optional<") : -1]


def in_full(kind: str, names: Fields) -> str:
    """A type with what the names in it stand for."""
    if kind.startswith(("const ", "string /")):
        return kind
    return re.sub(r"[A-Z]\w*", lambda match: in_full(names[match[0]], names) if match[0] in names else match[0], kind)


def limits(low: int | None, high: int | None) -> str:
    """What stands behind a type whose size or value is limited; nothing where it is not."""
    if low is None and high is None:
        return ""
    return f"[{'' if low is None else low}..{'' if high is None else high}]"
