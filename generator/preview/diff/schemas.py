"""Two versions of the schemas, and the changes between them.

The rules follow what the generated client does. It keeps unknown fields, values and variants, takes an absent list
for an empty one, and checks no limits: a response may loosen or tighten those, while in a request they bind callers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...spec.document import Json, discriminator_of
from .changes import Change, Level, Place, Use, keyword_changes
from .shapes import Field, fields, has_fields, is_class, positional, python_type, values
from .surface import component, reference, resolved

_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_LIMITS = _LOWER | _UPPER | {"format", "multipleOf", "pattern", "uniqueItems"}
_UNDERSTOOD = _LIMITS | {
    *("$ref", "additionalProperties", "allOf", "const", "discriminator", "enum", "items", "oneOf", "properties"),
    *("required", "type", "x-enum-varnames"),
}
_BASE = "#/components/schemas/"


@dataclass(frozen=True)
class Schemas:
    """The schemas of two specs without words."""

    old: Json
    new: Json

    def changes(self, uses: dict[str, tuple[Use, ...]]) -> Iterator[Change]:
        """The changes of the components, each in its own place, and not where it is referred to."""
        before, after = _components(self.old), _components(self.new)
        folded = _moved_variants(before, after)
        for name in {**before, **after}:
            place = Place((name,), _BASE[1:] + name, uses.get(_BASE + name, ()))
            if name not in after:
                yield from self._lost(place, self.old, before[name], folded)
            elif name not in before:
                yield from self._gained(place, self.new, after[name], folded)
            else:
                yield from self.compared(place, before[name], after[name])

    def _lost(self, place: Place, document: Json, schema: Json, folded: set[str]) -> Iterator[Change]:
        if not is_class(schema):
            yield place.removed("the name for a type is gone; the client has none for it", Level.DOCUMENTATION)
        elif place.where[0] not in folded:
            yield place.removed(f"{python_type(document, schema)} is gone")

    def _gained(self, place: Place, document: Json, schema: Json, folded: set[str]) -> Iterator[Change]:
        if not is_class(schema):
            yield place.added("a new name for a type; the client has none for it", Level.DOCUMENTATION)
        elif place.where[0] not in folded:
            yield place.added(f"new, {python_type(document, schema)}")

    def compared(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        """The changes of what is expected in one place."""
        if reference(old) and reference(old) == reference(new):
            return
        was, now = python_type(self.old, old), python_type(self.new, new)
        if was != now:
            yield place.changed(f"the type changes from {was} to {now}")
            return
        found = list(self._contents(place, resolved(self.old, old), resolved(self.new, new)))
        if not found and component(old) != component(new):
            names = (component(side) or "a type without a name" for side in (old, new))
            found.append(place.changed("{} becomes {}, in Python the same".format(*names), Level.DOCUMENTATION))
        yield from found

    def _contents(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        """The changes of two schemas that are of one type in Python."""
        if "enum" in old:
            yield from _member_changes(place, old, new)
        elif "oneOf" in old:
            yield from _variant_changes(place, old, new)
        elif has_fields(old):
            yield from self._model_changes(place, old, new)
        elif "items" in old or "items" in new:
            yield from self.compared(place, old.get("items", {}), new.get("items", {}))
        elif old.get("type") == "object":
            yield from self.compared(place, values(old), values(new))
        yield from _limit_changes(place, old, new)
        yield from keyword_changes(place, old, new, _UNDERSTOOD)

    # Models

    def _model_changes(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        before, after = (fields(side, schema, place.pointer) for side, schema in ((self.old, old), (self.new, new)))
        bases = [self._base_fields(target) for target in _bases(old) & _bases(new)]
        found = [
            change
            for name in {**before, **after}
            if (before.get(name), after.get(name)) not in [(was.get(name), now.get(name)) for was, now in bases]
            for change in self._field_changes(place, name, before.get(name), after.get(name))
        ]
        yield from found
        if not any(change.level is Level.BREAKING for change in found):
            yield from _order_changes(place, before, after)
        if values(old) != values(new):
            level = Level.BREAKING if values(new) else Level.ADDITIVE
            text = "what further fields may hold changes"
            yield place.changed(text, place.worst(request=level, response=Level.DOCUMENTATION))

    def _base_fields(self, target: str) -> tuple[dict[str, Field], dict[str, Field]]:
        """The fields of a base, whose changes are reported there."""
        return fields(self.old, {"$ref": target}, ""), fields(self.new, {"$ref": target}, "")

    def _field_changes(self, place: Place, name: str, old: Field | None, new: Field | None) -> Iterator[Change]:
        if old and not new:
            yield place.at(name, pointer=old.pointer).removed("the field is gone")
        if new and not old:
            level = place.worst(request=Level.BREAKING if new.required else Level.ADDITIVE, response=Level.ADDITIVE)
            text = f"new {'required' if new.required else 'optional'} field, {python_type(self.new, new.schema)}"
            yield place.at(name, pointer=new.pointer).added(text, level)
        if old and new:
            here = place.at(name, pointer=new.pointer)
            if old.required != new.required:
                yield _required_change(here, python_type(self.new, new.schema), now=new.required)
            if old.schema.get("const") == new.schema.get("const") or not self._is_tag(place, name):
                yield from self.compared(here, old.schema, new.schema)

    def _is_tag(self, place: Place, name: str) -> bool:
        """Whether a field tells a variant from the others, before and after: the union reports its changes."""
        tagged = (*place.where, name)
        return tagged in _tags(self.old) and tagged in _tags(self.new)


def _required_change(place: Place, type_: str, *, now: bool) -> Change:
    if type_.startswith(("list[", "dict[")):  # of a response: empty where it is absent, required or not
        response = Level.DOCUMENTATION
    else:
        response = Level.ADDITIVE if now else Level.BREAKING
    request = Level.BREAKING if now else Level.ADDITIVE
    text = "the field becomes required" if now else "the field becomes optional"
    return place.changed(text, place.worst(request=request, response=response))


def _order_changes(place: Place, old: dict[str, Field], new: dict[str, Field]) -> Iterator[Change]:
    """Callers build requests, also with arguments by position; a response is built by the decoder."""
    was, now = [name for name in positional(old) if name in new], positional(new)
    if place.is_sent and now[: len(was)] != was:
        yield place.changed("the positional arguments change places: put new fields last")
    elif [name for name in new if name in old] != [name for name in old if name in new]:
        yield place.changed("the fields change places", Level.DOCUMENTATION)


# Enums, unions, limits


def _member_changes(place: Place, old: Json, new: Json) -> Iterator[Change]:
    before, after = _members(old), _members(new)
    for index, value in enumerate(before):
        if value not in after:
            yield place.at(value, pointer=f"{place.pointer}/enum/{index}").removed("the member is gone")
    for index, value in enumerate(after):
        here = place.at(value, pointer=f"{place.pointer}/enum/{index}")
        if value not in before:
            yield here.added("new member")
        elif before[value] != after[value]:
            yield here.changed(f"the member is named {after[value]}, and no longer {before[value]}")
    yield from _reordered(place, list(before), list(after), "members")


def _members(schema: Json) -> dict[str, str]:
    """The names of the members by value."""
    values = schema["enum"]
    names = schema.get("x-enum-varnames", [str(value).upper() for value in values])
    return dict(zip(values, names, strict=False))


def _variant_changes(place: Place, old: Json, new: Json) -> Iterator[Change]:
    (key, before), (tag, after) = _variants_of(old), _variants_of(new)
    if key != tag:
        yield place.changed(f"the variants are told apart by `{tag}`, and no longer by `{key}`")
    for name in before:
        here = place.at(name, pointer=f"{place.pointer}/oneOf/{list(before).index(name)}")
        if name not in after:
            yield here.removed(f"the variant is gone, `{key}` `{before[name]}`")
    for name in after:
        here = place.at(name, pointer=f"{place.pointer}/oneOf/{list(after).index(name)}")
        if name not in before:
            yield here.added(f"new variant, `{tag}` `{after[name]}`")
        elif before[name] != after[name]:
            yield here.changed(f"the variant has the `{tag}` `{after[name]}`, and no longer `{before[name]}`")
    yield from _reordered(place, list(before), list(after), "variants")


def _variants_of(union: Json) -> tuple[str, dict[str, str]]:
    """The discriminator, and its values by the model that each stands for."""
    key, mapping = discriminator_of(union) or ("", {})
    named = {target.rpartition("/")[2]: tag for tag, target in mapping.items()}
    return key, {name: named.get(name, "") for name in map(component, union["oneOf"]) if name}


def _reordered(place: Place, old: list[str], new: list[str], what: str) -> Iterator[Change]:
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield place.changed(f"the {what} change places", Level.DOCUMENTATION)


def _limit_changes(place: Place, old: Json, new: Json) -> Iterator[Change]:
    for key in sorted(_LIMITS):
        was, now = old.get(key), new.get(key)
        if was != now:
            request = Level.BREAKING if _is_tighter(key, was, now) else Level.ADDITIVE
            level = place.worst(request=request, response=Level.DOCUMENTATION)
            shown = ("none" if limit is None else limit for limit in (was, now))
            yield place.changed("the {} changes from {} to {}".format(key, *shown), level)


def _is_tighter(key: str, was: Json, now: Json) -> bool:
    if was is None or now is None:
        return now is not None and now is not False
    if key in _LOWER or key in _UPPER:
        return bool(now > was) == (key in _LOWER)
    return now is not False


def _bases(schema: Json) -> set[str]:
    return {part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part}


def _components(document: Json) -> dict[str, Json]:
    found: dict[str, Json] = document.get("components", {}).get("schemas", {})
    return found


def _unions(components: dict[str, Json]) -> dict[str, tuple[str, dict[str, str]]]:
    return {name: _variants_of(schema) for name, schema in components.items() if "oneOf" in schema}


def _moved_variants(old: dict[str, Json], new: dict[str, Json]) -> set[str]:
    """The models that joined or left a union: it reports them."""
    before, after = _unions(old), _unions(new)
    return {name for union in before.keys() & after.keys() for name in before[union][1].keys() ^ after[union][1].keys()}


def _tags(document: Json) -> set[tuple[str, ...]]:
    return {(name, key) for key, named in _unions(_components(document)).values() for name in named}
