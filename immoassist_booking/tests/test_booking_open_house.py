import re
from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from odoo.addons.immoassist_appointments.tests.mailbox import MailboxMixin

from .common import BookingHttpCase

ADA = {"name": "Ada Byron", "email": "ada@client.example", "phone": "514 555-0111"}
EVE = {"name": "Eve Dumas", "email": "eve@client.example", "phone": "514 555-0222"}


@tagged("post_install", "-at_install")
class TestBookingOpenHouse(MailboxMixin, BookingHttpCase):
    """Two parties at one open house, over HTTP: neither learns of the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type.write({"capacity": 2, "location_kind": "phone"})
        cls.company.email = "agence@agency.example"

    def book(self, guest, **form):
        """The appointment, and the address of its confirmation."""
        before = self.appointments()
        answer = self.post(**guest, **form)
        self.assertEqual(answer.status_code, 303, answer.text[:300])
        return self.appointments() - before, answer.headers["Location"]

    def act(self, appointment, action, **values):
        """Submit the page of a link of the mail, as a browser does."""
        url = urlsplit(appointment.attendee_ids._link(action))
        page = self.url_open(f"{url.path}?{url.query}")
        values["csrf_token"] = re.search(r'csrf_token: "([^"]+)"', page.text)[1]
        values["token"] = parse_qs(url.query)["token"][0]
        answer = self.url_open(url.path, data=values)
        self.env.invalidate_all()
        return answer

    def places(self, hour="9:00 AM"):
        """What is said beside this hour; None when it is not offered."""
        page = self.get(self.page, date="2027-03-01").text
        times = page[page.index('id="times"') :]
        found = re.search(rf">{hour}(?=<).*?<small>([^<]+)</small>", times, re.S)
        return found and found[1]

    def test_full_is_not_offered(self):
        self.assertEqual(self.places(), "2 places left")
        self.book(ADA)
        self.assertEqual(self.places(), "1 place left")
        self.book(EVE)
        self.assertIsNone(self.places())
        data = self.get("/book/marie-tremblay/slots", type="visite", month="2027-03").json()
        self.assertEqual(data["days"][0]["times"][0], 10 * 60)
        self.assert_refused(self.post(email="third@example.com"), 409, before=2)

    def test_guests_never_see_each_other(self):
        ada, ada_page = self.book(ADA)
        eve, eve_page = self.book(EVE)
        mails = [(to, mail.as_string()) for to, mail in self.deliver()]
        seen = {
            "Ada": [ada_page, *self.addresses(ada)],
            "Eve": [eve_page, *self.addresses(eve)],
        }
        for one, other in (("Ada", EVE), ("Eve", ADA)):
            texts = [self.url_open(address).text for address in seen[one]]
            texts += [text for to, text in mails if one.lower() in to]
            self.assertGreaterEqual(len(texts), 5)
            for text in texts:
                for secret in other.values():
                    self.assertNotIn(secret, text)

    def addresses(self, appointment):
        for action in ("answer", "cancel", "move", "ics"):
            url = urlsplit(appointment.attendee_ids._link(action))
            yield f"{url.path}?{url.query}"

    def test_one_cancels(self):
        ada, page = self.book(ADA)
        eve, _page = self.book(EVE)
        self.assertIn("/cancel?token=", self.url_open(page).text)
        self.act(ada, "cancel")
        self.assertEqual((ada.state, eve.state), ("cancelled", "confirmed"))
        self.assertEqual(self.places(), "1 place left")

    def test_one_moves(self):
        ada, _page = self.book(ADA)
        eve, _page = self.book(EVE)
        self.act(ada, "move", start="2027-03-01T15:00:00+00:00")
        self.assertEqual(str(ada.start), "2027-03-01 15:00:00")
        self.assertEqual(str(eve.start), "2027-03-01 14:00:00")
        self.assertEqual(self.places("9:00 AM"), "1 place left")
        self.assertEqual(self.places("10:00 AM"), "1 place left")

    def test_one_declines(self):
        ada, _page = self.book(ADA)
        eve, _page = self.book(EVE)
        self.act(ada, "answer", answer="declined")
        self.assertEqual((ada.state, eve.state), ("cancelled", "confirmed"))
        self.assertEqual(self.places(), "1 place left")

    def test_the_broker_cancels_all(self):
        ada, page = self.book(ADA)
        eve, _page = self.book(EVE)
        self.deliver()
        wizard = self.env["immoassist.appointment.cancel"].with_user(self.broker)
        wizard.create({"appointment_ids": ada.ids, "whole_session": True}).action_cancel()
        self.assertEqual({ada.state, eve.state}, {"cancelled"})
        told = self.recipients()
        self.assertLessEqual({ADA["email"], EVE["email"]}, set(told))
        self.assertIn("This appointment is cancelled", self.url_open(page).text)
        self.assertEqual(self.places(), "2 places left")
