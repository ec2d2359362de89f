"""The model of a month of sync, by which `make bench BENCH=quota` adds up requests."""

from datetime import datetime, timedelta, timezone
from random import Random

from tests.bench import _quota_model as model

MONDAY = datetime(2027, 3, 1, tzinfo=timezone.utc)
QUIET = model.Use(odoo=0, provider=0, events=5_000)


def test_who_does_nothing_is_polled_every_quarter_of_an_hour_and_renewed_once_a_week():
    found = model.month(model.GOOGLE, QUIET, brokers=3, begin=MONDAY, days=28)
    pulls = found.kinds["pull"] / 3 / 28
    assert 94 < pulls < 98
    # Listed each week in two pages and with the marks, registered anew after five to six days.
    assert found.kinds["listing"] == 3 * 4 * 3
    assert 3 * 4 * 2 <= found.kinds["channel"] <= 3 * 5 * 2
    assert not found.kinds["write"]


def test_each_change_is_written_or_pulled_and_both_are_told():
    use = model.Use(odoo=3, provider=2)
    broker = model.Broker(model.OUTLOOK, use, 1, MONDAY)
    broker.live(model.changes(use, MONDAY, 7, Random(1)))
    kinds = [kind for _moment, kind, _requests in broker.asked]
    assert kinds.count("write") == 3 * 5
    idle = model.Broker(model.OUTLOOK, QUIET, 1, MONDAY)
    idle.live(model.changes(QUIET, MONDAY, 7, Random(1)))
    told = 2 * 5 * (3 + 2)
    more = kinds.count("pull") - [kind for _m, kind, _r in idle.asked].count("pull")
    # Each of these runs puts the next poll off, by a quarter of an hour at most.
    assert told / 2 < more <= told
    assert broker.asked[-1][0] < MONDAY + timedelta(days=7)


def test_a_crowd_within_the_quota_waits_for_nothing_and_a_larger_one_until_all_are_served():
    assert model.crowd(100, 100, Random(1)) == (0, 0.0)
    refused, longest = model.crowd(250, 100, Random(1))
    assert refused > 150
    assert 60 < longest < 3600
