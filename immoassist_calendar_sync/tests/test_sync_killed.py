from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .. import worker
from .common import SyncCase, moment
from .machine import CALLS, WRITES, Fault, Killed, MortalLease

STEPS = (*CALLS, *WRITES[:2], *(f"{write}.done" for write in WRITES[:2]))


@tagged("post_install", "-at_install")
class TestSyncKilled(SyncCase):
    """The worker dies at each step of a pull and of a push: what it began is ended, once."""

    def setUp(self):
        super().setUp()
        self.connection, self.account = self.connect("google")
        self.number = 0

    def change_everything(self):
        """Something new and something changed on both sides."""
        self.number += 1
        start = moment("2027-03-01 15:00") + timedelta(days=self.number)
        times = {"start": start, "stop": start + timedelta(hours=1)}
        self.account.put(self.event(f"e{self.number}", **times))
        later = (start + timedelta(hours=2)).replace(tzinfo=None)
        self.book(later, later + timedelta(hours=1))
        for appointment in self.env["immoassist.appointment"].search([], limit=3):
            appointment.location = f"Place {self.number}"

    def die(self, run):
        self.connection.next_sync = False
        self.env.flush_all()
        try:
            run(worker.lease_next(self.registry))
        except Killed:
            self.env.invalidate_all()
            # Its lease ends by itself.
            self.connection.lease_until = fields.Datetime.now() - timedelta(seconds=1)
            return True
        self.env.invalidate_all()
        return False

    def assert_whole(self):
        self.account.fault = lambda kind: None
        self.env["immoassist.calendar.link"].search([]).write({"pushes": 0})
        self.sync_all()
        appointments = self.env["immoassist.appointment"].search([])
        self.assertEqual(len(appointments), 2 * self.number)
        self.assertEqual(len(self.account.live()), 2 * self.number)
        self.assertEqual(len(set(appointments.mapped("google_event_id"))), 2 * self.number)
        for appointment in appointments:
            event = self.account.live()[appointment.google_event_id]
            self.assertEqual(event.fields["location"], appointment.location or "")
            self.assertEqual(event.fields["start"], moment(str(appointment.start)))
        self.assertIn(f"Place {self.number}", appointments.mapped("location"))
        writes = self.account.writes
        self.sync_all()
        self.assertEqual(self.account.writes, writes)

    def test_between_any_two_transactions(self):
        transactions, killed = 0, True
        while killed and transactions < 14:
            self.change_everything()
            with self.subTest(transactions=transactions):
                killed = self.die(lambda lease, n=transactions: worker.run(MortalLease(lease, n)))
                self.assert_whole()
            transactions += 1
        self.assertGreater(transactions, 4)
        self.assertFalse(killed, "a run has an end")

    def test_before_and_after_any_request(self):
        for step in STEPS:
            self.change_everything()
            with self.subTest(step=step):
                self.account.fault = Fault(step, Killed(), 1)
                killed = self.die(worker.run)
                self.assert_whole()
            self.assertEqual(killed, step not in ("fetch", "marked"))
