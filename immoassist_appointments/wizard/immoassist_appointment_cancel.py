from odoo import api, fields, models


class ImmoassistAppointmentCancel(models.TransientModel):
    """Why an appointment is cancelled: asked once, kept on the appointment."""

    _name = "immoassist.appointment.cancel"
    _description = "Cancel appointments"

    appointment_ids = fields.Many2many("immoassist.appointment", required=True)
    refusing = fields.Boolean(help="They were requests when the question was asked.")
    session_count = fields.Integer(compute="_compute_session_count")
    whole_session = fields.Boolean(
        "Cancel the whole open house", help="Everybody who booked a place of it is told."
    )
    reason = fields.Char(help="In words that the client may read.")

    @api.depends("appointment_ids")
    def _compute_session_count(self):
        for wizard in self:
            one = wizard.appointment_ids
            wizard.session_count = len(one._session()) if len(one) == 1 else 0

    def action_cancel(self):
        self.ensure_one()
        if self.refusing:
            self.appointment_ids._check_undecided()
        appointments = self.appointment_ids.filtered(lambda a: a.state != "cancelled")
        if self.whole_session and len(appointments) == 1:
            appointments = appointments._session()
        # The reason first: whoever is told of the cancellation is told why.
        appointments.cancel_reason = self.reason
        appointments.action_cancel()
        return {"type": "ir.actions.act_window_close"}
