from odoo import fields, models


class ImmoassistCalendarDisconnect(models.TransientModel):
    """The question what becomes of what was written into the calendar."""

    _name = "immoassist.calendar.disconnect"
    _description = "Disconnect a calendar"

    connection_id = fields.Many2one(
        "immoassist.calendar.connection", required=True, readonly=True, ondelete="cascade"
    )
    provider = fields.Selection(related="connection_id.provider", related_sudo=False)
    account_email = fields.Char(related="connection_id.account_email", related_sudo=False)
    mode = fields.Selection(
        [
            ("keep", "Leave my appointments in the calendar"),
            ("remove", "Remove from the calendar what ImmoAssist wrote there"),
        ],
        string="Appointments in the calendar",
        required=True,
        default="keep",
    )

    def action_disconnect(self):
        """Disconnect; the worker does the rest at the provider."""
        self.connection_id._disconnect(self.mode)
        return {"type": "ir.actions.act_window_close"}
