"""Where the token comes from, and that it is read again when it is refused."""

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
from foundry_checkpoints.cli._errors import ERROR, USAGE
from foundry_checkpoints.cli._options import Connection
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
    """They come before `FOUNDRY_TOKEN`; both at once are refused."""
    file = tmp_path / "token"
    file.write_text(own_emulator.token)
    monkeypatch.setenv("FOUNDRY_TOKEN", "wrong")
    monkeypatch.setenv("FOUNDRY_TOKEN_FILE", str(file))
    assert run("get", RIDS[0]).status == 0
    monkeypatch.setenv("FOUNDRY_TOKEN_COMMAND", "true")
    outcome = run("get", RIDS[0])
    assert outcome.status == USAGE
    assert "give one of them" in outcome.err


def test_client_credentials_come_from_the_environment(
    run: Run, own_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with the library, a token is fetched for them."""
    monkeypatch.setenv("FOUNDRY_CLIENT_ID", own_emulator.client_id)
    monkeypatch.setenv("FOUNDRY_CLIENT_SECRET", own_emulator.client_secret)
    assert run("get", RIDS[0]).status == 0
    assert own_emulator.token_requests == 1


@pytest.mark.parametrize("missing", ["hostname", "credentials"])
def test_what_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """The line names the options and the variables to set; nothing is sent."""
    if missing == "hostname":
        monkeypatch.delenv("FOUNDRY_HOSTNAME")
    outcome = run("search")
    assert outcome.status == USAGE
    assert outcome.err.startswith(
        f"foundry-checkpoints: no {missing}: give --{'hostname' if missing == 'hostname' else 'token-file'}"
    )


def test_a_refused_token_is_read_again(own_emulator: Emulator, tmp_path: Path) -> None:
    """After a 401 the file is read once more, and the request repeated with the token that is there now."""
    file = tmp_path / "token"
    file.write_text("old")
    connection = Connection(hostname=own_emulator.hostname, token_file=file)
    with connection.client() as client:
        file.write_text(own_emulator.token)
        assert client.records.get(RIDS[0]).rid == RIDS[0]
    assert [request.status for request in own_emulator.requests] == [401, 200]


def test_a_token_is_kept_while_it_is_good(own_emulator: Emulator) -> None:
    """It is read once for many requests, and once more after each refusal."""
    reads: Iterator[str] = iter([own_emulator.token] * 3)
    auth = StoredToken(lambda: next(reads))
    with CheckpointsClient(own_emulator.hostname, auth=auth) as client:
        for _ in range(3):
            client.records.get(RIDS[0])
        own_emulator.inject(Fault.status(401))
        client.records.get(RIDS[0])
    assert len(list(reads)) == 1


def test_a_token_that_is_gone_ends_the_command(run: Run, own_emulator: Emulator, tmp_path: Path) -> None:
    """The line says what is wrong with the file, not only that the token was refused."""
    command = python(f"import os; n = '{tmp_path}/n'; print('old') if not os.path.exists(n) else exit(7); open(n, 'w')")
    outcome = run("get", RIDS[0], "--token-command", command)
    assert outcome.status == ERROR
    assert outcome.err.endswith("ended with status 7.\n")


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read: No such file"), (b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "holds no text")],
)
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: bytes | None, problem: str) -> None:
    """The message has the name of the file."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"token file .*token {problem}"):
        read_file(file)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("", "is empty"),
        ("'a", "quotation mark"),
        ("no-such-program-here", "no-such-program-here does not run: No such file"),
        (python("exit(4)"), "ended with status 4"),
        (python("print()"), "printed no token"),
    ],
)
def test_a_command_without_a_token_is_refused(command: str, problem: str) -> None:
    """The message names the program and never what it printed."""
    with pytest.raises(ConfigurationError, match=problem):
        run_command(command)


@pytest.mark.parametrize("token", ["two words", "Bearer x", "ünicode"])
def test_what_is_no_token_is_refused_before_it_is_sent(run: Run, tmp_path: Path, token: str) -> None:
    """The message does not repeat it."""
    file = tmp_path / "token"
    file.write_text(token)
    outcome = run("get", RIDS[0], "--token-file", str(file))
    assert outcome.status == USAGE
    assert token not in outcome.err


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
    """What is no JSON Web Token, or has other claims, is used all the same."""
    assert Claims.of(token) == Claims()
