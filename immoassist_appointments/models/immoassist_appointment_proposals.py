from odoo import models


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    def action_propose_times(self):
        """Propose other times to the one for whom this appointment is."""
        self.ensure_one()
        client = self.attendee_ids[:1]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_appointments.immoassist_propose_times_action"
        )
        return action | {
            "context": {
                "default_broker_id": self.broker_id.id,
                "default_type_id": self.type_id.id,
                "default_transaction_id": self.transaction_id.id,
                "default_partner_id": client.partner_id.id,
                "default_client_name": client.name,
                "default_client_email": client.email,
                "default_client_phone": client.phone,
            }
        }
