from datetime import timedelta
from urllib.parse import quote, urlsplit

from odoo import fields
from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.immoassist_appointments import signing

from .common import NOW, BookingHttpCase
from .public_routes import PURPOSES, other_purpose
from .signed_purposes import signed_purposes
from .test_booking_code import CodeCase
from .test_booking_link import LinkMixin
from .test_public_links import REFUSED, damaged

# Those that stand in a form and not in an address, by the name of the field.
FIELDS = {"stamp": "form", "ticket": "code", "proof": "proof"}
NOW_DATE = fields.Datetime.to_datetime(NOW)


@tagged("post_install", "-at_install")
class TestPurposes(BaseCase):
    def test_each_is_attacked(self):
        """In this file and `test_public_links`: add whatever is signed there."""
        self.assertEqual(signed_purposes(), {*REFUSED, *FIELDS.values(), "booking_link"})
        self.assertEqual(signed_purposes(), PURPOSES)


@tagged("post_install", "-at_install")
class TestFormTokens(CodeCase):
    """Tokens that stand in the form: forged, of another purpose, too old, used, of somebody else.

    The stamp says only when the form was made: whoever has one may use it until it is too old, as
    anybody may open the form.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type.verify_email = True
        cls.company.write({"booking_limit_address": 0, "booking_limit_email": 0})

    def bad(self, purpose, token):
        """Tokens that are not good for this purpose, though one of it is `token`."""
        yield from (bad for bad in damaged(token))
        others = other_purpose(self.env, purpose, token, NOW_DATE)
        self.assertEqual(len(others), len(PURPOSES) - 1)
        yield from others.values()

    def proven(self, **form):
        """The form of somebody who has typed the code, but whose time was taken meanwhile."""
        page = self.asked(self.post(**form))
        self.env["immoassist.booking.hold"].search([]).unlink()
        start = NOW_DATE.replace(month=3, day=1, hour=14)
        blocking = self.env["immoassist.appointment"].create(
            {"name": "x", "broker_id": self.broker.id, "start": start}
        )
        answer = self.answer(page, code=self.code(), **form)
        self.assertEqual(answer.status_code, 409)
        blocking.unlink()
        self.env["immoassist.booking.limit"].search([]).unlink()
        return {**self.hidden(answer), **form}

    # ---------------------------------------------------------------- the stamp

    def test_stamp(self):
        self.type.verify_email = False
        good = self.opened(seconds=30)
        for stamp in self.bad("form", good["stamp"]):
            with self.subTest(stamp=stamp[:80]):
                self.assert_refused(self.post(**{**good, "stamp": stamp}), 422)
        self.assertEqual(self.post(**good).status_code, 303)

    def test_stamp_too_old(self):
        self.type.verify_email = False
        self.assert_refused(self.post(**self.opened(hours=12, seconds=1)), 422)
        self.assertEqual(self.post(**self.opened(hours=11, minutes=59)).status_code, 303)

    # ---------------------------------------------------------------- the ticket of a code

    def test_ticket(self):
        page = self.asked(self.post())
        code, ticket = self.code(), self.hidden(page)["ticket"]
        for bad in self.bad("code", ticket):
            with self.subTest(ticket=bad[:80]):
                self.assert_refused(self.answer(page, code=code, ticket=bad), 200, 422)
        # None of them was an attempt.
        self.assertEqual(self.answer(page, code=code).status_code, 303)

    def test_ticket_of_another_mail(self):
        """The code of one message does not open the ticket of another."""
        first = self.asked(self.post())
        code = self.code()
        second = self.asked(self.post(slot="2027-03-02T14:00:00Z"))
        if code == self.code():
            self.fail("one in a million: the two codes are the same")
        ticket = self.hidden(second)["ticket"]
        self.assert_refused(self.answer(first, code=code, ticket=ticket), 422)
        self.assertEqual(self.answer(first, code=code).status_code, 303)

    def test_ticket_of_another_mailbox_or_visitor(self):
        page = self.asked(self.post())
        code, other = self.code(), "other@example.com"
        self.assert_refused(self.answer(page, code=code, email=other), 422)
        self.authenticate(None, None)
        mine = {"csrf_token": self.csrf()}
        self.assert_refused(self.answer(page, code=code, **mine), 422)

    def test_ticket_too_old(self):
        page = self.asked(self.post())
        code = self.code()
        with freeze_time(NOW_DATE + timedelta(minutes=15, seconds=1)):
            self.assert_refused(self.answer(page, code=code), 422)

    def test_ticket_replayed(self):
        page = self.asked(self.post())
        code = self.code()
        self.assertEqual(self.answer(page, code=code).status_code, 303)
        again = self.answer(page, code=code, slot="2027-03-02T14:00:00Z")
        self.assert_refused(again, 422, before=1)

    # ---------------------------------------------------------------- the proof

    def test_proof(self):
        form = self.proven()
        for proof in self.bad("proof", form["proof"]):
            with self.subTest(proof=proof[:80]):
                answer = self.asked(self.post(**{**form, "proof": proof}))
                self.assert_refused(answer, 200)
        self.assertEqual(self.post(**form).status_code, 303)

    def test_proof_of_another_mailbox_or_visitor(self):
        form = self.proven()
        self.assert_refused(self.asked(self.post(**{**form, "email": "other@example.com"})), 200)
        self.authenticate(None, None)
        # Another time: the one of before is held for him who typed the other address.
        mine = {"csrf_token": self.csrf(), "slot": "2027-03-02T14:00:00Z"}
        self.assert_refused(self.asked(self.post(**{**form, **mine})), 200)

    def test_proof_too_old(self):
        form = self.proven()
        with freeze_time(NOW_DATE + timedelta(minutes=30, seconds=1)):
            self.assert_refused(self.asked(self.post(**form)), 200)


@tagged("post_install", "-at_install")
class TestPropertyTokens(LinkMixin, BookingHttpCase):
    """The token of a link that knows its property; see also `test_booking_link`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_links()

    def assert_dead(self, path):
        for page in (self.get(path), self.get(path, slot=self.slot)):
            # An address of which nothing is left, or with a slash in it, is none of ours.
            self.assertIn(page.status_code, (200, 301, 404), path[:200])
            for secret in ("4512", "Duplex", "Zoé Roy"):
                self.assertNotIn(secret, page.text)
        self.assert_refused(self.post(path), 422, 301, 404)

    def test_damaged_and_of_another_purpose(self):
        path, _slash, token = urlsplit(self.make_link().url).path.rpartition("/")
        bad = [*damaged(token)]
        bad += other_purpose(self.env, "booking_link", token, NOW_DATE).values()
        bad.append(signing.sign(self.env, "booking_link", {"link": 2**31}, NOW_DATE))
        for each in bad:
            with self.subTest(token=each[:80]):
                self.assert_dead(f"{path}/{quote(each, safe='')}")
        self.assertIn("4512", self.get(f"{path}/{token}").text)
        self.assertEqual(self.post(f"{path}/{token}").status_code, 303)
        self.assertEqual(self.appointments().transaction_id, self.transaction)

    def test_is_good_for_many(self):
        """It is no ticket: a couple books once each; withdrawing it ends that."""
        link = self.make_link()
        path = urlsplit(link.url).path
        for day in (1, 2):
            answer = self.post(path, slot=f"2027-03-0{day}T14:00:00Z", email=f"a{day}@example.com")
            self.assertEqual(answer.status_code, 303)
        link.action_revoke()
        self.assert_refused(self.post(path, slot="2027-03-03T14:00:00Z"), 422, before=2)
