import re
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools.misc import hash_sign

from odoo.addons.immoassist_appointments.signing import SCOPE

from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingConfirmation(BookingHttpCase):
    def setUp(self):
        super().setUp()
        answer = self.post()
        self.url = answer.headers["Location"]
        self.token = self.url.partition("token=")[2]
        self.appointment = self.appointments()

    def confirmation(self, **query):
        return self.get("/book/marie-tremblay/confirmation", **query)

    def test_private(self):
        page = self.url_open(self.url)
        self.assertEqual(page.headers["Referrer-Policy"], "same-origin")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertIn("https://calendar.google.com/", page.text)
        self.assertIn("dates=20270301T140000Z%2F20270301T150000Z", page.text)

    def test_a_link_outlives_the_name_of_its_page(self):
        self.broker.booking_username = "marie-t"
        self.assertIn("It is confirmed", self.url_open(self.url).text)
        stolen = self.url.replace("/marie-tremblay/", "/luc-moreau/")
        self.assertEqual(self.url_open(stolen).status_code, 404)

    def test_shows_the_present_state(self):
        self.appointment.sudo().write(
            {
                "start": "2027-03-02 15:00:00",
                "stop": "2027-03-02 16:00:00",
                "state": "cancelled",
            }
        )
        page = self.url_open(self.url).text
        self.assertIn("This appointment is cancelled", page)
        self.assertIn("Tuesday, March 2, 2027, 10:00\u00a0AM", page)
        self.assertNotIn("calendar.google.com", page)

    def test_leads_to_moving_and_cancelling(self):
        page = self.url_open(self.url).text
        for action in ("move", "cancel", "ics"):
            self.assertIn(f"/immoassist/appointment/{self.appointment.id}/{action}?token=", page)
        self.assertNotIn("cancel it online until", page)
        self.type.cancel_deadline_hours = 24
        page = self.url_open(self.url).text
        self.assertIn("cancel it online until Sunday, February 28, 2027, 9:00\u00a0AM.", page)
        self.broker.phone = "+1 514 555-0100"
        self.type.cancel_deadline_hours = 8760
        page = self.url_open(self.url).text
        self.assertNotIn("/cancel?token=", page)
        self.assertNotIn("cancel it online until", page)
        self.assertIn("It is too late to change this online.", page)
        self.assertIn('href="tel:+1514555-0100"', page)

    def test_hours_as_he_chose_on_the_booking_page(self):
        """On every page of the appointment in this browser; the mails keep to his language."""
        self.type.cancel_deadline_hours = 1
        links = re.findall(r'href="([^"]*/(?:move|cancel)\?token=[^"]*)"', self.get(self.url).text)
        links.append(self.appointment.attendee_ids._link("answer"))
        self.assertEqual(len(links), 3)
        paths = [self.url, *("/immoassist/" + link.partition("/immoassist/")[2] for link in links)]
        for chosen, words, others in (
            ("", "9:00\u00a0AM", ">09:00"),
            ("24", "09:00", "9:00\u00a0AM"),
            ("nonsense", "9:00\u00a0AM", ">09:00"),
        ):
            self.opener.cookies.set("booking_hours", chosen)
            for path in paths:
                with self.subTest(path=path, chosen=chosen):
                    page = self.get(path).text
                    self.assertIn(words, page)
                    self.assertNotIn(others, page)
                    if "/answer" not in path:
                        self.assertRegex(page, "online until [^.]*, 0?8:00")
        self.assertIn("9:00 AM", self.appointment.attendee_ids._when_words())

    def test_what_to_bring(self):
        self.type.to_bring = "A <proof> of identity"
        self.assertIn("A &lt;proof&gt; of identity", self.url_open(self.url).text)
        for name in ("Google", "Outlook", "Microsoft 365", "Yahoo", ".ics"):
            self.assertIn(name, self.url_open(self.url).text)

    def test_broker_not_published_any_more(self):
        self.broker.booking_published = False
        self.assertEqual(self.url_open(self.url).status_code, 200)

    def test_links_that_do_not_work(self):
        env, attendee = self.env(su=True), self.appointment.attendee_ids

        def sign(values, purpose="confirmation", hours=1):
            scope = f"{SCOPE}.{purpose}"
            return hash_sign(env, scope, values, expiration=timedelta(hours=hours))

        values = attendee._token_values()
        other = self.appointment.copy(
            {"start": "2027-03-03 15:00:00", "stop": "2027-03-03 16:00:00"}
        )
        for name, token in {
            "missing": "",
            "garbage": "x",
            "not base64": "é\x00",
            "long": "A" * 5000,
            "cut": self.token[:-3],
            "changed": self.token[:-1] + ("A" if self.token[-1] != "A" else "B"),
            "other purpose": sign(values, purpose="answer"),
            "expired": sign(values, hours=-1),
            "other appointment": sign(values | {"appointment": other.id}),
            "deleted": sign(values | {"attendee": 0}),
        }.items():
            with self.subTest(name):
                self.assert_refused(self.confirmation(token=token), 404, before=2)
        self.assert_refused(self.confirmation(token=[self.token, self.token]), 404, before=2)
        wrong = self.get("/book/luc-moreau/confirmation", token=self.token)
        self.assert_refused(wrong, 404, before=2)
        unknown = self.get("/book/%00/confirmation", token=self.token)
        self.assert_refused(unknown, 404, before=2)
        good = self.confirmation(token=sign(values))
        self.assertEqual(good.status_code, 200)
