from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    calendar_connection_ids = fields.One2many("immoassist.calendar.connection", "user_id")

    def _wants_invitation_file(self):
        # sudo: whether the broker has a calendar that is written into, of whoever's appointment.
        targets = self.env["immoassist.calendar.source"].sudo()
        connected = targets.search_count(
            [
                ("user_id", "=", self.id),
                ("is_target", "=", True),
                ("connection_id.state", "=", "connected"),
            ],
            limit=1,
        )
        return not connected and super()._wants_invitation_file()
