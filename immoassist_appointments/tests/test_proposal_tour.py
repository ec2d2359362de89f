from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from .proposal_common import ProposalMixin


@tagged("post_install", "-at_install")
class TestProposalTour(ProposalMixin, HttpCase):
    """In a real browser, at the real time: a browser's clock cannot be frozen."""

    def test_propose_and_pick(self):
        self.make_agency()
        self.env["immoassist.appointment.type"].search([]).active = False
        self.type.active = True
        self.set_hours(self.broker, {day: [(8, 18)] for day in range(7)})
        transaction = self.make_transaction()
        self.browser_size = "1366,900"
        self.start_tour(
            f"/odoo/immoassist.transaction/{transaction.id}",
            "immoassist_propose_times",
            login=self.broker.login,
        )
        proposal = self.env["immoassist.appointment.proposal"].search(
            [("broker_id", "=", self.broker.id)]
        )
        self.assertEqual(len(proposal.hold_ids), 3)
        address = urlsplit(proposal.line_ids[0]._pick_url())
        self.start_tour(f"{address.path}?{address.query}", "immoassist_pick_time")
        self.assertEqual(proposal.state, "chosen")
        self.assertEqual(proposal.appointment_id.attendee_ids.email, "ada@client.example")
        self.assertEqual(proposal.appointment_id.start, proposal.line_ids[1].start)
        self.assertFalse(proposal.hold_ids)
