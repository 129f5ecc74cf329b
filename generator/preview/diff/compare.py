"""Two specs, and the changes between them: of the document, of its operations, of its schemas and of its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...spec.document import Json
from .access import scheme_changes, security_changes, server_changes
from .changes import Change, Level, Place, gains_and_losses, in_both, keyword_changes, merged
from .schemas import Schemas
from .surface import Call, calls, component, reference, resolved, split, uses
from .words import word_changes

_TOP = {"components", "info", "paths", "security", "servers", "x-released"}
_OPERATION = {"operationId", "parameters", "requestBody", "responses", "security", "tags"}


def compare(old: Json, new: Json) -> list[Change]:
    """Every change between two specs, the gravest first; empty only when they say the same.

    A recorded release has no words: against one, no change of words is found.
    """
    (before, old_words), (after, new_words) = split(old), split(new)
    found = merged(_Documents(before, after).changes())
    if not found and {**before, "x-released": None} != {**after, "x-released": None}:
        found.append(Place((), "").changed("an order changes, or what nothing uses", Level.DOCUMENTATION))
    if "x-released" not in old:
        found += word_changes(old, new, old_words, new_words)
    return found


@dataclass(frozen=True)
class _Documents:
    """Two specs without words."""

    old: Json
    new: Json

    def changes(self) -> Iterator[Change]:
        """The changes of what callers depend on, in the order of a spec, some of them more than once."""
        yield from _version_changes(self.old["info"]["version"], self.new["info"]["version"])
        yield from server_changes(*(side.get("servers", []) for side in (self.old, self.new)))
        yield from self._operation_changes()
        schemes = (side.get("components", {}).get("securitySchemes", {}) for side in (self.old, self.new))
        yield from scheme_changes(*schemes)
        yield from Schemas(self.old, self.new).changes(_joined(uses(self.old), uses(self.new)))
        yield from keyword_changes(Place(("spec",), ""), self.old, self.new, _TOP)

    def _operation_changes(self) -> Iterator[Change]:
        before, after = calls(self.old), calls(self.new)
        renamed = {new.name: old for old, new in _renamed(before, after)}
        kept = {old.name for old in renamed.values()}
        for name, call in before.items():
            if name not in after and name not in kept:
                yield Place((name,), call.pointer).removed("the operation is gone")
        for name, call in after.items():
            place = Place((name,), call.pointer)
            if name in before:
                yield from self._call_changes(place, before[name], call)
            elif name in renamed:
                yield place.changed(f"the operation is named {name}, and no longer {renamed[name].name}")
                yield from self._call_changes(place, renamed[name], call)
            else:
                yield place.added(f"new operation, {call.method} {call.path}")

    def _call_changes(self, place: Place, old: Call, new: Call) -> Iterator[Change]:
        if (old.method, old.path) != (new.method, new.path):
            yield place.changed(f"{old.method} {old.path} becomes {new.method} {new.path}")
        if old.node.get("tags") != new.node.get("tags"):
            yield place.changed("the tag, and with it the module of the function, changes")
        yield from keyword_changes(place, old.node, new.node, _OPERATION)
        yield from self._parameter_changes(place, old, new)
        yield from self._body_changes(place, old.node.get("requestBody"), new.node.get("requestBody"))
        yield from self._response_changes(place, old.node.get("responses", {}), new.node.get("responses", {}))
        yield from security_changes((self.old, old), (self.new, new))

    # Requests

    def _parameter_changes(self, operation: Place, old: Call, new: Call) -> Iterator[Change]:
        for key in {**old.parameters, **new.parameters}:
            before, was_shared = old.parameters.get(key, ({}, None))
            after, is_shared = new.parameters.get(key, ({}, None))
            shared = is_shared or was_shared
            pointer = f"/components/parameters/{shared}" if shared else f"{operation.pointer}/parameters"
            where = (key[1],) if shared else (*operation.where, key[1])
            place = Place(where, pointer, (("request", new.name),))
            required = after.get("required", False)
            if not after:
                yield place.removed("the parameter is gone")
            elif not before:
                level = Level.BREAKING if required else Level.ADDITIVE
                yield place.added(f"new {'required' if required else 'optional'} parameter", level)
            else:
                yield from _required_change(place, before, after, "parameter")
                yield from self._schema_changes(place, before, after)
                yield from keyword_changes(place, before, after, {"in", "name", "required", "schema"})

    def _body_changes(self, operation: Place, old: Json | None, new: Json | None) -> Iterator[Change]:
        (name,) = operation.where
        place = Place((name, "body"), f"{operation.pointer}/requestBody", (("request", name),))
        if old is None and new is not None:
            yield place.added("new body", Level.BREAKING)
        if old is not None and new is None:
            yield place.removed("the body is gone")
        if old is not None and new is not None:
            before, after = resolved(self.old, old), resolved(self.new, new)
            yield from _required_change(place, before, after, "body")
            yield from self._content_changes(place, before, after)

    # Responses

    def _response_changes(self, operation: Place, old: Json, new: Json) -> Iterator[Change]:
        place = operation.at(pointer=f"{operation.pointer}/responses")
        yield from gains_and_losses(place, old, new, "answer")
        for here, before, after in in_both(place, old, new):
            shared = component(after) if reference(after) == reference(before) else None
            where, pointer = (shared,) if shared else here.where, (reference(after) or f"#{here.pointer}")[1:]
            answer = Place(where, pointer, (("response", operation.where[0]),))
            was, now = resolved(self.old, before), resolved(self.new, after)
            yield from self._content_changes(answer, was, now)
            for key in ("headers", "links"):
                if was.get(key) != now.get(key):  # the client does not look at them
                    yield answer.changed(f"the {key} change", Level.DOCUMENTATION)
            yield from keyword_changes(answer, was, now, {"content", "headers", "links"})

    # Both

    def _content_changes(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        content = place.at(pointer=f"{place.pointer}/content")
        before, after = old.get("content", {}), new.get("content", {})
        yield from gains_and_losses(content, before, after, "media type")
        for kind, was, now in in_both(content, before, after):
            here = place.at(pointer=kind.pointer)
            yield from self._schema_changes(here, was, now)
            yield from keyword_changes(here, was, now, {"schema"})

    def _schema_changes(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        here = place.at(pointer=f"{place.pointer}/schema")
        yield from Schemas(self.old, self.new).compared(here, old.get("schema", {}), new.get("schema", {}))


def _version_changes(old: str, new: str) -> Iterator[Change]:
    if old != new:
        text = f"the API document is `{new}`, and no longer `{old}`"
        yield Change(Level.DOCUMENTATION, "changed", (), text, "/info/version", names=(new,))


def _required_change(place: Place, old: Json, new: Json, what: str) -> Iterator[Change]:
    was, now = old.get("required", False), new.get("required", False)
    if was != now:
        text = f"the {what} becomes {'required' if now else 'optional'}"
        yield place.changed(text, Level.BREAKING if now else Level.ADDITIVE)


def _renamed(old: dict[str, Call], new: dict[str, Call]) -> Iterator[tuple[Call, Call]]:
    """The operations that have another name for the same request."""
    by_request = {(call.method, call.path): call for name, call in old.items() if name not in new}
    for name, call in new.items():
        if name not in old and (call.method, call.path) in by_request:
            yield by_request[call.method, call.path], call


def _joined(*sides: dict[str, set[tuple[str, str]]]) -> dict[str, tuple[tuple[str, str], ...]]:
    targets = {target for side in sides for target in side}
    return {target: tuple(sorted(set().union(*(side.get(target, ()) for side in sides)))) for target in targets}
