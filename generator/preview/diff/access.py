"""The changes of where the service is, and of what it demands of callers."""

from __future__ import annotations

from collections.abc import Iterator

from ...spec.document import Json
from .changes import Change, Level, Place, gains_and_losses, in_both, keyword_changes
from .surface import Call

_Alternative = frozenset[tuple[str, str]]


def server_changes(old: list[Json], new: list[Json]) -> Iterator[Change]:
    """The changes of the servers, by URL."""
    before, after = ({server["url"]: server for server in side} for side in (old, new))
    place = Place(("servers",), "/servers")
    yield from gains_and_losses(place, before, after, "server")
    for here, was, now in in_both(place, before, after):
        if was != now:
            level = Level.DOCUMENTATION if _choices(was) == _choices(now) else Level.BREAKING
            yield here.changed("the variables of the URL change", level)


def _choices(server: Json) -> Json:
    """The variables of a server without their defaults, which a caller replaces."""
    named = server.get("variables", {})
    return {name: {key: value for key, value in named[name].items() if key != "default"} for name in named}


def scheme_changes(old: Json, new: Json) -> Iterator[Change]:
    """The changes of the ways to log in, by name."""
    schemes = Place((), "/components/securitySchemes")
    yield from gains_and_losses(schemes, old, new, "security scheme")
    for scheme, before, after in in_both(schemes, old, new):
        yield from keyword_changes(scheme, before, after, {"flows"})
        flows = scheme.at(pointer=f"{scheme.pointer}/flows")
        sides = before.get("flows", {}), after.get("flows", {})
        yield from gains_and_losses(flows, *sides, "flow")
        for flow, was, now in in_both(flows, *sides):
            yield from keyword_changes(flow, was, now, {"scopes"})
            scopes = flow.at(pointer=f"{flow.pointer}/scopes")
            yield from gains_and_losses(scopes, was.get("scopes", {}), now.get("scopes", {}), "scope")


def security_changes(old: tuple[Json, Call], new: tuple[Json, Call]) -> Iterator[Change]:
    """The changes of what an operation demands of its caller; each side is a spec and the operation in it."""
    own = "security" in old[1].node or "security" in new[1].node
    place = Place((new[1].name, "security"), f"{new[1].pointer}/security") if own else Place(("security",), "/security")
    before, after = _alternatives(*old), _alternatives(*new)
    for way in before:
        if not any(other <= way for other in after):
            yield place.at(*_schemes(way), pointer=place.pointer).removed(f"no longer enough: {_demand(way)}")
    for way in after:
        if not any(other <= way for other in before):
            yield place.at(*_schemes(way), pointer=place.pointer).added(f"enough from now on: {_demand(way)}")


def _alternatives(document: Json, call: Call) -> list[_Alternative]:
    """The ways to be let in, each the schemes and scopes that it demands."""
    ways = call.node.get("security", document.get("security", [{}]))
    return [frozenset((name, scope) for name, scopes in way.items() for scope in ("", *scopes)) for way in ways]


def _schemes(way: _Alternative) -> list[str]:
    return sorted({name for name, _ in way})


def _demand(way: _Alternative) -> str:
    return ", ".join(f"{name} {scope}".strip() for name, scope in sorted(way) if scope or len(way) == 1) or "nothing"
