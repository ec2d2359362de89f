from odoo import models


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    def action_ask_cancel(self):
        """Ask for the reason, then cancel."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel the appointment"),
            "res_model": "immoassist.appointment.cancel",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_appointment_ids": self.ids},
        }

    def action_clear_outcome(self):
        self.outcome = False

    def action_open_map(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.map_url, "target": "new"}
