from odoo import api, fields, models


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    calendar_link_ids = fields.One2many(
        "immoassist.calendar.link", "appointment_id", groups="base.group_system"
    )
    google_event_id = fields.Char(compute="_compute_external_ids", compute_sudo=True)
    outlook_event_id = fields.Char(compute="_compute_external_ids", compute_sudo=True)

    @api.depends("calendar_link_ids.external_id")
    def _compute_external_ids(self):
        for appointment in self:
            found = {
                link.connection_id.provider: link.external_id
                for link in appointment.calendar_link_ids
                if link.user_id == appointment.broker_id and link.kind == "event"
            }
            appointment.google_event_id = found.get("google")
            appointment.outlook_event_id = found.get("outlook")
