"""The changes of schemas.

The rules follow what the generated client does. It keeps unknown fields, values, and variants, takes an absent list
for an empty one, and checks no limits. So limits count only in requests, where they bind callers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...spec.document import Json
from ...spec.model import BASE, Field, Model, Schema, component, is_class, is_object, reference, values
from .changes import Change, Level, Place, shown

_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_LIMITS = _LOWER | _UPPER | {"format", "multipleOf", "pattern", "uniqueItems"}
_UNDERSTOOD = _LIMITS | {
    *("$ref", "additionalProperties", "allOf", "const", "discriminator", "enum", "items", "oneOf", "properties"),
    *("required", "type", "x-column", "x-enum-varnames"),
}


@dataclass(frozen=True)
class Schemas:
    """The schemas of two specs without words."""

    old: Model
    new: Model

    def changes(self) -> Iterator[Change]:
        """Yield the changes of the components, each in its own place and not where it is referred to."""
        before, after = self.old.schemas, self.new.schemas
        moved = self._moved_variants()
        for name in {**before, **after}:
            used = self.old.uses.get(BASE + name, set()) | self.new.uses.get(BASE + name, set())
            place = Place((name,), BASE[1:] + name, tuple(sorted(used)))
            if name in before and name in after:
                yield from self.compared(place, before[name].node, after[name].node)
                continue
            node = (before.get(name) or after[name]).node
            if not is_class(node):
                text = "a new name for a type" if name in after else "the name for a type is gone"
                report = place.added if name in after else place.removed
                yield report(f"{text}; the client has none for it", Level.DOCUMENTATION)
            elif name not in moved:
                type_ = (self.new if name in after else self.old).type_of(node)
                yield place.added(f"new, {type_}") if name in after else place.removed(f"{type_} is gone")
        yield from self._column_changes()

    def _column_changes(self) -> Iterator[Change]:
        """Yield the changes of the flat schema; a spec without columns was recorded before specs had them."""
        before, after = self.old.columns, self.new.columns
        for name, (pointer, path) in (before if before and after else {}).items():
            place = Place(("flat", name), pointer)
            if name not in after:
                yield place.removed("the column is gone")
            elif after[name][1] != path:
                yield place.at(pointer=after[name][0]).changed("the column has another source")
        for name, (pointer, _) in (after if before else {}).items():
            if name not in before:
                yield Place(("flat", name), pointer).added("new column", Level.COLUMN)

    def _moved_variants(self) -> set[str]:
        """Return the models that joined or left a union, which reports them."""
        before, after = dict(self.old.unions()), dict(self.new.unions())
        both = [(before[name].variants, after[name].variants) for name in before if name in after]
        return {name for old, new in both for name in {*old.values()} ^ {*new.values()}}

    def compared(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        """Yield the changes of what is expected in one place."""
        if reference(old) and reference(old) == reference(new):
            return
        was, now = self.old.type_of(old), self.new.type_of(new)
        if was != now:
            yield place.changed(f"the type changes from {was} to {now}")
            return
        found = list(self._contents(place, self.old.resolved(old), self.new.resolved(new)))
        if not found and component(old) != component(new):
            names = (component(side) or "a type without a name" for side in (old, new))
            found.append(place.changed("{} becomes {}, in Python the same".format(*names), Level.DOCUMENTATION))
        yield from found

    def _contents(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        """Yield the changes of two schemas that have the same type in Python."""
        if "enum" in old or "oneOf" in old:
            yield from _choice_changes(place, self.old.schema(old), self.new.schema(new))
        elif is_object(old):
            yield from self._object_changes(place, old, new)
        elif "items" in old or "items" in new:
            yield from self.compared(place, old.get("items", {}), new.get("items", {}))
        elif old.get("type") == "object":
            yield from self.compared(place, values(old), values(new))
        yield from _limit_changes(place, old, new)
        yield from place.keywords(old, new, _UNDERSTOOD)

    # Objects

    def _object_changes(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        before, after = self.old.fields(old, place.pointer), self.new.fields(new, place.pointer)
        bases = [
            (self.old.fields({"$ref": base}), self.new.fields({"$ref": base})) for base in _bases(old) & _bases(new)
        ]  # their changes are reported there
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
            level = place.worst(request=level, response=Level.DOCUMENTATION)
            yield place.changed("what further fields may contain changes", level)

    def _field_changes(self, place: Place, name: str, old: Field | None, new: Field | None) -> Iterator[Change]:
        if old and not new:
            yield place.at(name, pointer=old.pointer).removed("the field is gone")
        if new and not old:
            level = place.worst(request=Level.BREAKING if new.required else Level.ADDITIVE, response=Level.ADDITIVE)
            text = f"new {'required' if new.required else 'optional'} field, {self.new.type_of(new.schema)}"
            yield place.at(name, pointer=new.pointer).added(text, level)
        if old and new:
            here = place.at(name, pointer=new.pointer)
            yield from here.required(old.required, new.required, "field", self._required_level(here, new))
            if old.schema.get("const") == new.schema.get("const") or not self._is_tag(place, name):
                yield from self.compared(here, old.schema, new.schema)

    def _required_level(self, place: Place, field: Field) -> Level:
        response = Level.ADDITIVE if field.required else Level.BREAKING
        if self.new.type_of(field.schema).startswith(("list[", "dict[")):  # empty if absent, required or not
            response = Level.DOCUMENTATION
        return place.worst(request=Level.BREAKING if field.required else Level.ADDITIVE, response=response)

    def _is_tag(self, place: Place, name: str) -> bool:
        """Return whether a field tells a variant from the others on both sides: the union reports its changes."""
        sides = (self.old, self.new)
        return all(any((*place.where, name) in _tags(union) for _, union in side.unions()) for side in sides)


def _tags(union: Schema) -> set[tuple[str, ...]]:
    return {(variant, union.tag) for variant in union.variants.values()}


def _bases(schema: Json) -> set[str]:
    return {part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part}


def _order_changes(place: Place, old: dict[str, Field], new: dict[str, Field]) -> Iterator[Change]:
    """Callers build requests, also with positional arguments; a response is built by the decoder."""
    was, now = [name for name in _positional(old) if name in new], _positional(new)
    if place.is_sent and now[: len(was)] != was:
        yield place.changed("the positional arguments change places: put new fields last")
    else:
        yield from _reordered(place, old, new, "fields")


def _positional(fields: dict[str, Field]) -> list[str]:
    names = [name for name, field in fields.items() if "const" not in field.schema]
    return sorted(names, key=lambda name: not fields[name].required)


# Enums and unions


def _choice_changes(place: Place, old: Schema, new: Schema) -> Iterator[Change]:
    """Yield the changes of the members of an enum, or of the variants of a union."""
    what, key = ("member", "enum") if old.kind == "enum" else ("variant", "oneOf")
    before, after = _choices(old), _choices(new)
    if old.tag != new.tag:
        yield place.changed(f"the variants are told apart by `{new.tag}`, and no longer by `{old.tag}`")
    for index, name in enumerate(before):
        if name not in after:
            shown = f", `{old.tag}` `{before[name]}`" if old.tag else ""
            yield place.at(name, pointer=f"{place.pointer}/{key}/{index}").removed(f"the {what} is gone{shown}")
    for index, name in enumerate(after):
        here = place.at(name, pointer=f"{place.pointer}/{key}/{index}")
        if name not in before:
            yield here.added(f"new {what}" + (f", `{new.tag}` `{after[name]}`" if new.tag else ""))
        elif before[name] != after[name]:
            said = f"has the `{new.tag}`" if new.tag else "is named"
            yield here.changed(f"the {what} {said} `{after[name]}`, and no longer `{before[name]}`")
    yield from _reordered(place, before, after, f"{what}s")


def _choices(schema: Schema) -> dict[str, str]:
    """Return the names of an enum's members by value, or the tags of a union's variants by schema."""
    if schema.kind == "enum":
        return schema.members
    tags = {name: tag for tag, name in schema.variants.items()}
    return {name: tags.get(name, "") for name in map(component, schema.node["oneOf"]) if name}


def _reordered(place: Place, old: Iterable[str], new: Iterable[str], what: str) -> Iterator[Change]:
    was, now = list(old), list(new)
    if [name for name in was if name in now] != [name for name in now if name in was]:
        yield place.changed(f"the {what} change places", Level.DOCUMENTATION)


# Limits


def _limit_changes(place: Place, old: Json, new: Json) -> Iterator[Change]:
    for key in sorted(_LIMITS):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        is_tighter = now is not None and now is not False
        if was is not None and now is not None and key in _LOWER | _UPPER:
            is_tighter = (now > was) == (key in _LOWER)
        level = place.worst(request=Level.BREAKING if is_tighter else Level.ADDITIVE, response=Level.DOCUMENTATION)
        yield place.changed(f"the {key} changes from {shown(was)} to {shown(now)}", level)
