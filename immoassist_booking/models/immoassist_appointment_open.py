from odoo import api, fields, models
from odoo.fields import Domain

from ..core import guard


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    @api.model
    def _open_online(self, company, email):
        """What the owner of this mailbox has booked online and is still to come.

        :param str email: as typed; its "+tags" and capitals do not matter
        """
        attendees = self.env["immoassist.appointment.attendee"]
        found = attendees.search(self._open_online_domain(company, email))
        return found.appointment_id.sorted("start")

    @api.model
    def _count_open_online(self, company, email):
        """How many `_open_online` finds; the same work whether it is any."""
        attendees = self.env["immoassist.appointment.attendee"]
        domain = self._open_online_domain(company, email)
        return attendees._read_group(domain, [], ["appointment_id:count_distinct"])[0][0]

    @api.model
    def _open_online_domain(self, company, email):
        person = guard.same_person(email)
        local, _at, domain = person.rpartition("@")
        tagged = f"{_literal(local)}+%@{_literal(domain)}"
        return (
            (Domain("email_normalized", "=", person) | Domain("email_normalized", "=like", tagged))
            & Domain("state", "!=", "declined")
            & Domain("appointment_id.state", "!=", "cancelled")
            & Domain("appointment_id.source", "=", "website")
            & Domain("appointment_id.stop", ">", fields.Datetime.now())
            & Domain("appointment_id.company_id", "=", company.id)
        )


def _literal(text):
    """`text` for LIKE, where three characters mean something."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
