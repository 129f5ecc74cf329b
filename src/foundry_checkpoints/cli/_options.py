"""Options that commands share. A parameter of the type of a group takes all options of that group.

@command
def search(connection: Connection, query: Query) -> None: ...
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

from ._completion import checkpoint_types, item_kinds, item_types
from ._errors import USAGE, Failure, reporting

if TYPE_CHECKING:
    from foundry_checkpoints import CheckpointsClient
    from foundry_checkpoints.filters import Filter

    from ._token import Credentials

CONNECTION = "Connection"
FILTERS = "Filters: different ones narrow the search, one given twice means any of its values"
READING = "Reading"
OUTPUT = "Output"

Values = list[str] | None


class Options:
    """Base of a group of options: a dataclass whose fields are annotated as parameters of a command are."""


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """A command from a function that takes groups of options, and returns an exit status or None for 0.

    What it raises becomes one line on stderr and an exit status.
    """
    signature = inspect.signature(function, eval_str=True)
    groups = {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if isinstance(parameter.annotation, type) and issubclass(parameter.annotation, Options)
    }

    @functools.wraps(function)
    def run(**values: Any) -> None:
        with reporting(debug=values.get("debug", False)):
            given = {name: group(**_picked(group, values)) for name, group in groups.items()}
            own = {name: value for name, value in values.items() if name in signature.parameters}
            status = function(**own, **given)
        raise typer.Exit(status or 0)

    parameters = _flat(signature, groups)
    run.__signature__ = signature.replace(parameters=parameters, return_annotation=None)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__doc__ = _unwrapped(inspect.getdoc(function) or "")
    return run


def _unwrapped(text: str) -> str:
    """Paragraphs on a line each: typer keeps the lines of a docstring."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _picked(group: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    return {field.name: values[field.name] for field in fields(group)}


def _flat(signature: inspect.Signature, groups: dict[str, type[Any]]) -> list[inspect.Parameter]:
    """The parameters, a field of a group each; a field that two groups share comes once."""
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


def usage_error(option: str, problem: object) -> Failure:
    """The error of a value that an option does not take."""
    return Failure(f"{option}: {problem}", USAGE)


def zone_of(name: str | None) -> tzinfo:
    """The zone that `--tz` names."""
    from ._times import parse_zone

    try:
        return parse_zone(name)
    except ValueError as error:
        raise usage_error("--tz", error) from None


@dataclass(frozen=True, kw_only=True)
class Connection(Options):
    """Which service, and by what right."""

    hostname: Annotated[
        str | None,
        typer.Option(
            metavar="HOST",
            envvar="FOUNDRY_HOSTNAME",
            help="The stack, such as example.palantirfoundry.com.",
            rich_help_panel=CONNECTION,
        ),
    ] = None
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            envvar="FOUNDRY_TOKEN_FILE",
            help="Read the token from this file, and again when it is refused.",
            rich_help_panel=CONNECTION,
        ),
    ] = None
    token_command: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            envvar="FOUNDRY_TOKEN_COMMAND",
            help="Take the token from what this command prints, and again when it is refused. No shell runs it.",
            rich_help_panel=CONNECTION,
        ),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="For each step of a request; without it 5 to connect, 30 to read.",
            rich_help_panel=CONNECTION,
        ),
    ] = None
    debug: Annotated[
        bool,
        typer.Option(
            "--debug", help="Log each request, and show where an error comes from.", rich_help_panel=CONNECTION
        ),
    ] = False

    @functools.cached_property
    def credentials(self) -> Credentials:
        """By what right: a token file or command, or what the environment has."""
        from ._token import Credentials

        return Credentials.of(self.token_file, self.token_command)

    def client(self, **arguments: Any) -> CheckpointsClient:
        """A client; the arguments go to `CheckpointsClient` as they are. Raises `ConfigurationError`."""
        from foundry_checkpoints import CheckpointsClient

        from ._token import checked_hostname

        hostname = checked_hostname(self.hostname)
        return CheckpointsClient(
            hostname, auth=self.credentials.auth, timeout=self.timeout, user_agent="cli", **arguments
        )


TimeZone = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE",
        help="Zone of the times given and shown, such as Europe/Berlin or +02:00; without it that of this machine.",
        rich_help_panel=OUTPUT,
    ),
]


Concurrency = Annotated[
    int,
    typer.Option(metavar="N", min=1, max=30, help="Parts of the time read side by side.", rich_help_panel=READING),
]


def _option(name: str, metavar: str, text: str, complete: Callable[[str], Any] | None = None) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel=FILTERS, autocompletion=complete)


@dataclass(frozen=True, kw_only=True)
class Filters(Options):
    """Which records: all of these filters hold; where one is given twice, any of its values."""

    since: Annotated[
        str | None,
        _option("--since", "TIME", "Created then or later: 2026-10-01, 2026-10-01T12:30, yesterday, -7d, -12h."),
    ] = None
    until: Annotated[
        str | None,
        _option("--until", "TIME", "Created before that time; a day means its start, so 2026-11-01 ends October."),
    ] = None
    tz: TimeZone = None
    type_: Annotated[
        Values, _option("--type", "TYPE", "Checkpoint type, such as CONTOUR_EXPORT.", checkpoint_types)
    ] = None
    user: Annotated[Values, _option("--user", "ID", "Id of the user who acted.")] = None
    delegate: Annotated[Values, _option("--delegate", "ID", "Id of the delegate.")] = None
    item: Annotated[
        Values,
        _option("--item", "[KIND:]ID", "What the action was about: a rid of a resource, or marking:ID.", item_kinds),
    ] = None
    item_type: Annotated[
        Values, _option("--item-type", "TYPE", "Type of such an item, such as checkpointedResource.", item_types)
    ] = None
    text: Annotated[Values, _option("--text", "TEXT", "Part of any text that the user gave or chose.")] = None
    response: Annotated[Values, _option("--response", "TEXT", "Part of the response.")] = None
    selected_option: Annotated[Values, _option("--selected-option", "TEXT", "Part of a selected option.")] = None
    additional_response: Annotated[
        Values, _option("--additional-response", "TEXT", "Part of the response to a selected option.")
    ] = None
    exact: Annotated[bool, typer.Option("--exact", help="Compare whole texts.", rich_help_panel=FILTERS)] = False
    organization: Annotated[Values, _option("--organization", "RID", "Organization.")] = None
    namespace: Annotated[Values, _option("--namespace", "RID", "Namespace, also called space.")] = None
    interaction: Annotated[Values, _option("--interaction", "RID", "Interaction.")] = None
    config: Annotated[Values, _option("--config", "RID", "Checkpoint configuration.")] = None
    record: Annotated[Values, _option("--record", "RID", "The record itself.")] = None
    where_json: Annotated[
        str | None, _option("--where", "JSON|@FILE", "A filter in the form of the API, in addition to the others.")
    ] = None

    @functools.cached_property
    def zone(self) -> tzinfo:
        """The zone of `--tz`."""
        return zone_of(self.tz)

    @functools.cached_property
    def period(self) -> tuple[datetime | None, datetime | None]:
        """`--since` and `--until`; the latter is not included."""
        now = datetime.now(UTC)
        return self._time("--since", self.since, now), self._time("--until", self.until, now)

    def _time(self, option: str, text: str | None, now: datetime) -> datetime | None:
        from ._times import parse_time

        try:
            return None if text is None else parse_time(text, self.zone, now)
        except ValueError as error:
            raise usage_error(option, error) from None

    def described(self) -> Iterator[tuple[str, str]]:
        """What is asked for, in words: a name and the values of each filter."""
        for name, time in zip(("since", "until"), self.period, strict=True):
            if time is not None:
                yield name, f"{time.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
        for field in fields(self):
            values = getattr(self, field.name)
            if values and isinstance(values, list):
                yield field.name.strip("_").replace("_", " "), " or ".join(values)
        if self.exact:
            yield "texts", "compared whole"
        if self.where_json is not None:
            yield "where", self.where_json

    @functools.cached_property
    def where(self) -> Filter | None:
        """All of them as one filter; None lets every record through."""
        from ._filters import build

        return build(self)


@dataclass(frozen=True, kw_only=True)
class Query(Filters):
    """Which records, how many, and in which order."""

    limit: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Stop after so many records.", rich_help_panel=READING)
    ] = None
    first: Annotated[
        Literal["newest", "oldest"], typer.Option("--sort", help="Which come first.", rich_help_panel=READING)
    ] = "newest"
    concurrency: Concurrency = 1

    @property
    def sort(self) -> Literal["ASC", "DESC"]:
        """The sort direction of the API."""
        return "ASC" if self.first == "oldest" else "DESC"
