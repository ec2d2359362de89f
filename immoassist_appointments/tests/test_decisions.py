from datetime import timedelta
from functools import partial

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_concurrency import ADA, CommittedCase

HOUR = timedelta(hours=1)
BROKER = "un@agence.example.com"


@tagged("post_install", "-at_install")
class TestDecisions(CommittedCase):
    """Two people decide on one appointment at the same moment, each in a transaction that began
    before the other ended: the first one stands, the second is told."""

    @classmethod
    def make_type(cls, env):
        type_id = super().make_type(env)
        env["immoassist.appointment.type"].browse(type_id).requires_approval = True
        return type_id

    def setUp(self):
        super().setUp()
        env = self.open()
        self.request_id = self.book(env).id
        env.cr.commit()
        self.forget_mails()

    def forget_mails(self):
        env = self.open()
        env["mail.mail"].search([("model", "=like", "immoassist.appointment%")]).unlink()
        env.cr.commit()

    def confirm_first(self):
        env = self.open()
        env["immoassist.appointment"].browse(self.request_id).action_confirm()
        env.cr.commit()
        self.forget_mails()

    # ---------------------------------------------------------------- what people do

    def mine(self, env):
        """The appointment in the hands of its broker, without sudo."""
        mine = api.Environment(env.cr, self.brokers[0], {})
        return mine["immoassist.appointment"].browse(self.request_id)

    def approve(self, env):
        self.mine(env).action_approve()

    def refuse(self, env):
        question = self.mine(env).action_ask_cancel()["context"]
        # The dialog is open: what was asked about was a request.
        question |= {"default_refusing": True}
        wizard = self.mine(env).env["immoassist.appointment.cancel"].with_context(**question)
        wizard.create({"reason": "Sold"}).action_cancel()

    def approve_from_the_mail(self, env):
        return self.mine(env)._approve()

    def refuse_from_the_mail(self, env):
        return self.mine(env)._refuse("Sold")

    def expire(self, env):
        env["immoassist.appointment"]._cron_expire_requests()

    def plan_later(self, env):
        self.plan(env, start=self.start.replace(tzinfo=None) + 9 * HOUR)

    def move(self, env):
        mine = self.mine(env)
        mine.write({"start": mine.start + HOUR, "stop": mine.stop + HOUR})

    def cancel_as_client(self, env):
        # As the pages do: a signed link stands for the right.
        appointment = env["immoassist.appointment"].browse(self.request_id)
        return appointment._client_cancel(appointment.attendee_ids)

    # ---------------------------------------------------------------- what comes of it

    @mute_logger("odoo.sql_db")
    def race(self, first, second):
        """Both begin, `first` ends, then `second` goes on.

        :return: what the second one got
        """
        fast, slow = self.open(), self.open()
        first(fast)
        fast.cr.flush()
        fast.cr.commit()
        # A cron gets no second try from Odoo, as what a user does.
        answer = second(slow) if second == self.expire else retrying(partial(second, slow), slow)
        slow.cr.commit()
        return answer

    def assert_refused(self, first, second, message):
        with self.assertRaisesRegex(UserError, message):
            self.race(first, second)

    def stands(self):
        env = self.open()
        appointment = env["immoassist.appointment"].browse(self.request_id)
        mails = env["mail.mail"].search([("model", "=like", "immoassist.appointment%")])
        people = [
            next(who for who in (ADA.email, BROKER) if who in mail.email_to) for mail in mails
        ]
        return appointment.state, appointment.cancelled_by, sorted(people)

    def make_due(self):
        env = self.open()
        past = fields.Datetime.now() - HOUR
        env["immoassist.appointment"].browse(self.request_id).approval_deadline = past
        env.cr.commit()

    # ---------------------------------------------------------------- tests

    def test_two_approve(self):
        self.assert_refused(self.approve, self.approve, "has been approved in the meantime")
        self.assertEqual(self.stands(), ("confirmed", False, [ADA.email]))

    def test_approved_then_refused(self):
        self.assert_refused(self.approve, self.refuse, "has been approved in the meantime")
        self.assertEqual(self.stands(), ("confirmed", False, [ADA.email]))

    def test_refused_then_approved(self):
        self.assert_refused(self.refuse, self.approve, "has been refused by the agency")
        self.assertEqual(self.stands(), ("cancelled", "broker", [ADA.email]))

    def test_from_the_mail(self):
        self.assertFalse(self.race(self.approve_from_the_mail, self.refuse_from_the_mail))
        self.assertEqual(self.stands(), ("confirmed", False, [ADA.email]))

    def test_from_the_mail_the_other_way_round(self):
        self.assertFalse(self.race(self.refuse_from_the_mail, self.approve_from_the_mail))
        self.assertEqual(self.stands(), ("cancelled", "broker", [ADA.email]))

    def test_approved_then_expired(self):
        self.make_due()
        self.race(self.approve, self.expire)
        self.assertEqual(self.stands(), ("confirmed", False, [ADA.email]))

    def test_expired_then_approved(self):
        self.make_due()
        self.assert_refused(self.expire, self.approve, "was not answered in time")
        self.assertEqual(self.stands(), ("cancelled", "expiry", [ADA.email, BROKER]))

    def test_expiry_while_the_broker_is_booked_by_somebody_else(self):
        """The broker's guard is taken by another booking: the request expires all the same."""
        self.make_due()
        self.race(self.plan_later, self.expire)
        self.assertEqual(self.stands()[:2], ("cancelled", "expiry"))

    def test_client_cancels_then_broker_moves(self):
        self.confirm_first()
        self.assert_refused(self.cancel_as_client, self.move, "cancelled by the client")
        self.assertEqual(self.stands(), ("cancelled", "client", [ADA.email, BROKER]))

    def test_broker_moves_then_client_cancels(self):
        """Both happen, one after the other, and each is told once."""
        self.confirm_first()
        self.assertTrue(self.race(self.move, self.cancel_as_client))
        told = [ADA.email, ADA.email, BROKER]
        self.assertEqual(self.stands(), ("cancelled", "client", told))

    def test_client_cancels_then_broker_approves(self):
        self.assert_refused(self.cancel_as_client, self.approve, "cancelled by the client")
        self.assertEqual(self.stands(), ("cancelled", "client", [ADA.email, BROKER]))
