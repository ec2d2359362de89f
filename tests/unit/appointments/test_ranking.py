"""What makes a slot better, and what may be said about it. One hour, 9 to 17 in Toronto."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.immoassist_appointments.core import ranking
from odoo.addons.immoassist_appointments.core.availability import availability, nearest
from odoo.addons.immoassist_appointments.core.query import AvailabilityQuery, Preference, reach
from odoo.addons.immoassist_appointments.core.ranking import RankedSlot, Reason, suggest

from tests.unit.appointments.builders import (
    CITY_HALL,
    LAVAL,
    OLD_PORT,
    TORONTO,
    UTC,
    VISIT,
    at,
    between,
    busy,
    minutes,
    query,
    rule,
    starts,
)

MONDAY = ("2027-03-01 00:00", "2027-03-02 00:00")


def rank(held=(), days=MONDAY, **options) -> dict[str, RankedSlot]:
    found = availability(query(*days, busy=tuple(held), **options))
    return dict(zip(starts(found), found, strict=True))


def visit(start, stop, place, **options):
    return busy(f"2027-03-01 {start}", f"2027-03-01 {stop}", place=place, travels=True, **options)


def codes(slot) -> list[str]:
    return [reason.code for reason in slot.reasons]


def test_the_weights_are_those_of_the_formula():
    weights = (
        ranking.WEIGHT_TRAVEL,
        ranking.WEIGHT_FRAGMENTATION,
        ranking.WEIGHT_PREFERENCE,
        ranking.WEIGHT_SOONNESS,
        ranking.WEIGHT_LOAD,
    )
    assert weights == (0.35, 0.20, 0.20, 0.15, 0.10)


class TestScore:
    """Checked by hand: 35 travel + 20 fragmentation + 10 no wish + 15 soon + 10 empty day = 90."""

    def test_a_call_on_an_empty_day(self):
        # Tomorrow of a horizon of 60 days: 15 x 59/60 = 14.75.
        assert rank()["12:00"].score == pytest.approx(89.8, abs=0.06)

    def test_a_short_hole_costs(self):
        # 10:00 leaves 60 minutes before it: 20 x (1 - 60/150) = 12 instead of 20.
        ranked = rank()
        assert ranked["12:00"].score - ranked["10:00"].score == pytest.approx(8, abs=0.11)
        assert ranked["09:00"].score == ranked["12:00"].score  # flush with the edge
        assert ranked["10:30"].score == ranked["12:00"].score  # 90 minutes can be sold

    def test_ten_minutes_are_a_breath_and_a_visit_is_no_hole(self):
        ranked = rank(rule=rule(step=5))
        assert ranked["09:10"].score == ranked["09:00"].score
        assert ranked["09:15"].score < ranked["09:00"].score
        assert ranked["10:10"].score < ranked["10:15"].score == ranked["09:00"].score

    def test_holes_on_both_sides_add_up(self):
        # 9 to 12 is left: 10:00 leaves an hour on both sides, 20 x (1 - 120/150) = 4.
        ranked = rank([busy("2027-03-01 12:00", "2027-03-01 17:00")])
        assert ranked["09:00"].score - ranked["10:00"].score == pytest.approx(16, abs=0.11)

    def test_buffers_are_part_of_the_slot_when_holes_are_measured(self):
        ranked = rank(rule=rule(buffer_before=minutes(30)))
        assert ranked["09:30"].score == ranked["12:00"].score
        ranked = rank(rule=rule(buffer_after=minutes(30)))
        assert ranked["15:30"].score == ranked["12:00"].score

    def test_what_was_asked_for_is_worth_twenty(self):
        ranked = rank(preference=Preference(parts=("afternoon",)))
        assert ranked["12:00"].score - ranked["10:30"].score == pytest.approx(20, abs=0.11)
        assert ranked["12:00"].score - rank()["12:00"].score == pytest.approx(10, abs=0.11)

    def test_sooner_is_better(self):
        week = [
            rank(days=(f"2027-03-0{day} 00:00", f"2027-03-0{day} 23:00"))["12:00"].score
            for day in (1, 2, 3)
        ]
        assert week[0] > week[1] > week[2]

    def test_the_load_counts_against_the_cap_of_the_type(self):
        held = [busy("2027-03-01 16:00", "2027-03-01 17:00", type_key=VISIT)]
        capped = rule(max_per_day=2, type_key=VISIT)
        empty = rank(rule=capped)["12:00"].score
        assert empty - rank(held, rule=capped)["12:00"].score == pytest.approx(5, abs=0.11)

    def test_without_a_cap_eight_events_make_a_full_day(self):
        held = [busy("2027-03-01 16:00", "2027-03-01 17:00")]
        assert rank()["12:00"].score - rank(held)["12:00"].score == pytest.approx(1.25, abs=0.11)

    def test_the_nearer_to_the_neighbour_the_better(self):
        options = {"place": OLD_PORT, "travels": True}
        near = rank([visit("09:00", "10:00", CITY_HALL)], **options)["11:30"].score
        far = rank([visit("09:00", "10:00", LAVAL)], **options)["11:30"].score
        # An unknown end of the day is 20 minutes away either way, so the detour is the way there:
        # 5.4 minutes from city hall, 47.9 from Laval, of 60.
        assert near - far == pytest.approx(35 * (47.9 - 5.4) / 60, abs=0.3)

    def test_the_day_begins_at_the_office(self):
        def score(day_start, day_end):
            places = {"day_start_place": day_start, "day_end_place": day_end}
            return rank(place=OLD_PORT, travels=True, **places)["12:00"].score

        best = rank()["12:00"].score
        assert score(OLD_PORT, OLD_PORT) == best  # the property is at the office
        assert score(LAVAL, OLD_PORT) == best  # on the way home
        assert score(LAVAL, LAVAL) == pytest.approx(best - 35, abs=0.11)  # 96 minutes for it alone
        # Unknown: 20 minutes to it and on from it, instead of 20 between the two ends.
        assert score(None, None) == pytest.approx(best - 35 / 3, abs=0.11)

    def test_a_guest_more_costs_no_travel_and_leaves_no_hole(self):
        held = [visit("10:00", "11:00", OLD_PORT, type_key=VISIT)]
        options = {"place": OLD_PORT, "travels": True}
        ranked = rank(held, rule=rule(capacity=5, type_key=VISIT), **options)
        assert ranked["10:00"].places_left == 4
        assert ranked["10:00"].score == max(slot.score for slot in ranked.values())

    def test_a_score_lies_between_0_and_100(self):
        held = [visit("09:00", "09:30", LAVAL)] * 9
        for slot in rank(held, place=OLD_PORT, travels=True).values():
            assert 0 <= slot.score <= 100
            assert slot.score == round(slot.score, 1)


class TestReasons:
    def test_a_visit_nearby_is_told_with_its_distance(self):
        held = [visit("09:00", "10:00", CITY_HALL)]
        ranked = rank(held, place=OLD_PORT, travels=True)
        near = Reason("near_previous", {"metres": 145, "minutes": 6})
        assert near in ranked["10:30"].reasons
        # An hour later they no longer follow each other.
        assert near in ranked["11:00"].reasons
        assert "near_previous" not in codes(ranked["11:30"])

    def test_the_next_visit_counts_as_well(self):
        held = [visit("15:00", "16:00", CITY_HALL)]
        ranked = rank(held, place=OLD_PORT, travels=True)
        assert Reason("near_next", {"metres": 145, "minutes": 6}) in ranked["13:30"].reasons
        assert "near_next" not in codes(ranked["12:30"])

    @pytest.mark.parametrize(
        ("theirs", "ours"), [(None, OLD_PORT), (OLD_PORT, None), (LAVAL, OLD_PORT)]
    )
    def test_nothing_is_near_that_is_unknown_or_far(self, theirs, ours):
        held = [visit("09:00", "10:00", theirs), visit("15:00", "16:00", theirs)]
        for slot in rank(held, place=ours, travels=True).values():
            assert not {"near_previous", "near_next"} & set(codes(slot))

    def test_a_call_is_near_nothing(self):
        held = [visit("09:00", "10:00", OLD_PORT)]
        for slot in rank(held, place=OLD_PORT, travels=False).values():
            assert "near_previous" not in codes(slot)

    def test_a_gap_is_avoided_only_next_to_an_appointment(self):
        ranked = rank([busy("2027-03-01 09:00", "2027-03-01 10:00")])
        assert "no_gap" in codes(ranked["10:00"])
        assert "no_gap" not in codes(ranked["10:30"])  # leaves half an hour
        assert "no_gap" not in codes(ranked["12:00"])  # next to nothing
        assert "no_gap" not in codes(ranked["16:00"])  # the end of the day is no appointment
        assert "no_gap" not in codes(rank()["09:00"])  # nor is its beginning
        ranked = rank([busy("2027-03-01 16:00", "2027-03-01 17:00")])
        assert "no_gap" in codes(ranked["15:00"])

    def test_a_hole_on_the_other_side_spoils_it(self):
        held = [
            busy("2027-03-01 09:00", "2027-03-01 10:00"),
            busy("2027-03-01 11:30", "2027-03-01 17:00"),
        ]
        assert "no_gap" not in codes(rank(held)["10:00"])

    def test_the_first_of_the_day_is_first(self):
        ranked = rank()
        assert [start for start, slot in ranked.items() if "first_of_day" in codes(slot)] == [
            "09:00"
        ]
        breakfast = [busy("2027-03-01 07:00", "2027-03-01 08:00")]
        assert "first_of_day" not in codes(rank(breakfast)["09:00"])

    def test_after_lunch_is_not_the_first_of_the_day(self):
        lunch = [between("2027-03-01 12:00", "2027-03-01 13:00")]
        assert "first_of_day" not in codes(rank(leaves=tuple(lunch))["13:00"])

    def test_a_quiet_day_has_nothing_else(self):
        assert "quiet_day" in codes(rank(preference=Preference(parts=("evening",)))["12:00"])
        held = [busy("2027-03-01 16:00", "2027-03-01 17:00")]
        assert "quiet_day" not in codes(rank(held)["12:00"])
        # Also when the event is of another type than the one that is capped.
        capped = rule(max_per_day=3, type_key=VISIT)
        assert "quiet_day" not in codes(rank(held, rule=capped)["12:00"])
        # What ended at midnight was yesterday.
        late = [busy("2027-02-28 22:00", "2027-03-01 00:00")]
        assert "quiet_day" in codes(rank(late)["12:00"])

    @pytest.mark.parametrize(("day", "days"), [("01", 1), ("02", 2)])
    def test_soon_is_today_and_the_two_days_after(self, day, days):
        ranked = rank(days=(f"2027-03-{day} 00:00", f"2027-03-{day} 23:00"))
        assert Reason("soon", {"days": days}) in ranked["12:00"].reasons

    def test_the_third_day_is_not_soon(self):
        ranked = rank(days=("2027-03-03 00:00", "2027-03-03 23:00"))
        assert "soon" not in codes(ranked["12:00"])

    def test_the_two_strongest_come_strongest_first(self):
        held = [visit("09:00", "10:00", OLD_PORT)]
        ranked = rank(held, place=OLD_PORT, travels=True, preference=Preference(parts=("morning",)))
        assert codes(ranked["10:00"]) == ["near_previous", "preferred"]

    def test_a_wish_that_is_not_met_is_not_claimed(self):
        ranked = rank(preference=Preference(weekdays=(1,)))
        assert all("preferred" not in codes(slot) for slot in ranked.values())

    def test_every_code_is_listed_once(self):
        assert len(set(ranking.REASON_CODES)) == len(ranking.REASON_CODES) == 7


class TestPreference:
    @pytest.mark.parametrize(
        ("hour", "part"), [(0, "morning"), (11, "morning"), (12, "afternoon"), (16, "afternoon"),
                           (17, "evening"), (23, "evening")],
    )  # fmt: skip
    def test_the_parts_of_the_day_cover_it(self, hour, part):
        moment = at(f"2027-03-01 {hour:02}:59")
        accepted = [p for p in ("morning", "afternoon", "evening")
                    if Preference(parts=(p,)).accepts(moment)]  # fmt: skip
        assert accepted == [part]

    def test_no_wish_is_neither_yes_nor_no(self):
        assert Preference().accepts(at("2027-03-01 09:00")) is None

    def test_part_and_weekday_must_both_hold(self):
        wish = Preference(parts=("morning",), weekdays=(0, 2))
        assert wish.accepts(at("2027-03-01 09:00")) is True
        assert wish.accepts(at("2027-03-01 13:00")) is False
        assert wish.accepts(at("2027-03-02 09:00")) is False
        assert Preference(weekdays=(1,)).accepts(at("2027-03-02 09:00")) is True

    @pytest.mark.parametrize("wrong", [{"parts": ("night",)}, {"weekdays": (7,)}])
    def test_an_unknown_wish_is_refused(self, wrong):
        with pytest.raises(ValueError, match="Unknown part"):
            Preference(**wrong)


def slot(text: str, score: float) -> RankedSlot:
    start = at(f"2027-03-{text}").astimezone(UTC)
    return RankedSlot(start, start + timedelta(hours=1), score)


class TestSuggest:
    def propose(self, *slots, **options):
        chosen = suggest(slots, zone=TORONTO, **options)
        return [f"{one.start.astimezone(TORONTO):%d %H:%M}" for one in chosen]

    def test_the_best_come_first_and_equals_by_time(self):
        slots = slot("02 09:00", 80), slot("03 14:00", 90), slot("01 09:00", 80)
        assert self.propose(*slots) == ["03 14:00", "01 09:00", "02 09:00"]

    def test_of_equal_ones_the_earlier_is_chosen_whatever_the_order(self):
        slots = slot("02 09:00", 80), slot("01 09:00", 80)
        assert self.propose(*slots, count=1) == ["01 09:00"]

    def test_two_per_day_at_most(self):
        slots = [slot(f"01 {hour:02}:00", 90) for hour in (9, 11, 13, 15)]
        assert self.propose(*slots, slot("05 09:00", 10)) == ["01 09:00", "01 11:00", "05 09:00"]
        assert self.propose(*slots) == ["01 09:00", "01 11:00"]

    def test_a_day_is_a_local_date(self):
        # 20:00 on Monday in Toronto is Tuesday in UTC.
        slots = [slot(f"01 {hour}:00", 90) for hour in (15, 17, 20)]
        assert self.propose(*slots) == ["01 15:00", "01 17:00"]

    def test_not_twice_the_same_hour(self):
        slots = slot("01 09:00", 90), slot("01 09:30", 89), slot("01 10:00", 88)
        assert self.propose(*slots) == ["01 09:00", "01 10:00"]

    def test_the_last_one_is_in_another_half_day_when_there_is_one(self):
        mornings = slot("01 08:00", 90), slot("01 09:00", 89), slot("01 10:00", 88)
        afternoon = slot("01 14:00", 10)
        assert self.propose(*mornings, afternoon, per_day=3) == ["01 08:00", "01 09:00", "01 14:00"]
        assert self.propose(*mornings, per_day=3) == ["01 08:00", "01 09:00", "01 10:00"]

    def test_the_half_day_is_local(self):
        # In UTC all three are in the afternoon.
        slots = slot("01 11:00", 90), slot("01 10:00", 80), slot("01 13:00", 70)
        assert self.propose(*slots, count=2) == ["01 11:00", "01 13:00"]

    def test_nothing_to_propose(self):
        assert self.propose() == []


class TestNearest:
    def test_the_closest_are_returned_in_order_of_time(self):
        slots = [slot(f"01 {hour:02}:00", 50) for hour in range(9, 17)]
        assert starts(nearest(slots, at("2027-03-01 12:10"))) == ["11:00", "12:00", "13:00"]
        assert starts(nearest(slots, at("2027-03-01 08:00"), count=2)) == ["09:00", "10:00"]

    def test_of_two_equally_close_the_earlier_wins(self):
        slots = [slot("01 14:00", 50), slot("01 10:00", 50)]
        assert starts(nearest(slots, at("2027-03-01 12:00"), count=1)) == ["10:00"]

    def test_a_naive_wish_is_refused(self):
        with pytest.raises(ValueError, match="naive"):
            nearest([], at("2027-03-01 12:00").replace(tzinfo=None))


class TestQuery:
    def test_a_zone_of_another_library_is_refused(self):
        good = query(*MONDAY)
        with pytest.raises(TypeError, match="ZoneInfo"):
            replace(good, zone=at("2027-03-01 00:00", ZoneInfo("UTC")).astimezone().tzinfo)

    def test_now_must_be_aware(self):
        with pytest.raises(ValueError, match="naive"):
            replace(query(*MONDAY), now=at("2027-03-01 00:00").replace(tzinfo=None))

    def test_the_answer_may_be_nothing(self):
        assert availability(query(*MONDAY, now=at("2027-03-05 00:00"))) == ()
        assert availability(query(*MONDAY, weekly=())) == ()

    def test_the_last_slot_may_end_after_the_window(self):
        window = ("2027-03-01 16:00", "2027-03-01 16:01")
        assert starts(availability(query(*window))) == ["16:00"]

    def test_the_reach_is_whole_dates_with_a_day_on_either_side(self):
        window = between("2027-03-10 09:00", "2027-03-10 10:00")
        assert reach(window, rule(), TORONTO) == between("2027-03-09 00:00", "2027-03-12 00:00")
        late = between("2027-03-10 23:00", "2027-03-10 23:30")
        assert reach(late, rule(), TORONTO) == between("2027-03-09 00:00", "2027-03-13 00:00")

    def test_a_query_needs_little(self):
        assert isinstance(query(*MONDAY), AvailabilityQuery)
