import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.immoassist_appointments import signing
from odoo.addons.immoassist_appointments.exceptions import SlotNotAvailable
from odoo.addons.immoassist_appointments.tests.test_concurrency import ADA, CommittedCase

from ..exceptions import BookingRefused


@tagged("post_install", "-at_install")
class TestGuardsOfTwoWorkers(CommittedCase):
    """Real cursors: what two workers do at the same moment."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget)

    def forget(self):
        with self.connection.cursor() as cr:
            for table in ("limit", "code", "hold"):
                cr.execute(f"DELETE FROM immoassist_booking_{table}")  # noqa: S608 - from this list
            cr.execute("UPDATE res_company SET booking_limit_open = 3 WHERE booking_limit_open = 1")

    def keep(self, env, visitor):
        hold = env["immoassist.booking.hold"]._keep(
            visitor,
            env["res.users"].browse(self.brokers[0]),
            env["immoassist.appointment.type"].browse(self.type_id),
            self.start,
        )
        env.cr.flush()
        return hold

    def assert_runs_again(self, env, action):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
            action()
        env.cr.rollback()

    def test_two_hold_one_time(self):
        first, second = self.open(), self.open()
        self.keep(first, "ada")
        first.cr.commit()
        self.assert_runs_again(second, lambda: self.keep(second, "bob"))
        with self.assertRaises(SlotNotAvailable) as caught:
            self.keep(second, "bob")
        self.assertEqual(len(caught.exception.nearest), 3)

    def test_one_holds_and_one_books(self):
        first, second = self.open(), self.open()
        self.keep(first, "ada")
        first.cr.commit()
        self.assert_runs_again(second, lambda: self.book(second))
        with self.assertRaises(SlotNotAvailable):
            self.book(second)
        second.cr.rollback()
        own = self.open()
        self.book(own(context={"booking_visitor": "ada"}))
        own.cr.commit()
        self.assertEqual(self.count(), 1)

    def test_one_books_and_one_holds(self):
        first, second = self.open(), self.open()
        self.book(first)
        first.cr.commit()
        self.assert_runs_again(second, lambda: self.keep(second, "bob"))
        with self.assertRaises(SlotNotAvailable):
            self.keep(second, "bob")

    def test_one_mailbox_with_two_brokers(self):
        """Not more open bookings than may be, though nothing else is the same."""
        setting = self.open()
        company = setting["res.users"].browse(self.brokers[0]).company_id
        company.booking_limit_open = 1
        setting.cr.commit()

        def book(env, broker):
            protection = env["immoassist.booking.protection"]
            protection._check_open(env["res.company"].browse(company.id), ADA.email)
            self.book(env, broker)

        first, second = self.open(), self.open()
        book(first, 0)
        first.cr.commit()
        self.assert_runs_again(second, lambda: book(second, 1))
        with self.assertRaises(BookingRefused):
            book(second, 1)
        self.assertEqual(self.count(), 1)

    def test_a_code_is_good_once(self):
        setting = self.open()
        codes = setting["immoassist.booking.code"]
        ticket = codes._send(setting["res.users"].browse(self.brokers[0]), ADA.email, "ada")
        number = signing.read(setting, "code", ticket)["code"]
        row = codes.browse(number)
        row.digest = codes._digest(row.key, "123456")
        setting.cr.commit()
        first, second = self.open(), self.open()
        found = [
            env["immoassist.booking.code"]._check(ticket, ADA.email, "ada", "123456")
            for env in (first, second)
        ]
        self.assertEqual(found, ["right", "dead"])

    def test_attempts_count_though_the_request_is_rolled_back(self):
        setting = self.open()
        codes = setting["immoassist.booking.code"]
        ticket = codes._send(setting["res.users"].browse(self.brokers[0]), ADA.email, "ada")
        row = codes.browse(signing.read(setting, "code", ticket)["code"])
        row.digest = codes._digest(row.key, "123456")
        setting.cr.commit()
        found = []
        for typed in ("1", "2", "3", "4", "5", "123456"):
            env = self.open()
            found.append(env["immoassist.booking.code"]._check(ticket, ADA.email, "ada", typed))
            env.cr.rollback()
        self.assertEqual(found, ["wrong"] * 4 + ["dead"] * 2)
