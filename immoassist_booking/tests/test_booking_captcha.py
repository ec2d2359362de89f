from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_booking_protection import ProtectedCase

GOOGLE = "odoo.addons.google_recaptcha.models.ir_http"


@tagged("post_install", "-at_install")
class TestCaptcha(ProtectedCase):
    """Odoo's own one, which only asks Google; Cloudflare: `tests/e2e/test_turnstile.py`."""

    def set_up(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("recaptcha_public_key", "public")
        parameters.set_param("recaptcha_private_key", "private")
        parameters.set_param("recaptcha_min_score", "0.5")

    def google(self, **answer):
        """Google answers so; what it was asked."""
        post = self.enterContext(patch(f"{GOOGLE}.requests.post"))
        post.return_value.json.return_value = answer
        self.enterContext(mute_logger(GOOGLE))
        return post

    def test_not_set_up(self):
        page = self.get(self.page, slot=self.slot).text
        self.assertNotIn("data-captcha", page)
        self.assertNotIn("not a robot", page)
        self.assertEqual(self.post().status_code, 303)

    def test_form(self):
        self.set_up()
        page = self.get(self.page, slot=self.slot).text
        self.assertIn('data-captcha="immoassist_booking"', page)
        self.assertRegex(page, r"<noscript>\s*<p[^>]*>This form checks that you are not a robot")

    def test_nothing_to_send(self):
        """Without a time there is no button, and Turnstile's script would look for it in vain."""
        self.set_up()
        self.broker.resource_ids.calendar_id.attendance_ids.unlink()
        page = self.get(self.page, slot=self.slot)
        self.assertEqual(page.status_code, 409)
        self.assertNotIn("Your details", page.text)
        self.assertNotIn("data-captcha", page.text)

    def test_without_javascript(self):
        self.set_up()
        post = self.google(success=False, **{"error-codes": ["missing-input-response"]})
        answer = self.post(note="typed with care")
        self.assert_refused(answer, 422)
        self.assertIn("needs JavaScript", answer.text)
        self.assertIn("typed with care", answer.text)
        self.assertIs(post.call_args[0][1]["response"], False)

    def test_person(self):
        self.set_up()
        post = self.google(success=True, action="immoassist_booking", score=0.9)
        answer = self.post(recaptcha_token_response="of the browser")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(post.call_args[0][1]["response"], "of the browser")

    def test_robot(self):
        self.set_up()
        self.google(success=True, action="immoassist_booking", score=0.1)
        self.assert_refused(self.post(recaptcha_token_response="x"), 422)
