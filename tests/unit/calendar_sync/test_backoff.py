from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_calendar_sync.core.backoff import (
    CAP,
    FIRST,
    LONGEST_ASKED,
    next_delay,
    parse_retry_after,
)

NOW = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
ZERO = timedelta(0)
attempts, fractions = st.integers(1, 10_000), st.floats(0, 1)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("attempt", "ceiling"), [(1, 15), (2, 30), (3, 60), (8, 1920), (9, 3600), (10_000, 3600)]
)
def test_the_ceiling_doubles_up_to_the_cap(attempt, ceiling):
    assert next_delay(attempt, 1) == seconds(ceiling)
    assert next_delay(attempt, 0.5) == seconds(ceiling / 2)
    assert next_delay(attempt, 0) == ZERO


def test_first_and_cap_can_be_chosen():
    assert next_delay(3, 1, first=seconds(1), cap=seconds(60)) == seconds(4)
    assert next_delay(3, 1, first=seconds(1), cap=seconds(3)) == seconds(3)


def test_the_provider_is_obeyed_and_nobody_comes_back_together():
    assert next_delay(1, 0, seconds(120)) == seconds(120)
    assert next_delay(1, 1, seconds(120)) == seconds(120) + FIRST
    assert next_delay(1, 0, timedelta(days=400)) == LONGEST_ASKED
    assert next_delay(1, 0, seconds(-5)) == ZERO


@given(attempts, fractions, st.none() | st.timedeltas(ZERO, LONGEST_ASKED))
def test_every_wait_is_bounded(attempt, fraction, asked):
    floor = asked or ZERO
    assert floor <= next_delay(attempt, fraction, asked) <= floor + CAP


@pytest.mark.parametrize("attempt", [0, -1])
def test_no_failure_no_wait(attempt):
    with pytest.raises(ValueError, match="Nothing failed yet"):
        next_delay(attempt, 0.5)


@pytest.mark.parametrize("fraction", [-0.01, 1.01, float("nan")])
def test_a_fraction_is_from_0_to_1(fraction):
    with pytest.raises(ValueError, match="Not a fraction"):
        next_delay(1, fraction)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", ZERO),
        ("120", seconds(120)),
        (" 7 ", seconds(7)),
        ("000000000007", seconds(7)),
        ("86399", seconds(86399)),
        ("86401", LONGEST_ASKED),
        ("9" * 9, LONGEST_ASKED),
        ("9" * 5000, LONGEST_ASKED),
        ("Mon, 01 Mar 2027 12:01:30 GMT", seconds(90)),
        ("Mon, 01 Mar 2027 13:01:30 +0100", seconds(90)),
        ("Mon, 01 Mar 2027 12:01:30 -0000", seconds(90)),
        ("Mon, 01 Mar 2027 11:00:00 GMT", ZERO),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_ASKED),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("٣", None),
        ("Mon, 41 Mar 2027 12:01:30 GMT", None),
    ],
)
def test_the_header_is_seconds_or_a_date(header, wait):
    assert parse_retry_after(header, NOW) == wait


@given(st.text())
def test_no_header_can_break_it(header):
    wait = parse_retry_after(header, NOW)
    assert wait is None or ZERO <= wait <= LONGEST_ASKED
