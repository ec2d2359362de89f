from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.immoassist_appointments.core.intervals import Interval
from odoo.addons.immoassist_appointments.core.wall_clock import grid, instant, local_dates, midnight
from odoo.addons.immoassist_appointments.core.working_time import (
    DateOverride,
    WeeklyHours,
    week_parity,
    working_windows,
)

from tests.unit.appointments.builders import OFFICE_HOURS, PARIS, TORONTO, UTC, at, between, minutes

ZONES = [
    "America/Toronto",
    "Europe/Paris",
    "Australia/Lord_Howe",  # moves by half an hour
    "America/St_Johns",  # UTC-3:30
    "Africa/Casablanca",  # goes back for Ramadan
    "Asia/Kathmandu",  # UTC+5:45, never changes
    "America/Havana",  # midnight is skipped in spring and comes twice in autumn
]
MONDAY = date(2027, 3, 1)


def windows(weekly=OFFICE_HOURS, overrides=(), leaves=(), first="2027-03-01", last="2027-03-02"):
    return working_windows(
        weekly, overrides, leaves, between(f"{first} 00:00", f"{last} 00:00"), TORONTO
    )


def changes(zone: ZoneInfo) -> list[date]:
    """The dates of 2026 to 2030 that do not have 24 hours."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(5 * 365 + 1)]
    midnights = [(day, midnight(day, zone)) for day in days]
    return [day for (day, a), (_, b) in pairwise(midnights) if b - a != timedelta(hours=24)]


class TestHours:
    def test_office_hours_are_local(self):
        assert windows() == (between("2027-03-01 09:00", "2027-03-01 17:00"),)

    def test_lines_that_touch_are_one_window(self):
        day = (WeeklyHours(0, 9, 12), WeeklyHours(0, 12, 17))
        assert windows(day) == (between("2027-03-01 09:00", "2027-03-01 17:00"),)

    def test_a_third_of_an_hour_is_twenty_minutes(self):
        assert windows((WeeklyHours(0, 8 + 1 / 3, 9.75),)) == (
            between("2027-03-01 08:20", "2027-03-01 09:45"),
        )

    def test_a_float_just_below_the_minute_is_that_minute(self):
        nine_past_nine = 9.15 - 1e-9
        assert windows((WeeklyHours(0, nine_past_nine, 10),)) == (
            between("2027-03-01 09:09", "2027-03-01 10:00"),
        )

    def test_a_night_in_two_lines_is_one_window(self):
        night = (WeeklyHours(0, 22, 24), WeeklyHours(1, 0, 6))
        assert windows(night, last="2027-03-03") == (
            between("2027-03-01 22:00", "2027-03-02 06:00"),
        )

    def test_the_window_clips(self):
        window = between("2027-03-01 10:10", "2027-03-01 11:20")
        assert working_windows(OFFICE_HOURS, (), (), window, TORONTO) == (window,)

    def test_every_other_week_alternates_over_new_year(self):
        mondays = [date(2026, 12, 14) + timedelta(weeks=n) for n in range(6)]
        assert [week_parity(day) for day in mondays] == [1, 0, 1, 0, 1, 0]
        assert week_parity(date(2026, 12, 20)) == 1  # the Sunday of the first of those weeks
        odd = (WeeklyHours(0, 9, 10, week_parity=1),)
        found = windows(odd, first="2026-12-14", last="2027-01-19")
        days = [window.start.astimezone(TORONTO).date() for window in found]
        assert days == [mondays[0], mondays[2], mondays[4]]

    @pytest.mark.parametrize("line", [(7, 9, 10), (0, 10, 9), (0, -1, 9), (0, 9, 24.5)])
    def test_nonsense_is_refused(self, line):
        with pytest.raises(ValueError, match=r"Hours must satisfy|Weekdays go from"):
            WeeklyHours(*line)

    def test_a_third_parity_is_refused(self):
        with pytest.raises(ValueError, match="parity"):
            WeeklyHours(0, 9, 10, week_parity=2)

    def test_equal_hours_are_an_empty_line(self):
        assert windows((WeeklyHours(0, 9, 9),)) == ()


class TestDates:
    def test_an_interval_that_ends_at_midnight_does_not_touch_the_next_date(self):
        day = between("2027-03-01 00:00", "2027-03-02 00:00")
        assert list(local_dates(day, TORONTO)) == [MONDAY]
        longer = Interval(day.start, day.stop + minutes(1))
        assert list(local_dates(longer, TORONTO)) == [MONDAY, date(2027, 3, 2)]


class TestExceptions:
    def test_an_opening_adds_time(self):
        opening = DateOverride(MONDAY, 18, 20, opening=True)
        assert windows(overrides=[opening]) == (
            between("2027-03-01 09:00", "2027-03-01 17:00"),
            between("2027-03-01 18:00", "2027-03-01 20:00"),
        )

    def test_a_closure_takes_it_away_even_from_an_opening(self):
        overrides = [
            DateOverride(MONDAY, 12, 20, opening=False),
            DateOverride(MONDAY, 18, 19, opening=True),
        ]
        assert windows(overrides=overrides) == (between("2027-03-01 09:00", "2027-03-01 12:00"),)

    def test_a_closed_day(self):
        assert windows(overrides=[DateOverride(MONDAY, 0, 24, opening=False)]) == ()

    def test_an_exception_is_for_its_date_only(self):
        tuesday = DateOverride(date(2027, 3, 2), 0, 24, opening=False)
        assert windows(overrides=[tuesday]) == windows()

    def test_time_off_wins_over_openings(self):
        leave = between("2027-03-01 00:00", "2027-03-01 19:00")
        opening = DateOverride(MONDAY, 18, 20, opening=True)
        assert windows(overrides=[opening], leaves=[leave]) == (
            between("2027-03-01 19:00", "2027-03-01 20:00"),
        )

    def test_reversed_hours_are_refused(self):
        with pytest.raises(ValueError, match="Hours must satisfy"):
            DateOverride(MONDAY, 12, 11, opening=True)


def night(day: str, zone: ZoneInfo, hour_from: float, hour_to: float) -> tuple[Interval, ...]:
    moment = date.fromisoformat(day)
    window = Interval(midnight(moment, zone), midnight(moment + timedelta(days=1), zone))
    return working_windows([WeeklyHours(6, hour_from, hour_to)], (), (), window, zone)


@pytest.mark.parametrize(("day", "zone"), [("2027-03-14", TORONTO), ("2027-03-28", PARIS)])
class TestSpring:
    """2:00 to 3:00 does not exist: the clock jumps from 1:59 to 3:00."""

    def test_hours_that_begin_in_the_gap_begin_at_its_end(self, day, zone):
        (window,) = night(day, zone, 2, 6)
        assert window == between(f"{day} 03:00", f"{day} 06:00", zone)
        assert night(day, zone, 2.5, 6) == (window,)

    def test_hours_inside_the_gap_are_no_time(self, day, zone):
        assert night(day, zone, 2, 3) == ()
        assert night(day, zone, 2.25, 2.5) == ()

    def test_a_night_is_one_hour_short(self, day, zone):
        (window,) = night(day, zone, 0, 6)
        assert window.stop - window.start == timedelta(hours=5)

    def test_office_hours_are_not_touched(self, day, zone):
        assert night(day, zone, 9, 17) == (between(f"{day} 09:00", f"{day} 17:00", zone),)


@pytest.mark.parametrize(
    ("day", "zone", "hour"), [("2027-11-07", TORONTO, 1), ("2027-10-31", PARIS, 2)]
)
class TestAutumn:
    """One hour comes twice: 1:00 to 2:00 in Toronto, 2:00 to 3:00 in Paris."""

    def test_a_night_has_one_hour_more(self, day, zone, hour):
        (window,) = night(day, zone, 0, 6)
        assert window.stop - window.start == timedelta(hours=7)

    def test_the_doubled_hour_is_worked_twice(self, day, zone, hour):
        (window,) = night(day, zone, hour, hour + 1)
        assert window.stop - window.start == timedelta(hours=2)

    def test_an_empty_line_stays_empty(self, day, zone, hour):
        assert night(day, zone, hour + 0.5, hour + 0.5) == ()

    def test_opening_takes_the_first_and_closing_the_second(self, day, zone, hour):
        (window,) = night(day, zone, hour + 0.5, hour + 0.75)
        assert window.start.astimezone(zone).fold == 0
        assert window.stop.astimezone(zone).fold == 1
        assert window.stop - window.start == minutes(75)


@pytest.mark.parametrize("name", ZONES)
class TestEveryChange:
    def test_only_the_zone_without_dst_has_no_change(self, name):
        assert bool(changes(ZoneInfo(name))) == (name != "Asia/Kathmandu")

    def test_a_day_around_the_clock_has_no_hole_and_no_overlap(self, name):
        zone = ZoneInfo(name)
        for day in changes(zone):
            hours = [WeeklyHours(n, 0, 24) for n in range(7)]
            window = Interval(midnight(day, zone), midnight(day + timedelta(days=1), zone))
            assert working_windows(hours, (), (), window, zone) == (window,)

    def test_every_wall_minute_becomes_an_instant_that_shows_it(self, name):
        zone = ZoneInfo(name)
        for day in changes(zone):
            for minute in range(0, 1440, 5):
                shown = instant(day, minute, zone).astimezone(zone)
                wall = shown.hour * 60 + shown.minute
                assert shown.date() == day
                # Either the clock shows it, or it is skipped and the clock shows the end of the
                # gap.
                before = (shown.astimezone(UTC) - minutes(1)).astimezone(zone)
                jumped = shown.utcoffset() > before.utcoffset()
                assert wall == minute or (jumped and wall > minute)

    def test_the_grid_is_every_existing_wall_time_once(self, name):
        zone = ZoneInfo(name)
        for day in [*changes(zone), MONDAY]:
            start, stop = midnight(day, zone), midnight(day + timedelta(days=1), zone)
            expected = []
            while start < stop:
                shown = start.astimezone(zone)
                if (shown.hour * 60 + shown.minute) % 35 == 0:
                    expected.append(start)
                start += minutes(1)
            assert list(grid(day, minutes(35), zone)) == expected


def test_the_second_of_two_equal_wall_times_is_one_hour_later():
    day = date(2027, 11, 7)
    first, second = (instant(day, 90, TORONTO, fold) for fold in (0, 1))
    assert second - first == timedelta(hours=1)
    assert first == at("2027-11-07 01:30").astimezone(UTC)


def test_midnight_that_comes_twice_ends_the_day_the_first_time():
    havana = ZoneInfo("America/Havana")
    saturday, sunday = date(2027, 11, 6), date(2027, 11, 7)
    window = Interval(midnight(saturday, havana), midnight(sunday + timedelta(days=1), havana))
    (evening,) = working_windows([WeeklyHours(5, 20, 24)], (), (), window, havana)
    assert evening.stop - evening.start == timedelta(hours=4)
