from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    calendar_connection_ids = fields.One2many("immoassist.calendar.connection", "user_id")
