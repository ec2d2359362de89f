import threading
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import partial
from unittest.mock import patch

import psycopg2

from odoo import Command, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..exceptions import SlotNotAvailable
from ..models.immoassist_appointment_booking import Guest
from .common import BROKER, QUIET

ADA = Guest(name="Ada Byron", email="ada@example.com")
THREADS = 6


class CommittedCase(BaseCase):
    """Real cursors, and data that is really committed: two transactions see each other's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.connection = db_connect(get_db_name())
        # Next week at 10:00 UTC: always in the future, always within the horizon.
        today = datetime.now(timezone.utc).replace(hour=10, minute=0, second=0, microsecond=0)
        cls.start = today + timedelta(days=7)
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, QUIET)
            cls.last_trigger = env["ir.cron.trigger"].search([], order="id desc", limit=1).id
            cls.brokers = [cls.make_broker(env, name) for name in ("un", "deux")]
            cls.type_id = cls.make_type(env)
            cr.commit()  # pylint: disable=invalid-commit  # what this test is about
        cls.addClassCleanup(cls.remove_all)

    @classmethod
    def make_broker(cls, env, name):
        broker = env["res.users"].create(
            {
                "name": f"Concurrence {name}",
                "login": f"appt_concurrence_{name}",
                "email": f"{name}@agence.example.com",
                "tz": "UTC",
                "group_ids": [Command.set(env.ref(BROKER).ids)],
            }
        )
        broker.resource_ids.calendar_id.attendance_ids = [
            Command.clear(),
            *(
                Command.create({"name": "x", "dayofweek": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ),
        ]
        return broker.id

    @classmethod
    def make_type(cls, env):
        values = {"name": "Concurrence", "slug": "concurrence", "location_kind": "phone"}
        return env["immoassist.appointment.type"].create(values | {"min_notice_hours": 0}).id

    def setUp(self):
        super().setUp()
        self.addCleanup(self.remove_appointments)

    @classmethod
    def remove_appointments(cls):
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            ours = [("broker_id", "in", cls.brokers)]
            env["immoassist.appointment"].search(ours).unlink()
            # The mails are about the attendee or the appointment; both are gone now.
            env["mail.mail"].search([("model", "=like", "immoassist.appointment%")]).unlink()
            meetings = env["calendar.event"].with_context(active_test=False)
            meetings.search([("user_id", "in", cls.brokers)]).unlink()
            env["immoassist.booking.guard"].search(ours).unlink()
            cr.commit()  # pylint: disable=invalid-commit  # what this test is about

    @classmethod
    def remove_all(cls):
        with cls.connection.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            users = env["res.users"].browse(cls.brokers)
            partners, resources = users.partner_id, users.resource_ids
            calendars = resources.calendar_id
            resources.unlink()
            calendars.unlink()
            env["immoassist.appointment.type"].browse(cls.type_id).unlink()
            env["ir.cron.trigger"].search([("id", ">", cls.last_trigger)]).unlink()
            users.unlink()
            partners.unlink()
            cr.commit()  # pylint: disable=invalid-commit  # what this test is about

    def open(self):
        """An environment of its own transaction, whose view of the data begins now."""
        cr = self.enterContext(closing(self.connection.cursor()))
        cr.execute("SELECT 1")
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def book(self, env, broker=0, hours=0):
        appointment = env["immoassist.appointment"]._book(
            env["res.users"].browse(self.brokers[broker]),
            env["immoassist.appointment.type"].browse(self.type_id),
            self.start + timedelta(hours=hours),
            ADA,
        )
        env.cr.flush()
        return appointment

    def plan(self, env, broker=0, **values):
        start = self.start.replace(tzinfo=None)
        values = {"name": "x", "broker_id": self.brokers[broker], "start": start, **values}
        appointment = env["immoassist.appointment"].create(values)
        env.cr.flush()
        return appointment

    def race(self, clients):
        """Let so many clients want the same time at the same moment.

        :return: "booked" or the name of the error, of each, sorted
        """
        barrier, results = threading.Barrier(clients), {}

        def one(number):
            barrier.wait(30)
            with closing(self.connection.cursor()) as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                try:
                    retrying(partial(self.book, env), env)
                except Exception as error:  # of a thread: the test looks at what became of each
                    cr.rollback()
                    results[number] = type(error).__name__
                else:
                    results[number] = "booked"

        threads = [
            threading.Thread(target=one, args=[number], daemon=True) for number in range(clients)
        ]
        # The thread that runs the tests holds the lock of the registries as long as they run.
        with patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        return sorted(results.values())

    def count(self):
        with self.connection.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM immoassist_appointment WHERE broker_id = ANY(%s)",
                [self.brokers],
            )
            return cr.fetchone()[0]


@tagged("post_install", "-at_install")
class TestTwoTransactions(CommittedCase):
    def assert_loses(self, env, action):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
            action(env)
        env.cr.rollback()

    def test_second_booking_of_the_very_first_slot(self):
        """Also when neither broker nor guard was ever touched before."""
        first, second = self.open(), self.open()
        self.book(first)
        first.cr.commit()
        self.assert_loses(second, self.book)
        with self.assertRaises(SlotNotAvailable) as caught:
            self.book(second)
        self.assertEqual(len(caught.exception.nearest), 3)
        self.assertEqual(self.count(), 1)

    def test_second_booking_when_the_guard_exists(self):
        warm = self.open()
        self.book(warm, hours=30)
        warm.cr.commit()
        first, second = self.open(), self.open()
        self.book(first)
        first.cr.commit()
        self.assert_loses(second, self.book)
        with self.assertRaises(SlotNotAvailable):
            self.book(second)
        self.assertEqual(self.count(), 2)

    def test_backend_against_website(self):
        first, second = self.open(), self.open()
        self.plan(first)
        first.cr.commit()
        self.assert_loses(second, self.book)
        with self.assertRaises(SlotNotAvailable):
            self.book(second)

    def test_website_against_backend(self):
        first, second = self.open(), self.open()
        self.book(first)
        first.cr.commit()
        self.assert_loses(second, self.plan)
        with self.assertRaisesRegex(Exception, "already"):
            self.plan(second)

    def test_every_change_of_busy_time_takes_the_guard(self):
        start = self.start.replace(tzinfo=None)
        changes = (
            {"start": start},
            {"stop": start + timedelta(hours=40)},
            {"duration": 50},
            {"allday": True},
            {"state": "confirmed"},
            {"broker_id": self.brokers[0]},
            {"exclusive": True},
            {"type_id": self.type_id},
        )
        for values in changes:
            with self.subTest(values=values):
                setup = self.open()
                other = self.plan(setup, broker=1, start=start + timedelta(hours=30))
                setup.cr.commit()
                first, second = self.open(), self.open()
                broker = 0 if "broker_id" in values else 1
                self.book(first, broker=broker)
                first.cr.commit()
                self.assert_loses(second, lambda env, o=other, v=values: self.change(env, o, v))
                self.remove_appointments()

    def change(self, env, appointment, values):
        appointment.with_env(env).write(values)
        env.cr.flush()

    def test_different_brokers_do_not_disturb_each_other(self):
        first, second = self.open(), self.open()
        self.book(first, broker=0)
        first.cr.commit()
        self.book(second, broker=1)
        second.cr.commit()
        self.assertEqual(self.count(), 2)

    def test_refused_booking_does_not_disturb_the_next(self):
        first = self.open()
        with self.assertRaises(SlotNotAvailable):
            self.book(first, hours=0.25)
        first.cr.rollback()
        second = self.open()
        self.book(second)
        second.cr.commit()
        self.assertEqual(self.count(), 1)

    def test_database_alone_refuses_two(self):
        """Two INSERTs that know nothing of guard or ORM."""
        query = """
            INSERT INTO immoassist_appointment
                   (name, start, stop, busy_start, busy_stop, exclusive, state, source, show_as,
                    broker_id, company_id)
            SELECT 'x', %(start)s, %(stop)s, %(start)s, %(stop)s, TRUE, 'confirmed', 'backend',
                   'busy', %(broker)s, company_id FROM res_users WHERE id = %(broker)s
        """
        values = {"start": self.start, "stop": self.start + timedelta(hours=1)}
        first, second = self.open(), self.open()
        for env in (first, second):
            env.cr.execute("SET LOCAL timezone = 'UTC'")
        first.cr.execute(query, {**values, "broker": self.brokers[0]})
        first.cr.commit()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ExclusionViolation),
        ):
            second.cr.execute(query, {**values, "broker": self.brokers[0]})
            second.cr.commit()
        second.cr.rollback()
        self.assertEqual(self.count(), 1)


@tagged("post_install", "-at_install")
class TestThreads(CommittedCase):
    @mute_logger("odoo.sql_db")
    def test_one_of_many_wins(self):
        losers = ["SlotNotAvailable"] * (THREADS - 1)
        self.assertEqual(self.race(THREADS), [*losers, "booked"])
        self.assertEqual(self.count(), 1)
