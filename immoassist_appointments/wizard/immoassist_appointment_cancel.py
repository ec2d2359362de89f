from odoo import fields, models


class ImmoassistAppointmentCancel(models.TransientModel):
    """Why an appointment is cancelled: asked once, kept on the appointment."""

    _name = "immoassist.appointment.cancel"
    _description = "Cancel appointments"

    appointment_ids = fields.Many2many("immoassist.appointment", required=True)
    refusing = fields.Boolean(help="They were requests when the question was asked.")
    reason = fields.Char(help="In words that the client may read.")

    def action_cancel(self):
        self.ensure_one()
        if self.refusing:
            self.appointment_ids._check_undecided()
        appointments = self.appointment_ids.filtered(lambda a: a.state != "cancelled")
        # The reason first: whoever is told of the cancellation is told why.
        appointments.cancel_reason = self.reason
        appointments.action_cancel()
        return {"type": "ir.actions.act_window_close"}
