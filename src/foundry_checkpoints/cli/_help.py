"""The program's help, the same with each version of typer, and commands that load when they are used."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ._errors import USAGE, Failure
from ._safe import did_you_mean, quoted

# The contexts, parameters, and formatters are click's up to typer 0.23, and typer's own since: hence `Any`.

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Command(TyperCommand):
    """A command whose help has its options by panel, then *Environment* and *Examples*."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write the docstring up to its examples."""
        formatter.write_paragraph()
        with formatter.indentation():
            text = inspect.cleandoc((self.help or "").partition("Examples:\n")[0])
            # Paragraphs on a line each, for the formatter to wrap.
            formatter.write_text("\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n")))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what follows the name of the command in its usage."""
        return ["[OPTIONS]", *(_names(one) for one in self.get_params(ctx) if one.param_type_name == "argument")]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, by panel."""
        _write_parameters(self.get_params(ctx), formatter, getattr(self.callback, "help_of", {}))

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the variables and the examples, whose lines stay as they are."""
        if environment := getattr(self.callback, "environment", ()):
            with formatter.section("Environment"):
                formatter.write_dl(environment)
        if examples := (self.help or "").partition("Examples:\n")[2]:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {line}\n" for line in inspect.cleandoc(examples).splitlines()))


class Group(TyperGroup):
    """A group of commands whose help is laid out like theirs."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, then the options."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.short_help) for name, command in self.commands.items()])
        _write_parameters(self.get_params(ctx), formatter, {})

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Show the help on stderr if the command is missing. Versions of click differ in how they do it."""
        if not args and not ctx.resilient_parsing:
            print(ctx.get_help(), file=sys.stderr)
            raise typer.Exit(USAGE)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Reject an unknown command. Options before a command are the parser's to reject."""
        name = args[0]
        if name in self.commands or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        hint = f" {similar}" if (similar := did_you_mean(name, list(self.commands))) else ""
        raise Failure(f"unknown command {quoted(name)}.{hint} See {ctx.command_path} --help.", USAGE)


class LazyCommand(TyperCommand):
    """A command whose module is imported when the command runs, shows its help, or completes its options.

    The module has the name of the command, and in it a function of that name.
    """

    def make_context(self, info_name: Any, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Make the context of the real command."""
        name = str(self.name).replace("-", "_")
        function = getattr(import_module(f"._{name}", __package__), name)
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        app.command(self.name, cls=Command, context_settings=SETTINGS)(function)
        return typer.main.get_command(app).make_context(info_name, args, parent, **extra)


def lazy_commands(summaries: Mapping[str, str]) -> dict[str, LazyCommand]:
    """Make a command for each name and summary."""
    return {name: LazyCommand(name, short_help=summary, help=summary) for name, summary in summaries.items()}


def _write_parameters(parameters: Sequence[Any], formatter: Any, help_of: Mapping[str, str]) -> None:
    # click 8.5 takes the help of typer 0.20's arguments away: hence `help_of`.
    panels: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        is_argument = parameter.param_type_name == "argument"
        title = getattr(parameter, "rich_help_panel", None) or ("Arguments" if is_argument else "Options")
        panels.setdefault(title, []).append((_names(parameter), help_of.get(parameter.name) or parameter.help))
    # The help option comes last.
    for title in [*(title for title in panels if title != "Options"), "Options"]:
        if title in panels:
            with formatter.section(title):
                formatter.write_dl(panels[title])


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    names = ", ".join(sorted(parameter.opts, key=len))
    return names if parameter.is_flag else f"{names} {parameter.metavar or 'VALUE'}"
