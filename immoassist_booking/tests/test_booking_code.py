import re
from datetime import timedelta
from html import unescape

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.immoassist_appointments.tests.mailbox import MailboxMixin, body_of

from .common import NOW, BookingHttpCase
from .test_booking_protection import ProtectedCase


class CodeCase(ProtectedCase):
    def mails(self):
        codes = [("model", "=", "immoassist.booking.code")]
        return self.env["mail.mail"].search(codes, order="id")

    def code(self):
        """The code of the last mail."""
        return re.search(r">\s*(\d{6})\s*<", self.mails()[-1:].body_html)[1]

    def asked(self, answer):
        """It is the page that asks for the code; nothing was booked."""
        self.assertIn(answer.status_code, (200, 422), answer.text[:300])
        self.assertIn("Look at your mails", answer.text)
        return answer

    def answer(self, page, **values):
        """Send the page of the code: all that it carries, and what is typed."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        carried = {name: unescape(value) for name, value in found}
        return BookingHttpCase.post(self, **{**carried, **values})


@tagged("post_install", "-at_install")
class TestCode(CodeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type.verify_email = True

    def test_right_code(self):
        page = self.asked(self.post(name="Zoé <b>d’Amours</b>", note="À 2\nsonnez", phone=""))
        self.assertFalse(self.appointments())
        self.assertIn("claire@example.com", page.text)
        mail = self.mails()
        self.assertEqual(mail.email_to, "claire@example.com")
        self.assertNotIn("Amours", mail.body_html)
        code = self.code()
        self.assertNotIn(code, str(self.env["immoassist.booking.code"].search([]).read()))
        self.assertNotIn(code, page.text)
        answer = self.answer(page, code=f" {code[:3]} {code[3:]}")
        self.assertEqual(answer.status_code, 303)
        appointment = self.appointments()
        self.assertEqual(appointment.attendee_ids.name, "Zoé <b>d’Amours</b>")
        self.assertIn("sonnez", appointment.description)
        self.assertFalse(self.env["immoassist.booking.hold"].search([]))
        # It is used up.
        again = self.answer(page, code=code, slot="2027-03-02T14:00:00Z")
        self.assertIn("cannot be used any more", self.asked(again).text)
        self.assertEqual(len(self.appointments()), 1)

    def test_in_french(self):
        self.post("/fr_CA" + self.page)
        self.assertIn("Votre code pour Agence des Érables", self.mails().subject)
        self.assertIn("Saisissez ce code", self.mails().body_html)

    def test_time_is_held_meanwhile(self):
        self.asked(self.post())
        hold = self.env["immoassist.booking.hold"].search([])
        self.assertEqual(hold.purpose, "form")
        self.assertEqual(hold.expires_at - fields.Datetime.now(), timedelta(minutes=15))

    def test_time_that_is_gone(self):
        self.type.verify_email = False
        self.assertEqual(self.post().status_code, 303)
        self.type.verify_email = True
        self.assert_refused(self.post(email="b@example.com"), 409, before=1)
        self.assertFalse(self.mails())

    def test_wrong_codes(self):
        page = self.asked(self.post())
        code = self.code()
        wrong = "000000" if code != "000000" else "111111"
        for _attempt in range(4):
            answer = self.answer(page, code=wrong)
            self.assert_refused(answer, 422)
            self.assertIn("not the code of our last message", answer.text)
        for typed in (wrong, code):
            answer = self.answer(page, code=typed)
            self.assert_refused(answer, 422)
            self.assertIn("cannot be used any more", answer.text)
        page = self.asked(self.answer(page, again="1"))
        self.assertEqual(len(self.mails()), 2)
        self.assertEqual(self.answer(page, code=self.code()).status_code, 303)

    def test_of_somebody_else(self):
        """A code is good for its address and its visitor alone."""
        page = self.asked(self.post())
        code = self.code()
        self.assert_refused(self.answer(page, code=code, email="other@example.com"), 422)
        self.authenticate(None, None)
        mine = self.hidden()
        for ticket in ({}, {"ticket": ""}, {"ticket": "x"}):
            answer = self.answer(page, code=code, **mine, **ticket)
            self.assert_refused(answer, 422)

    def test_too_old(self):
        page = self.asked(self.post())
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(minutes=16)):
            self.assert_refused(self.answer(page, code=self.code()), 422)
            self.env["immoassist.booking.code"]._gc_expired()
        self.assertFalse(self.env["immoassist.booking.code"].search([]))

    def test_few_mails(self):
        """The page looks the same when nothing is sent any more."""
        self.company.booking_limit_address = 0
        page = self.asked(self.post())
        texts = set()
        for _round in range(7):
            page = self.asked(self.answer(page, again="1"))
            texts.add(re.sub(r'value="[^"]*"|csrf_token: "\w+"', "", page.text))
        self.assertEqual(len(self.mails()), 5)
        self.assertEqual(len(texts), 1)

    def test_details_can_be_changed(self):
        page = self.asked(self.post(note="typed with care"))
        answer = self.answer(page, edit="1")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("typed with care", answer.text)
        self.assertIn("Book this appointment", answer.text)

    def test_lost_after_the_code(self):
        """Who has typed it once chooses another time without it."""
        page = self.asked(self.post())
        self.env["immoassist.booking.hold"].search([]).unlink()
        self.env["immoassist.appointment"].create(
            {"name": "x", "broker_id": self.broker.id, "start": "2027-03-01 14:00:00"}
        )
        answer = self.answer(page, code=self.code())
        self.assert_refused(answer, 409, before=1)
        answer = self.post(**self.hidden(answer), slot="2027-03-02T14:00:00Z")
        self.assertEqual(answer.status_code, 303)
        # Another address has to be proved anew.
        self.asked(self.post(email="other@example.com", slot="2027-03-03T14:00:00Z"))


@tagged("post_install", "-at_install")
class TestOpenBookings(MailboxMixin, CodeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "agence@agence.example.com"

    def book(self, days, **form):
        return self.post(slot=f"2027-03-{days:02d}T14:00:00Z", **form)

    def fill(self, email="claire@example.com"):
        self.company.write({"booking_limit_address": 0, "booking_limit_email": 0})
        for day in (1, 2, 3):
            self.assertEqual(self.book(day, email=email).status_code, 303)

    def test_one_too_many(self):
        self.fill()
        for email in ("claire@example.com", "Claire@Example.com"):
            self.asked(self.book(4, email=email))
        self.assertEqual(len(self.appointments()), 3)
        body = self.mail_of_what_is_open()
        self.assertEqual(body.count("/answer?token="), 3)
        self.assertNotRegex(body, r">\s*\d{6}\s*<")

    def mail_of_what_is_open(self):
        """The body of the last mail about what is open, as it arrives."""
        *_others, last = [m for _to, m in self.deliver() if "Your appointments" in m["Subject"]]
        return body_of(last)

    def test_told_too_late(self):
        """The code is forgotten before the mail was sent: there is nothing to say any more."""
        self.fill()
        self.deliver()
        self.asked(self.book(4))
        self.env["immoassist.booking.code"].search([]).unlink()
        self.assertEqual(self.deliver(), [])

    def test_plus_address(self):
        """It counts, but shows nothing: somewhere it is another mailbox."""
        self.fill()
        self.asked(self.book(4, email="claire+4@example.com"))
        self.assertNotIn("token=", self.mail_of_what_is_open())

    def test_a_stranger_sees_no_difference(self):
        """Between too many open ones and a code that is asked for."""
        self.fill()
        full = self.asked(self.book(4))
        self.type.verify_email = True
        other = self.asked(self.book(4, email="nobody@example.com"))
        words = [
            re.sub(r'value="[^"]*"|csrf_token: "\w+"', "", answer.text).replace(email, "EMAIL")
            for answer, email in ((full, "claire@example.com"), (other, "nobody@example.com"))
        ]
        self.assertEqual(*words)
        self.assertEqual(full.status_code, other.status_code)

    def test_nor_by_the_time_that_it_takes(self):
        """In SQL statements: of a full mailbox, and of one that nobody knows."""
        self.fill()
        self.type.verify_email = True
        counts = []
        for email in ("first@example.com", "claire@example.com", "new@example.com"):
            form = {**self.opened(seconds=30), "slot": "2027-03-04T14:00:00Z", "email": email}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.asked(BookingHttpCase.post(self, **form))
            counts.append(self.env.cr.sql_log_count - before)
            self.env["immoassist.booking.hold"].search([]).unlink()
        # The first one fills what Odoo caches.
        self.assertEqual(*counts[1:])

    def test_what_does_not_count(self):
        self.fill()
        first, second, _third = self.appointments().sorted("start")
        first._client_cancel(first.attendee_ids)
        self.assertEqual(self.book(4).status_code, 303)
        second.source = "backend"
        self.assertEqual(self.book(5).status_code, 303)
        self.asked(self.book(8))

    def test_many_of_a_day(self):
        """With one mailbox: then whoever it is proves that it is his."""
        self.company.write({"booking_limit_address": 0, "booking_limit_open": 0})
        for day in (1, 2, 3):
            self.assertEqual(self.book(day).status_code, 303)
        page = self.asked(self.book(4, email="claire+4@example.com"))
        self.assertEqual(self.answer(page, code=self.code()).status_code, 303)

    def test_many_of_one_connection(self):
        self.company.write({"booking_limit_email": 0, "booking_limit_open": 0})
        for day in (1, 2, 3):
            self.assertEqual(self.book(day, email=f"a{day}@example.com").status_code, 303)
        page = self.asked(self.book(4, email="a4@example.com"))
        self.assertEqual(self.answer(page, code=self.code()).status_code, 303)
