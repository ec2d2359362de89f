from odoo import models

from .immoassist_appointment_inbound import PROVIDERS


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """With the calendars of the user that wait for him: the web client shows them at the top.

        Names of providers, or nothing.
        """
        info = super().session_info()
        if self.env.user.has_group("immoassist_appointments.group_broker"):
            unwell = self.env["immoassist.calendar.connection"].search(
                [
                    ("user_id", "=", self.env.uid),
                    "|",
                    ("state", "=", "reauth"),
                    "&",
                    ("state", "=", "paused"),
                    ("pause_reason", "in", ("emptied", "administrator")),
                ]
            )
            info["immoassist_calendars_unwell"] = [PROVIDERS[c.provider] for c in unwell]
        return info
