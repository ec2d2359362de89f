from odoo import api, fields, models
from odoo.fields import Domain


class ImmoassistAppointment(models.Model):
    """An open house: several appointments of one type at the very same hours, one for each party.

    Parties know nothing of each other, and each may leave without the others: that is why they do
    not share one appointment. Together they are a session, which the broker sees as one.
    """

    _inherit = "immoassist.appointment"

    session_taken = fields.Integer(
        "Places taken", compute="_compute_session", help="Of the open house, this one included."
    )
    session_capacity = fields.Integer(related="type_id.capacity", string="Places")

    @api.depends("type_id", "broker_id", "start", "stop", "transaction_id", "state")
    def _compute_session(self):
        for appointment in self:
            shared = appointment.type_id.capacity > 1 and appointment._origin
            appointment.session_taken = len(appointment._session()) if shared else 0

    def _session(self):
        """Everybody's appointments of the same open house that are not cancelled, its own too."""
        self.ensure_one()
        if self.type_id.capacity <= 1:
            return self
        # One without a property may be for any; two properties at one hour are two sessions.
        places = [self.transaction_id.id, False] if self.transaction_id else None
        domain = (
            Domain("broker_id", "=", self.broker_id.id)
            & Domain("type_id", "=", self.type_id.id)
            & Domain("start", "=", self.start)
            & Domain("stop", "=", self.stop)
            & Domain("state", "!=", "cancelled")
        )
        return self.search(domain & Domain("transaction_id", "in", places) if places else domain)

    def action_view_session(self):
        """The appointments of the open house."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_appointments.immoassist_appointment_action"
        )
        # Without the filter on what lies ahead.
        return action | {
            "name": self.type_id.name,
            "domain": [("id", "in", self._session().ids)],
            "context": {},
        }
