"""What the tests of proposed times share: a type with buffers, and a proposal to a client."""

from odoo import Command
from odoo.tests import freeze_time

from .common import MONDAY, TORONTO, AgencyMixin, AppointmentCase, day_after, utc

TUESDAY, WEDNESDAY = day_after(MONDAY, 1), day_after(MONDAY, 2)
NINE = (f"{MONDAY} 09:00", f"{TUESDAY} 09:00", f"{WEDNESDAY} 09:00")
# The start of the tests is 2027-01-04 12:00 UTC; times are held for a day.
LATER = "2027-01-05 12:00:01"


class ProposalMixin(AgencyMixin):
    @classmethod
    def make_agency(cls):
        made = super().make_agency()
        cls.colleague = cls.make_user(
            "ines",
            "immoassist_appointments.group_broker",
            tz="America/Toronto",
            name="Inès Gagnon",
        )
        cls.set_hours(cls.colleague, {day: [(10, 13)] for day in range(5)})
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.broker.phone = "514 555-0100"
        return made

    def propose(self, *starts, user=None, colleagues=(), **values):
        """What the wizard creates, by the broker himself by default; sudo, to look at it."""
        values = {
            "broker_id": self.broker.id,
            "colleague_ids": [Command.set([colleague.id for colleague in colleagues])],
            "company_id": self.company.id,
            "type_id": self.type.id,
            "client_name": "Ada Byron",
            "client_email": "ada@client.example",
            "lang": "en_US",
            "line_ids": [
                Command.create({"start": utc(start, TORONTO)}) for start in starts or NINE
            ],
            **values,
        }
        values = {name: value for name, value in values.items() if value is not None}
        proposals = self.env["immoassist.appointment.proposal"]
        return proposals.with_user(user or self.broker).create(values).sudo()

    def appointments(self):
        return self.env["immoassist.appointment"].search([("company_id", "=", self.company.id)])

    def later(self):
        """A day and a second after the proposal: its times are not held any more."""
        return freeze_time(LATER)


class ProposalCase(ProposalMixin, AppointmentCase):
    def pick(self, proposal, number=0):
        """The client takes one of the times, without an account."""
        public = self.env.ref("base.public_user")
        proposal = proposal.with_user(public).sudo()
        return proposal._pick(proposal.line_ids[number]._start_aware())

    def buffered(self):
        return self.make_type("tampons", buffer_after=60)
