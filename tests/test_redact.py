"""Other people's text, and secrets, stay out of errors, logs, and reprs."""

from __future__ import annotations

import copy
import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints._redact import Secret, printable, redirect_host, safe_headers


@given(st.text(max_size=2000))
def test_an_excerpt_is_short_printable_ascii(text: str) -> None:
    """Whatever a body holds, its excerpt is one line that no terminal takes for a command."""
    shown = printable(text)
    assert set(shown) <= {*string.printable[:95]}
    assert len(shown) <= 203


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer s3cr3t",
        "authorization:   BEARER\t s3cr3t rejected",
        "Basic s3cr3t",
        '{"access_token": "s3cr3t"}',
        "client_secret=s3cr3t&grant_type=client_credentials",
        "token='s3cr3t'",
        "password: s3cr3t",
        "http://user:s3cr3t@proxy.example:3128",
    ],
)
def test_an_excerpt_holds_no_credential(text: str) -> None:
    """A gateway that echoes the request doesn't get a token into a log."""
    assert "s3cr3t" not in printable(text)


def test_an_excerpt_keeps_what_is_harmless() -> None:
    """Plain text is kept, its white space as single spaces; three dots say that there was more."""
    assert printable("<h1>502\n Bad  Gateway</h1>") == "<h1>502 Bad Gateway</h1>"
    assert printable("x" * 201) == "x" * 200 + "..."
    assert printable("x" * 200) == "x" * 200
    assert printable("x" * 81, 80) == "x" * 80 + "..."


def test_a_secret_shows_itself_only_on_request() -> None:
    """Neither its repr, nor its text, nor a container of it shows it, and it is neither pickled nor copied."""
    secret = Secret("s3cr3t")
    assert "s3cr3t" not in f"{secret} {secret!r} {[secret]} { ({'a': secret}) }"
    assert secret.reveal == "s3cr3t"
    for duplicate in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            duplicate(secret)


def test_headers_are_kept_by_lower_case_name_without_cookies() -> None:
    """A cookie of a gateway is a credential."""
    assert safe_headers([("Content-Type", "a"), ("Set-Cookie", "s3cr3t"), ("SERVER", "b")]) == {
        "content-type": "a",
        "server": "b",
    }


def test_of_an_address_only_the_host_is_shown() -> None:
    """The rest can hold a secret, and an address can be invalid."""
    for location, host in {
        "https://user:s3cr3t@other.example/a?b": "other.example",
        "/login": None,
        "https://[s3cr3t": "an invalid address",
        "https://\x1bother.example/": "?other.example",
    }.items():
        assert redirect_host(location) == host
