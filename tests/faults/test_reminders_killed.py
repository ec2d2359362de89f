"""Odoo is killed (kill -9) while its cron sends reminders. Needs a real Odoo and takes a minute:
run it with pytest in the environment of the tools, like tests/e2e.
"""

import contextlib
import os
import time

import pytest

from tools.devkit import databases, odoo_cmd, server

APPOINTMENTS, GUESTS = 60, 9
ROWS = APPOINTMENTS * (GUESTS + 1)
REMINDED = "model = 'immoassist.appointment.reminder'"

# Booked three hours ago, to begin in half an hour: the reminder of one hour is late by half an
# hour. The clock of Odoo is the real one when they are sent.
PREPARE = f"""
from datetime import timedelta
from freezegun import freeze_time
from odoo import fields
now = fields.Datetime.now()
env.ref("base.user_admin").partner_id.email = "broker@agency.example"
with freeze_time(now - timedelta(hours=3)):
    env["immoassist.appointment"].create([
        {{
            "name": "Visit", "exclusive": False, "broker_id": env.ref("base.user_admin").id,
            "start": now + timedelta(minutes=30),
            "attendee_ids": [
                (0, 0, {{"name": f"Guest {{n}}", "email": f"guest{{n}}@client.example"}})
                for n in range({GUESTS})
            ],
        }}
        for _ in range({APPOINTMENTS})
    ])
env["ir.cron"].search([
    ("id", "!=", env.ref("immoassist_appointments.ir_cron_reminders").id)
]).active = False
env.cr.commit()
"""

# PostgreSQL holds a batch whose mails are made and whose rows are marked, as long as the test has
# the lock.
HOLD = """
CREATE FUNCTION hold() RETURNS trigger AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER hold AFTER UPDATE ON immoassist_appointment_reminder
    FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION hold();
"""


@pytest.fixture
def odoo():
    """A server of one process whose cron works, with late reminders waiting for it.

    No cron runs while they are made, and no mail leaves: what is queued stays to be counted.
    """
    with server.running(workers=0, options=("--max-cron-threads=0",)) as running:
        running.shell(PREPARE)
        running.stop()
        running.options = tuple(o for o in running.options if "cron" not in o)
        running.options += ("--max-cron-threads=1",)
        yield running


def kill(odoo):
    """End the server as the kernel would: no clean-up, no rollback of its own."""
    os.kill(odoo.process.pid, 9)
    odoo_cmd.end(odoo.process)
    odoo.process = None


def start(odoo):
    """Start the server, and have its cron look for work now instead of in a minute."""
    odoo.start()
    due = sent(odoo)
    # The web answers before the cron listens, and a call that nobody heard is lost: call again.
    until(lambda: wake(odoo) or waiting(odoo) or sent(odoo) > due, "the cron to begin")


def wake(odoo):
    databases.sql(odoo.connection, f"SELECT pg_notify('cron_trigger', '{odoo.database}')")


def until(condition, what, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def sent(odoo):
    return odoo.sql(
        "SELECT count(*) FROM immoassist_appointment_reminder"
        " WHERE minutes_before = 60 AND state = 'sent'"
    )[0][0]


def mailed(odoo):
    """How many reminders were mailed, and how many mails they got together."""
    query = f"SELECT count(DISTINCT res_id), count(*) FROM mail_message WHERE {REMINDED}"  # noqa: S608 (a constant)
    return odoo.sql(query)[0]


def queued(odoo):
    """How many of them wait for the mail server; invitations wait there too."""
    query = (
        "SELECT count(*) FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id"  # noqa: S608 (a constant)
        f" WHERE q.state = 'outgoing' AND m.{REMINDED}"
    )
    return odoo.sql(query)[0][0]


def assert_whole(odoo):
    """Every row that is marked sent has one mail, and no other row has any."""
    done = sent(odoo)
    assert mailed(odoo) == (done, done)
    assert queued(odoo) == done
    return done


def test_killed_between_the_mails_and_the_commit(odoo):
    with contextlib.closing(odoo.connect()) as blocker, blocker.cursor() as cursor:
        odoo.sql(HOLD)
        cursor.execute("SELECT pg_advisory_lock(1)")
        start(odoo)
        until(lambda: waiting(odoo), "a batch that is about to be committed")
        kill(odoo)
        assert sent(odoo) == 0
    # Let go, PostgreSQL finds that nobody is there to commit.
    until(lambda: not connections(odoo), "PostgreSQL to see that Odoo is dead")
    assert assert_whole(odoo) == 0
    start(odoo)
    until(lambda: sent(odoo) == ROWS, "the rest to be sent")
    assert assert_whole(odoo) == ROWS


def waiting(odoo):
    return odoo.sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event = 'advisory'"
    )


def connections(odoo):
    return odoo.sql(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'odoo%'"
    )


def test_killed_again_and_again(odoo):
    before = 0
    for _time in range(2):
        start(odoo)
        until(lambda: sent(odoo) > before, "some progress")  # noqa: B023 (called at once)
        kill(odoo)
        until(lambda: not connections(odoo), "PostgreSQL to see that Odoo is dead")
        before = assert_whole(odoo)
    assert 0 < before < ROWS, "killed in the middle of the work"
    start(odoo)
    until(lambda: sent(odoo) == ROWS, "the rest to be sent")
    assert assert_whole(odoo) == ROWS
