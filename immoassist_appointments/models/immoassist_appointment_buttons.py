from odoo import api, models


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    @api.model
    def default_get(self, fields):
        """In the views of the back office, the first type that the broker offers is proposed."""
        values = super().default_get(fields)
        if self.env.context.get("immoassist_default_type") and "type_id" in fields:
            broker = self.env["res.users"].browse(values.get("broker_id") or self.env.uid)
            offered = self.env["immoassist.appointment.type"]._offered_by(broker)
            values.setdefault("type_id", offered[:1].id)
        return values

    def action_ask_cancel(self):
        """Ask for the reason, then cancel."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel the appointment"),
            "res_model": "immoassist.appointment.cancel",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_appointment_ids": self.ids,
                "default_refusing": all(a.state == "pending" for a in self),
            },
        }

    def action_clear_outcome(self):
        self.outcome = False

    def action_open_map(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.map_url, "target": "new"}
