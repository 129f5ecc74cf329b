"""The shared part of the models: the base class, open enums and unions, times, and the path of a fault."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import StrEnum
from typing import Any, ClassVar, Literal, NamedTuple, NoReturn, Self, TypeAlias, TypeVar

from attrs import define

from .errors import DecodeError
from .trace import Trace

E = TypeVar("E", bound=StrEnum)
M = TypeVar("M")
V = TypeVar("V")

Kind: TypeAlias = Literal["value", "variant", "field"]

_fromisoformat = datetime.datetime.fromisoformat
_LEAP_SECOND = re.compile(r"(?<=:\d\d:)60|(?<=T\d\d\d\d)60")
_COARSE_FRACTION = re.compile(r"[T ]\d\d(:?\d\d)?[.,]", re.IGNORECASE)
_MOST_REPORTED = 1_000
"""Unknown fields of one object that are reported. To report a million would take longer than to decode them."""


class NoFields(Mapping[str, Any]):
    """The `additional_properties` of a model without any: empty, shared, and immutable."""

    __slots__ = ()

    def __getitem__(self, key: str) -> NoReturn:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "{}"

    def __reduce__(self) -> str:
        return "NO_FIELDS"


NO_FIELDS = NoFields()


class Unknown(NamedTuple):
    """Something that the spec doesn't know: a `value` of an enum, a `variant` of a union, or a `field` of a model.

    `name` is the name of the enum, union, or model. `value` is the value, the discriminator, or the name of the field.
    """

    kind: Kind
    name: str
    value: str
    unreported: int = 0
    """Above 0, it stands for so many more unknown fields of one object, and `value` is empty."""


_observer: ContextVar[Callable[[Unknown], object] | None] = ContextVar("_observer", default=None)
_paths: ContextVar[dict[Unknown, str] | None] = ContextVar("_paths", default=None)


@contextmanager
def observed(observer: Callable[[Unknown], object] | None) -> Iterator[None]:
    """Call `observer` each time that something unknown is decoded within the block.

    It receives at most 1,000 unknown fields of one object, and the number of those beyond.
    """
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def located(decoder: Callable[[Any], object], data: Any) -> dict[Unknown, str]:
    """Return the path at which each unknown thing occurs first. Decodes the data, over containers that note each read.

    If the data doesn't decode, the result has the things before the fault.
    """
    paths: dict[Unknown, str] = {}
    token = _paths.set(paths)
    try:
        with suppress(Exception):
            decoder(data)
    finally:
        _paths.reset(token)
    return paths


def _report(kind: Kind, name: str, value: str, unreported: int = 0) -> None:
    if (observer := _observer.get()) is not None:
        observer(Unknown(kind, name, value, unreported))


class Model:
    """The base of every model.

    `additional_properties` are the fields that the spec doesn't know, unchanged. To add fields, assign a mapping to it.
    """

    __slots__ = ()
    _known: ClassVar[frozenset[str]] = frozenset()
    _constants: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode a JSON object. Raise `DecodeError`, with the path, if it isn't what the spec says.

        The model keeps unknown fields, enum values, and variants. A list that is absent or null is empty, and an
        optional field that is absent or null is None.
        """
        if isinstance(data, Mapping):
            data = dict(data)
            for name, value in cls._constants.items():
                if data.get(name) != value:
                    raise DecodeError(f"{cls.__name__}.{name}", "another variant" if name in data else "missing")
        return decode(cls.__name__, cls._decode, data)  # type: ignore[no-any-return]

    @staticmethod
    def _decode(d: Any) -> Any:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Encode as a JSON object, with the unknown parts that `from_dict` kept."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _field_names(self))

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = {name: getattr(self, name) for name in _field_names(self)}
        shown = [f"{name}={value!r}" for name, value in fields.items() if value not in (None, NO_FIELDS)]
        return f"{type(self).__name__}({', '.join(shown)})"


def _field_names(model: Model) -> Iterator[str]:
    return (field.name for field in model.__attrs_attrs__)  # type: ignore[attr-defined]


@define
class UnknownVariant:
    """A variant that the spec doesn't know: its discriminator, and its JSON object unchanged."""

    type_: str
    data: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object, unchanged."""
        return dict(self.data)


class Variants(dict[str, Callable[[Any], V]]):
    """The decoders of a union by discriminator. For an unknown one, the decoder returns an `UnknownVariant`."""

    def __init__(self, name: str, decoders: Mapping[str, Callable[[Any], V]]) -> None:
        super().__init__(decoders)
        self._name = name

    def __missing__(self, tag: Any) -> Callable[[Any], Any]:
        if type(tag) is not str:
            raise TypeError
        _report("variant", self._name, tag)
        return lambda data: UnknownVariant(tag, data)


class OpenEnum(StrEnum):
    """An enum that can gain values. An unknown value becomes a member too; its `is_known` is False."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def is_known(self) -> bool:
        """True if the spec has this value."""
        return self._value_ in type(self)._value2member_map_

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return type(self), (self._value_,)


class Values(dict[str, E]):
    """The members of an enum by value. A lookup is faster than a call of the enum."""

    def __init__(self, enum: type[E]) -> None:
        super().__init__((member.value, member) for member in enum)
        self._enum = enum

    def __missing__(self, value: Any) -> E:
        if type(value) is not str:
            raise TypeError
        _report("value", self._enum.__name__, value)
        return self._enum(value)


def additional(data: Mapping[str, Any], model: type[Model]) -> Mapping[str, Any]:
    """Return the fields that the spec doesn't know, and report them, up to 1,000."""
    known = model._known
    fields: dict[str, Any] = {}
    for name in data:
        if name not in known:
            fields[name] = data[name]
            _report("field", model.__name__, name)
            if len(fields) == _MOST_REPORTED:
                fields = {name: value for name, value in dict(data).items() if name not in known}
                if unreported := len(fields) - _MOST_REPORTED:
                    _report("field", model.__name__, "", unreported)
                return fields
    return fields or NO_FIELDS


def checked(value: Any, kind: type[M]) -> M:
    """Return a JSON scalar if it has exactly this type; a boolean isn't an integer."""
    if type(value) is not kind:
        raise TypeError
    return value


def number(value: Any) -> float:
    """Return a JSON number, whole or not."""
    if type(value) is not float and type(value) is not int:
        raise TypeError
    return value


def elements(value: Any) -> list[Any]:
    """Return a list within a list or a map."""
    if not isinstance(value, list):
        raise TypeError
    return value


def entries(value: Any) -> dict[str, Any]:
    """Return a map within a list or a map."""
    if not isinstance(value, dict):
        raise TypeError
    return value


def checked_strings(values: list[Any]) -> list[str]:
    """Return a copy of a list whose elements must be strings."""
    for value in values:
        if type(value) is not str:
            raise TypeError
    return values[:]


def parse_time(text: str) -> datetime.datetime:
    """Parse a time in ISO 8601. Digits beyond the microsecond are cut off, and no offset means UTC."""
    try:
        time = _fromisoformat(text)
    except ValueError:
        time = _parse_rare_time(text.upper())
    if text[19:20] != "." and time.microsecond and _COARSE_FRACTION.search(text):
        raise ValueError("a fraction of an hour or of a minute")
    return time if time.tzinfo is not None else time.replace(tzinfo=datetime.UTC)


def _parse_rare_time(text: str) -> datetime.datetime:
    from dateutil.parser import isoparse  # the dearest import, and the service's own times don't need it

    if _LEAP_SECOND.search(text):
        return isoparse(_LEAP_SECOND.sub("59", text)) + datetime.timedelta(seconds=1)
    return isoparse(text)


def format_time(time: datetime.datetime) -> str:
    """Return the documented form, `2023-11-14T09:30:00.000Z`, with microseconds only if there are any."""
    if time.tzinfo is None:
        raise ValueError("a time must have an offset")
    text = time.isoformat(timespec="microseconds" if time.microsecond % 1000 else "milliseconds")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MILLISECOND = datetime.timedelta(milliseconds=1)


def to_millis(time: datetime.datetime) -> int:
    """Return the milliseconds from the epoch to `time`, rounded down: the service has no finer precision."""
    return (time - EPOCH) // MILLISECOND


def from_millis(milliseconds: int) -> datetime.datetime:
    """Return the time, in UTC, that is `milliseconds` after the epoch."""
    return EPOCH + milliseconds * MILLISECOND


_FAULTS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


def decode(name: str, decoder: Callable[[Any], M], data: Any) -> M:
    """Run a decoder. If it fails, run it again, over containers that note the path of each read."""
    if _paths.get() is not None:
        return _traced(name, decoder, data)
    try:
        return decoder(data)
    except _FAULTS:
        _traced(name, decoder, data)
        raise


def _traced(name: str, decoder: Callable[[Any], M], data: Any) -> M:
    trace, paths = Trace(name, data), _paths.get()
    # The first run has reported whatever is unknown before the fault.
    observer = None if paths is None else lambda unknown: paths.setdefault(unknown, trace.path)
    try:
        with observed(observer):
            return decoder(trace.wrap(data, name))
    except _FAULTS as fault:
        raise DecodeError(trace.path, trace.reason(fault)) from None
