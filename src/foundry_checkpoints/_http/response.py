"""Read a response within its limits, and turn it into a value or an error."""

from __future__ import annotations

import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias, TypeVar

import httpx

from foundry_checkpoints_api.errors import DecodeError
from foundry_checkpoints_api.types import UnknownVariant

from .._drift import DriftLog
from .._redact import Secret, printable, safe_headers
from ..errors import NetworkError, RequestTimeoutError, ResponseDecodeError, api_error_class
from .messages import Deadline, Settings

try:
    from orjson import loads as _fast_loads
except ImportError:
    _fast_loads = json.loads  # type: ignore[assignment]

T = TypeVar("T")
Decode: TypeAlias = Callable[[Any], object]

_ERROR_BODY = 1 << 20
"""Bytes of an error body that are read; the rest says nothing more."""
_EXCERPT = 2000
"""Bytes of an error body that an excerpt is taken from."""
_SHORTEST_CREDENTIAL = 6
"""A shorter token is not searched for in what a gateway echoes: it could be part of any word."""
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
_MARKUP = re.compile(r"(?s)<(script|style)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)|<[^>]*(>|$)", re.IGNORECASE)


class Body:
    """Collects the body of a response within a size, a time, and the requested encoding.

    It unpacks gzip itself, because httpx unpacks a chunk without a bound and drops every member but the first:
    https://github.com/encode/httpx/discussions/3269.
    """

    def __init__(self, response: httpx.Response, settings: Settings, deadline: Deadline) -> None:
        self.is_success = response.is_success
        self._response = response
        self._settings = settings
        self._deadline = deadline
        self._room = settings.max_body_size if self.is_success else _ERROR_BODY
        self._chunks: list[bytes] = []
        self._is_empty = True
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if coding in ("gzip", "x-gzip") else None
        self._is_readable = self._gzip is not None or coding == "identity"

    def take(self, chunk: bytes) -> bool:
        """Keep a chunk as received; return whether more is wanted."""
        self._is_empty = self._is_empty and not chunk.strip()
        if self._deadline.remaining() == 0:
            raise RequestTimeoutError("the total timeout passed while the body was read")
        if not self._is_readable:
            raise NetworkError("the body has a content encoding that the client didn't request")
        if self._gzip is None:
            return self.keep(chunk)
        while chunk and self._room >= 0:
            if self._gzip.eof:  # the next member
                self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
            self.keep(self._gzip.decompress(chunk, self._room + 1))
            chunk = self._gzip.unused_data
        return self._room >= 0

    def keep(self, content: bytes) -> bool:
        """Keep unpacked content; return whether more is wanted. A success must fit."""
        self._chunks.append(content)
        self._room -= len(content)
        if self._room < 0 and self.is_success:
            raise ResponseDecodeError("body", "larger than max_body_size")
        return self._room >= 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read in this block: an error is complete with its status, so what breaks off there is enough."""
        try:
            yield
        except (httpx.RequestError, zlib.error, NetworkError) as error:
            if self.is_success or isinstance(error, RequestTimeoutError):
                raise

    def success(self, decode_error: Decode) -> tuple[int, bytes]:
        """Return the status and the content of a success; raise the `ApiError` that any other response stands for."""
        status_code, content = self._response.status_code, b"".join(self._chunks)
        if self.is_success:
            return status_code, content
        headers = safe_headers(self._response.headers.multi_items())
        # Some gateways show in an error what was sent to them.
        credential = Secret(self._response.request.headers.get("authorization", "").rpartition(" ")[2])
        if len(credential.reveal) >= _SHORTEST_CREDENTIAL:
            headers = {name: value.replace(credential.reveal, "...") for name, value in headers.items()}
            content = content.replace(credential.reveal.encode(), b"...")
        body: Any = None
        model: Any = None
        with suppress(ValueError, RecursionError):
            body = _loads(content)
            model = self._settings.drift.observe(decode_error, body)
        name = body.get("errorName") if isinstance(body, dict) else None
        kind = api_error_class(status_code, name, empty=self._is_empty and not content.strip())
        excerpt = _excerpt(content[:_EXCERPT].decode("utf-8", "replace"))
        model = None if isinstance(model, UnknownVariant) else model
        error = kind(status_code, headers=headers, body=body, excerpt=excerpt, error=model)
        del headers, content, body, excerpt  # a traceback that shows locals would show the address of a redirect
        raise error


def _excerpt(text: str) -> str:
    """Return what a body says, short and safe: of a gateway's HTML page the title, else its words."""
    if not text.lstrip().startswith("<"):
        return printable(text)
    title = _TITLE.search(text)
    return printable(html.unescape(title[1] if title and title[1].strip() else _MARKUP.sub(" ", text)))


def decoded(content: bytes, decode: Callable[[Any], T], drift: DriftLog) -> T:
    """Decode the body of a success.

    Raises `ResponseDecodeError`. It is transient if the body is empty, or starts as an object and doesn't parse: then
    it was cut off on the way.
    """
    try:
        return drift.observe(decode, _loads(content))
    except DecodeError as error:
        raise ResponseDecodeError(error.path, error.reason) from None
    except ValueError:
        start = content.lstrip()[:1]
        reason = "not JSON" if start else "empty"
        raise ResponseDecodeError("body", reason, transient=start in (b"", b"{")) from None
    except RecursionError:
        raise ResponseDecodeError("body", "nested too deeply") from None


def _loads(content: bytes) -> Any:
    with suppress(ValueError):
        return _fast_loads(content)
    return json.loads(content)  # accepts what orjson doesn't, such as lone surrogates
