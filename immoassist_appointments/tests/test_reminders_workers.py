import threading
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from .test_reminders import CRON, SENDING, START, RemindersCase


class TestStatements(RemindersCase):
    def statements_for(self, due):
        """SQL statements of the cron for so many due reminders, of brokers and guests."""
        languages = ("fr_FR", "Europe/Paris"), ("en_US", "America/Toronto")
        guests = [
            {"name": "Ada", "email": f"ada{number}@client.example", "lang": lang, "tz": zone}
            for number in range(due // 2)
            for lang, zone in [languages[number % 2]]
        ]
        with freeze_time(START - timedelta(days=7)):
            self.env["immoassist.appointment"].create(
                [
                    {
                        "name": f"Visit of {guest['email']}",
                        "broker_id": self.marie.id,
                        "start": START,
                        "exclusive": False,
                        "attendee_ids": [Command.create(guest)],
                    }
                    for guest in guests
                ]
            )
        before = self.cr.sql_log_count
        sent = self.cron_at(START - timedelta(hours=24))
        self.assertEqual(len(sent), due)
        return self.cr.sql_log_count - before

    def test_statements_are_shared_by_the_batch(self):
        """200 due reminders, in four batches."""
        self.assertLessEqual(self.statements_for(200) / 200, 1)

    def test_statements_do_not_grow_with_the_reminders_of_a_batch(self):
        self.statements_for(10)  # fills the caches
        few, many = self.statements_for(10), self.statements_for(50)
        self.assertLessEqual(many, few)
        self.assertLessEqual(many / 50, 1.5)


@tagged("post_install", "-at_install")
class TestWorkers(TransactionCase):
    """Several real connections: what is made here is committed, and removed afterwards."""

    APPOINTMENTS, ATTENDEES = 12, 5

    def setUp(self):
        super().setUp()
        self.addCleanup(self.clean_up)
        with self.connection() as env:
            self.last_mail = env["mail.mail"].search([], order="id desc", limit=1).id or 0
            self.last_trigger = env["ir.cron.trigger"].search([], order="id desc", limit=1).id or 0
        # Due half an hour ago by the real clock, booked three hours ago.
        now = fields.Datetime.now()
        with freeze_time(now - timedelta(hours=3)), self.connection() as env:
            self.ids = self.make(env, now + timedelta(minutes=30)).ids

    def connection(self):
        """A new transaction, committed at its end."""
        return _Connection(self.env.cr.dbname)

    def make(self, env, start):
        guests = [
            Command.create({"name": f"Guest {number}", "email": f"guest{number}@client.example"})
            for number in range(self.ATTENDEES)
        ]
        values = {
            "name": "Visit of many",
            "broker_id": env.ref("base.user_admin").id,
            "start": start,
            "exclusive": False,
            "attendee_ids": guests,
        }
        return env["immoassist.appointment"].create([values] * self.APPOINTMENTS)

    def clean_up(self):
        with self.connection() as env:
            env["immoassist.appointment"].search([("name", "=", "Visit of many")]).unlink()
            env["mail.mail"].search([("id", ">", self.last_mail)]).unlink()
            env["ir.cron.trigger"].search([("id", ">", self.last_trigger)]).unlink()

    def rows(self, env):
        domain = [("appointment_id", "in", self.ids), ("minutes_before", "=", 60)]
        return env["immoassist.appointment.reminder"].search(domain)

    def mailed(self, env):
        """Ids of the rows that have a mail, as often as they have one."""
        mails = env["mail.mail"].search([("model", "=", "immoassist.appointment.reminder")])
        return sorted(id_ for id_ in mails.mapped("res_id") if id_ in self.rows(env).ids)

    def assert_each_sent_once(self):
        with self.connection() as env:
            rows = self.rows(env)
            self.assertGreaterEqual(len(rows), self.APPOINTMENTS * self.ATTENDEES)
            self.assertEqual(set(rows.mapped("state")), {"sent"})
            self.assertEqual(self.mailed(env), sorted(rows.ids))

    def run_at_once(self, *jobs):
        """Run the jobs in threads that start together; raise what they raise."""
        barrier, errors = threading.Barrier(len(jobs)), []

        def run(job):
            try:
                barrier.wait()
                job()
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=[job]) for job in jobs]
        # The tests run with the lock of the registries held; a new environment needs it too.
        with patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        self.assertFalse([thread for thread in threads if thread.is_alive()])
        self.assertFalse(errors)

    def send(self):
        with self.connection() as env:
            env["immoassist.appointment.reminder"]._cron_send()

    def test_three_workers_at_once(self):
        with patch(f"{SENDING}.BATCH", 4):
            self.run_at_once(self.send, self.send, self.send)
        self.assert_each_sent_once()

    def test_a_worker_takes_what_another_has_not_locked(self):
        with patch(f"{SENDING}.BATCH", 10), self.connection() as one:
            mine = one["immoassist.appointment.reminder"]._claim()
            with self.connection() as two:
                theirs = two["immoassist.appointment.reminder"]._claim()
                self.assertEqual((len(mine), len(theirs)), (10, 10))
                self.assertFalse(set(mine.ids) & set(theirs.ids))

    def test_a_worker_with_an_old_snapshot_sends_nothing_again(self):
        with self.connection() as late:
            late.cr.execute("SELECT 1 FROM immoassist_appointment_reminder")
            self.send()
            late["immoassist.appointment.reminder"]._cron_send()
        self.assert_each_sent_once()

    def test_a_worker_that_dies_before_its_commit_leaves_nothing(self):
        with self.connection() as env:
            env["immoassist.appointment.reminder"]._claim()._process()
            env.cr.rollback()
        with self.connection() as env:
            self.assertEqual(set(self.rows(env).mapped("state")), {"planned"})
            self.assertFalse(self.mailed(env))
        self.send()
        self.assert_each_sent_once()

    def test_a_move_at_the_moment_of_sending_runs_again_and_loses_nothing(self):
        later = fields.Datetime.now() + timedelta(days=3)
        claimed = threading.Event()

        def move():
            with self.connection() as env:
                appointments = env["immoassist.appointment"].browse(self.ids)
                appointments.mapped("name")  # the snapshot is older than the sending
                claimed.wait(20)
                retrying(partial(appointments.write, {"start": later}), env)

        def send():
            with self.connection() as env:
                rows = env["immoassist.appointment.reminder"]._claim()
                claimed.set()
                rows._process()

        with patch("odoo.service.model.random.uniform", return_value=0):
            self.run_at_once(move, send)
        with self.connection() as env:
            rows = self.rows(env)
            sent = rows.filtered(lambda row: row.state == "sent")
            planned = rows - sent
            self.assertEqual(self.mailed(env), sorted(sent.ids))
            self.assertEqual(set(planned.mapped("start")), {later})
            everybody = len(env["immoassist.appointment"].browse(self.ids).attendee_ids)
            self.assertGreaterEqual(len(planned), everybody)

    def test_an_answer_at_the_moment_of_confirming_is_not_lost(self):
        """Neither transaction sees the other: without the guard, Zoe would get no reminder."""
        with self.connection() as env:
            env["immoassist.appointment"].browse(self.ids).state = "pending"
        with self.connection() as one:
            visit = one["immoassist.appointment"].browse(self.ids[0])
            visit.mapped("attendee_ids.name")  # the snapshot is older than Zoe
            with self.connection() as two:
                two["immoassist.appointment.attendee"].create(
                    {"name": "Zoe", "email": "zoe@client.example", "appointment_id": visit.id}
                )
            start = fields.Datetime.now() + timedelta(days=3)
            confirm = {"state": "confirmed", "start": start}
            with patch("odoo.service.model.random.uniform", return_value=0):
                retrying(partial(visit.write, confirm), one)
        with self.connection() as env:
            visit = env["immoassist.appointment"].browse(self.ids[0])
            self.assertIn("Zoe", visit.reminder_ids.mapped("recipient_name"))

    def test_the_cron_itself(self):
        with self.connection() as env:
            self.assertIs(env.ref(CRON).method_direct_trigger(), True)
        self.assert_each_sent_once()


class _Connection:
    def __init__(self, database):
        self.cursor = db_connect(database).cursor()

    def __enter__(self):
        return api.Environment(self.cursor, SUPERUSER_ID, {})

    def __exit__(self, kind, *_rest):
        if kind is None:
            self.cursor.commit()
        self.cursor.close()
