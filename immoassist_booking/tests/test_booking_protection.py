import re
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import NOW, BookingHttpCase


class ProtectedCase(BookingHttpCase):
    """The agency as it is before anybody changed a setting, and visitors who take their time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        limits = [name for name in companies._fields if name.startswith("booking_limit_")]
        cls.company.write(companies.default_get(["booking_fill_seconds", *limits]))
        cls.company.phone = "514 555-0111"

    def opened(self, **ago):
        """What the form carries that was opened so long ago."""
        with freeze_time(fields.Datetime.to_datetime(NOW) - timedelta(**ago)):
            return self.hidden()

    def post(self, path=None, **form):
        return super().post(path, **{**self.opened(seconds=30), **form})

    def send_again(self, answer, **form):
        """Press the button of the form that an answer shows."""
        return BookingHttpCase.post(self, **self.hidden(answer), **form)


@tagged("post_install", "-at_install")
class TestRobots(ProtectedCase):
    def test_somebody_who_takes_his_time(self):
        self.assertEqual(self.post().status_code, 303)

    def test_too_fast(self):
        opened = self.opened(seconds=2)
        answer = self.post(**opened, note="typed with care")
        self.assert_refused(answer, 422)
        self.assertIn("That was quick!", answer.text)
        self.assertIn("Press the button once more", answer.text)
        self.assertNotIn("Please check what you typed", answer.text)
        self.assertIn("typed with care", answer.text)
        self.assertIn(f'value="{self.slot}"', answer.text)
        # The second click counts from the first page on.
        self.assertEqual(self.hidden(answer)["stamp"], opened["stamp"])
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(seconds=1)):
            self.assertEqual(self.send_again(answer).status_code, 303)

    def test_open_for_hours(self):
        self.assertEqual(self.post(**self.opened(hours=11)).status_code, 303)

    def test_open_since_yesterday(self):
        answer = self.post(**self.opened(days=1), note="typed yesterday")
        self.assert_refused(answer, 422)
        self.assertIn("open for a long time", answer.text)
        self.assertIn("typed yesterday", answer.text)
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(seconds=10)):
            self.assertEqual(self.send_again(answer).status_code, 303)

    def test_stamp_of_ones_own(self):
        good = self.opened(seconds=30)["stamp"]
        url = self.post().headers["Location"]
        other = re.search(r"token=([^&]+)", url)
        for stamp in ("", None, "x", "\x00", "é" * 900, good[:-2], other[1], [good, good]):
            with self.subTest(stamp=stamp):
                answer = self.post(slot="2027-03-03T14:00:00Z", stamp=stamp)
                self.assert_refused(answer, 400, 422, before=1)

    def test_trap(self):
        page = self.get(self.page, slot=self.slot).text
        trap = re.search(r'<input[^>]*name="website"[^>]*>', page)[0]
        self.assertIn('tabindex="-1"', trap)
        self.assertIn('autocomplete="off"', trap)
        self.assertRegex(page, r'class="ib-trap" aria-hidden="true"')
        for on_request, words in ((False, "It is confirmed"), (True, "Your request is sent")):
            self.type.requires_approval = on_request
            before = self.counts()
            answer = self.post(website="https://spam.example.com")
            self.assert_refused(answer, 200)
            self.assertIn(words, answer.text)
            self.assertIn("claire@example.com", answer.text)
            self.assertEqual(self.counts(), before)

    def counts(self):
        models = ("appointment", "appointment.attendee", "booking.limit")
        models = [f"immoassist.{model}" for model in models] + ["mail.mail", "calendar.event"]
        return [self.env[model].search_count([]) for model in models]


@tagged("post_install", "-at_install")
class TestLimitOfAddress(ProtectedCase):
    def test_too_often(self):
        self.company.booking_limit_address = 2
        for hour in (14, 15):
            answer = self.post(slot=f"2027-03-01T{hour}:00:00Z", email=f"a{hour}@example.com")
            self.assertIn(answer.status_code, (303, 409))
        before = len(self.appointments())
        answer = self.post(slot="2027-03-02T14:00:00Z", note="typed with care")
        self.assert_refused(answer, 429, before=before)
        # An hour of the clock: it is 12:00.
        self.assertEqual(answer.headers["Retry-After"], "3601")
        self.assertIn("send it again in 61 min, or call us at 514 555-0111", answer.text)
        self.assertIn("typed with care", answer.text)
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(hours=1, seconds=2)):
            answer = self.send_again(answer, slot="2027-03-02T14:00:00Z")
            self.assertEqual(answer.status_code, 303)

    def test_wrong_data_is_not_counted(self):
        self.company.booking_limit_address = 1
        self.assert_refused(self.post(email=""), 422)
        self.assert_refused(self.post(**self.opened(seconds=1)), 422)
        self.assertEqual(self.post().status_code, 303)

    def test_no_limit(self):
        limits = ("booking_limit_address", "booking_limit_email", "booking_limit_open")
        self.company.write(dict.fromkeys(limits, 0))
        self.assertEqual(self.post().status_code, 303)
        self.assertFalse(self.env["immoassist.booking.limit"].search([]))

    def test_no_address_is_stored(self):
        self.post()
        counted = self.env["immoassist.booking.limit"].search([])
        self.assertTrue(counted)
        self.assertFalse(counted.filtered(lambda c: "127.0.0" in c.key or "::1" in c.key))
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(days=2)):
            self.env["immoassist.booking.limit"]._gc_expired()
        self.assertFalse(counted.exists())


@tagged("post_install", "-at_install")
class TestContact(ProtectedCase):
    """Whoever types the address of a contact learns nothing of it, and changes nothing."""

    def test_known_address(self):
        values = {"name": "Claire Secrète", "email": "claire@example.com", "phone": "514 555-0199"}
        contact = self.env["res.partner"].create({**values, "company_id": self.company.id})
        before, number = contact.read()[0], self.env["res.partner"].search_count([])
        known = self.post(name="Somebody", phone="438 555-0100")
        unknown = self.post(email="nobody@example.com", slot="2027-03-02T14:00:00Z")
        self.assertEqual((known.status_code, unknown.status_code), (303, 303))
        for word in ("Secrète", "0199"):
            self.assertNotIn(word, self.url_open(known.headers["Location"]).text)
        contact.invalidate_recordset()
        self.assertEqual(contact.read()[0], before)
        self.assertEqual(self.env["res.partner"].search_count([]), number)
        attendee = self.appointments().sorted("start")[0].attendee_ids
        self.assertEqual((attendee.name, attendee.phone), ("Somebody", "438 555-0100"))
        self.assertFalse(attendee.partner_id)
        # The broker ties them together, by the exact address.
        for email, found in (("Claire@Example.com", True), ("claire+1@example.com", False)):
            attendee.email = email
            self.assertEqual(bool(attendee._known_contact()), found)

    def test_request_holds_the_time(self):
        self.type.requires_approval = True
        page = self.url_open(self.post().headers["Location"])
        self.assertIn("Your request is sent", page.text)
        self.assertEqual(self.appointments().state, "pending")
        self.assert_refused(self.post(email="b@example.com"), 409, before=1)
