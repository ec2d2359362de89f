from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core.intervals import (
    Interval,
    Timeline,
    intersect,
    merge,
    subtract,
)

from tests.unit.appointments.builders import MONDAY, PARIS, UTC, at, between, intervals, minutes

sets = st.lists(intervals, max_size=12)


def tick_set(parts) -> set[int]:
    """The same union as a set of five-minute ticks: the slow and obvious model."""
    ticks = set()
    for part in parts:
        first = (part.start - MONDAY) // minutes(5)
        ticks.update(range(first, first + (part.stop - part.start) // minutes(5)))
    return ticks


def is_canonical(parts) -> bool:
    return all(a.stop < b.start for a, b in pairwise(parts))


def hours(start: int, stop: int) -> Interval:
    return Interval(MONDAY + minutes(60 * start), MONDAY + minutes(60 * stop))


def test_an_interval_is_kept_in_utc():
    interval = Interval(at("2027-03-01 09:00", PARIS), at("2027-03-01 10:00", PARIS))
    assert interval == Interval(
        datetime(2027, 3, 1, 8, tzinfo=UTC), datetime(2027, 3, 1, 9, tzinfo=UTC)
    )
    assert interval.start.tzinfo is UTC


def test_the_order_of_bounds_is_that_of_the_time_line_not_of_the_clock():
    # 01:50 EDT comes before 01:10 EST on the night when the clocks go back.
    night = Interval(at("2027-11-07 01:50"), at("2027-11-07 01:10", fold=1))
    assert night.stop - night.start == minutes(20)


@pytest.mark.parametrize("length", [0, -1])
def test_an_interval_is_never_empty_or_reversed(length):
    with pytest.raises(ValueError, match="must start before it stops"):
        Interval(MONDAY, MONDAY + minutes(length))


def test_a_naive_bound_is_refused():
    naive = MONDAY.replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        Interval(naive, naive + minutes(5))


def test_merge_joins_what_overlaps_or_touches():
    parts = [hours(13, 15), hours(9, 11), hours(11, 12), hours(14, 16), hours(13, 14)]
    assert merge(parts) == (hours(9, 12), hours(13, 16))


def test_subtract_cuts_holes():
    assert subtract([hours(9, 17)], [hours(8, 10), hours(12, 13), hours(16, 20)]) == (
        hours(10, 12),
        hours(13, 16),
    )


def test_one_hole_can_reach_over_several_windows():
    assert subtract([hours(9, 12), hours(13, 17)], [hours(11, 14)]) == (hours(9, 11), hours(14, 17))


def test_touching_is_not_overlapping():
    assert subtract([hours(9, 10)], [hours(10, 11), hours(8, 9)]) == (hours(9, 10),)
    assert intersect([hours(9, 10)], [hours(10, 11)]) == ()


def test_intersect_keeps_what_both_have():
    assert intersect([hours(9, 12), hours(13, 17)], [hours(11, 14), hours(16, 20)]) == (
        hours(11, 12),
        hours(13, 14),
        hours(16, 17),
    )


@given(sets, sets)
def test_the_operations_are_those_of_sets(a, b):
    for result, expected in (
        (merge(a + b), tick_set(a) | tick_set(b)),
        (subtract(a, b), tick_set(a) - tick_set(b)),
        (intersect(a, b), tick_set(a) & tick_set(b)),
    ):
        assert is_canonical(result)
        assert tick_set(result) == expected


@given(sets, intervals)
def test_a_timeline_answers_like_the_sets(parts, wanted):
    timeline = Timeline(parts)
    ticks, asked = tick_set(parts), tick_set([wanted])
    assert timeline.overlaps(wanted.start, wanted.stop) == bool(ticks & asked)
    around = timeline.around(wanted.start, wanted.stop)
    assert (around is not None) == (asked <= ticks)
    assert around is None or around in merge(parts)


def test_between_is_a_builder_of_local_intervals():
    assert between("2027-03-01 09:00", "2027-03-01 10:00") == hours(14, 15)
