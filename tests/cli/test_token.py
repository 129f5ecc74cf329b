"""The connection: where the token comes from, that it is read again, client certificates, hostnames."""

from __future__ import annotations

import base64
import json
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foundry_checkpoints import CheckpointsClient, ConfigurationError
from foundry_checkpoints.cli._connection import Connection, normal_hostname
from foundry_checkpoints.cli._errors import ERROR, USAGE
from foundry_checkpoints.cli._token import Claims, StoredToken, read_file, run_command
from foundry_checkpoints.emulator import Emulator, Fault
from tests.cli.commands import Run
from tests.samples import RIDS

USER = uuid.UUID("0f0f4c1e-57a6-4f0e-9c0b-2f4dd1a5a7a1")


@pytest.fixture(autouse=True)
def no_token(own_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names the emulator and no token."""
    monkeypatch.delenv("FOUNDRY_TOKEN")


def python(code: str) -> str:
    """A token command that runs this code."""
    return f'"{sys.executable}" -c "{code}"'


def test_a_token_comes_from_a_file(run: Run, own_emulator: Emulator, tmp_path: Path) -> None:
    """White space around it does not matter."""
    file = tmp_path / "token"
    file.write_text(f"\n{own_emulator.token}\n")
    assert run("get", RIDS[0], "--token-file", str(file)).status == 0


def test_a_token_comes_from_a_command(run: Run, own_emulator: Emulator) -> None:
    """What it prints is the token; its words are not read by a shell."""
    command = python(f"import sys; print('{own_emulator.token}') if sys.argv[1:] == ['$HOME;', 'a b'] else 0")
    assert run("get", RIDS[0], "--token-command", f"{command} $HOME; 'a b'").status == 0


def test_the_environment_may_name_the_file_or_the_command(
    run: Run, own_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come before `FOUNDRY_TOKEN`. Both at once are rejected."""
    file = tmp_path / "token"
    file.write_text(own_emulator.token)
    monkeypatch.setenv("FOUNDRY_TOKEN", "wrong")
    monkeypatch.setenv("FOUNDRY_TOKEN_FILE", str(file))
    assert run("get", RIDS[0]).status == 0
    monkeypatch.setenv("FOUNDRY_TOKEN_COMMAND", "true")
    assert run("get", RIDS[0]).status == USAGE


def test_client_credentials_come_from_the_environment(
    run: Run, own_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with the library, a token is fetched for them."""
    monkeypatch.setenv("FOUNDRY_CLIENT_ID", own_emulator.client_id)
    monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", own_emulator.client_secret)
    assert run("get", RIDS[0]).status == 0
    assert own_emulator.token_requests == 1


def test_what_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the options and the variables to set. Nothing is sent."""
    outcome = run("search")
    assert outcome.status == USAGE
    assert all(name in outcome.err for name in ("--token-file", "FOUNDRY_TOKEN", "FOUNDRY_CLIENT_SECRET"))
    monkeypatch.delenv("FOUNDRY_HOSTNAME")
    outcome = run("search")
    assert outcome.status == USAGE
    assert all(name in outcome.err for name in ("--hostname", "FOUNDRY_HOSTNAME"))


def test_a_rejected_token_is_read_again(own_emulator: Emulator, tmp_path: Path) -> None:
    """After a 401 the file is read again, and the request repeated with the new token."""
    file = tmp_path / "token"
    file.write_text("old")
    connection = Connection(hostname=own_emulator.hostname, token_file=file)
    with connection.client() as client:
        file.write_text(own_emulator.token)
        assert client.records.get(RIDS[0]).rid == RIDS[0]
    assert [request.status for request in own_emulator.requests] == [401, 200]


def test_a_token_is_kept_while_it_is_valid(own_emulator: Emulator) -> None:
    """It is read once for many requests, and again after each rejection."""
    reads: Iterator[str] = iter([own_emulator.token] * 3)
    auth = StoredToken(lambda: next(reads))
    with CheckpointsClient(own_emulator.hostname, auth=auth) as client:
        for _ in range(3):
            client.records.get(RIDS[0])
        own_emulator.inject(Fault.status(401))
        client.records.get(RIDS[0])
    assert len(list(reads)) == 1


def test_a_token_that_is_gone_ends_the_command(run: Run, own_emulator: Emulator, tmp_path: Path) -> None:
    """The line says what is wrong with the command, not only that the token was rejected."""
    command = python(f"import os; n = '{tmp_path}/n'; print('old') if not os.path.exists(n) else exit(7); open(n, 'w')")
    outcome = run("get", RIDS[0], "--token-command", command)
    assert outcome.status == ERROR
    assert outcome.err.endswith("ended with status 7.\n")


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "No such file"), (b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "must be UTF-8")],
)
def test_a_file_without_a_token_is_rejected(tmp_path: Path, content: bytes | None, problem: str) -> None:
    """The message names the file."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"token file .*token.* {problem}"):
        read_file(file)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("", "is empty"),
        ("'a", "quotation mark"),
        ("no-such-program-here", "'no-such-program-here': No such file"),
        (python("exit(4)"), "ended with status 4"),
        (python("print()"), "printed no token"),
    ],
)
def test_a_command_without_a_token_is_rejected(command: str, problem: str) -> None:
    """The message names the program and never what it printed."""
    with pytest.raises(ConfigurationError, match=problem):
        run_command(command)


@pytest.mark.parametrize("token", ["two words", "Bearer x", "ünicode"])
def test_a_malformed_token_is_rejected_before_it_is_sent(run: Run, tmp_path: Path, token: str) -> None:
    """The message doesn't repeat it."""
    file = tmp_path / "token"
    file.write_text(token)
    outcome = run("get", RIDS[0], "--token-file", str(file))
    assert outcome.status == USAGE
    assert token not in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are those of POSIX")
def test_a_token_file_that_others_can_read_is_pointed_out(run: Run, own_emulator: Emulator, tmp_path: Path) -> None:
    """One warning that names the file and what to do; the token is used."""
    file = tmp_path / "token"
    file.write_text(own_emulator.token)
    for mode, warnings in ((0o644, 1), (0o640, 0), (0o600, 0)):
        file.chmod(mode)
        outcome = run("get", RIDS[0], "--token-file", str(file))
        assert (outcome.status, outcome.err.count("\n")) == (0, warnings)
        assert (f"chmod 600 {file}" in outcome.err) == bool(warnings)


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("example.palantirfoundry.com", "example.palantirfoundry.com"),
        (" https://Example.palantirfoundry.com/ ", "example.palantirfoundry.com"),
        ("https://example.palantirfoundry.com:443", "example.palantirfoundry.com"),
        ("https://host/Prefix//", "host/Prefix"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://[", "https://["),
        (None, ""),
    ],
)
def test_a_hostname_has_one_spelling(given: str | None, normal: str) -> None:
    """So that a slash at the end doesn't make another query of an export."""
    assert normal_hostname(given) == normal


def jwt(**claims: object) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


def test_a_token_may_say_whose_it_is() -> None:
    """The user's UUID in base64, and the end of its life in seconds since 1970."""
    subject = base64.b64encode(USER.bytes).decode()
    assert Claims.of(jwt(sub=subject, exp=1_800_000_000)) == Claims(str(USER), datetime(2027, 1, 15, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    "token",
    [
        "emulator-token",
        "a.b.c",
        jwt(),
        jwt(sub="ada", exp="soon"),
        jwt(sub=7, exp=1e300),
        f"e30.{'W10'}.x",
        "..",
        "a.é.c",
    ],
)
def test_other_tokens_say_nothing(token: str) -> None:
    """A token that is no JSON Web Token, or has other claims, still works."""
    assert Claims.of(token) == Claims()
