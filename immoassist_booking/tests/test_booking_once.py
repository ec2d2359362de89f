from odoo.tests import tagged

from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingOnce(BookingHttpCase):
    """One form, sent twice, is one booking; for its own browser, and for nobody else."""

    def test_the_same_form_twice(self):
        first = self.post()
        second = self.post(email="Claire@Example.com")
        self.assertEqual((first.status_code, second.status_code), (303, 303))
        self.assertEqual(len(self.appointments()), 1)
        page = self.url_open(second.headers["Location"]).text
        self.assertIn("It is confirmed", page)
        self.assertEqual(len(self.env["mail.mail"].search([("email_to", "ilike", "claire@")])), 1)

    def test_another_person_time_or_browser(self):
        self.post()
        self.assert_refused(self.post(email="else@example.com"), 409, before=1)
        self.assertEqual(self.post(slot="2027-03-02T14:00:00Z").status_code, 303)
        self.assertEqual(len(self.appointments()), 2)
        self.opener.cookies.pop("session_id")
        stranger = self.post()
        self.assert_refused(stranger, 409, before=2)
        self.assertNotIn("token=", stranger.text.replace("csrf_token", ""))

    def test_after_cancelling_or_moving_the_time_is_free_again(self):
        self.post()
        appointment = self.appointments()
        appointment.write({"start": "2027-03-03 14:00:00", "stop": "2027-03-03 15:00:00"})
        self.assertEqual(self.post().status_code, 303)
        self.assertEqual(len(self.appointments()), 2)
        (self.appointments() - appointment).state = "cancelled"
        self.assertEqual(self.post().status_code, 303)
        self.assertEqual(len(self.appointments()), 3)

    def test_places_of_an_open_house(self):
        self.type.capacity = 5
        self.post()
        self.post()
        self.assertEqual(len(self.appointments()), 1)

    def test_what_may_be_kept(self):
        """The browser may keep a form that nobody has filled in, never one that says something."""
        empty = self.get(self.page, slot=self.slot)
        self.assertEqual(empty.headers["Cache-Control"], "private, no-cache")
        self.assertIn("noindex", empty.headers["X-Robots-Tag"])
        wrong = self.post(email="nobody")
        self.assertEqual(wrong.status_code, 422)
        self.assertEqual(wrong.headers["Cache-Control"], "no-store")

    def test_what_is_wrong_gets_the_focus(self):
        """The address of the answer names it, so that the browser goes there without a script."""
        self.assertIn('#result"', self.get(self.page, slot=self.slot).text)
        self.assertEqual(self.post(email="nobody").text.count('id="result"'), 1)
        self.post()
        lost = self.post(email="nobody@", name="Someone")
        self.assertEqual(lost.text.count('id="result"'), 1)
