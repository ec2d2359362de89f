"""Whoever loses a race for a broker is run again at once: no worker sleeps meanwhile."""

import re

import pytest

from .client import Client, offered_times
from .races import at_the_same_moment

# What Odoo writes before it sleeps: a worker that sleeps serves nobody.
SLEEPS = re.compile(r"tries left, try again in")


@pytest.fixture(scope="module")
def days(odoo):
    """A free time of each of some days: all of them can be booked."""
    found = {start[:10]: start for start in offered_times(odoo.url)}
    return iter(list(found.values())[5:])


@pytest.fixture
def nobody_sleeps(odoo):
    before = odoo.log.stat().st_size
    yield
    assert not SLEEPS.findall(odoo.log.read_text()[before:])


def submitting(odoo, slot, name):
    client = Client(odoo.url, name)
    client.open_form(slot)
    return client.submit


def test_two_times_of_one_broker(odoo, marie, days, nobody_sleeps):
    submits = [submitting(odoo, next(days), name) for name in ("Ada", "Bob")]
    answers = at_the_same_moment(odoo, marie.uid, *submits)
    assert [answer.status_code for answer in answers] == [303, 303]


def test_one_time(odoo, marie, days, nobody_sleeps):
    slot = next(days)
    submits = [submitting(odoo, slot, name) for name in ("Carol", "Dan")]
    answers = at_the_same_moment(odoo, marie.uid, *submits)
    assert sorted(answer.status_code for answer in answers) == [303, 409]


def test_a_hold_and_a_booking(odoo, marie, days, nobody_sleeps):
    """The hold of a visitor takes the broker's turn as a booking does."""
    slot, other = next(days), next(days)
    visitor = Client(odoo.url, "Eve")
    visitor.open_form(slot)
    form = {"slot": slot, "csrf_token": visitor.form["csrf_token"], "page": "1"}
    hold = f"{odoo.url}{visitor.page}/hold"
    answers = at_the_same_moment(
        odoo,
        marie.uid,
        lambda: visitor.session.post(hold, data=form, timeout=60),
        submitting(odoo, other, "Frank"),
    )
    assert [answer.status_code for answer in answers] == [200, 303]
    assert answers[0].json() == {"held": True}
