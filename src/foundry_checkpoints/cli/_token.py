"""Where the token comes from: a file, a command or the environment; never an option's value. It is never printed."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from foundry_checkpoints import ClientCredentialsAuth, ConfigurationError, TokenAuth

if TYPE_CHECKING:
    import httpx

_COMMAND_TIMEOUT = 60.0


class StoredToken(TokenAuth):
    """A token that is read now, and once more each time that the service refuses it."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._token: str | None = read()
        self._lock = Lock()
        TokenAuth(self._token)  # refuses what is no token, before anything is sent
        super().__init__(self.current)

    def current(self) -> str:
        """The token, read again after it was refused."""
        with self._lock:
            if self._token is None:
                self._token = self._read()
            return self._token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the Authorization header; forget a token that is refused."""
        response = yield next(super().auth_flow(request))
        if response.status_code == 401:
            self._forget(request.headers["Authorization"])

    def _forget(self, refused: str) -> None:
        with self._lock:
            if refused == f"Bearer {self._token}":
                self._token = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """By what right the service is asked."""

    source: str
    """In words, where it comes from."""
    auth: TokenAuth | ClientCredentialsAuth
    token: Callable[[], str] | None = None
    """Gives the token; None where the service gives one for client credentials."""

    @classmethod
    def of(cls, file: Path | None, command: str | None) -> Self:
        """Those that the options name, else those of the environment. Raises `ConfigurationError`."""
        if file is not None and command is not None:
            raise ConfigurationError("there are a token file and a token command: give one of them")
        if file is not None:
            return cls._stored(f"the file {file}", partial(read_file, file))
        if command is not None:
            return cls._stored("the token command", partial(run_command, command))
        return cls._of_environment()

    @classmethod
    def _stored(cls, source: str, read: Callable[[], str]) -> Self:
        auth = StoredToken(read)
        return cls(source, auth, auth.current)

    @classmethod
    def _of_environment(cls) -> Self:
        if os.environ.get("FOUNDRY_TOKEN"):
            return cls("FOUNDRY_TOKEN", TokenAuth(os.environ["FOUNDRY_TOKEN"]), lambda: os.environ["FOUNDRY_TOKEN"])
        client_id = os.environ.get("FOUNDRY_CLIENT_ID")
        if client_id and os.environ.get("FOUNDRY_CLIENT_SECRET"):
            auth = ClientCredentialsAuth(client_id, os.environ["FOUNDRY_CLIENT_SECRET"])
            return cls(f"FOUNDRY_CLIENT_ID {client_id}", auth)
        raise ConfigurationError(
            "no credentials: give --token-file or --token-command, or set FOUNDRY_TOKEN, or FOUNDRY_CLIENT_ID with "
            "FOUNDRY_CLIENT_SECRET"
        )

    def claims(self) -> Claims:
        """What the token says of itself."""
        return Claims() if self.token is None else Claims.of(self.token())


@dataclass(frozen=True, slots=True)
class Claims:
    """What a JSON Web Token says of itself; nobody has verified it. Foundry writes the user's UUID in base64."""

    user_id: str | None = None
    expires: datetime | None = None

    @classmethod
    def of(cls, token: str) -> Self:
        """The claims of a token; none where it is not a JSON Web Token."""
        try:
            data = json.loads(_decoded(token.split(".")[1]))
            return cls(_user_id(data.get("sub")), _time(data.get("exp")))
        except (IndexError, ValueError, AttributeError, RecursionError):
            return cls()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _user_id(subject: Any) -> str | None:
    try:
        return str(uuid.UUID(bytes=base64.b64decode(subject, validate=True)))
    except (TypeError, ValueError):
        return None


def _time(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def checked_hostname(hostname: str | None) -> str:
    """The hostname, if there is one. Raises `ConfigurationError` in the words of the command line."""
    if hostname is None or not hostname.strip():
        raise ConfigurationError(
            "no hostname: give --hostname, or set FOUNDRY_HOSTNAME, as in example.palantirfoundry.com"
        )
    return hostname


def read_file(path: Path) -> str:
    """The token that a file holds. Raises `ConfigurationError`."""
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"the token file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"the token file {path} holds no text") from None
    if not token:
        raise ConfigurationError(f"the token file {path} is empty")
    return token


def run_command(command: str) -> str:
    """The token that a command prints. Its stderr is seen, its stdout is not. Raises `ConfigurationError`."""
    words = _words(command)
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, timeout=_COMMAND_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise ConfigurationError(f"the token command {words[0]} took more than {_COMMAND_TIMEOUT:g} s") from None
    except OSError as error:
        raise ConfigurationError(f"the token command {words[0]} does not run: {error.strerror}") from None
    if done.returncode:
        raise ConfigurationError(f"the token command {words[0]} ended with status {done.returncode}")
    token = done.stdout.decode("utf-8", "replace").strip()
    if not token:
        raise ConfigurationError(f"the token command {words[0]} printed no token")
    return token


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError:
        raise ConfigurationError("the token command has a quotation mark without its partner") from None
    if not words:
        raise ConfigurationError("the token command is empty")
    return words
