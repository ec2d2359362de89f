"""Whose turn it is, and the times of a team."""

from datetime import datetime, timedelta, timezone
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core.common_time import any_slots
from odoo.addons.immoassist_appointments.core.ranking import RankedSlot
from odoo.addons.immoassist_booking.core.team import Turn, order

NINE = datetime(2027, 3, 1, 14, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


def slot(hours=0, score=50.0, places=1):
    start = NINE + hours * HOUR
    return RankedSlot(start, start + HOUR, score, (), places)


def test_fewest_appointments_first():
    assert order([Turn(1, load=2), Turn(2, load=0), Turn(3, load=1)]) == [2, 3, 1]


def test_of_equal_load_who_waited_longest():
    assert order([Turn(1, 1, last=40), Turn(2, 1, last=0), Turn(3, 1, last=7)]) == [2, 3, 1]


def test_then_the_lower_number_whatever_the_order_of_the_question():
    turns = [Turn(3), Turn(1), Turn(2)]
    assert {tuple(order(asked)) for asked in permutations(turns)} == {(1, 2, 3)}


def test_nobody():
    assert order([]) == []


def test_one_after_the_other_share_evenly():
    """Whoever is chosen has one more and was chosen last."""
    turns = {number: Turn(number) for number in (1, 2, 3)}
    chosen = []
    for moment in range(1, 8):
        first = order(turns.values())[0]
        chosen.append(first)
        turns[first] = Turn(first, turns[first].load + 1, moment)
    assert chosen == [1, 2, 3, 1, 2, 3, 1]


def test_any_time_once_and_in_order():
    ranked = [[slot(0, 40), slot(2)], [slot(1), slot(0, 60)], []]
    found = any_slots(ranked)
    assert [(s.start, s.score) for s in found] == [
        (NINE, 60),
        (NINE + HOUR, 50),
        (NINE + 2 * HOUR, 50),
    ]
    assert any_slots([]) == ()


agendas = st.lists(
    st.lists(st.builds(slot, st.integers(0, 5), st.floats(0, 100)), unique_by=lambda s: s.start),
    max_size=4,
)


@given(agendas)
def test_the_union_is_what_somebody_has(ranked):
    found = any_slots(ranked)
    starts = [s.start for s in found]
    assert starts == sorted({s.start for slots in ranked for s in slots})
    for one in found:
        same = [s for slots in ranked for s in slots if s.start == one.start]
        assert one in same
        assert one.score == max(s.score for s in same)
