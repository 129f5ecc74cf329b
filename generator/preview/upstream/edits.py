"""From the facts of an SDK and our spec to what has to be edited in the spec."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from ...spec import Spec
from ...spec.document import pointer_to
from .deviations import expected, with_limits
from .facts import Facts, Fields, Operation, in_full, is_required, required
from .openapi import error_bodies, facts_of, parameters_of
from .snippets import Snippets, enum_values, response, variant

Keys = tuple[str | int, ...]
"""A place in the spec."""

_SCHEMAS: Keys = ("components", "schemas")


@dataclass(frozen=True)
class Edit:
    """One thing to do in the part of the spec that `subject` names, with YAML to paste where there is any.

    `line` counts from 1: that of what changes, or that after which something is added.
    """

    subject: str
    line: int
    pointer: str
    message: str
    snippet: str = ""


def edits(theirs: Facts, spec: Spec) -> list[Edit]:
    """What makes the spec say what the SDK says, by subject in the order of the spec; nothing when it does."""
    found = sorted(_Comparison(theirs, spec).edits(), key=lambda edit: edit.line)
    subjects = list(dict.fromkeys(edit.subject for edit in found))
    return sorted(found, key=lambda edit: subjects.index(edit.subject))


class _Comparison:
    def __init__(self, theirs: Facts, spec: Spec) -> None:
        self._spec = spec
        self._ours = facts_of(spec)
        self._theirs = expected(theirs)
        schemas = self._ours.schemas()
        self._inline = {name: kind for name, kind in self._theirs.shared.items() if name not in schemas}
        self._write = Snippets(self._inline)

    def edits(self) -> Iterator[Edit]:
        ours, theirs = self._ours.version, self._theirs.version
        if theirs != ours:
            yield self._edit("info", ("info", "version"), f'change version from "{ours}" to "{theirs}"')
        yield from self._schemas()
        yield from self._errors()
        yield from self._operations()

    def _edit(self, subject: str, path: Keys, message: str, snippet: str = "") -> Edit:
        pointer = pointer_to(path)
        return Edit(subject, self._spec.problem(pointer, message).line, pointer, message, snippet)

    def _same(self, theirs: str, ours: str) -> bool:
        """Whether two types are one; what the SDK takes from its other parts may be written in full."""
        return ours in (theirs, in_full(theirs, self._theirs.shared))

    # Schemas

    def _schemas(self) -> Iterator[Edit]:
        theirs, ours = self._theirs.schemas(), self._ours.schemas()
        compare = {"object": self._object, "enum": self._enum, "union": self._union, "scalar": self._scalar}
        for name, kind in theirs.items():
            if name not in ours:
                yield self._new_schema(name)
            elif ours[name] != kind:
                schema = self._write.schema(self._theirs, name)
                yield self._edit(name, (*_SCHEMAS, name), f"replace the {ours[name]} by this {kind}", schema)
            else:
                yield from compare[kind](name)
        for name, kind in ours.items():
            if name in self._theirs.shared and kind == "scalar":
                yield from self._scalar(name)
            elif name not in theirs:
                yield self._edit(name, (*_SCHEMAS, name), "remove the schema")

    def _new_schema(self, name: str) -> Edit:
        """A variant goes behind the one before it in its union, anything else to the end."""
        after = list(self._ours.schemas())[-1]
        for union in self._theirs.unions.values():
            after = _before(name, list(union["variants"].values()), self._ours.schemas()) or after
        schema = self._write.schema(self._theirs, name)
        return self._edit(name, (*_SCHEMAS, after), f"add the schema after {after}", schema)

    def _object(self, name: str) -> Iterator[Edit]:
        yield from self._fields(name, (*_SCHEMAS, name), self._theirs.objects[name], self._ours.objects[name], "field")

    def _fields(self, subject: str, schema: Keys, theirs: Fields, ours: Fields, noun: str) -> Iterator[Edit]:
        properties = (*schema, "properties")
        for name, after in _added(theirs, ours):
            message = f"add the {noun} {name}{_after(after)}{', and to required' if is_required(theirs[name]) else ''}"
            yield self._edit(subject, (*properties, after), message, self._write.field(name, theirs[name]))
        for name, kind in ours.items():
            if name not in theirs:
                yield self._edit(subject, (*properties, name), f"remove the {noun} {name}")
                continue
            if not self._same(required(theirs[name]), required(kind)):
                shown = in_full(required(theirs[name]), self._inline)
                message = f"change the type of {name} from {required(kind)} to {shown}"
                yield self._edit(subject, (*properties, name), message, self._write.field(name, theirs[name]))
            if is_required(theirs[name]) != is_required(kind):
                message = f"take {name} out of required" if is_required(kind) else f"add {name} to required"
                yield self._edit(subject, (*schema, "required"), message)

    def _enum(self, name: str) -> Iterator[Edit]:
        theirs, ours = self._theirs.enums[name], self._ours.enums[name]
        path = (*_SCHEMAS, name, "enum")
        names = "x-enum-varnames" in self._spec.document["components"]["schemas"][name]
        for after, group in groupby(_added(theirs, ours), key=itemgetter(1)):
            values = [value for value, _ in group]
            message = f"add the value{'s' * (len(values) > 1)} {', '.join(values)}{_after(after)}"
            if names:
                message += ", to enum and to x-enum-varnames"
            snippet = enum_values(values, with_names=names)
            yield self._edit(name, (*path, ours.index(after)) if after else path, message, snippet)
        for index, value in enumerate(ours):
            if value not in theirs:
                message = f"remove the value {value}" + (", from enum and from x-enum-varnames" if names else "")
                yield self._edit(name, (*path, index), message)

    def _union(self, name: str) -> Iterator[Edit]:
        theirs, ours = self._theirs.unions[name], self._ours.unions[name]
        path = (*_SCHEMAS, name)
        if theirs["discriminator"] != ours["discriminator"]:
            message = f"change the discriminator from {ours['discriminator']} to {theirs['discriminator']}"
            yield self._edit(name, (*path, "discriminator", "propertyName"), message)
        yield from self._variants(name, path, theirs["variants"], ours["variants"])

    def _variants(self, subject: str, path: Keys, theirs: Fields, ours: Fields) -> Iterator[Edit]:
        mapping = (*path, "discriminator", "mapping")
        for tag, after in _added(theirs, ours):
            message = f"add the variant {tag}{_after(after)}, to oneOf and to the mapping"
            yield self._edit(subject, (*mapping, after), message, variant(tag, theirs[tag]))
        for tag, schema in ours.items():
            if tag not in theirs:
                yield self._edit(subject, (*mapping, tag), f"remove the variant {tag}, from oneOf and from the mapping")
            elif theirs[tag] != schema:
                message = f"change the schema of the variant {tag} from {schema} to {theirs[tag]}"
                yield self._edit(subject, (*mapping, tag), message, variant(tag, theirs[tag]))

    def _scalar(self, name: str) -> Iterator[Edit]:
        known = {**self._theirs.shared, **self._theirs.scalars}
        theirs, ours = with_limits(name, in_full(known[name], known)), self._ours.scalars[name]
        if theirs != in_full(ours, self._ours.scalars):
            message = f"change the type from {ours} to {theirs}"
            yield self._edit(name, (*_SCHEMAS, name), message, self._write.kind(theirs))

    # Errors

    def _errors(self) -> Iterator[Edit]:
        bodies = error_bodies(self._spec.document)
        for name, error in self._theirs.errors.items():
            if name not in bodies:
                last = list(bodies.values())[-1]
                message = f"add the schemas of the error after {last}, and its variant to oneOf and to the mapping"
                yield self._edit(f"{name}Body", (*_SCHEMAS, last), message, self._write.error(name, error))
                continue
            if error["status"] != self._ours.errors[name]["status"]:
                message = f"let the description end with 'Status {error['status']}.'"
                yield self._edit(bodies[name], (*_SCHEMAS, bodies[name], "description"), message)
            yield from self._parameters(name, bodies[name])
        for name, body in bodies.items():
            # What has a namespace comes from the layers below and is not in the SDK.
            if name not in self._theirs.errors and ":" not in name:
                message = "remove the schemas of the error, and its variant from oneOf and from the mapping"
                yield self._edit(body, (*_SCHEMAS, body), message)

    def _parameters(self, name: str, body: str) -> Iterator[Edit]:
        theirs, ours = self._theirs.errors[name]["parameters"], self._ours.errors[name]["parameters"]
        schema = parameters_of(self._spec.document, body).get("$ref", "").rpartition("/")[2]
        if schema:
            yield from self._fields(schema, (*_SCHEMAS, schema), theirs, ours, "parameter")
        elif theirs:
            snippet = "\n".join(self._write.parameters(name, theirs))
            yield self._edit(body, (*_SCHEMAS, body), "describe the parameters", snippet)

    # Operations

    def _operations(self) -> Iterator[Edit]:
        for key, operation in self._theirs.operations.items():
            if key not in self._ours.operations:
                yield self._edit(key, ("paths",), "add the operation", self._write.operation(key, operation))
            else:
                yield from self._operation(key, operation, self._ours.operations[key])
        for key in self._ours.operations.keys() - self._theirs.operations.keys():
            yield self._edit(key, _path(key), "remove the operation")

    def _operation(self, key: str, theirs: Operation, ours: Operation) -> Iterator[Edit]:
        path = _path(key)
        if theirs["operationId"] != ours["operationId"]:
            message = f"change operationId from {ours['operationId']} to {theirs['operationId']}"
            yield self._edit(key, (*path, "operationId"), message)
        yield from self._arguments(key, theirs["parameters"], ours["parameters"])
        for noun, place, before, after in (
            ("request body", "requestBody", ours["body"], theirs["body"]),
            ("response", "responses", ours["returns"], theirs["returns"]),
        ):
            if before != after and not (before and after and self._same(after, before)):
                message = f"change the {noun} from {before or 'nothing'} to {after or 'nothing'}"
                yield self._edit(key, (*path, place), message, self._write.kind(after) if after else "")
        for status in theirs["statuses"]:
            if status not in ours["statuses"]:
                yield self._edit(key, (*path, "responses"), f"add the response {status}", response(status))
        if theirs["scopes"] is not None and theirs["scopes"] != ours["scopes"]:
            message = f"change the scopes from {_listed(ours['scopes'])} to {_listed(theirs['scopes'])}"
            yield self._edit(key, (*path, "security"), message)

    def _arguments(self, key: str, theirs: Fields, ours: Fields) -> Iterator[Edit]:
        path = (*_path(key), "parameters")
        for name, kind in theirs.items():
            if name not in ours:
                yield self._edit(key, path, f"add the parameter {_argument(name)}", self._write.parameter(name, kind))
            elif not self._same(kind, ours[name]):
                message = f"change the parameter {_argument(name)} from {ours[name]} to {kind}"
                yield self._edit(key, path, message, self._write.parameter(name, kind))
        for name in ours:
            if name not in theirs:
                yield self._edit(key, path, f"remove the parameter {_argument(name)}")


def _added(theirs: Iterable[str], ours: Collection[str]) -> Iterator[tuple[str, str]]:
    """What is new, each with what we have before it; an empty name at the start."""
    names = list(theirs)
    yield from ((name, _before(name, names, ours)) for name in names if name not in ours)


def _before(name: str, names: list[str], ours: Collection[str]) -> str:
    earlier = names[: names.index(name)] if name in names else []
    return next((each for each in reversed(earlier) if each in ours), "")


def _after(name: str) -> str:
    return f" after {name}" if name else ""


def _path(key: str) -> Keys:
    method, path = key.split(" ")
    return ("paths", path, method.lower())


def _argument(key: str) -> str:
    place, _, name = key.partition(".")
    return f"{name} in the {place}"


def _listed(scopes: list[str] | None) -> str:
    return ", ".join(scopes or ()) or "none"
