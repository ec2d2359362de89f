import psycopg2

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from .common import BookingMixin


@tagged("post_install", "-at_install")
class TestBookingUsername(BookingMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_pages()

    def test_refused(self):
        for name in ("ab", "a" * 41, "Marie", "a_b_c", "slots", "confirmation", "é-ab", "a\x0bb"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.broker.booking_username = name

    def test_unique(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.paris.booking_username = "marie-tremblay"
            self.env.flush_all()

    def test_publishing_needs_a_name(self):
        with self.assertRaisesRegex(ValidationError, "marie-tremblay"):
            self.broker.booking_username = " "

    def test_several_without_a_name(self):
        (self.broker | self.paris).write({"booking_username": "", "booking_published": False})
        self.env.flush_all()
        self.assertFalse(self.broker.booking_url)

    def test_a_name_is_proposed(self):
        other = self.make_user(
            "homonyme", "immoassist_appointments.group_broker", name="Marie Tremblay"
        )
        view = "base.view_users_form_simple_modif"
        with Form(other.with_user(other), view=view) as form:
            form.booking_published = True
            self.assertEqual(form.booking_username, "marie-tremblay-2")
        self.assertTrue(other.booking_published)
        self.assertTrue(other.booking_url.endswith("/book/marie-tremblay-2"))

    def test_a_former_name_is_kept_for_its_broker(self):
        self.broker.booking_username = "marie-t"
        with self.assertRaisesRegex(ValidationError, "another broker"), self.cr.savepoint():
            self.paris.booking_username = "marie-tremblay"
        homonym = self.make_user(
            "homonyme", "immoassist_appointments.group_broker", name="Marie Tremblay"
        )
        self.assertEqual(homonym._propose_booking_username(), "marie-tremblay-2")
        self.broker.booking_username = "marie-tremblay"
        kept = self.env["immoassist.booking.alias"].search([("user_id", "=", self.broker.id)])
        self.assertEqual(kept.mapped("username"), ["marie-t"])

    def test_one_edits_his_own(self):
        self.broker.with_user(self.broker).booking_username = "marie-t"
        self.assertEqual(self.broker.booking_username, "marie-t")
        with self.assertRaises(AccessError):
            self.paris.with_user(self.broker).booking_username = "stolen"

    def test_only_brokers(self):
        with self.assertRaisesRegex(ValidationError, "broker"):
            self.internal.with_user(self.internal).booking_username = "squatter"
