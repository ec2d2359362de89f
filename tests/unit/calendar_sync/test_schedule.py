from datetime import datetime, timedelta, timezone

import pytest

from immoassist_calendar_sync.core import schedule

NOW = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("pushed", "fraction", "minutes"),
    [(True, 0, 11.25), (True, 0.5, 15), (True, 1, 18.75), (False, 0, 3.75), (False, 1, 6.25)],
)
def test_polls_come_a_quarter_sooner_or_later(pushed, fraction, minutes):
    assert schedule.next_poll(NOW, fraction, pushed=pushed) == NOW + timedelta(minutes=minutes)


def test_everything_is_listed_again_after_a_week():
    listed = NOW + timedelta(days=365)
    assert not schedule.is_old(listed, listed + timedelta(days=7))
    assert schedule.is_old(listed, listed + timedelta(days=7, seconds=1))


@pytest.mark.parametrize(
    ("days", "number", "hours"), [(7, 0, 24), (7, 11, 35), (7, 12, 24), (0.5, 5, 4)]
)
def test_channels_are_renewed_at_different_hours_a_day_ahead(days, number, hours):
    assert schedule.renewal_lead(timedelta(days=days), number) == timedelta(hours=hours)
