from odoo import models


class ImmoassistAppointment(models.Model):
    """The life of an appointment, as the buttons of the form tell it."""

    _inherit = "immoassist.appointment"

    def action_confirm(self):
        self.filtered(lambda a: a.state != "confirmed").state = "confirmed"

    def action_cancel(self):
        live = self.filtered(lambda a: a.state != "cancelled")
        live.write({"state": "cancelled", "cancelled_by": "broker"})

    def action_mark_attended(self):
        self.outcome = "attended"

    def action_mark_no_show(self):
        self.outcome = "no_show"

    def action_open_mirror(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.calendar_event_id.id,
            "view_mode": "form",
        }
