"""RetryPolicy: one pure decision. No I/O, no clock, no chance but what the tests give."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_checkpoints import (
    BadRequestError,
    CheckpointsError,
    ConfigurationError,
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
from foundry_checkpoints._retry import Failure, parse_retry_after

NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
seconds = st.floats(min_value=1e-6, max_value=1e6)
units = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)


def test_defaults_are_those_of_the_platform() -> None:
    """Four retries and a slot of 250 ms, as in the platform's own clients."""
    policy = RetryPolicy()
    assert (policy.max_retries, policy.backoff, policy.backoff_max, policy.retry_after_max) == (4, 0.25, 8.0, 60.0)


@given(
    backoff=seconds,
    factor=st.floats(1, 1e3),
    attempt=st.integers(1, 10_000),
    unit=units,
    status=st.sampled_from([None, 429, 500, 502, 503, 504]),
)
def test_the_wait_is_exponential_within_its_bounds_and_never_zero(
    backoff: float, factor: float, attempt: int, unit: float, status: int | None
) -> None:
    """Before retry n: between the half and the whole of backoff * 2**(n - 1), and that is at most backoff_max."""
    policy = RetryPolicy(max_retries=attempt, backoff=backoff, backoff_max=backoff * factor)
    wait = policy.delay(Failure(status), attempt, uniform=lambda: unit)
    whole = backoff * factor if attempt > 1000 else min(backoff * 2.0 ** (attempt - 1), backoff * factor)
    assert wait is not None
    assert 0 < whole / 2 <= wait <= whole


def test_the_wait_doubles() -> None:
    """With chance held still, each wait is twice the one before, up to backoff_max."""
    policy = RetryPolicy(max_retries=8, backoff=0.25, backoff_max=8.0)
    waits = [policy.delay(Failure(503), attempt, uniform=lambda: 0.0) for attempt in range(1, 10)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, None]


def test_chance_takes_off_up_to_a_half() -> None:
    """The random source decides within the bounds, so that clients do not come back in step."""
    policy = RetryPolicy(backoff=1.0)
    assert policy.delay(Failure(503), 1, uniform=lambda: 0.0) == 1.0
    assert policy.delay(Failure(503), 1, uniform=lambda: 0.5) == 0.75


def test_chance_is_asked_by_default() -> None:
    """Two waits of the same retry differ."""
    assert len({RetryPolicy().delay(Failure(503), 1) for _ in range(20)}) > 1


@given(max_retries=st.integers(0, 20), attempt=st.integers(1, 40))
def test_there_are_as_many_retries_as_said(max_retries: int, attempt: int) -> None:
    """After attempt n there is another exactly while n is at most max_retries; with 0 there is one attempt."""
    wait = RetryPolicy(max_retries=max_retries).delay(Failure(503), attempt)
    assert (wait is not None) == (attempt <= max_retries)


@given(retry_after=st.floats(0, 1e9), cap=st.floats(0, 1e4), attempt=st.integers(1, 4), unit=units)
def test_retry_after_is_waited_for_or_ends_the_call(retry_after: float, cap: float, attempt: int, unit: float) -> None:
    """Up to the cap the wait is no shorter than Retry-After; beyond it there is none."""
    policy = RetryPolicy(retry_after_max=cap)
    wait = policy.delay(Failure(429, retry_after), attempt, uniform=lambda: unit)
    if retry_after > cap:
        assert wait is None
    else:
        assert wait is not None
        assert max(retry_after, 0.125) <= wait <= max(retry_after, 2.0)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_statuses_that_pass_are_retried(status: int) -> None:
    """Too many requests, and the failures of a service or a gateway."""
    assert RetryPolicy().delay(Failure(status), 1) is not None


@given(st.integers(300, 599).filter(lambda status: status not in {429, 500, 502, 503, 504}))
def test_other_statuses_are_not_retried(status: int) -> None:
    """Redirects and what the caller did wrong come back the same."""
    assert RetryPolicy().delay(Failure(status), 1) is None


def test_statuses_can_be_chosen() -> None:
    """`statuses` replaces the list."""
    policy = RetryPolicy(statuses={418})
    assert policy.delay(Failure(418), 1) is not None
    assert policy.delay(Failure(503), 1) is None


def _token_error(status: int | None, **headers: str) -> TokenRequestError:
    error = TokenRequestError(f"status {status}")
    error.status_code, error.headers = status, headers
    return error


def _not_transient(error: Any) -> Any:
    error.transient = False
    return error


def _transient(error: Any) -> Any:
    error.transient = True
    return error


@pytest.mark.parametrize(
    ("error", "is_retried"),
    [
        (NetworkError("reset"), True),
        (RequestTimeoutError("read"), True),
        (_not_transient(NetworkError("certificate")), False),
        (ServiceUnavailableError(503), True),
        (RateLimitError(429), True),
        (BadRequestError(400), False),
        (RedirectError(308, headers={"location": "https://other.example"}), False),
        (ResponseDecodeError("body", "not JSON"), False),
        (_transient(ResponseDecodeError("body", "empty")), True),
        (_token_error(503), True),
        (_token_error(429), True),
        (_token_error(400), False),
        (_token_error(401), False),
        (ConfigurationError("hostname"), False),
        (InvalidRequestError("rid"), False),
        (PaginationError("again"), False),
    ],
    ids=repr,
)
def test_an_error_is_retried_if_another_attempt_may_help(error: CheckpointsError, is_retried: bool) -> None:
    """What the network or the service may do better next time is sent again; what the caller did is not."""
    assert (RetryPolicy().delay(Failure.of(error), 1) is not None) == is_retried


@given(st.data(), st.sampled_from(["do-not-retry", " do-not-retry", "do-not-retry "]))
def test_the_hint_not_to_retry_counts_in_any_letter_case(data: st.DataObject, hint: str) -> None:
    """`Qos-Retry-Hint: do-not-retry` ends the call, on the API and on the token endpoint."""
    cases = data.draw(st.lists(st.booleans(), min_size=len(hint), max_size=len(hint)))
    hint = "".join(letter.upper() if upper else letter for letter, upper in zip(hint, cases, strict=True))
    header = {"qos-retry-hint": hint}
    for error in (ServiceUnavailableError(503, headers=header), _token_error(503, **header)):
        assert RetryPolicy().delay(Failure.of(error), 1) is None


def test_the_hint_counts_when_it_comes_twice() -> None:
    """A gateway that adds the header again makes a list of it, and the hint stays one."""
    error = ServiceUnavailableError(503, headers={"qos-retry-hint": "do-not-retry, do-not-retry"})
    assert RetryPolicy().delay(Failure.of(error), 1) is None


@pytest.mark.parametrize("header", [{"qos-retry-hint": "retry"}, {"qos-due-to": "custom"}, {}])
def test_other_hints_change_nothing(header: dict[str, str]) -> None:
    """Only do-not-retry forbids a retry."""
    assert RetryPolicy().delay(Failure.of(ServiceUnavailableError(503, headers=header)), 1) is not None


# Retry-After


@given(st.integers(0, 10**9))
def test_retry_after_in_seconds(number: int) -> None:
    """A whole number of seconds, white space around it ignored."""
    assert parse_retry_after({"retry-after": f" {number} "}) == number


@given(
    offset=st.integers(-(10**6), 10**6),
    zone=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]),
)
def test_retry_after_as_a_date(offset: int, zone: timezone) -> None:
    """An HTTP date counts from now; one that has passed means at once."""
    date = format_datetime((NOW + timedelta(seconds=offset)).astimezone(zone))
    assert parse_retry_after({"retry-after": date}, lambda: NOW) == max(0, offset)


@pytest.mark.parametrize(
    "date", ["Sat, 31 Jan 2026 12:00:30 GMT", "Saturday, 31-Jan-26 12:00:30 GMT", "Sat Jan 31 12:00:30 2026"]
)
def test_retry_after_in_each_form_of_an_http_date(date: str) -> None:
    """The form in use and the two old ones that a recipient has to accept."""
    assert parse_retry_after({"retry-after": date}, lambda: NOW) == 30


def test_retry_after_is_told_from_the_present_time() -> None:
    """Without another clock, a date counts from the machine's time."""
    later = datetime.now(UTC) + timedelta(hours=1)
    wait = parse_retry_after({"retry-after": format_datetime(later, usegmt=True)})
    assert wait is not None
    assert 0 < wait <= 3600


@pytest.mark.parametrize(
    "value", ["", "soon", "-1", "1.5", "1e3", "٣", "NaN", "inf", "1, 2", "Sat, 99 Foo 2026", "0x10"]
)
def test_retry_after_that_means_nothing_is_ignored(value: str) -> None:
    """The wait is then that of the policy."""
    assert parse_retry_after({"retry-after": value}) is None


def test_no_retry_after() -> None:
    """Without the header there is none."""
    assert parse_retry_after({}) is None


_date_like = st.from_regex(
    r"[A-Z]?[a-z]{0,3},? ?-?\d{0,4}[ -][A-Za-z]{0,4}[ -]-?\d{0,9} \d{0,3}:\d{0,3}:\d{0,9} ?[-+]?\w{0,6}"
)


@given(st.text(max_size=40) | _date_like | st.from_regex(r"[0-9]{1,400}", fullmatch=True))
def test_no_retry_after_breaks_the_parser(value: str) -> None:
    """Whatever the header holds, the answer is None or a finite number of seconds, 0 or more."""
    wait = parse_retry_after({"retry-after": value}, lambda: NOW)
    assert wait is None or (wait >= 0 and math.isfinite(wait))


# The policy as a value


def test_a_policy_is_frozen() -> None:
    """It can be shared: nobody can change it."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        RetryPolicy().max_retries = 5  # type: ignore[misc]


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda policy: pickle.loads(pickle.dumps(policy))])
def test_a_policy_is_copied_pickled_and_compared_by_value(clone: Callable[[RetryPolicy], RetryPolicy]) -> None:
    """A copy is equal, and another setting is not."""
    policy = RetryPolicy(max_retries=7, statuses=[503])
    assert clone(policy) == policy
    assert policy != RetryPolicy(max_retries=6, statuses=[503])


@pytest.mark.parametrize("statuses", [[503], {503}, (503,), frozenset({503})])
def test_a_policy_is_hashed_by_value(statuses: Any) -> None:
    """In whatever collection the statuses are given."""
    assert hash(RetryPolicy(statuses=statuses)) == hash(RetryPolicy(statuses=statuses))


@pytest.mark.parametrize(
    "settings",
    [
        {"max_retries": -1},
        {"backoff": 0.0},
        {"backoff": -1.0},
        {"backoff": math.nan},
        {"backoff": math.inf, "backoff_max": math.inf},
        {"backoff": 2.0, "backoff_max": 1.0},
        {"backoff_max": math.nan},
        {"retry_after_max": -1.0},
        {"retry_after_max": math.nan},
    ],
    ids=str,
)
def test_a_policy_that_cannot_work_is_refused(settings: dict[str, Any]) -> None:
    """When it is made, with an error that names the setting."""
    with pytest.raises(InvalidRequestError, match=next(iter(settings))):
        RetryPolicy(**settings)


def test_headers_of_httpx_serve_as_they_are() -> None:
    """The letter case of a header's name makes no difference."""
    assert parse_retry_after(httpx.Headers({"Retry-After": "3"})) == 3
