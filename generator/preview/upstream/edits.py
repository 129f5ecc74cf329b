"""From an SDK to the text of our spec: make the edits after which both say the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TypeVar

from ...spec.document import Json, pointer_to
from ...spec.model import BASE, Model, Operation, component, reference
from ...spec.words import without_words
from .examples import mend_examples
from .expected import expected, parts, refers_to
from .extensions import Renames, mend_extensions
from .sheet import Sheet

_STRUCTURE = {
    *("$ref", "additionalProperties", "allOf", "const", "discriminator", "enum", "format", "items", "mapping"),
    *("maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "oneOf", "pattern", "properties"),
    *("propertyName", "required", "schema", "type", "x-enum-varnames"),
}
"""The keywords that the SDK decides. The others, such as `description`, are ours."""
_NAMED = ("mapping", "properties")

T = TypeVar("T")


def edited(content: str, path: Path, sdk: Json) -> tuple[str, list[str]]:
    """Return the text of our spec with every edit that makes it agree with the SDK, and what is left to do by hand."""
    merge = _Merge(Sheet(content, path), sdk)
    merge.run()
    changed = merge.sheet.text()
    if changed == content:
        return content, merge.left
    sheet = Sheet(changed, path)
    notes = mend_extensions(sheet, merge.renames)
    return mend_examples(Sheet(sheet.text(), path)), merge.left + notes


class _Merge:
    """The edits of one sheet. `left` is what they can't do, `renames` the fields that only have another name."""

    def __init__(self, sheet: Sheet, sdk: Json) -> None:
        self.sheet = sheet
        self.left: list[str] = []
        self.renames: Renames = []
        self._ours = Model(sheet.spec.document)
        self._theirs = Model(expected(sdk, self._ours))
        self._places: dict[str, str] = {}
        self._done: set[str] = set()
        self._is_sent = False

    def run(self) -> None:
        """Make the edits of the version, the schemas, the errors, and the operations."""
        if self._theirs.document["info"]["version"] != self.sheet.spec.version:
            self.sheet.replace("/info/version", self._theirs.document["info"]["version"])
        self._schemas()
        for name, error in self._ours.errors.items():
            status = self._theirs.errors[name].status if name in self._theirs.errors else error.status
            if status != error.status:
                pointer = f"{BASE[1:]}{error.body}/description"
                self.sheet.substitute(pointer, f"Status {error.status}.", f"Status {status}.")
        self._operations()

    # Schemas

    def _schemas(self) -> None:
        ours, theirs = self._ours.schemas, self._theirs.schemas
        for name in theirs:
            if name not in ours:
                self._add_schema(name)
        for name, schema in ours.items():
            pointer = BASE[1:] + name
            if name not in theirs:
                self.sheet.remove(pointer)
            elif schema.kind != theirs[name].kind:
                self.sheet.replace(pointer, {**theirs[name].node, "description": "TODO"})
            else:
                self._is_sent = any(way == "request" for way, _ in self._ours.uses.get(BASE + name, ()))
                self._mapping(pointer, schema.node, theirs[name].node)

    def _add_schema(self, name: str) -> str:
        """Add a new schema, and return the old one that it stands behind."""
        if name not in self._places:
            self._places[name] = list(self._ours.schemas)[-1]  # where schemas refer to each other in a circle
            before = self._before(name)
            self._places[name] = before if before in self._ours.schemas else self._add_schema(before)
            self.sheet.insert(BASE[1:-1], self._places[name], name, self._theirs.schemas[name].node, gap=True)
        return self._places[name]

    def _before(self, name: str) -> str:
        """Return the schema that a new one belongs behind: an earlier variant, one that uses it, or one of its kind."""
        ours, theirs = self._ours.schemas, self._theirs.schemas
        for _, union in self._theirs.unions():
            variants = list(union.variants.values())
            if name in variants and (earlier := _previous(name, variants, ours)):
                error = next((error for error in self._ours.errors.values() if error.body == earlier), None)
                return parts(self._ours, error)[-1] if error else earlier
        users = [each for each, schema in theirs.items() if each != name and refers_to(schema.node, name)]
        if users and theirs[name].kind in ("object", "union"):
            return next((each for each in users if each in ours), users[0])
        return [each for each in ours if ours[each].kind == theirs[name].kind or each == next(iter(ours))][-1]

    def _mapping(self, pointer: str, ours: Json, theirs: Json, *, is_named: bool = False) -> None:
        """Edit a mapping of our spec; `is_named` says that its keys are names."""
        if len(ours.get("allOf", ())) != len(theirs.get("allOf", ())):
            if self._ours.fields(ours) != self._theirs.fields(theirs):
                self.left.append(f"{pointer}: the schema is composed with allOf")
            return
        theirs = _aligned(ours, theirs)
        if is_named and (renamed := self._renamed(ours, theirs)):
            self.renames.append(renamed)
            self.sheet.rename(pointer + pointer_to([renamed[0]]), renamed[1])
            ours = {renamed[1] if key == renamed[0] else key: value for key, value in ours.items()}
        for key in ours:
            if key not in theirs and (is_named or key in _STRUCTURE):
                self.sheet.remove(pointer + pointer_to([key]))
        for key, value in theirs.items():
            if not is_named and key not in _STRUCTURE:
                continue
            if key in ours:
                self._value(pointer + pointer_to([key]), key, ours[key], value)
            else:
                # Callers may pass the fields of a request by position, so a new one comes last.
                is_last = self._is_sent and pointer.endswith("/properties")
                self.sheet.insert(pointer, list(ours)[-1] if is_last else _previous(key, theirs, ours), key, value)

    def _renamed(self, ours: Json, theirs: Json) -> tuple[str, str] | None:
        """Return the names of a field that has only another name now: the one that is gone, and the one that is new."""
        match [key for key in ours if key not in theirs], [key for key in theirs if key not in ours]:
            case [old], [new] if self._is_same(ours[old], theirs[new]) and "const" not in ours[old]:
                return old, new
        return None

    def _value(self, pointer: str, key: str, ours: Json, theirs: Json) -> None:
        if self._is_same(ours, theirs, is_named=key in _NAMED):
            return
        is_container = type(ours) is type(theirs) and isinstance(ours, dict | list)
        if not theirs or not is_container or "$ref" in ours or "$ref" in theirs:
            self.sheet.replace(pointer, theirs)
        elif not self.sheet.is_block(pointer):
            words = {name: ours[name] for name in ours if name not in _STRUCTURE} if isinstance(ours, dict) else {}
            self.sheet.replace(pointer, {**words, **theirs} if isinstance(theirs, dict) else theirs)
        elif isinstance(ours, dict):
            self._mapping(pointer, ours, theirs, is_named=key in _NAMED)
        elif key == "allOf":
            for index, part in enumerate(ours):
                self._value(f"{pointer}/{index}", "", part, theirs[index])
        else:
            self._list(pointer, ours, theirs)

    def _list(self, pointer: str, ours: list[Json], theirs: list[Json]) -> None:
        for index, each in enumerate(ours):
            if each not in theirs:
                self.sheet.remove(f"{pointer}/{index}")
        for each in theirs:
            if each not in ours:
                before = _previous(each, theirs, ours)
                self.sheet.insert_item(pointer, None if before is None else ours.index(before), each)

    def _is_same(self, ours: Json, theirs: Json, *, is_named: bool = False) -> bool:
        """Return whether two schemas are one; what the SDK takes from its other parts may be written in full."""
        plain = without_words(ours, is_named=is_named)
        name = component(theirs) if isinstance(theirs, dict) else None
        in_full = self._theirs.schemas[name].node.get("x-shared", theirs) if name else theirs
        return bool(plain in (without_words(theirs, is_named=is_named), in_full))

    # Operations

    def _operations(self) -> None:
        ours, theirs = _by_path(self._ours), _by_path(self._theirs)
        for key, operation in theirs.items():
            if key not in ours:
                self._add_operation(operation)
            else:
                self._operation(ours[key], operation)
        for (path, method), operation in ours.items():
            if (path, method) not in theirs:
                is_alone = not any(each == path for each, _ in theirs)
                self.sheet.remove(f"/paths{pointer_to([path])}" if is_alone else operation.pointer)

    def _add_operation(self, operation: Operation) -> None:
        self._add_responses(operation)
        paths, method = self._ours.document["paths"], operation.method.lower()
        node = {key: value for key, value in operation.node.items() if key != "x-scopes"}
        if operation.path in paths:
            item = paths[operation.path]
            self.sheet.insert(f"/paths{pointer_to([operation.path])}", list(item)[-1], method, node)
        else:
            before = _previous(operation.path, self._theirs.document["paths"], paths)
            self.sheet.insert("/paths", before, operation.path, {method: node}, gap=True)

    def _operation(self, ours: Operation, theirs: Operation) -> None:
        if ours.name != theirs.name:
            self.sheet.replace(f"{ours.pointer}/operationId", theirs.name)
        self._parameters(ours, theirs)
        if bool(ours.body) == bool(theirs.body):
            self._content(f"{ours.pointer}/requestBody", ours.node.get("requestBody", {}), theirs.body)
        elif ours.body:
            self.sheet.remove(f"{ours.pointer}/requestBody")
        else:
            before = _previous("responses", ours.node, ours.node)
            self.sheet.insert(ours.pointer, before, "requestBody", theirs.node["requestBody"])
        for status, response in ours.successes.items():
            self._content(f"{ours.pointer}/responses/{status}", response, next(iter(theirs.successes.values())))
        self._add_responses(theirs)
        for status in theirs.failures.keys() - ours.responses.keys():
            before = _previous(status, sorted({*ours.responses, status}), ours.responses)
            self.sheet.insert(f"{ours.pointer}/responses", before, status, theirs.responses[status])
        security = ours.node.get("security", self._ours.document.get("security", ()))
        scopes = sorted({scope for way in security for named in way.values() for scope in named})
        if theirs.node.get("x-scopes", scopes) != scopes:
            wanted = ", ".join(theirs.node["x-scopes"]) or "none"
            self.left.append(f"{ours.pointer}/security: the scopes are {wanted}, and no longer {', '.join(scopes)}")

    def _content(self, pointer: str, ours: Json, theirs: Json) -> None:
        """Edit the schema of a request body or of a response."""
        was, now = self._ours.content(ours), self._theirs.content(theirs)
        if was and now:
            pointer = (reference(ours) or f"#{pointer}")[1:]
            self._value(f"{pointer}/content/application~1json/schema", "schema", was, now)
        elif was != now:
            self.left.append(f"{pointer}: one side has JSON here, the other has not")

    def _parameters(self, ours: Operation, theirs: Operation) -> None:
        nodes = ours.node.get("parameters", [])
        keys = [(each["in"], each["name"]) for each in map(self._ours.resolved, nodes)]
        for key, (node, _) in theirs.parameters.items():
            if key not in ours.parameters and nodes:
                self.sheet.insert_item(f"{ours.pointer}/parameters", len(nodes) - 1, node)
            elif key not in ours.parameters:
                self.sheet.insert(ours.pointer, _previous("responses", ours.node, ours.node), "parameters", [node])
            elif not self._is_same(ours.parameters[key].node, node):
                self._parameter(f"{ours.pointer}/parameters/{keys.index(key)}", ours.parameters[key], node, key)
        for index, key in enumerate(keys):
            if key not in theirs.parameters:
                self.sheet.remove(f"{ours.pointer}/parameters/{index}")

    def _parameter(self, pointer: str, ours: tuple[Json, str | None], theirs: Json, key: tuple[str, str]) -> None:
        """Edit a parameter where it is defined, unless other operations that share it keep it as it is."""
        node, shared = ours
        wanted = [each.parameters[key].node for each in self._theirs.operations.values() if key in each.parameters]
        if shared and all(each == theirs for each in wanted):
            pointer = f"/components/parameters/{shared}"
        if pointer not in self._done:
            self._done.add(pointer)
            self._value(pointer, "", node, theirs)

    def _add_responses(self, operation: Operation) -> None:
        """Add the responses that only the SDK has, for the statuses that are new to an operation."""
        responses = self._ours.document["components"].get("responses", {})
        known = _by_path(self._ours).get((operation.path, operation.method.lower()))
        for status, response in operation.failures.items():
            name = component(response)
            if name and name not in responses and name not in self._done and not (known and status in known.responses):
                self._done.add(name)
                node = self._theirs.document["components"]["responses"][name]
                self.sheet.insert("/components/responses", list(responses)[-1], name, node, gap=True)


def _by_path(model: Model) -> dict[tuple[str, str], Operation]:
    return {(each.path, each.method.lower()): each for each in model.operations.values()}


def _previous(each: T, order: Iterable[T], ours: Collection[T]) -> T | None:
    """Return the last of ours that comes before something in an order."""
    names = list(order)
    earlier = [name for name in names[: names.index(each)] if name in ours]
    return earlier[-1] if earlier else None


def _aligned(ours: Json, theirs: Json) -> Json:
    """Return a schema of the SDK in which lists that belong together have the order and the names of ours."""
    aligned = dict(theirs)
    if "required" in ours and isinstance(theirs.get("required"), list):
        aligned["required"] = _joined(ours["required"], theirs["required"])
    if "enum" in ours and "enum" in theirs:
        names = dict(zip(ours["enum"], ours.get("x-enum-varnames", ours["enum"]), strict=True))
        given = dict(zip(theirs["enum"], theirs.get("x-enum-varnames", theirs["enum"]), strict=True))
        aligned["x-enum-varnames"] = [names.get(value, given[value]) for value in theirs["enum"]]
        if "x-enum-varnames" not in ours and "x-enum-varnames" not in theirs:
            del aligned["x-enum-varnames"]
    if "oneOf" in ours and "oneOf" in theirs:
        mapping = theirs["discriminator"]["mapping"]
        order = [each["$ref"] for each in _joined(ours["oneOf"], theirs["oneOf"])]
        tags = sorted(mapping, key=lambda tag: order.index(mapping[tag]))
        aligned["discriminator"] = {**theirs["discriminator"], "mapping": {tag: mapping[tag] for tag in tags}}
    return aligned


def _joined(ours: list[Json], theirs: list[Json]) -> list[Json]:
    """Return the elements of the SDK in our order, each new one behind the one before it."""
    joined = [each for each in ours if each in theirs]
    for index, each in enumerate(theirs):
        if each not in joined:
            joined.insert(joined.index(theirs[index - 1]) + 1 if index else 0, each)
    return joined
