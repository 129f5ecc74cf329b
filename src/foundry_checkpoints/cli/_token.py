"""Tokens: from a file or a command, read again after the service rejects one. A token is never printed."""

from __future__ import annotations

import base64
import json
import os
import shlex
import stat
import subprocess
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self

from foundry_checkpoints import ConfigurationError, TokenAuth

from ._logs import warn
from ._safe import quoted

if TYPE_CHECKING:
    import httpx

_COMMAND_TIMEOUT: Final = 60.0


class StoredToken(TokenAuth):
    """A token that is read now, and again after the service rejects it."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._token: str | None = read()
        self._lock = Lock()
        TokenAuth(self._token)  # rejects a malformed token before anything is sent
        super().__init__(self.current)

    def current(self) -> str:
        """Return the token. Read it again if the service rejected it."""
        with self._lock:
            if self._token is None:
                self._token = self._read()
            return self._token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the Authorization header, and forget a token that the service rejects."""
        response = yield next(super().auth_flow(request))
        if response.status_code == 401:
            with self._lock:
                if request.headers["Authorization"] == f"Bearer {self._token}":
                    self._token = None


def read_file(path: Path) -> str:
    """Return the token that a file contains. Raises `ConfigurationError`."""
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"can't read the token file {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"the token file {path} must be UTF-8 text") from None
    if not token:
        raise ConfigurationError(f"the token file {path} is empty")
    return token


def warn_if_exposed(path: Path) -> None:
    """Warn about a token file that every user of the machine can read or change."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & (stat.S_IROTH | stat.S_IWOTH):
        warn(f"other users can read the token file {path} (mode {mode:04o}). Run: chmod 600 {shlex.quote(str(path))}")


def run_command(command: str) -> str:
    """Return the token that a command prints. Its stderr is shown, its stdout isn't. Raises `ConfigurationError`."""
    try:
        words = shlex.split(command)
    except ValueError:
        raise ConfigurationError("the token command has an unmatched quotation mark") from None
    if not words:
        raise ConfigurationError("the token command is empty")
    name = quoted(words[0])
    # Windows takes a whole line. In its paths, a backslash escapes nothing.
    line = words if os.name == "posix" else command
    try:
        done = subprocess.run(line, stdout=subprocess.PIPE, timeout=_COMMAND_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise ConfigurationError(f"the token command {name} took more than {_COMMAND_TIMEOUT:g} seconds") from None
    except OSError as error:
        raise ConfigurationError(f"can't run the token command {name}: {error.strerror}") from None
    if done.returncode:
        raise ConfigurationError(f"the token command {name} ended with status {done.returncode}")
    token = done.stdout.decode("utf-8", "replace").strip()
    if not token:
        raise ConfigurationError(f"the token command {name} printed no token")
    return token


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a JSON Web Token, unverified. Foundry encodes the user's UUID in base64."""

    user_id: str | None = None
    expires: datetime | None = None

    @classmethod
    def of(cls, token: str) -> Self:
        """Return the claims of a token. They are empty if it isn't a JSON Web Token."""
        try:
            body = token.split(".")[1]
            data = json.loads(base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True))
            return cls(_user_id(data.get("sub")), _time(data.get("exp")))
        except (IndexError, ValueError, AttributeError, RecursionError):
            return cls()


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
