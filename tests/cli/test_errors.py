"""Errors on the command line: one line, what to do next, the exit status, and no secret."""

from __future__ import annotations

import errno
import re

import pytest
import typer

from foundry_checkpoints import errors
from foundry_checkpoints.cli._errors import (
    ERROR,
    INTERRUPTED,
    RESUMABLE,
    USAGE,
    Failure,
    Resumable,
    describe,
    reporting,
)
from foundry_checkpoints.emulator import Emulator
from tests.cli.commands import Run

SECRET = "eyJhbGciOi.secret.token"


def api(status: int, name: str | None = None, **body: str) -> errors.ApiError:
    kind = errors.api_error_class(status, name, empty=not name)
    return kind(status, body=None if name is None else {"errorName": name, **body})


def rejected_token() -> errors.TokenRequestError:
    error = errors.TokenRequestError("the callable that gives tokens raised ConfigurationError")
    error.__cause__ = errors.ConfigurationError("the token file x is empty")
    return error


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (errors.ConfigurationError("no hostname. Set --hostname"), USAGE, r"^no hostname\. Set --hostname\.$"),
        (errors.InvalidRequestError("not a RID"), USAGE, r"^not a RID\. See --help\.$"),
        (errors.NetworkError("connection refused"), ERROR, r"^connection refused\. Check the hostname, the network"),
        (errors.NetworkError("set SSL_CERT_FILE", transient=False), ERROR, r"^set SSL_CERT_FILE\.$"),
        (errors.NetworkError("needs a client certificate", transient=False), ERROR, r"Use --client-cert\.$"),
        (errors.RequestTimeoutError("no answer"), ERROR, r"--timeout\.$"),
        (errors.TokenRequestError("no token was given"), ERROR, r"FOUNDRY_CLIENT_ID"),
        (rejected_token(), ERROR, r"^the token file x is empty\.$"),
        (api(401, "Default:Unauthorized"), ERROR, r"^401 Default:Unauthorized\. The token is wrong or expired"),
        (api(403, "ApiUsageDenied"), ERROR, r"needs the scope api:checkpoints-read\.$"),
        (api(403, "SearchRecordsPermissionDenied"), ERROR, r"Ask an administrator"),
        (api(404, "CheckpointRecordNotFound", errorInstanceId="i7"), ERROR, r"^404 .*\[instance i7\]\. Check the RID"),
        (api(404), ERROR, r"hostname is a Foundry stack"),
        (api(429), ERROR, r"--concurrency\.$"),
        (api(500), ERROR, r"Try again later\.$"),
        (api(302), ERROR, r"Set the hostname"),
        (api(400, "InvalidFilterValue", errorDescription="too long"), ERROR, r"^400 InvalidFilterValue: too long\.$"),
        (errors.ResponseDecodeError("Record.rid", "missing"), ERROR, r"newer version"),
        (errors.PaginationError("the service repeats itself"), ERROR, r"--since and --until\.$"),
        (FileNotFoundError(errno.ENOENT, "No such file", "rids.txt"), ERROR, r"^rids\.txt: No such file\.$"),
        (OSError(errno.ENOSPC, "No space left", "out.csv"), ERROR, r"Make room, then run the same command again\.$"),
        (ModuleNotFoundError("no", name="pyarrow.parquet"), ERROR, r"pip install 'foundry-checkpoints\[arrow\]'$"),
        (ModuleNotFoundError("no", name="uvicorn"), ERROR, r"pip install 'foundry-checkpoints\[emulator\]'$"),
        (KeyboardInterrupt(), INTERRUPTED, r"^interrupted$"),
        (ZeroDivisionError("x"), ERROR, r"^unexpected ZeroDivisionError\. This is a defect: --debug shows"),
        (Failure("--tz must be a zone", USAGE), USAGE, r"^--tz must be a zone\.$"),
        (Resumable(OSError(errno.ENOSPC, "No space left")), RESUMABLE, r"Run the same command again: it resumes"),
    ],
)
def test_each_error_has_a_line_and_a_status(error: BaseException, status: int, words: str) -> None:
    """The line says what is wrong and what to do next."""
    report = describe(error)
    assert report.exit_code == status
    assert re.search(words, report.message)
    assert report.message.isprintable()


def test_what_a_service_says_cannot_move_the_cursor() -> None:
    """Control characters of an error body are shown as text, on the one line."""
    report = describe(api(500, "Bad\x1b[2J\nName", errorDescription="a\rb\x9b", errorInstanceId="\u202e"))
    assert report.message.isprintable()


def ended_by(error: BaseException) -> int:
    with pytest.raises(typer.Exit) as ending, reporting():
        raise error
    return ending.value.exit_code


def test_the_status_of_an_error_is_that_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The line goes to stderr under the name of the program."""
    assert ended_by(errors.ConfigurationError("no hostname")) == USAGE
    assert capsys.readouterr() == ("", "foundry-checkpoints: no hostname.\n")
    assert ended_by(KeyboardInterrupt()) == INTERRUPTED
    assert ended_by(typer.Exit(3)) == 3


def test_a_reader_that_has_enough_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """`| head` closes the pipe: nothing is said, and the status is 0."""
    assert ended_by(BrokenPipeError()) == 0
    assert capsys.readouterr() == ("", "")


def test_debug_shows_requests_and_tracebacks_but_no_secret(
    run: Run, configured: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt is a log line, an error has its traceback, and the token is in neither."""
    monkeypatch.setenv("FOUNDRY_TOKEN", SECRET)
    outcome = run("search", "--debug")
    assert outcome.status == ERROR
    assert "DEBUG foundry_checkpoints" in outcome.err
    assert "Traceback (most recent call last)" in outcome.err
    assert " ERROR foundry-checkpoints: 401 " in outcome.err.splitlines()[-1]
    assert SECRET not in outcome.err
    assert "DEBUG" not in run("search").err


@pytest.mark.parametrize("arguments", [["--token", SECRET], [f"--token={SECRET}"]])
def test_a_token_is_no_option(run: Run, configured: Emulator, arguments: list[str]) -> None:
    """There is no such option, and the value after it isn't repeated."""
    outcome = run("search", *arguments)
    assert outcome.status == USAGE
    assert "--token-file" in outcome.err
    assert SECRET not in outcome.err + outcome.out
