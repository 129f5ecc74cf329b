"""Turn the arguments of a client into what its requests need: the hostname, the limits, and the HTTP client below."""

from __future__ import annotations

import ipaddress
import os
import re
import threading
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from ._http.transport import HttpT
from ._redact import Secret, printable
from ._retry import RetryPolicy
from .errors import ConfigurationError

MAX_BODY_SIZE: Final = 64 * 2**20
"""Bytes. A page of 100 records takes about 110 kB."""
DEFAULT_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
_HTTPX_TIMEOUT: Final = httpx.Timeout(5.0)
"""The timeout of an httpx client whose owner didn't choose one."""
LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=5.0)
"""The limiter bounds the connections. Gateways close an idle connection, often after some seconds: close it before."""

_LABEL: Final = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*|\[[0-9A-Fa-f:.]+\]")
_PROXIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def base_url_of(hostname: str | None) -> str:
    """Return `https://host[:port][/prefix]`. Plain http is for loopback addresses only."""
    if hostname is None:
        hostname = os.environ.get("FOUNDRY_HOSTNAME", "")
    if not isinstance(hostname, str):
        raise ConfigurationError(f"hostname must be a string, not {type(hostname).__name__}")
    text = hostname.strip()
    if not text:
        raise ConfigurationError("pass hostname=, or set FOUNDRY_HOSTNAME, for example example.palantirfoundry.com")
    unreadable = ConfigurationError("hostname must look like example.palantirfoundry.com or https://host/prefix")
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        host, port = url.hostname or "", "" if url.port is None else f":{url.port}"
    except ValueError:
        raise unreadable from None
    address = f"[{host}]" if ":" in host else host
    if "@" in url.netloc or not _HOST.fullmatch(address) or port == ":0":
        raise unreadable
    if url.query or url.fragment:
        raise ConfigurationError("hostname must not contain ? or #: only a path can follow the host")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(host)):
        raise ConfigurationError(f"{url.scheme}:// is allowed for loopback only: write https://{host}")
    return f"{url.scheme}://{address}{port}{url.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def timeout_of(
    timeout: float | httpx.Timeout | None, http_client: httpx.Client | httpx.AsyncClient | None
) -> httpx.Timeout:
    """Return the timeout of each step of a request; a number also bounds connecting, which gets 5 s at most."""
    if timeout is None:
        own = getattr(http_client, "timeout", _HTTPX_TIMEOUT)
        return DEFAULT_TIMEOUT if own == _HTTPX_TIMEOUT else own
    steps: Any = timeout.as_dict().values() if isinstance(timeout, httpx.Timeout) else [timeout]
    is_number = all(step is None or isinstance(step, int | float) for step in steps)
    if not is_number or not all(step is None or 0 < step < threading.TIMEOUT_MAX for step in steps):
        raise ConfigurationError(f"timeout must be seconds above 0, or an httpx.Timeout of such, not {timeout!r}")
    return timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout, connect=min(timeout, 5.0))


def retry_of(retry: RetryPolicy | int) -> RetryPolicy:
    """Return the policy, or the default one with this number of retries."""
    if type(retry) is int and retry >= 0:
        return RetryPolicy(max_retries=retry)
    if not isinstance(retry, RetryPolicy):
        raise ConfigurationError(f"retry must be a RetryPolicy or an integer of 0 or more, not {retry!r}")
    return retry


def http_client_of(kind: type[HttpT], given: HttpT | None, base_url: str) -> HttpT:
    """Return the HTTP client to use: the caller's own, else a new one.

    A new one takes proxies and certificates from the environment, as httpx does, and never uses a proxy for loopback.
    """
    if given is not None:
        if not isinstance(given, kind):
            raise ConfigurationError(f"http_client must be an httpx.{kind.__name__}, not {type(given).__name__}")
        return given
    for name in _CERTIFICATES:
        if (path := os.environ.get(name)) and not Path(path).exists():
            raise ConfigurationError(f"{name} names {path[:80]!r}, which doesn't exist")
    for name in _PROXIES:
        if (proxy := Secret(os.environ.get(name.lower()) or os.environ.get(name))).reveal and not _is_proxy(proxy):
            raise ConfigurationError(
                f"{name} isn't a usable proxy URL: it must look like http://user:password@host:3128, "
                "with special characters percent-encoded"
            )
    host = urlsplit(base_url).hostname or ""
    address = f"[{host}]" if ":" in host else host
    try:
        return kind(limits=LIMITS, mounts={f"all://{address}": None} if is_loopback(host) else None)
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        names = [name for name in (*_CERTIFICATES, *_PROXIES) if os.environ.get(name) or os.environ.get(name.lower())]
        raise ConfigurationError(
            f"httpx can't start with {', '.join(names) or 'this environment'}: "
            f"{type(error).__name__}: {printable(str(error))}"
        ) from None


def _is_proxy(url: Secret) -> bool:
    text = url.reveal if "://" in url.reveal else f"http://{url.reveal}"
    try:
        proxy = httpx.Proxy(text)
    except (httpx.InvalidURL, ValueError):
        return False
    return bool(proxy.url.host) and (proxy.url.port is None or 0 < proxy.url.port < 65536)
