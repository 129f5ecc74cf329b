"""The connection: which service, with which credentials."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from foundry_checkpoints import CheckpointsClient, ClientCredentialsAuth, ConfigurationError, TokenAuth

from ._options import CONNECTION, Options, flag, option
from ._times import parse_duration
from ._token import Claims, StoredToken, read_file, run_command, warn_if_exposed

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, kw_only=True)
class Connection(Options):
    """Service and credentials."""

    hostname: Annotated[
        str | None,
        option(
            "--hostname",
            metavar="HOST",
            help="The Foundry stack, such as example.palantirfoundry.com.",
            panel=CONNECTION,
            env="FOUNDRY_HOSTNAME",
        ),
    ] = None
    token_file: Annotated[
        Path | None,
        option(
            "--token-file",
            metavar="FILE",
            help="Read the token from this file, and again after the service rejects it.",
            panel=CONNECTION,
            parse=Path,
            env="FOUNDRY_TOKEN_FILE",
        ),
    ] = None
    token_command: Annotated[
        str | None,
        option(
            "--token-command",
            metavar="COMMAND",
            help="Run this command, without a shell, and take the token that it prints. Run it again after the "
            "service rejects the token.",
            panel=CONNECTION,
            env="FOUNDRY_TOKEN_COMMAND",
        ),
    ] = None
    client_cert: Annotated[
        Path | None,
        option(
            "--client-cert",
            metavar="FILE",
            help="Client certificate for a gateway that requires one, as PEM.",
            panel=CONNECTION,
            parse=Path,
        ),
    ] = None
    client_key: Annotated[
        Path | None,
        option(
            "--client-key",
            metavar="FILE",
            help="Private key of the client certificate, if it isn't in the same file.",
            panel=CONNECTION,
            parse=Path,
        ),
    ] = None
    timeout: Annotated[
        timedelta | None,
        option(
            "--timeout",
            metavar="TIME",
            help="Time for each step of a request, such as 30 or 2min. Default: 5s to connect, 30s to read.",
            panel=CONNECTION,
            parse=parse_duration,
        ),
    ] = None
    debug: Annotated[
        bool, flag("--debug", help="Log each request, and show the traceback of an error.", panel=CONNECTION)
    ] = False

    environment: ClassVar[tuple[tuple[str, str], ...]] = (
        ("FOUNDRY_HOSTNAME", "The Foundry stack, if there is no --hostname."),
        ("FOUNDRY_TOKEN", "The token. No option takes it, because other users could see it."),
        ("FOUNDRY_TOKEN_FILE", "A file that contains the token."),
        ("FOUNDRY_TOKEN_COMMAND", "A command that prints the token."),
        ("FOUNDRY_CLIENT_ID", "With FOUNDRY_CLIENT_SECRET: the OAuth client of a service user."),
        ("HTTPS_PROXY", "The proxy, such as http://proxy.example.com:3128."),
        ("SSL_CERT_FILE", "A file of certificate authorities to trust, as PEM."),
    )

    @cached_property
    def credentials(self) -> Credentials:
        """The credentials: a token file or command, or those of the environment. Raises `ConfigurationError`."""
        return Credentials.of(self.token_file, self.token_command)

    @contextmanager
    def client(self, **arguments: Any) -> Iterator[CheckpointsClient]:
        """Make a client, and close it. The arguments go to `CheckpointsClient` unchanged.

        Raises `ConfigurationError`.
        """
        with ExitStack() as stack:
            if self.client_cert is not None or self.client_key is not None:
                arguments["http_client"] = stack.enter_context(_with_certificate(self.client_cert, self.client_key))
            yield stack.enter_context(
                CheckpointsClient(
                    checked_hostname(self.hostname),
                    auth=self.credentials.auth,
                    timeout=None if self.timeout is None else self.timeout.total_seconds(),
                    user_agent="cli",
                    **arguments,
                )
            )


def _with_certificate(certificate: Path | None, key: Path | None) -> httpx.Client:
    import httpx  # which only a client certificate needs here

    if certificate is None:
        raise ConfigurationError(f"--client-key {key} needs --client-cert")
    context = httpx.create_ssl_context()
    try:
        context.load_cert_chain(certificate, key)
    except FileNotFoundError:
        missing = certificate if key is None or not certificate.exists() else key
        raise ConfigurationError(f"can't read the client certificate: {missing} doesn't exist") from None
    except OSError as error:  # ssl.SSLError, too
        files = f"{certificate}{'' if key is None else f' with the key {key}'}"
        reason = getattr(error, "reason", None) or error.strerror or type(error).__name__
        raise ConfigurationError(
            f"can't use the client certificate {files}: {reason}. It must be PEM, and the key must belong to it"
        ) from None
    return httpx.Client(verify=context)


def checked_hostname(hostname: str | None) -> str:
    """Return the hostname if there is one. Raises `ConfigurationError` in terms of the command line."""
    if hostname is None or not hostname.strip():
        raise ConfigurationError(
            "no hostname. Set --hostname or FOUNDRY_HOSTNAME, for example example.palantirfoundry.com"
        )
    return hostname


def normal_hostname(hostname: str | None) -> str:
    """Return one spelling of a hostname: without `https://`, in lower case, without a slash at the end."""
    text = (hostname or "").strip()
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return text
    scheme = "" if url.scheme == "https" else f"{url.scheme}://"
    return f"{scheme}{url.netloc.lower().removesuffix(':443')}{url.path.rstrip('/')}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The object that authenticates the requests."""

    source: str
    """Its origin, in words."""
    auth: TokenAuth | ClientCredentialsAuth
    token: Callable[[], str] | None = None
    """Returns the token. None for client credentials, for which the service issues one."""

    @classmethod
    def of(cls, file: Path | None, command: str | None) -> Self:
        """Return those that the options name, else those of the environment. Raises `ConfigurationError`."""
        if file is not None and command is not None:
            raise ConfigurationError("a token file and a token command are both set. Use one of them")
        if file is not None:
            auth = StoredToken(partial(read_file, file))
            warn_if_exposed(file)
            return cls(f"the file {file}", auth, auth.current)
        if command is not None:
            auth = StoredToken(partial(run_command, command))
            return cls("the token command", auth, auth.current)
        if os.environ.get("FOUNDRY_TOKEN"):
            return cls("FOUNDRY_TOKEN", TokenAuth(os.environ["FOUNDRY_TOKEN"]), lambda: os.environ["FOUNDRY_TOKEN"])
        client_id, secret = os.environ.get("FOUNDRY_CLIENT_ID"), os.environ.get("FOUNDRY_CLIENT_SECRET")
        if client_id and secret:
            return cls(f"FOUNDRY_CLIENT_ID {client_id}", ClientCredentialsAuth(client_id, secret))
        raise ConfigurationError(
            "no credentials. Set --token-file, --token-command, FOUNDRY_TOKEN, or FOUNDRY_CLIENT_ID and "
            "FOUNDRY_CLIENT_SECRET"
        )

    def claims(self) -> Claims:
        """Return what the token says about itself."""
        return Claims() if self.token is None else Claims.of(self.token())
