"""What holds for every agenda. The kernel is compared with rules written as plainly as possible."""

import time
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core.agenda import Busy
from odoo.addons.immoassist_appointments.core.availability import availability, nearest, reach
from odoo.addons.immoassist_appointments.core.intervals import Interval
from odoo.addons.immoassist_appointments.core.query import AvailabilityQuery, Preference
from odoo.addons.immoassist_appointments.core.ranking import NEAR_NEXT, NEAR_PREVIOUS, suggest
from odoo.addons.immoassist_appointments.core.rules import SlotRule
from odoo.addons.immoassist_appointments.core.travel import DEFAULT_TRAVEL
from odoo.addons.immoassist_appointments.core.wall_clock import DAY, midnight
from odoo.addons.immoassist_appointments.core.working_time import WeeklyHours, working_windows

from tests.unit.appointments.builders import (
    ALL_DAY_EVERY_DAY,
    MONDAY,
    OFFICE_HOURS,
    ONE_PLACE,
    PARIS,
    TORONTO,
    VISIT,
    busy_times,
    intervals,
    minutes,
    moments,
    places,
    rules,
)

SPLIT_DAYS = tuple(WeeklyHours(day, *hours) for day in range(7) for hours in ((8, 12), (13, 18.5)))
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
MONTH = Interval(MONDAY, MONDAY + timedelta(days=31))
HALF_HOUR = SlotRule(duration=minutes(30), step=minutes(15), horizon_days=400)

# Half-hour offsets and changes, both hemispheres, and a midnight that is skipped.
ZONES = (
    "America/Toronto",
    "Europe/Paris",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Havana",
)


def changes(zone: ZoneInfo) -> list[date]:
    """The dates from 2026 to 2030 on which the clocks change."""
    days = [date(2026, 1, 1) + n * DAY for n in range(5 * 365 + 1)]
    midnights = [midnight(day, zone) for day in days]
    lengths = zip(days, pairwise(midnights), strict=False)
    found = [day for day, (a, b) in lengths if b - a != timedelta(hours=24)]
    assert len(found) == 10
    return found


@st.composite
def queries(draw, capacity=ONE_PLACE, physical=True) -> AvailabilityQuery:
    return AvailabilityQuery(
        window=draw(intervals),
        now=draw(moments) - timedelta(days=1),
        zone=draw(st.sampled_from([TORONTO, PARIS])),
        rule=draw(rules(capacity)),
        weekly=draw(st.sampled_from([OFFICE_HOURS, SPLIT_DAYS, ALL_DAY_EVERY_DAY])),
        leaves=tuple(draw(st.lists(intervals, max_size=2))),
        busy=tuple(draw(st.lists(busy_times(physical), max_size=8))),
        place=draw(places) if physical else None,
        travels=physical and draw(st.booleans()),
        preference=draw(st.sampled_from([Preference(), Preference(parts=("morning",))])),
    )


@st.composite
def visiting_days(draw) -> AvailabilityQuery:
    """A day of short visits in known places, where the way to them is what counts."""
    visits = st.builds(
        lambda start, place: Busy(
            start=MONDAY + minutes(30 * start),
            stop=MONDAY + minutes(30 * start + 30),
            place=place,
            travels=True,
        ),
        st.integers(16, 40),
        places,
    )
    return AvailabilityQuery(
        window=Interval(MONDAY, MONDAY + timedelta(days=1)),
        now=MONDAY - timedelta(days=1),
        zone=TORONTO,
        rule=HALF_HOUR,
        weekly=ALL_DAY_EVERY_DAY,
        busy=tuple(draw(st.lists(visits, min_size=2, max_size=5))),
        place=draw(places),
        travels=True,
    )


def free_by_the_book(query: AvailabilityQuery, start) -> bool:
    """The rules for one start and a capacity of one, without any index."""
    rule, zone = query.rule, query.zone
    stop = start + rule.duration
    local = start.astimezone(zone)
    last_date = query.now.astimezone(zone).date() + timedelta(days=rule.horizon_days)
    span = reach(query.window, rule, zone)
    work = working_windows(query.weekly, query.overrides, query.leaves, span, zone)
    same_day = [
        item.visit
        for item in query.busy
        if item.type_key == rule.type_key
        and item.visit.start.astimezone(zone).date() == local.date()
    ]
    return (
        query.window.start <= start < query.window.stop
        and (local.hour * 60 + local.minute) % (rule.step // minutes(1)) == 0
        and any(window.start <= start and stop <= window.stop for window in work)
        and all(
            stop + rule.buffer_after <= item.start or item.stop <= start - rule.buffer_before
            for item in query.busy
        )
        and start >= query.now + rule.min_notice
        and local.date() <= last_date
        and not (rule.max_per_day and len(set(same_day)) >= rule.max_per_day)
    )


@given(queries(physical=False))
def test_offered_is_exactly_what_the_rules_allow(query):
    offered = {slot.start for slot in availability(query)}
    start = query.window.start
    while start < query.window.stop:
        assert (start in offered) == free_by_the_book(query, start)
        start += minutes(5)
    assert all(query.window.start <= start < query.window.stop for start in offered)


@given(queries())
def test_a_visit_obeys_the_rules_and_can_be_reached(query):
    for slot in availability(query):
        assert free_by_the_book(query, slot.start)
        day = slot.start.astimezone(query.zone).date()
        visits = [item for item in query.busy if item.physical] if query.travels else []
        for item in visits:
            ended = (item.visit.stop - minutes(1)).astimezone(query.zone).date()
            if item.visit.stop <= slot.start and ended == day:
                trip = DEFAULT_TRAVEL.time(item.place, query.place)
                assert item.visit.stop + trip <= slot.start
            if (
                item.visit.start >= slot.stop
                and item.visit.start.astimezone(query.zone).date() == day
            ):
                trip = DEFAULT_TRAVEL.time(query.place, item.place)
                assert slot.stop + trip <= item.visit.start


@given(queries(st.integers(1, 3)), busy_times())
def test_more_busy_time_never_adds_a_slot(query, extra):
    """But for one: the first seat of an open house makes its session, which can be joined on a
    day that is full."""
    fuller = {slot.start for slot in availability(replace(query, busy=(*query.busy, extra)))}
    added = fuller - {slot.start for slot in availability(query)}
    if query.rule.capacity > 1 and query.rule.max_per_day and extra.type_key == VISIT:
        added -= {extra.visit.start}
    assert not added


@given(visiting_days(), st.integers(0, 4))
def test_one_visit_less_never_takes_a_time_away(query, index):
    """The same where it is hardest: a visit in between must not bring a far place near."""
    busy = list(query.busy)
    busy.pop(index % len(busy))
    offered = {slot.start for slot in availability(query)}
    assert offered <= {slot.start for slot in availability(replace(query, busy=tuple(busy)))}


@given(queries(st.integers(1, 3)), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(query, random):
    shuffled = {}
    for name in ("weekly", "leaves", "busy"):
        items = list(getattr(query, name))
        random.shuffle(items)
        shuffled[name] = tuple(items)
    assert availability(replace(query, **shuffled)) == availability(query)


@given(queries(st.integers(1, 3)))
def test_the_answer_does_not_depend_on_the_window_it_was_asked_in(query):
    """List and confirmation agree: same slot, same score, same reasons."""
    query = replace(query, window=WEEK)
    listed = availability(query)
    for slot in listed[:: max(1, len(listed) // 5)]:
        alone = Interval(slot.start, slot.start + minutes(1))
        assert availability(replace(query, window=alone)) == (slot,)


@given(queries(st.integers(1, 3)))
def test_only_what_is_within_reach_matters(query):
    span = reach(query.window, query.rule, query.zone)
    loaded = tuple(item for item in query.busy if item.start < span.stop and span.start < item.stop)
    assert availability(replace(query, busy=loaded)) == availability(query)


@given(queries(st.integers(2, 3)))
def test_an_open_house_is_never_overbooked(query):
    for slot in availability(query):
        session = Interval(slot.start, slot.stop)
        seats = [item for item in query.busy if item.type_key == VISIT and item.visit == session]
        assert slot.places_left == query.rule.capacity - len(seats) > 0


@given(queries(st.integers(2, 3)), st.integers(0, 50))
def test_every_guest_takes_one_place(query, index):
    slots = availability(query)
    if not slots:
        return
    slot = slots[index % len(slots)]
    seats = [item for item in query.busy if item.visit == Interval(slot.start, slot.stop)]
    if not seats:
        return
    fuller = availability(replace(query, busy=(*query.busy, seats[0])))
    left = {other.start: other.places_left for other in fuller}
    assert left.get(slot.start, 0) == slot.places_left - 1


@given(queries(st.integers(1, 3)))
def test_scores_and_reasons_are_sane(query):
    ranked = availability(query)
    assert list(ranked) == sorted(ranked, key=lambda slot: slot.start)
    for slot in ranked:
        codes = {reason.code for reason in slot.reasons}
        assert 0 <= slot.score <= 100
        assert len(codes) == len(slot.reasons) <= 2
        if not query.travels or query.place is None:
            assert not codes & {NEAR_PREVIOUS, NEAR_NEXT}


@given(queries(), st.integers(1, 5), st.integers(1, 3))
def test_suggestions_are_diverse_and_deterministic(query, count, per_day):
    ranked = availability(replace(query, window=WEEK))
    chosen = suggest(ranked, count, per_day, zone=query.zone)
    assert chosen == suggest(reversed(ranked), count, per_day, zone=query.zone)
    assert set(chosen) <= set(ranked)
    assert len(chosen) <= count
    days = [slot.start.astimezone(query.zone).date() for slot in chosen]
    assert all(days.count(day) <= per_day for day in days)
    by_time = sorted(chosen, key=lambda slot: slot.start)
    assert all(a.stop <= b.start for a, b in pairwise(by_time))
    assert not ranked or chosen[0].score == max(slot.score for slot in ranked)


@given(queries(), moments, st.integers(1, 5))
def test_nothing_left_out_is_nearer(query, wanted, count):
    slots = availability(query)
    chosen = nearest(slots, wanted, count)
    assert len(chosen) == min(count, len(slots))
    left_out = [abs(slot.start - wanted) for slot in slots if slot not in chosen]
    if left_out:
        assert max(abs(slot.start - wanted) for slot in chosen) <= min(left_out)


@pytest.mark.parametrize("name", ZONES)
def test_slots_at_every_change_of_the_clocks(name):
    """Office hours show the usual wall clocks on each day around a change from 2026 to 2030, and a
    visit of an hour lasts one; around the clock, every instant is offered once."""
    zone = ZoneInfo(name)
    for day in changes(zone):
        window = Interval(midnight(day - DAY, zone), midnight(day + 2 * DAY, zone))
        query = AvailabilityQuery(
            window=window,
            now=window.start - timedelta(days=1),
            zone=zone,
            rule=SlotRule(duration=minutes(60), step=minutes(60), horizon_days=9),
            weekly=tuple(WeeklyHours(n, 9, 12) for n in range(7)),
        )
        slots = availability(query)
        shown = [slot.start.astimezone(zone) for slot in slots]
        days = [day - DAY, day, day + DAY]
        assert [(moment.date(), moment.hour, moment.minute) for moment in shown] == [
            (one, hour, 0) for one in days for hour in (9, 10, 11)
        ]
        assert {slot.stop - slot.start for slot in slots} == {minutes(60)}
        always = replace(query, rule=HALF_HOUR, weekly=ALL_DAY_EVERY_DAY)
        found = [slot.start for slot in availability(always)]
        quarters = (window.stop - window.start) // minutes(15)
        assert found == [window.start + minutes(15 * n) for n in range(quarters)]


@pytest.mark.parametrize("zone", [TORONTO, PARIS])
def test_every_hour_of_the_year_is_offered_once(zone):
    """Also on the two days that have 23 and 25 hours."""
    year = Interval(MONDAY, MONDAY + timedelta(days=365))
    query = AvailabilityQuery(
        window=year, now=MONDAY, zone=zone, rule=HALF_HOUR, weekly=ALL_DAY_EVERY_DAY
    )
    found = [slot.start for slot in availability(query)]
    assert len(found) == 365 * 24 * 4
    assert found == [MONDAY + minutes(15 * n) for n in range(len(found))]


def test_a_month_with_a_thousand_events_is_answered_quickly():
    """A generous bound, for a busy machine, that work quadratic in the events would break."""
    offsets = [minutes(15 * (number * 7919 % (31 * 96))) for number in range(1000)]
    meetings = [
        Busy(start=MONDAY + offset, stop=MONDAY + offset + minutes(20), travels=True)
        for offset in offsets
    ]
    query = AvailabilityQuery(
        window=MONTH,
        now=MONDAY,
        zone=TORONTO,
        rule=HALF_HOUR,
        weekly=OFFICE_HOURS,
        busy=tuple(meetings),
        travels=True,
    )
    started = time.process_time()
    availability(query)
    assert time.process_time() - started < 0.5
