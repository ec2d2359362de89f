"""The sync as jobs of OCA's queue_job, run by its own runner in a server of two workers."""

from datetime import datetime, timedelta, timezone

import pytest

from . import synced
from .backoffice import BackOffice
from .synced import ANN

JOBS = "SELECT DISTINCT channel, state FROM queue_job WHERE identity_key LIKE 'immoassist%'"
DONE = [("root.immoassist_calendar_sync", "done")]
PUSHED = "SELECT provider, sum(pushed) FROM immoassist_calendar_sync_run GROUP BY 1 ORDER BY 1"
HERE = "SELECT count(*) FROM immoassist_appointment WHERE name = 'Dentist' AND source = 'google'"


@pytest.fixture(scope="module")
def sync():
    with synced.running(**synced.QUEUE) as found:
        yield found


def start(days):
    now = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
    return now + timedelta(days=days)


def test_a_brokers_change_reaches_both_calendars_through_jobs(sync):
    marie = BackOffice(sync.odoo.url, sync.odoo.database, "marie", "marie")
    before = dict(sync.odoo.sql(PUSHED))
    values = {"name": "Visit", "exclusive": False}
    values |= {"start": f"{start(60):%F %T}", "stop": f"{start(60) + timedelta(hours=1):%F %T}"}
    marie.call("immoassist.appointment", "create", [values])
    expected = [(name, before.get(name, 0) + 1) for name in ("google", "outlook")]
    sync.wait(PUSHED, expected)
    for side in (sync.sim.google, sync.sim.microsoft):
        place = side.find(ANN, "primary")[1].id
        shown = side.shown(ANN, place, start(59), start(61))
        assert [event["name"] for event in shown] == ["Visit"]
    sync.wait(JOBS, DONE)


def test_a_push_of_google_is_answered_by_a_job(sync):
    times = {"start": start(61), "stop": start(61) + timedelta(hours=1)}
    plain = {"name": "Dentist", **{key: moment.isoformat() for key, moment in times.items()}}
    sync.sim.google.put(ANN, ANN, sync.sim.google.from_plain(plain, "Europe/Paris"))
    sync.wait(HERE, [(1,)])
    sync.wait(JOBS, DONE)
