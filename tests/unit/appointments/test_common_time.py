"""What several brokers share: never more than each of them has, in any order of the brokers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core.availability import availability
from odoo.addons.immoassist_appointments.core.common_time import common_slots, offered
from odoo.addons.immoassist_appointments.core.ranking import (
    FIRST_OF_DAY,
    NEAR_PREVIOUS,
    QUIET_DAY,
    REASON_CODES,
    SOON,
    RankedSlot,
    Reason,
)

from tests.unit.appointments.builders import (
    MONDAY,
    PARIS,
    TORONTO,
    at,
    busy,
    minutes,
    query,
    rule,
    starts,
)

NEAR = Reason(NEAR_PREVIOUS, {"metres": 600, "minutes": 7})
LESS_NEAR = Reason(NEAR_PREVIOUS, {"metres": 1500, "minutes": 9})


def slot(start: str, score: float = 50.0, *reasons: Reason, length: int = 60, **options):
    begin = at(f"2027-03-01 {start}")
    return RankedSlot(begin, begin + minutes(length), score, reasons, **options)


def of_one(*slots):
    return [tuple(slots)]


reasons = st.sampled_from(
    [Reason(code) for code in REASON_CODES if code not in (NEAR_PREVIOUS, SOON)]
    + [NEAR, LESS_NEAR, Reason(SOON, {"days": 1}), Reason(SOON, {"days": 2})]
)


@st.composite
def agendas(draw) -> tuple[RankedSlot, ...]:
    numbers = draw(st.sets(st.integers(0, 12), max_size=8))
    return tuple(
        RankedSlot(
            MONDAY + minutes(30 * number),
            MONDAY + minutes(30 * number + 60),
            draw(st.integers(0, 1000)) / 10,
            tuple(draw(st.lists(reasons, max_size=2, unique_by=lambda reason: reason.code))),
            draw(st.integers(1, 4)),
        )
        for number in sorted(numbers)
    )


groups = st.lists(agendas(), min_size=1, max_size=4)


def test_nobody_has_no_time():
    assert common_slots([]) == ()


def test_one_broker_keeps_his_slots():
    alone = (slot("09:00", 71.3, NEAR), slot("10:00"))
    assert common_slots([alone]) == alone


def test_only_what_all_have():
    first = [slot("09:00"), slot("10:00"), slot("11:00")]
    second = [slot("10:00"), slot("11:00"), slot("12:00")]
    assert starts(common_slots([first, second])) == ["10:00", "11:00"]


def test_another_length_is_another_time():
    assert common_slots([[slot("09:00")], [slot("09:00", length=30)]]) == ()


def test_score_is_the_mean():
    common = common_slots([[slot("09:00", 80.0)], [slot("09:00", 41.1)], [slot("09:00", 20.0)]])
    assert common[0].score == pytest.approx(47.0)


def test_seats_are_the_fewest():
    common = common_slots([[slot("09:00", places_left=4)], [slot("09:00", places_left=2)]])
    assert common[0].places_left == 2


def test_reason_of_more_brokers_comes_first():
    common = common_slots(
        [
            [slot("09:00", 50, Reason(FIRST_OF_DAY), Reason(QUIET_DAY))],
            [slot("09:00", 50, NEAR, Reason(QUIET_DAY))],
        ]
    )
    assert [reason.code for reason in common[0].reasons] == [QUIET_DAY, NEAR_PREVIOUS]


def test_one_reason_claims_what_holds_for_all():
    common = common_slots([[slot("09:00", 50, NEAR)], [slot("09:00", 50, LESS_NEAR)]])
    assert common[0].reasons == (LESS_NEAR,)


def test_brokers_of_two_zones():
    toronto = availability(query("2027-03-01 00:00", "2027-03-02 00:00"))
    paris = availability(query("2027-03-01 00:00", "2027-03-02 00:00", zone=PARIS))
    # 9 to 17 in Paris is 3 to 11 in Toronto.
    assert starts(common_slots([toronto, paris])) == ["09:00", "09:30", "10:00"]
    assert starts(common_slots([toronto, paris]), PARIS) == ["15:00", "15:30", "16:00"]


def test_busy_of_one_is_busy_for_the_group():
    day = ("2027-03-01 00:00", "2027-03-02 00:00")
    hourly = rule(60, 60)
    free = availability(query(*day, rule=hourly))
    taken = availability(
        query(*day, rule=hourly, busy=(busy("2027-03-01 10:00", "2027-03-01 16:00"),))
    )
    assert starts(common_slots([free, taken])) == ["09:00", "16:00"]


def test_offered():
    slots = [slot("09:00"), slot("10:00")]
    assert offered(slots, at("2027-03-01 10:00")) == slots[1]
    assert offered(slots, at("2027-03-01 16:00", PARIS)) == slots[1]
    assert offered(slots, at("2027-03-01 10:30")) is None


@given(groups)
def test_every_broker_is_free(group):
    for common in common_slots(group):
        for agenda in group:
            assert any((s.start, s.stop) == (common.start, common.stop) for s in agenda)


@given(groups)
def test_nothing_is_left_out(group):
    everywhere = set.intersection(*({(s.start, s.stop) for s in agenda} for agenda in group))
    assert {(s.start, s.stop) for s in common_slots(group)} == everywhere


@given(groups, st.randoms(use_true_random=False))
def test_order_of_brokers_does_not_matter(group, random):
    mixed = list(group)
    random.shuffle(mixed)
    assert common_slots(mixed) == common_slots(group)


@given(groups, agendas())
def test_one_more_broker_adds_no_time(group, agenda):
    before = {s.start for s in common_slots(group)}
    assert {s.start for s in common_slots([*group, agenda])} <= before


@given(groups)
def test_score_between_worst_and_best(group):
    for common in common_slots(group):
        scores = [s.score for agenda in group for s in agenda if s.start == common.start]
        assert min(scores) - 0.05 <= common.score <= max(scores) + 0.05


@given(groups)
def test_reasons_are_somebodys_and_told_once(group):
    for common in common_slots(group):
        told = [r for agenda in group for s in agenda if s.start == common.start for r in s.reasons]
        assert all(reason in told for reason in common.reasons)
        codes = [reason.code for reason in common.reasons]
        assert len(codes) == len(set(codes)) <= 2


@given(agendas())
def test_the_same_broker_twice_is_one(agenda):
    twice = common_slots([agenda, agenda])
    assert twice == tuple(replace(s, reasons=t.reasons) for s, t in zip(agenda, twice, strict=True))
    assert [set(s.reasons) for s in twice] == [set(s.reasons) for s in agenda]


def test_times_are_in_order():
    first = [slot("11:00"), slot("09:00"), slot("10:00")]
    assert starts(common_slots([first, list(reversed(first))]), TORONTO) == [
        "09:00",
        "10:00",
        "11:00",
    ]
