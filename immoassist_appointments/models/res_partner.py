from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    immoassist_appointment_count = fields.Integer(
        string="Number of appointments",
        compute="_compute_immoassist_appointment_count",
        groups="immoassist_appointments.group_broker",
    )

    def _compute_immoassist_appointment_count(self):
        # Rules of the appointments: a broker counts those that he may see.
        counts = dict(
            self.env["immoassist.appointment.attendee"]._read_group(
                [("partner_id", "in", self.ids)],
                ["partner_id"],
                ["appointment_id:count_distinct"],
            )
        )
        for partner in self:
            partner.immoassist_appointment_count = counts.get(partner, 0)

    def action_view_immoassist_appointments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_appointments.immoassist_appointment_action"
        )
        return action | {
            "domain": [("attendee_ids.partner_id", "=", self.id)],
            "context": {"default_attendee_ids": [(0, 0, {"partner_id": self.id})]},
        }
