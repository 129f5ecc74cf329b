"""Every error says what happened, survives pickling, and hides nothing that belongs on it."""

from __future__ import annotations

import copy
import pickle
import string
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import ServiceUnavailableError, errors, models
from foundry_checkpoints._redact import printable
from foundry_checkpoints.errors import (
    ApiError,
    CheckpointRecordNotFound,
    CheckpointsError,
    NetworkError,
    RedirectError,
    RequestTimeoutError,
    ResponseDecodeError,
    TokenRequestError,
    api_error_class,
    parse_retry_after,
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


def api_error(cls: type[ApiError] = CheckpointRecordNotFound, status: int = 404) -> ApiError:
    return cls(status, headers={"retry-after": "2"}, body=BODY, error=models.error_body_from_dict(BODY))


def sample(name: str) -> CheckpointsError:
    """Return an error of a class, with all that can be on it."""
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


CLONES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    lambda error: pickle.loads(pickle.dumps(error, 0)),
    lambda error: pickle.loads(pickle.dumps(error, pickle.HIGHEST_PROTOCOL)),
]


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_of_any_class_can_be_shown_hashed_copied_and_pickled(name: str) -> None:
    """A copy keeps class, text, and attributes; the text is one line that says what happened."""
    error = sample(name)
    for clone in CLONES:
        assert state(clone(error)) == state(error)
    assert {error: 1}[error] == 1
    assert str(error).isprintable()
    assert (str(STATUS_OF[name]) if name in STATUS_OF else error.args[0]) in str(error)
    cls = type(error)
    assert (cls.attempts, cls.trace_id, cls.page_token, cls.windows) == (0, None, None, ())


def test_an_api_error_has_what_the_body_has() -> None:
    """Code, name, instance, description, and parameters of the body are attributes, and so is its model."""
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
    """Status, name, code, description, parameters, instance, wait, trace, and more than one attempt are in it."""
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
    error.attempts = 1
    assert "attempt" not in str(error)


@pytest.mark.parametrize(
    "body",
    [None, [], "text", 5, {}, {"errorName": None}, {"errorName": ["a"], "parameters": [1]}],
    ids=repr,
)
def test_what_the_body_lacks_is_none_or_empty(body: Any) -> None:
    """A body of another kind, or with fields of another type, leaves the attributes without a value."""
    error = ApiError(502, body=body, excerpt="<html>")
    assert (error.error_code, error.error_name, error.error_instance_id, error.error_description) == (None,) * 4
    assert (error.parameters, error.headers, error.error, error.retry_after) == ({}, {}, None, None)
    assert "502" in str(error)
    assert "<html>" in str(error)


def test_the_excerpt_stands_in_for_a_body_that_isnt_an_error() -> None:
    """If the body has an error name, the excerpt would only repeat it."""
    assert "excerpt" not in str(ApiError(500, body={"errorName": "Default:Internal"}, excerpt="excerpt"))
    assert "excerpt" in str(ApiError(500, body=["a"], excerpt="excerpt"))


hostile = st.text(max_size=3000) | st.sampled_from(["a\nb", "\x1b[2J", "\u202e", "x" * 5000])


@given(hostile, hostile, hostile, hostile)
def test_the_text_is_safe_to_log_whatever_the_body(name: str, code: str, description: str, parameter: str) -> None:
    """Names, codes, and texts of a hostile body become one short line of printable ASCII."""
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
    """A service that repeats the request in its error doesn't get the token into a log."""
    assert "s3cr3t" not in str(ApiError(401, body={"errorName": "Rejected", field: "bad: Bearer s3cr3t"}))


def test_parameters_nested_too_deeply_are_left_out() -> None:
    """Python shows, compares, and pickles nested values by recursion, so such an error couldn't be logged."""
    deep: dict[str, Any] = {}
    for _ in range(10_000):
        deep = {"a": deep}
    error = ApiError(500, body={"errorName": "Foo", "parameters": deep})
    assert error.parameters == {}
    assert state(pickle.loads(pickle.dumps(error))) == state(error)


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
    """Of the address that a response redirects to, nothing but the host is kept."""
    error = RedirectError(302, headers={"location": location, "server": "gateway"})
    assert error.host == host
    assert error.headers == {"server": "gateway"}
    assert (host or "the same host") in str(error)
    assert "secret" not in repr(state(error))
    assert RedirectError(308).host is None


def test_a_decode_error_says_where_and_why() -> None:
    """Path and reason are attributes and make the text."""
    error = ResponseDecodeError("Record.rid", "missing")
    assert (error.path, error.reason, str(error)) == ("Record.rid", "missing", "Record.rid: missing")


def test_a_token_error_has_what_the_token_endpoint_answered() -> None:
    """Without an answer the status, the code, and the wait are None and the headers are empty."""
    error = TokenRequestError("no token is available")
    assert (error.status_code, error.error_code, error.retry_after, dict(error.headers)) == (None, None, None, {})
    error.answered(429, "slow_down", {"retry-after": "3"})
    assert (error.status_code, error.error_code, error.retry_after, error.transient) == (429, "slow_down", 3.0, True)
    error.answered(401, "invalid_client", {})
    assert not error.transient


def test_a_timeout_is_both_a_network_error_and_a_timeout() -> None:
    """`except TimeoutError` and `except NetworkError` both catch it, with its own text."""
    error = RequestTimeoutError("the total timeout passed")
    assert isinstance(error, TimeoutError)
    assert isinstance(error, errors.NetworkError)
    assert str(error) == "the total timeout passed"


def test_an_error_says_whether_the_same_call_can_succeed_later() -> None:
    """Throttling, faults of the service, and faults of the network can pass; what the caller must change can't."""
    for status in range(300, 600):
        cls = api_error_class(status, None, empty=False)
        assert cls(status).transient == (status in (408, 429) or status >= 500), status
    for lasting in (
        errors.ConfigurationError("a"),
        errors.InvalidRequestError("a"),
        errors.ClientClosedError("a"),
        errors.PaginationError("a"),
        ResponseDecodeError("a", "b"),
        NetworkError("certificate", transient=False),
    ):
        assert not lasting.transient
    for passing in (
        NetworkError("reset"),
        RequestTimeoutError("late"),
        TokenRequestError("reset"),
        ResponseDecodeError("body", "empty", transient=True),
    ):
        assert passing.transient


def test_a_hint_not_to_retry_says_nothing_of_later() -> None:
    """`Qos-Retry-Hint: do-not-retry` ends a call, not a feed: the same call can succeed later."""
    assert ServiceUnavailableError(503, headers={"qos-retry-hint": "do-not-retry"}).transient


NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 400, 999_999_999_999.0),
        ("Sun, 22 Nov 2026 09:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 09:01:00", 60.0),
        *((wrong, None) for wrong in ("", "-5", "1.5", "soon", "١٢", "Sun, 99 Nov 2026 09:01:00 GMT", "Nov")),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """What can't be read counts as absent, and a time that has passed as 0."""
    assert parse_retry_after({"retry-after": value}, lambda: NOW) == seconds
    assert parse_retry_after({}, lambda: NOW) is None


@pytest.mark.parametrize("name", [name for name, status in STATUS_OF.items() if name[-5:] != "Error"])
def test_a_documented_name_has_its_class_with_its_status_only(name: str) -> None:
    """The error name decides if the status fits; with another status the status decides."""
    status = STATUS_OF[name]
    assert api_error_class(status, name, empty=False).__name__ == name
    assert api_error_class(400, name, empty=False) is errors.BadRequestError
    assert api_error_class(500, name, empty=False) is errors.InternalServerError


def test_without_a_known_name_the_status_decides() -> None:
    """An unknown name, a name of another type, and no name all lead to the class of the status."""
    classes = {
        **dict.fromkeys([101, 402, 405, 415, 600], errors.ApiError),
        **dict.fromkeys([300, 304, 399], errors.RedirectError),
        400: errors.BadRequestError,
        401: errors.UnauthorizedError,
        403: errors.PermissionDeniedError,
        404: errors.NotFoundError,
        409: errors.ConflictError,
        413: errors.RequestEntityTooLargeError,
        422: errors.UnprocessableEntityError,
        429: errors.RateLimitError,
        **dict.fromkeys([500, 502, 504, 599], errors.InternalServerError),
        503: errors.ServiceUnavailableError,
    }
    for status, cls in classes.items():
        for name in (None, "SomethingNew", 5, ["CheckpointRecordNotFound"], "ApiError", "CheckpointsError"):
            assert api_error_class(status, name, empty=False) is cls, (status, name)


def test_an_empty_404_means_that_the_endpoint_is_missing() -> None:
    """This is so only for a 404, and only without a body."""
    assert api_error_class(404, None, empty=True) is errors.EndpointNotAvailableError
    assert api_error_class(403, None, empty=True) is errors.PermissionDeniedError
