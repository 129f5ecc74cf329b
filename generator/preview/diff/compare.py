"""Two specs, and the changes between them: of the document, of its operations, of its schemas, and of its words."""

from __future__ import annotations

from collections.abc import Iterator

from ...spec.document import Json, exists, keys_of
from ...spec.model import Model, Operation, component, reference
from ...spec.words import STRUCTURE, split
from .changes import Change, Level, Place, merged
from .schemas import Schemas

_TOP = {"components", "info", "paths", "security", "servers", "x-released"}
_OPERATION = {"operationId", "parameters", "requestBody", "responses", "security", "tags"}
_Way = frozenset[tuple[str, str]]
"""A way to be let in: the schemes and scopes that it demands."""


def compare(old: Json, new: Json) -> list[Change]:
    """Return every change between two specs, the gravest first; empty only if they say the same.

    A recorded release has no words, so no change of words is found against one.
    """
    (before, old_words), (after, new_words) = split(old), split(new)
    found = merged(_Documents(Model(before), Model(after)).changes())
    if not found and {**before, "x-released": None} != {**after, "x-released": None}:
        found.append(Place((), "").changed("an order changes, or what nothing uses", Level.DOCUMENTATION))
    if "x-released" not in old:
        found += _word_changes(old, new, old_words, new_words)
    return found


class _Documents:
    """Two specs without words."""

    def __init__(self, old: Model, new: Model) -> None:
        self.old, self.new = old, new
        self._schemas = Schemas(old, new)

    def changes(self) -> Iterator[Change]:
        """Yield the changes of what callers depend on, in the order of a spec, some of them more than once."""
        old, new = self.old.document, self.new.document
        was, now = old["info"]["version"], new["info"]["version"]
        if was != now:
            text = f"the API document is `{now}`, and no longer `{was}`"
            yield Change(Level.DOCUMENTATION, "changed", (), text, "/info/version", names=(now,))
        yield from _server_changes(old.get("servers", []), new.get("servers", []))
        yield from self._operation_changes()
        schemes = (side.get("components", {}).get("securitySchemes", {}) for side in (old, new))
        yield from _scheme_changes(Place((), "/components/securitySchemes"), *schemes)
        yield from self._schemas.changes()
        yield from Place(("spec",), "").keywords(old, new, _TOP)

    def _operation_changes(self) -> Iterator[Change]:
        before, after = self.old.operations, self.new.operations
        lost = {(each.method, each.path): each for name, each in before.items() if name not in after}
        for name, operation in after.items():
            place, renamed = Place((name,), operation.pointer), lost.get((operation.method, operation.path))
            if name in before:
                yield from self._call_changes(place, before[name], operation)
            elif renamed:
                del lost[operation.method, operation.path]
                yield place.changed(f"the operation is named {name}, and no longer {renamed.name}")
                yield from self._call_changes(place, renamed, operation)
            else:
                yield place.added(f"new operation, {operation.method} {operation.path}")
        yield from (Place((each.name,), each.pointer).removed("the operation is gone") for each in lost.values())

    def _call_changes(self, place: Place, old: Operation, new: Operation) -> Iterator[Change]:
        if (old.method, old.path) != (new.method, new.path):
            yield place.changed(f"{old.method} {old.path} becomes {new.method} {new.path}")
        if old.node.get("tags") != new.node.get("tags"):
            yield place.changed("the tag, and with it the module of the function, changes")
        yield from place.keywords(old.node, new.node, _OPERATION)
        yield from self._parameter_changes(place, old, new)
        yield from self._body_changes(place, old, new)
        yield from self._response_changes(place, old.responses, new.responses)
        yield from self._security_changes(old, new)

    def _parameter_changes(self, operation: Place, old: Operation, new: Operation) -> Iterator[Change]:
        for key in {**old.parameters, **new.parameters}:
            before, after = old.parameters.get(key), new.parameters.get(key)
            shared = (after and after.shared) or (before and before.shared)
            pointer = f"/components/parameters/{shared}" if shared else f"{operation.pointer}/parameters"
            where = (key[1],) if shared else (*operation.where, key[1])
            place = Place(where, pointer, (("request", new.name),))
            if after is None:
                yield place.removed("the parameter is gone")
            elif before is None:
                required = after.node.get("required", False)
                level = Level.BREAKING if required else Level.ADDITIVE
                yield place.added(f"new {'required' if required else 'optional'} parameter", level)
            else:
                was, now = before.node, after.node
                yield from place.required(was.get("required", False), now.get("required", False), "parameter")
                yield from self._schemas.compared(place.under("schema"), was.get("schema", {}), now.get("schema", {}))
                yield from place.keywords(was, now, {"in", "name", "required", "schema"})

    def _body_changes(self, operation: Place, old: Operation, new: Operation) -> Iterator[Change]:
        place = Place((*operation.where, "body"), f"{operation.pointer}/requestBody", (("request", new.name),))
        if new.body and not old.body:
            yield place.added("new body", Level.BREAKING)
        if old.body and not new.body:
            yield place.removed("the body is gone")
        if old.body and new.body:
            yield from place.required(old.body.get("required", False), new.body.get("required", False), "body")
            yield from self._content_changes(place, old.body, new.body)

    def _response_changes(self, operation: Place, old: dict[str, Json], new: dict[str, Json]) -> Iterator[Change]:
        place = operation.under("responses")
        yield from place.gains_and_losses(old, new, "response")
        for here, before, after in place.in_both(old, new):
            shared = component(after) if reference(after) == reference(before) else None
            where, pointer = (shared,) if shared else here.where, (reference(after) or f"#{here.pointer}")[1:]
            response = Place(where, pointer, (("response", operation.where[0]),))
            was, now = self.old.resolved(before), self.new.resolved(after)
            yield from self._content_changes(response, was, now)
            for key in ("headers", "links"):
                if was.get(key) != now.get(key):  # the client doesn't look at them
                    yield response.changed(f"the {key} change", Level.DOCUMENTATION)
            yield from response.keywords(was, now, {"content", "headers", "links"})

    def _content_changes(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        content, before, after = place.under("content"), old.get("content", {}), new.get("content", {})
        yield from content.gains_and_losses(before, after, "media type")
        for kind, was, now in content.in_both(before, after):
            here = place.at(pointer=f"{kind.pointer}/schema")
            yield from self._schemas.compared(here, was.get("schema", {}), now.get("schema", {}))
            yield from here.keywords(was, now, {"schema"})

    # Access

    def _security_changes(self, old: Operation, new: Operation) -> Iterator[Change]:
        """Yield the changes of what an operation demands of its caller."""
        own = "security" in old.node or "security" in new.node
        place = Place((new.name, "security"), f"{new.pointer}/security") if own else Place(("security",), "/security")
        before, after = _ways(self.old, old), _ways(self.new, new)
        for way in before:
            if not any(other <= way for other in after):
                yield place.at(*_schemes(way), pointer=place.pointer).removed(f"no longer enough: {_demand(way)}")
        for way in after:
            if not any(other <= way for other in before):
                yield place.at(*_schemes(way), pointer=place.pointer).added(f"enough from now on: {_demand(way)}")


def _ways(model: Model, operation: Operation) -> list[_Way]:
    ways = operation.node.get("security", model.document.get("security", [{}]))
    return [frozenset((name, scope) for name, scopes in way.items() for scope in ("", *scopes)) for way in ways]


def _schemes(way: _Way) -> list[str]:
    return sorted({name for name, _ in way})


def _demand(way: _Way) -> str:
    return ", ".join(f"{name} {scope}".strip() for name, scope in sorted(way) if scope or len(way) == 1) or "nothing"


def _server_changes(old: list[Json], new: list[Json]) -> Iterator[Change]:
    """Yield the changes of the servers, by URL. A caller replaces the defaults of their variables."""
    before, after = ({server["url"]: server for server in side} for side in (old, new))
    place = Place(("servers",), "/servers")
    yield from place.gains_and_losses(before, after, "server")
    for here, was, now in place.in_both(before, after):
        if was != now:
            level = Level.DOCUMENTATION if _choices(was) == _choices(now) else Level.BREAKING
            yield here.changed("the variables of the URL change", level)


def _choices(server: Json) -> Json:
    return {name: {**named, "default": None} for name, named in server.get("variables", {}).items()}


def _scheme_changes(place: Place, old: Json, new: Json) -> Iterator[Change]:
    """Yield the changes of the ways to log in, by name: of the schemes, of their flows, and of the flows' scopes."""
    yield from place.gains_and_losses(old, new, "security scheme")
    for scheme, before, after in place.in_both(old, new):
        yield from scheme.keywords(before, after, {"flows"})
        flows, sides = scheme.under("flows"), (before.get("flows", {}), after.get("flows", {}))
        yield from flows.gains_and_losses(*sides, "flow")
        for flow, was, now in flows.in_both(*sides):
            yield from flow.keywords(was, now, {"scopes"})
            yield from flow.under("scopes").gains_and_losses(was.get("scopes", {}), now.get("scopes", {}), "scope")


# Words


def _word_changes(old: Json, new: Json, before: dict[str, Json], after: dict[str, Json]) -> Iterator[Change]:
    """Yield the changes of descriptions, summaries, and examples of what both specs have."""
    for pointer in {**before, **after}:
        owner, _, key = pointer.rpartition("/")
        if before.get(pointer) != after.get(pointer) and exists(old, owner) and exists(new, owner):
            yield Change(Level.DOCUMENTATION, "changed", tuple(_names(new, owner)), f"`{key}` changes", pointer)


def _names(document: Json, pointer: str) -> Iterator[str]:
    """Yield the names on the way to a node; an operation goes by its id."""
    node, path = document, keys_of(pointer)
    for depth, key in enumerate(path):
        is_name = isinstance(node, dict) and key not in STRUCTURE
        node = node[key] if isinstance(node, dict) else node[int(key)]
        if path[0] == "paths" and depth == 2:
            yield node.get("operationId", key)
        elif is_name and not (path[0] == "paths" and depth == 1 and len(path) > 2):
            yield key
