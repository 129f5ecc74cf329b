"""Facts as YAML in the style of the spec, to be pasted into it. What a person has to write is a TODO."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from .facts import Error, Facts, Fields, Operation, in_full, is_required, required

_SHAPE = re.compile(
    r"(?:list<(?P<items>.*)>|map<string, (?P<values>.*)>|string /(?P<pattern>.*)/|(?P<name>\w+))"
    r"(?:\[(?P<low>\d*)\.\.(?P<high>\d*)\])?"
)
_SCALARS = {
    "any": [],
    "string": ["type: string"],
    "datetime": ["type: string", "format: date-time"],
    "integer": ["type: integer"],
    "double": ["type: number"],
    "boolean": ["type: boolean"],
}
_PLAIN_TEXT = re.compile(r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z_][\w:]*(?<!:)", re.IGNORECASE)


class Snippets:
    """Writes YAML. What `inline` maps to a type is no component of the spec, and is written in full."""

    def __init__(self, inline: dict[str, str]) -> None:
        self._inline = inline

    def kind(self, kind: str) -> str:
        """A type, on one line."""
        kind = in_full(required(kind), self._inline)
        return f"{{{', '.join(self._settings(kind))}}}"

    def _settings(self, kind: str) -> Iterator[str]:
        shape = _SHAPE.fullmatch(kind)
        if kind.startswith("const "):
            yield from ("type: string", f"const: {_text(kind.removeprefix('const '))}")
        elif shape is None:
            yield f"description: {json.dumps(f'TODO {kind}')}"
        elif shape["items"]:
            yield from ("type: array", *_limits(shape, "Items"), f"items: {self.kind(shape['items'])}")
        elif shape["values"]:
            yield from ("type: object", f"additionalProperties: {self.kind(shape['values'])}")
        elif shape["pattern"]:
            pattern = shape["pattern"].replace("'", "''")
            yield from ("type: string", f"pattern: '{pattern}'")
        elif shape["name"] in _SCALARS:
            yield from (*_SCALARS[shape["name"]], *_limits(shape, "Length" if shape["name"] == "string" else "imum"))
        else:
            yield f"$ref: {_pointer(kind)}"

    def field(self, name: str, kind: str) -> str:
        """A property."""
        return f"{_text(name)}: {self.kind(kind)}"

    def schema(self, facts: Facts, name: str) -> str:
        """A component."""
        return _component(name, ["description: TODO", *self._schema(facts, name)])

    def _schema(self, facts: Facts, name: str) -> Iterator[str]:
        if name in facts.objects:
            yield from self._object(facts.objects[name])
        elif name in facts.enums:
            yield from _enum(facts.enums[name])
        elif name in facts.unions:
            union = facts.unions[name]
            yield from ("oneOf:", *_indented(f"- $ref: {_pointer(each)}" for each in union["variants"].values()))
            yield from ("discriminator:", f"  propertyName: {_text(union['discriminator'])}", "  mapping:")
            yield from _indented((f"{_text(tag)}: {_pointer(each)}" for tag, each in union["variants"].items()), 4)
        else:
            yield from self._settings(in_full(facts.scalars[name], {**facts.shared, **facts.scalars}))

    def _object(self, fields: Fields) -> Iterator[str]:
        needed = [_text(name) for name, kind in fields.items() if is_required(kind)]
        yield "type: object"
        if needed:
            yield f"required: [{', '.join(needed)}]"
        yield "properties:"
        yield from _indented(self.field(name, kind) for name, kind in fields.items())

    def error(self, name: str, error: Error) -> str:
        """The components of an error: its body and, where it has any, its parameters."""
        lines = [f"description: TODO. Status {error['status']}.", "allOf:", f"  - $ref: {_pointer('ErrorBase')}"]
        lines += ["  - type: object", "    required: [errorName]", "    properties:"]
        lines.append(f"      errorName: {{type: string, const: {_text(name)}}}")
        if not error["parameters"]:
            return _component(f"{name}Body", [*lines, "      parameters: {type: object, additionalProperties: true}"])
        property_, component = self.parameters(name, error["parameters"])
        return "\n".join([_component(f"{name}Body", [*lines, f"      {property_}"]), component])

    def parameters(self, name: str, fields: Fields) -> tuple[str, str]:
        """The parameters of an error: the property of its body, and the component."""
        component = _component(f"{name}Parameters", ["description: TODO", *self._object(fields)])
        return f"parameters: {{$ref: {_pointer(f'{name}Parameters')}}}", component

    def operation(self, key: str, operation: Operation) -> str:
        """An operation, under its path."""
        method, path = key.split(" ")
        lines = [f"operationId: {operation['operationId']}", "tags: [TODO]", "summary: TODO", "parameters:"]
        lines += (f"  - {self.parameter(name, kind)}" for name, kind in operation["parameters"].items())
        if operation["body"]:
            lines += ["requestBody:", "  required: true", f"  content: {self._json(operation['body'])}"]
        lines += ["responses:", '  "200":', "    description: TODO", f"    content: {self._json(operation['returns'])}"]
        lines += [f"  {response(status)}" for status in operation["statuses"]] + [f"  {response('default')}"]
        return "\n".join([f"{path}:", f"  {method.lower()}:", *_indented(lines, 4)])

    def parameter(self, key: str, kind: str) -> str:
        """A parameter of an operation, keyed as in its facts."""
        place, _, name = key.partition(".")
        needed = "required: true, " if is_required(kind) else ""
        return f"{{name: {_text(name)}, in: {place}, {needed}schema: {self.kind(kind)}}}"

    def _json(self, kind: str) -> str:
        return f"{{application/json: {{schema: {self.kind(kind)}}}}}"


def response(status: int | str) -> str:
    """The response of a failure."""
    key = json.dumps(str(status)) if isinstance(status, int) else status
    return f'{key}: {{$ref: "#/components/responses/Error"}}'


def variant(tag: str, name: str) -> str:
    """The two lines of a variant, for `oneOf` and for the mapping."""
    return f"- $ref: {_pointer(name)}\n{_text(tag)}: {_pointer(name)}"


def enum_values(values: list[str], *, with_names: bool) -> str:
    """The lines of values, for `enum`, and of their names, for `x-enum-varnames`."""
    return "\n".join(_listed(values) + (_listed(map(_constant, values)) if with_names else []))


def _enum(values: list[str]) -> Iterator[str]:
    yield from ("type: string", "enum:", *_indented(_listed(values)))
    if any(value != value.upper() for value in values):
        yield from ("x-enum-varnames:", *_indented(_listed(map(_constant, values))))


def _listed(values: Iterable[str]) -> list[str]:
    return [f"- {_text(value)}" for value in values]


def _constant(value: str) -> str:
    """`RECORD_RID` for `recordRid`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\W+", "_", value).upper()


def _limits(shape: re.Match[str], noun: str) -> Iterator[str]:
    yield from (f"{end}{noun}: {shape[side]}" for side, end in (("low", "min"), ("high", "max")) if shape[side])


def _component(name: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{name}:", *_indented(lines)])


def _indented(lines: Iterable[str], width: int = 2) -> list[str]:
    return [" " * width + line for line in lines]


def _pointer(name: str) -> str:
    return json.dumps(f"#/components/schemas/{name}")


def _text(text: str) -> str:
    return text if _PLAIN_TEXT.fullmatch(text) else json.dumps(text)
