"""From an SDK to the text of our spec: make the edits after which both say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from ...spec import parse
from ...spec.document import Json, pointer_to
from ...spec.model import BASE, Model, Operation, component
from ...spec.words import without_words
from .expected import expected, parts, refers_to
from .mend import Renames, mend_examples, mend_extensions
from .sheet import written

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
    ours = parse(content.encode(), path).document
    merge = _Merge(ours, sdk)
    merge.run()
    if merge.document == ours:
        return content, merge.left
    notes = mend_extensions(merge.document, merge.renames)
    mend_examples(merge.document)
    return written(content, path, merge.document), merge.left + notes


class _Merge:
    """Our spec, which becomes what the SDK says, in `document`.

    `left` is what can't be done here, `renames` the fields that only have another name.
    """

    def __init__(self, ours: Json, sdk: Json) -> None:
        self.document: Json = json.loads(json.dumps(ours))
        self.left: list[str] = []
        self.renames: Renames = []
        self._ours, self._edited = Model(ours), Model(self.document)
        self._theirs = Model(expected(sdk, self._ours))
        self._places: dict[str, str] = {}
        self._is_sent = False

    def run(self) -> None:
        """Merge the version, the schemas, the errors, and the operations."""
        self.document["info"]["version"] = self._theirs.document["info"]["version"]
        self._schemas()
        for name, error in self._ours.errors.items():
            now = self._theirs.errors.get(name, error)
            if now.status != error.status:
                body = self.document["components"]["schemas"][error.body]
                body["description"] = body["description"].replace(f"Status {error.status}.", f"Status {now.status}.")
        self._operations()

    # Schemas

    def _schemas(self) -> None:
        ours, theirs = self._ours.schemas, self._theirs.schemas
        behind = {name: [name] for name in ours}
        for name in theirs:
            self._place(name, behind)
        merged = {name: theirs[name].node for names in behind.values() for name in names if name in theirs}
        for name in ours.keys() & theirs.keys():
            if ours[name].kind != theirs[name].kind:
                merged[name] = {**merged[name], "description": "TODO"}
            else:
                self._is_sent = any(way == "request" for way, _ in self._ours.uses.get(BASE + name, ()))
                merged[name] = self._merged(BASE[1:] + name, ours[name].node, merged[name])
        self.document["components"]["schemas"] = merged

    def _place(self, name: str, behind: dict[str, list[str]]) -> str:
        """Return the old schema that a schema stands behind; a new one is put there, behind the others."""
        if name not in self._ours.schemas and name not in self._places:
            self._places[name] = list(behind)[-1]  # where schemas refer to each other in a circle
            self._places[name] = place = self._place(self._before(name), behind)
            behind[place].append(name)
        return self._places.get(name, name)

    def _before(self, name: str) -> str:
        """Return the schema that a new one belongs behind: an earlier variant, one that uses it, or one of its kind."""
        ours, theirs = self._ours.schemas, self._theirs.schemas
        for _, union in self._theirs.unions():
            variants = list(union.variants.values())
            if name in variants and (known := [each for each in variants[: variants.index(name)] if each in ours]):
                error = next((error for error in self._ours.errors.values() if error.body == known[-1]), None)
                return parts(self._ours, error)[-1] if error else known[-1]
        users = [each for each, schema in theirs.items() if each != name and refers_to(schema.node, name)]
        if users and theirs[name].kind in ("object", "union"):
            return next((each for each in users if each in ours), users[0])
        return [each for each in ours if ours[each].kind == theirs[name].kind or each == next(iter(ours))][-1]

    def _merged(self, pointer: str, ours: Json, theirs: Json, *, is_named: bool = False) -> Json:
        """Return a node of ours that says what the SDK says; `is_named` says that its keys are names."""
        if self._is_same(ours, theirs, is_named=is_named):
            return ours
        if isinstance(ours, list) and isinstance(theirs, list) and not pointer.endswith("/allOf"):
            return _in_order(ours, theirs)
        if isinstance(ours, list) and isinstance(theirs, list):
            return [
                self._merged(f"{pointer}/{index}", *both) for index, both in enumerate(zip(ours, theirs, strict=True))
            ]
        if not theirs or not isinstance(ours, dict) or not isinstance(theirs, dict) or "$ref" in {**ours, **theirs}:
            return theirs
        if len(ours.get("allOf", ())) == len(theirs.get("allOf", ())):
            return self._mapping(pointer, ours, _aligned(ours, theirs), is_named=is_named)
        if self._ours.fields(ours) != self._theirs.fields(theirs):
            self.left.append(f"{pointer}: the schema is composed with allOf")
        return ours

    def _mapping(self, pointer: str, ours: Json, theirs: Json, *, is_named: bool) -> Json:
        theirs = {key: value for key, value in theirs.items() if is_named or key in _STRUCTURE}
        gone, new = [key for key in ours if key not in theirs], [key for key in theirs if key not in ours]
        match gone, new:
            case [old], [name] if is_named and "const" not in ours[old] and self._is_same(ours[old], theirs[name]):
                self.renames.append((old, name))
                ours = {name if key == old else key: value for key, value in ours.items()}
        kept = [key for key in ours if key in theirs or not (is_named or key in _STRUCTURE)]
        # Callers may pass the fields of a request by position, so a new one comes last.
        is_last = self._is_sent and pointer.endswith("/properties")
        both, found = {**theirs, **ours}, {}
        for key in (
            [*kept, *(each for each in new if each not in kept)] if is_last else _in_order(kept, [*theirs, *kept])
        ):
            inner = pointer + pointer_to([key])
            is_shared, named = key in ours and key in theirs, key in _NAMED and not is_named
            found[key] = self._merged(inner, ours[key], theirs[key], is_named=named) if is_shared else both[key]
        return found

    def _is_same(self, ours: Json, theirs: Json, *, is_named: bool = False) -> bool:
        """Return whether two schemas are one; what the SDK takes from its other parts may be written in full."""
        plain = without_words(ours, is_named=is_named)
        name = component(theirs) if isinstance(theirs, dict) else None
        in_full = self._theirs.schemas[name].node.get("x-shared", theirs) if name else theirs
        return bool(plain in (without_words(theirs, is_named=is_named), in_full))

    # Operations

    def _operations(self) -> None:
        ours, theirs = _by_path(self._ours), _by_path(self._theirs)
        paths, known = self.document["paths"], self._theirs.document["components"]["responses"]
        order = _in_order([*paths], [*self._theirs.document["paths"], *paths])
        paths = {path: paths.get(path, {}) for path in order}
        for (path, method), operation in theirs.items():
            was = ours.get((path, method))
            if was:
                paths[path][method] = self._operation(was, operation, paths[path][method])
            else:
                paths[path][method] = {key: value for key, value in operation.node.items() if key != "x-scopes"}
            for status, response in operation.failures.items():
                if (name := component(response)) and not (was and status in was.responses):
                    self.document["components"].setdefault("responses", {}).setdefault(name, known[name])
        for path, method in ours.keys() - theirs.keys():
            del paths[path][method]
        served = {path for path, _ in theirs}
        self.document["paths"] = {path: item for path, item in paths.items() if path in served}

    def _operation(self, ours: Operation, theirs: Operation, node: Json) -> Json:
        node = {**node, "operationId": theirs.name, "parameters": self._parameters(ours, theirs)}
        if not node["parameters"]:
            del node["parameters"]
        if ours.body and theirs.body:
            self._content(f"{ours.pointer}/requestBody", node["requestBody"], theirs.body)
        elif ours.body:
            del node["requestBody"]
        elif theirs.body:
            node["requestBody"] = theirs.node["requestBody"]
        for status in ours.successes:
            answer = next(iter(theirs.successes.values()))
            self._content(f"{ours.pointer}/responses/{status}", node["responses"][status], answer)
        responses = {**theirs.failures, **node["responses"]}
        node["responses"] = {key: responses[key] for key in _in_order([*node["responses"]], sorted(responses))}
        self._compare_scopes(ours, theirs)
        return {key: node[key] for key in _in_order([*ours.node], [*theirs.node, *ours.node]) if key in node}

    def _compare_scopes(self, ours: Operation, theirs: Operation) -> None:
        security = ours.node.get("security", self._ours.document.get("security", ()))
        scopes = sorted({scope for way in security for named in way.values() for scope in named})
        if theirs.node.get("x-scopes", scopes) != scopes:
            wanted = ", ".join(theirs.node["x-scopes"]) or "none"
            self.left.append(f"{ours.pointer}/security: the scopes are {wanted}, and no longer {', '.join(scopes)}")

    def _content(self, pointer: str, ours: Json, theirs: Json) -> None:
        """Merge the schema of a request body or of a response."""
        self._is_sent = pointer.endswith("/requestBody")
        was, now = self._edited.content(ours), self._theirs.content(theirs)
        if was and now:
            media_type = self._edited.resolved(ours)["content"]["application/json"]
            media_type["schema"] = self._merged(f"{pointer}/content/application~1json/schema", was, now)
        elif was != now:
            self.left.append(f"{pointer}: one side has JSON here, the other has not")

    def _parameters(self, ours: Operation, theirs: Operation) -> list[Json]:
        """Merge the parameters; one that operations share where it is defined, unless only some of them change."""
        found: list[Json] = []
        for index, each in enumerate(ours.node.get("parameters", ())):
            node, shared = self._edited.resolved(each), component(each)
            key = node["in"], node["name"]
            if key in theirs.parameters:
                wanted = theirs.parameters[key].node
                merged = self._merged(f"{ours.pointer}/parameters/{index}", node, wanted)
                others = [each.parameters[key] for each in self._theirs.operations.values() if key in each.parameters]
                if shared and all(other.node == wanted for other in others):
                    self.document["components"]["parameters"][shared] = node = merged
                found.append(each if merged == node else merged)
        return found + [node for key, (node, _) in theirs.parameters.items() if key not in ours.parameters]


def _by_path(model: Model) -> dict[tuple[str, str], Operation]:
    return {(each.path, each.method.lower()): each for each in model.operations.values()}


def _aligned(ours: Json, theirs: Json) -> Json:
    """Return a schema of the SDK in which lists that belong together have the order and the names of ours."""
    aligned = dict(theirs)
    if "enum" in ours and "enum" in theirs:
        aligned["enum"] = _in_order(ours["enum"], theirs["enum"])
        if "x-enum-varnames" in {**ours, **theirs}:
            names: dict[str, str] = {}
            for side in theirs, ours:
                names |= zip(side["enum"], side.get("x-enum-varnames", side["enum"]), strict=True)
            aligned["x-enum-varnames"] = [names[value] for value in aligned["enum"]]
    if "oneOf" in ours and "oneOf" in theirs:
        mapping = theirs["discriminator"]["mapping"]
        order = [each["$ref"] for each in _in_order(ours["oneOf"], theirs["oneOf"])]
        tags = sorted(mapping, key=lambda tag: order.index(mapping[tag]))
        aligned["discriminator"] = {**theirs["discriminator"], "mapping": {tag: mapping[tag] for tag in tags}}
    return aligned


def _in_order(ours: list[T], theirs: list[T]) -> list[T]:
    """Return the elements of the SDK in our order, each new one behind the one before it."""
    found = [each for each in ours if each in theirs]
    for index, each in enumerate(theirs):
        if each not in found:
            found.insert(found.index(theirs[index - 1]) + 1 if index else 0, each)
    return found
