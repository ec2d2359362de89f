import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_calendar_sync.core.guard import is_suspicious_emptying

ids = st.sets(st.integers(0, 30))


@pytest.mark.parametrize(
    ("known", "present", "suspicious"),
    [
        pytest.param(0, 0, False, id="nothing was known"),
        pytest.param(1, 0, False, id="a lone event goes"),
        pytest.param(2, 0, True, id="several, and all go"),
        pytest.param(100, 0, True, id="all of many go"),
        pytest.param(2, 1, False, id="one of two"),
        pytest.param(5, 1, False, id="four of five: less than a handful"),
        pytest.param(6, 1, True, id="a handful, and more than half"),
        pytest.param(9, 4, True, id="just more than half"),
        pytest.param(10, 5, False, id="exactly half"),
        pytest.param(100, 50, False, id="exactly half of many"),
        pytest.param(100, 49, True, id="more than half of many"),
        pytest.param(100, 100, False, id="all there"),
    ],
)
def test_how_much_may_go_at_once(known, present, suspicious):
    assert is_suspicious_emptying(range(known), range(present)) is suspicious


def test_what_was_not_known_proves_nothing():
    assert is_suspicious_emptying({"a", "b"}, {"x", "y", "z"})
    assert not is_suspicious_emptying([], ["x"])


def test_an_id_listed_twice_counts_once():
    assert not is_suspicious_emptying(["a", "a"], [])


def test_share_and_handful_can_be_chosen():
    assert is_suspicious_emptying(range(10), range(7), share=0.2, handful=3)
    assert not is_suspicious_emptying(range(10), range(7), share=0.3, handful=3)
    assert not is_suspicious_emptying(range(10), range(7), share=0.2, handful=4)


@given(ids, ids, ids)
def test_more_present_is_never_more_suspicious(known, present, more):
    if is_suspicious_emptying(known, present | more):
        assert is_suspicious_emptying(known, present)


@given(ids, ids)
def test_growth_is_never_suspicious(known, more):
    assert not is_suspicious_emptying(known, known | more)
