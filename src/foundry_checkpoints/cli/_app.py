"""The commands, put together."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated, TextIO

import typer

from foundry_checkpoints import __api_version__, __version__

from . import PROGRAM
from ._auth import check
from ._emulator import emulator
from ._errors import WRONG_USAGE, describe, say
from ._export import export
from ._read import batch, get, search
from ._summary import summary

app = typer.Typer(
    name=PROGRAM,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__} (API {__api_version__})")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Read the checkpoint records of Palantir Foundry: who did what, when and why."""


app.command()(get)
app.command()(batch)
app.command()(search)
app.command()(summary)
app.command()(export)
app.command()(emulator)

auth = typer.Typer(no_args_is_help=True, help="Credentials: who and what works.")
auth.command("check")(check)
app.add_typer(auth, name="auth")


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    _open_missing_streams()
    _set_encoding(sys.stdout)
    try:
        status = app(list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except WRONG_USAGE as error:
        report = describe(error)
        if report.message:
            say(report.message)
        return report.exit_code
    return status if isinstance(status, int) else 0


def _open_missing_streams() -> None:
    """A process may be started without stdin, stdout or stderr, as with `>&-`."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (stays open)


def _set_encoding(stream: TextIO) -> None:
    """UTF-8 and line feeds in a pipe on every system; on a terminal a `?` for what it cannot show."""
    if not isinstance(stream, io.TextIOWrapper):
        return
    if stream.isatty():
        stream.reconfigure(errors="replace")
    else:
        stream.reconfigure(encoding="utf-8", newline="\n")
