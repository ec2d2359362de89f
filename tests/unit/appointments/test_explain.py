"""Each reason for which a time is not offered, and that there is one exactly when it is not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core import explain as words
from odoo.addons.immoassist_appointments.core.agenda import Busy
from odoo.addons.immoassist_appointments.core.availability import availability
from odoo.addons.immoassist_appointments.core.explain import explain, explain_wall
from odoo.addons.immoassist_appointments.core.intervals import Interval
from odoo.addons.immoassist_appointments.core.working_time import DateOverride

from tests.unit.appointments.builders import (
    ALL_DAY_EVERY_DAY,
    LAVAL,
    MONDAY,
    OLD_PORT,
    UTC,
    VISIT,
    at,
    between,
    busy,
    busy_times,
    intervals,
    minutes,
    places,
    query,
    rule,
    rules,
)

MARCH_1 = date(2027, 3, 1)


def ask(start="2027-03-01 10:00", **options):
    return explain(query("2027-03-01 00:00", "2027-03-02 00:00", **options), at(start))


def codes(explanation):
    return [hindrance.code for hindrance in explanation.hindrances]


def test_free():
    assert ask().free
    assert not ask().hindrances


def test_outside_of_the_hours():
    found = ask("2027-03-01 18:00").hindrances
    assert [reason.code for reason in found] == [words.HOURS]
    assert found[0].params["windows"] == (between("2027-03-01 09:00", "2027-03-01 17:00"),)
    assert codes(ask("2027-03-01 16:30")) == [words.HOURS]  # it would end too late
    assert ask("2027-03-06 10:00").hindrances[0].params["windows"] == ()


def test_time_off_and_closures():
    leave = between("2027-03-01 00:00", "2027-03-02 00:00")
    assert codes(ask(leaves=(leave,))) == [words.LEAVE]
    closed = DateOverride(MARCH_1, 10.5, 12, opening=False)
    found = ask(overrides=(closed,)).hindrances
    assert [reason.code for reason in found] == [words.CLOSED]
    assert found[0].params["interval"] == between("2027-03-01 10:30", "2027-03-01 12:00")
    opened = DateOverride(MARCH_1, 18, 20, opening=True)
    assert ask("2027-03-01 18:00", overrides=(opened,)).free


def test_notice_and_horizon():
    early = ask(now=at("2027-03-01 08:00"), rule=rule(min_notice=timedelta(hours=4)))
    assert codes(early) == [words.NOTICE]
    assert early.hindrances[0].params["earliest"] == at("2027-03-01 12:00")
    late = ask(rule=rule(horizon_days=0))
    assert codes(late) == [words.HORIZON]
    assert late.hindrances[0].params["last"] == date(2027, 2, 28)


def test_the_grid():
    found = ask("2027-03-01 10:10").hindrances
    assert [reason.code for reason in found] == [words.GRID]
    assert found[0].params == {
        "before": at("2027-03-01 10:00"),
        "after": at("2027-03-01 10:30"),
    }


def test_busy_and_its_buffers():
    meeting = busy("2027-03-01 10:30", "2027-03-01 11:30")
    found = ask(busy=(meeting,)).hindrances
    assert [(reason.code, reason.params) for reason in found] == [(words.BUSY, {"busy": meeting})]
    wide = Busy(
        start=at("2027-03-01 10:45"),
        stop=at("2027-03-01 12:00"),
        visit=between("2027-03-01 11:15", "2027-03-01 12:00"),
    )
    assert codes(ask(busy=(wide,))) == [words.BUFFER]
    after = busy("2027-03-01 11:00", "2027-03-01 12:00")
    assert ask(busy=(after,)).free
    assert codes(ask(busy=(after,), rule=rule(buffer_after=minutes(15)))) == [words.BUFFER]


def test_the_limits_of_a_type():
    seat = busy("2027-03-01 10:00", "2027-03-01 11:00", type_key=VISIT)
    house = rule(capacity=2, type_key=VISIT)
    assert ask(busy=(seat,), rule=house).free
    full = ask(busy=(seat, seat), rule=house)
    assert codes(full) == [words.FULL]
    assert full.hindrances[0].params == {"places": 2}
    once = rule(max_per_day=1, type_key=VISIT)
    assert codes(ask("2027-03-01 14:00", busy=(seat,), rule=once)) == [words.MAX_PER_DAY]


def test_travel():
    before = busy("2027-03-01 09:00", "2027-03-01 09:50", place=LAVAL)
    after = busy("2027-03-01 11:10", "2027-03-01 12:00", place=LAVAL)
    there = {"travels": True, "place": OLD_PORT}
    found = ask(busy=(before, after), **there).hindrances
    assert [reason.code for reason in found] == [words.TRAVEL_FROM, words.TRAVEL_TO]
    assert found[0].params["arrival"] > at("2027-03-01 10:00")
    assert found[1].params["departure"] < at("2027-03-01 11:00")
    assert ask(busy=(before, after)).free  # by phone


def test_all_reasons_are_told_the_most_telling_first():
    found = ask(
        "2027-03-01 18:10",
        now=at("2027-03-01 18:00"),
        busy=(busy("2027-03-01 18:00", "2027-03-01 19:00"),),
        rule=rule(min_notice=timedelta(hours=1)),
    )
    assert codes(found) == [words.NOTICE, words.HOURS, words.BUSY, words.GRID]


def test_a_time_that_the_clock_skips():
    night = query("2027-03-14 00:00", "2027-03-15 00:00", weekly=ALL_DAY_EVERY_DAY)
    found = explain_wall(night, date(2027, 3, 14), 2 * 60 + 30)
    assert codes(found) == [words.SKIPPED]
    assert found.hindrances[0].params["start"] == at("2027-03-14 03:00")
    assert explain_wall(night, date(2027, 3, 14), 3 * 60).free


def test_an_hour_that_occurs_twice():
    night = query(
        "2027-11-07 00:00",
        "2027-11-08 00:00",
        weekly=ALL_DAY_EVERY_DAY,
        now=at("2027-11-06 12:00"),
    )
    first = at("2027-11-07 01:30").astimezone(UTC)
    assert explain_wall(night, date(2027, 11, 7), 90).start == first


def test_a_naive_time():
    with pytest.raises(ValueError, match="naive"):
        explain(query("2027-03-01 00:00", "2027-03-02 00:00"), at("2027-03-01 10:00", None))


overrides = st.builds(
    lambda day, hours, opening: DateOverride(
        MARCH_1 + timedelta(days=day), min(hours), max(hours), opening
    ),
    st.integers(0, 7),
    st.tuples(st.integers(0, 24), st.integers(0, 24)),
    st.booleans(),
)


@st.composite
def questions(draw):
    physical = draw(st.booleans())
    return query(
        "2027-03-01 00:00",
        "2027-03-08 00:00",
        now=MONDAY + timedelta(hours=draw(st.integers(-24, 48))),
        rule=draw(rules(st.integers(1, 3))),
        weekly=draw(st.sampled_from([ALL_DAY_EVERY_DAY, query("2027-03-01", "2027-03-02").weekly])),
        overrides=tuple(draw(st.lists(overrides, max_size=3))),
        leaves=tuple(draw(st.lists(intervals, max_size=2))),
        busy=tuple(draw(st.lists(busy_times(physical), max_size=6))),
        place=draw(places) if physical else None,
        travels=physical,
    )


@settings(max_examples=300)
@given(questions(), st.integers(0, 7 * 24 * 12 - 1), st.booleans())
def test_free_if_and_only_if_it_is_offered(question, steps, seated):
    """At any time of a week, on the grid or not; often at the start of what is in the agenda."""
    start = MONDAY + minutes(5 * steps)
    if seated and question.busy:
        start = question.busy[0].visit.start
    minute = replace(question, window=Interval(start, start + minutes(1)))
    offered = [slot.start for slot in availability(minute)]
    found = explain(question, start)
    assert found.free == (start in offered), found


@settings(max_examples=100)
@given(questions())
def test_every_offered_time_is_free(question):
    for slot in availability(question):
        assert explain(question, slot.start).free
