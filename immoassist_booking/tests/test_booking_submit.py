import re
from urllib.parse import urlsplit

from odoo.tests import tagged

from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingSubmit(BookingHttpCase):
    def test_book(self):
        form = self.get(self.page, slot=self.slot)
        self.assertEqual(form.status_code, 200)
        self.assertIn("Monday, March 1, 2027, 9:00\u00a0AM", form.text)
        answer = self.post(name="Zoé <b>d’Amours</b>", phone="514 555-0100", note="À 2\nsonnez")
        self.assertEqual(answer.status_code, 303)
        appointment = self.appointments()
        self.assertEqual(str(appointment.start), "2027-03-01 14:00:00")
        self.assertEqual(appointment.state, "confirmed")
        self.assertEqual(appointment.source, "website")
        self.assertEqual(appointment.broker_id, self.broker)
        attendee = appointment.attendee_ids
        self.assertEqual(attendee.name, "Zoé <b>d’Amours</b>")
        self.assertEqual(attendee.email, "claire@example.com")
        self.assertEqual(attendee.tz, "America/Toronto")
        url = answer.headers["Location"]
        self.assertEqual(urlsplit(url).path, "/book/marie-tremblay/confirmation")
        page = self.url_open(url)
        self.assertIn("It is confirmed", page.text)
        self.assertNotIn("<b>d’Amours", page.text)

    def test_book_in_french(self):
        path = "/fr_CA" + self.page
        answer = self.post(path)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/fr_CA/book/", answer.headers["Location"])
        self.assertEqual(self.appointments().attendee_ids.lang, "fr_CA")
        self.assertIn("lundi 1 mars 2027, 9\u00a0h", self.url_open(answer.headers["Location"]).text)

    def test_on_request(self):
        self.type.requires_approval = True
        self.assertIn("Request this appointment", self.get(self.page, slot=self.slot).text)
        answer = self.post()
        self.assertEqual(self.appointments().state, "pending")
        self.assertIn("Your request is sent", self.url_open(answer.headers["Location"]).text)

    def test_lost_time(self):
        self.assertEqual(self.post().status_code, 303)
        second = {"name": "Second <i>Client</i>", "email": "second@example.com"}
        answer = self.post(**second, note="typed with care")
        self.assert_refused(answer, 409, before=1)
        self.assertIn("This time is not free any more", answer.text)
        self.assertIn("Second &lt;i&gt;Client&lt;/i&gt;", answer.text)
        self.assertIn("typed with care", answer.text)
        self.assertEqual(answer.text.count('type="radio"'), 3)
        # 10:00 cannot be reached in time from the visit at 9:00.
        self.assertIn('value="2027-03-01T16:00:00Z"', answer.text)
        # The choice of another time, with what was typed, is one more POST.
        self.assertEqual(self.post(slot="2027-03-01T16:00:00Z").status_code, 303)
        self.assertEqual(len(self.appointments()), 2)

    def test_lost_time_seen_by_get(self):
        self.post()
        self.assert_refused(self.get(self.page, slot=self.slot), 409, before=1)

    def test_open_house_has_places(self):
        self.type.capacity = 2
        page = self.get(self.page, date="2027-03-01").text
        self.assertIn("2 places left", page)
        self.assertEqual(self.post().status_code, 303)
        self.assertIn("1 place left", self.get(self.page, date="2027-03-01").text)
        self.assertEqual(self.post(email="second@example.com").status_code, 303)
        self.assert_refused(self.post(email="third@example.com"), 409, before=2)

    def test_invalid_keeps_what_was_typed(self):
        answer = self.post(name="", email="nonsense", note="<script>x</script>")
        self.assert_refused(answer, 422)
        self.assertIn("Enter your name.", answer.text)
        self.assertIn('value="nonsense"', answer.text)
        self.assertIn('aria-describedby="email_hint email_error"', answer.text)
        self.assertIn("&lt;script&gt;x&lt;/script&gt;", answer.text)
        self.assertIn("<title>Error: ", answer.text)

    def test_what_was_shown_and_agreed_to_is_kept(self):
        self.company.booking_marketing_question = "Send me <b>new</b> properties."
        page = self.get(self.page, slot=self.slot).text
        version = re.search(r'name="notice" value="(\w+)"', page)[1]
        self.assertIn("organise this appointment", page)
        self.assertIn("Send me &lt;b&gt;new", page)
        self.assertNotRegex(page, r'name="marketing"[^>]*checked')
        self.assertEqual(self.post(notice=version, marketing="yes").status_code, 303)
        attendee = self.appointments().attendee_ids
        self.assertIn("organise this appointment", attendee.privacy_notice)
        self.assertEqual(attendee.privacy_version, version)
        self.assertEqual(attendee.marketing_question, "Send me <b>new</b> properties.")
        self.assertEqual(attendee.privacy_shown_at, attendee.marketing_agreed_at)
        # The proof is what was shown then.
        self.company.booking_privacy_notice = "Another one."
        self.assertIn("organise this appointment", attendee.privacy_notice)

    def test_nothing_is_kept_that_was_not_shown_or_ticked(self):
        self.assertEqual(self.post(marketing="yes").status_code, 303)
        attendee = self.appointments().attendee_ids
        self.assertFalse(attendee.privacy_shown_at or attendee.marketing_agreed_at)

    def test_a_notice_that_changed_meanwhile_is_shown_first(self):
        page = self.get(self.page, slot=self.slot).text
        version = re.search(r'name="notice" value="(\w+)"', page)[1]
        self.company.booking_privacy_notice = "We also tell the owner."
        self.company.booking_marketing_question = "News?"
        answer = self.post(notice=version, note="typed with care", marketing="yes")
        self.assert_refused(answer, 422)
        self.assertIn("has just changed", answer.text)
        self.assertIn("We also tell the owner.", answer.text)
        self.assertIn("typed with care", answer.text)
        self.assertRegex(answer.text, r'name="marketing"[^>]*checked')

    def test_without_csrf_token(self):
        with self.assertLogs("odoo.http", "WARNING"):
            answer = self.post(csrf_token="made-up")
        self.assert_refused(answer, 400)
