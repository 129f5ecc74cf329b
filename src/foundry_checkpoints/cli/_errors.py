"""Errors as people need them: one line on stderr that says what to do next, and an exit status.

Exit statuses: 0 done, 1 error, 2 wrong usage or configuration, 3 partly done and resumable, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import typer

from foundry_checkpoints import errors
from foundry_checkpoints._redact import printable

from . import PROGRAM

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
"""The extra that brings a module."""

_ADVICE: dict[type[errors.CheckpointsError], str] = {
    errors.InvalidRequestError: "Look at --help for what it takes.",
    errors.RequestTimeoutError: "Try again, or give it more time with --timeout.",
    errors.NetworkError: "Check the hostname, the network and the proxy (HTTPS_PROXY).",
    errors.TokenRequestError: "Check FOUNDRY_CLIENT_ID and FOUNDRY_CLIENT_SECRET.",
    errors.UnauthorizedError: "The token is wrong or expired: get a new one.",
    errors.ApiUsageDenied: "The token needs the scope api:checkpoints-read.",
    errors.PermissionDeniedError: "Ask an administrator of the stack for access to checkpoint records.",
    errors.EndpointNotAvailableError: "Is the hostname that of a Foundry stack? It may lack the Checkpoints preview.",
    errors.NotFoundError: "Check the rid; it may also be hidden from you.",
    errors.RateLimitError: "Wait a minute, or lower --concurrency.",
    errors.InternalServerError: "The service failed: try again later.",
    errors.RedirectError: "Set the hostname that the service really has.",
    errors.ResponseDecodeError: "The service may have changed: look for a newer version of this program.",
    errors.PaginationError: "Search a shorter time with --since and --until.",
}
"""What to do next, most special classes first."""


WRONG_USAGE: Final[type[Exception]] = typer.BadParameter.__mro__[2]
"""What the parser of the command line raises. typer has it under another name in each version."""


class Failure(Exception):
    """Ends a command with this message and exit status."""

    def __init__(self, message: str, exit_code: int = ERROR) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Resumable(Failure):
    """Ends a command that did a part, for this reason: the same command goes on."""

    def __init__(self, cause: BaseException) -> None:
        message = f"{describe(cause).message} Run the same command again: it goes on where it stopped."
        super().__init__(message, RESUMABLE)


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of an error, in one line, and the exit status."""

    message: str
    exit_code: int = ERROR


def describe(error: BaseException) -> Report:
    """One line for people. It holds no secret and nothing that a terminal would act on."""
    if isinstance(error, WRONG_USAGE):
        return Report(_of_usage(error), USAGE)
    match error:
        case Failure():
            return Report(one_line(str(error)), error.exit_code)
        case KeyboardInterrupt():
            return Report("interrupted", INTERRUPTED)
        case errors.TokenRequestError(__cause__=errors.ConfigurationError() as cause):
            return Report(_sentence(cause), ERROR)
        case errors.ConfigurationError():
            return Report(_sentence(error), USAGE)
        case errors.CheckpointsError():
            code = USAGE if isinstance(error, errors.InvalidRequestError) else ERROR
            return Report(f"{_said_by(error)} {_advice(error)}".rstrip(), code)
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] in _EXTRAS:
            extra = _EXTRAS[name.partition(".")[0]]
            return Report(f"{name} is not installed: pip install '{PROGRAM}[{extra}]'")
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return Report(f"{_os_error(error)} Make room, then run the same command again.")
        case OSError():
            return Report(_os_error(error))
    return Report(f"unexpected {type(error).__name__}: this is a defect; --debug shows where it is.")


def _said_by(error: errors.CheckpointsError) -> str:
    """What a service says in its own words is enough; support can find the rest by the instance id."""
    if not isinstance(error, errors.ApiError) or error.error_name is None:
        return _sentence(error)
    description = f": {error.error_description}" if error.error_description else ""
    instance = f" [instance {error.error_instance_id}]" if error.error_instance_id else ""
    return printable(f"{error.status_code} {error.error_name}{description}{instance}.")


def _advice(error: errors.CheckpointsError) -> str:
    if isinstance(error, errors.NetworkError) and not error.transient:
        return "Check the certificates (SSL_CERT_FILE)."
    return next((advice for kind, advice in _ADVICE.items() if isinstance(error, kind)), "")


def _of_usage(error: Any) -> str:
    message = one_line(error.format_message())
    context = getattr(error, "ctx", None)
    # A group without a command has shown its help, and says no more.
    return f"{message.rstrip('.')}. Try {context.command_path} --help." if message and context else message


def _os_error(error: OSError) -> str:
    name = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return one_line(f"{name}{error.strerror or error}.")


def _sentence(error: BaseException) -> str:
    return f"{one_line(str(error)).rstrip('.')}."


def one_line(text: str) -> str:
    """The text without line breaks, and with escapes for what a terminal would act on."""
    return visible(" ".join(text.split()))


def visible(text: str) -> str:
    """The text with spaces for white space, and with escapes for what else a terminal would act on."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else ascii(character)[1:-1]


def say(message: str) -> None:
    """One line on stderr. A stderr that is gone is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{PROGRAM}: {message}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def reporting(*, debug: bool) -> Iterator[None]:
    """Turn whatever ends the block into one line on stderr and an exit status.

    With `debug`, log lines of the library and the traceback too. A reader of stdout that went away is no error.
    """
    with _logging() if debug else contextlib.nullcontext():
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
            say(report.message)
            flush_or_silence_stdout()
            raise typer.Exit(report.exit_code) from None


@contextlib.contextmanager
def _logging() -> Iterator[None]:
    logger = logging.getLogger("foundry_checkpoints")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


def flush_or_silence_stdout() -> None:
    """Write what is buffered where that is possible; what is not must not fail once more when Python ends."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        silence_stdout()


def silence_stdout() -> None:
    """Let what is still buffered go nowhere: nobody reads it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
