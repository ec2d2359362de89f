from odoo import models
from odoo.exceptions import UserError


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    def action_block(self):
        """Take no more bookings online from this address; opens the entry of the list."""
        self.ensure_one()
        if not self.email_normalized:
            raise UserError(self.env._("%s has no e-mail address to block.", self.name))
        # Whoever may not manage the list may not do this either: no sudo.
        blocks = self.env["immoassist.booking.block"]
        key = {
            "kind": "email",
            "value": self.email_normalized,
            "company_id": self.company_id.id,
        }
        block = blocks.with_context(active_test=False).search(
            [(name, "=", value) for name, value in key.items()]
        )
        if block:
            block.active = True
        else:
            reason = f"{self.name}, {self.appointment_id.display_name}"
            block = blocks.create({**key, "reason": reason})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Blocked"),
            "res_model": block._name,
            "res_id": block.id,
            "views": [(False, "form")],
            "target": "new",
        }
