"""Errors as people need them: one line on stderr that says what to do next, and an exit status.

Exit statuses: 0 done, 1 error, 2 wrong usage or configuration, 3 partly done and resumable, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import typer

from foundry_checkpoints import errors
from foundry_checkpoints._redact import printable

from . import PROGRAM
from ._logs import LogFormat, logging_to_stderr, say
from ._safe import did_you_mean, flush_or_silence_stdout, one_line, quoted, silence_stdout

ERROR: Final = 1
USAGE: Final = 2
RESUMABLE: Final = 3
INTERRUPTED: Final = 130

_EXTRAS = {
    "orjson": "speed",
    "pyarrow": "arrow",
    "starlette": "emulator",
    "uvicorn": "emulator",
    "zstandard": "zstd",
}
"""The extra that installs a module."""

_ADVICE: dict[type[errors.CheckpointsError], str] = {
    errors.InvalidRequestError: "See --help.",
    errors.RequestTimeoutError: "Try again, or allow more time with --timeout.",
    errors.NetworkError: "Check the hostname, the network, and the proxy (HTTPS_PROXY).",
    errors.TokenRequestError: "Check FOUNDRY_CLIENT_ID and FOUNDRY_CLIENT_SECRET.",
    errors.UnauthorizedError: "The token is wrong or expired. Get a new one.",
    errors.ApiUsageDenied: "The token needs the scope api:checkpoints-read.",
    errors.PermissionDeniedError: "Ask an administrator of the stack for access to checkpoint records.",
    errors.EndpointNotAvailableError: "Check that the hostname is a Foundry stack that has the Checkpoints preview.",
    errors.NotFoundError: "Check the RID. The record may also be hidden from you.",
    errors.RateLimitError: "Wait a minute, or lower --concurrency.",
    errors.InternalServerError: "The service failed. Try again later.",
    errors.RedirectError: "Set the hostname that the service redirects to.",
    errors.ResponseDecodeError: "The service may have changed. Look for a newer version of this program.",
    errors.PaginationError: "Search a shorter time range with --since and --until.",
}
"""The advice for each error. Subclasses come before their bases."""

WRONG_USAGE: Final[type[Exception]] = typer.BadParameter.__mro__[2]
"""The base of the errors of the command line parser, which typer imports from click or, since 0.24, brings itself."""


_EXTRA_ARGUMENT: Final = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)\.?")


class Failure(Exception):
    """Ends a command with this message and exit status."""

    def __init__(self, message: str, exit_code: int = ERROR) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Resumable(Failure):
    """Ends a command that did a part of its work. The same command resumes it."""

    def __init__(self, cause: BaseException) -> None:
        message = f"{describe(cause).message} Run the same command again: it resumes where it stopped."
        super().__init__(message, RESUMABLE)


def usage_error(option: str, problem: object) -> Failure:
    """Make the error for a wrong value of an option: `--limit must be …, not 'x'`."""
    return Failure(f"{option} {problem}", USAGE)


@dataclass(frozen=True, slots=True)
class Report:
    """The line to print about an error, and the exit status."""

    message: str
    exit_code: int = ERROR


def describe(error: BaseException) -> Report:
    """Describe an error in one line for people, without secrets and without characters that a terminal acts on."""
    if isinstance(error, WRONG_USAGE):
        return Report(_wrong_usage(error), USAGE)
    match error:
        case Failure():
            return Report(_sentence(str(error)), error.exit_code)
        case KeyboardInterrupt():
            return Report("interrupted", INTERRUPTED)
        case errors.TokenRequestError(__cause__=errors.ConfigurationError() as cause):
            return Report(_sentence(str(cause.args[0])), ERROR)
        case errors.ConfigurationError():
            # Once something was sent, the settings were right: a token command failed later, for instance.
            return Report(_sentence(str(error.args[0])), ERROR if error.attempts else USAGE)
        case errors.CheckpointsError():
            code = USAGE if isinstance(error, errors.InvalidRequestError) else ERROR
            return Report(f"{_summary(error)} {_advice(error)}".rstrip(), code)
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] in _EXTRAS:
            extra = _EXTRAS[name.partition(".")[0]]
            return Report(f"{name} isn't installed. Run: pip install '{PROGRAM}[{extra}]'")
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return Report(f"{_os_error(error)} Make room, then run the same command again.")
        case OSError():
            return Report(_os_error(error))
    return Report(f"unexpected {type(error).__name__}. This is a defect: --debug shows where it is.")


def _summary(error: errors.CheckpointsError) -> str:
    """Return what an error says, without what only support needs and can find by the instance id."""
    if isinstance(error, errors.ApiError) and error.error_name is not None:
        description = f": {error.error_description}" if error.error_description else ""
        instance = f" [instance {error.error_instance_id}]" if error.error_instance_id else ""
        return printable(f"{error.status_code} {error.error_name}{description}{instance}.")
    return _sentence(str(error))


def _advice(error: errors.CheckpointsError) -> str:
    if isinstance(error, errors.NetworkError) and not error.transient:
        # The error itself says what to check, in terms of the library.
        return "Use --client-cert." if "client certificate" in str(error) else ""
    return next((advice for kind, advice in _ADVICE.items() if isinstance(error, kind)), "")


def _wrong_usage(error: Any) -> str:
    """Say the same with each version of typer, whose own words differ."""
    context: Any = getattr(error, "ctx", None)
    message = one_line(error.format_message())
    match type(error).__name__:
        case "NoSuchOption":
            known = [name for parameter in context.command.get_params(context) for name in parameter.opts]
            message = f"unknown option {quoted(error.option_name)}. {did_you_mean(error.option_name, known)}".rstrip()
        case "MissingParameter":
            message = f"the argument {error.param.metavar or error.param.name} is missing"
        case _ if match_ := _EXTRA_ARGUMENT.fullmatch(message):
            message = f"unexpected argument {quoted(match_[1])}"
    help_ = f" See {context.command_path} --help." if context else ""
    return f"{_sentence(message)}{help_}"


def _os_error(error: OSError) -> str:
    name = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return _sentence(f"{name}{error.strerror or error}")


def _sentence(text: str) -> str:
    line = one_line(text)
    return line if line.endswith(("?", "…")) else f"{line.rstrip('.')}."


@contextlib.contextmanager
def reporting(*, debug: bool = False, log_format: LogFormat | None = None, level: int | None = None) -> Iterator[None]:
    """Turn whatever ends the block into one line on stderr and an exit status.

    With `debug`, stderr has the log lines of the library and the traceback too. It isn't an error if a downstream
    command closed the pipe.
    """
    with logging_to_stderr(log_format=log_format, level=level, debug=debug):
        try:
            yield
            sys.stdout.flush()
        except typer.Exit:
            raise
        except BrokenPipeError:
            silence_stdout()
            raise typer.Exit from None
        except (Exception, KeyboardInterrupt) as error:
            report = describe(error)
            if debug:
                traceback.print_exception(error)
            say(report.message, logging.ERROR)
            flush_or_silence_stdout()
            raise typer.Exit(report.exit_code) from None
