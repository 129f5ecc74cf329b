"""Options that commands share. A parameter of the type of a group takes all options of that group.

@command
def search(connection: Connection, query: Query) -> None: ...
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from dataclasses import fields
from datetime import tzinfo
from typing import Annotated, Any, ClassVar, Final, get_type_hints

import typer

from ._errors import reporting, usage_error
from ._safe import did_you_mean, quoted
from ._times import parse_zone

CONNECTION: Final = "Connection"
READING: Final = "Reading"
OUTPUT: Final = "Output"

Values = list[str] | None


class Options:
    """Base of a group of options: a dataclass whose fields are annotated like the parameters of a command."""

    environment: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Variables that the help names, with their meaning."""


def option(
    *names: str,
    help: str,
    metavar: str,
    panel: str | None = None,
    parse: Callable[[str], Any] | None = None,
    env: str | None = None,
    complete: Callable[[str], list[str]] | None = None,
) -> Any:
    """Declare an option that takes a value.

    `parse` makes a value from the text, and raises `ValueError` with the rest of a sentence: `must be …, not 'x'`. A
    tuple contains several values of an option that may be repeated.
    """

    def parsed(value: Any) -> Any:
        if parse is None or not isinstance(value, str):  # a default
            return value
        try:
            return parse(value)
        except ValueError as error:
            raise usage_error(names[0], error) from None

    return typer.Option(
        *names,
        metavar=metavar,
        help=help,
        rich_help_panel=panel,
        envvar=env,
        parser=parsed,
        autocompletion=complete,
        show_default=False,
    )


def flag(name: str, *, help: str, panel: str | None = None) -> Any:
    """Declare an option without a value."""
    return typer.Option(name, help=help, rich_help_panel=panel, show_default=False)


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Make a command from a function that takes groups of options, and returns an exit status or None for 0.

    An exception becomes one line on stderr and an exit status.
    """
    signature = inspect.signature(function, eval_str=True)
    groups: dict[str, type[Any]] = {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if isinstance(parameter.annotation, type) and issubclass(parameter.annotation, Options)
    }

    @functools.wraps(function)
    def run(**values: Any) -> None:
        given = {name: _merged(value) for name, value in values.items()}
        is_logged = given.get("follow") or given.get("log_format")
        with reporting(
            debug=given.get("debug", False),
            log_format=given.get("log_format") or ("text" if is_logged else None),
            level=logging.INFO if is_logged else None,
        ):
            grouped = {
                name: group(**{field.name: given[field.name] for field in fields(group)})
                for name, group in groups.items()
            }
            own = {name: value for name, value in given.items() if name in signature.parameters}
            status = function(**own, **grouped)
        raise typer.Exit(status or 0)

    parameters = _flat(signature, groups)
    run.__signature__ = signature.replace(parameters=parameters, return_annotation=None)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.help_of = {one.name: one.annotation.__metadata__[0].help for one in parameters}  # type: ignore[attr-defined]
    run.environment = tuple(line for group in groups.values() for line in group.environment)  # type: ignore[attr-defined]
    return run


def _merged(value: Any) -> Any:
    """Join the values of an option that is repeated, each of which may hold several."""
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return [part for parts in value for part in parts]
    return value


def _flat(signature: inspect.Signature, groups: dict[str, type[Any]]) -> list[inspect.Parameter]:
    """Return the parameters with one for each field of a group. A field that two groups share comes once."""
    flat: dict[str, inspect.Parameter] = {}
    for name, parameter in signature.parameters.items():
        if name not in groups:
            flat[name] = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            continue
        hints = get_type_hints(groups[name], include_extras=True)
        for field in fields(groups[name]):
            flat[field.name] = inspect.Parameter(
                field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
            )
    return list(flat.values())


# Parsers of values


def number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Make a parser of whole numbers."""
    wanted = f"{least} or more" if most is None else f"{least} to {most}"

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            raise ValueError(f"must be a whole number of {wanted}, not {quoted(text)}")
        return value

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """Make a parser of a choice, in upper or lower case."""
    *others, last = choices
    wanted = f"{', '.join(others)}{',' if len(others) > 1 else ''} or {last}"

    def parse(text: str) -> str:
        if (found := text.strip().lower()) not in choices:
            hint = f" {similar}" if (similar := did_you_mean(text, choices)) else ""
            raise ValueError(f"must be {wanted}, not {quoted(text)}.{hint}")
        return found

    return parse


def split(parse: Callable[[str], Any] = str) -> Callable[[str], tuple[Any, ...]]:
    """Make a parser of values with commas between them."""

    def parse_all(text: str) -> tuple[Any, ...]:
        parts = [part.strip() for part in text.split(",")]
        if not all(parts):
            raise ValueError(f"must be one value, or several with commas between them, not {quoted(text)}")
        return tuple(map(parse, parts))

    return parse_all


def zone_of(name: str | None) -> tzinfo:
    """Return the zone that `--tz` names."""
    try:
        return parse_zone(name)
    except ValueError as error:
        raise usage_error("--tz", error) from None


TimeZone = Annotated[
    str | None,
    option(
        "--tz",
        metavar="ZONE",
        help="Zone of the times that you give and see, such as Europe/Berlin or +02:00. Default: the machine's.",
        panel=OUTPUT,
    ),
]


def concurrency_option(default: int) -> Any:
    """Declare `--concurrency`."""
    text = f"Parts of the time range to read concurrently, 1 to 30. Default: {default}."
    return option("--concurrency", metavar="N", help=text, panel=READING, parse=number(1, 30))
