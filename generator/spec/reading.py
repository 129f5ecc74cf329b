"""Read a spec, and find what is wrong with it: where, and why."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import schema_v31
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from .document import (
    Fault,
    Json,
    at,
    discriminator_of,
    exists,
    mappings,
    operations,
    pointer_to,
    schemas,
    top_schemas,
    walk,
)
from .rules import house_rules

_JSON_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")}


@dataclass(frozen=True)
class Problem:
    """A fault of a spec. `line` counts from 1; `pointer` is a JSON pointer, empty for the whole document."""

    path: Path
    line: int
    pointer: str
    message: str

    def __str__(self) -> str:
        where = f"{self.pointer}: " if self.pointer else ""
        return f"{self.path}:{self.line}: {where}{self.message}"


class SpecError(Exception):
    """A file that contains no usable document. `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Spec:
    """A spec as read. `digest` is the start of the SHA-256 of the file, 12 hexadecimal digits."""

    path: Path
    document: dict[str, Json]
    digest: str
    lines: dict[str, int] = field(repr=False)

    @property
    def version(self) -> str:
        """Return the version of the API document that the spec describes."""
        return str(self.document["info"]["version"])

    def problem(self, pointer: str, message: str) -> Problem:
        """Return the fault at a pointer, on its line or, if the spec has nothing there, on the line of its parent."""
        present = pointer
        while present not in self.lines:
            present = present.rpartition("/")[0]
        return Problem(self.path, self.lines[present], pointer, message)


def load(path: Path) -> Spec:
    """Read a spec. Raises `SpecError` for a file that is missing, isn't YAML, or contains what JSON can't."""
    try:
        return parse(path.read_bytes(), path)
    except OSError as error:
        raise SpecError([Problem(path, 1, "", error.strerror or str(error))]) from error


def parse(content: bytes, path: Path) -> Spec:
    """Read a spec from bytes; `path` is for messages. Raises `SpecError` as `load` does."""
    try:
        root = YAML(typ="safe", pure=True).compose(content)
        if not isinstance(root, MappingNode):
            raise SpecError([Problem(path, 1, "", "the document is not a mapping")])
        if foreign := [Problem(path, line, *fault) for line, *fault in _foreign(root)]:
            raise SpecError(foreign)
        document = YAML(typ="safe", pure=True).constructor.construct_document(root)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise SpecError([Problem(path, mark.line + 1 if mark else 1, "", message)]) from error
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Spec(path, document, digest, {pointer: line for pointer, line, _ in _nodes(root)})


def problems(spec: Spec) -> list[Problem]:
    """Return everything that is wrong with a spec, by line.

    The rules and the examples of a document that isn't OpenAPI, or has a dangling `$ref`, are not checked.
    """
    document = spec.document
    faults = set(_structure(document))
    if not faults:
        faults = {*house_rules(document), *_examples(document)}
        for error in OpenAPIV31SpecValidator(document).iter_errors():
            # These errors have no path, but their messages quote the path and the method of the operation.
            named = (key for key, _ in operations(document) if all(repr(part) in error.message for part in key))
            faults.add((pointer_to(next((("paths", *key) for key in named), ())), error.message))
    return sorted((spec.problem(*fault) for fault in faults), key=lambda problem: (problem.line, str(problem)))


def todos(spec: Spec) -> list[Problem]:
    """Return the words that a person has yet to write."""
    texts = ((pointer, text) for pointer, text in walk(spec.document) if isinstance(text, str))
    found = (spec.problem(pointer, text) for pointer, text in texts if re.search(r"\bTODO\b", text))
    return sorted(found, key=lambda problem: problem.line)


# The document as text


def _nodes(node: Node, pointer: str = "", line: int = 1) -> Iterator[tuple[str, int, Node]]:
    yield pointer, line, node
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _nodes(value, pointer + pointer_to([key.value]), key.start_mark.line + 1)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _nodes(item, pointer + pointer_to([index]), item.start_mark.line + 1)


def _foreign(root: Node) -> Iterator[tuple[int, str, str]]:
    for pointer, line, node in _nodes(root):
        if node.tag not in _JSON_TAGS:
            yield line, pointer, f"{node.value} is not a JSON value; quote it"
        for key, _ in node.value if isinstance(node, MappingNode) else ():
            if key.tag != "tag:yaml.org,2002:str":
                yield key.start_mark.line + 1, pointer, f"the key {key.value} is not a string; quote it"


# OpenAPI


def _structure(document: Json) -> Iterator[Fault]:
    yield from _violations(_validator(dict(schema_v31)), document)
    for pointer, schema in top_schemas(document):
        yield from _violations(_validator(Draft202012Validator.META_SCHEMA), schema, pointer)
    yield from dangling(document)


def dangling(document: Json) -> Iterator[Fault]:
    """Yield each `$ref` that leads nowhere."""
    for pointer, node in mappings(document):
        target = node.get("$ref")
        if isinstance(target, str) and not (target.startswith("#/") and exists(document, target)):
            yield f"{pointer}/$ref", f"{target} does not exist in this document"


def _validator(schema: Json, **resources: Any) -> Any:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER, **resources)


def _violations(validator: Any, instance: Json, at: str = "") -> Iterator[Fault]:
    for error in validator.iter_errors(instance):
        yield from ((at + pointer, message) for pointer, message in _causes(error))


def _causes(error: Any) -> Iterator[Fault]:
    """Yield the causes of a validation error; of a union, those of the variant that the value names."""
    union = discriminator_of(error.schema) if error.validator == "oneOf" else None
    if union is None or not isinstance(error.instance, dict):
        cause = best_match([error])
        ways = dict.fromkeys(nested.message for nested in cause.context)
        yield pointer_to(cause.absolute_path), ", or ".join(ways) or cause.message
        return
    name, mapping = union
    tag = error.instance.get(name)
    variant = {"$ref": mapping.get(str(tag))}
    if variant not in error.validator_value:
        yield pointer_to(error.absolute_path), f"no variant has the {name} {tag!r}"
    for nested in error.context:
        if error.validator_value[nested.relative_schema_path[0]] == variant:
            yield from _causes(nested)


# Examples


def _examples(document: Json) -> Iterator[Fault]:
    registry = Registry().with_resource("urn:spec", DRAFT202012.create_resource(document))
    for schema, pointer, value in examples(document):
        validator = _validator({"$ref": f"urn:spec#{quote(schema)}"}, registry=registry)
        yield from _violations(validator, value, pointer)


def examples(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield every example: the pointer of its schema, its own, and its value."""
    for schema, _ in top_schemas(document):
        if schema.endswith("/schema"):
            owner = schema.removesuffix("/schema")
            holder = at(document, owner)
            if "example" in holder:
                yield schema, f"{owner}/example", holder["example"]
            for name, example in holder.get("examples", {}).items():
                inline = f"{owner}/examples{pointer_to([name])}"
                pointer = example.get("$ref", inline).removeprefix("#") + "/value"
                if exists(document, pointer):
                    yield schema, pointer, at(document, pointer)
    for pointer, node in schemas(document):
        yield from (
            (pointer, f"{pointer}/examples/{index}", each) for index, each in enumerate(node.get("examples", ()))
        )
