"""Every error says what happened, survives pickling, and hides nothing that belongs on it."""

from __future__ import annotations

import copy
import pickle
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import errors, models
from foundry_checkpoints.errors import (
    ApiError,
    CheckpointRecordNotFound,
    CheckpointsError,
    RedirectError,
    RequestTimeoutError,
    ResponseDecodeError,
    TokenRequestError,
    api_error_class,
    printable,
)

INSTANCE = "5f1a3f1e-0000-4000-8000-000000000001"
BODY = {
    "errorCode": "NOT_FOUND",
    "errorName": "CheckpointRecordNotFound",
    "errorInstanceId": INSTANCE,
    "errorDescription": "no such record",
    "parameters": {"recordRid": "ri.a"},
}
STATUS_OF = {
    "ApiError": 418,
    "RedirectError": 307,
    "BadRequestError": 400,
    "UnauthorizedError": 401,
    "PermissionDeniedError": 403,
    "CheckpointRecordPermissionDenied": 403,
    "SearchRecordsPermissionDenied": 403,
    "ApiUsageDenied": 403,
    "NotFoundError": 404,
    "CheckpointRecordNotFound": 404,
    "RecordNotFound": 404,
    "EndpointNotAvailableError": 404,
    "ConflictError": 409,
    "RequestEntityTooLargeError": 413,
    "UnprocessableEntityError": 422,
    "RateLimitError": 429,
    "InternalServerError": 500,
    "ServiceUnavailableError": 503,
}


def api_error(cls: type[ApiError] = CheckpointRecordNotFound, status: int = 404, **details: Any) -> ApiError:
    body = {
        "body": BODY,
        "error": models.error_body_from_dict(BODY),
        "headers": {"retry-after": "2"},
        "retry_after": 2.0,
    }
    return cls(status, **{**body, **details})


def sample(name: str) -> CheckpointsError:
    """An error of a class, with all that can be on it."""
    cls = getattr(errors, name)
    if name in STATUS_OF:
        error: CheckpointsError = api_error(cls, STATUS_OF[name])
    elif cls is ResponseDecodeError:
        error = ResponseDecodeError("Record.rid", "missing")
    else:
        error = cls("what happened")
    error.attempts, error.trace_id, error.page_token = 3, "0123456789abcdef", "next"
    return error


def state(error: CheckpointsError) -> dict[str, Any]:
    return {"type": type(error), "str": str(error), "args": error.args, **vars(error)}


every_class = pytest.mark.parametrize("name", errors.__all__)
clones: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    *(
        lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ),
]


@every_class
@pytest.mark.parametrize("clone", clones, ids=["copy", "deepcopy", *(f"pickle{i}" for i in range(len(clones) - 2))])
def test_a_copy_has_all_that_the_error_has(name: str, clone: Callable[[Any], Any]) -> None:
    """Copied or pickled, by any protocol, an error keeps its class, its text and its attributes."""
    error = sample(name)
    assert state(clone(error)) == state(error)


@every_class
def test_errors_can_be_hashed(name: str) -> None:
    """An error can be a key, for those who count or deduplicate errors."""
    error = sample(name)
    assert {error: 1}[error] == 1


@every_class
def test_the_text_says_what_happened(name: str) -> None:
    """The text is one line and holds the reason, or for an answer its status."""
    text = str(sample(name))
    assert str(STATUS_OF[name]) in text if name in STATUS_OF else "what happened" in text or "missing" in text
    assert text.isprintable()


@every_class
def test_common_attributes_are_there_from_the_start(name: str) -> None:
    """A fresh error of any class has no attempts, no trace id and no page token yet."""
    cls = getattr(errors, name)
    assert (cls.attempts, cls.trace_id, cls.page_token) == (0, None, None)


def test_an_api_error_has_what_the_body_has() -> None:
    """Code, name, instance, description and parameters of the body are attributes, and so is its model."""
    error = api_error()
    assert error.status_code == 404
    assert error.error_code == "NOT_FOUND"
    assert error.error_name == "CheckpointRecordNotFound"
    assert error.error_instance_id == INSTANCE
    assert error.error_description == "no such record"
    assert error.parameters == {"recordRid": "ri.a"}
    assert error.headers == {"retry-after": "2"}
    assert error.retry_after == 2.0
    assert isinstance(error.error, models.CheckpointRecordNotFoundBody)


def test_the_text_of_an_api_error_helps_without_its_attributes() -> None:
    """Status, name, code, description, parameters, instance, wait, trace and attempts are in the text."""
    error = api_error()
    error.trace_id, error.attempts = "0123456789abcdef", 2
    for part in (
        "404 CheckpointRecordNotFound",
        "NOT_FOUND",
        "no such record",
        "ri.a",
        INSTANCE,
        "retry after 2 s",
        "0123456789abcdef",
        "2 attempts",
    ):
        assert part in str(error)


def test_one_attempt_is_not_worth_a_word() -> None:
    """The text counts attempts only where there was a retry."""
    error = api_error()
    error.attempts = 1
    assert "attempt" not in str(error)


@pytest.mark.parametrize(
    "body", [None, [], "text", 5, {}, {"errorName": None}, {"errorName": ["a"], "parameters": [1]}]
)
def test_what_the_body_lacks_is_none_or_empty(body: Any) -> None:
    """A body of another kind, or with fields of another type, leaves the attributes without a value."""
    error = ApiError(502, body=body, excerpt="<html>")
    assert (error.error_code, error.error_name, error.error_instance_id, error.error_description) == (None,) * 4
    assert error.parameters == {}
    assert error.headers == {}
    assert error.error is None
    assert error.retry_after is None
    assert "502" in str(error)
    assert "<html>" in str(error)


def test_the_excerpt_stands_in_for_a_body_that_is_no_error() -> None:
    """Where the body has an error name, the excerpt would only repeat it."""
    assert "excerpt" not in str(ApiError(500, body={"errorName": "Default:Internal"}, excerpt="excerpt"))
    assert "excerpt" in str(ApiError(500, body=["a"], excerpt="excerpt"))


hostile = st.text(max_size=3000) | st.sampled_from(["a\nb", "\x1b[2J", "\u202e", "x" * 5000])


@given(hostile, hostile, hostile, hostile)
def test_the_text_is_safe_to_log_whatever_the_body(name: str, code: str, description: str, parameter: str) -> None:
    """Names, codes and texts of a hostile body become one short line of printable ASCII."""
    body = {
        "errorName": name,
        "errorCode": code,
        "errorInstanceId": description,
        "errorDescription": description,
        "parameters": {"a": parameter},
    }
    text = str(ApiError(500, body=body, excerpt=printable(description)))
    assert set(text) <= {*string.printable[:95]}
    assert len(text) < 1500


@pytest.mark.parametrize("field", ["errorName", "errorCode", "errorInstanceId", "errorDescription"])
def test_the_text_holds_no_credential_that_the_body_echoes(field: str) -> None:
    """A service that repeats the request in its error does not get the token into a log."""
    assert "s3cr3t" not in str(ApiError(401, body={"errorName": "Refused", field: "bad: Bearer s3cr3t"}))


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://other.example/path?query=secret", "other.example"),
        ("//other.example/path", "other.example"),
        ("https://user:secret@other.example:8443/", "other.example"),
        ("/login", None),
        ("", None),
        ("https://[secret", "an invalid address"),
    ],
)
def test_a_redirect_names_the_host_only(location: str, host: str | None) -> None:
    """Of the address that an answer redirects to, nothing but the host is kept."""
    error = RedirectError(302, headers={"location": location, "server": "gateway"})
    assert error.host == host
    assert error.headers == {"server": "gateway"}
    assert (host or "the same host") in str(error)
    assert "secret" not in repr(state(error))


def test_a_redirect_without_a_location_is_to_the_same_host() -> None:
    """The header may be missing."""
    assert RedirectError(308).host is None


def test_a_decode_error_says_where_and_why() -> None:
    """Path and reason are attributes and make the text."""
    error = ResponseDecodeError("Record.rid", "missing")
    assert (error.path, error.reason, str(error)) == ("Record.rid", "missing", "Record.rid: missing")


def test_a_token_error_has_no_answer_until_there_is_one() -> None:
    """Without an answer the status, the code and the wait are None and the headers are empty."""
    error = TokenRequestError("no token was given")
    assert (error.status_code, error.error_code, error.retry_after, dict(error.headers)) == (None, None, None, {})


def test_a_timeout_is_both_a_network_error_and_a_timeout() -> None:
    """`except TimeoutError` and `except NetworkError` both catch it, with its own text."""
    error = RequestTimeoutError("the deadline passed")
    assert isinstance(error, TimeoutError)
    assert isinstance(error, errors.NetworkError)
    assert str(error) == "the deadline passed"


@pytest.mark.parametrize("name", [name for name, status in STATUS_OF.items() if name[-5:] != "Error"])
def test_a_documented_name_has_its_class_with_its_status_only(name: str) -> None:
    """The error name decides where the status fits; with another status the status decides."""
    status = STATUS_OF[name]
    assert api_error_class(status, name, empty=False).__name__ == name
    assert api_error_class(400, name, empty=False) is errors.BadRequestError
    assert api_error_class(500, name, empty=False) is errors.InternalServerError


@pytest.mark.parametrize(
    "error_name", [None, "SomethingNew", 5, ["CheckpointRecordNotFound"], "ApiError", "CheckpointsError"]
)
@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (300, errors.RedirectError),
        (304, errors.RedirectError),
        (399, errors.RedirectError),
        (400, errors.BadRequestError),
        (401, errors.UnauthorizedError),
        (402, errors.ApiError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (405, errors.ApiError),
        (409, errors.ConflictError),
        (413, errors.RequestEntityTooLargeError),
        (415, errors.ApiError),
        (422, errors.UnprocessableEntityError),
        (429, errors.RateLimitError),
        (500, errors.InternalServerError),
        (502, errors.InternalServerError),
        (503, errors.ServiceUnavailableError),
        (504, errors.InternalServerError),
        (599, errors.InternalServerError),
        (101, errors.ApiError),
        (600, errors.ApiError),
    ],
)
def test_without_a_known_name_the_status_decides(status: int, cls: type[ApiError], error_name: object) -> None:
    """An unknown name, a name of another type and no name all lead to the class of the status."""
    assert api_error_class(status, error_name, empty=False) is cls


def test_an_empty_404_means_that_the_endpoint_is_missing() -> None:
    """Only a 404, and only without a body."""
    assert api_error_class(404, None, empty=True) is errors.EndpointNotAvailableError
    assert api_error_class(403, None, empty=True) is errors.PermissionDeniedError


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
    ],
)
def test_an_excerpt_holds_no_credential(text: str) -> None:
    """A gateway that echoes the request does not get a token into a log."""
    assert "s3cr3t" not in printable(text)


def test_an_excerpt_keeps_what_is_harmless() -> None:
    """Plain text comes through, its white space as single spaces."""
    assert printable("<h1>502\n Bad  Gateway</h1>") == "<h1>502 Bad Gateway</h1>"


def test_a_long_excerpt_ends_in_dots() -> None:
    """Who reads it sees that there was more."""
    assert printable("x" * 201) == "x" * 200 + "..."
    assert printable("x" * 200) == "x" * 200
