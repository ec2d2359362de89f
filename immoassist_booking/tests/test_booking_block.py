from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import BookingMixin
from .test_booking_protection import ProtectedCase


@tagged("post_install", "-at_install")
class TestBlocked(ProtectedCase):
    def block(self, value, kind="email", **values):
        values = {"kind": kind, "value": value, "company_id": self.company.id, **values}
        return self.env["immoassist.booking.block"].create(values)

    def assert_blocked(self, **form):
        answer = self.post(**form)
        self.assert_refused(answer, 403)
        self.assertIn("Please call us", answer.text)
        self.assertIn('href="tel:514555-0111"', answer.text)
        self.assertFalse(self.env["immoassist.booking.limit"].search([]))
        return answer

    def test_email(self):
        self.block("Claire@Example.com ", reason="Never comes")
        answer = self.assert_blocked(email="claire@example.com")
        self.assertNotIn("Never comes", answer.text)
        self.assert_blocked(email="CLAIRE+again@example.com")
        self.assertEqual(self.post(email="clara@example.com").status_code, 303)

    def test_domain(self):
        self.block("@example.com", "domain")
        self.assert_blocked(email="claire@example.com")
        self.assert_blocked(email="claire@mail.EXAMPLE.com")
        self.assertEqual(self.post(email="claire@notexample.com").status_code, 303)

    def test_address(self):
        self.block("198.51.100.0/24", "address")
        block = self.block("127.0.0.0/8", "address")
        self.assert_blocked()
        block.active = False
        self.assertEqual(self.post().status_code, 303)

    def test_of_another_agency(self):
        self.block("claire@example.com", company_id=self.other_company.id)
        self.assertEqual(self.post().status_code, 303)

    def test_in_french(self):
        self.block("claire@example.com")
        answer = self.post("/fr_CA" + self.page)
        self.assert_refused(answer, 403)
        self.assertIn("Veuillez nous appeler", answer.text)


@tagged("post_install", "-at_install")
class TestBlockList(BookingMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_pages()
        cls.attendee = (
            cls.env["immoassist.appointment"]
            .create(
                {
                    "name": "Visite",
                    "broker_id": cls.broker.id,
                    "start": "2027-03-01 15:00:00",
                    "attendee_ids": [(0, 0, {"name": "Ève", "email": "Eve@example.com"})],
                }
            )
            .attendee_ids
        )

    def test_from_the_appointment(self):
        blocks = self.env["immoassist.booking.block"].with_user(self.manager)
        action = self.attendee.with_user(self.manager).action_block()
        block = blocks.browse(action["res_id"])
        self.assertEqual((block.kind, block.value), ("email", "eve@example.com"))
        self.assertIn("Ève", block.reason)
        block.active = False
        self.attendee.with_user(self.manager).action_block()
        self.assertTrue(block.active)
        self.assertEqual(blocks.search_count([]), 1)

    def test_for_managers_only(self):
        with self.assertRaises(AccessError):
            self.attendee.with_user(self.broker).action_block()
        blocks = self.env["immoassist.booking.block"]
        for user in (self.broker, self.internal, self.env.ref("base.public_user")):
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(blocks.with_user(user).has_access(operation))
        other = blocks.create({"value": "x@example.com", "company_id": self.other_company.id})
        with self.assertRaises(AccessError):
            other.with_user(self.manager).read(["value"])

    @mute_logger("odoo.sql_db")
    def test_nonsense(self):
        blocks = self.env["immoassist.booking.block"]
        for kind, value in (
            ("email", "example.com"),
            ("domain", "a@example.com"),
            ("domain", "com"),
            ("address", "203.0.113.7/24"),
            ("address", "example.com"),
        ):
            with self.subTest(value=value), self.assertRaises(ValidationError):
                blocks.create({"kind": kind, "value": value})
