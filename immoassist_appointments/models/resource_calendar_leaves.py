from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("immoassist_time_off") and "resource_id" in fields:
            values["resource_id"] = self.env.user._broker_resource().id
        return values
