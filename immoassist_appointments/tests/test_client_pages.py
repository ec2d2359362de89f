import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from icalendar import Calendar

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .. import signing
from .invitation_case import VISIT, Agency
from .mailbox import MailboxMixin

ADA, MARIE = "ada@client.example", "marie@agency.example"
HOUR = timedelta(hours=1)


class PageCase(MailboxMixin, Agency, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()

    def setUp(self):
        super().setUp()
        self.booked = self.book()
        self.ada = self.booked.attendee_ids
        self.deliver()

    def link(self, action, attendee=None):
        url = urlsplit((attendee or self.ada)._link(action))
        return f"{url.path}?{url.query}"

    def broker_link(self, action):
        url = urlsplit(self.booked._broker_link(action))
        return f"{url.path}?{url.query}"

    def post(self, link, **values):
        """Submit the form of a page as a browser does, after looking at it."""
        token = re.search(r'csrf_token: "([^"]+)"', self.url_open(link).text)
        values["csrf_token"] = token[1]
        url = urlsplit(link)
        values["token"] = parse_qs(url.query)["token"][0]
        return self.url_open(url.path, data=values)

    def state(self):
        self.booked.invalidate_recordset()
        self.ada.invalidate_recordset()
        return self.booked.state, self.ada.state, self.booked.start


@tagged("post_install", "-at_install")
class TestClientPages(PageCase):
    def test_get_never_changes_anything(self):
        before = self.state()
        for action in ("answer", "cancel", "move", "ics"):
            for extra in ("", "&answer=declined&reason=x&start=2027-03-10T16:00Z"):
                page = self.url_open(self.link(action) + extra)
                self.assertEqual(page.status_code, 200, action)
                self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(self.state(), before)
        self.assertEqual(self.recipients(), [])

    def test_answers(self):
        for answer, heading in (
            ("declined", "You do not come"),
            ("tentative", "You may come"),
            ("accepted", "See you there"),
        ):
            page = self.post(self.link("answer"), answer=answer)
            self.assertIn(heading, page.text)
            self.assertEqual(self.state()[1], answer)
        bodies = " ".join(self.booked.message_ids.mapped("body"))
        self.assertIn("Ada Byron does not come.", bodies)

    def test_the_broker_is_notified_of_an_answer_once(self):
        link = self.link("answer")
        self.post(link, answer="declined")
        self.post(link, answer="declined")
        notified = self.booked.message_ids.filtered("notified_partner_ids")
        self.assertEqual(notified.notified_partner_ids, self.marie.partner_id)

    def test_an_unknown_answer_changes_nothing(self):
        self.assertEqual(self.post(self.link("answer"), answer="perhaps").status_code, 200)
        self.assertEqual(self.state()[1], "accepted")

    def test_cancel(self):
        page = self.post(self.link("cancel"), reason="Found <b>another</b>\nproperty")
        self.assertIn("This appointment is cancelled", page.text)
        self.assertEqual(self.state()[0], "cancelled")
        self.assertEqual(self.booked.cancel_reason, "Found <b>another</b> property")
        (ada, marie) = self.deliver()
        self.assertEqual((ada[0], marie[0]), (ADA, MARIE))
        self.assertIn("&lt;b&gt;another", marie[1].as_string().replace("=\n", ""))

    def test_a_double_click_cancels_once(self):
        link = self.link("cancel")
        self.post(link)
        self.deliver()
        self.post(link)
        self.assertEqual(self.recipients(), [])
        self.assertEqual(self.booked.ical_sequence, 1)

    def test_cancelling_has_a_deadline(self):
        self.type.cancel_deadline_hours = 24
        link = self.link("cancel")
        self.assertIn("Cancel this appointment?", self.url_open(link).text)
        with freeze_time("2027-03-09 15:00:01"):
            page = self.url_open(link)
            self.assertIn("514 555-0100", page.text)
            self.assertNotIn("<form", page.text.split("ia_card")[1])
            self.post(self.link("cancel"))
            self.assertEqual(self.state()[0], "confirmed")

    def test_move(self):
        page = self.url_open(self.link("move"))
        self.assertIn("<s>Wednesday, March 10, 2027, 10:00", page.text)
        self.assertIn('value="2027-03-10T11:00-05:00"', page.text)
        page = self.post(self.link("move"), start="2027-03-10T11:00-05:00")
        self.assertIn("11:00", page.text)
        self.assertEqual(self.state(), ("confirmed", "accepted", VISIT + HOUR))
        self.assertEqual(self.recipients(), [ADA, MARIE])

    def test_a_double_click_moves_once(self):
        link = self.link("move")
        for _click in range(2):
            page = self.post(link, start="2027-03-10T11:00-05:00")
            self.assertEqual(page.status_code, 200)
        self.assertEqual(self.recipients(), [ADA, MARIE])
        self.assertEqual(self.booked.ical_sequence, 1)

    def test_a_lost_time_is_refused_with_the_nearest_ones(self):
        link = self.link("move")
        self.book(start=VISIT + 3 * HOUR, email="grace@client.example")
        self.deliver()
        page = self.post(link, start="2027-03-10T13:00-05:00")
        self.assertEqual(page.status_code, 409)
        self.assertIn("just been taken", page.text)
        self.assertEqual(len(re.findall('id="near', page.text)), 3)
        self.assertEqual(self.state()[2], VISIT)
        self.assertEqual(self.recipients(), [])

    def test_a_request_waits_again_after_a_move(self):
        self.type.requires_approval = True
        self.post(self.link("move"), start="2027-03-10T11:00-05:00")
        self.assertEqual(self.state()[0], "pending")
        (ada, marie) = self.deliver()
        self.assertEqual(ada[1]["Subject"], "Requested: Property visit")
        self.assertIn("To approve", marie[1]["Subject"])

    def test_garbage_is_no_time(self):
        link = self.link("move")
        for start in ("", "tomorrow", "2027-03-10T11:00", "9999-12-31T23:59-14:00", "\0"):
            self.assertIn(self.post(link, start=start).status_code, (200, 409), start)
        for first in ("", "x", "0001-01-01", "9999-12-31"):
            self.assertEqual(self.url_open(f"{link}&first={first}").status_code, 200)
        self.assertEqual(self.state()[2], VISIT)

    def test_one_of_several_guests_cancels_for_himself(self):
        self.booked.attendee_ids = [Command.create({"name": "Grace", "email": "g@client.example"})]
        self.deliver()
        grace = self.booked.attendee_ids[1]
        self.post(self.link("cancel", grace))
        self.assertEqual((grace.state, self.state()[0]), ("declined", "confirmed"))
        self.post(self.link("move", grace), start="2027-03-10T11:00-05:00")
        self.assertEqual(self.state()[2], VISIT)

    def test_the_file(self):
        response = self.url_open(self.link("ics"))
        self.assertEqual(response.headers["Content-Type"], "text/calendar; charset=utf-8")
        (event,) = Calendar.from_ical(response.content).walk("VEVENT")
        self.assertEqual(event["uid"], self.booked.ical_uid)

    def test_in_the_language_of_the_client(self):
        if "website" in self.env:
            # A website speaks the languages that it was given; this addon does without one.
            french = self.env["res.lang"].search([("code", "=", "fr_FR")])
            self.env["website"].search([]).language_ids |= french
        self.ada.write({"lang": "fr_FR", "tz": "Europe/Paris"})
        page = self.url_open(self.link("answer"))
        self.assertIn("mercredi 10 mars 2027, de 16:00", page.text)
        self.assertIn('lang="fr-FR"', page.text)

    def test_hostile_texts_are_shown_as_text(self):
        evil = "<script>alert(1)</script>"
        self.booked.write({"name": evil, "location": evil})
        self.ada.name = evil
        for action in ("answer", "cancel", "move"):
            self.assertNotIn(evil, self.url_open(self.link(action)).text)


@tagged("post_install", "-at_install")
class TestLinks(PageCase):
    def refused(self, link):
        page = self.url_open(link)
        self.assertEqual(page.status_code, 403, link)
        self.assertIn("This link does not work", page.text)

    def test_garbage(self):
        path = f"/immoassist/appointment/{self.booked.id}/answer"
        good = parse_qs(urlsplit(self.link("answer")).query)["token"][0]
        for token in ("", "x", "é", "AA", "%00", "a" * 3000, good[:-2], good + "AAAA", good[1:]):
            self.refused(f"{path}?token={token}")
        self.refused(path)

    def test_a_token_is_good_for_one_purpose(self):
        for action in ("answer", "move", "cancel", "ics"):
            query = urlsplit(self.link(action)).query
            for other in {"answer", "move", "cancel", "ics", "approve", "refuse"} - {action}:
                self.refused(f"/immoassist/appointment/{self.booked.id}/{other}?{query}")

    def test_a_token_is_good_for_one_appointment(self):
        other = self.book(start=VISIT + 3 * HOUR, email="grace@client.example")
        query = urlsplit(self.link("cancel")).query
        self.refused(f"/immoassist/appointment/{other.id}/cancel?{query}")
        self.refused(f"/immoassist/appointment/999999999/cancel?{query}")

    def test_a_token_ends(self):
        link = self.link("answer")
        with freeze_time("2027-04-09 15:59:59"):
            self.assertIn("This appointment is over", self.url_open(link).text)
        with freeze_time("2027-04-09 16:00:01"):
            self.refused(link)

    def test_values_that_are_not_ours(self):
        for values in ([1], "x", {"attendee": self.ada.id}, {}):
            token = signing.sign(self.env, "answer", values, VISIT)
            self.refused(f"/immoassist/appointment/{self.booked.id}/answer?token={token}")

    def test_unknown_action(self):
        query = urlsplit(self.link("answer")).query
        page = self.url_open(f"/immoassist/appointment/{self.booked.id}/delete?{query}")
        self.assertEqual(page.status_code, 404)

    def test_post_needs_the_form(self):
        url = urlsplit(self.link("cancel"))
        token = parse_qs(url.query)["token"][0]
        with mute_logger("odoo.http"):
            page = self.url_open(url.path, data={"token": token, "csrf_token": "forged"})
        self.assertEqual(page.status_code, 400)
        self.assertEqual(self.state()[0], "confirmed")


@tagged("post_install", "-at_install")
class TestApprovalPages(PageCase):
    def setUp(self):
        super().setUp()
        self.type.requires_approval = True
        self.booked.state = "pending"
        self.deliver()

    def test_get_decides_nothing(self):
        for action in ("approve", "refuse"):
            self.assertEqual(self.url_open(self.broker_link(action)).status_code, 200)
        self.assertEqual(self.state()[0], "pending")

    def test_approve(self):
        link = self.broker_link("approve")
        self.assertIn("Approved", self.post(link).text)
        self.assertEqual(self.state()[0], "confirmed")
        self.assertEqual(self.recipients(), [ADA])
        self.assertEqual(self.booked.message_ids[:1].author_id, self.marie.partner_id)
        self.post(link)
        self.assertEqual(self.recipients(), [])

    def test_refuse(self):
        self.post(self.broker_link("refuse"), reason="Sold")
        self.assertEqual((self.state()[0], self.booked.cancel_reason), ("cancelled", "Sold"))
        ((to, message),) = self.deliver()
        self.assertEqual((to, message["Subject"]), (ADA, "Not possible: Property visit"))
        self.assertIn("Refused", self.post(self.broker_link("approve")).text)
        self.assertEqual(self.state()[0], "cancelled")

    def test_the_link_dies_with_the_broker(self):
        link = self.broker_link("approve")
        self.booked.broker_id = self.paul
        self.assertEqual(self.url_open(link).status_code, 403)
        link = self.broker_link("approve")
        self.paul.group_ids = [Command.set([self.env.ref("base.group_user").id])]
        self.assertEqual(self.url_open(link).status_code, 403)

    def test_a_client_cannot_approve(self):
        token = signing.sign(self.env, "approve", self.ada._token_values(), VISIT)
        path = f"/immoassist/appointment/{self.booked.id}/approve"
        self.assertEqual(self.url_open(f"{path}?token={token}").status_code, 403)
