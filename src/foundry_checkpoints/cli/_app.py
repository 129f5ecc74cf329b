"""The program: its commands, which load when they are used."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from foundry_checkpoints import __api_version__, __version__

from . import PROGRAM
from ._errors import WRONG_USAGE, Failure, describe
from ._help import SETTINGS, Group, lazy_commands
from ._logs import logging_to_stderr, say
from ._safe import flush_or_silence_stdout, prepare_streams

_COMMANDS = {
    "get": "Fetch records by their RIDs.",
    "batch": "Fetch any number of records by RIDs from a file or a pipe.",
    "search": "Find records.",
    "summary": "Count records: by type, user, project, and over time.",
    "export": "Write every record into files, once, and continue with new ones.",
    "emulator": "Run a local service to try things on.",
}
_AUTH = {"check": "Check hostname, credentials, and access."}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__} (API {__api_version__})")
        raise typer.Exit


def program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit.", show_default=False
        ),
    ] = False,
) -> None:
    """Read the checkpoint records of Palantir Foundry: who did what, when, and why."""


def _program() -> Any:
    app = typer.Typer(
        name=PROGRAM,
        cls=Group,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    app.callback()(program)
    group: Any = typer.main.get_command(app)
    summary = "Check credentials."
    auth: Any = Group(
        name="auth",
        rich_markup_mode=None,
        context_settings=SETTINGS,
        help=summary,
        short_help=summary,
    )
    auth.commands = lazy_commands(_AUTH)
    group.commands = {**lazy_commands(_COMMANDS), "auth": auth}
    return group


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    prepare_streams()
    with logging_to_stderr():
        try:
            status = _program().main(list(arguments), prog_name=PROGRAM, standalone_mode=False)
        except (WRONG_USAGE, Failure) as error:
            report = describe(error)
            say(report.message, logging.ERROR)
            return report.exit_code
    flush_or_silence_stdout()
    return status if isinstance(status, int) else 0
