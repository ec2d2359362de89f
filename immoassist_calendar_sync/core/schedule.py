"""How often a provider is asked for something when nothing happens."""

from __future__ import annotations

from datetime import datetime, timedelta

POLL_WITH_PUSH = timedelta(minutes=15)
POLL_ALONE = timedelta(minutes=5)
LONGEST_POLL = timedelta(hours=1)
"""Further ahead no poll is ever planned."""
REBASE = timedelta(days=7)
"""A cursor only tells of its own window, so that is moved from time to time, by a full listing."""
LIFETIME = timedelta(minutes=10050)
"""Just under seven days: Graph refuses more than 10,070 minutes, Google gives seven days."""
CALENDARS_OLD = timedelta(hours=1)
"""Which calendars there are is asked by the next poll after so long; "Sync now" asks at once."""
LEAD = timedelta(hours=24)
"""A channel is renewed so long before it expires: a day of outages is survived."""
STAGGER_HOURS = 12
"""The lead differs by up to so many hours, so that not all are renewed in one minute."""


def next_poll(now: datetime, fraction: float, *, pushed: bool) -> datetime:
    """Return when to ask anyway: a quarter sooner or later, so that not all come together.

    :param fraction: the random number, from 0 to 1; an argument, so that a test knows it.
    :param pushed: whether the provider tells of changes by itself.
    """
    return now + (POLL_WITH_PUSH if pushed else POLL_ALONE) * (0.75 + fraction / 2)


def is_old(listed_until: datetime, window_stop: datetime) -> bool:
    """Tell whether everything is to be listed again, to look as far ahead as now is wanted.

    :param listed_until: how far the cursor tells of changes.
    :param window_stop: how far is looked ahead now.
    """
    return window_stop - listed_until > REBASE


def renewal_lead(life: timedelta, number: int) -> timedelta:
    """Return how long before its end a channel is renewed.

    :param life: as the provider gave it; a third at most, as it may be hours instead of days.
    :param number: of the channel, by which they differ.
    """
    return min(LEAD + timedelta(hours=number % STAGGER_HOURS), life / 3)
