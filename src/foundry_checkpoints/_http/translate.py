"""Turn what httpx, the system, and plugged-in code raise into the errors of this library."""

from __future__ import annotations

import os
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from .._redact import printable
from ..errors import CheckpointsError, ClientClosedError, ConfigurationError, NetworkError, RequestTimeoutError

_WRONG_LOCATION = "Invalid URL in location header"
"""httpx reads the address of a redirect that it must not follow, and quotes it after these words."""


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Let nothing but `CheckpointsError` leave the block. `place` is the host and port, for messages."""
    try:
        yield
    except CheckpointsError:
        raise
    except (
        httpx.HTTPError,
        httpx.StreamError,
        httpx.InvalidURL,
        httpx.CookieConflict,
        OSError,
        ValueError,
        zlib.error,
    ) as error:
        quotes_a_header = isinstance(error, httpx.LocalProtocolError) or _WRONG_LOCATION in str(error)
        raise translate(error, place) from (None if quotes_a_header else error)
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise ClientClosedError("the HTTP client is closed") from error


def translate(error: Exception, place: str) -> CheckpointsError:
    """Return the error of this library for one of the libraries below."""
    chain = list(_chain(error))
    for link in chain:
        link.__traceback__ = None  # sixty lines of httpx and httpcore that say less than the message
    text = next((str(link) for link in chain if str(link)), "")
    if isinstance(error, httpx.LocalProtocolError):
        text = ""
    if _WRONG_LOCATION in text:
        text = _WRONG_LOCATION
    what = f"{place}: {type(error).__name__}" + (f": {printable(text)}" if text else "")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return RequestTimeoutError(what)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.CookieConflict):
        return ConfigurationError(what)
    advice = _advice(chain, text)
    is_lasting = isinstance(error, httpx.LocalProtocolError | httpx.InvalidURL | ValueError) or text == _WRONG_LOCATION
    network_error = NetworkError(what + (f". {advice}" if advice else ""), transient=not is_lasting and not advice)
    if any(isinstance(link, socket.gaierror) for link in chain):
        network_error.worthwhile_retries = 1  # a name that two lookups don't find is a typo, or DNS is down for longer
    return network_error


def _advice(chain: list[BaseException], text: str) -> str:
    """Return what to check after a failure that a retry can't mend; empty for one that can pass."""
    # To a wrong password, tinyproxy answers 401: https://github.com/tinyproxy/tinyproxy/blob/1.11.1/src/reqs.c
    if any(isinstance(link, httpx.ProxyError) for link in chain) and text[:3] in ("401", "403", "407"):
        return "The proxy rejected the request: check the proxy's user, password, and rules"
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        advice = "The certificate isn't trusted: set SSL_CERT_FILE to your organization's CA bundle"
        named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        return f"{advice}; httpx doesn't read REQUESTS_CA_BUNDLE" if named else advice
    if any(isinstance(link, ssl.SSLError) for link in chain):
        alert = text.upper().replace(" ", "_")
        if any(word in alert for word in ("CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE")):
            return "The server requires a client certificate that it trusts: pass http_client= with one"
        if "WRONG_VERSION_NUMBER" in text or "HTTP_REQUEST" in text or "RECORD_LAYER_FAILURE" in text:
            return "The port doesn't speak TLS: check the port, or the proxy"
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
