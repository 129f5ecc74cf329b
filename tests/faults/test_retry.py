"""RetryPolicy: one pure decision. The tests give the clock and the random numbers."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_checkpoints import (
    ApiError,
    BadRequestError,
    CheckpointsError,
    ClientClosedError,
    ConfigurationError,
    InternalServerError,
    InvalidRequestError,
    NetworkError,
    PaginationError,
    RateLimitError,
    RedirectError,
    RequestTimeoutError,
    ResponseDecodeError,
    RetryPolicy,
    ServiceUnavailableError,
    TokenRequestError,
)
from foundry_checkpoints.errors import parse_retry_after

NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
seconds = st.floats(min_value=1e-6, max_value=1e6)
units = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)
BUSY = ServiceUnavailableError(503)
RETRIED = {408, 429, 500, 502, 503, 504}


def test_defaults_are_those_of_the_platform() -> None:
    """They are four retries and a slot of 250 ms, as in the platform's own clients."""
    policy = RetryPolicy()
    assert (policy.max_retries, policy.backoff, policy.backoff_max, policy.retry_after_max) == (4, 0.25, 8.0, 60.0)
    assert policy.statuses == RETRIED


@settings(max_examples=40)
@given(
    backoff=seconds,
    factor=st.floats(1, 1e3),
    attempt=st.integers(1, 10_000),
    unit=units,
    error=st.sampled_from([NetworkError("reset"), *map(ApiError, sorted(RETRIED))]),
)
def test_the_wait_is_exponential_within_its_bounds_and_never_zero(
    backoff: float, factor: float, attempt: int, unit: float, error: CheckpointsError
) -> None:
    """Before retry n, it is half to all of backoff * 2**(n - 1), and that is at most backoff_max."""
    policy = RetryPolicy(max_retries=attempt, backoff=backoff, backoff_max=backoff * factor)
    wait = policy.delay(error, attempt, uniform=lambda: unit)
    whole = backoff * factor if attempt > 1000 else min(backoff * 2.0 ** (attempt - 1), backoff * factor)
    assert wait is not None
    assert 0 < whole / 2 <= wait <= whole


def test_the_wait_doubles() -> None:
    """Without jitter, each wait is twice the one before, up to backoff_max."""
    policy = RetryPolicy(max_retries=8, backoff=0.25, backoff_max=8.0)
    waits = [policy.delay(BUSY, attempt, uniform=lambda: 0.0) for attempt in range(1, 10)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, None]


def test_jitter_takes_off_up_to_a_half() -> None:
    """The random number decides within the bounds, so that clients don't come back in step."""
    policy = RetryPolicy(backoff=1.0)
    assert policy.delay(BUSY, 1, uniform=lambda: 0.0) == 1.0
    assert policy.delay(BUSY, 1, uniform=lambda: 0.5) == 0.75


def test_jitter_is_random_by_default() -> None:
    """Two waits of the same retry differ."""
    assert len({RetryPolicy().delay(BUSY, 1) for _ in range(20)}) > 1


@settings(max_examples=40)
@given(max_retries=st.integers(0, 20), attempt=st.integers(1, 40))
def test_there_are_as_many_retries_as_said(max_retries: int, attempt: int) -> None:
    """After attempt n, there is another one if n is at most max_retries; with 0, there is one attempt."""
    wait = RetryPolicy(max_retries=max_retries).delay(BUSY, attempt)
    assert (wait is not None) == (attempt <= max_retries)


@settings(max_examples=40)
@given(retry_after=st.floats(0, 1e9), cap=st.floats(0, 1e4), attempt=st.integers(1, 4), unit=units)
def test_retry_after_is_waited_for_or_ends_the_call(retry_after: float, cap: float, attempt: int, unit: float) -> None:
    """Up to the limit, the wait is at least Retry-After; beyond it, there is no retry."""
    policy = RetryPolicy(retry_after_max=cap)
    wait = policy.delay(RateLimitError(429, retry_after=retry_after), attempt, uniform=lambda: unit)
    if retry_after > cap:
        assert wait is None
    else:
        assert wait is not None
        assert max(retry_after, 0.125) <= wait <= max(retry_after, 2.0)


def test_statuses_that_pass_are_retried() -> None:
    """All others come back the same: redirects, and what the caller did wrong."""
    assert {status for status in range(300, 600) if RetryPolicy().delay(ApiError(status), 1) is not None} == RETRIED


def test_statuses_can_be_chosen() -> None:
    """`statuses` narrows the transient ones down."""
    policy = RetryPolicy(statuses={503})
    assert policy.delay(BUSY, 1) is not None
    assert policy.delay(InternalServerError(500), 1) is None
    assert policy.delay(NetworkError("reset"), 1) is not None


def token_error(status: int, **headers: str) -> TokenRequestError:
    error = TokenRequestError(f"status {status}")
    error.answered(status, None, headers)
    return error


RETRIED_ERRORS = [
    NetworkError("reset"),
    RequestTimeoutError("read"),
    ApiError(408),
    ServiceUnavailableError(503),
    RateLimitError(429),
    ResponseDecodeError("body", "empty", transient=True),
    TokenRequestError("the callable raised"),
    token_error(503),
    token_error(429),
]
LASTING_ERRORS = [
    NetworkError("certificate", transient=False),
    BadRequestError(400),
    RedirectError(308, headers={"location": "https://other.example"}),
    ResponseDecodeError("body", "not JSON"),
    token_error(400),
    token_error(401),
    ConfigurationError("hostname"),
    InvalidRequestError("rid"),
    ClientClosedError("closed"),
    PaginationError("again"),
]


def test_an_error_is_retried_if_another_attempt_can_help() -> None:
    """The client repeats what the network or the service can do better next time, not what the caller did wrong."""
    assert [error for error in RETRIED_ERRORS if RetryPolicy().delay(error, 1) is None or not error.transient] == []
    assert [error for error in LASTING_ERRORS if RetryPolicy().delay(error, 1) is not None or error.transient] == []


def test_an_error_can_limit_the_retries() -> None:
    """Such an error is a host that isn't found; the policy can still say fewer."""
    error = NetworkError("unknown host")
    error.worthwhile_retries = 1
    assert [RetryPolicy().delay(error, attempt) is None for attempt in (1, 2)] == [False, True]
    assert RetryPolicy(max_retries=0).delay(error, 1) is None


@settings(max_examples=40)
@given(st.data(), st.sampled_from(["do-not-retry", " do-not-retry", "do-not-retry ", "do-not-retry, do-not-retry"]))
def test_the_hint_not_to_retry_counts_in_any_letter_case(data: st.DataObject, hint: str) -> None:
    """`Qos-Retry-Hint: do-not-retry` ends the call, on the API and on the token endpoint, once or repeated."""
    cases = data.draw(st.lists(st.booleans(), min_size=len(hint), max_size=len(hint)))
    hint = "".join(letter.upper() if upper else letter for letter, upper in zip(hint, cases, strict=True))
    header = {"qos-retry-hint": hint}
    for error in (ServiceUnavailableError(503, headers=header), token_error(503, **header)):
        assert RetryPolicy().delay(error, 1) is None


def test_other_hints_change_nothing() -> None:
    """Only do-not-retry forbids a retry."""
    for headers in ({"qos-retry-hint": "retry"}, {"qos-due-to": "custom"}, {}):
        assert RetryPolicy().delay(ServiceUnavailableError(503, headers=headers), 1) is not None


# Retry-After


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_retry_after_in_seconds(number: int) -> None:
    """It is a whole number of seconds; white space around it doesn't matter."""
    assert parse_retry_after({"retry-after": f" {number} "}) == number


@settings(max_examples=40)
@given(
    offset=st.integers(-(10**6), 10**6),
    zone=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]),
)
def test_retry_after_as_a_date(offset: int, zone: timezone) -> None:
    """An HTTP date counts from now; one in the past means at once."""
    date = format_datetime((NOW + timedelta(seconds=offset)).astimezone(zone))
    assert parse_retry_after({"retry-after": date}, lambda: NOW) == max(0, offset)


def test_retry_after_in_each_form_of_an_http_date() -> None:
    """A recipient must accept the form in use and the two old ones."""
    for date in ("Sat, 31 Jan 2026 12:00:30 GMT", "Saturday, 31-Jan-26 12:00:30 GMT", "Sat Jan 31 12:00:30 2026"):
        assert parse_retry_after({"retry-after": date}, lambda: NOW) == 30


def test_retry_after_counts_from_the_present_time() -> None:
    """Without another clock, it is the machine's time."""
    later = datetime.now(UTC) + timedelta(hours=1)
    wait = parse_retry_after({"retry-after": format_datetime(later, usegmt=True)})
    assert wait is not None
    assert 0 < wait <= 3600


def test_retry_after_that_means_nothing_is_ignored() -> None:
    """The wait is then that of the policy."""
    for value in ("", "soon", "-1", "1.5", "1e3", "٣", "NaN", "inf", "1, 2", "Sat, 99 Foo 2026", "0x10"):
        assert parse_retry_after({"retry-after": value}) is None
    assert parse_retry_after({}) is None


_date_like = st.from_regex(
    r"[A-Z]?[a-z]{0,3},? ?-?\d{0,4}[ -][A-Za-z]{0,4}[ -]-?\d{0,9} \d{0,3}:\d{0,3}:\d{0,9} ?[-+]?\w{0,6}"
)


@settings(max_examples=40)
@given(st.text(max_size=40) | _date_like | st.from_regex(r"[0-9]{1,400}", fullmatch=True))
def test_no_retry_after_breaks_the_parser(value: str) -> None:
    """Whatever the header holds, the result is None or a finite number of seconds, 0 or more."""
    wait = parse_retry_after({"retry-after": value}, lambda: NOW)
    assert wait is None or (wait >= 0 and math.isfinite(wait))


# The policy as a value


def test_a_policy_is_frozen() -> None:
    """Clients can share it: nobody can change it."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        RetryPolicy().max_retries = 5  # type: ignore[misc]


def test_a_policy_is_copied_pickled_and_compared_by_value() -> None:
    """A copy is equal, and another setting isn't."""
    policy = RetryPolicy(max_retries=7, statuses=[503])
    for clone in (copy.copy(policy), copy.deepcopy(policy), pickle.loads(pickle.dumps(policy))):
        assert clone == policy
    assert policy != RetryPolicy(max_retries=6, statuses=[503])


def test_a_policy_is_hashed_by_value() -> None:
    """The kind of collection that the statuses come in doesn't matter."""
    kinds: list[Any] = [[503], {503}, (503,), frozenset({503})]
    assert len({hash(RetryPolicy(statuses=statuses)) for statuses in kinds}) == 1


IMPOSSIBLE: list[dict[str, Any]] = [
    {"max_retries": -1},
    {"max_retries": 1.5},
    {"backoff": 0.0},
    {"backoff": -1.0},
    {"backoff": math.nan},
    {"backoff": math.inf, "backoff_max": math.inf},
    {"backoff": 2.0, "backoff_max": 1.0},
    {"backoff_max": math.nan},
    {"retry_after_max": -1.0},
    {"retry_after_max": math.nan},
]


def test_a_policy_that_cannot_work_is_rejected() -> None:
    """The error of the constructor names the setting."""
    for options in IMPOSSIBLE:
        with pytest.raises(InvalidRequestError, match=next(iter(options))):
            RetryPolicy(**options)


def test_headers_of_httpx_serve_unchanged() -> None:
    """The letter case of a header's name doesn't matter."""
    assert parse_retry_after(httpx.Headers({"Retry-After": "3"})) == 3
