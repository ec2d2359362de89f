from odoo import models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    _inherit = "res.users"

    def _own_calendar(self):
        """The broker's working calendar, with sudo; a shared one becomes his own copy first.

        Whoever calls it has checked that the user may edit this broker's hours, or checks the
        lines that come of it.
        """
        self.ensure_one()
        # sudo: only administrators may edit resources; here it is one broker's alone.
        broker = self.sudo()
        broker._prepare_broker()
        resource = broker._broker_resource()
        if not resource:
            raise UserError(self.env._("%s is not a broker.", broker.name))
        calendar = resource.calendar_id
        if not calendar or broker._is_shared(calendar):
            source = calendar or broker.company_id.resource_calendar_id
            calendar = source.copy({"name": broker.name, "company_id": resource.company_id.id})
            # `tz` again: a copy for another company takes the zone of its calendar.
            calendar.tz = resource.tz
            resource.calendar_id = calendar
        return calendar

    def _is_shared(self, calendar):
        users = self.env["resource.resource"].with_context(active_test=False)
        companies = self.env["res.company"]
        return (
            users.search_count([("calendar_id", "=", calendar.id)], limit=2) > 1
            or companies.search_count([("resource_calendar_id", "=", calendar.id)], limit=1) > 0
        )
