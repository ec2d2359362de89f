from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingPresentation(BookingHttpCase):
    def test_on_the_page(self):
        self.broker.write(
            {"booking_bio": "Fifteen years\n<b>here</b>", "booking_languages": "Français, English"}
        )
        self.broker.update_field_translations("booking_bio", {"fr_CA": "Quinze ans ici"})
        page = self.get("/book/marie-tremblay").text
        self.assertIn("Fifteen years\n&lt;b&gt;here", page)
        self.assertIn("Français, English", page)
        self.assertIn("Français, English", self.get("/book").text)
        self.assertIn("Quinze ans ici", self.get("/fr_CA/book/marie-tremblay").text)

    def test_one_writes_his_own(self):
        view = "base.view_users_form_simple_modif"
        with Form(self.broker.with_user(self.broker), view=view) as form:
            form.booking_bio = "Hello"
            form.booking_languages = "English"
        self.assertEqual(self.broker.booking_bio, "Hello")
        with self.assertRaises(AccessError):
            self.paris.with_user(self.broker).booking_bio = "Not me"

    def test_not_a_novel(self):
        with self.assertRaisesRegex(ValidationError, "at most 1000"):
            self.broker.booking_bio = "x" * 1001
