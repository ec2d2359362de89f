"""Brokers whose calendars are to be the same as Odoo, and how that is seen from outside."""

from datetime import datetime, timedelta, timezone

from tests.e2e.synced import ANN
from tools.devkit import databases

from ._processes import until

# As if the five minutes of the lease of who was killed, and all pauses, were over.
TIME = """
    UPDATE immoassist_calendar_connection
       SET lease_until = NULL, not_before = NULL, next_sync = NULL, answered_at = NULL;
    UPDATE immoassist_calendar_link SET next_attempt = NULL, pushes = 0;
"""
BUSY = """
    SELECT (SELECT count(*) FROM immoassist_calendar_connection
             WHERE lease_until IS NOT NULL OR next_sync IS NULL OR failures > 0)
         + (SELECT count(*) FROM immoassist_calendar_link
             WHERE revision != synced_revision OR state != 'ok' OR unsettled)
         + (SELECT count(*) FROM immoassist_calendar_notification)
         + (SELECT count(*) FROM immoassist_calendar_source
             WHERE pull_wanted != pull_done AND import_mode != 'none')
"""
# The demo data was there before the calendars were connected.
HERE = """
    SELECT a.name, COALESCE(a.location, ''), a.start
      FROM immoassist_appointment a JOIN res_users u ON u.id = a.broker_id
     WHERE u.login = %s AND a.state != 'cancelled' AND a.id > %s AND a.source {}
"""
OURS = HERE.format("NOT IN ('google', 'outlook')")
IMPORTED = HERE.format("= %s")


def last_appointment(odoo):
    """The id of the newest appointment: those after it are of the test."""
    return odoo.sql("SELECT max(id) FROM immoassist_appointment")[0][0]


def places(sync, email=ANN):
    """The calendar that is kept the same, by side."""
    sides = (sync.sim.google, sync.sim.microsoft)
    return {side: side.find(email, "primary")[1].id for side in sides}


def enter(sync, number, start, email=ANN):
    """An event that the broker enters in each of the calendars."""
    for side, place in places(sync, email).items():
        times = {"start": start, "stop": start + timedelta(hours=1)}
        plain = {"name": f"Dentist {number}", **{k: v.isoformat() for k, v in times.items()}}
        side.put(email, place, side.from_plain(plain, "Europe/Paris"))


def wake(odoo):
    """Have the crons of every server look for work now."""
    databases.sql(odoo.connection, f"SELECT pg_notify('cron_trigger', '{odoo.database}')")


def quiet(odoo):
    """Wait until a poll of everything has nothing left to do."""
    odoo.sql(TIME)
    odoo.sql(
        "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT id, now() AT TIME ZONE"
        " 'UTC' FROM ir_cron WHERE cron_name LIKE 'Calendar sync%'"
    )
    # Called again and again: a worker that has just been started does not listen yet.
    until(lambda: odoo.sql(BUSY) == [(0,)] or wake(odoo), "everything to be done")


def assert_agreed(sync, odoo, since, login="marie", email=ANN):
    """Each appointment is in each calendar once, each event of a calendar is in Odoo once.

    :param odoo: a server that runs
    :param since: see :func:`last_appointment`
    """
    names = {sync.sim.google: "google", sync.sim.microsoft: "outlook"}
    ours = sorted(odoo.sql(OURS, (login, since)))
    assert len(set(ours)) == len(ours)
    for side, place in places(sync, email).items():
        now, day = datetime.now(timezone.utc), timedelta(days=1)
        shown = [
            (each["name"], each["location"], _naive(each["start"]))
            for each in side.shown(email, place, now - day, now + 300 * day)
            if not each["cancelled"]
        ]
        assert len(set(shown)) == len(shown), "nothing is doubled there"
        entered = sorted(each for each in shown if each[0].startswith("Dentist"))
        assert sorted(each for each in shown if each not in entered) == ours
        assert sorted(odoo.sql(IMPORTED, (login, since, names[side]))) == entered


def assert_nothing_to_do(sync, odoo):
    """One more poll writes nothing at a provider, and no provider has mailed anybody."""
    writes = sum(sync.sim.ledger.writes.values())
    quiet(odoo)
    assert sum(sync.sim.ledger.writes.values()) == writes, "a run when nothing changed"
    assert not sync.sim.ledger.mails


def _naive(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(tzinfo=None)
