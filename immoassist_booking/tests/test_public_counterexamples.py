"""Requests that `test_public_fuzz` found, by name."""

from odoo.tests import tagged

from .public_routes import PublicRoutesCase


@tagged("post_install", "-at_install")
class TestPublicCounterexamples(PublicRoutesCase):
    def test_a_robot_gets_its_page_when_they_meet_by_phone(self):
        """Whose zone counts there: the trap of such a form was an error of the server."""
        path = "/book/marie-tremblay/signature"
        for website in ("x" * 3000, "https://spam.example.com"):
            before = self.content()
            answer = self.post(path, slot="2027-03-02T14:00:00Z", website=website)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("Your request is sent", answer.text)
            self.assertEqual(self.content(), before)
