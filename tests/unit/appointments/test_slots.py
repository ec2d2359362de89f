"""One rule at a time. Unless said otherwise: one hour, every half hour, 9 to 17 in Toronto."""

from datetime import timedelta

import pytest

from odoo.addons.immoassist_appointments.core.agenda import Busy
from odoo.addons.immoassist_appointments.core.rules import SlotRule
from odoo.addons.immoassist_appointments.core.slots import free_slots

from tests.unit.appointments.builders import (
    CITY_HALL,
    LAVAL,
    OLD_PORT,
    PARIS,
    TORONTO,
    VISIT,
    at,
    between,
    busy,
    minutes,
    rule,
    starts,
)

DAY = between("2027-03-01 00:00", "2027-03-02 00:00")
MORNING = [between("2027-03-01 09:00", "2027-03-01 12:00")]
SUNDAY = at("2027-02-28 12:00")


def free(busy_times=(), windows=MORNING, window=DAY, now=SUNDAY, zone=TORONTO, **options):
    travel = {name: options.pop(name) for name in ("place", "travels") if name in options}
    return free_slots(windows, busy_times, rule(**options), window, now, zone, **travel)


class TestGrid:
    def test_slots_follow_the_clock_and_end_with_the_window(self):
        assert starts(free()) == ["09:00", "09:30", "10:00", "10:30", "11:00"]

    def test_the_grid_does_not_move_with_the_agenda_or_the_opening(self):
        windows = [between("2027-03-01 09:05", "2027-03-01 12:00")]
        taken = [busy("2027-03-01 10:05", "2027-03-01 10:10")]
        assert starts(free(taken, windows, duration=30)) == ["09:30", "10:30", "11:00", "11:30"]

    def test_the_grid_restarts_at_midnight(self):
        # 35 minutes do not divide a day: 540 = 15 x 35 + 15, so the first start after nine is 9:20.
        assert starts(free(step=35)) == ["09:20", "09:55", "10:30"]

    def test_windows_that_touch_are_one(self):
        windows = [
            between("2027-03-01 10:00", "2027-03-01 11:00"),
            between("2027-03-01 09:30", "2027-03-01 10:00"),
        ]
        assert starts(free(windows=windows)) == ["09:30", "10:00"]

    def test_the_asked_window_holds_starts_and_excludes_its_end(self):
        window = between("2027-03-01 10:00", "2027-03-01 11:00")
        assert starts(free(window=window)) == ["10:00", "10:30"]

    def test_a_slot_has_its_duration(self):
        assert {slot.stop - slot.start for slot in free(duration=40)} == {minutes(40)}


class TestBusy:
    def test_what_overlaps_is_taken_and_what_touches_is_not(self):
        assert starts(free([busy("2027-03-01 10:00", "2027-03-01 11:00")])) == ["09:00", "11:00"]

    def test_one_minute_is_enough(self):
        assert starts(free([busy("2027-03-01 10:59", "2027-03-01 11:01")])) == ["09:00", "09:30"]

    def test_buffers_of_both_sides_add_up(self):
        # The meeting holds 10:20-10:40; ten minutes before and twenty after are ours.
        held = [busy("2027-03-01 10:20", "2027-03-01 10:40")]
        found = free(
            held, duration=30, step=10, buffer_before=minutes(10), buffer_after=minutes(20)
        )
        assert starts(found)[:5] == ["09:00", "09:10", "09:20", "09:30", "10:50"]

    def test_buffers_may_stick_out_of_working_hours(self):
        found = free(buffer_before=minutes(45), buffer_after=minutes(45))
        assert starts(found) == starts(free())

    def test_long_busy_time_hides_behind_short_ones(self):
        held = [
            busy("2027-03-01 08:00", "2027-03-01 11:30"),
            busy("2027-03-01 09:00", "2027-03-01 09:10"),
        ]
        assert starts(free(held, duration=30)) == ["11:30"]

    def test_an_empty_range_blocks_nothing(self):
        held = [busy("2027-03-01 10:15", "2027-03-01 10:15", place=LAVAL, travels=True)]
        assert starts(free(held, place=OLD_PORT, travels=True)) == starts(free())

    def test_a_reversed_range_is_refused(self):
        with pytest.raises(ValueError, match="stop before it starts"):
            busy("2027-03-01 10:15", "2027-03-01 10:00")

    def test_a_visit_lies_inside_its_busy_range(self):
        with pytest.raises(ValueError, match="inside its busy range"):
            busy(
                "2027-03-01 10:00",
                "2027-03-01 11:00",
                visit=between("2027-03-01 09:59", "2027-03-01 10:30"),
            )


class TestNoticeAndHorizon:
    def test_the_notice_ends_exactly_on_time(self):
        found = free(now=at("2027-03-01 08:00"), min_notice=timedelta(hours=2))
        assert starts(found) == ["10:00", "10:30", "11:00"]
        found = free(now=at("2027-03-01 08:01"), min_notice=timedelta(hours=2))
        assert starts(found) == ["10:30", "11:00"]

    def test_the_past_is_never_offered(self):
        assert starts(free(now=at("2027-03-01 10:30"))) == ["10:30", "11:00"]

    @pytest.mark.parametrize(("horizon", "offered"), [(0, False), (1, True)])
    def test_the_horizon_counts_local_dates(self, horizon, offered):
        # 23:30 on Sunday in Toronto is Monday in UTC: a count of UTC dates would be wrong.
        assert bool(free(now=at("2027-02-28 23:30"), horizon_days=horizon)) == offered

    def test_the_last_date_is_offered_to_its_end(self):
        windows = [between("2027-03-01 00:00", "2027-03-03 00:00")]
        window = between("2027-03-01 00:00", "2027-03-03 00:00")
        found = free(windows=windows, window=window, horizon_days=1, step=720)
        assert [f"{slot.start.astimezone(TORONTO):%d %H}" for slot in found] == ["01 00", "01 12"]


class TestCap:
    def visits(self, *hours, type_key=VISIT):
        return [
            busy(f"2027-03-{hour}:00", f"2027-03-{hour}:30", type_key=type_key) for hour in hours
        ]

    def test_a_full_day_is_closed_for_the_type(self):
        held = self.visits("01 14", "01 16")
        assert free(held, max_per_day=2, type_key=VISIT) == ()
        assert len(free(held, max_per_day=3, type_key=VISIT)) == 5

    def test_other_types_and_other_days_do_not_count(self):
        held = self.visits("01 14", type_key="call") + self.visits("02 14")
        assert len(free(held, max_per_day=1, type_key=VISIT)) == 5

    def test_zero_is_no_cap(self):
        assert len(free(self.visits("01 14", "01 15", "01 16"), type_key=VISIT)) == 5

    def test_a_visit_counts_for_its_local_date(self):
        # 23:00 in Toronto is already the next day in UTC.
        assert free(self.visits("01 23"), max_per_day=1, type_key=VISIT) == ()

    def test_the_visit_decides_the_date_not_its_buffer(self):
        held = busy(
            "2027-03-01 23:30",
            "2027-03-02 01:00",
            type_key=VISIT,
            visit=between("2027-03-02 00:15", "2027-03-02 01:00"),
        )
        assert len(free([held], max_per_day=1, type_key=VISIT)) == 5


class TestOpenHouse:
    def seat(self, start="10:00", stop="11:00", **options):
        options.setdefault("type_key", VISIT)
        return busy(f"2027-03-01 {start}", f"2027-03-01 {stop}", **options)

    def places(self, held, **options):
        found = free(held, capacity=3, type_key=VISIT, **options)
        return dict(zip(starts(found), [slot.places_left for slot in found], strict=True))

    def test_a_session_is_offered_until_it_is_full(self):
        assert self.places([self.seat()]) == {"09:00": 3, "10:00": 2, "11:00": 3}
        assert self.places([self.seat()] * 2) == {"09:00": 3, "10:00": 1, "11:00": 3}
        assert self.places([self.seat()] * 3) == {"09:00": 3, "11:00": 3}
        assert self.places([self.seat()] * 4) == {"09:00": 3, "11:00": 3}

    @pytest.mark.parametrize(
        "other", [{"stop": "10:30"}, {"start": "10:30"}, {"type_key": "call"}, {"type_key": None}]
    )
    def test_only_the_same_times_of_the_same_type_are_shared(self, other):
        assert "10:00" not in self.places([self.seat(**other)])

    def test_anything_else_in_that_hour_still_blocks(self):
        meeting = busy("2027-03-01 10:45", "2027-03-01 11:00")
        assert self.places([self.seat(), meeting]) == {"09:00": 3, "11:00": 3}

    def test_so_does_another_session_that_overlaps(self):
        sessions = [self.seat(), self.seat("10:30", "11:30")]
        assert self.places(sessions) == {"09:00": 3}

    def test_buffers_of_a_session_do_not_keep_its_own_guests_out(self):
        held = self.seat("09:45", "11:15", visit=between("2027-03-01 10:00", "2027-03-01 11:00"))
        found = self.places([held], buffer_before=minutes(15), buffer_after=minutes(15))
        assert found == {"10:00": 2}

    def test_two_open_houses_at_one_hour_in_two_places_are_two_sessions(self):
        held = [self.seat(place=LAVAL, travels=True)]
        assert "10:00" not in self.places(held, place=OLD_PORT, travels=True)
        assert self.places(held, place=LAVAL, travels=True)["10:00"] == 2

    def test_a_session_counts_once_for_the_cap(self):
        two_guests = [self.seat()] * 2
        assert self.places(two_guests, max_per_day=2) == {"09:00": 3, "10:00": 1, "11:00": 3}

    def test_a_full_day_can_still_be_joined(self):
        assert self.places([self.seat()], max_per_day=1) == {"10:00": 2}


class TestTravel:
    """Laval is 16.5 km from the old port: 43 minutes of road and 5 to park."""

    def visit(self, start, stop, place, **options):
        return busy(
            f"2027-03-01 {start}", f"2027-03-01 {stop}", place=place, travels=True, **options
        )

    def go(self, held, **options):
        options = {"step": 15, "duration": 30, "place": OLD_PORT, "travels": True} | options
        return starts(free(held, **options))

    def test_a_visit_is_offered_only_when_it_can_be_reached(self):
        assert self.go([self.visit("09:00", "10:00", LAVAL)])[0] == "11:00"
        assert self.go([self.visit("09:00", "10:00", CITY_HALL)])[0] == "10:15"
        assert self.go([self.visit("09:00", "10:00", OLD_PORT)])[0] == "10:00"

    def test_it_leaves_time_to_reach_the_next_one(self):
        assert self.go([self.visit("11:00", "12:00", LAVAL)])[-1] == "09:30"
        assert self.go([self.visit("11:00", "12:00", CITY_HALL)])[-1] == "10:15"
        assert self.go([self.visit("11:00", "12:00", OLD_PORT)])[-1] == "10:30"

    def test_unknown_places_take_twenty_minutes(self):
        assert self.go([self.visit("09:00", "10:00", None)])[0] == "10:30"
        assert self.go([self.visit("09:00", "10:00", LAVAL)], place=None)[0] == "10:30"

    def test_travel_runs_at_the_same_time_as_buffers(self):
        visit = between("2027-03-01 09:00", "2027-03-01 10:00")
        held = busy("2027-03-01 09:00", "2027-03-01 10:40", place=LAVAL, travels=True, visit=visit)
        assert self.go([held])[0] == "11:00"

    def test_a_call_has_no_travel(self):
        held = [self.visit("09:00", "10:00", LAVAL)]
        (first, *_) = free(held, place=None, travels=False)
        assert starts([first]) == ["10:00"]
        assert first.previous is None

    def test_calls_in_between_do_not_hide_the_visit_before(self):
        call = busy("2027-03-01 10:00", "2027-03-01 10:15")
        assert self.go([self.visit("09:00", "10:00", LAVAL), call])[0] == "11:00"

    def test_a_known_place_is_physical(self):
        meeting = busy("2027-03-01 09:00", "2027-03-01 10:00", place=LAVAL)
        assert self.go([meeting])[0] == "11:00"

    def test_a_nearer_visit_does_not_make_the_far_one_near(self):
        """From Laval it is 48 minutes, whatever was planned in between."""
        far = self.visit("09:00", "09:30", LAVAL)
        between_them = (self.visit("09:30", "10:00", OLD_PORT), self.visit("09:30", "10:00", None))
        for other in between_them:
            assert self.go([far, other])[0] == "10:30"
        far = self.visit("11:30", "12:00", LAVAL)
        assert self.go([far, self.visit("11:15", "11:30", OLD_PORT)])[-1] == "10:00"

    def test_of_two_visits_at_once_the_order_given_does_not_matter(self):
        before = [self.visit("09:00", "10:00", place) for place in (LAVAL, OLD_PORT, None)]
        after = [self.visit("13:00", "14:00", place) for place in (LAVAL, OLD_PORT, None)]
        options = {"windows": [between("2027-03-01 09:00", "2027-03-01 14:00")]}
        found = self.go(before + after, **options)
        assert found == self.go(before[::-1] + after[::-1], **options)
        assert found == self.go([*before[1:], before[0], *after[1:], after[0]], **options)

    def test_yesterday_and_tomorrow_are_far_away(self):
        around_the_clock = [between("2027-03-01 00:00", "2027-03-02 00:00")]
        held = [
            busy("2027-02-28 23:00", "2027-03-01 00:00", place=LAVAL),
            busy("2027-03-02 00:00", "2027-03-02 01:00", place=LAVAL),
        ]
        found = self.go(held, windows=around_the_clock)
        assert (found[0], found[-1]) == ("00:00", "23:30")

    def test_neighbours_are_given_for_ranking(self):
        before, after = self.visit("09:00", "09:30", LAVAL), self.visit("11:30", "12:00", None)
        (slot, *_) = free([after, before], place=OLD_PORT, travels=True, duration=30)
        assert (slot.previous, slot.following) == (before, after)


class TestClockChanges:
    def night(self, day, zone, **options):
        windows = [between(f"{day} 00:00", f"{day} 05:00", zone)]
        window = between(f"{day} 00:00", f"{day} 23:59", zone)
        now = at("2027-03-01 00:00", zone)
        return free((), windows, window, now, zone, horizon_days=365, **options)

    @pytest.mark.parametrize(("day", "zone"), [("2027-03-14", TORONTO), ("2027-03-28", PARIS)])
    def test_spring_has_no_two_o_clock(self, day, zone):
        found = self.night(day, zone)
        assert starts(found, zone) == [
            "00:00", "00:30", "01:00", "01:30", "03:00", "03:30", "04:00",
        ]  # fmt: skip
        # 1:30 to 3:30 on the clock is one real hour.
        crossing = found[3]
        assert f"{crossing.stop.astimezone(zone):%H:%M}" == "03:30"
        assert crossing.stop - crossing.start == minutes(60)

    def test_autumn_in_toronto_has_one_o_clock_twice(self):
        found = self.night("2027-11-07", TORONTO)
        assert starts(found)[:7] == [
            "00:00", "00:30", "01:00", "01:30", "01:00 again", "01:30 again", "02:00",
        ]  # fmt: skip
        assert len({slot.start for slot in found}) == len(found)
        assert {slot.stop - slot.start for slot in found} == {minutes(60)}

    def test_autumn_in_paris_has_two_o_clock_twice(self):
        found = self.night("2027-10-31", PARIS, step=60)
        assert starts(found, PARIS) == ["00:00", "01:00", "02:00", "02:00 again", "03:00", "04:00"]

    @pytest.mark.parametrize(
        ("day", "zone"),
        [
            ("2027-03-14", TORONTO),
            ("2027-11-07", TORONTO),
            ("2027-03-28", PARIS),
            ("2027-10-31", PARIS),
        ],
    )
    def test_the_working_day_is_the_usual_one(self, day, zone):
        windows = [between(f"{day} 09:00", f"{day} 12:00", zone)]
        window = between(f"{day} 00:00", f"{day} 23:59", zone)
        found = free((), windows, window, at("2027-03-01 00:00", zone), zone, horizon_days=365)
        assert starts(found, zone) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration": timedelta(0)},
        {"step": timedelta(0)},
        {"step": timedelta(seconds=90)},
        {"step": timedelta(minutes=1441)},
        {"buffer_before": minutes(-1)},
        {"buffer_after": minutes(-1)},
        {"min_notice": minutes(-1)},
        {"horizon_days": -1},
        {"max_per_day": -1},
        {"capacity": 0},
        {"capacity": 2, "type_key": None},
        {"max_per_day": 1, "type_key": None},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    good = {"duration": minutes(60), "step": minutes(30), "type_key": VISIT}
    SlotRule(**good)
    with pytest.raises(ValueError, match=r"must be|cannot be|at least|missing"):
        SlotRule(**good | wrong)


def test_naive_times_are_refused():
    naive = at("2027-03-01 10:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        Busy(start=naive, stop=naive + minutes(5))
