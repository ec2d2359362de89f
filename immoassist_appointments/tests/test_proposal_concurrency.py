from datetime import timedelta

import psycopg2

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import SlotNotAvailable
from .test_concurrency import CommittedCase


@tagged("post_install", "-at_install")
class TestProposalRaces(CommittedCase):
    """Real cursors: what is committed while a client takes a time."""

    @classmethod
    def remove_appointments(cls):
        with cls.connection.cursor() as cr:
            cr.execute(
                "DELETE FROM immoassist_appointment_proposal WHERE broker_id = ANY(%s)",
                [cls.brokers],
            )
            cr.commit()  # pylint: disable=invalid-commit  # what this test is about
        return super().remove_appointments()

    def propose(self, env):
        proposal = env["immoassist.appointment.proposal"].create(
            {
                "broker_id": self.brokers[0],
                "company_id": env["res.users"].browse(self.brokers[0]).company_id.id,
                "type_id": self.type_id,
                "client_name": "Ada",
                "client_email": "ada@client.example",
                "line_ids": [Command.create({"start": self.start.replace(tzinfo=None)})],
            }
        )
        env.cr.flush()
        return proposal.id

    def proposed(self):
        env = self.open()
        proposal = self.propose(env)
        env.cr.commit()
        return proposal

    def pick(self, env, proposal):
        proposal = env["immoassist.appointment.proposal"].browse(proposal)
        appointment = proposal._pick(self.start)
        env.cr.flush()
        return appointment.id

    def assert_runs_again(self, env, action):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
            action()
        env.cr.rollback()

    def test_double_click(self):
        proposal = self.proposed()
        first, second = self.open(), self.open()
        appointment = self.pick(first, proposal)
        first.cr.commit()
        self.assert_runs_again(second, lambda: self.pick(second, proposal))
        self.assertEqual(self.pick(second, proposal), appointment)
        second.cr.commit()
        self.assertEqual(self.count(), 1)

    def test_website_cannot_book_what_is_held(self):
        client, visitor = self.open(), self.open()
        proposal = self.propose(client)
        client.cr.commit()
        self.assert_runs_again(visitor, lambda: self.book(visitor))
        with self.assertRaises(SlotNotAvailable):
            self.book(visitor)
        visitor.cr.rollback()
        self.pick(client, proposal)
        client.cr.commit()
        self.assertEqual(self.count(), 1)

    def test_website_was_faster_than_the_proposal(self):
        broker, visitor = self.open(), self.open()
        self.book(visitor)
        visitor.cr.commit()
        self.assert_runs_again(broker, lambda: self.propose(broker))
        with self.assertRaisesRegex(Exception, "Not free any more"):
            self.propose(broker)

    def expire(self, proposal):
        env = self.open()
        past = fields.Datetime.now() - timedelta(minutes=1)
        proposal = env["immoassist.appointment.proposal"].browse(proposal)
        proposal.hold_ids.expires_at = past
        proposal.expires_at = past
        env.cr.flush()
        env.cr.commit()

    def assert_one_wins(self, faster, slower):
        """:param faster: environment and action of who commits first; `slower` finds it taken"""
        faster[1]()
        faster[0].cr.commit()  # pylint: disable=invalid-commit  # what this test is about
        self.assert_runs_again(*slower)
        with self.assertRaises(SlotNotAvailable):
            slower[1]()
        slower[0].cr.rollback()
        self.assertEqual(self.count(), 1)

    def test_expired_pick_after_website(self):
        proposal = self.proposed()
        self.expire(proposal)
        client, visitor = self.open(), self.open()
        picking = (client, lambda: self.pick(client, proposal))
        self.assert_one_wins((visitor, lambda: self.book(visitor)), picking)

    def test_expired_pick_before_website(self):
        proposal = self.proposed()
        self.expire(proposal)
        client, visitor = self.open(), self.open()
        picking = (client, lambda: self.pick(client, proposal))
        self.assert_one_wins(picking, (visitor, lambda: self.book(visitor)))

    def test_withdrawn_while_picking(self):
        proposal = self.proposed()
        broker, client = self.open(), self.open()
        broker["immoassist.appointment.proposal"].browse(proposal).action_withdraw()
        broker.cr.flush()
        broker.cr.commit()
        self.assert_runs_again(client, lambda: self.pick(client, proposal))
        with self.assertRaises(SlotNotAvailable):
            self.pick(client, proposal)
        client.cr.rollback()
        self.assertEqual(self.count(), 0)
