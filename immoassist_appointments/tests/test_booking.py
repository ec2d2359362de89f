import re
from dataclasses import replace
from datetime import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import RecordCapturer, tagged
from odoo.tools import mute_logger

from ..core.intervals import Interval
from ..exceptions import SlotNotAvailable
from ..models.immoassist_appointment_booking import Guest
from .common import MONDAY, PARIS, TORONTO, AppointmentCase, aware, day_after, utc

ADA = Guest(name="Ada Byron", email="ada@example.com", phone="514 555-0100", note="Au 3e étage")
TUESDAY = day_after(MONDAY, 1)


class BookingCase(AppointmentCase):
    def book(self, start, guest=ADA, type_=None, zone=TORONTO, **arguments):
        """Book as the website does: nobody is logged in, the controller acts with sudo."""
        public = self.env.ref("base.public_user")
        appointments = self.env["immoassist.appointment"].with_user(public).sudo()
        return appointments._book(
            self.broker, type_ or self.type, aware(start, zone), guest, **arguments
        )

    def refused(self, start, **arguments):
        """Check that nothing was written; return the error."""
        counted = ("immoassist.appointment", "calendar.event", "mail.mail", "mail.message")
        before = [self.env[model].search_count([]) for model in counted]
        with self.assertRaises(SlotNotAvailable) as caught:
            self.book(start, **arguments)
        self.assertEqual([self.env[model].search_count([]) for model in counted], before)
        return caught.exception


@tagged("post_install", "-at_install")
class TestBooking(BookingCase):
    def test_confirmed(self):
        appointment = self.book(f"{MONDAY} 10:00")
        self.assertEqual(appointment.state, "confirmed")
        self.assertEqual(appointment.source, "website")
        self.assertEqual(appointment.start, utc(f"{MONDAY} 10:00", TORONTO))
        self.assertEqual(appointment.stop, utc(f"{MONDAY} 11:00", TORONTO))
        self.assertEqual(appointment.broker_id, self.broker)
        self.assertEqual(appointment.company_id, self.company)
        self.assertEqual(appointment.description, "Au 3e étage")
        self.assertTrue(appointment.calendar_event_id.active)

    def test_pending(self):
        self.type.requires_approval = True
        appointment = self.book(f"{MONDAY} 10:00")
        self.assertEqual(appointment.state, "pending")
        self.refused(f"{MONDAY} 10:00")

    def test_attendee(self):
        partners = self.env["res.partner"].search_count([])
        attendee = self.book(f"{MONDAY} 10:00").attendee_ids
        self.assertEqual(
            (attendee.name, attendee.email, attendee.phone, attendee.state),
            ("Ada Byron", "ada@example.com", "514 555-0100", "accepted"),
        )
        self.assertFalse(attendee.partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_start_in_any_zone(self):
        appointment = self.book(f"{MONDAY} 16:00", zone=PARIS)
        self.assertEqual(appointment.start, utc(f"{MONDAY} 10:00", TORONTO))

    def test_transaction(self):
        visit = self.make_type("visite-test", location_kind="property")
        transaction = self.make_transaction("Duplex")
        appointment = self.book(f"{MONDAY} 10:00", type_=visit, transaction=transaction)
        self.assertEqual(appointment.transaction_id, transaction)
        self.assertEqual(appointment.location, transaction.address)

    def test_public_alone_may_not(self):
        appointments = self.env["immoassist.appointment"].with_user(
            self.env.ref("base.public_user")
        )
        with self.assertRaises(AccessError):
            appointments._book(self.broker, self.type, aware(f"{MONDAY} 10:00"), ADA)

    def test_a_listed_time_can_always_be_booked(self):
        visit = self.make_type("visite-test", slot_step=30, buffer_before=10, buffer_after=20)
        for start in self.starts(MONDAY, type_=visit):
            with self.subTest(start=start), self.cr.savepoint() as savepoint:
                moment = datetime.fromisoformat(start).replace(tzinfo=None)
                self.book(str(moment), type_=visit)
                savepoint.rollback()


@tagged("post_install", "-at_install")
class TestRefused(BookingCase):
    def test_taken(self):
        self.book(f"{MONDAY} 10:00")
        error = self.refused(f"{MONDAY} 10:00", guest=replace(ADA, email="eve@example.com"))
        self.assertIn("not available", str(error))
        self.assertEqual(
            [slot.start for slot in error.nearest],
            [aware(f"{MONDAY} {hour}") for hour in ("09:00", "11:00")]
            + [aware(f"{TUESDAY} 09:00")],
        )

    def test_taken_by_a_meeting(self):
        self.meet(f"{MONDAY} 10:00", attendees=[self.broker])
        self.refused(f"{MONDAY} 10:00")

    def test_never_offered(self):
        wanted = {
            "between two times of the grid": f"{MONDAY} 10:20",
            "a second later": f"{MONDAY} 10:00:01",
            "outside of the hours": f"{MONDAY} 14:00",
            "over the end of the hours": f"{MONDAY} 11:30",
            "on Saturday": "2027-03-06 10:00",
            "in the past": "2026-12-28 10:00",
            "beyond the horizon": "2029-03-05 10:00",
        }
        for why, start in wanted.items():
            with self.subTest(why):
                self.refused(start)

    def test_no_time_around(self):
        self.set_hours(self.broker, {})
        self.assertEqual(self.refused(f"{MONDAY} 10:00").nearest, [])

    def test_open_house(self):
        house = self.make_type("portes", capacity=8, max_per_day=1)
        for seat in range(8):
            guest = replace(ADA, email=f"guest{seat}@example.com")
            self.book(f"{MONDAY} 10:00", guest=guest, type_=house)
        self.refused(f"{MONDAY} 10:00", type_=house)
        self.refused(f"{MONDAY} 09:00", type_=house)
        self.book(f"{TUESDAY} 10:00", type_=house)

    def test_cancelled_seat_is_free_again(self):
        house = self.make_type("portes", capacity=2)
        first = self.book(f"{MONDAY} 10:00", type_=house)
        self.book(f"{MONDAY} 10:00", guest=replace(ADA, email="eve@example.com"), type_=house)
        self.refused(f"{MONDAY} 10:00", type_=house)
        first.action_cancel()
        self.book(f"{MONDAY} 10:00", type_=house)

    def test_cap_per_day(self):
        self.type.max_per_day = 2
        self.book(f"{MONDAY} 09:00")
        self.book(f"{MONDAY} 11:00")
        error = self.refused(f"{MONDAY} 10:00")
        self.assertNotIn(MONDAY, {str(slot.start.date()) for slot in error.nearest})
        self.book(f"{TUESDAY} 10:00")

    def test_wrong_guest(self):
        wrong = [
            replace(ADA, email="ada"),
            replace(ADA, email="ada@example.com, eve@example.com"),
            replace(ADA, email="ada@example.com\nBcc: eve@example.com"),
            replace(ADA, name=""),
            replace(ADA, lang="xx_XX"),
            replace(ADA, tz="Mars/Olympus"),
        ]
        mails = self.env["mail.mail"].search_count([])
        for guest in wrong:
            with self.subTest(guest=guest), self.cr.savepoint() as savepoint:
                with mute_logger("odoo.sql_db"), self.assertRaises(ValidationError):
                    self.book(f"{MONDAY} 10:00", guest=guest)
                savepoint.rollback()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)


@tagged("post_install", "-at_install")
class TestBookingMails(BookingCase):
    """One to the client, one to the broker, each in his language and zone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_CA")
        module = cls.env["ir.module.module"].search([("name", "=", "immoassist_appointments")])
        module._update_translations(["fr_CA"])
        cls.broker.email = "marie@example.com"

    def booked(self, guest, **values):
        self.broker.write(values)
        with RecordCapturer(self.env["mail.mail"]) as capture:
            self.book(f"{MONDAY} 10:00", guest=guest)
        mails = capture.records
        self.assertEqual(len(mails), 2)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        client = mails.filtered(lambda mail: "ada@example.com" in (mail.email_to or ""))
        self.assertEqual(len(client), 1)
        broker = mails - client
        self.assertIn("marie@example.com", broker.email_to)
        return client, broker

    def assert_french(self, mail, hour, city):
        body = self.plain(mail.body_html)
        self.assertIn("lundi 1 mars 2027", body)
        self.assertIn(hour, body)
        self.assertIn(city, body)
        self.assertNotRegex(mail.subject, "Confirmed|Requested|Booked|To approve")
        text = re.sub(r"<[^>]*>", " ", body)  # addresses are not read
        self.assertNotRegex(text, "Hello|appointment|A client|Monday| to ")

    def assert_english(self, mail, hour, city):
        body = self.plain(mail.body_html)
        self.assertIn("Monday, March 1, 2027", body)
        self.assertIn(hour, body)
        self.assertIn(city, body)
        self.assertRegex(mail.subject, "Confirmed|Requested|Booked|To approve")

    def plain(self, html):
        return str(html).replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")

    def test_french_client_english_broker(self):
        guest = replace(ADA, lang="fr_CA", tz="Europe/Paris")
        client, broker = self.booked(guest, lang="en_US")
        self.assert_french(client, "16 h", "Paris")
        self.assert_english(broker, "10:00 AM", "Toronto")
        self.assertIn("Ada Byron", broker.body_html)
        self.assertIn("Marie Tremblay", client.body_html)

    def test_english_client_french_broker(self):
        guest = replace(ADA, lang="en_US", tz="Europe/London")
        client, broker = self.booked(guest, lang="fr_CA")
        self.assert_english(client, "3:00 PM", "London")
        self.assert_french(broker, "10 h", "Montréal")

    def test_without_language_or_zone_the_brokers(self):
        client, _broker = self.booked(ADA, lang="fr_CA")
        self.assert_french(client, "10 h", "Montréal")

    def test_request(self):
        self.type.requires_approval = True
        client, broker = self.booked(ADA, lang="en_US")
        self.assertRegex(client.subject, "Requested")
        self.assertRegex(broker.subject, "To approve")
        self.assertNotIn("confirmed", client.body_html)

    def test_html_of_a_client_is_text(self):
        evil = "<script>alert(1)</script><b>x</b>"
        _client, broker = self.booked(replace(ADA, name=evil, note=evil))
        for mail in (_client, broker):
            self.assertNotIn("<script>", mail.body_html)
            self.assertNotIn("<b>x</b>", mail.body_html)
        self.assertIn("&lt;b&gt;x&lt;/b&gt;", broker.body_html)

    def test_template_expression_of_a_client_is_text(self):
        client, broker = self.booked(replace(ADA, name="{{ object.id }} ${1+1} <t t-out='1+1'/>"))
        for mail in (client, broker):
            self.assertIn("{{ object.id }}", mail.body_html)

    def test_nobody_else_is_told(self):
        with RecordCapturer(self.env["mail.message"]) as messages:
            appointment = self.book(f"{MONDAY} 10:00")
        notified = messages.records.notified_partner_ids
        self.assertFalse(notified)
        public = self.env.ref("base.public_partner")
        self.assertNotIn(public, appointment.message_partner_ids)


@tagged("post_install", "-at_install")
class TestTypesOffered(BookingCase):
    def test_offered_by(self):
        offered = self.env["immoassist.appointment.type"]._offered_by
        mine = self.make_type("a-marie", broker_ids=[(6, 0, self.broker.ids)])
        his = self.make_type("a-luc", broker_ids=[(6, 0, self.paris.ids)])
        foreign = self.make_type("chez-eux", company_id=self.other_company.id)
        archived = self.make_type("archive", active=False)
        found = offered(self.broker)
        self.assertIn(mine, found)
        self.assertIn(self.type, found)
        self.assertFalse(found & (his | foreign | archived))

    def test_day_of_another_zone(self):
        """`_ranked_slots` of one minute, as `_book` asks, answers as for the whole day."""
        availability = self.env["immoassist.availability"]
        day = Interval(aware(f"{MONDAY} 00:00"), aware(f"{TUESDAY} 00:00"))
        whole = availability._ranked_slots(self.broker, day, self.type)[self.broker.id]
        for slot in whole:
            minute = Interval(slot.start, slot.stop)
            alone = availability._ranked_slots(self.broker, minute, self.type)[self.broker.id]
            self.assertEqual(alone, (slot,))
